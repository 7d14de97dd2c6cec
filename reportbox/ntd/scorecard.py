"""How a provider answers notices, and every notice it got."""

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from reportbox.ntd import takedown
from reportbox.ntd.takedown import Share
from reportbox.records.items import Item
from reportbox.records.providers import Passage, newest_notices, passages
from reportbox.records.tracks import Ntd
from reportbox.tracing.provider import spellings

PAGE = 50  # notices on one page
MOST = 5_000  # notices judged by, the newest: more would say no more
NEWEST = 2**62  # above every row
SINCE = timedelta(days=365)  # older notices say little of how a provider is now


class Scorecard(NamedTuple):
    """Everything is said of the notices asked since then; hours throughout.

    A median or a share is None as long as it is not known.
    """

    since: datetime
    asked: int
    gone: int  # seen gone so far
    median: float | None
    most: float | None  # after so long nine of ten are gone
    shares: list[Share]
    gap: float | None  # between the last look online and the first one gone
    reminders: float  # for each notice
    unreminded: float  # the share that needed none
    answered: float  # the share that the provider answered


def scorecard(names: list[str], now: datetime) -> Scorecard | None:
    """Judge a provider by its newest notices of a year; None if there were none."""
    since = now - SINCE
    asked = passages(spellings(names), since, MOST)
    if not asked:
        return None
    if len(asked) == MOST:
        since = min(one.asked_at for one in asked)
    courses = [_course(one, now) for one in asked]
    looks = [
        (one.last_seen_at, one.first_gone_at)
        for one in asked
        if one.last_seen_at and one.first_gone_at
    ]
    return Scorecard(
        since,
        len(asked),
        sum(course.is_gone for course in courses),
        takedown.gone_after(courses),
        takedown.gone_after(courses, 0.9),
        [takedown.share_gone(courses, within) for within in takedown.SPANS],
        takedown.gap(looks),
        sum(one.reminders for one in asked) / len(asked),
        sum(not one.reminders for one in asked) / len(asked),
        sum(one.replied_at is not None for one in asked) / len(asked),
    )


def history(names: list[str], before: int = 0) -> tuple[list[Ntd], int]:
    """List the newest notices with their items, and where the next page begins."""
    ids = newest_notices(spellings(names), before or NEWEST, PAGE + 1)
    more = ids[PAGE - 1] if len(ids) > PAGE else 0
    query: Any = Ntd.select(Ntd, Item).join(Item).where(Ntd.id.in_(ids[:PAGE]))
    return list(query.order_by(Ntd.id.desc())), more


def _course(one: Passage, now: datetime) -> takedown.Course:
    """A notice that ended without removal was followed until it ended, not on."""
    return takedown.course(one.asked_at, one.first_gone_at, one.ended_at or now)
