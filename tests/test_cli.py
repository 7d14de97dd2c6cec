"""The `reportbox` command, started as an operator starts it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from reportbox.practice.internet import PracticeInternet
from tests.conftest import Pattern


def reportbox(file: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "reportbox", "--settings", str(file), *words]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.fixture
def file(pattern: Pattern, internet: PracticeInternet, tmp_path: Path) -> Path:
    """Settings of a box of its own, its tables not made yet."""
    text = (pattern.folder / "reportbox.toml").read_text()
    data = pattern.settings.data_dir
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "gnupg").symlink_to(data / "gnupg")
    made = tmp_path / "reportbox.toml"
    made.write_text(text.replace(f'"{data}"', f'"{tmp_path / "data"}"'))
    return made


def test_a_command_starts_quickly_as_it_loads_neither_pages_nor_server() -> None:
    program = "import sys, reportbox.cli; print(*sys.modules)"

    said = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )

    loaded = set(said.stdout.split())
    assert "reportbox.cli" in loaded
    slow = {"flask", "webauthn", "gunicorn", "apscheduler", "weasyprint"}
    assert not loaded & {*slow, "reportbox.app"}


def test_a_mistyped_setting_stops_the_start_in_one_line(file: Path) -> None:
    file.write_text(file.read_text() + 'smpt_host = "mail.example"\n')

    refusal = reportbox(file, "serve")

    assert refusal.returncode == 1
    [line] = refusal.stderr.splitlines()
    assert "no setting called “smpt_host”. Did you mean “smtp_host”?" in line


def test_a_box_without_tables_says_what_to_run_first(file: Path) -> None:
    refusal = reportbox(file, "serve")

    assert refusal.returncode == 1
    assert "run `reportbox upgrade`" in refusal.stderr


def test_a_wrong_database_key_stops_the_start_in_one_line(
    file: Path, tmp_path: Path
) -> None:
    reportbox(file, "upgrade")
    database = tmp_path / "data" / "reportbox.db"
    before = database.read_bytes()
    secrets = tmp_path / "secrets"
    secrets.mkdir()
    for name in ("database-key", "session-key", "receipt-key", "audit-key"):
        (secrets / name).write_text("5" * 64)
    lines = [x for x in file.read_text().splitlines() if "secrets_dir" not in x]
    file.write_text("\n".join([*lines, f'secrets_dir = "{secrets}"']))

    refusal = reportbox(file, "serve")

    assert refusal.returncode == 1
    [line] = refusal.stderr.splitlines()
    assert "the key is not the one it was made with" in line
    assert database.read_bytes() == before


@pytest.mark.parametrize("weak", ["", "abc", "z" * 64])
def test_a_key_that_is_no_key_is_refused(file: Path, tmp_path: Path, weak: str) -> None:
    (tmp_path / "database-key").write_text(weak)
    lines = [x for x in file.read_text().splitlines() if "secrets_dir" not in x]
    file.write_text("\n".join([*lines, f'secrets_dir = "{tmp_path}"']))

    refusal = reportbox(file, "upgrade")

    assert refusal.returncode == 1
    assert "“database-key”" in refusal.stderr
    assert "too weak" in refusal.stderr


def test_upgrade_makes_the_tables_once(file: Path) -> None:
    assert (
        "Applied: 0001_first_tables, 0002_the_desk, 0003_the_form, 0004_tracing, "
        "0005_law_enforcement, 0006_letters_and_changes, 0007_the_provider, "
        "0008_plug_and_play, 0009_once_it_runs, 0010_hosts_that_move"
        in reportbox(file, "upgrade").stdout
    )
    assert "Nothing to do." in reportbox(file, "upgrade").stdout


def test_the_first_administrator_is_invited_at_the_terminal(file: Path) -> None:
    reportbox(file, "upgrade")
    words = ("account", "invite", "carla", "--name", "Carla")

    nameless = reportbox(file, "account", "invite", "carla")
    wrong = reportbox(file, *words, "--role", "queen")
    made = reportbox(file, *words, "--role", "administrator")

    assert "Please give the name" in nameless.stderr
    assert "'queen' is not one of" in wrong.stderr
    assert "For Carla, good once:" in made.stdout
    assert "/join/" in made.stdout


def test_check_names_what_is_not_well_and_ends_with_1(file: Path) -> None:
    reportbox(file, "upgrade")

    result = reportbox(file, "check")

    assert result.returncode == 1
    assert "BAD  jobs: have never run: start the service" in result.stdout
    assert "BAD  LEA keys: no agency is entered" in result.stdout
    assert "ok   mail server" in result.stdout


def test_the_boxs_key_is_printed_and_a_file_without_a_key_is_refused(
    file: Path, tmp_path: Path
) -> None:
    reportbox(file, "upgrade")
    (tmp_path / "no-key.asc").write_text("no key at all")

    created = reportbox(file, "key", "create")
    refused = reportbox(file, "key", "import", str(tmp_path / "no-key.asc"))

    assert "BEGIN PGP PUBLIC KEY BLOCK" in created.stdout
    assert refused.returncode == 1
    assert "There is no key in this text" in refused.stderr


def test_trace_prints_the_finding_and_its_evidence_for_people(file: Path) -> None:
    reportbox(file, "upgrade")

    printed = reportbox(file, "trace", "https://item-both.example/item")

    assert printed.returncode == 0, printed.stderr
    assert "https://item-both.example" not in printed.stdout
    for line in (
        "hosted            both, EE",
        "contact           abuse@host-one.example",
        "country         the registry: DE, the routing: DE",
        "registrar         Registrar One, abuse@registrar-one.example",
    ):
        assert line in printed.stdout


def test_trace_prints_json_for_machines_one_object_a_line(file: Path) -> None:
    reportbox(file, "upgrade")

    printed = reportbox(file, "trace", "--json", "page-de.example", "page-us.example")

    found = [json.loads(line) for line in printed.stdout.splitlines()]
    assert [one["country"] for one in found] == ["DE", "US"]
    assert found[0]["locations"][0]["digest"]
    assert found[0]["registrar"]["registrar"] == "Registrar One"


def test_trace_says_what_is_missing_and_ends_with_one(file: Path) -> None:
    reportbox(file, "upgrade")

    printed = reportbox(file, "trace", "item-unknown.invalid")
    refused = reportbox(file, "trace", "no address at all")

    assert printed.returncode == 1
    assert "not traced        the name does not exist (NXDOMAIN)" in printed.stdout
    assert refused.returncode == 1
    assert "does not look like an address" in refused.stderr


def test_a_backup_needs_a_key_of_the_operators_and_the_local_copy_needs_none(
    file: Path, tmp_path: Path
) -> None:
    reportbox(file, "upgrade")

    refused = reportbox(file, "backup")
    idle = reportbox(file, "backup", "--due")
    copied = reportbox(file, "backup", "--local")
    unproved = reportbox(file, "prove")

    assert refused.returncode == unproved.returncode == 1
    assert "enter its fingerprint in “backup_key”" in refused.stderr
    assert idle.returncode == 0, idle.stderr
    assert "Nothing is due." in idle.stdout
    assert Path(copied.stdout.strip()).parent == tmp_path / "data" / "backups"
    assert "There is no backup to prove yet" in unproved.stderr


def test_what_carrying_backups_needs_is_printed_at_the_terminal(file: Path) -> None:
    reportbox(file, "upgrade")

    identity = reportbox(file, "backup-identity")
    again = reportbox(file, "backup-identity")
    nobody = reportbox(file, "backup-host", "box@127.0.0.1:9/x")
    wrong = reportbox(file, "backup-host", "no server at all")
    sheet = reportbox(file, "recovery-sheet")

    assert identity.stdout.startswith("ssh-ed25519 ")
    assert again.stdout == identity.stdout
    assert "does not answer as an SSH server would" in nobody.stderr
    assert "names no server" in wrong.stderr
    assert "If the secret key is lost" in sheet.stdout
