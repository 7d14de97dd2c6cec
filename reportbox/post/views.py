"""The letters: what left, what waits, what was refused, what is in doubt."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, render_template, url_for

from reportbox.here import deed
from reportbox.lifecycle import Letter as State
from reportbox.office.roles import Right
from reportbox.post import actions
from reportbox.questions import Field, Question, answer, ask, said
from reportbox.records.letters import Letter
from reportbox.web import go, needs

bp = Blueprint("post", __name__, url_prefix="/letters")

LATEST = 100  # letters on the page
HOW = Field("why", "How you know", "Such as a line of the mail server's log.")


def _found(letter: Letter, form: Mapping[str, str]) -> str:
    actions.found(letter, deed(said(form, "why")))
    return "Recorded that the letter arrived. It is not sent again."


def _not_found(letter: Letter, form: Mapping[str, str]) -> str:
    actions.not_found(letter, deed(said(form, "why")))
    return "The letter goes out again."


IN_DOUBT = {
    "found": Question(
        "The letter arrived",
        "It counts as sent at the moment it was handed over, and is not sent again.",
        "It arrived",
        _found,
        (HOW,),
    ),
    "not_found": Question(
        "The letter did not arrive",
        "It goes out again. Be sure: the recipient must not get it twice.",
        "Send it again",
        _not_found,
        (HOW,),
    ),
}


@bp.get("/")
@needs(Right.READ_ITEMS)
def show_letters() -> str:
    in_doubt = Letter.rows(Letter.state == State.IN_DOUBT)
    refused = Letter.refused_for_good()
    latest = list(Letter.select().order_by(Letter.id.desc()).limit(LATEST))
    return render_template(
        "post/letters.html",
        in_doubt=in_doubt,
        refused=refused,
        latest=latest,
        counts=Letter.counts(),
    )


@bp.post("/<int:letter_id>/resend")
@needs(Right.WORK)
def resend(letter_id: int) -> Any:  # noqa: ANN401
    actions.resend(Letter.get_by_id(letter_id), deed("tried again"))
    flash("The letter goes out once more.")
    return go("post.show_letters")


@bp.post("/<int:letter_id>/close")
@needs(Right.WORK)
def close(letter_id: int) -> Any:  # noqa: ANN401
    actions.close(Letter.get_by_id(letter_id), deed("told another way"))
    flash("Recorded. The letter is not sent again.")
    return go("post.show_letters")


@bp.get("/<int:letter_id>/<any(found, not_found):verb>")
@needs(Right.WORK)
def show_question(letter_id: int, verb: str) -> str:
    Letter.get_by_id(letter_id)
    return ask(IN_DOUBT[verb], url_for(".show_letters"))


@bp.post("/<int:letter_id>/<any(found, not_found):verb>")
@needs(Right.WORK)
def answer_question(letter_id: int, verb: str) -> Any:  # noqa: ANN401
    letter = Letter.get_by_id(letter_id)
    return answer(IN_DOUBT[verb], letter, url_for(".show_letters"))
