"""How long removal takes, told honestly.

Nobody sees the moment itself: it lies between the last look that found it online and
the first that found it gone. The later one counts, so no figure flatters anybody, and
the gap between the two is told beside it. What is still online counts as well, for as
long as it is: left out, the slowest would make a provider look fast (Kaplan and Meier,
1958). Hours are counted from the notice.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import pairwise
from math import isclose
from typing import NamedTuple

HOUR = timedelta(hours=1)
SPANS = (24, 72, 168)  # hours: a day, three days, a week (field guide T19, T20)
CLOSE = 1e-9  # shares that differ by less are the same


class Course(NamedTuple):
    """One notice: seen gone after so many hours, or followed so long and not."""

    hours: float
    is_gone: bool


class Step(NamedTuple):
    """The share still online from this hour on, and what it rests on."""

    hours: float
    online: float
    at_risk: int  # followed until then and not gone before
    gone: int  # at this hour


class Share(NamedTuple):
    """How much was gone within so many hours."""

    within: int
    gone: float | None  # none: nothing was followed for so long
    known: int  # of how many notices that is known for certain
    asked: int  # of how many in all


def course(asked_at: datetime, gone_at: datetime | None, until: datetime) -> Course:
    """Follow one notice to the first look that found it gone, or until it ended.

    What was seen gone before the notice arrived took no time at all.
    """
    end = until if gone_at is None else gone_at
    return Course(max((end - asked_at) / HOUR, 0.0), gone_at is not None)


def survival(courses: Iterable[Course]) -> list[Step]:
    """Return the curve of Kaplan and Meier: one step for each hour at which some went.

    Whatever was followed until just that hour counts as at risk in it.
    """
    courses = list(courses)
    ended, gone = Counter(c.hours for c in courses), _gone_at(courses)
    at_risk, online, steps = len(courses), 1.0, []
    for hours in sorted(ended):
        if gone[hours]:
            online *= (at_risk - gone[hours]) / at_risk
            steps.append(Step(hours, online, at_risk, gone[hours]))
        at_risk -= ended[hours]
    return steps


def gone_after(courses: Iterable[Course], share: float = 0.5) -> float | None:
    """Return the hours after which that share was gone; None where it is not yet.

    Where the curve runs level at just that share, the middle of the level is taken, as
    for a plain median of an even number.
    """
    steps, wanted = survival(courses), 1 - share
    for step, following in pairwise([*steps, None]):
        assert step is not None  # noqa: S101 - only the last one is
        if isclose(step.online, wanted, abs_tol=CLOSE):
            return (step.hours + following.hours) / 2 if following else step.hours
        if step.online < wanted:
            return step.hours
    return None


def share_gone(courses: Iterable[Course], within: int) -> Share:
    """Estimate how much is gone within so many hours, and say what it rests on."""
    courses = list(courses)
    known = sum(c.is_gone or c.hours >= within for c in courses)
    so_far = [step.online for step in survival(courses) if step.hours <= within]
    online = so_far[-1] if so_far else 1.0
    followed = any(c.hours >= within for c in courses)
    is_told = bool(courses) and (followed or online < CLOSE)
    return Share(within, 1 - online if is_told else None, known, len(courses))


def gap(looks: Iterable[tuple[datetime, datetime]]) -> float | None:
    """Return the median hours between the last look online and the first one gone."""
    return gone_after(course(seen, gone, gone) for seen, gone in looks)


def _gone_at(courses: Iterable[Course]) -> Counter[float]:
    return Counter(c.hours for c in courses if c.is_gone)
