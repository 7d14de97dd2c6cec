"""How long what is kept, what the job did, and orders to keep an item longer."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, render_template

from reportbox.here import deed, settings
from reportbox.office import retention
from reportbox.office.roles import Right
from reportbox.questions import Field, Question, answer, ask, item_page, said
from reportbox.records.choices import Choice
from reportbox.records.items import Item
from reportbox.records.retention import Erasure, Preservation
from reportbox.web import grave, needs

bp = Blueprint("retention", __name__)


@bp.get("/retention")
@needs(Right.READ_AUDIT)
def show_table() -> str:
    return render_template(
        "office/retention.html",
        table=retention.TABLE,
        latest=Erasure.latest(),
        ran_at=Choice.read(retention.RUN).get("at", ""),
        orders=Preservation.rows(Preservation.lifted_at.is_null()),
        settings=settings(),
    )


@bp.get("/items/<int:item_id>/preserve")
@needs(Right.LEAD)
def show_preserve(item_id: int) -> str:
    return ask(PRESERVE, item_page(item_id))


@bp.post("/items/<int:item_id>/preserve")
@needs(Right.LEAD)
def preserve(item_id: int) -> Any:  # noqa: ANN401
    return answer(PRESERVE, Item.get_by_id(item_id), item_page(item_id))


@bp.get("/items/<int:item_id>/lift")
@needs(Right.LEAD)
def show_lift(item_id: int) -> str:
    return ask(LIFT, item_page(item_id))


@bp.post("/items/<int:item_id>/lift")
@needs(Right.LEAD)
@grave
def lift(item_id: int) -> Any:  # noqa: ANN401
    return answer(LIFT, Item.get_by_id(item_id), item_page(item_id))


def _preserve(item: Item, form: Mapping[str, str]) -> str:
    retention.preserve(item, deed(said(form, "why")))
    return "Nothing of this item is forgotten until the order is lifted."


def _lift(item: Item, form: Mapping[str, str]) -> str:
    retention.lift(item, deed(said(form, "why")))
    return "The order is lifted. What is overdue goes with the next daily run."


PRESERVE = Question(
    "Keep it for a legal order",
    "The item, its reports and its letters are not forgotten while the order lasts.",
    "Keep it",
    _preserve,
    (Field("why", "The order", "Who ordered it, when, and its number."),),
)
LIFT = Question(
    "Lift the order to keep it",
    "What is overdue by then is forgotten with the next daily run.",
    "Lift the order",
    _lift,
    (Field("why", "Why", "Who lifted it, and when."),),
)
