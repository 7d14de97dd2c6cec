"""Is it gone? People look, outside the box, as rarely as will do.

The box only plans their looks and keeps what they saw. A name that is gone, or a
provider's word, brings a look forward; it never ends anything.
"""

from datetime import datetime, timedelta

from reportbox.agreements.reading import lookers, read_terms
from reportbox.errors import Refused
from reportbox.lifecycle import Actor, Move
from reportbox.lifecycle import Ntd as State
from reportbox.ntd import schedule
from reportbox.ports import World
from reportbox.records import atomic, streams
from reportbox.records.items import Event, Item
from reportbox.records.journey import (
    Deed,
    can_move,
    move,
    note,
    see_online,
    see_removed,
)
from reportbox.records.looks import WithTheLea, can_look
from reportbox.records.rows import each
from reportbox.records.streams import Condition, Stream, Where
from reportbox.records.tracks import Ntd
from reportbox.settings import Settings

AT_ONCE = (State.TO_CHECK, State.TO_CHECK_FIRST)
LOOKED_AT = (*AT_ONCE, State.TO_VERIFY, State.REMOVED)
# What the history says of a look after which it goes on.
SAID = ("check_there", "check_later", Move.STILL_THERE)
MOST = 100
CLAIMED = "The provider says that it is gone."
NAME_GONE = "Its name is gone."
AFTER_REMOVAL = "It was gone: has it come back?"
NOT_REACTED = "The provider was asked, and nothing was heard since."
NOT_DUE = "Nobody needs to look at this now: somebody just did, or it has ended."


def plan_checks(settings: Settings, world: World) -> int:
    """Plan the looks of what was asked, of what is claimed, and of what is gone."""
    now = world.clock.now()
    is_planned = Ntd.check_at <= now + schedule.NOT_YET  # not of before a claim
    at_once = Ntd.state.in_(AT_ONCE) & (Ntd.check_at.is_null() | ~is_planned)
    asked = (Ntd.state == State.TO_VERIFY) & Ntd.check_at.is_null() & (Ntd.checks == 0)
    gone = (Ntd.is_rechecked == False) & (Ntd.state == State.REMOVED)  # noqa: E712
    with atomic():
        Ntd.forget_checks_of_before()
    rows = Ntd.rows(at_once | asked | gone)
    return each(rows, lambda n: _plan(n, now, settings), "plan a check", now)


def of(item: Item, now: datetime) -> Ntd | None:
    """Find the NTD for whose sake somebody looks at this item now."""
    return next((n for n in Ntd.of(item) if is_due(n, now)), None)


def is_due(ntd: Ntd, now: datetime) -> bool:
    return ntd.state in LOOKED_AT and ntd.check_at is not None and ntd.check_at <= now


def was_just_looked_at(item: Item, now: datetime) -> bool:
    """Tell whether a person looked within a day, or could not: names ask no sooner."""
    said = Event.move.in_(SAID)
    events = Event.rows(Event.item == item.id, said)
    return any(now - schedule.NOT_YET < event.at <= now for event in events)


def due(settings: Settings, now: datetime, most: int = MOST) -> list[Ntd]:
    """List what somebody at the desk looks at now, the longest waiting first."""
    rows, _ = streams.page(ours(settings, now), None, most)
    return [ntd for _, ntd in rows]


def ours(settings: Settings, now: datetime) -> list[Stream]:
    """Say which looks are the desk's, along their index.

    Those that the LEA was to do and did not, and those that nobody there can do.
    """
    since, agencies = begun(now), lookers(settings)
    if not agencies:
        return _along(_until(now))
    nobodys = WithTheLea(agencies, is_so=False)
    return [
        *_along(Where(Ntd.check_at, "<=", since)),
        *_along(Where(Ntd.check_at, ">", since), _until(now), nobodys),
    ]


def theirs(settings: Settings, now: datetime) -> list[Stream]:
    """Say which looks the agreement gives to the LEA, while it has time for them."""
    agencies = lookers(settings)
    if not agencies:  # an index finds at once that there is none
        return _along(Where(Ntd.check_at, "is null"), _until(now))
    since = Where(Ntd.check_at, ">", begun(now))
    return _along(since, _until(now), WithTheLea(agencies))


def begun(now: datetime) -> datetime:
    """Say since when a look can have been due that the LEA still has time for."""
    return now - timedelta(hours=read_terms().removal_hours)


def comes_back_at(ntd: Ntd, settings: Settings, now: datetime) -> datetime | None:
    """Say when a look that is with the LEA comes to the desk; None: it is here."""
    if ntd.check_at is None or not begun(now) < ntd.check_at <= now:
        return None
    if not can_look(ntd.item, lookers(settings)):
        return None
    back_at: datetime = ntd.check_at + timedelta(hours=read_terms().removal_hours)
    return back_at


def _along(*conditions: Condition) -> list[Stream]:
    return [
        Stream(Ntd, Ntd.check_at, (Where(Ntd.state, "=", state), *conditions))
        for state in LOOKED_AT
    ]


def _until(now: datetime) -> Where:
    return Where(Ntd.check_at, "<=", now)


def why(ntd: Ntd) -> str:
    """Say why somebody looks now."""
    if ntd.check_why:
        return str(ntd.check_why)
    return {
        State.TO_CHECK: CLAIMED,
        State.TO_CHECK_FIRST: NAME_GONE,
        State.REMOVED: AFTER_REMOVAL,
    }.get(ntd.state, NOT_REACTED)


def gone(ntd: Ntd, deed: Deed) -> None:
    """A person saw that it is gone: notices and checks end."""
    with atomic():
        ntd = _due(ntd, deed.at)
        if ntd.state is State.REMOVED:
            note(ntd, "check_gone", deed)
        else:
            see_removed(ntd.item, deed)
        settle(ntd, None)


def there(ntd: Ntd, deed: Deed, settings: Settings) -> None:
    """A person saw that it is still there."""
    with atomic():
        ntd = _due(ntd, deed.at)
        see_online(ntd.item, deed.at)
        for one in Ntd.of(ntd.item):
            if one.state in AT_ONCE and can_move(one, Move.STILL_THERE, Actor.ANALYST):
                move(one, Move.STILL_THERE, deed)
            elif one.state is State.TO_VERIFY:
                note(one, "check_there", deed)
            plan_next(one, deed.at, settings)


def not_now(ntd: Ntd, deed: Deed) -> None:
    """Nobody could look: tomorrow again."""
    with atomic():
        ntd = _due(ntd, deed.at)
        note(ntd, "check_later", deed)
        settle(ntd, deed.at + schedule.NOT_YET)


def plan_next(ntd: Ntd, now: datetime, settings: Settings) -> None:
    """Plan the look after this one, within the transaction around it."""
    checks = ntd.checks + 1
    asked_at = ntd.asked_at or ntd.lea_asked_at
    then = schedule.next_check(asked_at, checks, now, settings) if asked_at else None
    Ntd.change(ntd.id, checks=checks, check_at=then, check_why="")


def _plan(ntd: Ntd, now: datetime, settings: Settings) -> bool:
    changes: dict[str, object] = {"check_at": now}
    if ntd.state is State.TO_VERIFY:
        asked_at = ntd.asked_at or ntd.lea_asked_at
        changes = {"check_at": schedule.next_check(asked_at, 0, now, settings)}
    elif ntd.state is State.REMOVED:
        removed_at = ntd.item.removed_at
        then = (removed_at or now) + timedelta(days=settings.removal_recheck_days)
        changes = {"check_at": then if removed_at else None, "check_why": ""}
        changes["is_rechecked"] = True
    with atomic():
        Ntd.change(ntd.id, **changes)
    return True


def _due(ntd: Ntd, now: datetime) -> Ntd:
    """Read it again, or raise Refused: two people may answer at once."""
    ntd = Ntd.get_by_id(ntd.id)
    if not is_due(ntd, now) or ntd.appearance != ntd.item.appearance:
        raise Refused(NOT_DUE)
    return ntd


def settle(ntd: Ntd, then: datetime | None) -> None:
    """Whatever look was planned of its item is not, or not before then."""
    for one in Ntd.of(ntd.item):
        if one.check_at is not None and one.state in LOOKED_AT:
            Ntd.change(one.id, check_at=then, check_why="")
