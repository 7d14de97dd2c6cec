"""What the LEA asks for, and what it answers, as a person at the desk records it."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint

from reportbox.errors import InvalidInput
from reportbox.here import deed
from reportbox.lea import actions
from reportbox.office.roles import Right
from reportbox.questions import Field, Question, answer, ask, item_page, said
from reportbox.records import NoSuchRecord
from reportbox.records.items import Hold, Item
from reportbox.records.tracks import LeaNotice
from reportbox.web import grave, needs

bp = Blueprint("lea", __name__)

WHY = Field("why", "In one sentence", "It stands in the item's history.", "textarea")


def _hold(item: Item, form: Mapping[str, str]) -> str:
    by_lea = form.get("by_lea") == "yes"
    if not said(form, "why"):
        raise InvalidInput(why="Please say who asked for it, and how.")
    if actions.hold(item, deed(said(form, "why"), for_lea=by_lea)):
        return (
            f"{item.number} is on hold. No notice, reminder or referral leaves until "
            "it is released."
        )
    return (
        f"{item.number} is on hold, but a letter was already at the mail server's door "
        "when the hold came. See its history."
    )


def _release(hold: Hold, form: Mapping[str, str]) -> str:
    by_lea = form.get("by_lea") == "yes"
    if actions.release(hold, deed(said(form, "why"), for_lea=by_lea)):
        return f"{hold.item.number} is released. What fell due meanwhile leaves now."
    return f"This hold is released; another one still stops {hold.item.number}."


def _fail(notice: LeaNotice, form: Mapping[str, str]) -> str:
    actions.fail(notice, deed(said(form, "why")))
    return "Recorded. The NTD clock stands still until the LEA was reached."


def _confirm(notice: LeaNotice, form: Mapping[str, str]) -> str:
    receipt = said(form, "receipt")
    if not receipt:
        raise InvalidInput(receipt="Please say how the receipt came, or its number.")
    actions.confirm(notice, receipt, deed(receipt, for_lea=True, agency=notice.agency))
    return "The receipt is recorded."


def _close(notice: LeaNotice, form: Mapping[str, str]) -> str:
    actions.close(notice, deed(said(form, "why")))
    return "The receipt is no longer awaited."


def _tell_otherwise(notice: LeaNotice, form: Mapping[str, str]) -> str:
    actions.tell_otherwise(notice, deed(said(form, "why")))
    return "Recorded that the LEA was told. The NTD clock runs from now."


def _resend(notice: LeaNotice, form: Mapping[str, str]) -> str:
    actions.resend(notice, deed(said(form, "why")))
    return "The notice is written anew and leaves at once."


BY_LEA = Field("by_lea", "Recorded on behalf of the LEA", "", "checkbox")

HOLD = Question(
    "Put the item on hold",
    "Notices to providers, reminders and referrals stop at once. The LEA is still told "
    "everything.",
    "Hold",
    _hold,
    (BY_LEA, Field("why", "Who asked, and how", "The LEA need not give a reason.")),
)
RELEASE = Question(
    "Release the hold",
    "What fell due during the hold leaves right away.",
    "Release",
    _release,
    (BY_LEA, Field("why", "Who released it, and how")),
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
        "Use this after you told them by telephone or in person.",
        "Record",
        _tell_otherwise,
        (Field("why", "Whom you told, how and when"),),
    ),
    "resend": Question(
        "Send the notice again",
        "It is written anew, to the mailbox and key its agency has today.",
        "Resend",
        _resend,
        (WHY,),
    ),
}


@bp.get("/items/<int:item_id>/hold")
@needs(Right.WORK)
def show_hold(item_id: int) -> str:
    return ask(HOLD, item_page(item_id))


@bp.post("/items/<int:item_id>/hold")
@needs(Right.WORK)
def hold(item_id: int) -> Any:  # noqa: ANN401
    return answer(HOLD, Item.get_by_id(item_id), item_page(item_id))


@bp.get("/holds/<int:hold_id>/release")
@needs(Right.WORK)
def show_release(hold_id: int) -> str:
    return ask(RELEASE, item_page(Hold.get_by_id(hold_id).item_id))


@bp.post("/holds/<int:hold_id>/release")
@needs(Right.WORK)
@grave
def release(hold_id: int) -> Any:  # noqa: ANN401
    hold = Hold.get_by_id(hold_id)
    return answer(RELEASE, hold, item_page(hold.item_id))


@bp.get("/notices/<int:notice_id>/<verb>")
@needs(Right.WORK)
def show_notice_question(notice_id: int, verb: str) -> str:
    return ask(_known(verb), item_page(LeaNotice.get_by_id(notice_id).item_id))


@bp.post("/notices/<int:notice_id>/<verb>")
@needs(Right.WORK)
def answer_notice_question(notice_id: int, verb: str) -> Any:  # noqa: ANN401
    notice = LeaNotice.get_by_id(notice_id)
    return answer(_known(verb), notice, item_page(notice.item_id))


def _known(verb: str) -> Question:
    if verb not in ON_NOTICE:
        raise NoSuchRecord
    return ON_NOTICE[verb]
