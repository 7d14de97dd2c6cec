"""The item and its verdict."""

from datetime import date
from typing import Any

from flask import Blueprint, flash, render_template, request
from flask_login import current_user

from reportbox.assessment import actions, claim
from reportbox.assessment.classification import Scheme, scheme
from reportbox.assessment.item_page import item_page
from reportbox.assessment.snippets import expand_all
from reportbox.assessment.verdict import (
    ASSESSING,
    DECIDING,
    FORWARDING,
    LABELS,
    Choice,
    read_verdict,
)
from reportbox.errors import InvalidInput, Refused
from reportbox.lifecycle import Item as State
from reportbox.office import care
from reportbox.office.roles import Right
from reportbox.records.items import Item
from reportbox.records.reports import Report
from reportbox.records.snippets import Snippet
from reportbox.web import deed, go, needs, settings, world

bp = Blueprint("assessment", __name__)

CHANGED = "Whoever was told otherwise gets a correction."
AGREES = "A second analyst must agree before anything leaves."


@bp.get("/items/<int:item_id>")
@needs(Right.READ_ITEMS)
def show_item(item_id: int) -> str:
    return _page(Item.get_by_id(item_id))


@bp.post("/items/<int:item_id>/judge")
@needs(Right.WORK)
def judge(item_id: int) -> Any:  # noqa: ANN401
    item = Item.get_by_id(item_id)
    by_lea = request.form.get("by_lea") == "yes"
    judged_before = item.judged_at is not None
    try:
        form = read_form(choices(item))
        said = deed(form.why, for_lea=by_lea)
        seen = request.form.get("seen", "")
        actions.judge(item, form, said, settings(), seen=seen)
    except InvalidInput as wrong:
        status = 409 if "seen" in wrong.problems else 422
        return _page(Item.get_by_id(item_id), wrong.problems, request.form), status
    end_assessing()
    item = Item.get_by_id(item_id)
    then = CHANGED if judged_before else _what_next(item, form.choice)
    can_undo = item.state in {State.NOT_ILLEGAL, State.SET_ASIDE} and not judged_before
    kind = f"undo:{item.id}" if can_undo else "message"
    flash(f"{item.number}: {LABELS[form.choice]}. {then}", kind)
    return go("queue.show_queue")


@bp.post("/items/<int:item_id>/undo")
@needs(Right.WORK)
def undo(item_id: int) -> Any:  # noqa: ANN401
    item = Item.get_by_id(item_id)
    actions.undo(item, deed())
    flash(f"{item.number} waits for its verdict again.")
    return go("assessment.show_item", item_id=item_id)


@bp.post("/items/<int:item_id>/take")
@needs(Right.WORK)
def take(item_id: int) -> Any:  # noqa: ANN401
    begin_assessing()
    claim.take(Item.get_by_id(item_id), deed())
    flash("The item is yours for fifteen minutes.")
    return go("assessment.show_item", item_id=item_id)


@bp.post("/items/<int:item_id>/pass-on")
@needs(Right.WORK)
def pass_on(item_id: int) -> Any:  # noqa: ANN401
    item = Item.get_by_id(item_id)
    claim.pass_on(item, deed())
    end_assessing()
    flash(f"{item.number} is left to a colleague; nobody asks why.")
    return go("queue.show_queue")


@bp.post("/items/<int:item_id>/renew")
@needs(Right.WORK)
def renew(item_id: int) -> tuple[str, int]:
    """Keep the claim; asked for by the page itself while somebody works on it."""
    claim.renew(Item.get_by_id(item_id), deed())
    care.go_on(current_user.account, world().clock.now(), settings())
    return "", 204


@bp.get("/items/<int:item_id>/take")
@bp.get("/items/<int:item_id>/judge")
@bp.get("/items/<int:item_id>/undo")
@bp.get("/items/<int:item_id>/show-address")
@needs(Right.READ_ITEMS)
def go_to_item(item_id: int) -> Any:  # noqa: ANN401
    """Lead whoever reloads the address of a form back to its page."""
    return go("assessment.show_item", item_id=item_id)


@bp.post("/items/<int:item_id>/show-address")
@needs(Right.WORK)
def show_address(item_id: int) -> str:
    item = Item.get_by_id(item_id)
    begin_assessing()
    address = actions.show_address(item, deed(), settings())
    claim.renew(item, deed())
    return _page(item, address=address)


@bp.post("/items/<int:item_id>/copy")
@needs(Right.WORK)
def copy_address(item_id: int) -> tuple[str, dict[str, str]]:
    """Hand out the live address as plain text, for the clipboard."""
    item = Item.get_by_id(item_id)
    begin_assessing()
    address = actions.show_address(item, deed(), settings(), "copy_address")
    claim.renew(item, deed())
    return address, PLAIN


@bp.post("/reports/<int:report_id>/copy")
@needs(Right.WORK)
def copy_addresses(report_id: int) -> Any:  # noqa: ANN401
    """Hand out all live addresses of a report together, one on each line."""
    report = Report.get_by_id(report_id)
    begin_assessing()
    lines = actions.show_addresses(report, deed(), settings())
    return "\n".join(lines), PLAIN


@bp.post("/reports/<int:report_id>/fold")
@needs(Right.WORK)
def fold(report_id: int) -> Any:  # noqa: ANN401
    actions.fold(Report.get_by_id(report_id), deed())
    flash("Done. Words marked as distressing stay folded until somebody opens them.")
    return go("assessment.show_item", item_id=request.form.get("item", 0, type=int))


PLAIN = {"Content-Type": "text/plain; charset=utf-8"}


def read_form(allowed: tuple[Choice, ...]) -> Any:  # noqa: ANN401 - a VerdictForm
    """Read the verdict with its short codes written out."""
    care.refuse_untrained(current_user.account, world().clock.now(), settings())
    typed = expand_all(request.form, Snippet.known())
    return read_verdict(typed, allowed, _today(), lists())


def lists() -> Scheme:
    return scheme(settings().classification_file)


def begin_assessing() -> None:
    """Start the clock of whoever looks, or say that the day was long enough."""
    me, now = current_user.account, world().clock.now()
    care.refuse_untrained(me, now, settings())
    if care.is_over(me, now, settings()):
        claim.free_all(me.name)
        raise Refused(care.OVER)
    care.begin(me, now, settings())


def end_assessing() -> None:
    care.end(current_user.account, world().clock.now(), settings())


def choices(item: Item) -> tuple[Choice, ...]:
    """Which verdicts this item may get now, in this hotline's mode."""
    if item.state in {State.TO_ASSESS, State.TO_ASSESS_AGAIN}:
        return FORWARDING if settings().mode == "register_and_forward" else ASSESSING
    if item.state == State.TO_AGREE:
        return ASSESSING
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
        lists=lists(),
        snippets=Snippet.known(),
        seen=actions.as_seen(item),
        holder=claim.taken_by(item, world().clock.now()),
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


def _what_next(item: Item, choice: Choice) -> str:
    if item.state == State.TO_AGREE:
        return AGREES
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
