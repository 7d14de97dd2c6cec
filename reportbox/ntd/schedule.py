"""When a provider may be asked, reminded, and looked at again."""

from datetime import datetime, timedelta

from reportbox.agreements.terms import Terms
from reportbox.office.working_day import calendar_of
from reportbox.settings import Settings

# A re-trace that failed is tried again; the letter waits for it.
PAUSES = tuple(timedelta(minutes=m) for m in (1, 5, 15, 30))

LONGEST_REST = timedelta(hours=6)  # before a host that keeps moving is looked at again
MOST_MOVES = 3  # between hosts, in one appearance
FLAPPING = "The host changes from look to look: decide by hand whom to ask."

# A person looks whether it is gone (field guide T26: NTD + 72 h).
CHECK_AFTER = timedelta(hours=72)


def due_at(
    told_at: datetime, judged_at: datetime, terms: Terms, settings: Settings
) -> datetime:
    """LEA told, or clear verdict if later, plus the agreed delay of 0 to 144 hours."""
    due = max(told_at, judged_at) + timedelta(hours=terms.ntd_delay_hours)
    return calendar_of(settings).opens(due) if settings.ntd_in_working_hours else due


def next_try(attempts: int, now: datetime) -> datetime:
    return now + PAUSES[min(attempts, len(PAUSES)) - 1]
