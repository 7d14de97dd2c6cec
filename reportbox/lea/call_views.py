"""Calls to an agency that was to be reached by telephone, with every attempt."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for

from reportbox.agreements.reading import unit_of
from reportbox.errors import InvalidInput
from reportbox.here import deed
from reportbox.lea import actions
from reportbox.office.roles import Right
from reportbox.questions import item_page, said
from reportbox.records.answers import Attempt, Call
from reportbox.web import needs

bp = Blueprint("calls", __name__, url_prefix="/calls")


@bp.get("/<int:call_id>")
@needs(Right.WORK)
def show_call(call_id: int) -> str:
    return _call_page(Call.get_by_id(call_id), {})


@bp.post("/<int:call_id>")
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
