"""The letters: what left, what waits, what was refused, what is in doubt."""

from typing import Any

from flask import Blueprint, flash, render_template

from reportbox.lifecycle import Letter as State
from reportbox.post import actions
from reportbox.records.letters import Letter
from reportbox.web import deed, go

bp = Blueprint("post", __name__, url_prefix="/letters")

LATEST = 100  # letters on the page


@bp.get("/")
def show_letters() -> str:
    in_doubt = Letter.rows(Letter.state == State.IN_DOUBT)
    refused = Letter.refused_for_good()
    latest = list(Letter.select().order_by(Letter.id.desc()).limit(LATEST))
    return render_template(
        "post/letters.html",
        in_doubt=in_doubt,
        refused=refused,
        latest=latest,
        counts=Letter.counts(),
    )


@bp.post("/<int:letter_id>/found")
def found(letter_id: int) -> Any:  # noqa: ANN401
    actions.found(Letter.get_by_id(letter_id), deed("found to have arrived"))
    flash("Recorded that the letter arrived. It is not sent again.")
    return go("post.show_letters")


@bp.post("/<int:letter_id>/resend")
def resend(letter_id: int) -> Any:  # noqa: ANN401
    actions.resend(Letter.get_by_id(letter_id), deed("tried again"))
    flash("The letter goes out once more.")
    return go("post.show_letters")


@bp.post("/<int:letter_id>/close")
def close(letter_id: int) -> Any:  # noqa: ANN401
    actions.close(Letter.get_by_id(letter_id), deed("told another way"))
    flash("Recorded. The letter is not sent again.")
    return go("post.show_letters")


@bp.post("/<int:letter_id>/not_found")
def not_found(letter_id: int) -> Any:  # noqa: ANN401
    actions.not_found(Letter.get_by_id(letter_id), deed("found not to have arrived"))
    flash("The letter goes out again.")
    return go("post.show_letters")
