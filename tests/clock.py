"""A clock that moves only when told to: the one stand-in in this house."""

from datetime import UTC, datetime, timedelta


class StillClock:
    def __init__(self) -> None:
        self._now = datetime(2030, 1, 7, 9, 0, tzinfo=UTC)  # a Monday morning

    def now(self) -> datetime:
        return self._now

    def advance(self, **span: float) -> None:
        self._now += timedelta(**span)

    def set(self, moment: datetime) -> None:
        self._now = moment.astimezone(UTC)
