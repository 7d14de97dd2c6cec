"""The lists an analyst works through: what each shows, and how it is counted."""

from collections.abc import Callable
from datetime import date
from typing import Any, NamedTuple

from reportbox.lifecycle import Item as State
from reportbox.lifecycle import Kind, is_ended
from reportbox.records.items import Hold, Item

PAGE = 50  # items on one page
ENDINGS = [state for state in State if is_ended(Kind.ITEM, state)]


class Queue(NamedTuple):
    title: str
    hint: str
    covers: Callable[[date], Any]


def _to_assess(today: date) -> Any:  # noqa: ANN401 - a peewee expression
    again = (Item.state == State.TO_ASSESS_AGAIN) & (Item.comes_back_on <= today)
    return (Item.state == State.TO_ASSESS) | again


QUEUES = {
    "assess": Queue("To assess", "Urgent first, then the oldest.", _to_assess),
    "decide": Queue(
        "To decide",
        "Uncertain or unassessed: the LEA or a second analyst decides.",
        lambda _: Item.state == State.TO_DECIDE,
    ),
    "trace": Queue(
        "To trace",
        "Judged; the box is finding out where it is hosted.",
        lambda _: Item.state.in_([State.TO_TRACE, State.TO_ROUTE]),
    ),
    "running": Queue(
        "Under way",
        "The LEA, a provider or a partner hotline is at work.",
        lambda _: Item.state == State.TO_FINISH,
    ),
    "held": Queue(
        "On hold",
        "No notice, reminder or referral leaves; the LEA is still told.",
        lambda _: Item.id.in_(Hold.select(Hold.item).where(Hold.released_at.is_null())),
    ),
    "later": Queue(
        "Later",
        "Could not be assessed yet; comes back on its day.",
        lambda today: (
            (Item.state == State.TO_ASSESS_AGAIN) & (Item.comes_back_on > today)
        ),
    ),
    "ended": Queue("Ended", "The latest first.", lambda _: Item.state.in_(ENDINGS)),
}


def page(name: str, today: date, number: int) -> tuple[list[Item], bool]:
    """Return one page of a queue, and whether another follows."""
    newest = (Item.id.desc(),)
    urgent = (Item.is_urgent.desc(), Item.says_urgent.desc(), Item.id)
    rows = (
        Item.select()
        .where(QUEUES[name].covers(today))
        .order_by(*(newest if name == "ended" else urgent))
        .offset((number - 1) * PAGE)
        .limit(PAGE + 1)
    )
    found = list(rows)
    return found[:PAGE], len(found) > PAGE


def counts(today: date) -> dict[str, int]:
    return {
        name: Item.select().where(queue.covers(today)).count()
        for name, queue in QUEUES.items()
    }
