"""Agencies: whom the box tells and how, their keys, and the key to give them."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, render_template, request, url_for
from werkzeug.wrappers import Response

from reportbox.agreements import actions
from reportbox.agreements.reading import unit_of
from reportbox.errors import InvalidInput, PeerUnavailable
from reportbox.here import deed, settings, world
from reportbox.lea.agency import Channel, Level, may_be_personal, missing
from reportbox.lea.letters import send_test
from reportbox.office.roles import Right
from reportbox.post.strength import warning
from reportbox.questions import Question, answer, ask, said
from reportbox.records.agencies import Agency, AgencyChange, AgencyKey
from reportbox.records.answers import OwnAddress
from reportbox.web import download, go, grave, needs

bp = Blueprint("agencies", __name__)

LEVELS = tuple((level.value, level.value) for level in Level)
CHANNELS = (
    (Channel.MAIL.value, "Encrypted mail"),
    (Channel.PORTAL.value, "The portal; a neutral note says that something is there"),
    (Channel.BOTH.value, "Encrypted mail and the portal"),
    (Channel.WEB_TOOL.value, "Their own web tool, entered by a person"),
)
LARGEST_KEY = 60_000  # characters


@bp.get("/agencies")
@needs(Right.BE_HERE)
def show_agencies() -> str:
    return agencies_page({})


@bp.get("/agencies/new")
@needs(Right.RUN_LEA)
def show_new_agency() -> str:
    return _agency_form(None, {}, {})


@bp.post("/agencies/new")
@needs(Right.RUN_LEA)
@grave
def enter_agency() -> Any:  # noqa: ANN401
    form = request.form.to_dict()
    try:
        made = actions.enter_agency(actions.read_agency(form, None), deed())
    except InvalidInput as wrong:
        return _agency_form(None, form, wrong.problems), 422
    flash(f"{made.name} is entered. What was waiting for an agency leaves now.")
    return go(".show_agency", agency_id=made.id)


@bp.get("/agencies/<int:agency_id>")
@needs(Right.BE_HERE)
def show_agency(agency_id: int) -> str:
    return _agency_page(Agency.get_by_id(agency_id), {})


@bp.get("/agencies/<int:agency_id>/change")
@needs(Right.RUN_LEA)
def show_change_agency(agency_id: int) -> str:
    row = Agency.get_by_id(agency_id)
    return _agency_form(row, _typed(row), {})


@bp.post("/agencies/<int:agency_id>/change")
@needs(Right.RUN_LEA)
@grave
def change_agency(agency_id: int) -> Any:  # noqa: ANN401
    row, form = Agency.get_by_id(agency_id), request.form.to_dict()
    try:
        actions.change_agency(row, actions.read_agency(form, row), deed())
    except InvalidInput as wrong:
        return _agency_form(row, form, wrong.problems), 422
    flash("Changed. The next letters go by this.")
    return go(".show_agency", agency_id=agency_id)


@bp.post("/agencies/<int:agency_id>/check")
@needs(Right.RUN_LEA)
def check_agency(agency_id: int) -> Response:
    today = world().clock.now().astimezone(settings().zone).date()
    actions.check_agency(Agency.get_by_id(agency_id), deed(), today)
    flash("Noted that all of it was checked today.")
    return go(".show_agency", agency_id=agency_id)


@bp.get("/agencies/<int:agency_id>/switch")
@needs(Right.RUN_LEA)
def show_switch(agency_id: int) -> str:
    row = Agency.get_by_id(agency_id)
    return ask(_switch(row), url_for(".show_agency", agency_id=row.id))


@bp.post("/agencies/<int:agency_id>/switch")
@needs(Right.RUN_LEA)
@grave
def switch_agency(agency_id: int) -> Any:  # noqa: ANN401
    row = Agency.get_by_id(agency_id)
    return answer(_switch(row), row, url_for(".show_agency", agency_id=row.id))


@bp.post("/agencies/<int:agency_id>/key")
@needs(Right.RUN_LEA)
@grave
def import_key(agency_id: int) -> Any:  # noqa: ANN401
    row, text = Agency.get_by_id(agency_id), said(request.form, "armoured")
    try:
        actions.import_key(row, text[:LARGEST_KEY], world().keyring, deed())
    except InvalidInput as wrong:
        return _agency_page(row, wrong.problems), 422
    flash("The key is in the box. Compare its fingerprint before it is used.")
    return go(".show_agency", agency_id=agency_id)


@bp.post("/keys/<int:key_id>/verify")
@needs(Right.RUN_LEA)
@grave
def verify_key(key_id: int) -> Any:  # noqa: ANN401
    key = AgencyKey.get_by_id(key_id)
    typed, how = said(request.form, "typed"), said(request.form, "how")
    try:
        actions.verify_key(key, typed, how, world().keyring, deed())
    except InvalidInput as wrong:
        return _agency_page(key.agency, wrong.problems), 422
    flash("Letters are encrypted to this key from now on.")
    return go(".show_agency", agency_id=key.agency_id)


@bp.post("/agencies/<int:agency_id>/drop_key")
@needs(Right.RUN_LEA)
@grave
def drop_key(agency_id: int) -> Response:
    actions.drop_key(Agency.get_by_id(agency_id), deed())
    flash("The key is used no more: letters to this agency wait for another.")
    return go(".show_agency", agency_id=agency_id)


@bp.post("/agencies/<int:agency_id>/test")
@needs(Right.RUN_LEA)
def test_agency(agency_id: int) -> Response:
    send_test(Agency.get_by_id(agency_id), settings(), deed())
    flash("A test letter leaves now. Ask them to confirm it by its code.")
    return go(".show_agency", agency_id=agency_id)


@bp.get("/own_key")
@needs(Right.BE_HERE)
def take_own_key() -> Response:
    """Hand out the box's public key, for the agencies."""
    key = world().keyring.export_own_key().encode()
    return download("hotline-public-key.asc", "application/pgp-keys", key)


def _switch(row: Agency) -> Question:
    def do(agency: Agency, _: Mapping[str, str]) -> str:
        actions.switch_agency(agency, deed())
        return "Changed."

    if row.is_active:
        title, text = f"Stop telling {row.name}", "What it was told stays on record."
    else:
        title, text = f"Tell {row.name} again", "It is told of what is judged from now."
    return Question(title, text, title, do)


def agencies_page(problems: dict[str, str]) -> str:
    """Draw the agencies, and below them the addresses the hotline comes from."""
    today = world().clock.now().astimezone(settings().zone).date()
    rows = Agency.rows()
    return render_template(
        "agreements/agencies.html",
        tree=_tree(rows),
        missing={r.id: missing(unit_of(r), today) for r in rows},
        channels=dict(CHANNELS),
        own=OwnAddress.rows(),
        problems=problems,
        typed=request.form,
    )


def _tree(
    rows: list[Agency], parent: int | None = None, depth: int = 0
) -> list[tuple[int, Agency]]:
    """List the agencies from the top down, each with how deep it stands."""
    found: list[tuple[int, Agency]] = []
    known = {row.id for row in rows}
    for row in rows:
        above = row.parent_id if row.parent_id in known else None
        if above == parent:
            found += [(depth, row), *_tree(rows, row.id, depth + 1)]
    return found


def _agency_page(row: Agency, problems: dict[str, str]) -> str:
    keys, ring = AgencyKey.rows(AgencyKey.agency == row.id), world().keyring
    today = world().clock.now().astimezone(settings().zone).date()
    unit = unit_of(row)
    return render_template(
        "agreements/agency.html",
        agency=row,
        unit=unit,
        missing=missing(unit, today),
        is_personal=may_be_personal(row.mailbox),
        keys=keys,
        key_trouble=ring.trouble_with(row.key) if row.key else "",
        weak={k.fingerprint: warning(ring.strengths_of(k.fingerprint)) for k in keys},
        own_key=_own_key(),
        changes=[(c, _as_it_was(c)) for c in AgencyChange.of(row)],
        channels=dict(CHANNELS),
        problems=problems,
        typed=request.form,
    )


def _as_it_was(change: AgencyChange) -> list[tuple[str, str]]:
    """Return the changed fields in words, each with what it said before."""
    return [
        (name.replace("_", " "), _in_words(value))
        for name, value in change.before.items()
    ]


def _in_words(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return (", ".join(value) if isinstance(value, list) else str(value or "")) or "–"


def _own_key() -> str:
    try:
        return world().keyring.own_fingerprint()
    except PeerUnavailable:
        return ""


def _agency_form(
    row: Agency | None, typed: Mapping[str, Any], problems: dict[str, str]
) -> str:
    others = [a for a in Agency.rows() if row is None or a.id != row.id]
    return render_template(
        "agreements/agency_form.html",
        agency=row,
        typed=typed,
        problems=problems,
        levels=LEVELS,
        channels=CHANNELS,
        parents=[("", "stands at the top"), *((str(a.id), a.name) for a in others)],
        back=url_for(".show_agency", agency_id=row.id)
        if row
        else url_for(".show_agencies"),
    )


def _typed(row: Agency) -> dict[str, Any]:
    given = {name: getattr(row, name) for name in actions.TEXTS}
    return {
        **given,
        "level": row.level,
        "channel": row.channel,
        "parent": row.parent_id or "",
        "regions": ", ".join(row.regions),
        "topics": ", ".join(row.topics),
        "gets_copies": "yes" if row.gets_copies else "",
    }
