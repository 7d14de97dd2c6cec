"""What providers answer, and what a person saw, as recorded at the desk."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint

from reportbox.here import deed, settings
from reportbox.ntd import actions
from reportbox.office.roles import Right
from reportbox.questions import Field, Question, answer, ask, item_page, said
from reportbox.records import NoSuchRecord
from reportbox.records.items import Item
from reportbox.records.tracks import Ntd
from reportbox.web import needs

bp = Blueprint("ntd", __name__)

WHY = Field("why", "In one sentence", "It stands in the item's history.")
CONTACT = Field("contact", "Mail address of the provider's abuse desk")


def _ask_by_hand(ntd: Ntd, form: Mapping[str, str]) -> str:
    actions.ask_by_hand(ntd, deed(said(form, "why")), settings())
    return "Recorded. The box now waits for the answer, as after a letter."


def _see_move(ntd: Ntd, form: Mapping[str, str]) -> str:
    actions.see_move(ntd, deed(said(form, "why")))
    return "Noted. The box goes on with the provider it found."


def _claim_removal(ntd: Ntd, form: Mapping[str, str]) -> str:
    actions.claim_removal(ntd, deed(said(form, "why")))
    return "Noted. Reminders pause; look whether it is gone and record what you saw."


def _still_there(ntd: Ntd, form: Mapping[str, str]) -> str:
    actions.still_there(ntd, deed(said(form, "why")), settings())
    return "Noted that it is still there. The box goes on."


def _call(ntd: Ntd, form: Mapping[str, str]) -> str:
    actions.call(ntd, deed(said(form, "why")))
    return "Recorded."


def _remind_by_hand(ntd: Ntd, form: Mapping[str, str]) -> str:
    actions.remind_by_hand(ntd, deed(said(form, "why")), settings())
    return "Recorded as a reminder. The box counts on from now."


def _tell_correction(ntd: Ntd, form: Mapping[str, str]) -> str:
    actions.tell_correction(ntd, deed(said(form, "why")), settings())
    return "Recorded: they know that the verdict changed."


def _give_up(ntd: Ntd, form: Mapping[str, str]) -> str:
    actions.give_up(ntd, deed(said(form, "why")))
    return "This NTD has ended without removal."


def _resend(ntd: Ntd, form: Mapping[str, str]) -> str:
    actions.resend(ntd, form.get("contact", ""), deed(said(form, "why")))
    return "The notice goes to the new contact, after one more trace."


def _name_contact(ntd: Ntd, form: Mapping[str, str]) -> str:
    actions.name_contact(ntd, form.get("contact", ""), deed(said(form, "why")))
    return "The contact is entered."


def _confirm_removal(item: Item, form: Mapping[str, str]) -> str:
    by_lea = form.get("by_lea") == "yes"
    actions.confirm_removal(item, deed(said(form, "why"), for_lea=by_lea))
    return f"{item.number}: removal confirmed. Notices and checks have ended."


ON_NTD = {
    "ask_by_hand": Question(
        "Asked in their own form",
        "You asked the provider in its form or by its API, with the text on the item's "
        "page. The agreed delay and holds bind this as they bind a letter.",
        "Record",
        _ask_by_hand,
        (Field("why", "Where, and the number they gave you"),),
    ),
    "see_move": Question(
        "The host moved",
        "You know where it is now, and the box goes on by itself. To ask somebody "
        "else, name another contact; if it cannot be right, have it traced again.",
        "Go on",
        _see_move,
    ),
    "claim_removal": Question(
        "The provider says it is removed",
        "A provider's word is a claim: reminders pause until a person has looked.",
        "Record",
        _claim_removal,
        (WHY,),
    ),
    "still_there": Question(
        "It is still there",
        "You looked, outside the box, and it is still there.",
        "Record",
        _still_there,
        (WHY,),
    ),
    "call": Question(
        "Telephone the provider",
        "Reminders were in vain. The number stands with the provider in the contact "
        "book, or on its own web site. Say the reference, never the address.",
        "Record the call",
        _call,
        (Field("why", "Whom you spoke to, and what they said"),),
    ),
    "remind_by_hand": Question(
        "Reminded in their own form",
        "You reminded them in their form, because no letter can. Holds bind this as "
        "they bind a letter.",
        "Record",
        _remind_by_hand,
        (Field("why", "Where, and the number they gave you"),),
    ),
    "tell_correction": Question(
        "They know that the verdict changed",
        "You told each of them yourself whom no letter can tell: they may disregard "
        "what they were asked. Say the reference, never the address.",
        "Record",
        _tell_correction,
        (Field("why", "Whom you told, and how"),),
    ),
    "give_up": Question(
        "End without removal",
        "The notice to this provider ends; nothing more is sent.",
        "Give up",
        _give_up,
        (WHY,),
    ),
    "resend": Question(
        "Resend to another contact",
        "The item is traced once more, then the notice goes to this address.",
        "Resend",
        _resend,
        (CONTACT, WHY),
    ),
    "name_contact": Question(
        "Name the contact",
        "The notice will go to this address when it falls due.",
        "Save",
        _name_contact,
        (CONTACT, WHY),
    ),
}
CONFIRM_REMOVAL = Question(
    "Confirm that it is removed",
    "Only what a person saw, or what the LEA tells us. All notices and checks end.",
    "Confirm removal",
    _confirm_removal,
    (Field("by_lea", "The LEA found it removed", "", "checkbox"), WHY),
)


@bp.get("/items/<int:item_id>/confirm_removal")
@needs(Right.WORK)
def show_confirm_removal(item_id: int) -> str:
    return ask(CONFIRM_REMOVAL, item_page(item_id))


@bp.post("/items/<int:item_id>/confirm_removal")
@needs(Right.WORK)
def confirm_removal(item_id: int) -> Any:  # noqa: ANN401
    return answer(CONFIRM_REMOVAL, Item.get_by_id(item_id), item_page(item_id))


@bp.get("/ntds/<int:ntd_id>/<verb>")
@needs(Right.WORK)
def show_question(ntd_id: int, verb: str) -> str:
    return ask(_known(verb), item_page(Ntd.get_by_id(ntd_id).item_id))


@bp.post("/ntds/<int:ntd_id>/<verb>")
@needs(Right.WORK)
def answer_question(ntd_id: int, verb: str) -> Any:  # noqa: ANN401
    ntd = Ntd.get_by_id(ntd_id)
    return answer(_known(verb), ntd, item_page(ntd.item_id))


def _known(verb: str) -> Question:
    if verb not in ON_NTD:
        raise NoSuchRecord
    return ON_NTD[verb]
