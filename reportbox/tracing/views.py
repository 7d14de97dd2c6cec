"""What people say of the hosting: look again, correct, name an origin."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request

from reportbox.assessment.actions import show_address
from reportbox.errors import InvalidInput, Refused
from reportbox.here import deed, settings, world
from reportbox.ntd.actions import why_not_now
from reportbox.ntd.write import request_text
from reportbox.office.roles import Right
from reportbox.questions import Field, Question, answer, ask, item_page, said
from reportbox.records.items import Item
from reportbox.records.tracks import Ntd
from reportbox.tracing import actions
from reportbox.tracing.correction import CHOICES, Correction, Origin
from reportbox.tracing.keep import latest
from reportbox.web import needs

bp = Blueprint("tracing", __name__)


def _trace_again(item: Item, form: Mapping[str, str]) -> str:
    actions.trace_again(item, deed(said(form, "why")))
    return "The box looks again at once; what changed will stand in the history."


def _learn_origin(item: Item, form: Mapping[str, str]) -> str:
    origin = Origin.parse(form)
    actions.learn_origin(item, origin, deed(f"named by {origin.source}"), settings())
    return "Noted. The box now traces the server behind the proxy."


TRACE_AGAIN = Question(
    "Trace again",
    "The box asks every source afresh. What was found before stays in the evidence.",
    "Trace again",
    _trace_again,
    (Field("why", "Why, if there is a reason"),),
)
ORIGIN = Question(
    "Name the origin",
    "The server that stands behind the proxy, as the proxy, the LEA or another source "
    "named it. It is traced like any other, and the item follows it.",
    "Trace the origin",
    _learn_origin,
    (
        Field("address", "IP address of the server"),
        Field("source", "Who named it, and how"),
    ),
)


@bp.get("/items/<int:item_id>/trace_again")
@needs(Right.WORK)
def show_trace_again(item_id: int) -> str:
    return ask(TRACE_AGAIN, item_page(item_id))


@bp.post("/items/<int:item_id>/trace_again")
@needs(Right.WORK)
def trace_again(item_id: int) -> Any:  # noqa: ANN401
    return answer(TRACE_AGAIN, Item.get_by_id(item_id), item_page(item_id))


@bp.get("/items/<int:item_id>/origin")
@needs(Right.WORK)
def show_origin(item_id: int) -> str:
    return ask(ORIGIN, item_page(item_id))


@bp.post("/items/<int:item_id>/origin")
@needs(Right.WORK)
def learn_origin(item_id: int) -> Any:  # noqa: ANN401
    return answer(ORIGIN, Item.get_by_id(item_id), item_page(item_id))


@bp.get("/items/<int:item_id>/correct")
@needs(Right.WORK)
def show_correction(item_id: int) -> str:
    item = Item.get_by_id(item_id)
    return _correction(item, actions.as_said(item, settings().country))


@bp.post("/items/<int:item_id>/correct")
@needs(Right.WORK)
def correct(item_id: int) -> Any:  # noqa: ANN401
    item = Item.get_by_id(item_id)
    try:
        correction = Correction.parse(request.form, settings().country)
    except InvalidInput as wrong:
        return _correction(item, request.form, wrong.problems), 422
    actions.correct(item, correction, deed(said(request.form, "why")))
    flash("Corrected. The item is routed by what you said.")
    return redirect(item_page(item_id), code=303)


def _correction(
    item: Item, typed: Mapping[str, str], problems: dict[str, str] | None = None
) -> str:
    return render_template(
        "tracing/correct.html",
        item=item,
        finding=latest(item),
        typed=typed,
        problems=problems or {},
        choices=list(CHOICES.items()),
        back=item_page(item.id),
    )


@bp.get("/ntds/<int:ntd_id>/text")
@needs(Right.WORK)
def show_text(ntd_id: int) -> str:
    return _text(Ntd.get_by_id(ntd_id))


@bp.post("/ntds/<int:ntd_id>/text")
@needs(Right.WORK)
def show_exact_text(ntd_id: int) -> str:
    ntd = Ntd.get_by_id(ntd_id)
    if reason := why_not_now(ntd, world().clock.now(), settings()):
        raise Refused(reason)
    why = deed("for the provider's own form")
    return _text(ntd, show_address(ntd.item, why, settings()))


def _text(ntd: Ntd, address: str = "") -> str:
    subject, body = request_text(ntd, settings())
    return render_template(
        "tracing/text.html",
        ntd=ntd,
        subject=subject,
        body=body,
        address=address,
        not_now=why_not_now(ntd, world().clock.now(), settings()),
        back=item_page(ntd.item_id),
    )
