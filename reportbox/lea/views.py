"""Notices to the LEA and what it answers, as a person at the desk records it."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, redirect, render_template
from werkzeug.wrappers import Response

from reportbox.agreements.reading import read_terms
from reportbox.assessment import actions as assessment
from reportbox.errors import InvalidInput
from reportbox.here import deed, settings
from reportbox.lea import actions
from reportbox.lea.documents import KINDS, document
from reportbox.office.roles import Right
from reportbox.questions import Field, Question, answer, ask, item_page, said
from reportbox.records import NoSuchRecord
from reportbox.records.answers import Answer
from reportbox.records.items import Item
from reportbox.records.tracks import LeaNotice
from reportbox.web import download, needs

bp = Blueprint("lea", __name__)

WHY = Field("why", "In one sentence", "It stands in the item's history.", "textarea")


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


@bp.get("/items/<int:item_id>/urgent")
@needs(Right.WORK)
def show_urgent(item_id: int) -> str:
    return ask(URGENT, item_page(item_id))


@bp.post("/items/<int:item_id>/urgent")
@needs(Right.WORK)
def declare_urgent(item_id: int) -> Any:  # noqa: ANN401
    return answer(URGENT, Item.get_by_id(item_id), item_page(item_id))


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


@bp.post("/answers/<int:answer_id>/seen")
@needs(Right.WORK)
def take_note(answer_id: int) -> Response:
    told = Answer.get_by_id(answer_id)
    actions.take_note(told, deed())
    flash("Noted.")
    return redirect(item_page(told.item_id), code=303)


def _known(verb: str) -> Question:
    if verb not in ON_NOTICE:
        raise NoSuchRecord
    return ON_NOTICE[verb]
