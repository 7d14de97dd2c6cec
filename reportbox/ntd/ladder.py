"""The rungs above a provider that does not remove, each one letter and no more.

First whose network carries it gets a copy, where the agreement says so. At the last,
after the LEA has heard, the platform's operator or the registrar of the name is asked,
where the country allows it. Whom to write to says the provider book alone
(tracing/above.py).
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from reportbox import lifecycle
from reportbox.agreements.reading import read_terms
from reportbox.lifecycle import Paper
from reportbox.ntd import schedule
from reportbox.ntd.checks import is_due
from reportbox.ntd.count import has_had_all
from reportbox.ntd.hours import Hours
from reportbox.ntd.retrace import still_there
from reportbox.ntd.rounds import grouped
from reportbox.ntd.write import ask_last, tell_upstream
from reportbox.ports import World
from reportbox.records.journey import letters_of, thread_of
from reportbox.records.rows import each
from reportbox.records.tracks import LeaNotice, Ntd
from reportbox.settings import Settings
from reportbox.tracing.above import Above, Hierarchy

UNHEARD = frozenset(lifecycle.Letter) - {
    lifecycle.Letter.SENT,
    lifecycle.Letter.STOPPED,
}
NEWS = frozenset({Paper.LEA_SUPPLEMENT, Paper.LEA_NOTE})


class Rung(NamedTuple):
    """When and whom; ``work`` names it where a bug is reported."""

    work: str
    is_reached: Any  # peewee expression: long enough ago, and not done yet
    whom: Callable[[Ntd], Above | None]
    write: Callable[[Sequence[Ntd], Above, Settings, datetime], int]


def tell_upstream_due(settings: Settings, world: World) -> int:
    """Give the networks above a copy of what was asked and is still there."""
    if not read_terms().upstream_copies:
        return 0
    since = world.clock.now() - timedelta(hours=settings.ntd_upstream_hours)
    reached = (Ntd.asked_at <= since) & Ntd.upstream_told_at.is_null()
    whom = Hierarchy().upstream_of
    rung = Rung("copy to the network above", reached, whom, tell_upstream)
    return _climb(rung, settings, world)


def ask_last_due(settings: Settings, world: World) -> int:
    """Ask the platform's operator or the registrar, once the LEA had time to object."""
    if not settings.ntd_registrar_hours:
        return 0
    since = world.clock.now() - timedelta(hours=settings.ntd_registrar_hours)
    asked = Ntd.asked_at.is_null(is_null=False)  # not by the LEA in our place
    reached = asked & (Ntd.escalated_at <= since) & Ntd.last_asked_at.is_null()
    above = Hierarchy()

    def whom(ntd: Ntd) -> Above | None:
        return above.last_of(ntd) if _has_lea_heard(ntd) else None

    return _climb(Rung("last request", reached, whom, ask_last), settings, world)


def _climb(rung: Rung, settings: Settings, world: World) -> int:
    if settings.ntd_paused:
        return 0
    now, hours = world.clock.now(), Hours(settings)
    asked = Ntd.rows(Ntd.state == lifecycle.Ntd.TO_VERIFY, rung.is_reached)
    above: dict[int, Above] = {}
    for ntd in asked:
        found = rung.whom(ntd) if _may_climb(ntd, now) else None
        if found is None or not hours.are_open(found.mailbox, now):
            continue
        if not has_had_all(ntd.item, found.mailbox):
            above[ntd.id] = found
    there = still_there([n for n in asked if n.id in above], settings, world)
    # What was asked in one letter goes up in one.
    groups = grouped(there, lambda n: (thread_of(n), n.provider, above[n.id]))
    rows = [group[0] for group in groups.values()]
    write = rung.write
    return each(
        rows, lambda n: write(groups[n.id], above[n.id], settings, now), rung.work, now
    )


def _may_climb(ntd: Ntd, now: datetime) -> bool:
    if ntd.asks_origin:  # it was asked who hosts it, not to remove it
        return False
    if ntd.try_at and now < ntd.try_at <= now + schedule.LONGEST_REST:
        return False
    if is_due(ntd, now) and ntd.check_why:  # first somebody looks whether it is gone
        return False
    return ntd.item.state == lifecycle.Item.TO_FINISH and not ntd.item.is_held


def _has_lea_heard(ntd: Ntd) -> bool:
    """Tell whether what the LEA is owed has left: it may want to hold this."""
    notices = LeaNotice.of(ntd.item)
    told = [n for n in notices if n.state != lifecycle.Lea.WITHDRAWN]
    return not any(
        notice.has_news or any(x.paper in NEWS for x in letters_of(notice, *UNHEARD))
        for notice in told
    )
