"""The lists people work through: what waits for whom, and in which order."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, NamedTuple

from reportbox.agreements.reading import read_terms
from reportbox.lifecycle import OUTCOMES, UNJUDGED, Kind, Move, is_ended
from reportbox.lifecycle import Item as State
from reportbox.lifecycle import Lea as LeaState
from reportbox.lifecycle import Letter as LetterState
from reportbox.lifecycle import Ntd as NtdState
from reportbox.ntd import checks
from reportbox.records import streams
from reportbox.records.items import (
    DECLARED,
    FLOOD,
    SAID,
    URGENCIES,
    USUAL,
    Hold,
    Item,
)
from reportbox.records.letters import Enclosure, Letter
from reportbox.records.moved import HasMoved, moved_among
from reportbox.records.streams import Key, Stream, Where
from reportbox.records.tracks import LeaNotice, Ntd
from reportbox.settings import Settings

PAGE = 50  # rows on one page
CLAIM_LASTS = timedelta(minutes=15)
ON_THE_WAY = (NtdState.TO_CHECK_FIRST, NtdState.TO_SEND, NtdState.TO_CHECK)
MOVED = "its host moved there"
ENDINGS = [state for state in State if is_ended(Kind.ITEM, state)]
OPEN = [state for state in State if state not in ENDINGS]
OF_ITEMS = (LeaNotice, Ntd, Hold)


@dataclass(frozen=True)
class Scene:
    """Who looks, and when."""

    settings: Settings
    now: datetime
    me: str = ""

    @property
    def today(self) -> date:
        return self.now.astimezone(self.settings.zone).date()

    @property
    def tonight(self) -> datetime:
        """The next midnight of the hotline's zone."""
        morning = self.today + timedelta(days=1)
        return datetime.combine(morning, time(), self.settings.zone)

    @property
    def begun(self) -> datetime:
        """Days that come back are kept as their beginning in UTC; this is today's."""
        return datetime.combine(self.today, time(), UTC)


class Entry(NamedTuple):
    """One line of a queue."""

    item: Item | None
    kind: Kind
    state: str
    at: datetime
    words: str = ""


class Queue(NamedTuple):
    title: str
    hint: str
    streams: Callable[[Scene], list[Stream]]
    since: str = "Waiting since"
    newest_first: bool = False
    is_work: bool = True  # or a list to watch


class Filter(NamedTuple):
    """One column, one value; each column offered has an index for every queue."""

    field: str
    value: str


FILTERS: dict[str, tuple[str, Any]] = {
    "host": ("Host", Item.host),
    "provider": ("Provider", Item.provider),
    "hosted_in": ("Hosted in (two letters)", Item.hosted_in),
}


def _items(
    *states: State,
    urgencies: tuple[int, ...] = URGENCIES,
    more: tuple[Where, ...] = (),
) -> list[Stream]:
    return [
        Stream(Item, Item.waits_from, (Where(Item.state, "=", state), *more), urgencies)
        for state in states
    ]


def _to_assess(scene: Scene) -> list[Stream]:
    has_come_back = (Where(Item.waits_from, "<=", scene.begun),)
    return [
        *_items(State.TO_ASSESS),
        *_items(State.TO_ASSESS_AGAIN, more=has_come_back),
    ]


def _urgent(_: Scene) -> list[Stream]:
    said = _items(*sorted(UNJUDGED), urgencies=(SAID,))
    return [*_items(*OPEN, urgencies=(DECLARED,)), *said]


def _mine(scene: Scene) -> list[Stream]:
    mine = (
        Where(Item.taken_by, "=", scene.me),
        Where(Item.taken_at, ">", scene.now - CLAIM_LASTS),
    )
    return [Stream(Item, Item.taken_at, mine)]


def _receipts(scene: Scene) -> list[Stream]:
    expected = scene.now - timedelta(hours=read_terms().receipt_hours)
    waiting = (
        Where(LeaNotice.state, "=", LeaState.TO_CONFIRM),
        Where(LeaNotice.told_at, "<=", expected),
    )
    return [Stream(LeaNotice, LeaNotice.told_at, waiting)]


def _ntds_today(scene: Scene) -> list[Stream]:
    due = (
        Where(Ntd.state, "=", NtdState.TO_FALL_DUE),
        Where(Ntd.due_at, "<", scene.tonight),
    )
    return [Stream(Ntd, Ntd.due_at, due)]


def _changed(_: Scene) -> list[Stream]:
    """A host that moved needs a look, whatever its NTD waits for; it holds up none."""
    stuck = HasMoved(or_stuck=True)
    which: dict[NtdState, tuple[Where | HasMoved, ...]] = {
        NtdState.TO_REACH: (),
        **dict.fromkeys((NtdState.TO_FALL_DUE, NtdState.TO_VERIFY), (stuck,)),
        **dict.fromkeys(ON_THE_WAY, (HasMoved(),)),
    }
    return [
        Stream(Ntd, Ntd.opened_at, (Where(Ntd.state, "=", state), *more))
        for state, more in which.items()
    ]


def _letters(_: Scene) -> list[Stream]:
    tracked = [paper for paper, move in OUTCOMES if move is Move.REFUSE]
    refused = (
        Where(Letter.state, "=", LetterState.REFUSED),
        Where(Letter.paper, "not in", tracked),
    )
    stuck = (
        Where(Letter.state, "=", LetterState.WAITING),
        Where(Letter.trouble, "!=", ""),
    )
    doubt = (Where(Letter.state, "=", LetterState.IN_DOUBT),)
    return [Stream(Letter, Letter.due_at, which) for which in (doubt, refused, stuck)]


def _by_hand(_: Scene) -> list[Stream]:
    stuck = _items(State.TO_TRACE, more=(Where(Item.trace_trouble, "!=", ""),))
    return [*_items(State.TO_SETTLE), *stuck]


def _held(_: Scene) -> list[Stream]:
    return [Stream(Hold, Hold.placed_at, (Where(Hold.released_at, "is null"),))]


QUEUES = {
    "assess": Queue("To assess", "Urgent first, then the oldest.", _to_assess),
    "urgent": Queue(
        "Urgent",
        "An imminent threat was declared, or a reporter says there is one.",
        _urgent,
    ),
    "mine": Queue("Mine", "What you have taken, for fifteen minutes each.", _mine),
    "agree": Queue(
        "To agree",
        "Judged; a second analyst must agree before anybody is asked to remove it.",
        lambda _: _items(State.TO_AGREE),
        "Reported",
    ),
    "decide": Queue(
        "To decide",
        "Uncertain or unassessed: the LEA or a second analyst decides.",
        lambda _: _items(State.TO_DECIDE),
        "Comes back",
    ),
    "by_hand": Queue(
        "To trace by hand",
        "The sources disagree or nobody answers; the item says what is in the way.",
        _by_hand,
        "Judged",
    ),
    "receipts": Queue(
        "Receipts overdue",
        "The LEA was told and has not confirmed: ask, then record it.",
        _receipts,
        "Told",
    ),
    "ntds": Queue(
        "NTDs due today",
        "They leave by themselves, unless something stands in the way.",
        _ntds_today,
        "Due",
    ),
    "checks": Queue(
        "Checks due",
        "Look, outside the box, whether it is gone, and record what you saw.",
        lambda scene: checks.ours(scene.settings, scene.now),
    ),
    "changed": Queue(
        "Whom to ask",
        "A host moved; a contact bounced, is new or is missing, or did not take the "
        "notice: one decision each.",
        _changed,
        "Planned",
    ),
    "letters": Queue(
        "Letters that need a person",
        "In doubt, refused, or unable to leave.",
        _letters,
        "Due",
    ),
    "trace": Queue(
        "To trace",
        "Judged; the box is finding out where it is hosted.",
        lambda _: _items(State.TO_TRACE, State.TO_ROUTE),
        "Judged",
        is_work=False,
    ),
    "running": Queue(
        "Under way",
        "The LEA, a provider or a partner hotline is at work.",
        lambda _: _items(State.TO_FINISH),
        "Judged",
        is_work=False,
    ),
    "with_lea": Queue(
        "Looks of the LEA",
        "As agreed the LEA looks whether it is gone, and was asked to. What it does "
        "not answer in time comes to “Checks due”.",
        lambda scene: checks.theirs(scene.settings, scene.now),
        "With the LEA since",
        is_work=False,
    ),
    "held": Queue(
        "On hold",
        "No notice, reminder or referral leaves; the LEA is still told.",
        _held,
        "Placed",
        is_work=False,
    ),
    "later": Queue(
        "Later",
        "Could not be assessed yet; comes back on its day.",
        lambda scene: _items(
            State.TO_ASSESS_AGAIN, more=(Where(Item.waits_from, ">", scene.begun),)
        ),
        "Comes back",
        is_work=False,
    ),
    "flood": Queue(
        "Possible flood",
        "Came in over a limit. Tick what belongs together and judge it at once.",
        lambda _: _items(*sorted(UNJUDGED), urgencies=(FLOOD,)),
        is_work=False,
    ),
    "ended": Queue(
        "Ended",
        "The latest first.",
        lambda _: _items(*ENDINGS, urgencies=(USUAL,)),
        "Ended",
        newest_first=True,
        is_work=False,
    ),
}


def page(
    name: str, scene: Scene, after: Key | None, chosen: Filter | None = None
) -> tuple[list[Entry], Key | None]:
    """Return the next lines of a queue, and the key of the page behind them."""
    queue = QUEUES[name]
    rows, key = streams.page(
        _urgent_first(_narrowed(queue.streams(scene), chosen)),
        after,
        PAGE,
        newest_first=queue.newest_first,
    )
    return _entries(rows), key


def counts(scene: Scene) -> dict[str, str]:
    """Count what waits in each queue; “1000+” is all anybody needs to know."""
    return streams.counts({n: queue.streams(scene) for n, queue in QUEUES.items()})


def can_be_filtered(name: str, scene: Scene) -> bool:
    return all(stream.model is Item for stream in QUEUES[name].streams(scene))


def _narrowed(found: list[Stream], chosen: Filter | None) -> list[Stream]:
    if chosen is None:
        return found
    _, column = FILTERS[chosen.field]
    wanted = (Where(column, "=", chosen.value),)
    return [s._replace(conditions=(*wanted, *s.conditions)) for s in found]


def _urgent_first(found: list[Stream]) -> list[Stream]:
    """Lift what belongs to an item with a declared threat; of items an index does."""
    tracks = [s for s in found if s.model in OF_ITEMS]
    urgent = Item.open_and_declared() if tracks else []
    if not urgent:
        return found
    return [
        s._replace(conditions=(*s.conditions, Where(s.model.item, compare, urgent)),
                   urgencies=(level,))
        for s in tracks
        for compare, level in (("in", DECLARED), ("not in", USUAL))
    ]  # fmt: skip


def _entries(rows: list[tuple[Key, Any]]) -> list[Entry]:
    carried = _items_carried([row for _, row in rows if isinstance(row, Letter)])
    moved = moved_among([row.id for _, row in rows if isinstance(row, Ntd)])
    return [_entry(row, key.at, carried, moved) for key, row in rows]


def _entry(row: Any, at: datetime, carried: dict[int, Item], moved: set[int]) -> Entry:  # noqa: ANN401 - any table
    match row:
        case Item():
            return Entry(row, Kind.ITEM, row.state, at)
        case LeaNotice():
            return Entry(row.item, Kind.LEA, row.state, at, row.agency)
        case Ntd():
            why = row.trouble or (MOVED if row.id in moved else "")
            said = f"{row.provider}: {why}" if why else row.provider
            return Entry(row.item, Kind.NTD, row.state, at, said)
        case Hold():
            return Entry(row.item, Kind.ITEM, row.item.state, at, row.placed_by)
        case _:
            item = carried.get(row.id)
            return Entry(item, Kind.LETTER, row.state, at, row.recipient)


def _items_carried(letters: list[Letter]) -> dict[int, Item]:
    """Find one item of each letter, in one question."""
    mine = Enclosure.letter.in_([letter.id for letter in letters])
    query = Enclosure.select(Enclosure, Item).join(Item).where(mine)
    return {e.letter_id: e.item for e in query} if letters else {}
