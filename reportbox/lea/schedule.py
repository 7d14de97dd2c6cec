"""By when an agency should have been told.

Guidelines, “timely manner”: by the end of the same working day on which the item was
found illegal. The box tells at once; this is the line that must not be crossed.
"""

from datetime import UTC, datetime, timedelta

from reportbox.office.working_day import calendar_of
from reportbox.settings import Settings

# A trace may take half an hour, and the mail a little longer.
LATE_AFTER = timedelta(minutes=45)


def told_by(judged_at: datetime, settings: Settings) -> datetime:
    """Return the end of that working day; of that day itself, if work had ended."""
    return calendar_of(settings).told_by(judged_at)


def is_late(judged_at: datetime, now: datetime, settings: Settings) -> bool:
    """Tell whether an agency not told yet should have been by now."""
    return now >= _late_from(judged_at, settings)


def at_risk(judged_at: datetime, now: datetime, settings: Settings) -> bool:
    """Tell whether two thirds of the time until it is late are gone, or more."""
    begun = judged_at.astimezone(UTC)
    return now >= begun + (_late_from(judged_at, settings) - begun) * 2 / 3


def _late_from(judged_at: datetime, settings: Settings) -> datetime:
    soon = judged_at.astimezone(UTC) + LATE_AFTER
    return min(soon, told_by(judged_at, settings))
