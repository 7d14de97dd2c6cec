"""What the LEA asks for, and what it answers, as a person at the desk records it."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from reportbox.agreements.reading import read_terms, unit_of
from reportbox.assessment import actions as assessment
from reportbox.errors import InvalidInput
from reportbox.here import deed, settings, world
from reportbox.lea import actions
from reportbox.lea.answer import SCOPES
from reportbox.lea.documents import KINDS, document
from reportbox.office.roles import Right
from reportbox.questions import Field, Question, answer, ask, item_page, said
from reportbox.records import NoSuchRecord
from reportbox.records.answers import Answer, Attempt, Call, Custody
from reportbox.records.items import Hold, Item
from reportbox.records.tracks import LeaNotice
from reportbox.web import download, grave, needs

bp = Blueprint("lea", __name__)

WHY = Field("why", "In one sentence", "It stands in the item's history.", "textarea")
NOT_THE_LEA = ("", "The hotline itself")


def _hold(item: Item, form: Mapping[str, str]) -> str:
    if not said(form, "why"):
        raise InvalidInput(why="Please say who asked for it, and how.")
    unit = _unit(item, form)
    whose = deed(said(form, "why"), for_lea=unit is not None, agency=_name(item, unit))
    in_time = actions.hold(
        item,
        whose,
        scope=said(form, "scope") or "item",
        unit=unit,
        review_on=day_of(form, "review_on"),
    )
    if in_time:
        return (
            f"{item.number} is on hold. No notice, reminder or referral leaves until "
            "it is released."
        )
    return (
        f"{item.number} is on hold, but a letter was already at the mail server's door "
        "when the hold came. See its history."
    )


def _release(hold: Hold, form: Mapping[str, str]) -> str:
    why, by_lea = said(form, "why"), hold.unit is not None
    problems = {}
    if not by_lea and not why:
        problems["why"] = "Please say why it is needed no longer."
    if by_lea and not said(form, "officer"):
        problems["officer"] = "Please name the officer who released it."
    if by_lea and not said(form, "call_back"):
        problems["call_back"] = (
            "Please call them back on the number you know, and say which that was."
        )
    if problems:
        raise InvalidInput(**problems)
    if by_lea:
        why = f"{said(form, 'officer')}, called back on {said(form, 'call_back')}"
    agency = hold.unit.name if hold.unit else ""
    free = actions.release(
        hold, deed(why, for_lea=by_lea, agency=agency), unit=hold.unit_id
    )
    if free:
        return f"{hold.item.number} is released. What fell due meanwhile leaves now."
    return f"This hold is released; another one still stops {hold.item.number}."


def _fail(notice: LeaNotice, form: Mapping[str, str]) -> str:
    actions.fail(notice, deed(said(form, "why")))
    return "Recorded. The NTD clock stands still until the LEA was reached."


def _confirm(notice: LeaNotice, form: Mapping[str, str]) -> str:
    receipt = said(form, "receipt")
    if not receipt:
        raise InvalidInput(receipt="Please say how the receipt came, or its number.")
    by_them = deed(receipt, for_lea=True, agency=notice.agency)
    actions.confirm(notice, receipt, by_them)
    return "The receipt is recorded."


def _close(notice: LeaNotice, form: Mapping[str, str]) -> str:
    actions.close(notice, deed(said(form, "why")))
    return "The receipt is no longer awaited."


def _tell_otherwise(notice: LeaNotice, form: Mapping[str, str]) -> str:
    actions.tell_otherwise(notice, deed(said(form, "why")), said(form, "reference"))
    return "Recorded that the LEA was told. The NTD clock runs from now."


def _tell_news(notice: LeaNotice, form: Mapping[str, str]) -> str:
    actions.tell_news_otherwise(notice, deed(said(form, "why")))
    return "Recorded that they know what is new."


def _resend(notice: LeaNotice, form: Mapping[str, str]) -> str:
    actions.resend(notice, deed(said(form, "why")))
    return "The notice is written anew and leaves at once."


def _declare_urgent(item: Item, form: Mapping[str, str]) -> str:
    assessment.declare_urgent(item, deed(said(form, "why")))
    return "The LEA is told at once, and no NTD leaves until it answers. Call them now."


URGENT = Question(
    "Declare an imminent threat",
    "The LEA is told at once, marked urgent; somebody must telephone; and no notice to "
    "a provider leaves until the LEA answers.",
    "It is urgent",
    _declare_urgent,
    (Field("why", "What makes it urgent, in one sentence"),),
)
HOLD = Question(
    "Put it on hold",
    "Notices to providers, reminders and referrals stop at once. The LEA is still told "
    "everything.",
    "Hold",
    _hold,
    (
        Field("scope", "What is held", "", "select", tuple(SCOPES.items())),
        Field("review_on", "Look at it again on", "A reminder, never a release.",
              "date"),
        Field("why", "Who asked, and how", "The LEA need not give a reason."),
    ),
)  # fmt: skip
RELEASE = Question(
    "Release the hold",
    "What fell due during the hold leaves right away.",
    "Release",
    _release,
    (Field("why", "Why it is needed no longer"),),
)
# Only the agency that placed a hold lifts it (B63): who says so, and how we know.
RELEASE_FOR_LEA = RELEASE._replace(
    fields=(
        Field("officer", "Officer who released it"),
        Field("call_back", "Called back on", "The number you had before they called."),
    )
)
ON_NOTICE = {
    "confirm": Question(
        "Record the LEA's receipt",
        "Automatic replies are not receipts.",
        "Confirm",
        _confirm,
        (Field("receipt", "How it came, or its reference number"),),
    ),
    "fail": Question(
        "The notice came back",
        "The LEA has not been told. The NTD waits until it was reached.",
        "Record",
        _fail,
        (Field("why", "How you know, such as “the mail came back”"),),
    ),
    "close": Question(
        "Stop waiting for the receipt",
        "The LEA was told; you give up waiting for its confirmation.",
        "Close",
        _close,
        (WHY,),
    ),
    "tell_otherwise": Question(
        "The LEA was told another way",
        "Use this after you told them by telephone, in person or in their own tool.",
        "Record",
        _tell_otherwise,
        (
            Field("why", "Whom you told, how and when"),
            Field("reference", "Their reference number", "If they gave one."),
        ),
    ),
    "tell_news": Question(
        "They know what is new",
        "Use this after you entered the supplement in their own tool.",
        "Record",
        _tell_news,
        (WHY,),
    ),
    "resend": Question(
        "Send the notice again",
        "It is written anew, to the mailbox and key its agency has today. Until it "
        "left, the NTD waits.",
        "Resend",
        _resend,
        (WHY,),
    ),
}


@bp.get("/items/<int:item_id>/hold")
@needs(Right.WORK)
def show_hold(item_id: int) -> str:
    return ask(_hold_question(Item.get_by_id(item_id)), item_page(item_id))


@bp.post("/items/<int:item_id>/hold")
@needs(Right.WORK)
def hold(item_id: int) -> Any:  # noqa: ANN401
    item = Item.get_by_id(item_id)
    return answer(_hold_question(item), item, item_page(item_id))


@bp.get("/items/<int:item_id>/urgent")
@needs(Right.WORK)
def show_urgent(item_id: int) -> str:
    return ask(URGENT, item_page(item_id))


@bp.post("/items/<int:item_id>/urgent")
@needs(Right.WORK)
def declare_urgent(item_id: int) -> Any:  # noqa: ANN401
    return answer(URGENT, Item.get_by_id(item_id), item_page(item_id))


@bp.get("/holds/<int:hold_id>/release")
@needs(Right.WORK)
def show_release(hold_id: int) -> str:
    hold = Hold.get_by_id(hold_id)
    return ask(_release_question(hold), item_page(hold.item_id))


@bp.post("/holds/<int:hold_id>/release")
@needs(Right.WORK)
@grave
def release(hold_id: int) -> Any:  # noqa: ANN401
    hold = Hold.get_by_id(hold_id)
    return answer(_release_question(hold), hold, item_page(hold.item_id))


@bp.get("/notices/<int:notice_id>/<verb>")
@needs(Right.WORK)
def show_notice_question(notice_id: int, verb: str) -> str:
    return ask(_known(verb), item_page(LeaNotice.get_by_id(notice_id).item_id))


@bp.post("/notices/<int:notice_id>/<verb>")
@needs(Right.WORK)
def answer_notice_question(notice_id: int, verb: str) -> Any:  # noqa: ANN401
    notice = LeaNotice.get_by_id(notice_id)
    return answer(_known(verb), notice, item_page(notice.item_id))


@bp.get("/items/<int:item_id>/annex")
@needs(Right.WORK)
def show_annex(item_id: int) -> str:
    """Show Annex I as the LEA gets it, its addresses inert, to take away or to copy."""
    item = Item.get_by_id(item_id)
    return render_template(
        "lea/annex.html",
        item=item,
        text=document(item, "txt", settings(), read_terms()).text,
        kinds=KINDS,
        back=item_page(item_id),
    )


@bp.post("/items/<int:item_id>/annex/<kind>")
@needs(Right.WORK)
def take_annex(item_id: int, kind: str) -> Response:
    item = Item.get_by_id(item_id)
    made = document(item, kind, settings(), read_terms())
    actions.note_annex(item, deed(f"Annex I as {kind}"))
    return download(made.name, made.media_type, made.content)


@bp.get("/calls/<int:call_id>")
@needs(Right.WORK)
def show_call(call_id: int) -> str:
    return _call_page(Call.get_by_id(call_id), {})


@bp.post("/calls/<int:call_id>")
@needs(Right.WORK)
def log_call(call_id: int) -> Any:  # noqa: ANN401
    call, form = Call.get_by_id(call_id), request.form
    words, number = said(form, "words"), said(form, "number")
    try:
        if form.get("reached") == "yes":
            actions.end_call(call, number, words, deed(words))
            flash("Recorded that they were reached.")
        else:
            actions.try_call(call, number, words, deed())
            flash("Recorded. The call stays open until somebody was reached.")
    except InvalidInput as wrong:
        return _call_page(call, wrong.problems), 422
    if form.get("reached") == "yes":
        return redirect(item_page(call.item_id), code=303)
    return redirect(url_for(".show_call", call_id=call_id), code=303)


@bp.get("/custody/<int:custody_id>")
@needs(Right.WORK)
def show_custody(custody_id: int) -> str:
    return ask(DESTROYED, item_page(Custody.get_by_id(custody_id).item_id))


@bp.post("/custody/<int:custody_id>")
@needs(Right.WORK)
def record_destruction(custody_id: int) -> Any:  # noqa: ANN401
    custody = Custody.get_by_id(custody_id)
    return answer(DESTROYED, custody, item_page(custody.item_id))


@bp.post("/answers/<int:answer_id>/seen")
@needs(Right.WORK)
def take_note(answer_id: int) -> Response:
    told = Answer.get_by_id(answer_id)
    actions.take_note(told, deed())
    flash("Noted.")
    return redirect(item_page(told.item_id), code=303)


def _destroyed(custody: Custody, form: Mapping[str, str]) -> str:
    problems = {
        name: sentence
        for name, sentence in (
            ("holder", "Please say who held it, and where."),
            ("by", "Please say who destroyed it."),
        )
        if not said(form, name)
    }
    day = day_of(form, "destroyed_on")
    if day is None or day > world().clock.now().astimezone(settings().zone).date():
        problems["destroyed_on"] = "Please give the day it was destroyed."
    if problems or day is None:
        raise InvalidInput(**problems)
    actions.destroy(custody, said(form, "holder"), day, said(form, "by"), deed())
    return "Recorded that it was destroyed."


DESTROYED = Question(
    "Destroy what is held outside",
    "The LEA has confirmed its receipt, so what is held for it outside the box is to "
    "be destroyed, as agreed. Record it here when that is done.",
    "It was destroyed",
    _destroyed,
    (
        Field("holder", "Who held it, and where"),
        Field("destroyed_on", "Destroyed on", "", "date"),
        Field("by", "Destroyed by"),
    ),
)


def _hold_question(item: Item) -> Question:
    """Ask on whose behalf, naming the agencies that were told."""
    told = {str(n.unit.id): n.unit.name for n in LeaNotice.of(item) if n.unit}
    whose = (NOT_THE_LEA, *told.items())
    field = Field("unit", "Who asks for it", "", "select", whose)
    return HOLD._replace(fields=(field, *HOLD.fields))


def _release_question(hold: Hold) -> Question:
    return RELEASE if hold.unit is None else RELEASE_FOR_LEA


def _unit(item: Item, form: Mapping[str, str]) -> int | None:
    number = said(form, "unit")
    told = {str(n.unit_id) for n in LeaNotice.of(item) if n.unit_id}
    if number and number not in told:
        raise InvalidInput(unit="Please choose who asks for it.")
    return int(number) if number else None


def _name(item: Item, unit: int | None) -> str:
    return next((n.agency for n in LeaNotice.of(item) if n.unit_id == unit), "")


def day_of(form: Mapping[str, str], name: str) -> date | None:
    """Read a day, or raise InvalidInput."""
    try:
        return date.fromisoformat(said(form, name)) if said(form, name) else None
    except ValueError:
        raise InvalidInput(**{name: "Please write the day like 2026-11-22."}) from None


def _call_page(call: Call, problems: dict[str, str]) -> str:
    return render_template(
        "lea/call.html",
        call=call,
        unit=unit_of(call.unit) if call.unit else None,
        attempts=Attempt.rows(Attempt.call == call.id),
        problems=problems,
        typed=request.form,
        back=item_page(call.item_id),
    )


def _known(verb: str) -> Question:
    if verb not in ON_NOTICE:
        raise NoSuchRecord
    return ON_NOTICE[verb]
