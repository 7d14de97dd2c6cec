"""One gate for all writers: a thread lock, then a file lock, for each transaction.

SQLite's own waiting is not fair: in a trial with sixteen writers the slowest waited
over a second where this gate kept it at 70 ms. Who gets through begins IMMEDIATE, so
a transaction that reads first can never find the database changed under its feet.
"""

import fcntl
import os
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Self

import peewee
from peewee import OperationalError, _savepoint
from playhouse.sqlcipher_ext import SqlCipherDatabase

LONGEST_WAIT = 10.0  # seconds for a turn to write
UNSURE = 100_000_000  # nanoseconds
LOOK_AGAIN = 0.0002  # seconds between two looks at another process's lock
BUSY = "another process keeps the database busy"

PRAGMAS = {
    "cipher_log_level": "none",  # a wrong key is said once, in our own words
    "journal_mode": "wal",
    "synchronous": "full",  # in WAL anything less may forget a “sent” on power loss
    "foreign_keys": 1,
    "busy_timeout": 10_000,
    "cache_size": -4096,  # KiB per connection
    "temp_store": "memory",  # nothing is spilt to disk in the clear
}


class _Savepoint(_savepoint):
    """All have one name, so that SQLite keeps their queries: the innermost is meant.

    For that, one that was rolled back must go, or it hides the one around it.
    """

    def _build_ctx(self) -> "_Savepoint":
        return _Savepoint(self.db, self.sid)

    def __enter__(self) -> Self:
        self.carried = self.db.carried
        entered: Self = super().__enter__()
        return entered

    def rollback(self, begin: bool = True) -> None:  # noqa: FBT001, FBT002 - as inherited
        super().rollback(begin=False)
        self.db.carried = self.carried
        self.commit(begin=begin)


class GatedDatabase(SqlCipherDatabase):  # type: ignore[misc]  # playhouse is untyped
    """The box's one encrypted file, kept open once per thread.

    ``carried`` is what a transaction has to write once, at its end, by ``write_last``.
    """

    carried: Any = None
    write_last: Callable[[Any], None]

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._gate: Any = None
        super().__init__(None, lock_type="IMMEDIATE")

    def open_file(self, path: Path, key: str) -> None:
        """Name the file and its raw 32-byte key, written as 64 hexadecimal digits.

        A pass-phrase instead of a raw key would cost 100 ms at every connection.
        """
        self.close_file()
        self.init(str(path), pragmas=PRAGMAS, passphrase=f"x'{key}'")
        self._gate = Path(f"{path}.lock").open("a")  # noqa: SIM115 - held for good

    def close_file(self) -> None:
        if self._gate is not None:
            self.close()
            self._gate.close()
            self._gate = None

    def written_at(self) -> int:
        """Say when anything was written last, in nanoseconds; 0 if that is unsure.

        Each commit of any process writes to the log of SQLite, so its time says it
        without a query. It is a clock of some milliseconds: within the same ones
        something more may be written, so then nobody can be sure.
        """
        try:
            at = os.stat(f"{self.database}-wal").st_mtime_ns  # noqa: PTH116 - at every turn
        except FileNotFoundError:
            return 0
        return at if time.time_ns() - at > UNSURE else 0

    def execute_many(self, query: str, rows: Sequence[Sequence[Any]]) -> None:
        """Run a query once for each row."""
        with peewee.__exception_wrapper__:  # type: ignore[attr-defined]  # no type tells
            self.cursor().executemany(query, rows)

    def begin(self, lock_type: str | None = None) -> None:
        """Wait for this thread's turn, or raise OperationalError when it never comes.

        Whoever waited sees “try again, nothing was saved”, not a page that hangs.
        """
        deadline = time.monotonic() + LONGEST_WAIT
        if not self._turn.acquire(timeout=LONGEST_WAIT):
            raise OperationalError(BUSY)
        try:
            self._enter(deadline)
            self.carried = None
            super().begin(lock_type)
        except BaseException:
            self._leave()
            raise

    def _enter(self, deadline: float) -> None:
        """Take the file lock; flock itself knows no time-out."""
        while True:
            try:
                fcntl.flock(self._gate, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise OperationalError(BUSY) from None
                time.sleep(LOOK_AGAIN)
            else:
                return

    def savepoint(self) -> "_Savepoint":
        return _Savepoint(self, "inner")

    def commit(self) -> None:
        # If this fails, peewee rolls back, and that opens the gate.
        if self.carried is not None:
            self.write_last(self.carried)
        super().commit()
        self._leave()

    def rollback(self) -> None:
        try:
            super().rollback()
        finally:
            self._leave()

    def _leave(self) -> None:
        try:
            fcntl.flock(self._gate, fcntl.LOCK_UN)
        finally:
            self._turn.release()
