"""The wizard of a new box: opened by the code from the console, never by who comes."""

from typing import Any

from flask import Blueprint, render_template, request, session

from reportbox.errors import InvalidInput
from reportbox.here import world
from reportbox.office import opening
from reportbox.web import go, open_to_all

bp = Blueprint("wizard", __name__)


@bp.get("/setup")
@open_to_all
def show_setup() -> str:
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
