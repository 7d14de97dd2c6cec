"""The addresses the hotline itself comes from, entered below the agencies."""

from typing import Any

from flask import Blueprint, flash, request
from werkzeug.wrappers import Response

from reportbox.agreements import actions
from reportbox.agreements.agency_views import agencies_page
from reportbox.errors import InvalidInput
from reportbox.here import deed
from reportbox.office.roles import Right
from reportbox.questions import said
from reportbox.records.answers import OwnAddress
from reportbox.web import go, needs

bp = Blueprint("addresses", __name__)


@bp.post("/own_addresses")
@needs(Right.RUN_LEA)
def enter_own_address() -> Any:  # noqa: ANN401
    try:
        actions.enter_own_address(
            said(request.form, "network"), said(request.form, "note"), deed()
        )
    except InvalidInput as wrong:
        return agencies_page(wrong.problems), 422
    flash("Entered. Every agency is told of it now.")
    return go("agencies.show_agencies")


@bp.post("/own_addresses/<int:address_id>/remove")
@needs(Right.RUN_LEA)
def remove_own_address(address_id: int) -> Response:
    actions.remove_own_address(OwnAddress.get_by_id(address_id), deed())
    flash("Taken out. Every agency is told of it now.")
    return go("agencies.show_agencies")
