"""The annexes of the agreement: each change is another version."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, url_for

from reportbox.agreements import actions
from reportbox.here import deed
from reportbox.office.roles import Right
from reportbox.questions import Field, Question, answer, ask, day_of, said
from reportbox.web import needs

bp = Blueprint("annexes", __name__)


def _enter_annex(_: None, form: Mapping[str, str]) -> str:
    day = day_of(form, "agreed_on")
    number, title, text = (said(form, name) for name in ("number", "title", "text"))
    actions.enter_annex(number, title, text, day, deed())
    return "Kept as another version of that annex."


ANNEX = Question(
    "Another version of an annex",
    "Annexes change without a new signature of the agreement. Earlier versions stay.",
    "Keep it",
    _enter_annex,
    (
        Field("number", "Which annex", "Such as “Annex II”."),
        Field("title", "What it is about"),
        Field("agreed_on", "Agreed on", "", "date"),
        Field("text", "Its text, or where it is kept", "", "textarea"),
    ),
)


@bp.get("/agreement/annex")
@needs(Right.RUN_LEA)
def show_enter_annex() -> str:
    return ask(ANNEX, url_for("agreements.show_agreement"))


@bp.post("/agreement/annex")
@needs(Right.RUN_LEA)
def enter_annex() -> Any:  # noqa: ANN401
    return answer(ANNEX, None, url_for("agreements.show_agreement"))
