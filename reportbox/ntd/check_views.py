"""A person looked, outside the box: one key says what they saw, and the next comes."""

from typing import Any

from flask import Blueprint, flash

from reportbox.errors import Refused
from reportbox.here import deed, settings, world
from reportbox.intake.entry import see_again
from reportbox.lifecycle import Ntd as State
from reportbox.ntd import checks
from reportbox.office.roles import Right
from reportbox.records.items import Item
from reportbox.records.journey import Deed
from reportbox.records.tracks import Ntd
from reportbox.web import go, needs

bp = Blueprint("checks", __name__)

SEEN = {
    "gone": "Looked: it is gone.",
    "there": "Looked: it is still there.",
    "not_now": "Nobody could look; it comes back tomorrow.",
}


@bp.post("/items/<int:item_id>/check/<any(gone, there, not_now):seen>")
@needs(Right.WORK)
def answer(item_id: int, seen: str) -> Any:  # noqa: ANN401
    item, who = Item.get_by_id(item_id), deed(SEEN[seen])
    ntd = checks.of(item, who.at)
    if ntd is None:
        raise Refused(checks.NOT_DUE)
    flash(f"{item.number}: {_record(ntd, item, seen, who)}")
    left = next(iter(checks.due(settings(), world().clock.now(), 1)), None)
    if left is None:
        return go("queue.show_queue", name="checks")
    return go("assessment.show_item", item_id=left.item_id)


def _record(ntd: Ntd, item: Item, seen: str, who: Deed) -> str:
    if seen == "gone":
        checks.gone(ntd, who)
        return "noted that it is gone."
    if seen == "not_now":
        checks.not_now(ntd, who)
        return "it comes back tomorrow."
    if ntd.state == State.REMOVED:
        see_again(item, settings(), who)
        return "it has come back, and waits for a verdict like any report."
    checks.there(ntd, who, settings())
    return "noted that it is still there. The box goes on."
