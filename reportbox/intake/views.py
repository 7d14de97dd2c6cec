"""The public form. No account, no cookie, no address of the visitor, no JavaScript."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from flask import Blueprint, current_app, g, jsonify, render_template, request
from werkzeug.wrappers import Response

from reportbox import languages
from reportbox.door import address_of_visitor
from reportbox.errors import InvalidInput
from reportbox.here import settings, world
from reportbox.intake import actions, pace, work
from reportbox.intake.form import SITE_TYPES, Submission, refuse_topic
from reportbox.intake.look import Look, style_sheet
from reportbox.intake.presence import known_campaign, own_text
from reportbox.intake.receipt import code_hash, form_key, receipt_code
from reportbox.intake.token import Opening, fresh_token, read_token
from reportbox.intake.topics import topics
from reportbox.records.choices import FORM, Choice
from reportbox.records.reports import Report
from reportbox.records.tally import Tally

bp = Blueprint("intake", __name__)

CODE_HERE = "0000-0000-0000-0000"  # no code has a nought in it
MOST_PAGES = 100


@bp.before_app_request
def choose_language() -> None:
    """Speak the visitor's language on every page of the public face."""
    if g.face == "public":
        asked = request.args.get("lang") or request.form.get("lang", "")
        accepted = [wish for wish, _ in request.accept_languages]
        g.language = languages.choose(asked, accepted, settings().languages)


@bp.app_context_processor
def frame() -> dict[str, object]:
    """What the hotline chose for its own pages: its looks and its words."""
    if g.get("face") == "desk":
        return {}
    kept, code = Choice.read(FORM), g.get("language", languages.ENGLISH).code
    return {
        "look": Look.of(kept),
        "own": lambda name: own_text(kept, name, code) or _from_settings(name),
    }


def _from_settings(name: str) -> str:
    return settings().emergency_text if name == "emergency" else ""


@bp.get("/")
def show_form() -> str:
    return _form(_fresh_token(), {}, {})


@bp.get("/privacy")
def show_privacy() -> str:
    return render_template("intake/privacy.html")


@bp.get("/style.css")
def show_style() -> Response:
    """Send the one style sheet, with the hotline's own accent in it."""
    look = Look.of(Choice.read(FORM))
    return Response(style_sheet(look), mimetype="text/css")


@bp.get("/embed.js")
def show_script() -> Response:
    script = Path(current_app.static_folder or "", "embed.js").read_text()
    return Response(script, mimetype="text/javascript")


@bp.get("/challenge")
def show_challenge() -> Any:  # noqa: ANN401
    """Ask the page of an open form for a proof of work; no form, no question."""
    try:
        opened = read_token(_secret(), request.args.get("token", ""))
    except InvalidInput:
        return jsonify({})
    guesses = pace.guesses(_tally().count("all", world().clock.now(), pace.MINUTE))
    return jsonify(work.make_challenge(_secret(), opened.key, guesses))


@bp.post("/")
def send() -> Any:  # noqa: ANN401
    now, token = world().clock.now(), request.form.get("token", "")
    try:
        opened = read_token(_secret(), token)
        sent = Submission.parse(request.form, now.date())
        topic = refuse_topic(sent.topic, topics(settings().topics_file))
        if topic and not sent.says_urgent:  # a child in danger is everybody's
            return _form(token, {}, request.form, elsewhere=topic), 422
        key, code = form_key(opened.key, sent.said), _code(opened)
        earlier = Report.sent_under(code_hash(code))
        if key in earlier:  # a retry: before anything can stand in its way
            return _receipt(code)
        opened.refuse_if_too_old(now)
    except InvalidInput as wrong:
        token = _fresh_token() if "token" in wrong.problems else token
        return _form(token, wrong.problems, request.form), 422
    if seconds := _seconds_to_wait(opened, max(earlier.values(), default=None), now):
        return _one_moment(seconds)
    origin = actions.Origin(
        language=g.language.code,
        campaign=known_campaign(request.form.get("campaign", "")),
        is_flood=_count(opened, now),
    )
    actions.accept(sent, key, code_hash(code), now, origin)
    return _receipt(code)


def _seconds_to_wait(opened: Opening, since: datetime | None, now: datetime) -> int:
    """Say how long a form without a proof of work must still be open.

    A proof is spent by the first report; whatever else is sent from the same form
    waits, counted from the last one.
    """
    done = work.is_done(_secret(), opened.key, request.form.get("work", ""))
    if done and since is None:
        return 0
    lately = _tally().count("all", now, pace.MINUTE)
    wait = pace.wait(settings().form_wait_seconds, lately)
    age = int((now - since).total_seconds()) if since else opened.age(now)
    return max(0, wait - age)


def _count(opened: Opening, now: datetime) -> bool:
    """Count this report, and tell whether it came over a limit."""
    tally, network = _tally(), pace.network(address_of_visitor())
    tally.hit("all", now, pace.MINUTE)
    return pace.is_flood(
        of_network=tally.hit(network, now, pace.TEN_MINUTES),
        of_form=tally.hit(opened.key, now, pace.TEN_MINUTES),
    )


def _form(
    token: str,
    problems: Mapping[str, str],
    typed: Any,  # noqa: ANN401 - what was posted, or nothing
    elsewhere: Any = None,  # noqa: ANN401 - a topic that is not ours
) -> str:
    return render_template(
        "intake/form.html",
        token=token,
        problems=problems,
        typed=typed,
        elsewhere=elsewhere,
        topics=topics(settings().topics_file),
        site_types=SITE_TYPES,
        campaign=known_campaign(request.values.get("campaign", "")),
    )


def _receipt(code: str) -> str:
    """Put the code into the page; but for the code it is the same for very many."""
    is_urgent = request.form.get("urgent") == "yes"
    return _receipt_page(is_urgent=is_urgent).replace(CODE_HERE, code)


def _receipt_page(*, is_urgent: bool) -> str:
    """Draw the page once for each language and choice; drawing takes the longest."""
    pages = current_app.extensions.setdefault("receipt-pages", {})
    key = (g.language.code, is_urgent, settings(), Choice.text(FORM))
    if key not in pages:
        if len(pages) > MOST_PAGES:
            pages.clear()
        pages[key] = render_template(
            "intake/receipt.html", code=CODE_HERE, is_urgent=is_urgent
        )
    page: str = pages[key]
    return page


def _one_moment(seconds: int) -> Response:
    """Give a form sent too fast back, complete, to be sent in a few seconds."""
    page = render_template(
        "intake/moment.html",
        seconds=seconds,
        typed=[(n, t) for n, t in request.form.items() if n != "work"],
    )
    return Response(page, 429, {"Retry-After": str(seconds)}, mimetype="text/html")


def _code(opened: Opening) -> str:
    return receipt_code(current_app.extensions["receipt-key"], opened.key)


def _fresh_token() -> str:
    return fresh_token(_secret(), world().clock.now())


def _secret() -> str:
    return str(current_app.secret_key)


def _tally() -> Tally:
    tally: Tally = current_app.extensions["tally"]
    return tally
