"""The database gets another key, and is never without one that opens it."""

import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from reportbox.errors import Refused
from reportbox.office.rekey import rekey
from reportbox.records import copies, database
from reportbox.records.rekey import COMPANY, copy_under, held, key_of, opens
from reportbox.records.upgrade import open_ready_database
from reportbox.settings import DATABASE_KEY, Settings

NOW = datetime(2030, 1, 7, 9, 0, tzinfo=UTC)
OTHER = "ab" * 32


@pytest.fixture
def still(settings: Settings, tmp_path: Path) -> Settings:
    """A box with people in it that stands still, with secrets of its own."""
    secrets = tmp_path / "secrets"
    secrets.mkdir(mode=0o700)
    for secret in settings.secrets_dir.iterdir():
        (secrets / secret.name).write_bytes(secret.read_bytes())
        (secrets / secret.name).chmod(0o600)
    return replace(settings, secrets_dir=secrets)


def key_file(box: Settings) -> Path:
    return box.secrets_dir / DATABASE_KEY


def people(path: Path, key: str) -> int:
    with copies.opened(path, key) as copy:
        return copy.counts()["account"]


def test_the_database_opens_by_the_new_key_alone(still: Settings) -> None:
    old = still.secret(DATABASE_KEY)
    before = people(still.database, old)

    rekey(still, NOW)

    new = still.secret(DATABASE_KEY)
    assert len(new) == 64
    assert new != old
    assert not opens(old, still.database)
    assert people(still.database, new) == before > 0


def test_what_was_there_before_stays_with_its_key_until_somebody_deletes_it(
    still: Settings,
) -> None:
    before = rekey(still, NOW)

    assert before
    assert people(before.database, before.key.read_text().strip()) > 0


def test_nobody_else_reads_a_key_or_a_copy(still: Settings) -> None:
    os.umask(0o022)

    before = rekey(still, NOW)

    assert before
    for path in (*before, still.database, key_file(still)):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_whatever_root_makes_on_the_way_belongs_to_the_service(still: Settings) -> None:
    somebody = 12345 if os.geteuid() == 0 else os.geteuid()
    os.chown(still.data_dir, somebody, -1)

    rekey(still, NOW)

    owners = {path.lstat().st_uid for path in still.data_dir.rglob("*")}
    assert owners == {somebody}
    assert key_file(still).stat().st_uid == os.geteuid()


def test_a_change_of_the_key_stands_in_the_audit(still: Settings) -> None:
    rekey(still, NOW)

    open_ready_database(still)
    try:
        found = database.execute_sql("SELECT what FROM audit ORDER BY id DESC")
        assert found.fetchone() == ("rekey",)
    finally:
        database.close_file()


def test_a_key_is_not_changed_while_somebody_has_the_database_open(
    still: Settings,
) -> None:
    old = still.secret(DATABASE_KEY)
    open_ready_database(still)
    try:
        with pytest.raises(Refused, match="stop reportbox"):
            rekey(still, NOW)
    finally:
        database.close_file()

    assert still.secret(DATABASE_KEY) == old
    assert opens(old, still.database)
    assert COMPANY.count("systemctl stop") == 1


def test_a_box_opens_by_either_of_two_keys(still: Settings) -> None:
    old = still.secret(DATABASE_KEY)
    key_file(still).write_text(f"{OTHER}\n{old}\n")

    open_ready_database(still)
    database.close_file()

    assert key_of(still) == old


def test_a_change_cut_off_before_the_step_begins_anew(still: Settings) -> None:
    old = still.secret(DATABASE_KEY)
    key_file(still).write_text(f"{old}\n{OTHER}\n")

    before = rekey(still, NOW)

    assert before
    assert still.secret(DATABASE_KEY) == OTHER
    assert opens(OTHER, still.database)


def test_a_change_cut_off_after_the_step_is_ended(still: Settings) -> None:
    old, copy = still.secret(DATABASE_KEY), still.data_dir / "copy"
    with held(still.database, old) as box:
        copy_under(OTHER, box, old, copy, still.secret("audit-key"))
    copy.rename(still.database)
    key_file(still).write_text(f"{old}\n{OTHER}\n")

    assert rekey(still, NOW) is None
    assert still.secret(DATABASE_KEY) == OTHER


def written(still: Settings) -> Path:
    """Write the settings file of this box."""
    file = still.data_dir.parent / "reportbox.toml"
    places = ("data_dir", "secrets_dir", "run_dir", "public_url", "desk_url")
    file.write_text("".join(f'{p} = "{getattr(still, p)}"\n' for p in places))
    return file


MOMENTS: dict[str, Callable[[Settings], bool]] = {
    "at once": lambda _: True,
    "while it is copied": lambda box: (box.data_dir / "scratch" / "rekeyed").exists(),
    "while the old one is kept": lambda box: bool([*box.data_dir.glob("*.before-*")]),
    "with two keys": lambda box: key_file(box).read_text().count("\n") > 1,
    "after the step": lambda box: (
        not (box.data_dir / "scratch" / "rekeyed").exists()
        and key_file(box).read_text().count("\n") > 1
    ),
    "at the end": lambda box: (
        bool([*box.secrets_dir.glob("*.before-*")])
        and key_file(box).read_text().count("\n") == 1
    ),
}


@pytest.fixture
def running(still: Settings) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "reportbox", "--settings", str(written(still))]
    process = subprocess.Popen([*command, "rekey"], stdout=subprocess.DEVNULL)
    yield process
    process.kill()
    process.wait(10)


@pytest.mark.parametrize("moment", MOMENTS)
def test_killed_at_any_moment_one_of_its_keys_opens_the_box_and_the_next_run_ends_it(
    still: Settings, running: subprocess.Popen[bytes], moment: str
) -> None:
    while not MOMENTS[moment](still) and running.poll() is None:
        time.sleep(0)
    running.send_signal(signal.SIGKILL)
    assert running.wait(10) in {0, -signal.SIGKILL}  # it was under way, or just done

    there = people(still.database, key_of(still))
    rekey(still, NOW)

    keys = still.secret(DATABASE_KEY).split()
    assert len(keys) == 1
    assert people(still.database, keys[0]) == there > 0
