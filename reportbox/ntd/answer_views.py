"""Answers of providers that wait for a decision, and the one press that decides."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from flask import Blueprint, flash, redirect, render_template, request

from reportbox.here import deed
from reportbox.ntd.decisions import LABELS, Decision, decide
from reportbox.office.roles import Right
from reportbox.questions import item_page
from reportbox.records.provider_answers import ProviderAnswer
from reportbox.web import go, needs

bp = Blueprint("answers", __name__, url_prefix="/provider-answers")


class OneMail(NamedTuple):
    """One mail, and every notice it may be about."""

    first: ProviderAnswer
    about: list[ProviderAnswer]


@bp.get("/")
@needs(Right.READ_ITEMS)
def show_answers() -> str:
    waiting = _by_mail(ProviderAnswer.open_ones())
    return render_template("ntd/answers.html", mails=waiting, decisions=LABELS)


@bp.post("/<int:answer_id>/<any(removed,not_ours,needs_more,refused,nothing):word>")
@needs(Right.WORK)
def decide_answer(answer_id: int, word: str) -> Any:  # noqa: ANN401
    answer, decision = ProviderAnswer.get_by_id(answer_id), Decision(word)
    whole_mail = request.form.get("whole_mail") == "yes"
    flash(decide(answer, decision, deed(), whole_mail=whole_mail))
    if whole_mail:
        return go("answers.show_answers")
    return redirect(item_page(answer.item_id), code=303)


def _by_mail(answers: Iterable[ProviderAnswer]) -> list[OneMail]:
    """Put together what one mail says of many items, the oldest mail first."""
    found: dict[str, OneMail] = {}
    for answer in answers:
        found.setdefault(answer.uid, OneMail(answer, [])).about.append(answer)
    return list(found.values())
