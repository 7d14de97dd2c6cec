"""Asking back with the receipt: no account, no cookie, the code in every form."""

import secrets
from typing import Any

from flask import Blueprint, render_template, request

from reportbox.errors import InvalidInput
from reportbox.here import settings, world
from reportbox.intake import exchange
from reportbox.lifecycle import Actor
from reportbox.records.journey import Deed

bp = Blueprint("follow", __name__, url_prefix="/follow")


@bp.get("/")
def ask_code() -> str:
    return render_template("intake/follow_code.html", problems={}, typed={})


@bp.post("/")
def show_report() -> Any:  # noqa: ANN401
    try:
        return _page({}, {})
    except InvalidInput as wrong:
        return _ask_again(wrong), 422


@bp.post("/write")
def write() -> Any:  # noqa: ANN401
    now, once = world().clock.now(), request.form.get("once", "")[:100]
    try:
        reports = exchange.find(request.form.get("code", ""), now, settings())
    except InvalidInput as wrong:
        return _ask_again(wrong), 422
    try:
        deed = Deed("the reporter", Actor.PUBLIC, now)
        text = request.form.get("text", "")
        exchange.write_in(reports, text, once or secrets.token_hex(16), deed)
    except InvalidInput as wrong:
        return _page(wrong.problems, request.form), 422
    return _page({}, {})


def _ask_again(wrong: InvalidInput) -> str:
    return render_template(
        "intake/follow_code.html", problems=wrong.problems, typed=request.form
    )


def _page(problems: dict[str, str], typed: Any) -> str:  # noqa: ANN401
    code = request.form.get("code", "")
    now = world().clock.now()
    reports = exchange.find(code, now, settings())
    return render_template(
        "intake/follow.html",
        code=code,
        finished=exchange.is_finished(reports[0], now, settings()),
        received_on=reports[0].received_at.astimezone(settings().zone).date(),
        messages=exchange.read_as_reporter(reports),
        once=secrets.token_hex(16),
        problems=problems,
        typed=typed,
    )
