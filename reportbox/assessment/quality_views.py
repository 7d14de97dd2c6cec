"""Second looks: the same item, judged again by somebody who does not know."""

from typing import Any

from flask import Blueprint, flash, render_template, request
from flask_login import current_user

from reportbox.assessment import actions
from reportbox.assessment.second_looks import CHOICES, look_again
from reportbox.assessment.verdict import LABELS
from reportbox.assessment.views import PLAIN, begin_assessing, end_assessing
from reportbox.errors import InvalidInput
from reportbox.here import deed, settings, world
from reportbox.intake.said import lines
from reportbox.office import care
from reportbox.office.roles import Right
from reportbox.records import NoSuchRecord
from reportbox.records.items import Sighting
from reportbox.records.second_looks import SecondLook
from reportbox.web import go, needs

bp = Blueprint("quality", __name__, url_prefix="/second-looks")

LIST = 100  # on one page; the rest comes when these are done


@bp.get("/")
@needs(Right.WORK)
def show_second_looks() -> str:
    waiting = SecondLook.open_for(current_user.account.id, LIST)
    return render_template("assessment/second_looks.html", looks=waiting)


@bp.get("/<int:look_id>")
@needs(Right.WORK)
def show_second_look(look_id: int) -> str:
    return _page(_mine(look_id))


@bp.post("/<int:look_id>/show-address")
@needs(Right.WORK)
def show_address(look_id: int) -> str:
    look = _mine(look_id)
    begin_assessing()
    return _page(look, address=actions.show_address(look.item, deed(), settings()))


@bp.post("/<int:look_id>/copy")
@needs(Right.WORK)
def copy_address(look_id: int) -> tuple[str, dict[str, str]]:
    look = _mine(look_id)
    begin_assessing()
    address = actions.show_address(look.item, deed(), settings(), "copy_address")
    return address, PLAIN


@bp.post("/<int:look_id>/answer")
@needs(Right.WORK)
def answer(look_id: int) -> Any:  # noqa: ANN401
    look = _mine(look_id)
    care.refuse_untrained(current_user.account, world().clock.now(), settings())
    try:
        agrees = look_again(look, request.form.get("choice", ""), deed())
    except InvalidInput as wrong:
        return _page(look, wrong.problems), 422
    end_assessing()
    flash(
        "You both said the same."
        if agrees
        else "You two differ. The lead analyst looks into it; the item stays as it is."
    )
    return go(".show_second_looks")


def _mine(look_id: int) -> SecondLook:
    """Find a look that waits for somebody like this person; others do not exist."""
    look: SecondLook = SecondLook.get_by_id(look_id)
    if look.first_by == current_user.account.id or look.answered_at is not None:
        raise NoSuchRecord
    return look


def _page(
    look: SecondLook, problems: dict[str, str] | None = None, address: str = ""
) -> str:
    return render_template(
        "assessment/second_look.html",
        look=look,
        item=look.item,
        said=lines,
        reports=[s.report for s in Sighting.rows(Sighting.item == look.item_id)],
        choices=CHOICES,
        labels=LABELS,
        problems=problems or {},
        address=address,
    )
