"""The item and its verdict."""

from collections.abc import Callable, Mapping
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
    WRITTEN,
    Choice,
    VerdictForm,
    read_verdict,
)
from reportbox.errors import InvalidInput, Refused
from reportbox.here import deed, settings, world
from reportbox.lifecycle import OWES_LEA_NOTICE, UNJUDGED
from reportbox.lifecycle import Item as State
from reportbox.office import care
from reportbox.office.roles import Right
from reportbox.questions import Field, Question, answer, ask, said
from reportbox.questions import item_page as item_page_of
from reportbox.records.items import Item
from reportbox.records.reports import Report
from reportbox.records.snippets import Snippet
from reportbox.records.tracks import LeaNotice
from reportbox.web import go, grave, needs

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

    def read() -> VerdictForm:
        form = read_form(choices(item))
        _ask_about_the_threat(item, form)
        return form

    return _judge(item, read)


@bp.post("/items/<int:item_id>/agree")
@needs(Right.WORK)
def agree(item_id: int) -> Any:  # noqa: ANN401
    item = Item.get_by_id(item_id)
    return _judge(item, lambda: actions.agreeing(item))


@bp.post("/items/<int:item_id>/as-before")
@needs(Right.WORK)
def judge_as_before(item_id: int) -> Any:  # noqa: ANN401
    item = Item.get_by_id(item_id)
    return _judge(item, lambda: actions.as_before(item))


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
    me, now = current_user.account, world().clock.now()
    care.go_on(me, now, settings())
    if care.is_over(me, now, settings()):
        claim.free_all(me.name)
    claim.renew(Item.get_by_id(item_id), deed())
    return "", 204


@bp.get("/items/<int:item_id>/take")
@bp.get("/items/<int:item_id>/judge")
@bp.get("/items/<int:item_id>/undo")
@bp.get("/items/<int:item_id>/agree")
@bp.get("/items/<int:item_id>/as-before")
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
    claim.take_quietly(item, deed())
    return _page(item, address=address)


@bp.post("/items/<int:item_id>/copy")
@needs(Right.WORK)
def copy_address(item_id: int) -> tuple[str, dict[str, str]]:
    """Hand out the live address as plain text, for the clipboard."""
    item = Item.get_by_id(item_id)
    begin_assessing()
    address = actions.show_address(item, deed(), settings(), "copy_address")
    claim.take_quietly(item, deed())
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


def _judge(item: Item, read: Callable[[], VerdictForm]) -> Any:  # noqa: ANN401
    """Record a verdict, or draw the page again with why not and what was typed."""
    was_told = bool(LeaNotice.of(item))
    me, now = current_user.account, world().clock.now()
    try:
        if item.state in UNJUDGED and claim.taken_by(item, now) != me.name:
            begin_assessing()
        care.refuse_untrained(current_user.account, world().clock.now(), settings())
        seen = request.form.get("seen", "")
        actions.refuse_stale_page(item, seen, settings())
        form = read()
        by_lea = request.form.get("by_lea") == "yes"
        why = deed(form.why, for_lea=by_lea)
        actions.judge(item, form, why, settings(), seen=seen)
    except Refused as no:
        is_wrong = isinstance(no, InvalidInput) and "seen" not in no.problems
        page = _page(Item.get_by_id(item.id), no.problems, request.form)
        return page, 422 if is_wrong else 409
    end_assessing()
    item = Item.get_by_id(item.id)
    then = CHANGED if was_told else _what_next(item, form.choice)
    can_undo = actions.can_undo(item, current_user.account.name, world().clock.now())
    kind = f"undo:{item.id}" if can_undo else "message"
    flash(f"{item.number}: {LABELS[form.choice]}. {then}", kind)
    return go("queue.show_queue")


def _ask_about_the_threat(item: Item, form: VerdictForm) -> None:
    """What a reporter says of a child in danger now is answered, never passed over."""
    tells_the_lea = form.move in OWES_LEA_NOTICE
    is_open = item.says_urgent and not item.is_urgent and item.state in UNJUDGED
    if tells_the_lea and is_open and request.form.get("is_urgent") not in {"yes", "no"}:
        raise InvalidInput(
            is_urgent="The reporter says that a child is in danger now. Is there an "
            "imminent threat? Answer yes or no."
        )


@bp.get("/items/<int:item_id>/reopen")
@needs(Right.LEAD)
def show_reopen(item_id: int) -> str:
    return ask(REOPEN, item_page_of(item_id))


@bp.post("/items/<int:item_id>/reopen")
@needs(Right.LEAD)
@grave
def reopen(item_id: int) -> Any:  # noqa: ANN401
    return answer(REOPEN, Item.get_by_id(item_id), item_page_of(item_id))


def _reopen(item: Item, form: Mapping[str, str]) -> str:
    actions.reopen(item, deed(said(form, "why")))
    return f"{item.number} waits for its verdict again."


REOPEN = Question(
    "Judge it again",
    "It goes back to “To assess” and begins anew: if the LEA was told before, it is "
    "told afresh, and the agreed delay before any NTD counts again.",
    "Open it again",
    _reopen,
    (Field("why", "Why", "It stands in the item's history."),),
)
PLAIN = {"Content-Type": "text/plain; charset=utf-8"}


def read_form(allowed: tuple[Choice, ...]) -> VerdictForm:
    """Read the verdict with its short codes written out."""
    typed = expand_all(request.form, Snippet.known(), WRITTEN)
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
    if item.state in UNJUDGED:
        return FORWARDING if settings().mode == "register_and_forward" else ASSESSING
    if item.state == State.TO_DECIDE:
        return DECIDING
    if item.state == State.TO_FINISH:
        return (Choice.UNCERTAIN, Choice.NOT_ILLEGAL)
    return DECIDING if item.state in {State.TO_TRACE, State.TO_SETTLE} else ()


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
        forwarding=settings().mode == "register_and_forward",
        can_undo=actions.can_undo(item, current_user.account.name, world().clock.now()),
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
