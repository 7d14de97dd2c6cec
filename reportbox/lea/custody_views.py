"""Custody: what is held for the LEA outside the box, and that it was destroyed."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint

from reportbox.errors import InvalidInput
from reportbox.here import deed, settings, world
from reportbox.lea import actions
from reportbox.office.roles import Right
from reportbox.questions import Field, Question, answer, ask, day_of, item_page, said
from reportbox.records.answers import Custody
from reportbox.web import needs

bp = Blueprint("custody", __name__, url_prefix="/custody")


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


@bp.get("/<int:custody_id>")
@needs(Right.WORK)
def show_custody(custody_id: int) -> str:
    return ask(DESTROYED, item_page(Custody.get_by_id(custody_id).item_id))


@bp.post("/<int:custody_id>")
@needs(Right.WORK)
def record_destruction(custody_id: int) -> Any:  # noqa: ANN401
    custody = Custody.get_by_id(custody_id)
    return answer(DESTROYED, custody, item_page(custody.item_id))
