"""Where the hours went between the verdict and the notice to the provider.

Every moment of them has one reason, so the spans meet and leave nothing out.
"""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from itertools import pairwise
from typing import NamedTuple

SECONDS = 3600  # of an hour


class Reason(StrEnum):
    """Why nothing left, the strongest first."""

    LEA = "until the LEA was told"
    HOLD = "held by the LEA"
    AGREEMENT = "agreed with the LEA"
    WINDOW = "outside the hours agreed for sending"
    PROVIDER = "window of the provider"
    OTHER = "the provider, its contact or a registry"


class Span(NamedTuple):
    reason: Reason
    begin: datetime
    end: datetime

    @property
    def hours(self) -> float:
        return (self.end - self.begin).total_seconds() / SECONDS


class Clock(NamedTuple):
    """The moments of one NTD; what has not come yet is None."""

    judged_at: datetime
    told_at: datetime | None
    free_at: datetime | None  # the agreed hours are over


def spans(
    clock: Clock,
    holds: Iterable[tuple[datetime, datetime | None]],
    closed: Iterable[Span],
    until: datetime,
) -> list[Span]:
    """Account for every hour from the verdict to the notice, or to now.

    ``closed`` is when a window for sending was shut, whatever else stood in the way.
    """
    shut = [Span(Reason.HOLD, begin, end or until) for begin, end in holds]
    shut += closed
    moments = {clock.told_at, clock.free_at} | {x for s in shut for x in s[1:]}
    inside = {m for m in moments if m is not None and clock.judged_at < m < until}
    edges = sorted({clock.judged_at, until} | inside)
    found: list[Span] = []
    for begin, end in pairwise(edges):
        reason = _reason(clock, shut, begin)
        if found and found[-1].reason is reason:
            found[-1] = found[-1]._replace(end=end)
        else:
            found.append(Span(reason, begin, end))
    return found


def _reason(clock: Clock, shut: list[Span], at: datetime) -> Reason:
    if clock.told_at is None or at < clock.told_at:
        return Reason.LEA
    now = {span.reason for span in shut if span.begin <= at < span.end}
    if Reason.HOLD in now:
        return Reason.HOLD
    if clock.free_at is None or at < clock.free_at:
        return Reason.AGREEMENT
    return next((one for one in Reason if one in now), Reason.OTHER)
