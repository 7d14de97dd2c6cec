"""A lost box comes back on an empty machine, out of one file and one key."""

import fcntl
import json
import os
import pty
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from reportbox.adapters.gpg_files import GpgVault
from reportbox.adapters.sftp import SftpStore
from reportbox.office.backup import back_up
from reportbox.records import audit
from reportbox.records.backups import Backup
from reportbox.records.copies import opened
from reportbox.settings import Settings
from tests.conftest import Pattern
from tests.house import House
from tests.safe import Safe, a_safe


@pytest.fixture(scope="module")
def safe() -> Iterator[Safe]:
    with a_safe() as made:
        yield made


@pytest.fixture
def lost(house: House, safe: Safe, pattern: Pattern) -> House:
    """A box with work in it, of which a backup was made."""
    safe.guards(house)
    house.judges(house.the_public_reports("https://item-one.example/page"), "baseline")
    house.works()
    SftpStore(house.settings.data_dir / "ssh", "", "").create_identity()
    back_up(house.settings, house.world, pattern.folder / "reportbox.toml")
    return house


@pytest.fixture
def sealed(lost: House) -> Path:
    made = Backup.last_good()
    assert made is not None
    return lost.settings.backups / made.name


@pytest.fixture
def machine() -> Iterator[Path]:
    """Give an empty folder with a short name: gpg's agent lives below it."""
    with tempfile.TemporaryDirectory(prefix="rbm-", ignore_cleanup_errors=True) as at:
        yield Path(at) / "box"
        GpgVault(Path(at) / "box" / "data" / "gnupg", "").end()


def reportbox(*words: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "reportbox", *map(str, words)]
    return subprocess.run(
        command, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL
    )


def restored(
    sealed: Path, safe: Safe, lost: House, machine: Path, *more: str
) -> subprocess.CompletedProcess[str]:
    box_key = lost.world.keyring.own_fingerprint()
    words = ("--key", safe.key_file, "--box-key", box_key, "--into", machine)
    return reportbox("restore", sealed, *words, *more)


def counts(settings: Settings) -> tuple[dict[str, int], tuple[int, str]]:
    with opened(settings.database, settings.secret("database-key")) as copy:
        assert copy.faults(settings.secret("audit-key")) == []
        return copy.counts(), copy.head()


def test_an_empty_machine_has_the_same_rows_keys_and_audit_afterwards(
    lost: House, safe: Safe, sealed: Path, machine: Path
) -> None:
    told = json.loads(safe.gpg_and_tar(sealed, "reportbox/manifest.json").decode())

    done = restored(sealed, safe, lost, machine)

    assert done.returncode == 0, done.stderr
    settings = Settings.read(machine / "reportbox.toml")
    assert settings.data_dir == machine / "data"
    assert counts(settings) == (told["tables"], tuple(told["audit"]))
    assert told["tables"]["item"] == 1
    for name in ("database-key", "session-key", "receipt-key", "audit-key"):
        assert settings.secret(name) == lost.settings.secret(name)
    assert "Keep the old machine switched off" in done.stdout
    assert "forgotten by the next daily run" in done.stdout


def test_nobody_else_can_read_what_was_restored_and_nothing_else_is_left(
    lost: House, safe: Safe, sealed: Path, machine: Path
) -> None:
    restored(sealed, safe, lost, machine)

    assert not list((machine / "data").glob("restoring-*"))
    agents = subprocess.run(
        ["pgrep", "-f", f"gpg-agent.*{machine}"], capture_output=True, check=False
    )
    assert agents.stdout == b"", "a gpg-agent of whoever restored it lives on"
    assert sorted(path.name for path in machine.iterdir()) == [
        "data",
        "reportbox.toml",
        "secrets",
    ]
    for folder in ("data", "secrets", "data/gnupg"):
        assert (machine / folder).stat().st_mode & 0o077 == 0, folder
    for path in (machine / "secrets").iterdir():
        assert path.stat().st_mode & 0o177 == 0, path


def test_the_files_that_settings_name_come_along(
    house: House, safe: Safe, pattern: Pattern, machine: Path, tmp_path: Path
) -> None:
    own = tmp_path / "own.toml"
    own.write_text("# a list of the hotline's own\n")
    safe.guards(house, proxies_file=own)
    file = pattern.folder / "reportbox.toml"
    made = back_up(house.settings, house.world, file)

    done = restored(house.settings.backups / made.name, safe, house, machine)

    assert done.returncode == 0, done.stderr
    assert (machine / "files" / "proxies_file").read_bytes() == own.read_bytes()


def test_a_restored_box_signs_with_the_same_key_and_starts(
    lost: House, safe: Safe, sealed: Path, machine: Path
) -> None:
    restored(sealed, safe, lost, machine)
    file = machine / "reportbox.toml"
    text = file.read_text()
    for n, face in enumerate(("public", "desk", "portal")):
        was = getattr(lost.settings, f"{face}_port")
        text = text.replace(f"{face}_port = {was}", f"{face}_port = {18_181 + n}")
    file.write_text(text)

    key = reportbox("--settings", file, "key", "create")
    box = subprocess.Popen(
        [sys.executable, "-m", "reportbox", "--settings", str(file), "serve"]
    )
    try:
        page = first_page(box, "http://127.0.0.1:18181/")
    finally:
        box.terminate()
        box.wait()

    assert key.stdout.strip() == lost.world.keyring.export_own_key().strip()
    assert "Practice Hotline" in page


def first_page(box: subprocess.Popen[bytes], address: str) -> str:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and box.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=2) as answer:  # noqa: S310 - our own
                text: str = answer.read().decode()
                return text
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    return ""


def test_nobody_is_asked_to_remove_anything_until_a_person_has_looked(
    lost: House, safe: Safe, sealed: Path, machine: Path
) -> None:
    done = restored(sealed, safe, lost, machine)
    file = machine / "reportbox.toml"

    first = reportbox("--settings", file, "upgrade")
    again = reportbox("--settings", file, "upgrade")

    assert "NTDs and reminders are paused" in done.stdout
    assert "paused: this box was restored" in first.stdout
    assert "paused" not in again.stdout
    settings = Settings.read(file)
    with opened(settings.database, settings.secret("database-key")) as copy:
        assert copy.counts()["settings_chosen"] == 1


@pytest.mark.parametrize("place", ["head", "middle", "end", "cut"])
def test_a_tampered_file_is_refused_and_nothing_is_touched(
    lost: House, safe: Safe, sealed: Path, machine: Path, place: str
) -> None:
    raw = bytearray(sealed.read_bytes())
    at = {"head": 5, "middle": len(raw) // 2, "end": len(raw) - 3, "cut": 0}[place]
    raw[at] ^= 1
    sealed.write_bytes(raw[: len(raw) // 2] if place == "cut" else raw)

    refused = restored(sealed, safe, lost, machine)

    assert refused.returncode == 1
    assert refused.stderr.startswith("Error: ")
    assert len(refused.stderr.splitlines()) == 1, refused.stderr
    assert not (machine / "reportbox.toml").exists()
    assert not (machine / "data" / "reportbox.db").exists()
    assert not list((machine / "data").glob("restoring-*"))


def test_without_the_right_key_it_says_so(
    lost: House, sealed: Path, machine: Path
) -> None:
    with a_safe() as other:
        refused = restored(sealed, other, lost, machine)

    assert "No secret key here opens this backup" in refused.stderr


def test_a_backup_of_another_box_is_refused_by_the_sheet(
    lost: House, safe: Safe, sealed: Path, machine: Path
) -> None:
    words = ("--key", safe.key_file, "--into", machine)

    refused = reportbox("restore", sealed, *words, "--box-key", "A" * 40)
    unasked = reportbox("restore", sealed, *words)

    assert "Nothing was restored." in refused.stderr
    assert "Does that key stand on your recovery sheet?" in unasked.stdout
    assert unasked.returncode == 1
    assert not (machine / "reportbox.toml").exists()


def test_a_backup_nobody_vouches_for_clears_nothing_away(
    safe: Safe, sealed: Path, machine: Path
) -> None:
    # Whoever holds the key of the sheet, which is public, can name any folder here.
    theirs = [machine / "data" / name / "kept" for name in ("scratch", "check")]
    for file in theirs:
        file.parent.mkdir(parents=True)
        file.write_text("item one")

    words = ("--key", safe.key_file, "--into", machine)
    refused = reportbox("restore", sealed, *words, "--box-key", "A" * 40)

    assert "Nothing was restored." in refused.stderr
    assert sorted((machine / "data").rglob("kept")) == sorted(theirs)
    assert not list((machine / "data").glob("restoring-*"))


def test_a_used_box_is_gone_over_only_when_told_to_and_then_moved_aside(
    lost: House, safe: Safe, sealed: Path, machine: Path
) -> None:
    restored(sealed, safe, lost, machine)
    before = counts(Settings.read(machine / "reportbox.toml"))

    refused = restored(sealed, safe, lost, machine)
    over = restored(sealed, safe, lost, machine, "--over")

    assert "There is a box in" in refused.stderr
    assert over.returncode == 0, over.stderr
    assert counts(Settings.read(machine / "reportbox.toml")) == before
    aside = [path.name.partition(".before-")[0] for path in machine.glob("*.before-*")]
    assert sorted(aside) == ["reportbox.toml", "secrets"]
    assert over.stdout.count("delete it when all is well") == 5


def test_a_running_box_is_not_gone_over(
    lost: House, safe: Safe, sealed: Path, machine: Path
) -> None:
    restored(sealed, safe, lost, machine)
    with (machine / "data" / "leader.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)

        refused = restored(sealed, safe, lost, machine, "--over")

    assert "systemctl stop reportbox" in refused.stderr


WORDS = "a pass-phrase of the operator"


def typed(words: list[str], given: str) -> tuple[int, str]:
    """Run a command at a terminal of its own, and type something when it asks."""
    child, terminal = pty.fork()
    if child == 0:
        os.execv(words[0], words)  # noqa: S606 - the interpreter of this test
    shown = b""
    with os.fdopen(terminal, "rb+", buffering=0) as line, suppress(OSError):
        while part := line.read(1024):
            shown += part
            if given and b"Pass-phrase of the key" in shown:
                time.sleep(0.2)  # a terminal forgets what is typed before it is asked
                line.write(f"{given}\n".encode())
                given = ""
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), shown.decode()


@pytest.mark.parametrize(
    ("given", "status", "sentence"),
    [
        (WORDS, 0, "all are sound"),
        ("something else", 1, "its pass-phrase is wrong"),
    ],
)
def test_a_key_under_a_pass_phrase_opens_it_once_the_words_are_typed(
    lost: House,
    safe: Safe,
    sealed: Path,
    machine: Path,
    given: str,
    status: int,
    sentence: str,
) -> None:
    key, box_key = safe.protected_key_file(WORDS), lost.world.keyring.own_fingerprint()
    command = [sys.executable, "-m", "reportbox", "restore", str(sealed)]
    options = ["--key", str(key), "--box-key", box_key, "--into", str(machine)]

    code, shown = typed([*command, *options], given)

    assert (code, sentence in shown) == (status, True), shown
    assert WORDS not in shown


def test_a_key_under_a_pass_phrase_without_a_terminal_says_what_to_do(
    lost: House, safe: Safe, sealed: Path, machine: Path
) -> None:
    key, box_key = safe.protected_key_file(WORDS), lost.world.keyring.own_fingerprint()
    words = ("--key", key, "--box-key", box_key, "--into", machine)

    refused = reportbox("restore", sealed, *words)

    assert refused.returncode == 1
    assert "pass-phrase" in refused.stderr
    assert "terminal" in refused.stderr
    assert not (machine / "reportbox.toml").exists()


def test_the_operators_own_gpg_opens_it_too(
    lost: House, safe: Safe, sealed: Path, machine: Path
) -> None:
    box_key = lost.world.keyring.own_fingerprint()
    command = [sys.executable, "-m", "reportbox", "restore", str(sealed)]

    done = subprocess.run(
        [*command, "--box-key", box_key, "--into", str(machine)],
        env={**os.environ, "GNUPGHOME": str(safe.ring.home)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert audit.faults() == []
