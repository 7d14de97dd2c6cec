"""The wizard of a new box: opened by the code from the console, never by who comes.

Each step is a page that can be left and resumed: what is saved counts at once.
"""

from datetime import timedelta
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, session
from flask_login import current_user

from reportbox import languages
from reportbox.agreements.actions import enter_first
from reportbox.errors import InvalidInput
from reportbox.here import (
    deed,
    holds_code,
    is_open,
    latest,
    may,
    renew,
    settings,
    world,
    world_of,
)
from reportbox.intake import presence
from reportbox.office import accounts, fields, opening, wizard
from reportbox.office.accounts import Newcomer
from reportbox.office.actions import open_box, say
from reportbox.office.points import PAPERS, POINTS, Facts, Point
from reportbox.office.reading import read_facts, said_of
from reportbox.office.roles import Right, Role
from reportbox.office.settings_views import by_code, take, typed
from reportbox.office.step_facts import FACTS
from reportbox.office.steps import STEPS, Step
from reportbox.questions import said
from reportbox.records import NoSuchRecord
from reportbox.records.choices import FORM, Choice
from reportbox.records.settings_chosen import SettingsChosen
from reportbox.web import for_newcomers, frames_ours, go, grave, needs, open_to_all

bp = Blueprint("wizard", __name__)

LARGEST_KEY = 60_000  # characters
NEEDED = frozenset({"hotline_name", "hotline_email", "country", "time_zone"})


@bp.get("/setup")
@open_to_all
def show_setup() -> Any:  # noqa: ANN401
    """Lead on to where whoever comes may go on, or ask for the code."""
    if may(Right.RUN_BOX) or holds_code():
        return _go_to(wizard.next_step(_facts()))
    if is_open() or current_user.is_authenticated:
        return redirect("/", 303)
    if opening.has_administrator():
        return go("office.show_log_in")
    return render_template("office/setup_code.html", problems={}, typed=request.args)


@bp.post("/setup")
@open_to_all
def take_code() -> Any:  # noqa: ANN401
    try:
        found = opening.try_code(request.form.get("code", ""), world().clock.now())
    except InvalidInput as wrong:
        page = render_template(
            "office/setup_code.html", problems=wrong.problems, typed=request.form
        )
        return page, 422
    session.clear()
    session["opening"] = found.id
    return go("wizard.show_setup")


@bp.get("/setup/hotline")
@needs(Right.RUN_BOX)
@for_newcomers
def show_hotline() -> str:
    return draw(_named("hotline"))


@bp.post("/setup/hotline")
@needs(Right.RUN_BOX)
@grave
@for_newcomers
def save_hotline() -> Any:  # noqa: ANN401
    """Keep the settings, and the name as it is in other languages."""
    step, form = _named("hotline"), request.form.to_dict(flat=False)
    code = said(request.form, "country")
    if code and not latest().country_name:  # as it stands in letters
        form["country_name"] = [languages.country_name(code)]
    extra = ["country_name"] if "country_name" in form else []
    names = {
        key.removeprefix("name_"): text
        for key, text in request.form.items()
        if key.startswith("name_")
    }
    try:
        take([*step.keys, *extra], form, NEEDED)
        presence.save_names(names, _deed())
    except InvalidInput as wrong:
        return draw(step, wrong.problems), 422
    return saved(step)


@bp.get("/setup/administrator")
@needs(Right.RUN_BOX)
@for_newcomers
def show_administrator() -> str:
    return draw(_named("administrator"))


@bp.post("/setup/administrator")
@needs(Right.RUN_BOX)
@grave
@for_newcomers
def invite_administrator() -> Any:  # noqa: ANN401
    """Make the invitation of whoever sits here and go on to it."""
    try:
        newcomer = Newcomer.read(
            said(request.form, "username"),
            said(request.form, "name"),
            Role.ADMINISTRATOR,
        )
        lasts = timedelta(hours=settings().invitation_hours)
        token = accounts.invite(newcomer, by_code(), lasts=lasts)
    except InvalidInput as wrong:
        return draw(_named("administrator"), wrong.problems), 422
    return go("people.show_join", token=token)


@bp.get("/setup/address")
@needs(Right.RUN_BOX)
@frames_ours
def show_address() -> str:
    return draw(_named("address"))


@bp.post("/setup/agencies")
@needs(Right.RUN_LEA)
@grave
def enter_agency() -> Any:  # noqa: ANN401
    """Enter the first agency with the little that is asked for here."""
    form, armoured = request.form.to_dict(), said(request.form, "armoured")
    try:
        made = enter_first(form, armoured[:LARGEST_KEY], world().keyring, deed())
    except InvalidInput as wrong:
        return draw(_named("agencies"), wrong.problems), 422
    then = "Compare its key, and send a test letter." if armoured else "Add its key."
    flash(f"{made.name} is entered. {then}")
    return go("agencies.show_agency", agency_id=made.id)


@bp.get("/setup/<step>")
@needs(Right.RUN_BOX)
def show_step(step: str) -> Any:  # noqa: ANN401
    return draw(_named(step))


@bp.post("/setup/<step>")
@needs(Right.RUN_BOX)
@grave
def save_step(step: str) -> Any:  # noqa: ANN401
    found = _named(step)
    try:
        take(_keys(found))
    except InvalidInput as wrong:
        return draw(found, wrong.problems), 422
    return saved(found)


@bp.post("/setup/say/<word>")
@needs(Right.RUN_BOX)
def say_ready(word: str) -> Any:  # noqa: ANN401
    """Keep that a paper is written, or that mail is left for later; or take it back."""
    if word not in {*PAPERS, "mail"}:
        raise NoSuchRecord
    say(word, deed(), is_so=request.form.get("is_so") == "yes")
    if word == "mail":
        return go(".show_step", step="key")
    return go(".show_step", step="summary")


@bp.get("/readiness")
@needs(Right.READ_BOX)
def show_readiness() -> str:
    """Show what is done and what is missing, to whoever may read the settings."""
    return render_template(
        "office/readiness.html", facts=_facts(), steps=_points(_facts()), told=_told()
    )


@bp.post("/setup/open")
@needs(Right.RUN_BOX)
@grave
def open_to_the_public() -> Any:  # noqa: ANN401
    open_box(_facts(), deed())
    renew()
    flash("The box is open: it takes reports from now on.")
    return go(".show_readiness")


def draw(
    step: Step,
    problems: dict[str, str] | None = None,
    **more: Any,  # noqa: ANN401
) -> str:
    """Draw a step with what was typed, or with what is in force."""
    facts, keys = _facts(), _keys(step)
    before, after = wizard.beside(step)
    known = FACTS.get(step.name)
    return render_template(
        f"office/setup_{step.name.replace('-', '_')}.html",
        step=step,
        steps=[(one, wizard.state(facts, one)) for one in STEPS],
        before=before,
        after=after,
        facts=facts,
        left=wizard.missing(facts, step.name),
        latest=facts.settings,
        blocks=fields.some_of(tuple(keys)),
        typed={**typed(keys, problems or {}), **_others(problems)},
        problems=problems or {},
        version=SettingsChosen.newest(),
        others=_other_names(),
        told=_told(),
        points=_points(facts),
        **(known(facts.settings, world()) if known else {}),
        **more,
    )


def _others(problems: dict[str, str] | None) -> dict[str, Any]:
    """Return the fields that are no settings, as they were typed."""
    names = set(latest().names())
    kept = _names_kept()
    sent = {k: v for k, v in request.form.items() if k not in names}
    return sent if problems else kept


def _names_kept() -> dict[str, str]:
    texts = Choice.read(FORM).get("texts", {})
    return {f"name_{code}": own.get("own_name", "") for code, own in texts.items()}


def _other_names() -> list[languages.Language]:
    """List the languages in which the hotline may have another name."""
    return languages.offered(latest().languages)[1:]


def _told() -> dict[str, dict[str, Any]]:
    return {name: said_of(name) for name in (*PAPERS, "mail", "trace")}


def _points(facts: Facts) -> list[tuple[Step, list[tuple[Point, bool]]]]:
    """List every point by its step, each with whether it is done."""
    by_step: dict[str, list[tuple[Point, bool]]] = {}
    for point in POINTS:
        by_step.setdefault(point.step, []).append((point, point.is_done(facts)))
    return [(step, by_step[step.name]) for step in STEPS if step.name in by_step]


def _facts() -> Facts:
    those = latest()
    return read_facts(those, world_of(those).keyring)


def _named(name: str) -> Step:
    found = wizard.step_named(name)
    if found is None:
        raise NoSuchRecord
    return found


def _keys(step: Step) -> list[str]:
    """List the settings of a step that this release has."""
    known = set(latest().names())
    return [key for key in step.keys if key in known]


def _deed() -> Any:  # noqa: ANN401
    return deed() if current_user.is_authenticated else by_code()


def saved(step: Step) -> Any:  # noqa: ANN401
    """Go on, or stay where whoever saved wants to try something first."""
    flash("Saved.")
    _, after = wizard.beside(step)
    stays = request.form.get("then") == "stay" or after is None
    return _go_to(step if stays or after is None else after)


def _go_to(step: Step) -> Any:  # noqa: ANN401
    if step.name in {"hotline", "administrator"}:
        return go(f"wizard.show_{step.name}")
    return go("wizard.show_step", step=step.name)
