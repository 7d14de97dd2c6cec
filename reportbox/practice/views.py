"""The practice clock, moved from the desk. Registered in practice boxes only."""

from datetime import timedelta
from typing import Any

from flask import Blueprint, flash, redirect, request

from reportbox.here import world
from reportbox.office.roles import Right
from reportbox.office.sessions import keep_sessions
from reportbox.practice.clock import MovableClock
from reportbox.web import needs

bp = Blueprint("practice", __name__, url_prefix="/practice")


@bp.post("/clock")
@needs(Right.BE_HERE)
def move_clock() -> Any:  # noqa: ANN401
    hours = 24 if request.form.get("by") == "day" else 1
    clock = world().clock
    if isinstance(clock, MovableClock):
        clock.move(timedelta(hours=hours))
        keep_sessions(clock.now())
        flash(f"The practice clock moved on by {'a day' if hours > 1 else 'an hour'}.")
    return redirect("/", 303)
