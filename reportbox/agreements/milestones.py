"""From the first contact to a signed agreement, and what falls due afterwards.

Guidelines, “agree on collaboration principles in writing”: signed within six months of
the first contact, within two years at the latest (B17).
"""

from datetime import date, timedelta
from typing import NamedTuple

from reportbox.agreements.terms import Terms

SOON, LATEST = 6, 24  # months from the first contact
WARN = timedelta(days=30)


class Milestone(NamedTuple):
    title: str
    due_on: date
    is_near: bool
    is_over: bool


def milestones(terms: Terms, today: date) -> list[Milestone]:
    """List what is due until there is an agreement; nothing once it is signed."""
    is_over = terms.signed_on is not None  # signed, be it terminated since
    if is_over or terms.first_contact_on is None:
        return []
    return [
        _milestone(f"Agreement signed within {months} months", day, today)
        for months in (SOON, LATEST)
        for day in (months_after(terms.first_contact_on, months),)
    ]


def months_after(day: date, months: int) -> date:
    """Return the same day some months later, or the last one of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month + 1, min(day.day, last))
        except ValueError:
            continue
    raise AssertionError(day)  # every month has 28 days


def _milestone(title: str, day: date, today: date) -> Milestone:
    return Milestone(title, day, day - WARN <= today < day, day <= today)
