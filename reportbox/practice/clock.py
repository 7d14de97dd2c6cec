"""A clock that people in training can move forward, shared by every process."""

from datetime import UTC, datetime, timedelta
from pathlib import Path


class MovableClock:
    """The machine's clock plus as many seconds as the file says."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead()

    def ahead(self) -> timedelta:
        try:
            return timedelta(seconds=float(self.file.read_text()))
        except FileNotFoundError:
            return timedelta()

    def move(self, span: timedelta) -> None:
        """Move on; written aside and renamed, so that nobody reads half a number."""
        aside = self.file.with_suffix(".new")
        aside.write_text(str((self.ahead() + span).total_seconds()))
        aside.replace(self.file)
