"""Bring the tables up to date, one upgrade at a time; refuse to start without."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager

from playhouse.migrations import Runner

from reportbox.errors import Misconfigured
from reportbox.records import audit, blinding, database, open_database
from reportbox.records.copies import FOLDER
from reportbox.records.rekey import key_of
from reportbox.settings import Settings

AUDIT_BEGINS = "0002_the_desk"  # the script that makes its tables


def upgrade(settings: Settings) -> list[str]:
    """Apply what is pending under a lock; return the names of what was applied."""
    with upgrading(settings):
        open_database(settings.database, key_of(settings))
        audit.use_key(settings.secret("audit-key"))
        blinding.use_key(settings.secret("receipt-key"))
        settings.database.chmod(0o600)
        done = [str(name) for name in Runner(database, str(FOLDER)).up()]
        if AUDIT_BEGINS in done:
            audit.begin()
        return done


@contextmanager
def upgrading(settings: Settings) -> Iterator[None]:
    """Let one at a time change the database as a whole; the others wait."""
    settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (settings.data_dir / "upgrade.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def pending() -> list[str]:
    """List the migrations the open database still lacks."""
    status = Runner(database, str(FOLDER)).status()
    return [m.name for m in status if m.path and not m.applied]


def ahead() -> list[str]:
    """List the migrations the open database has and this program does not know."""
    status = Runner(database, str(FOLDER)).status()
    return [m.name for m in status if not m.path]


def open_ready_database(settings: Settings) -> None:
    """Open the database for work, or raise Misconfigured saying what to do first."""
    if not settings.database.exists():
        raise Misconfigured(
            f"{settings.database} does not exist: run `reportbox upgrade`."
        )
    open_database(settings.database, key_of(settings))
    audit.use_key(settings.secret("audit-key"))
    blinding.use_key(settings.secret("receipt-key"))
    if missing := pending():
        message = f"the database lacks {', '.join(missing)}: run `reportbox upgrade`."
        raise Misconfigured(message)
