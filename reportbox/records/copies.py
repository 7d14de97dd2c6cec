"""A copy of the database, opened beside the one in use, to be looked at only."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlcipher3 import dbapi2

from reportbox.errors import PeerRejected
from reportbox.records import audit

FOLDER = Path(__file__).with_name("migrations")
MOST_NAMED = 5  # faults of one kind


class Copy:
    def __init__(self, connection: Any) -> None:  # noqa: ANN401 - sqlcipher3 is untyped
        self.ask = connection.execute

    def counts(self) -> dict[str, int]:
        """Count the rows of every table."""
        names = self._column(
            "SELECT name FROM sqlite_master WHERE type = 'table' "
            "AND name NOT LIKE 'sqlite_%' ORDER BY name"
        )
        return {
            name: self._column(f'SELECT count(*) FROM "{name}"')[0]  # noqa: S608 - its own names
            for name in names
        }

    def head(self) -> tuple[int, str]:
        """Return where the audit ends."""
        return audit.head(self.ask)

    def unknown_upgrades(self) -> list[str]:
        """List what a newer release did to it that this one knows nothing of."""
        known = {path.stem for path in FOLDER.glob("*.py")}
        return sorted(set(self._column("SELECT name FROM schema_migration")) - known)

    def is_used(self) -> bool:
        """Say whether anybody has worked with it: an account, or a report."""
        query = "SELECT EXISTS (SELECT 1 FROM {}) OR EXISTS (SELECT 1 FROM {})"
        return bool(self._column(query.format("account", "report"))[0])

    def faults(self, audit_key: str) -> list[str]:
        """Say what is wrong: with its pages, its links, or the chain of the audit."""
        pages = [x for x in self._column("PRAGMA integrity_check") if x != "ok"]
        sealed = self._column("PRAGMA cipher_integrity_check")
        links = self._column("PRAGMA foreign_key_check")
        return [
            *(f"damaged: {one}" for one in [*pages, *sealed][:MOST_NAMED]),
            *(f"a row of {one} leads nowhere" for one in links[:MOST_NAMED]),
            *(f"audit: {one}" for one in audit.faults(self.ask, audit_key)),
        ]

    def _column(self, query: str) -> list[Any]:
        return [row[0] for row in self.ask(query).fetchall()]


@contextmanager
def opened(path: Path, key: str) -> Iterator[Copy]:
    """Open it under its key, or raise PeerRejected."""
    connection = dbapi2.connect(f"file:{path}?mode=ro", uri=True)
    try:
        connection.execute("PRAGMA cipher_log_level = none")
        connection.execute(f"PRAGMA key = \"x'{key}'\"")
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        yield Copy(connection)
    except dbapi2.DatabaseError as trouble:
        raise PeerRejected(f"the database cannot be read: {trouble}") from trouble
    finally:
        connection.close()
