"""Log in, log out, and what needs a person today."""

import re
from typing import Any

from flask import Blueprint, redirect, render_template, request, session
from flask_login import current_user, login_user, logout_user

from reportbox.errors import InvalidInput
from reportbox.office import actions
from reportbox.office.actions import hash_of
from reportbox.office.tasks import tasks, today
from reportbox.records.staff import Session
from reportbox.web import Person, go, open_to_all, settings, world

bp = Blueprint("office", __name__)

QUEUE = "assessment.show_queue"
# Where a log-in may lead: a plain path of this desk, never another site.
OUR_PAGE = re.compile(r"/(?!/)[\w/-]+")


@bp.get("/log-in")
@open_to_all
def show_log_in() -> str:
    return render_template("office/log_in.html", problems={}, typed=request.args)


@bp.post("/log-in")
@open_to_all
def log_in() -> Any:  # noqa: ANN401
    username, password = (
        request.form.get("username", ""),
        request.form.get("password", ""),
    )
    try:
        token = actions.log_in(username, password, world().clock.now())
    except InvalidInput as wrong:
        page = render_template(
            "office/log_in.html", problems=wrong.problems, typed=request.form
        )
        return page, 422
    session.clear()
    found = Session.find(hash_of(token))
    assert found is not None  # noqa: S101 - made a line above
    login_user(Person(found.account, token))
    then = request.form.get("then", "")
    return redirect(then, 303) if OUR_PAGE.fullmatch(then) else go(QUEUE)


@bp.post("/log-out")
def log_out() -> Any:  # noqa: ANN401
    actions.log_out(current_user.token)
    logout_user()
    session.clear()
    return go("office.show_log_in")


@bp.get("/tasks")
def show_tasks() -> str:
    now = world().clock.now()
    return render_template(
        "office/tasks.html", tasks=tasks(settings(), now), today=today(settings(), now)
    )
