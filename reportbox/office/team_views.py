"""The team: limits that hold, agreement, trainings and shared texts."""

from datetime import timedelta
from typing import Any

from flask import Blueprint, flash, render_template, request

from reportbox.assessment.snippets import CODE
from reportbox.errors import InvalidInput
from reportbox.here import deed, settings, world
from reportbox.office import care, texts
from reportbox.office.roles import Right
from reportbox.questions import said
from reportbox.records.second_looks import SecondLook
from reportbox.records.snippets import Snippet
from reportbox.records.staff import Account
from reportbox.records.trainings import Training
from reportbox.web import go, needs

bp = Blueprint("team", __name__, url_prefix="/team")

A_YEAR = timedelta(days=366)
DISAGREEMENTS = 20  # shown


@bp.get("/")
@needs(Right.SEE_LIMITS)
def show_team() -> str:
    return _page()


@bp.post("/trainings")
@needs(Right.LEAD)
def record_training() -> Any:  # noqa: ANN401
    form = request.form
    account = Account.get_by_id(form.get("account", 0, type=int))
    try:
        held_on, until = said(form, "held_on"), said(form, "valid_until")
        care.record_training(account, said(form, "what"), held_on, until, deed())
    except InvalidInput as wrong:
        return _page(wrong.problems), 422
    flash(f"The training of {account.name} is entered.")
    return go(".show_team")


@bp.post("/snippets")
@needs(Right.LEAD)
def save_snippet() -> Any:  # noqa: ANN401
    form = request.form
    try:
        texts.save_snippet(said(form, "code"), said(form, "text"), deed())
    except InvalidInput as wrong:
        return _page(wrong.problems), 422
    flash("Saved. Everybody at the desk can use it now.")
    return go(".show_team")


@bp.post("/snippets/<int:snippet_id>/forget")
@needs(Right.LEAD)
def forget_snippet(snippet_id: int) -> Any:  # noqa: ANN401
    texts.forget_snippet(Snippet.get_by_id(snippet_id), deed())
    flash("That text is gone. What was written with it stays.")
    return go(".show_team")


def _page(problems: dict[str, str] | None = None) -> str:
    now = world().clock.now()
    return render_template(
        "office/team.html",
        over=care.how_many_over(now, settings()),
        months=SecondLook.by_month(now - A_YEAR),
        disagreements=SecondLook.disagreements(DISAGREEMENTS),
        trainings=Training.rows(),
        today=now.astimezone(settings().zone).date(),
        people=[(a.id, a.name) for a in Account.rows()],
        snippets=Snippet.rows(),
        code_rule=CODE.pattern,
        problems=problems or {},
        typed=request.form,
    )
