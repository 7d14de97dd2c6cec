"""Log in, in two steps, log out, and what needs a person today."""

import re
from datetime import datetime
from typing import Any

from flask import Blueprint, g, redirect, render_template, request, session
from flask_login import current_user, login_user, logout_user
from flask_wtf.csrf import generate_csrf
from werkzeug.wrappers import Response

from reportbox.door import door, keep_challenge, remember_device, site, take_challenge
from reportbox.errors import InvalidInput
from reportbox.here import Person, lasting, settings, world
from reportbox.office import sessions
from reportbox.office.accounts import hash_of
from reportbox.office.passkeys import offer_use
from reportbox.office.roles import Right
from reportbox.office.tasks import tasks, today
from reportbox.office.totp import code_to_show
from reportbox.records.staff import Account, Session
from reportbox.web import at_the_portal_too, go, needs, open_to_all

bp = Blueprint("office", __name__)

# Where a log-in may lead: a plain path of this desk, never another site.
OUR_PAGE = re.compile(r"/(?!/)[\w/-]+")


@bp.get("/log-in")
@open_to_all
@at_the_portal_too
def show_log_in() -> str:
    return render_template("office/log_in.html", problems={}, typed=request.args)


@bp.post("/log-in")
@open_to_all
@at_the_portal_too
def log_in() -> Any:  # noqa: ANN401
    username = request.form.get("username", "")
    try:
        account = sessions.check_password(
            username, request.form.get("password", ""), door(username), g.face
        )
    except InvalidInput as wrong:
        page = render_template(
            "office/log_in.html", problems=wrong.problems, typed=request.form
        )
        return page, 422
    now = world().clock.now().isoformat()
    session.clear()
    session["half"] = [account.id, sessions.mark_of(account), now]
    return go("office.show_second_step", then=_our_page() or None)


@bp.get("/log-in/second")
@open_to_all
@at_the_portal_too
def show_second_step() -> Any:  # noqa: ANN401
    account = _halfway()
    return _second_page(account) if account else go("office.show_log_in")


@bp.post("/log-in/second")
@open_to_all
@at_the_portal_too
def take_second_step() -> Any:  # noqa: ANN401
    account = _halfway()
    if account is None:
        return go("office.show_log_in")
    here = door(account.username)
    try:
        if answer := request.form.get("credential", ""):
            challenge = take_challenge()
            sessions.check_passkey(account, answer, challenge, site(), here)
        else:
            sessions.check_code(account, request.form.get("code", ""), here)
    except InvalidInput as wrong:
        return _second_page(account, wrong.problems), 422
    return _let_in(account, here)


@bp.get("/log-in/here")
@open_to_all
@at_the_portal_too
def say_who_is_here() -> dict[str, Any]:
    """Answer a page that asks whether its session still lasts, see `cover.js`."""
    mine = lasting()
    if mine is None:
        return {"here": ""}
    return {"here": str(mine.account.id), "left": mine.left, "token": generate_csrf()}


@bp.post("/log-out")
@needs(Right.BE_HERE)
@at_the_portal_too
def log_out() -> Any:  # noqa: ANN401
    now = world().clock.now()
    sessions.log_out(current_user.account, current_user.token, now)
    logout_user()
    session.clear()
    answer = go("office.show_log_in")
    # Whatever a browser kept of the desk's pages; the cookie ends by itself.
    answer.headers["Clear-Site-Data"] = '"cache", "storage"'
    return answer


@bp.get("/tasks")
@needs(Right.READ_ITEMS)
def show_tasks() -> str:
    now = world().clock.now()
    return render_template(
        "office/tasks.html", tasks=tasks(settings(), now), today=today(settings(), now)
    )


@bp.get("/keys")
@needs(Right.BE_HERE)
def show_keys() -> str:
    return render_template("office/keys.html")


def _let_in(account: Account, here: sessions.Door) -> Response:
    then = _our_page()
    token = sessions.start_session(account, here)
    session.clear()
    found = Session.find(hash_of(token))
    assert found is not None  # noqa: S101 - made a line above
    login_user(Person(found.account, token))
    answer = redirect(then, 303) if then else redirect("/", 303)
    return remember_device(answer, account.username)


def _halfway() -> Account | None:
    """Find who took the first step in this browser a moment ago."""
    number, mark, at = session.get("half", (0, "", ""))
    account: Account | None = Account.get_or_none(Account.id == number)
    if account is None or sessions.mark_of(account) != mark:
        return None
    began = datetime.fromisoformat(at)
    now = world().clock.now()
    return account if began <= now <= began + sessions.HALF_LASTS else None


def _second_page(account: Account, problems: dict[str, str] | None = None) -> str:
    now = world().clock.now()
    shown = code_to_show(account.totp_secret, now, account.totp_step)
    known = sessions.passkeys_of(account)
    offer = offer_use(site(), known) if known else None
    return render_template(
        "office/second_step.html",
        problems=problems or {},
        then=_our_page(),
        shown=shown if settings().practice else "",
        passkey_options=keep_challenge(offer) if offer else "",
    )


def _our_page() -> str:
    then = request.values.get("then", "")
    return then if OUR_PAGE.fullmatch(then) else ""
