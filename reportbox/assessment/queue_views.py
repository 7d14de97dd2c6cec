"""The queues, the next item in one key, filters and the search."""

from typing import Any

from flask import Blueprint, flash, render_template, request
from flask_login import current_user

from reportbox.assessment import claim, queues
from reportbox.assessment.queues import FILTERS, QUEUES, Filter, Scene
from reportbox.assessment.search import Found, search
from reportbox.assessment.views import begin_assessing
from reportbox.errors import InvalidInput
from reportbox.here import deed, settings, world
from reportbox.office.roles import Right
from reportbox.questions import said
from reportbox.records import NoSuchRecord
from reportbox.records.items import Hold
from reportbox.records.staff import SavedFilter
from reportbox.records.streams import Key
from reportbox.web import go, needs

bp = Blueprint("queue", __name__)


@bp.get("/queue/")
@bp.get("/queue/<name>")
@needs(Right.READ_ITEMS)
def show_queue(name: str = "assess") -> str:
    here = scene()
    saved = _filter(name)
    chosen = Filter(saved.field, saved.value) if saved else None
    entries, after = queues.page(
        _known(name), here, Key.read(request.args.get("after", "")), chosen
    )
    mine = SavedFilter.rows(
        SavedFilter.account == current_user.account.id, SavedFilter.name != ""
    )
    return render_template(
        "assessment/queue.html",
        name=name,
        queues=QUEUES,
        counts=queues.counts(here),
        entries=entries,
        taken_by=lambda item: claim.taken_by(item, here.now),
        held=Hold.among(e.item.id for e in entries if e.item),
        after=after,
        filter=saved,
        filters={field: title for field, (title, _) in FILTERS.items()},
        filterable=queues.can_be_filtered(name, here),
        saved=mine,
        problems={},
    )


@bp.post("/queue/<name>/filter")
@needs(Right.READ_ITEMS)
def narrow(name: str) -> Any:  # noqa: ANN401
    """Keep the filter as a row: what it looks for never stands in an address."""
    form = request.form
    field, value = said(form, "field"), said(form, "value")
    can = queues.can_be_filtered(_known(name), scene())
    if not value or field not in FILTERS or not can:
        return go(".show_queue", name=name)
    number = claim.save_filter(
        current_user.account.id, name, Filter(field, value), said(form, "name")
    )
    return go(".show_queue", name=name, filter=number)


@bp.post("/filters/<int:filter_id>/forget")
@needs(Right.READ_ITEMS)
def forget_filter(filter_id: int) -> Any:  # noqa: ANN401
    claim.forget_filter(current_user.account.id, filter_id)
    return go(".show_queue")


@bp.post("/queue/<any(assess, agree):name>/next")
@needs(Right.WORK)
def take_next(name: str) -> Any:  # noqa: ANN401
    begin_assessing()
    item = claim.take_next(name, scene(), deed())
    if item is None:
        flash("Nothing waits here that is free and for you to judge.")
        return go(".show_queue", name=name)
    flash(f"{item.number} is yours for fifteen minutes.")
    return go("assessment.show_item", item_id=item.id)


@bp.post("/search")
@needs(Right.READ_ITEMS)
def look_up() -> Any:  # noqa: ANN401
    words = request.form.get("words", "")
    before = request.form.get("before", 0, type=int)
    try:
        found = search(words, before)
    except InvalidInput as wrong:
        return _results(Found([], ""), words, wrong.problems), 422
    if len(found.items) == 1 and not before:
        return go("assessment.show_item", item_id=found.items[0].id)
    return _results(found, words)


@bp.get("/search")
@needs(Right.READ_ITEMS)
def show_search() -> str:
    return _results(None, "")


def scene() -> Scene:
    return Scene(settings(), world().clock.now(), current_user.account.name)


def _results(
    found: Found | None, words: str, problems: dict[str, str] | None = None
) -> str:
    return render_template(
        "assessment/search.html",
        found=found,
        held=Hold.among(item.id for item in found.items) if found else (),
        words=words,
        problems=problems or {},
    )


def _filter(name: str) -> SavedFilter | None:
    """Find the filter the address names, if it is this person's and this queue's."""
    number = request.args.get("filter", 0, type=int)
    if not number:
        return None
    mine = SavedFilter.account == current_user.account.id
    return SavedFilter.get(
        SavedFilter.id == number, mine, SavedFilter.queue == _known(name)
    )


def _known(name: str) -> str:
    if name not in QUEUES:
        raise NoSuchRecord
    return name
