"""When a provider may be asked, reminded, and looked at again."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from reportbox.agreements.terms import Terms
from reportbox.ntd.window import Window, opens
from reportbox.settings import Settings

# A re-trace that failed is tried again; the letter waits for it.
PAUSES = tuple(timedelta(minutes=m) for m in (1, 5, 15, 30))

LONGEST_REST = timedelta(hours=6)  # before a host that keeps moving is looked at again
MOST_MOVES = 3  # between hosts, in one appearance
FLAPPING = "The host changes from look to look: decide by hand whom to ask."

NOT_YET = timedelta(hours=24)  # before somebody who could not look tries again
WATCH_EVERY = timedelta(hours=12)  # names and networks of what was asked
MOST_LETTERS = 4  # to one provider about one address, in one appearance
CALL_AFTER = 2  # reminders in vain
LATE = timedelta(days=1)  # overdue by so much, it is told of after all others
LONG = timedelta(days=28)  # then whatever is still there is a case for the manager


def due_at(
    told_at: datetime, judged_at: datetime, terms: Terms, windows: Sequence[Window] = ()
) -> datetime:
    """LEA told, or clear verdict if later, plus the agreed delay of 0 to 144 hours.

    Then the next moment at which every window is open.
    """
    due = max(told_at, judged_at) + timedelta(hours=terms.ntd_delay_hours)
    return opens(windows, due)


def next_try(attempts: int, now: datetime) -> datetime:
    return now + PAUSES[min(attempts, len(PAUSES)) - 1]


def next_check(
    asked_at: datetime, checks: int, now: datetime, settings: Settings
) -> datetime | None:
    """Say when a person looks next whether it is gone; None: often enough.

    Looks cost people: a moment that has passed is not made up for.
    """
    planned = (settings.removal_check_hours, settings.removal_second_check_hours)
    moments = [asked_at + timedelta(hours=hours) for hours in planned[checks:]]
    return next((m for m in moments if m > now or not checks), None)


def is_owed_to_the_lea(
    asked_at: datetime, reminders: int, now: datetime, settings: Settings
) -> bool:
    """Tell whether the LEA hears that nobody reacts: after every reminder in vain."""
    if not settings.ntd_escalate_hours or reminders < settings.ntd_reminders:
        return False
    return asked_at + timedelta(hours=settings.ntd_escalate_hours) <= now
