"""The settings on pages: grouped as in the file, versioned, on record."""

from collections.abc import Iterable
from itertools import pairwise
from typing import Any

from flask import Blueprint, flash, render_template, request
from flask_login import current_user

from reportbox.errors import InvalidInput
from reportbox.here import deed, latest, may, renew, settings, world
from reportbox.lifecycle import Actor
from reportbox.office import fields
from reportbox.office.choosing import bring_back, changes, choose, default_of
from reportbox.office.fields import Page
from reportbox.office.roles import Right
from reportbox.records import NoSuchRecord
from reportbox.records.journey import Deed
from reportbox.records.settings_chosen import SettingsChosen
from reportbox.settings import Settings
from reportbox.web import go, grave, needs

bp = Blueprint("settings", __name__, url_prefix="/settings")

MOST_VERSIONS = 100


@bp.get("/")
@needs(Right.READ_BOX)
def show_settings() -> str:
    return render_template("office/settings.html", pages=fields.pages().values())


@bp.get("/<group>")
@needs(Right.READ_BOX)
def show_group(group: str) -> str:
    return _page(_known(group), {})


@bp.post("/<group>")
@needs(Right.RUN_BOX)
@grave
def save_group(group: str) -> Any:  # noqa: ANN401
    page = _known(group)
    try:
        take(page.names)
    except InvalidInput as wrong:
        return _page(page, wrong.problems), 422
    flash("Saved. The box works by it in a moment.")
    return go(".show_group", group=group)


@bp.get("/versions")
@needs(Right.READ_BOX)
def show_versions() -> str:
    rows = SettingsChosen.latest(MOST_VERSIONS + 1)
    before = {row.id: older.chosen for row, older in pairwise(rows)}
    return render_template(
        "office/settings_versions.html",
        versions=[
            (row, _said(before.get(row.id, {}), row.chosen))
            for row in rows[:MOST_VERSIONS]
        ],
        newest=SettingsChosen.newest(),
    )


@bp.post("/versions/<int:version_id>/again")
@needs(Right.RUN_BOX)
@grave
def go_back_to(version_id: int) -> Any:  # noqa: ANN401
    bring_back(latest(), SettingsChosen.get_by_id(version_id), deed())
    renew()
    flash("It is as it was then. What you had is among the versions.")
    return go(".show_versions")


def take(
    names: Iterable[str],
    form: dict[str, list[str]] | None = None,
    needed: frozenset[str] = frozenset(),
) -> None:
    """Choose what a page sent for these settings, or raise InvalidInput.

    What stays as it was is not chosen, so that it follows the defaults of a later
    release; but for what is ``needed``, as leaving it so is an answer too.
    """
    sent = request.form.to_dict(flat=False) if form is None else form
    now, seen = latest(), request.form.get("version", "")
    values = fields.read(sent, [name for name in names if name not in now.fixed])
    wanted = {
        key: value
        for key, value in values.items()
        if key in needed or value != fields.spelt(_as_seen(seen), key)
    }
    if empty := [key for key in wanted if key in needed and not wanted[key]]:
        raise InvalidInput(**dict.fromkeys(empty, "Please fill this in."))
    who = deed() if current_user.is_authenticated else by_code()
    choose(now, wanted, who, int(seen) if seen.isdigit() else None)
    renew()


def _as_seen(version: str) -> Settings:
    """Return the settings that stood in the fields of the page."""
    is_known = version.isdigit() and int(version) <= SettingsChosen.newest()
    if not is_known:
        return latest()
    usual = {key: default_of(key) for key in SettingsChosen.now()}
    return settings().with_chosen({**usual, **SettingsChosen.of(int(version))})


def typed(names: Iterable[str], problems: dict[str, str]) -> dict[str, Any]:
    """Return what stands in the fields: what was typed, or what is in force."""
    if problems and "version" in request.form:  # else another form of the page was sent
        sent = request.form.to_dict(flat=False)
        return {k: v for k, v in fields.as_typed(sent, names).items() if k}
    return fields.typed_of(latest(), names)


def by_code() -> Deed:
    """Whoever read the code at the console does it; there is nobody else yet."""
    return Deed("the setup code", Actor.BOX, world().clock.now())


def _known(group: str) -> Page:
    if group not in fields.pages():
        raise NoSuchRecord
    return fields.pages()[group]


def _page(page: Page, problems: dict[str, str]) -> str:
    return render_template(
        "office/settings_group.html",
        page=page,
        now_chosen=latest(),
        typed=typed(page.names, problems),
        problems=problems,
        version=SettingsChosen.newest(),
        is_editable=may(Right.RUN_BOX),
    )


def _said(before: dict[str, Any], after: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Say each change: the setting, what it was, what it became."""
    return [
        (
            fields.label_of(key),
            fields.in_words(key, before.get(key, default_of(key))),
            fields.in_words(key, after[key]),
        )
        for key in changes(before, after)
    ]
