"""The one place that writes a state.

``move`` applies a move with everything that follows from it, in the transaction of
the caller: the tracks it touches, the letters that stop, the end of the item, and a
line of history for each. ``lifecycle.py`` says what follows; this file only does it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import compress
from typing import Any

from peewee import Value, fn

from reportbox import lifecycle
from reportbox.errors import IllegalMove
from reportbox.lifecycle import (
    TELLING,
    Actor,
    Kind,
    Move,
    Paper,
    State,
    advance,
    is_ended,
)
from reportbox.records import audit, database
from reportbox.records.items import (
    ITS_DOMAIN,
    ITS_HOST,
    ITS_PROVIDER,
    THE_ITEM,
    Event,
    Finding,
    Hold,
    Item,
)
from reportbox.records.letters import Enclosure, Letter
from reportbox.records.tracks import TRACKS, LeaNotice, Ntd, Referral

Traveller = Item | LeaNotice | Ntd | Referral | Letter

# A letter that is dissolved before it left: what is then still to be done.
NOT_DONE = {
    Paper.UPSTREAM_COPY: {"upstream_told_at": None},
    Paper.LAST_REQUEST: {"last_asked_at": None},
}
THE_BOX = "Report Box"
DESK = "desk"  # whoever is logged in, whatever their role

# Worth a line in an item's history; a claim or a retry is not.
TOLD_OF_LETTERS = frozenset(
    {
        Move.DELIVER,
        Move.REFUSE,
        Move.DOUBT,
        Move.STOP,
        Move.FOUND,
        Move.NOT_FOUND,
        Move.RESEND,
        Move.CLOSE,
    }
)


@dataclass(frozen=True)
class Deed:
    """Who did it, when and why. The why is one sentence, or empty for the obvious."""

    who: str
    actor: Actor
    at: datetime
    why: str = ""
    account: int | None = None  # of whoever is logged in


def box(at: datetime, why: str = "") -> Deed:
    return Deed(THE_BOX, Actor.BOX, at, why)


def move(traveller: Traveller, step: Move, deed: Deed, **changes: Any) -> None:  # noqa: ANN401 - column values
    """Move one traveller and all that follows, or raise IllegalMove and change nothing.

    The state is read again inside the transaction: a stale page or a second worker
    cannot move what has moved on.
    """
    move_all([traveller], step, deed, **changes)


def move_all(
    travellers: Sequence[Traveller],
    step: Move,
    deed: Deed,
    **changes: Any,  # noqa: ANN401 - column values
) -> None:
    """Move several of one kind, each of another item; all of them, or none."""
    if not database.in_transaction():
        raise RuntimeError("A move needs a transaction around it.")
    if not travellers:
        return
    starts = _states_of(travellers)
    ends = [
        advance(traveller.kind, start, step, deed.actor)
        for traveller, start in zip(travellers, starts, strict=True)
    ]
    _refuse_if_forbidden(travellers, step)
    # Whatever raises from here on is a bug, and takes the whole transaction with it.
    _write(travellers, step, ends, deed.at, changes)
    states = list(zip(starts, ends, strict=True))
    _remember(travellers, step, states, deed)
    for traveller, end in zip(travellers, ends, strict=True):
        if not lifecycle.is_all_there_is(traveller.kind, step, end):
            _follow_up(traveller, step, end, deed)


def can_move(traveller: Traveller, step: Move, actor: Actor) -> bool:
    return lifecycle.may(traveller.kind, state_of(traveller), step, actor)


def is_lea_told(item: Item) -> bool:
    """Tell whether every LEA notice of this appearance has reached its agency."""
    return are_told([(item.id, item.appearance)])


def are_told(appearances: Sequence[tuple[int, int]]) -> bool:
    """Tell the same of many, each an item's number and its appearance."""
    return told_among(appearances) >= set(appearances)


def told_among(appearances: Sequence[tuple[int, int]]) -> set[tuple[int, int]]:
    """Name those of which every agency was told."""
    states: dict[tuple[int, int], set[lifecycle.Lea]] = {
        one: set() for one in appearances
    }
    for item, appearance, state in LeaNotice.states_of([i for i, _ in appearances]):
        if (item, appearance) in states and state != lifecycle.Lea.WITHDRAWN:
            states[item, appearance].add(state)
    return {one for one, found in states.items() if found and found <= lifecycle.TOLD}


def letters_of(
    track: LeaNotice | Ntd | Referral, *states: lifecycle.Letter
) -> list[Letter]:
    """List the letters of a track, the oldest first, in these states or in any."""
    mine = (Enclosure.track_kind == track.kind) & (Enclosure.track_id == track.id)
    if states:
        mine &= Letter.state.in_(states)
    return list(Letter.select().join(Enclosure).where(mine).order_by(Letter.id))


def letters_that_asked(ntd: Ntd) -> list[Letter]:
    """List what first told somebody of it and was sent, whoever is asked by now."""
    first = lifecycle.FIRST_PAPERS | lifecycle.TO_OTHERS
    return [x for x in letters_of(ntd) if x.sent_at and x.paper in first]


def thread_of(track: LeaNotice | Ntd | Referral) -> str:
    """Name the first letter of a track that arrived; all later ones answer to it."""
    sent = [letter for letter in letters_of(track) if letter.sent_at]
    if isinstance(track, Ntd):  # another contact has not seen what came before
        sent = [x for x in sent if x.recipient.lower() == track.contact.lower()]
    return sent[0].message_id if sent else ""


def state_of(traveller: Traveller) -> State:
    """Read how far it is now; a tenth of the cost of the whole row."""
    return _states_of([traveller])[0]


def _states_of(travellers: Sequence[Traveller]) -> list[State]:
    """Read how far all of them are now, in their order."""
    table = type(travellers[0])._meta.table_name  # noqa: SLF001 - peewee's name for it
    numbers = [traveller.id for traveller in travellers]
    marks = ",".join("?" * len(numbers))
    query = f"SELECT id, state FROM {table} WHERE id IN ({marks})"  # noqa: S608 - our own names
    found = dict(database.execute_sql(query, numbers).fetchall())
    states = lifecycle.STATES[travellers[0].kind]
    return [states(found[number]) for number in numbers]


def _refuse_if_forbidden(travellers: Sequence[Traveller], step: Move) -> None:
    if step in lifecycle.NEEDS_VERDICT:
        for item in travellers:
            if isinstance(item, Item):
                _refuse_if_unjudged(item)
    keys = {(traveller.kind, step) for traveller in travellers}
    if keys & lifecycle.BRAKED and Hold.is_open_on(*_items_of_all(travellers)):
        raise IllegalMove(
            "The item is on hold: nothing may leave that outsiders notice."
        )
    if keys & lifecycle.NEEDS_LEA_TOLD:
        places = Item.places_among(_items_of_all(travellers))
        if not are_told([(item, appearance) for item, appearance, _ in places]):
            raise IllegalMove("The LEA has not been told yet, so no NTD may leave.")


def _refuse_if_unjudged(item: Item) -> None:
    verdict = Item.get_by_id(item.id).verdict
    if verdict is None or verdict.move is Move.FORWARD:
        raise IllegalMove("Nobody has judged it yet, so it is not traced.")


def _write(
    travellers: Sequence[Traveller],
    step: Move,
    ends: Sequence[State],
    now: datetime,
    changes: dict[str, Any],
) -> None:
    """Write the new states, and what changes with them; alike rows by one query."""
    alike: list[tuple[dict[str, Any], list[int]]] = []
    for traveller, end in zip(travellers, ends, strict=True):
        columns = {**changes, "state": end}
        if isinstance(traveller, Ntd):
            columns = {**_moments(traveller, step, end, now), **columns}
        for name, value in columns.items():
            setattr(traveller, name, value)
        if not alike or alike[-1][0] != columns:
            alike.append((columns, []))
        alike[-1][1].append(traveller.id)
    for columns, numbers in alike:
        type(travellers[0]).change_all(numbers, **columns)
    for traveller in travellers:
        if isinstance(traveller, Item):
            _put_in_place(traveller, now)


def _moments(ntd: Ntd, step: Move, end: State, now: datetime) -> dict[str, object]:
    """Say which moments of an NTD this is: its first answer, its end."""
    moments: dict[str, object] = {}
    if step is Move.CLAIM_REMOVAL and Ntd.get_by_id(ntd.id).replied_at is None:
        moments["replied_at"] = now
    if is_ended(Kind.NTD, end) and step is not Move.TAKE_BACK:  # ended long before
        moments["ended_at"] = now
        moments["trouble"] = ""  # what kept a letter back keeps nothing back any more
    return moments


def _put_in_place(item: Item, now: datetime) -> None:
    """Let the queues know how the item stands now."""
    place = Item.get_by_id(item.id).place(now)
    Item.change(item.id, **place)


def _remember(
    travellers: Sequence[Traveller],
    what: str,
    states: Sequence[tuple[str, str]],
    deed: Deed,
) -> None:
    """Write a line of the audit for each, and one in the history of each item.

    The audit holds numbers and codes, never the reason nor a name.
    """
    both = list(zip(travellers, states, strict=True))
    subjects = [(f"{one.kind} {one.id}", *of_one) for one, of_one in both]
    audit.record_all(deed.at, _actor(deed), deed.account, what, subjects)
    Event.create_alike(
        {
            "at": deed.at,
            "who": deed.who,
            "actor": deed.actor,
            "kind": travellers[0].kind,
            "move": what,
            "why": deed.why,
        },
        [
            {
                "item": item_id,
                "track_id": None if isinstance(one, Item) else one.id,
                "start": start,
                "end": end,
            }
            for one, (start, end) in both
            if not isinstance(one, Letter) or what in TOLD_OF_LETTERS
            for item_id in _items_of(one)
        ],
    )


def put_on_record(
    deed: Deed, what: str, subject: str, start: str = "", finish: str = ""
) -> None:
    """Add a deed to the audit, in the transaction of what it tells of."""
    audit.record(deed.at, _actor(deed), deed.account, what, subject, start, finish)


def _actor(deed: Deed) -> str:
    return DESK if deed.actor is Actor.ANALYST else deed.actor


def note(traveller: Item | LeaNotice | Ntd | Referral, what: str, deed: Deed) -> None:
    """Write a line of history for something done that moves nothing."""
    state = str(traveller.state)
    _remember([traveller], what, [(state, state)], deed)


def _items_of_all(travellers: Sequence[Traveller]) -> list[int]:
    return [number for traveller in travellers for number in _items_of(traveller)]


def _items_of(traveller: Traveller) -> list[int]:
    match traveller:
        case Item():
            return [traveller.id]
        case Letter():
            return [e.item_id for e in traveller.enclosed]
        case _:
            return [traveller.item_id]


def _follow_up(traveller: Traveller, step: Move, end: State, deed: Deed) -> None:
    if isinstance(traveller, Letter):
        _tell_tracks(traveller, step, deed)
        return
    # Its item is read only where something follows: a letter may move many tracks.
    if step in lifecycle.NEWS_FOR_LEA:
        _note_news(_item_of(traveller))
    if step is Move.STILL_THERE:
        see_online(_item_of(traveller), deed.at)
    if step is Move.CONFIRM_REMOVAL and isinstance(traveller, Item):
        _see_gone(traveller, deed.at)
    if step in lifecycle.STOPS_LETTERS:
        _stop_letters(traveller, deed)
    for consequence in lifecycle.CONSEQUENCES:
        if consequence.when == (traveller.kind, step):
            for track in TRACKS[consequence.kind].of(_item_of(traveller)):
                _move_if_possible(track, consequence.move, deed)
    if isinstance(traveller, Item) or is_ended(traveller.kind, end):
        _close_if_finished(_item_of(traveller), deed)


def _item_of(traveller: Item | LeaNotice | Ntd | Referral) -> Item:
    return traveller if isinstance(traveller, Item) else traveller.item


def see_online(item: Item, at: datetime) -> None:
    """A person saw it where it was reported: no NTD that runs was of use so far."""
    running = _ntds(item) & Ntd.first_gone_at.is_null() & Ntd.ended_at.is_null()
    later = Ntd.last_seen_at.is_null() | (Ntd.last_seen_at < at)
    Ntd.update(last_seen_at=at).where(running, later).execute()


def _see_gone(item: Item, at: datetime) -> None:
    """The first look counts, and not for whom it had left before."""
    here = Ntd.first_gone_at.is_null() & (Ntd.state != lifecycle.Ntd.WITHDRAWN)
    Ntd.update(first_gone_at=at).where(_ntds(item), here).execute()


def _ntds(item: Item) -> Any:  # noqa: ANN401 - a peewee expression
    return (Ntd.item == item.id) & (Ntd.appearance == item.appearance)


def _note_news(item: Item) -> None:
    """Whoever was told of this appearance may not know everything any more."""
    mine = (LeaNotice.item == item.id) & (LeaNotice.appearance == item.appearance)
    LeaNotice.update(has_news=True).where(mine).execute()


def _move_if_possible(
    track: LeaNotice | Ntd | Referral, step: Move, deed: Deed
) -> None:
    """Move the track unless its table says no, or its letter is past recall."""
    is_bound = isinstance(track, LeaNotice) or step is Move.RECALL
    too_late = is_bound and _is_past_recall(track)
    if can_move(track, step, deed.actor) and not too_late:
        move(track, step, deed)


def _is_past_recall(track: LeaNotice | Ntd | Referral) -> bool:
    """Tell whether a letter is, or may be, out: that one cannot be called back."""
    out = (lifecycle.Letter.HANDING_OVER, lifecycle.Letter.IN_DOUBT)
    return bool(letters_of(track, *out))


def _stop_letters(track: Item | LeaNotice | Ntd | Referral, deed: Deed) -> None:
    """Dissolve the unsent letters of a track; the fellow items are written anew."""
    if isinstance(track, Item):
        return
    unsent = (lifecycle.Letter.WAITING, lifecycle.Letter.SENDING)
    for letter in letters_of(track, *unsent):
        if can_move(letter, Move.STOP, deed.actor):
            dissolve(letter, deed)


def dissolve(letter: Letter, deed: Deed) -> None:
    """Stop an unsent letter; tracks that still want one get it written anew."""
    move(letter, Move.STOP, deed)
    for track in tracks_of(letter):
        _move_if_possible(track, Move.RECALL, deed)
        if letter.paper is lifecycle.Paper.NTD_REMINDER:  # it falls due anew
            anew = {"reminders": Ntd.reminders - 1, "reminded_at": None}
            theirs = Ntd.contact.collate("NOCASE") == letter.recipient
            Ntd.update(**anew).where(Ntd.id == track.id, theirs).execute()
        if letter.paper in NOT_DONE:
            Ntd.change(track.id, **NOT_DONE[letter.paper])


def is_wanted(letter: Letter) -> bool:
    """Tell whether every track still stands where this letter makes sense."""
    return bool(wanted_among([letter]))


def wanted_among(letters: Sequence[Letter]) -> list[Letter]:
    """List those of which that is so."""
    enclosed = [one for letter in letters for one in letter.enclosed]
    standing = {
        (track.kind, track.id): track.state
        for tracks in _standing(enclosed).values()
        for track in tracks
    }
    first = [x for x in letters if x.paper in lifecycle.FIRST_PAPERS]
    ready = _ready_to_be_asked({e.item_id for x in first for e in x.enclosed})
    return [x for x in letters if _is_wanted(x, standing, ready)]


def _is_wanted(
    letter: Letter, standing: dict[tuple[Kind, int], State], ready: set[int]
) -> bool:
    wanted = lifecycle.WANTED_WHILE.get(letter.paper)
    if wanted is None:
        return True
    enclosed = letter.enclosed
    if not all(standing[one.track_kind, one.track_id] in wanted for one in enclosed):
        return False
    if letter.paper is Paper.NTD_REMINDER:  # not to a desk that said “not ours”
        there, asked = letter.recipient.lower(), tracks_of(letter)
        return all(t.contact.lower() == there for t in asked if isinstance(t, Ntd))
    if letter.paper in lifecycle.FIRST_PAPERS:
        return all(one.item_id in ready for one in enclosed)
    return True


def _ready_to_be_asked(items: set[int]) -> set[int]:
    """Name those that are under way, and of which every agency was told."""
    here = [
        (item, appearance)
        for item, appearance, state in Item.places_among(items)
        if state == lifecycle.Item.TO_FINISH
    ]
    told = told_among(here)
    return {one[0] for one in here if one in told}


def tracks_of(letter: Letter) -> list[LeaNotice | Ntd | Referral]:
    """List the tracks on whose behalf the letter goes out."""
    by_kind = _numbers_by_kind(letter.enclosed)
    found = {kind: TRACKS[kind].numbered(ids) for kind, ids in by_kind.items()}
    return [track for tracks in found.values() for track in tracks]


def _standing(enclosed: Sequence[Enclosure]) -> dict[Kind, list[Any]]:
    """Read how far the tracks of letters are, and no more of them."""
    by_kind = _numbers_by_kind(enclosed)
    return {kind: TRACKS[kind].standing(ids) for kind, ids in by_kind.items()}


def _numbers_by_kind(enclosed: Sequence[Enclosure]) -> dict[Kind, list[int]]:
    by_kind: dict[Kind, list[int]] = {}
    for one in enclosed:
        by_kind.setdefault(one.track_kind, []).append(one.track_id)
    return by_kind


def _tell_tracks(letter: Letter, step: Move, deed: Deed) -> None:
    then = lifecycle.OUTCOMES.get((letter.paper, step))
    if then is None:
        return
    arrival = {}
    if then is Move.HAND_OVER:
        arrival = _arrival(letter, letter.passed_at or deed.at)
    for kind, tracks in _standing(letter.enclosed).items():
        may = [lifecycle.may(kind, x.state, then, deed.actor) for x in tracks]
        move_all(list(compress(tracks, may)), then, deed, **arrival)
        late = [x.id for x, is_able in zip(tracks, may, strict=True) if not is_able]
        TRACKS[kind].change_all(late if arrival else [], **arrival)


def _arrival(letter: Letter, at: datetime) -> dict[str, Any]:
    """Say what is known since the letter arrived, whatever became of its tracks."""
    if letter.paper in TELLING:
        return {"told_at": at}
    # What was looked at before the notice says nothing of what came of it.
    return {"asked_at": at, "checks": 0, "check_at": None, "check_why": ""}


def _close_if_finished(item: Item, deed: Deed) -> None:
    """End the item once all its tracks have ended."""
    if state_of(item) != lifecycle.Item.TO_FINISH:
        return
    tracks = {}
    for kind, model in TRACKS.items():
        tracks[kind] = model.of(item)
        if not all(is_ended(kind, track.state) for track in tracks[kind]):
            return
    item = Item.get_by_id(item.id)
    step = lifecycle.closing(
        (t.state for t in tracks[Kind.NTD]),
        (t.state for t in tracks[Kind.REFERRAL]),
        removed=item.removed_at is not None,
    )
    move(item, step, box(deed.at, "all its tracks have ended"))


def place_hold(item: Item, deed: Deed, **more: Any) -> bool:  # noqa: ANN401 - column values
    """Put the brake on; say whether it came in time for every letter.

    One on a host, a domain or a provider covers whatever is there now, and whatever
    comes later; it can be placed from an item that has ended.
    """
    hold: Hold = Hold.create(
        item=item, placed_at=deed.at, placed_by=deed.who, why=deed.why, **more
    )
    covered = [item, *_about_to_be_asked(hold)]
    for one in covered:
        has_ended = hold.scope != THE_ITEM and is_ended(Kind.ITEM, state_of(one))
        if one.id == item.id and has_ended:
            note(one, Move.HOLD, deed)  # nothing of its own is left to brake
        elif one.id == item.id or can_move(one, Move.HOLD, deed.actor):
            move(one, Move.HOLD, deed)
    return not any(
        letters_of(ntd, lifecycle.Letter.HANDING_OVER)
        for one in covered
        for ntd in Ntd.of(one)
    )


def lift_hold(hold: Hold, deed: Deed) -> None:
    """Take one brake off; what fell due meanwhile leaves unless another holds it."""
    move(hold.item, Move.RELEASE, deed)
    lifted = {"released_at": deed.at, "released_by": deed.who}
    Hold.update(**lifted).where(Hold.id == hold.id).execute()


def _about_to_be_asked(hold: Hold) -> list[Item]:
    """List the other items a wide hold covers whose letters must be called back.

    The hold itself brakes all the rest, however many there are.
    """
    value = hold.value.lower()
    there = {
        ITS_HOST: fn.LOWER(Item.host) == value,
        ITS_DOMAIN: fn.SUBSTR(fn.LOWER(Value(".").concat(Item.host)), -1 - len(value))
        == f".{value}",
        ITS_PROVIDER: (fn.LOWER(Item.provider) == value)
        | (fn.LOWER(Ntd.provider) == value),
    }.get(hold.scope)
    if there is None:
        return []
    leaving = Ntd.state == lifecycle.Ntd.TO_SEND
    query = Ntd.select(Ntd.item).join(Item).where(leaving, there)
    numbers = {ntd.item_id for ntd in query} - {hold.item_id}
    return [Item.get_by_id(number) for number in sorted(numbers)]


def see_removed(item: Item, deed: Deed) -> None:
    """Somebody has seen that it is gone: notices and checks end, others are told."""
    item = Item.get_by_id(item.id)
    known: dict[str, object] = {}
    if item.state == lifecycle.Item.TO_SETTLE:  # where it was matters no more
        known = {"finding": Finding.rows(Finding.item == item.id)[-1]}
    move(item, Move.CONFIRM_REMOVAL, deed, removed_at=deed.at, **known)
