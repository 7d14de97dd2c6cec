"""Backups are whole or not there, and nobody reads them without a key."""

import fcntl
import io
import json
import os
import resource
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from reportbox.adapters.sftp import SftpStore
from reportbox.errors import Misconfigured, Refused
from reportbox.lifecycle import Actor
from reportbox.office import archive, backup_health, machine_health
from reportbox.office.backup import back_up, order, tidy
from reportbox.office.check import Check
from reportbox.office.proof import do_what_is_due, prove
from reportbox.records import database
from reportbox.records.audit import Audit
from reportbox.records.backups import Backup, Proof
from reportbox.records.journey import Deed
from tests.conftest import Pattern
from tests.house import House
from tests.safe import Safe, a_safe
from tests.sftp_server import SftpServer, sftp_server


@pytest.fixture(scope="module")
def safe() -> Iterator[Safe]:
    with a_safe() as made:
        yield made


@pytest.fixture
def box(house: House, safe: Safe) -> House:
    house.the_public_reports("https://item-one.example/page")
    return safe.guards(house)


@pytest.fixture
def file(pattern: Pattern) -> Path:
    return pattern.folder / "reportbox.toml"


@pytest.fixture(scope="module")
def running() -> Iterator[SftpServer]:
    with sftp_server() as server:
        yield server


@pytest.fixture
def afar(box: House, running: SftpServer, tmp_path: Path) -> SftpServer:
    """Let the box carry its backups to another machine."""
    subprocess.run(["rm", "-rf", running.files / "box"], check=True)
    store = SftpStore(tmp_path / "ssh", running.where, running.host_key)
    running.let_in(store.create_identity())
    box.world = replace(box.world, store=store)
    box.settings = replace(box.settings, backup_sftp=running.where)
    return running


def sealed_in(box: House) -> list[str]:
    return sorted(path.name for path in box.settings.backups.glob("*"))


def health(box: House) -> dict[str, Check]:
    looks = (backup_health.backups, backup_health.restore)
    return {one.name: one for one in (look(box.settings, box.world) for look in looks)}


def test_gpg_and_tar_open_a_backup_with_the_operators_key_alone(
    box: House, safe: Safe, file: Path
) -> None:
    made = back_up(box.settings, box.world, file)

    plain = safe.gpg("--decrypt", str(box.settings.backups / made.name))

    with tarfile.open(fileobj=io.BytesIO(plain), mode="r:gz") as tar:
        names = {entry.name.removeprefix("reportbox/") for entry in tar}
        manifest = tar.extractfile(f"reportbox/{archive.MANIFEST}")
        assert manifest is not None
        told = json.load(manifest)
    assert {
        "reportbox.toml",
        "reportbox.db",
        "secrets/database-key",
        "secrets/session-key",
        "secrets/receipt-key",
        "secrets/audit-key",
        "gnupg/own-secret-key.asc",
        "gnupg/public-keys.asc",
        "manifest.json",
        "manifest.json.asc",
    } <= names
    assert told["tables"]["report"] == 1
    assert told["box_key"] == box.world.keyring.own_fingerprint()


def test_what_systemd_hands_over_with_the_folder_comes_into_a_backup(
    box: House, safe: Safe, file: Path, tmp_path: Path
) -> None:
    handed = tmp_path / "handed"
    handed.mkdir()
    for name in ("secrets_smtp-password", "secrets_database-key"):
        (handed / name).write_text(f"{box.settings.secret('database-key')}\n")
    said = tmp_path / "reportbox.toml"
    names = (
        *("data_dir", "secrets_dir", "run_dir", "public_url", "desk_url"),
        *("hotline_email", "backup_key"),
    )
    given = {name: str(getattr(box.settings, name)) for name in names}
    lines = (f"{name} = {json.dumps(value)}" for name, value in given.items())
    said.write_text("\n".join(lines))
    database.close_file()

    done = subprocess.run(
        [sys.executable, "-m", "reportbox", "--settings", said, "backup"],
        env={**os.environ, "CREDENTIALS_DIRECTORY": str(handed)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    [name] = sealed_in(box)
    part = "reportbox/secrets/smtp-password"
    assert safe.gpg_and_tar(box.settings.backups / name, part)


def test_a_backup_lies_alone_in_its_folder_and_only_the_box_may_read_it(
    box: House, file: Path
) -> None:
    made = back_up(box.settings, box.world, file)

    path = box.settings.backups / made.name
    assert sealed_in(box) == [made.name] == ["reportbox-20300107T090000Z.tar.gz.gpg"]
    assert path.stat().st_mode & 0o077 == 0
    assert made.size == path.stat().st_size
    assert not (box.settings.data_dir / "scratch").exists()
    assert Audit.rows(Audit.what == "back_up")


def test_nobody_else_can_open_a_backup(box: House, file: Path) -> None:
    made = back_up(box.settings, box.world, file)

    raw = (box.settings.backups / made.name).read_bytes()

    for secret in ("database-key", "session-key", "audit-key"):
        assert box.settings.secret(secret).encode() not in raw
    home = box.internet.lea.home
    tried = subprocess.run(
        ["gpg", "--batch", "--homedir", home, "--decrypt"],
        input=raw,
        capture_output=True,
        check=False,
    )
    assert tried.returncode
    assert tried.stdout == b""


def test_without_a_key_there_is_no_backup_but_a_sentence_that_helps(
    box: House, file: Path
) -> None:
    box.settings = replace(box.settings, backup_key="", practice=False)

    with pytest.raises(Misconfigured, match="reportbox key import FILE"):
        back_up(box.settings, box.world, file)

    assert "“backup_key”" in health(box)["backups"].words


@pytest.mark.parametrize(
    ("harm", "says"),
    [("expired", "has expired"), ("revoked", "was revoked"), ("unknown", "not in the")],
)
def test_a_key_that_cannot_be_used_is_named_and_nothing_is_left(
    box: House, file: Path, harm: str, says: str
) -> None:
    with a_safe() as other:
        if harm == "expired":
            other.expires_at_once()
        if harm == "revoked":
            other.is_revoked()
        if harm != "unknown":
            other.guards(box)
        box.settings = replace(box.settings, backup_key=other.fingerprint)

        made = back_up(box.settings, box.world, file)

    assert says in made.trouble
    assert says in health(box)["backups"].words
    assert made.name == ""
    assert sealed_in(box) == []


@contextmanager
def room_for_files_of(size: int) -> Iterator[None]:
    """Let the kernel refuse to write more into any file, as a full disk does."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)


@pytest.mark.parametrize("at", ["the copy", "the sealing"])
def test_where_the_disk_is_full_nothing_half_written_counts(
    box: House, file: Path, at: str
) -> None:
    first = back_up(box.settings, box.world, file)
    box.clock.advance(hours=1)

    with room_for_files_of(first.size - 1000 if at == "the sealing" else 300_000):
        made = back_up(box.settings, box.world, file)

    assert made.trouble
    assert sealed_in(box) == [first.name]
    assert Backup.last_good() == first
    assert not (box.settings.data_dir / "scratch").exists()
    assert f"failed: {made.trouble}" in health(box)["backups"].words


def test_a_backup_that_would_fill_the_disk_is_not_begun(box: House, file: Path) -> None:
    box.settings = replace(box.settings, backup_dir=Path("/proc/self"))

    made = back_up(box.settings, box.world, file)

    assert "make room in /proc/self, about" in made.trouble


def test_one_run_at_a_time(box: House, file: Path) -> None:
    with (box.settings.data_dir / "backup.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)

        with pytest.raises(Refused, match="wait for its end"):
            back_up(box.settings, box.world, file)


def test_what_a_crash_left_behind_is_gone_with_the_next_run(
    box: House, file: Path
) -> None:
    scratch = box.settings.data_dir / "scratch"
    scratch.mkdir()
    (scratch / "reportbox.db").write_text("half")
    box.settings.backups.mkdir()
    part = box.settings.backups / ".reportbox-20260604T070000Z.tar.gz.gpg.part"
    part.write_text("half")

    made = back_up(box.settings, box.world, file)

    assert sealed_in(box) == [made.name]
    assert not scratch.exists()


def test_a_backup_is_proved_by_restoring_it(box: House, file: Path) -> None:
    made = back_up(box.settings, box.world, file)

    proof = prove(box.settings, box.world)

    assert proof.trouble == ""
    assert proof.rows_found > 50
    assert health(box)["backups"].words.startswith(made.name)
    assert health(box)["restore"].is_ok
    assert not (box.settings.data_dir / "scratch").exists()


def test_an_older_database_is_to_be_deleted_once_a_newer_backup_is_proved(
    box: House, file: Path
) -> None:
    def look() -> Check:
        return machine_health.database(box.settings, box.world)

    back_up(box.settings, box.world, file)
    prove(box.settings, box.world)
    assert look().words == "up to date"

    box.clock.advance(seconds=60)
    moment = f"{box.clock.now():%Y%m%dT%H%M%SZ}"
    (box.settings.data_dir / f"reportbox.db.before-{moment}").touch()
    assert "keep it" in look().words
    assert look().warning == ""

    box.clock.advance(seconds=60)
    back_up(box.settings, box.world, file)
    assert "keep it" in look().words
    prove(box.settings, box.world)
    assert "delete it" in look().words
    assert look().is_ok
    assert look().warning == "not needed"


@pytest.mark.parametrize("place", ["head", "middle", "end"])
def test_a_backup_that_was_changed_is_not_proved(
    box: House, file: Path, place: str
) -> None:
    made = back_up(box.settings, box.world, file)
    path = box.settings.backups / made.name
    raw = bytearray(path.read_bytes())
    at = {"head": 30, "middle": len(raw) // 2, "end": len(raw) - 3}[place]
    raw[at] ^= 1
    path.write_bytes(raw)

    proof = prove(box.settings, box.world)

    assert "exchanged" in proof.trouble
    assert "exchanged" in health(box)["restore"].words


def test_a_backup_of_another_maker_is_not_proved(
    box: House, file: Path, safe: Safe
) -> None:
    """Whoever knows the public keys can seal something, but not sign for the box."""
    made = back_up(box.settings, box.world, file)
    path = box.settings.backups / made.name
    plain = safe.gpg("--decrypt", str(path))
    own = box.world.keyring.own_fingerprint()
    with tarfile.open(fileobj=io.BytesIO(plain), mode="r:gz") as tar:
        parts = [(x.name, tar.extractfile(x).read()) for x in tar]  # type: ignore[union-attr]
    at = box.clock.now()
    with (
        box.world.vault.sealing(path, (own,)) as into,
        archive.packing(into, at) as pack,
    ):
        for name, content in parts:
            bare = name.removeprefix("reportbox/")
            if bare == archive.SIGNATURE:
                manifest = dict(parts)[f"reportbox/{archive.MANIFEST}"]
                pack.add(bare, safe.vault.sign(manifest))
            else:
                pack.add(bare, content)
    digest = subprocess.run(["sha256sum", path], capture_output=True, check=True)
    Backup.update(digest=digest.stdout.split()[0].decode()).execute()

    proof = prove(box.settings, box.world)

    assert proof.trouble == "It is not signed by the box's own key."


def test_backups_are_made_and_proved_when_they_are_due(box: House, file: Path) -> None:
    def hour() -> list[str]:
        box.clock.advance(hours=1)
        return do_what_is_due(box.settings, box.world, file)

    first = hour()
    rest = [hour() for _ in range(24 * 7)]

    assert len(first) == 2
    assert [len(said) for said in rest].count(1) == 6
    assert [len(said) for said in rest].count(2) == 1
    assert len(Backup.rows()) == 8
    assert len(Proof.rows()) == 2
    assert len(sealed_in(box)) == 7


def test_what_was_ordered_is_done_once_by_the_next_run(box: House, file: Path) -> None:
    do_what_is_due(box.settings, box.world, file)
    box.clock.advance(minutes=5)
    adam = Deed("Adam", Actor.ANALYST, box.clock.now())
    order("backup", adam)
    order("prove", adam)

    done = do_what_is_due(box.settings, box.world, file)

    assert len(done) == 2
    assert do_what_is_due(box.settings, box.world, file) == []


def test_health_says_when_the_last_backup_and_the_last_proof_are_too_old(
    box: House, file: Path
) -> None:
    do_what_is_due(box.settings, box.world, file)
    box.clock.advance(hours=26)
    assert health(box)["backups"].is_ok

    box.clock.advance(hours=2)
    assert "does its timer run?" in health(box)["backups"].words
    assert health(box)["restore"].is_ok

    box.clock.advance(days=8)
    assert "run `reportbox prove`" in health(box)["restore"].words


def test_a_backup_is_carried_away_and_proved_from_there(
    box: House, file: Path, afar: SftpServer
) -> None:
    made = back_up(box.settings, box.world, file)
    (box.settings.backups / made.name).unlink()

    proof = prove(box.settings, box.world)

    assert made.place == afar.where
    assert afar.names() == [made.name]
    assert proof.trouble == ""


def test_old_backups_go_here_and_there_whatever_else_is_kept(
    box: House, file: Path, afar: SftpServer
) -> None:
    made = back_up(box.settings, box.world, file)
    box.clock.advance(days=31)

    second = back_up(box.settings, box.world, file)

    assert afar.names() == sealed_in(box) == [second.name]
    assert Backup.get_by_id(made.id).gone_at == box.clock.now()


def test_old_ones_on_a_server_that_was_away_go_as_soon_as_it_is_back(
    box: House, file: Path, afar: SftpServer
) -> None:
    made = back_up(box.settings, box.world, file)
    box.clock.advance(days=31)
    afar.let_in("")
    back_up(box.settings, box.world, file)
    assert afar.names() == [made.name]
    assert Backup.get_by_id(made.id).gone_at is None

    afar.let_in(box.world.store.identity())
    box.clock.advance(hours=1)
    do_what_is_due(box.settings, box.world, file)

    assert afar.names() == []
    assert Backup.get_by_id(made.id).gone_at == box.clock.now()


def test_old_ones_go_even_while_no_new_one_comes_about(
    box: House, file: Path, afar: SftpServer
) -> None:
    back_up(box.settings, box.world, file)
    box.clock.advance(days=31)
    keyless = replace(box.settings, backup_key="0" * 40)

    [said] = do_what_is_due(keyless, box.world, file)

    assert said.startswith("No backup:")
    assert afar.names() == sealed_in(box) == []


def test_health_says_that_old_ones_there_should_be_gone(
    box: House, file: Path, afar: SftpServer
) -> None:
    back_up(box.settings, box.world, file)
    afar.let_in("")
    tidy(box.settings, box.world)
    assert health(box)["backups"].is_ok

    box.clock.advance(hours=21)
    tidy(box.settings, box.world)

    check = health(box)["backups"]
    assert not check.is_ok
    assert "could not be deleted since 2030-01-07 09:00 UTC" in check.words
    assert "`reportbox backup-identity` prints" in check.words


def test_a_backup_that_could_not_be_carried_is_good_here_and_said_to_be_here_only(
    box: House, file: Path, afar: SftpServer
) -> None:
    afar.let_in("")

    made = back_up(box.settings, box.world, file)

    assert made.trouble == ""
    assert "backup-identity" in made.trouble_there
    assert "on this machine only" in health(box)["backups"].words
    assert sealed_in(box) == [made.name]
