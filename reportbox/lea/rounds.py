"""What falls due at law enforcement: the box notifies, supplements, chases, ends."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from reportbox import lifecycle
from reportbox.agreements.reading import read_terms
from reportbox.lea.agency import Channel
from reportbox.lea.annex_one import WHOLE, Part
from reportbox.lea.block import parts_of, waits_for_its_time
from reportbox.lea.owed import (
    LONGEST_WAIT,
    call_for,
    columns_of,
    give_call_to,
    lift_urgent_holds,
    owe_notices,
    units_for,
)
from reportbox.lea.write import (
    told,
    write_chase,
    write_notices,
    write_supplement,
)
from reportbox.lifecycle import Move
from reportbox.ports import World
from reportbox.records import atomic
from reportbox.records.journey import Deed, box, move
from reportbox.records.rows import each, each_of_many
from reportbox.records.tracks import LeaNotice
from reportbox.settings import Settings

MOST_CHASES = 2  # then a person telephones


def notify_due(settings: Settings, world: World) -> int:
    """Write every notice that may leave; office hours and NTD pauses mean nothing here.

    Guidelines, “timely manner”: by the end of the same working day at the latest.
    """
    now = world.clock.now()
    waiting = LeaNotice.with_items(LeaNotice.ids_in(lifecycle.Lea.TO_NOTIFY))
    ready = [n for n in waiting if _is_ready(n, now) and _has_agency(n, settings)]
    ready.sort(key=lambda n: not n.item.is_urgent)
    groups = {
        group[0].id: (group, part) for group, part in _grouped(ready, settings, now)
    }
    # The first stands for its group: a bug in writing parks it, not the others.
    firsts = [group[0] for group, _ in groups.values()]
    write = lambda n: _notify(*groups[n.id], settings, now)  # noqa: E731
    return each_of_many(firsts, write, "notify", now)


def supplement_due(settings: Settings, world: World) -> int:
    """Tell agencies what they were not told yet, and correct what has changed."""
    now = world.clock.now()
    told_ones = LeaNotice.state.in_(lifecycle.TOLD)
    found = LeaNotice.rows(LeaNotice.has_news == True, told_ones)  # noqa: E712
    ready = [
        n
        for n in found
        if (n.item.state not in lifecycle.UNROUTED or n.item.is_urgent)
        and n.unit is not None
        and n.unit.channel != Channel.WEB_TOOL  # a person enters it there
    ]
    return each(
        ready, lambda n: write_supplement(n, told(n, settings, now)), "supplement", now
    )


def chase_due(settings: Settings, world: World) -> int:
    """Ask for receipts that are overdue; in the end somebody telephones."""
    now, terms = world.clock.now(), read_terms()
    pause = timedelta(hours=terms.receipt_hours)
    waiting = LeaNotice.rows(
        LeaNotice.state == lifecycle.Lea.TO_CONFIRM, LeaNotice.told_at <= now - pause
    )
    due = [n for n in waiting if (n.chased_at or n.told_at) + pause <= now and n.unit]
    return each(due, lambda n: _chase(n, settings, now), "chase", now)


def lapse_due(_: Settings, world: World) -> int:
    """End the wait for receipts that never came, after the agreed cap."""
    now = world.clock.now()
    days = read_terms().silent_days
    cap = now - timedelta(days=days)
    silent = LeaNotice.rows(
        LeaNotice.state == lifecycle.Lea.TO_CONFIRM, LeaNotice.told_at <= cap
    )
    deed = box(now, f"no receipt for {days} days")
    return each(silent, lambda n: _lapse(n, deed), "lapse", now)


def _lapse(notice: LeaNotice, deed: Deed) -> bool:
    with atomic():
        move(notice, Move.LAPSE, deed)
        if notice.appearance == notice.item.appearance:
            lift_urgent_holds(notice.item, deed)
    return True


def _chase(notice: LeaNotice, settings: Settings, now: datetime) -> bool:
    to = told(notice, settings, now)
    if to.unit.channel is not Channel.WEB_TOOL and notice.chases < MOST_CHASES:
        return write_chase(notice, to)
    with atomic():
        LeaNotice.update(chased_at=now).where(LeaNotice.id == notice.id).execute()
        return call_for(notice.item, notice.unit, "silent", now)


def _is_ready(notice: LeaNotice, now: datetime) -> bool:
    """Leave with all that is known, or when the wait is over, or out of all bounds."""
    is_known = notice.item.state not in lifecycle.MAY_COME_IN_TIME
    if is_known or notice.latest_at <= now:
        return True
    return bool(notice.latest_at > now + LONGEST_WAIT)  # the clock was set back


def _has_agency(notice: LeaNotice, settings: Settings) -> bool:
    """Give a notice that was owed before there was an agency those there are now."""
    if notice.unit is not None:
        return True
    units = units_for(notice.item)
    if not units:
        return False
    with atomic():
        changes = columns_of(units[0])
        LeaNotice.update(**changes).where(LeaNotice.id == notice.id).execute()
        give_call_to(notice.item, units[0])
        owe_notices(notice.item, notice.opened_at, settings)
    return False  # the next round writes it


def _grouped(
    ready: Sequence[LeaNotice], settings: Settings, now: datetime
) -> Iterator[tuple[list[LeaNotice], Part]]:
    """Put together what goes in one letter: each alone, or as agreed in blocks.

    Urgent ones never wait for a block, nor for its time of the day.
    """
    terms = read_terms()
    fresh: dict[int, list[LeaNotice]] = defaultdict(list)
    cut: dict[tuple[str, int], list[LeaNotice]] = defaultdict(list)
    for notice in ready:
        in_block = terms.block_size and not notice.item.is_urgent
        if not in_block or not notice.unit or notice.unit.channel == Channel.WEB_TOOL:
            yield [notice], WHOLE
        elif notice.block:  # it goes again, as the part it was
            cut[notice.block, notice.part].append(notice)
        else:
            fresh[notice.unit_id or 0].append(notice)
    for group in fresh.values():
        latest = min(n.latest_at for n in group)
        if waits_for_its_time(terms.block_times, latest, now, settings.zone):
            continue
        if len(group) == 1:
            yield group, WHOLE
        for notice in _cut(group, terms.block_size) if len(group) > 1 else ():
            cut[notice.block, notice.part].append(notice)
    for (name, number), group in cut.items():
        reports = LeaNotice.count_in(name)
        yield group, Part(number, group[0].parts, reports, name)


def _cut(group: Sequence[LeaNotice], size: int) -> list[LeaNotice]:
    """Give each its part of a new block, for good: a part that is lost keeps its name.

    The block is named by the number of its first notice.
    """
    name = f"BL-{group[0].id:06d}"
    with atomic():
        for mine, part in parts_of(group, size):
            for notice in mine:
                notice.block, notice.part, notice.parts = name, part.number, part.of
                known = {"block": name, "part": part.number, "parts": part.of}
                LeaNotice.change(notice.id, **known)
    return list(group)


def _notify(
    group: list[LeaNotice], part: Part, settings: Settings, now: datetime
) -> bool:
    to = told(group[0], settings, now)
    if to.unit.channel is not Channel.WEB_TOOL:
        return write_notices(group, part, to)
    with atomic():
        why = f"to be entered in {to.unit.tool or 'their web tool'} by a person"
        for notice in group:
            move(notice, Move.ASK_BY_HAND, box(now, why))
    return True
