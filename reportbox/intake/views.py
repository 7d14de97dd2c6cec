"""The public form. No account, no cookie, no address of the visitor, no JavaScript."""

import secrets
from typing import Any

from flask import Blueprint, current_app, render_template, request
from itsdangerous import BadSignature, SignatureExpired, URLSafeTimedSerializer

from reportbox.errors import InvalidInput
from reportbox.here import world
from reportbox.intake import actions
from reportbox.intake.form import Submission, form_key, receipt_code

bp = Blueprint("intake", __name__)

OPEN_FOR = 24 * 3600  # seconds a form may stay open before it is sent


@bp.get("/")
def show_form() -> str:
    return _form(_fresh_token(), {}, {})


@bp.post("/")
def send() -> Any:  # noqa: ANN401
    token = request.form.get("token", "")
    try:
        opened = _form_key(token)
        sent = Submission.parse(request.form)
    except InvalidInput as wrong:
        expired = "token" in wrong.problems
        token = _fresh_token() if expired else token
        return _form(token, wrong.problems, request.form), 422
    key = form_key(opened, sent)
    code = receipt_code(current_app.extensions["receipt-key"], key)
    actions.accept(sent, key, code, world().clock.now())
    return render_template("intake/receipt.html", code=code)


def _form(token: str, problems: dict[str, str], typed: Any) -> str:  # noqa: ANN401
    return render_template(
        "intake/form.html", token=token, problems=problems, typed=typed
    )


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.secret_key), salt="public form")


def _fresh_token() -> str:
    """Sign a random key for this form: it makes a retry the same report."""
    return str(_signer().dumps(secrets.token_hex(16)))


def _form_key(token: str) -> str:
    try:
        return str(_signer().loads(token, max_age=OPEN_FOR))
    except SignatureExpired as old:
        raise InvalidInput(
            token="This form was open for more than a day. Nothing is lost: please "  # noqa: S106
            "press “Send report” once more."
        ) from old
    except BadSignature as wrong:
        raise InvalidInput(
            token="This form was not complete. Please press “Send report” once more."  # noqa: S106
        ) from wrong
