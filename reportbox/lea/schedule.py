"""By when an agency should have been told.

Guidelines, “timely manner”: by the end of the same working day on which the item was
found illegal. The box tells at once; this is the line that must not be crossed.
"""

from datetime import datetime, time, timedelta

from reportbox.settings import Settings

SATURDAY = 5  # datetime.weekday()
# A trace may take half an hour, and the mail a little longer.
LATE_AFTER = timedelta(minutes=45)


def told_by(judged_at: datetime, settings: Settings) -> datetime:
    """Return the end of that working day; of that day itself, if work had ended."""
    local = judged_at.astimezone(settings.zone)
    works = local.weekday() < SATURDAY and local.hour < settings.working_day_ends
    end = time(settings.working_day_ends) if works else time(23, 59, 59)
    return datetime.combine(local, end, settings.zone)


def is_late(judged_at: datetime, now: datetime, settings: Settings) -> bool:
    """Tell whether an agency not told yet should have been by now."""
    return now >= min(judged_at + LATE_AFTER, told_by(judged_at, settings))
