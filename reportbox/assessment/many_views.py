"""Judge many items at once: tick them in a queue, look at the list, say it once."""

from dataclasses import replace
from typing import Any

from flask import Blueprint, flash, render_template, request
from flask_login import current_user

from reportbox.assessment.many import MOST, as_seen_of, judge_many, selected
from reportbox.assessment.verdict import ASSESSING, FORWARDING, LABELS, Choice
from reportbox.assessment.views import (
    AGREES,
    begin_assessing,
    end_assessing,
    lists,
    read_form,
)
from reportbox.errors import InvalidInput
from reportbox.here import deed, settings
from reportbox.office.roles import Right
from reportbox.records.items import Item
from reportbox.web import go, grave, needs

bp = Blueprint("many", __name__, url_prefix="/many")


@bp.post("/select")
@needs(Right.WORK)
def select() -> Any:  # noqa: ANN401
    """Show what was ticked; a POST, so that no address line tells what it was."""
    try:
        items = _ticked()
    except InvalidInput as wrong:
        flash(str(wrong))
        return go("queue.show_queue")
    left = set(_ids()) - {item.id for item in items}
    if left:
        numbers = ", ".join(item.number for item in Item.rows(Item.id.in_(left)))
        why = "they moved on, are taken, or a reporter speaks of danger"
        flash(f"Left out, because {why}: {numbers}.")
    return _page(items)


@bp.get("/select")
@bp.get("/judge")
@needs(Right.READ_ITEMS)
def go_to_queue() -> Any:  # noqa: ANN401
    return go("queue.show_queue")


@bp.post("/judge")
@needs(Right.WORK)
@grave
def judge() -> Any:  # noqa: ANN401
    begin_assessing()
    try:
        form = replace(read_form(_choices()), is_urgent=False, urgent_reason="")
    except InvalidInput as wrong:
        return _page(_known(), wrong.problems), 422
    pairs = [(n, request.form.get(f"seen_{n}", "")) for n in _ids()]
    done = judge_many(pairs, form, deed(form.why), settings())
    end_assessing()
    many = "1 item" if done.judged == 1 else f"{done.judged} items"
    then = f" {done.proposed} of them: {AGREES}" if done.proposed else ""
    flash(f"{many}: {LABELS[form.choice]}. Each has it in its history.{then}")
    for sentence in done.refused:
        flash(sentence)
    return go("queue.show_queue")


def _choices() -> tuple[Choice, ...]:
    forwarding = settings().mode == "register_and_forward"
    return FORWARDING if forwarding else ASSESSING


def _ids() -> list[int]:
    given = [n for n in request.form.getlist("item") if n.isascii() and n.isdecimal()]
    return [int(n) for n in given if len(n) < 13][:MOST]  # noqa: PLR2004 - no such item


def _ticked() -> list[Item]:
    return selected(_ids(), current_user.account.name, deed())


def _known() -> list[Item]:
    return Item.rows(Item.id.in_(_ids()))


def _page(items: list[Item], problems: dict[str, str] | None = None) -> str:
    return render_template(
        "assessment/many.html",
        items=items,
        seen=dict(as_seen_of(items)),
        choices=_choices(),
        labels=LABELS,
        lists=lists(),
        problems=problems or {},
        typed=request.form,
    )
