"""Look afresh where the host of an NTD is, right before anybody is written to.

No cache is asked: an hour is long enough for a host to move.
"""

import time
from collections import defaultdict
from datetime import datetime, timedelta

from reportbox import lifecycle
from reportbox.lifecycle import Move
from reportbox.ntd import schedule
from reportbox.ntd.checks import NAME_GONE, is_due, was_just_looked_at
from reportbox.ports import World
from reportbox.records import atomic
from reportbox.records.items import Event, Finding, Item
from reportbox.records.journey import box, move, note
from reportbox.records.rows import TOGETHER, Rows
from reportbox.records.tracks import Ntd
from reportbox.settings import Settings
from reportbox.tracing.finding import Hosting
from reportbox.tracing.keep import keep
from reportbox.tracing.look import Sight, Target, look_at_all, target_of
from reportbox.tracing.schedule import PATIENCE

LONGEST_ROUND = 20  # seconds in which others wait for a slow registry


def still_there(ntds: list[Ntd], settings: Settings, world: World) -> list[Ntd]:
    """Look at each host afresh; keep what is still at the provider that was meant."""
    now = world.clock.now()
    round_, there = Rows("retrace", now), list[int]()
    by_target: dict[Target, list[Ntd]] = defaultdict(list)
    for ntd in ntds:
        by_target[target_of(ntd.item)].append(ntd)
    until = time.monotonic() + LONGEST_ROUND
    looks = look_at_all(by_target, settings, world, fresh=True)
    for target, sight in looks:
        here = by_target.pop(target)
        for start in range(0, len(here), TOGETHER):
            there += _check_some(here[start : start + TOGETHER], sight, round_)
        if time.monotonic() > until:
            break
    looks.close()
    later = now + schedule.PAUSES[0]
    with atomic():
        for ntd in (ntd for left in by_target.values() for ntd in left):
            _rest(ntd, "A registry answers slowly.", later)  # the others go on
    return Ntd.with_items(there)


def _check_some(ntds: list[Ntd], sight: Sight, round_: Rows) -> list[int]:
    """Number those of one host that are still there; a few in one transaction."""
    with atomic():
        fresh = {ntd.id: ntd for ntd in Ntd.with_items(ntd.id for ntd in ntds)}
        check = lambda ntd: _check(ntd, fresh[ntd.id], sight, round_.now)  # noqa: E731
        return [ntd.id for ntd in ntds if round_.work(ntd, check)]


def _check(before: Ntd, ntd: Ntd, sight: Sight, now: datetime) -> bool:
    """Say whether the item is still where it was; otherwise do what follows."""
    with atomic():
        if ntd.state != before.state or ntd.item.state != lifecycle.Item.TO_FINISH:
            return False  # moved on while we looked
        if not _is_unanswered(ntd, sight):
            Ntd.change(ntd.id, watched_at=now)
        found = sight.conclusion
        if found is None and sight.is_half and ntd.attempts >= PATIENCE:
            found = sight.partly
        if found is None:
            _wait(ntd, sight, now)
            return False
        finding = keep(ntd.item, sight, found, now)
        if finding.hosting == Hosting.DISPUTED:
            move(ntd.item, Move.QUESTION, box(now, finding.why))
            return False  # a person says where it is; then it falls due again
        is_there = ntd.provider in dict(finding.at_home)
        if finding.place != ntd.item.finding.place and _may_move(ntd.item):
            _move_host(ntd.item, finding, now)
            return False  # routed again first; then it falls due again
        if not is_there:
            _rest(ntd, schedule.FLAPPING, now + schedule.LONGEST_REST)
            return False
        note(ntd, "retrace", box(now, finding.why))
        Ntd.change(ntd.id, finding=finding, trouble="", attempts=0)
        return True


def _is_unanswered(ntd: Ntd, sight: Sight) -> bool:
    """Tell whether it is worth looking again soon: a few times, then half a day on."""
    nothing = sight.conclusion is None and not sight.is_gone
    return nothing and ntd.attempts < PATIENCE


def _was_just_seen(ntd: Ntd, now: datetime) -> bool:
    """A person who looked today knows more than name servers do."""
    seen_at = ntd.last_seen_at if ntd.checks else None
    return seen_at is not None and now - seen_at < schedule.NOT_YET


def _wait(ntd: Ntd, sight: Sight, now: datetime) -> None:
    """Nobody answers, or the name is gone: a hint, never a removal."""
    planned = ntd.state == lifecycle.Ntd.TO_FALL_DUE
    if sight.is_gone and planned and _was_just_seen(ntd, now):
        _rest(ntd, sight.trouble, now + schedule.LONGEST_REST)
        return
    if sight.is_gone and planned:
        move(ntd, Move.ASK_CHECK, box(now, sight.trouble), check_at=now)
        return
    if sight.is_gone and not was_just_looked_at(ntd.item, now):
        check_at = ntd.check_at if is_due(ntd, now) else now
        Ntd.change(ntd.id, check_at=check_at, check_why=NAME_GONE)
    if sight.again_in:
        _rest(ntd, sight.trouble, now + timedelta(seconds=sight.again_in), ntd.attempts)
        return
    attempts = ntd.attempts + 1
    _rest(ntd, sight.trouble, schedule.next_try(attempts, now), attempts)


def _rest(ntd: Ntd, trouble: str, until: datetime, attempts: int = 0) -> None:
    changes = {"attempts": attempts, "try_at": until, "trouble": trouble}
    Ntd.update(**changes).where(Ntd.id == ntd.id).execute()


def _may_move(item: Item) -> bool:
    """Follow a few moves; a name that keeps changing would move for ever."""
    moved = Event.rows(Event.item == item.id, Event.move == Move.MOVE_HOST)
    so_far = [event for event in moved if event.at >= item.appeared_at]
    return len(so_far) < schedule.MOST_MOVES


def _move_host(item: Item, finding: Finding, now: datetime) -> None:
    """The item moved since the verdict: nobody at the old place is asked."""
    move(item, Move.MOVE_HOST, box(now, finding.changes), finding=finding)
