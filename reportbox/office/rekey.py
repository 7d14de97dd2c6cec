"""Another key for the database, at a moment when nobody uses it.

A copy under the new key takes the place of the old file by one rename. Both keys stand
in the key's file before it, and the new one alone after it: whatever stops this, one
of the keys that stand there opens what stands there, and the next run ends the change.
"""

import os
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from reportbox.errors import Refused
from reportbox.office.backup import BEFORE, alone
from reportbox.office.restore import standing_still
from reportbox.records import atomic, database
from reportbox.records.journey import box, put_on_record
from reportbox.records.rekey import (
    copy_aside,
    copy_under,
    held,
    key_of,
    new_key,
    opens,
    settle,
    take_the_place,
)
from reportbox.records.upgrade import open_ready_database, upgrading
from reportbox.settings import DATABASE_KEY, Settings


class Before(NamedTuple):
    """Where lies what was there before."""

    database: Path
    key: Path


def rekey(settings: Settings, now: datetime) -> Before | None:
    """Change the key; None when a change that was cut off only had to be ended."""
    if not settings.database.exists():
        raise Refused(f"{settings.database} does not exist: nothing has a key yet.")
    with standing_still(settings), upgrading(settings), alone(settings) as scratch:
        keys = settings.secret(DATABASE_KEY).split()
        old, file = key_of(settings), settings.secrets_dir / DATABASE_KEY
        if not opens(old, settings.database):
            raise Refused(f"The key in {file} does not open {settings.database}.")
        before = None
        if len(keys) == 1 or old == keys[0]:
            new = keys[1] if len(keys) > 1 else new_key()
            before = _change(settings, (old, new), scratch, now)
        else:
            _write(file, old, file.stat())
        _write_down(settings, now)
        for path in settings.data_dir.rglob("*"):  # locks and the like, made on the way
            _give(path, settings.data_dir.stat())
    return before


def _change(
    settings: Settings, keys: tuple[str, str], scratch: Path, now: datetime
) -> Before:
    (old, new), path = keys, settings.database
    file, part = settings.secrets_dir / DATABASE_KEY, scratch / "rekeyed"
    before = Before(*(_aside(one, now) for one in (path, file)))
    owners = (path.stat(), file.stat())
    with held(path, old) as database_held:
        copy_under(new, database_held, old, part, settings.secret("audit-key"))
        copy_aside(database_held, before.database)
        for one in (part, before.database):
            _give(one, owners[0])
        _write(before.key, old, owners[1])
        _write(file, f"{old}\n{new}", owners[1])
        take_the_place(part, path)  # from here on the new key opens it
    _write(file, new, owners[1])
    return before


def _aside(path: Path, now: datetime) -> Path:
    return path.with_name(f"{path.name}{BEFORE}{now:%Y%m%dT%H%M%SZ}")


def _write(file: Path, content: str, owner: os.stat_result) -> None:
    """Write a key whole or not at all, at no moment for anybody else to read."""
    part = file.with_name(f".{file.name}.part")
    part.unlink(missing_ok=True)
    with open(part, "x", opener=lambda name, how: os.open(name, how, 0o600)) as to:
        to.write(f"{content}\n")
    _give(part, owner)
    settle(part)
    part.rename(file)
    settle(file)


def _give(path: Path, owner: os.stat_result) -> None:
    """When root does it, leave everything with whom it belonged to."""
    if os.geteuid() == 0:
        os.chown(path, owner.st_uid, owner.st_gid, follow_symlinks=False)


def _write_down(settings: Settings, now: datetime) -> None:
    open_ready_database(settings)
    try:
        with atomic():
            put_on_record(box(now), "rekey", "database")
    finally:
        database.close_file()
