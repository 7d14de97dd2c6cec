"""The JSON endpoint for partners, and the desk's page of who they are."""

import json
from pathlib import Path
from typing import Any

from flask import Blueprint, current_app, jsonify, render_template, request
from flask import flash as say

from reportbox.errors import InvalidInput, Refused
from reportbox.here import deed, settings, world
from reportbox.intake import partners
from reportbox.office.roles import Right
from reportbox.records.partners import Partner
from reportbox.web import go, grave, needs

api = Blueprint("api", __name__, url_prefix="/api")
bp = Blueprint("partners", __name__, url_prefix="/partners")

DESCRIPTION = Path(__file__).with_name("openapi.json")


@api.post("/reports")
def take() -> Any:  # noqa: ANN401
    """Keep a partner's report; see openapi.json for what goes in and out."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    partner = partners.partner_of(token.strip()) if scheme == "Bearer" else None
    if partner is None:
        return _no("Please send the token the hotline gave you.", 401)
    key = current_app.extensions["receipt-key"]
    try:
        said = json.loads(request.get_data())
        code, is_new = partners.take_from_partner(
            partner, said, key, world().clock.now()
        )
    except InvalidInput as wrong:
        problems = {n: str(p) for n, p in wrong.problems.items()}
        return jsonify(message="Nothing was saved.", problems=problems), 422
    except Refused as refusal:
        return _no(str(refusal), 409)
    except (ValueError, RecursionError):
        return _no("Please send one JSON object, in UTF-8.", 400)
    return jsonify(receipt=code, new=is_new), 201 if is_new else 200


@api.get("/openapi.json")
def show_description() -> Any:  # noqa: ANN401
    described = json.loads(DESCRIPTION.read_text())
    described["servers"] = [{"url": settings().public_url}]
    return jsonify(described)


@bp.get("/")
@needs(Right.RUN_ACCOUNTS)
def show_partners() -> str:
    return _page({})


@bp.post("/invite")
@needs(Right.RUN_ACCOUNTS)
@grave
def invite() -> Any:  # noqa: ANN401
    try:
        token = partners.invite_partner(request.form.get("name", ""), deed())
    except InvalidInput as wrong:
        return _page(wrong.problems), 422
    return _page({}, token)


@bp.post("/<int:partner_id>/end")
@needs(Right.RUN_ACCOUNTS)
@grave
def end(partner_id: int) -> Any:  # noqa: ANN401
    partners.end_partner(Partner.get_by_id(partner_id), deed())
    say("The token is good for nothing any more.")
    return go("partners.show_partners")


def _page(problems: dict[str, str], token: str = "") -> str:
    return render_template(
        "intake/partners.html",
        partners=Partner.rows(),
        problems=problems,
        fresh=token,
        typed=request.form,
    )


def _no(message: str, status: int) -> Any:  # noqa: ANN401
    return jsonify(message=message), status
