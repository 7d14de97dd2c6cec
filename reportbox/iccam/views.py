"""What waits to be carried into ICCAM, with a page ready to copy from."""

from typing import Any

from flask import Blueprint, flash, render_template, request

from reportbox.assessment.actions import show_address
from reportbox.errors import InvalidInput
from reportbox.here import deed, settings
from reportbox.iccam import actions
from reportbox.iccam.directory import partners
from reportbox.lifecycle import Referral as State
from reportbox.office.roles import Right
from reportbox.questions import said
from reportbox.records.tracks import Referral
from reportbox.web import go, needs

bp = Blueprint("iccam", __name__, url_prefix="/referrals")


@bp.get("/")
@needs(Right.READ_ITEMS)
def show_referrals() -> str:
    waiting = Referral.rows(Referral.state == State.TO_REFER)
    return render_template(
        "iccam/referrals.html",
        referrals=waiting,
        alarm_hours=settings().referral_alarm_hours,
    )


@bp.get("/partners")
@needs(Right.READ_ITEMS)
def show_partners() -> str:
    return render_template("iccam/partners.html", partners=partners())


@bp.get("/<int:referral_id>")
@needs(Right.READ_ITEMS)
def show_referral(referral_id: int) -> str:
    return _page(Referral.get_by_id(referral_id))


@bp.post("/<int:referral_id>/show-address")
@needs(Right.WORK)
def show_copy_page(referral_id: int) -> str:
    referral = Referral.get_by_id(referral_id)
    address = show_address(referral.item, deed("for ICCAM"), settings())
    return _page(referral, address=address)


@bp.post("/<int:referral_id>/refer")
@needs(Right.WORK)
def refer(referral_id: int) -> Any:  # noqa: ANN401
    referral = Referral.get_by_id(referral_id)
    try:
        actions.refer(referral, request.form.get("iccam_number", ""), deed("by hand"))
    except InvalidInput as wrong:
        return _page(referral, wrong.problems), 422
    flash("Recorded. The LEA gets the ICCAM number in a supplement.")
    return go("iccam.show_referrals")


@bp.post("/<int:referral_id>/withdraw")
@needs(Right.WORK)
def withdraw(referral_id: int) -> Any:  # noqa: ANN401
    referral = Referral.get_by_id(referral_id)
    try:
        actions.withdraw(referral, deed(said(request.form, "why")))
    except InvalidInput as wrong:
        return _page(referral, wrong.problems), 422
    flash("Recorded that it is not referred.")
    return go("iccam.show_referrals")


def _page(
    referral: Referral, problems: dict[str, str] | None = None, address: str = ""
) -> str:
    return render_template(
        "iccam/referral.html",
        referral=referral,
        item=referral.item,
        problems=problems or {},
        address=address,
    )
