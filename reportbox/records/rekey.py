"""The key of the database: which one opens it, and how another takes its place.

While it is being changed two keys stand in the key's own file, one a line, and one of
them opens the database at any moment: whoever opens it tries both.
"""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlcipher3 import dbapi2

from reportbox.errors import PeerRejected, Refused
from reportbox.records import copies
from reportbox.settings import DATABASE_KEY, Settings

COMPANY = (
    "Somebody has the database open. Stop the box and its timer (systemctl stop "
    "reportbox reportbox-backup.timer), and whatever else of it runs."
)


def key_of(settings: Settings) -> str:
    """Return the key that opens the database; the first, if none or nothing does."""
    keys = settings.secret(DATABASE_KEY).split()
    if len(keys) == 1 or not settings.database.exists():
        return keys[0]
    return next((key for key in keys if opens(key, settings.database)), keys[0])


def opens(key: str, path: Path) -> bool:
    """Tell whether it is the key of this file."""
    connection = _connected(path, key)
    try:
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except dbapi2.DatabaseError:
        return False
    else:
        return True
    finally:
        connection.close()


def new_key() -> str:
    return secrets.token_hex(32)


@contextmanager
def held(path: Path, key: str) -> Iterator[copies.Copy]:
    """Keep everybody else out of the database; raise Refused while somebody is in.

    SQLite gives up its log only when it is alone (sqlite.org/wal.html, section 8).
    """
    connection = _connected(path, key)
    try:
        connection.execute("PRAGMA journal_mode = delete").fetchone()
        connection.execute("PRAGMA locking_mode = exclusive").fetchone()
        connection.execute("BEGIN EXCLUSIVE")
        connection.execute("COMMIT")
    except dbapi2.OperationalError as trouble:
        connection.close()
        raise Refused(COMPANY) from trouble
    try:
        yield copies.Copy(connection)
    finally:
        connection.close()


def copy_under(new: str, old: copies.Copy, key: str, path: Path, audit: str) -> None:
    """Write a whole copy under another key, or raise PeerRejected."""
    _copy(old, path)
    connection = _connected(path, key)
    try:
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        connection.execute(f"PRAGMA rekey = \"x'{new}'\"")
    except dbapi2.DatabaseError as trouble:
        raise PeerRejected(f"the copy cannot be written: {trouble}") from trouble
    finally:
        connection.close()
    with copies.opened(path, new) as fresh:
        if faults := fresh.faults(audit):
            raise PeerRejected(f"The copy is not sound: {'; '.join(faults)}.")
        if (fresh.counts(), fresh.head()) != (old.counts(), old.head()):
            raise PeerRejected("The copy does not hold what the database holds.")
    settle(path)


def copy_aside(old: copies.Copy, path: Path) -> None:
    """Write a copy under the key it has, or raise PeerRejected."""
    _copy(old, path)
    settle(path)


def take_the_place(part: Path, path: Path) -> None:
    """Let a copy be the database; nobody who waited writes into the one before."""
    before = os.open(path, os.O_WRONLY)
    try:
        part.rename(path)
        settle(path)
        os.ftruncate(before, 0)
    finally:
        os.close(before)


def settle(path: Path) -> None:
    """Have a file and its name on the disk before anything relies on them."""
    for one in (path, path.parent):
        handle = os.open(one, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _connected(path: Path, key: str) -> dbapi2.Connection:
    connection = dbapi2.connect(str(path), timeout=1, isolation_level=None)
    connection.execute("PRAGMA cipher_log_level = none")
    connection.execute(f"PRAGMA key = \"x'{key}'\"")
    return connection


def _copy(old: copies.Copy, path: Path) -> None:
    try:
        old.ask("VACUUM INTO ?", (str(path),))
    except dbapi2.DatabaseError as trouble:
        raise PeerRejected(f"the copy cannot be written: {trouble}") from trouble
    path.chmod(0o600)
