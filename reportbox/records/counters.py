"""Counts that keep guessing slow: in a file of their own under ``/run``.

They are never in the database nor in a backup, hold blinded keys only, and may vanish
at any restart of the machine.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import NamedTuple

TABLE = """
CREATE TABLE IF NOT EXISTS failure (
    key TEXT PRIMARY KEY, count INTEGER NOT NULL, last REAL NOT NULL
) WITHOUT ROWID
"""


class Count(NamedTuple):
    failures: int
    last: float  # seconds since 1970


class Counters:
    def __init__(self, folder: Path) -> None:
        self.path = folder / "counters.db"

    def get(self, key: str) -> Count:
        with self._open() as file:
            found = file.execute(
                "SELECT count, last FROM failure WHERE key = ?", (key,)
            ).fetchone()
        return Count(*found) if found else Count(0, 0.0)

    def add(self, key: str, now: float, forgotten_after: float) -> None:
        """Count one more failure; what is long ago begins anew."""
        with self._open() as file:
            file.execute("DELETE FROM failure WHERE last < ?", (now - forgotten_after,))
            file.execute(
                "INSERT INTO failure VALUES (?, 1, ?) ON CONFLICT (key) "
                "DO UPDATE SET count = count + 1, last = excluded.last",
                (key, now),
            )

    def forget(self, key: str) -> None:
        with self._open() as file:
            file.execute("DELETE FROM failure WHERE key = ?", (key,))

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with closing(sqlite3.connect(self.path, timeout=5)) as file, file:
            file.execute("PRAGMA synchronous = OFF")
            file.execute(TABLE)
            yield file
