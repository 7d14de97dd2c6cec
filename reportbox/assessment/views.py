"""The item and its verdict."""

from datetime import date
from typing import Any

from flask import Blueprint, flash, render_template, request

from reportbox.assessment import actions
from reportbox.assessment.item_page import item_page
from reportbox.assessment.verdict import (
    ASSESSING,
    DECIDING,
    FORWARDING,
    LABELS,
    Choice,
    read_verdict,
)
from reportbox.errors import InvalidInput
from reportbox.lifecycle import Item as State
from reportbox.office.roles import Right
from reportbox.records.items import Item
from reportbox.web import deed, go, needs, settings, world

bp = Blueprint("assessment", __name__)

CHANGED = "Whoever was told otherwise gets a correction."


@bp.get("/items/<int:item_id>")
@needs(Right.READ_ITEMS)
def show_item(item_id: int) -> str:
    return _page(Item.get_by_id(item_id))


@bp.post("/items/<int:item_id>/judge")
@needs(Right.WORK)
def judge(item_id: int) -> Any:  # noqa: ANN401
    item = Item.get_by_id(item_id)
    by_lea = request.form.get("by_lea") == "yes"
    try:
        form = read_verdict(request.form, choices(item), _today())
    except InvalidInput as wrong:
        return _page(item, wrong.problems, request.form), 422
    judged_before = item.judged_at is not None
    seen = request.form.get("seen", "")
    actions.judge(item, form, deed(form.why, for_lea=by_lea), settings(), seen=seen)
    then = CHANGED if judged_before else _what_next(form.choice)
    flash(f"{item.number}: {LABELS[form.choice]}. {then}")
    return go("queue.show_queue")


@bp.post("/items/<int:item_id>/take")
@needs(Right.WORK)
def take(item_id: int) -> Any:  # noqa: ANN401
    actions.take(Item.get_by_id(item_id), deed())
    flash("The item is yours for fifteen minutes.")
    return go("assessment.show_item", item_id=item_id)


@bp.post("/items/<int:item_id>/hand-over")
@needs(Right.WORK)
def hand_over(item_id: int) -> Any:  # noqa: ANN401
    item = Item.get_by_id(item_id)
    actions.hand_over(item, deed())
    flash(f"{item.number} is left to a colleague; nobody asks why.")
    return go("queue.show_queue")


@bp.post("/items/<int:item_id>/renew")
@needs(Right.WORK)
def renew(item_id: int) -> tuple[str, int]:
    """Keep the claim; asked for by the page itself while somebody works on it."""
    actions.renew(Item.get_by_id(item_id), deed())
    return "", 204


@bp.get("/items/<int:item_id>/take")
@bp.get("/items/<int:item_id>/judge")
@bp.get("/items/<int:item_id>/show-address")
@needs(Right.READ_ITEMS)
def go_to_item(item_id: int) -> Any:  # noqa: ANN401
    """Lead whoever reloads the address of a form back to its page."""
    return go("assessment.show_item", item_id=item_id)


@bp.post("/items/<int:item_id>/show-address")
@needs(Right.WORK)
def show_address(item_id: int) -> str:
    item = Item.get_by_id(item_id)
    return _page(item, address=actions.show_address(item, deed()))


def choices(item: Item) -> tuple[Choice, ...]:
    """Which verdicts this item may get now, in this hotline's mode."""
    if item.state in {State.TO_ASSESS, State.TO_ASSESS_AGAIN}:
        return FORWARDING if settings().mode == "register_and_forward" else ASSESSING
    if item.state == State.TO_DECIDE:
        return DECIDING
    if item.state == State.TO_FINISH:
        return (Choice.UNCERTAIN, Choice.NOT_ILLEGAL)
    return DECIDING if item.state == State.TO_TRACE else ()


def _page(
    item: Item,
    problems: dict[str, str] | None = None,
    typed: Any = None,  # noqa: ANN401
    address: str = "",
) -> str:
    return render_template(
        "assessment/item.html",
        **item_page(item, settings(), world().clock.now()),
        choices=choices(item),
        seen=actions.as_seen(item),
        holder=actions.taken_by(item, world().clock.now()),
        item_link=lambda move: _link("items", item.id, move),
        notice_link=lambda row: lambda move: _link("notices", row, move),
        ntd_link=lambda row: lambda move: _link("ntds", row, move),
        problems=problems or {},
        typed=typed or {},
        address=address,
    )


def _link(folder: str, row: int, move: str) -> str:
    """Moves, actions and POST views share one verb, and so do their addresses."""
    return f"/{folder}/{row}/{move}"


def _what_next(choice: Choice) -> str:
    match choice:
        case Choice.BASELINE | Choice.NATIONAL | Choice.UNCERTAIN:
            return "The box traces where it is hosted and tells the LEA."
        case Choice.FORWARD:
            return "It goes to the LEA, which decides."
        case Choice.NOT_ASSESSED:
            return "It comes back on the day you chose."
        case _:
            return "Nothing leaves the box."


def _today() -> date:
    return world().clock.now().astimezone(settings().zone).date()
