"""What the link in a letter opens: no account, only what the letter's code allows.

Whoever has the code has read the letter. It confirms and it holds; it lifts no hold of
anybody's (the box's own, placed in an alarm, ends with the answer), and it shows no
address. Opening the link changes nothing: mail scanners do that.
"""

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for

from reportbox.errors import Refused
from reportbox.here import world
from reportbox.lea import actions, look_views
from reportbox.lea.desk_of_officer import grouped, scopes_of, with_code
from reportbox.lea.looks import look_of
from reportbox.questions import said
from reportbox.records.agencies import Agency
from reportbox.records.tracks import LeaNotice
from reportbox.web import open_to_all

bp = Blueprint("code", __name__, url_prefix="/n")


@bp.get("/")
@open_to_all
def ask_code() -> str:
    return render_template("portal/ask_code.html", problems={}, typed={})


@bp.post("/")
@open_to_all
def take_code() -> Any:  # noqa: ANN401
    code = grouped(said(request.form, "code"))
    if with_code(code) or _test_of(code):
        return redirect(url_for(".show_code", code=code), code=303)
    problems = {"code": "There is no letter with this code. Please look at it again."}
    typed = {"code": code}
    page = render_template("portal/ask_code.html", problems=problems, typed=typed)
    return page, 422


@bp.get("/<code>")
@open_to_all
def show_code(code: str) -> str:
    """Show what can be done; a mail scanner that opens the link does nothing."""
    return _code_page(code)


@bp.post("/<code>/receive")
@open_to_all
def receive_by_code(code: str) -> Any:  # noqa: ANN401
    now = world().clock.now()
    if unit := _test_of(code):
        actions.confirm_test(unit, actions.by_code(unit.name, now))
        return _code_page(code)
    notices = _of_code(code)
    by = actions.by_code(notices[0].agency, now)
    actions.confirm_all(notices, by, and_hold=request.form.get("hold") == "yes")
    return redirect(url_for(".show_code", code=notices[0].code), code=303)


@bp.post("/<code>/hold")
@open_to_all
def hold_by_code(code: str) -> Any:  # noqa: ANN401
    notices = _of_code(code)
    chosen = request.form.get("notice", "")
    by = actions.by_code(notices[0].agency, world().clock.now())
    scope = said(request.form, "scope") or "item"
    actions.hold_all([n for n in notices if chosen in {"", str(n.id)}], by, scope)
    return redirect(url_for(".show_code", code=notices[0].code), code=303)


@bp.post("/<code>/look/<any(gone, there):seen>")
@open_to_all
def look_by_code(code: str, seen: str) -> Any:  # noqa: ANN401
    chosen = request.form.get("notice", "")
    by = actions.by_code(_of_code(code)[0].agency, world().clock.now())
    for notice in _of_code(code):
        if chosen == str(notice.id):
            look_views.say_seen(notice, seen, by)
    return redirect(url_for(".show_code", code=code), code=303)


def _code_page(code: str) -> str:
    unit = _test_of(code)
    notices = [] if unit else _of_code(code)
    return render_template(
        "portal/code.html",
        unit=unit,
        notices=notices,
        looks={n.id for n in notices if look_of(n, world().clock.now())},
        scopes={notice.id: scopes_of(notice) for notice in notices},
        code=code,
    )


def _of_code(code: str) -> list[LeaNotice]:
    found = with_code(code)
    if not found:
        raise Refused(
            "This link is no longer good: a newer letter was sent about the same "
            "report, or your agency is not told of anything now. Please use the link "
            "in the newer one, or call us."
        )
    return found


def _test_of(code: str) -> Agency | None:
    known: Agency | None = Agency.get_or_none(
        (Agency.test_code == grouped(code)) & (Agency.test_code != "")
    )
    return known
