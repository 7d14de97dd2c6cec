"""Counts that keep guessing slow: in a file of their own under ``/run``.

They are never in the database nor in a backup, hold blinded keys only, and may vanish
at any restart of the machine.
"""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

TABLE = """
CREATE TABLE IF NOT EXISTS failure (
    key TEXT PRIMARY KEY, count INTEGER NOT NULL, last REAL NOT NULL
) WITHOUT ROWID
"""


class Counters:
    def __init__(self, folder: Path) -> None:
        self.path = folder / "counters.db"

    def knock(
        self,
        key: str,
        now: float,
        wait: Callable[[int, float], int],
        forgotten_after: float,
    ) -> int:
        """Count an attempt before it is looked at, unless it must wait.

        Returns the seconds to wait, 0 if it was counted; of many at once each sees
        the ones before it.
        """
        with self._open() as file:
            file.execute("BEGIN IMMEDIATE")
            file.execute("DELETE FROM failure WHERE last < ?", (now - forgotten_after,))
            query = "SELECT count, last FROM failure WHERE key = ?"
            failures, last = file.execute(query, (key,)).fetchone() or (0, 0.0)
            seconds = wait(failures, now - last)
            if not seconds:
                file.execute(
                    "INSERT OR REPLACE INTO failure VALUES (?, ?, ?)",
                    (key, failures + 1, now),
                )
            return seconds

    def take_back(self, key: str) -> None:
        """The attempt was no failure after all."""
        with self._open() as file:
            file.execute("UPDATE failure SET count = count - 1 WHERE key = ?", (key,))

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
