"""Holds: what is held for whom, since when, and what it costs; placed and released."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, render_template

from reportbox.errors import InvalidInput
from reportbox.here import deed, world
from reportbox.lea import actions
from reportbox.lea.answer import SCOPES, WIDE
from reportbox.lea.desk_of_officer import has_ended, hours_of
from reportbox.office.roles import Right
from reportbox.questions import Field, Question, answer, ask, day_of, item_page, said
from reportbox.records.items import Hold, Item
from reportbox.records.tracks import LeaNotice
from reportbox.web import grave, needs

bp = Blueprint("holds", __name__)

LATEST = 500  # released ones shown
NOT_THE_LEA = ("", "The hotline itself")


def _hold(item: Item, form: Mapping[str, str]) -> str:
    if not said(form, "why"):
        raise InvalidInput(why="Please say who asked for it, and how.")
    unit = _unit(item, form)
    whose = deed(said(form, "why"), for_lea=unit is not None, agency=_name(item, unit))
    in_time = actions.hold(
        item,
        whose,
        scope=said(form, "scope") or "item",
        unit=unit,
        review_on=day_of(form, "review_on"),
    )
    if in_time:
        return (
            f"{item.number} is on hold. No notice, reminder or referral leaves until "
            "it is released."
        )
    return (
        f"{item.number} is on hold, but a letter was already at the mail server's door "
        "when the hold came. See its history."
    )


def _release(hold: Hold, form: Mapping[str, str]) -> str:
    why, by_lea = said(form, "why"), hold.unit is not None
    problems = {}
    if not by_lea and not why:
        problems["why"] = "Please say why it is needed no longer."
    if by_lea and not said(form, "officer"):
        problems["officer"] = "Please name the officer who released it."
    if by_lea and not said(form, "call_back"):
        problems["call_back"] = (
            "Please call them back on the number you know, and say which that was."
        )
    if problems:
        raise InvalidInput(**problems)
    if by_lea:
        why = f"{said(form, 'officer')}, called back on {said(form, 'call_back')}"
    agency = hold.unit.name if hold.unit else ""
    free = actions.release(
        hold, deed(why, for_lea=by_lea, agency=agency), unit=hold.unit_id
    )
    if free:
        return f"{hold.item.number} is released. What fell due meanwhile leaves now."
    return f"This hold is released; another one still stops {hold.item.number}."


HOLD = Question(
    "Put it on hold",
    "Notices to providers, reminders and referrals stop at once. The LEA is still told "
    "everything.",
    "Hold",
    _hold,
    (
        Field("scope", "What is held", "", "select", tuple(SCOPES.items())),
        Field("review_on", "Look at it again on", "A reminder, never a release.",
              "date"),
        Field("why", "Who asked, and how", "The LEA need not give a reason."),
    ),
)  # fmt: skip
RELEASE = Question(
    "Release the hold",
    "What fell due during the hold leaves right away.",
    "Release",
    _release,
    (Field("why", "Why it is needed no longer"),),
)
# Only the agency that placed a hold lifts it (B63): who says so, and how we know.
RELEASE_FOR_LEA = RELEASE._replace(
    fields=(
        Field("officer", "Officer who released it"),
        Field("call_back", "Called back on", "The number you had before they called."),
    )
)


@bp.get("/holds")
@needs(Right.READ_ITEMS)
def show_holds() -> str:
    now = world().clock.now()
    over = Hold.select().where(Hold.released_at.is_null(is_null=False))
    ended = list(over.order_by(Hold.id.desc()).limit(LATEST))
    return render_template(
        "lea/holds.html",
        running=[(hold, hours_of(hold, now)) for hold in Hold.open_ones()],
        ended=[(hold, hours_of(hold, now)) for hold in ended],
        hours=sum(hours_of(hold, now) for hold in ended),
    )


@bp.get("/items/<int:item_id>/hold")
@needs(Right.WORK)
def show_hold(item_id: int) -> str:
    return ask(_hold_question(Item.get_by_id(item_id)), item_page(item_id))


@bp.post("/items/<int:item_id>/hold")
@needs(Right.WORK)
def hold(item_id: int) -> Any:  # noqa: ANN401
    item = Item.get_by_id(item_id)
    return answer(_hold_question(item), item, item_page(item_id))


@bp.get("/holds/<int:hold_id>/release")
@needs(Right.WORK)
def show_release(hold_id: int) -> str:
    hold = Hold.get_by_id(hold_id)
    return ask(_release_question(hold), item_page(hold.item_id))


@bp.post("/holds/<int:hold_id>/release")
@needs(Right.WORK)
@grave
def release(hold_id: int) -> Any:  # noqa: ANN401
    hold = Hold.get_by_id(hold_id)
    return answer(_release_question(hold), hold, item_page(hold.item_id))


def _hold_question(item: Item) -> Question:
    """Ask on whose behalf, naming the agencies that were told."""
    told = {str(n.unit.id): n.unit.name for n in LeaNotice.of(item) if n.unit}
    whose = (NOT_THE_LEA, *told.items())
    field = Field("unit", "Who asks for it", "", "select", whose)
    first, *rest = HOLD.fields
    if has_ended(item):
        first = first._replace(choices=tuple(WIDE.items()))
    return HOLD._replace(fields=(field, first, *rest))


def _release_question(hold: Hold) -> Question:
    return RELEASE if hold.unit is None else RELEASE_FOR_LEA


def _unit(item: Item, form: Mapping[str, str]) -> int | None:
    number = said(form, "unit")
    told = {str(n.unit_id) for n in LeaNotice.of(item) if n.unit_id}
    if number and number not in told:
        raise InvalidInput(unit="Please choose who asks for it.")
    return int(number) if number else None


def _name(item: Item, unit: int | None) -> str:
    return next((n.agency for n in LeaNotice.of(item) if n.unit_id == unit), "")
