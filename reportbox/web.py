"""What every page shares: the three faces, the log-in gate, headers and error pages."""

import hashlib
import io
import logging
import re
import secrets
from collections.abc import Callable
from datetime import timedelta
from typing import Any, TypeVar

from flask import (
    Blueprint,
    Flask,
    Request,
    abort,
    current_app,
    g,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.sessions import SecureCookieSessionInterface
from flask_login import LoginManager, current_user, login_user
from flask_wtf.csrf import CSRFError, CSRFProtect
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge
from werkzeug.wrappers import Response

from reportbox.door import (
    cookie_name,
    door,
    is_over_tls,
    keep_challenge,
    site,
    take_challenge,
)
from reportbox.drawing import PROSE, teach_templates
from reportbox.errors import InvalidInput, Refused, TooSoon
from reportbox.here import Person, holds_code, is_open, may, settings, world
from reportbox.office import opening, roles, sessions
from reportbox.office.passkeys import offer_use
from reportbox.office.roles import Right
from reportbox.plain import Sentence
from reportbox.ports import World
from reportbox.records import CannotSave, NoSuchRecord
from reportbox.records.tally import Tally
from reportbox.settings import Settings

log = logging.getLogger(__name__)

LARGEST_BODY = 64 * 1024  # bytes of one form
TLS_ALONE = "max-age=31536000; includeSubDomains"  # a year (RFC 6797)
AGAIN = "challenge-again"  # apart from the one of a passkey that is being added
PROOF_FIELDS = ("csrf_token", "today", "second_factor", "second_passkey")
OURS = "same-origin"  # how browsers say that a page of this face sent it
LONGEST_SHOWN = 10_000  # characters of one field given back
POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors {frames}"
)
OURS_ALONE = "'self'"
OF_ANY_PAGE = {"static", "intake.show_style", "intake.show_script"}

# What any face may have to say; visitors read it in their language.
TOO_MUCH = Sentence("That is too much at once")
SHORTEN = Sentence(
    "The form may hold 64 kilobytes of text. Nothing was saved. Please go back, "
    "shorten it and send it again; never send files."
)
NOT_NOW = Sentence("This cannot be saved at the moment")
NOT_YET = Sentence("This hotline is being set up")
COME_BACK = Sentence("It does not take reports yet. Please come back later.")
TRY_AGAIN = Sentence(
    "Please try again in a few minutes. Nothing was saved, so nothing is sent twice."
)
WENT_WRONG = Sentence("Something went wrong")
OUR_FAULT = Sentence(
    "This is our fault, not yours. Nothing was saved. Please try again; if it happens "
    "twice, tell us the number %(number)s."
).template
DID_NOT_WORK = Sentence("That did not work. Please go back and try again.")
HTTP = {
    403: (
        "Forbidden",
        "Your role does not allow this. If you need it, ask your administrator.",
    ),
    404: (Sentence("Not found"), Sentence("There is no such page.")),
    405: (Sentence("Not possible"), Sentence("This page cannot do that.")),
}

csrf = CSRFProtect()
logins = LoginManager()
logins.session_protection = None  # it would believe a header the client sent


def go(endpoint: str, **values: Any) -> Response:  # noqa: ANN401 - what url_for takes
    return redirect(url_for(endpoint, **values), code=303)


def prepare(app: Flask, settings: Settings, world: World) -> None:
    """Set up what is common to all faces."""
    plug(app, settings, world)
    app.extensions["faces"] = {"static": None}
    app.request_class = RequestInMemory
    app.session_interface = OneCookiePerFace()
    app.before_request(_keep_to_the_face)  # before anything else looks at it
    csrf.init_app(app)
    logins.init_app(app)
    logins.user_loader(_load_person)
    app.after_request(_add_headers)
    _handle_errors(app)
    teach_templates(app)


def plug(app: Flask, settings: Settings, world: World) -> None:
    """Tell an application which box it serves; everything else is the same for all."""
    app.extensions.update(settings=settings, world=world, is_open=False)
    app.extensions["receipt-key"] = settings.secret("receipt-key").encode()
    app.extensions["tally"] = Tally(settings.run_dir)
    app.config.update(
        SECRET_KEY=settings.secret("session-key"),
        MAX_CONTENT_LENGTH=LARGEST_BODY,
        MAX_FORM_MEMORY_SIZE=LARGEST_BODY,
        SESSION_COOKIE_NAME="reportbox",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=timedelta(hours=settings.session_hours),
        WTF_CSRF_TIME_LIMIT=None,  # as long as the session itself
        WTF_CSRF_SSL_STRICT=False,  # the page sends no referrer; the token decides
    )


def register(app: Flask, blueprint: Blueprint, face: str) -> None:
    app.extensions["faces"][blueprint.name] = face
    if face == "public":
        csrf.exempt(blueprint)
    app.register_blueprint(blueprint)


class OneCookiePerFace(SecureCookieSessionInterface):
    """Desk and portal may share a host: logging in at one leaves the other alone."""

    digest_method = staticmethod(hashlib.sha256)

    def get_cookie_name(self, app: Flask) -> str:
        name, face = super().get_cookie_name(app), face_of_listener()
        own = f"{name}-portal" if face == "portal" else name
        return cookie_name(own, is_secure=is_over_tls(face))

    def get_cookie_secure(self, app: Flask) -> bool:
        del app  # the face says it, not the application
        return is_over_tls(face_of_listener())


class RequestInMemory(Request):
    """A file that is sent stays in memory: nothing is spilt to disk in the clear."""

    def _get_file_stream(self, *_: object, **__: object) -> io.BytesIO:
        return io.BytesIO()


View = TypeVar("View", bound=Callable[..., Any])


def open_to_all(view: View) -> View:
    """Mark one of the few desk pages that need no log-in."""
    view.is_open_to_all = True  # type: ignore[attr-defined]
    return view


def for_newcomers(view: View) -> View:
    """Mark a page that the setup code opens while there is no administrator."""
    view.is_for_newcomers = True  # type: ignore[attr-defined]
    return view


def framed_by_us(view: View) -> View:
    """Mark a page that another page of the same face shows in a frame."""
    view.is_framed_by_us = True  # type: ignore[attr-defined]
    return view


def frames_ours(view: View) -> View:
    """Mark a page that shows such a frame."""
    view.frames_ours = True  # type: ignore[attr-defined]
    return view


def at_the_portal_too(view: View) -> View:
    """Mark a page of the log-in or of one's own account: officers have those as well.

    Every other page belongs to exactly one face.
    """
    view.is_at_the_portal_too = True  # type: ignore[attr-defined]
    return view


def needs(right: Right) -> Callable[[View], View]:
    """Say which right a desk page asks for; without this line nobody gets in."""

    def mark(view: View) -> View:
        view.right = right  # type: ignore[attr-defined]
        return view

    return mark


def takes_files(largest: int) -> Callable[[View], View]:
    """Let one desk page take a file of so many bytes; all others take words only."""

    def mark(view: View) -> View:
        view.largest_body = largest  # type: ignore[attr-defined]
        return view

    return mark


def grave(view: View) -> View:
    """Mark a move that asks for the second factor again if it was shown long ago."""
    view.is_grave = True  # type: ignore[attr-defined]
    return view


def changes_factors(view: View) -> View:
    """Mark a change of one's own factors: it asks for password and factor each time.

    However lately they were shown: whoever finds a desk unlocked changes nothing
    (OWASP ASVS 5.0, 7.5.1).
    """
    view.changes_factors = True  # type: ignore[attr-defined]
    return view


def face_of_listener() -> str:
    """Say which face this request came in by: its listener's own port, no header."""
    port = int(request.environ["SERVER_PORT"])
    ports = settings().ports
    return next((face for face, number in ports.items() if number == port), "")


def download(name: str, media_type: str, content: bytes) -> Response:
    """Hand out a file that is never shown in the browser, and never kept by it."""
    answer = Response(content, mimetype=media_type)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _keep_to_the_face() -> Any:  # noqa: ANN401
    """Answer 404 for every page of another face, and gate what needs a log-in."""
    g.face = face_of_listener()
    if not is_open() and (answer := _while_closed()):
        return answer
    if request.path == "/" and g.face in {"desk", "portal"}:
        return go(_home())
    blueprint = request.blueprint or "static"
    face = current_app.extensions["faces"].get(blueprint, "")
    view = current_app.view_functions.get(request.endpoint or "")
    if view is not None and getattr(view, "is_at_the_portal_too", False):
        face = g.face if g.face in {"desk", "portal"} else face
    if view is None or (face is not None and face != g.face):
        abort(404)
    if face in {None, "public"}:
        return None
    return _gate(view)


def _while_closed() -> Any:  # noqa: ANN401
    """Answer for a box that is being set up: only its wizard and its people get in."""
    view = current_app.view_functions.get(request.endpoint or "")
    if request.endpoint in OF_ANY_PAGE or _is_for_newcomer(view):
        return None
    if g.face == "portal" and request.blueprint == "code":
        return None  # an agency confirms a test letter
    if g.face in {"public", "portal"}:
        return _problem(NOT_YET, COME_BACK), 503, {"Retry-After": "3600"}
    if request.path == "/log-in":
        gets_in = opening.has_administrator()
    elif getattr(view, "is_open_to_all", False):
        gets_in = True
    else:  # the start page of whoever runs the box is the wizard
        gets_in = _is_here() and (request.path != "/" or not may(Right.RUN_BOX))
    return None if gets_in else go("wizard.show_setup")


def _gate(view: Callable[..., Any]) -> Any:  # noqa: ANN401
    """Ask who is there, whether they may, and for a grave move whether it is them."""
    if getattr(view, "is_open_to_all", False) or _is_for_newcomer(view):
        return None
    if not _is_here():
        if request.method == "GET":
            return go("office.show_log_in", then=request.path)
        return _what_was_typed(), 401
    right = getattr(view, "right", None)
    if right is None or not may(right):
        who = current_user.account.id
        log.warning("account %s may not open %s", who, request.endpoint)
        abort(403)
    request.max_content_length = getattr(view, "largest_body", LARGEST_BODY)
    is_whole = getattr(view, "changes_factors", False)
    if request.method == "POST" and (is_whole or _is_doubtful(view)):
        return _ask_again(is_whole=is_whole)
    return None


def _is_doubtful(view: Callable[..., Any]) -> bool:
    """Tell whether a grave move comes long after the second factor was shown."""
    for_lea = request.form.get("by_lea") == "yes"
    if not (getattr(view, "is_grave", False) or for_lea):
        return False
    now = world().clock.now()
    return not sessions.is_confirmed(current_user.token, now, settings())


def _is_for_newcomer(view: Any) -> bool:  # noqa: ANN401 - a view, or none
    """Let whoever read the code at the console begin, until somebody has joined."""
    is_marked = getattr(view, "is_for_newcomers", False)
    return is_marked and not _is_here() and holds_code()


def _what_was_typed() -> str:
    """Give back what somebody sent after their session had ended.

    Another site's form brings no cookie, so it looks the same: its words are not shown.
    """
    is_ours = request.headers.get("Sec-Fetch-Site", OURS) == OURS
    typed = [
        (name, text[:LONGEST_SHOWN])
        for name, text in request.form.items(multi=True)
        if is_ours and text.strip() and name in PROSE
    ]
    return render_template("office/expired.html", typed=typed)


def _ask_again(*, is_whole: bool) -> Any:  # noqa: ANN401
    """Ask for the factor, or for both, keeping what was typed; go on once proved."""
    csrf.protect()  # a forged form must not get a page of ours around it
    problems: dict[str, str] = {}
    if proof := _proof(is_whole=is_whole):
        try:
            here = door(current_user.account.username)
            fresh = sessions.confirm_session(current_user.token, proof, here)
        except InvalidInput as wrong:
            [(field, words)] = wrong.problems.items()
            problems["today" if field == "today" else "second_factor"] = words
        else:
            login_user(Person(current_user.account, fresh))
            return None
    return _confirm_page(problems, is_whole=is_whole), 422 if problems else 401


def _proof(*, is_whole: bool) -> sessions.Proof | None:
    """Read what was shown once more, if anything was."""
    form, password = request.form, None
    code, passkey = form.get("second_factor", ""), form.get("second_passkey", "")
    if not (code or passkey):
        return None
    challenge = take_challenge(AGAIN) if passkey else b""
    if is_whole:
        password = form.get("today", "")
    return sessions.Proof(site(), code, passkey, challenge, password)


def _confirm_page(problems: dict[str, str], *, is_whole: bool) -> str:
    known = sessions.passkeys_of(current_user.account)
    offer = offer_use(site(), known) if known else None
    return render_template(
        "office/confirm.html",
        problems=problems,
        is_whole=is_whole,
        ours=PROOF_FIELDS,
        passkey_options=keep_challenge(offer, AGAIN) if offer else "",
    )


def _is_here() -> bool:
    """Tell whether somebody is logged in whose log-in is good for this face."""
    if not current_user.is_authenticated:
        return False
    return bool(roles.face(current_user.account.role) == g.face)


def _home() -> str:
    if not _is_here():
        return "office.show_log_in"
    return roles.home(current_user.account.role)


def _load_person(token: str) -> Person | None:
    found = sessions.find_session(token, world().clock.now(), settings())
    return Person(found.account, token) if found else None


def _add_headers(answer: Response) -> Response:
    frames = " ".join(settings().embed_on) if g.get("face") == "public" else ""
    view = current_app.view_functions.get(request.endpoint or "")
    if getattr(view, "is_framed_by_us", False):
        frames = OURS_ALONE
    policy = POLICY.format(frames=frames or "'none'")
    if getattr(view, "frames_ours", False):
        policy += f"; frame-src {OURS_ALONE}"
    answer.headers["Content-Security-Policy"] = policy
    if not frames:
        answer.headers["X-Frame-Options"] = "DENY"  # for what knows no frame-ancestors
    if g.get("face") != "public":  # a web site may load the form's script
        answer.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Referrer-Policy"] = "no-referrer"
    answer.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    answer.headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()"
    if is_over_tls(face_of_listener()):
        answer.headers["Strict-Transport-Security"] = TLS_ALONE
    if request.endpoint in OF_ANY_PAGE:
        answer.headers["Cache-Control"] = "public, max-age=3600"
    else:
        answer.headers["Cache-Control"] = "no-store"
    return answer


def _handle_errors(app: Flask) -> None:
    """Turn the errors we foresee into pages; the rest are bugs with a number."""

    @app.errorhandler(Refused)
    def refused(refusal: Refused) -> tuple[str, int]:
        status = 422 if isinstance(refusal, InvalidInput) else 409
        return _problem("That is not possible", str(refusal)), status

    @app.errorhandler(TooSoon)
    def too_soon(refusal: TooSoon) -> tuple[str, int]:
        return _problem("A moment, please", str(refusal)), 429

    @app.errorhandler(OverflowError)  # a number in the address no table can hold
    @app.errorhandler(NoSuchRecord)
    def missing(_: Exception) -> tuple[str, int]:
        return _problem(*HTTP[404]), 404

    @app.errorhandler(RequestEntityTooLarge)
    def too_large(_: RequestEntityTooLarge) -> tuple[str, int]:
        return _problem(TOO_MUCH, SHORTEN), 413

    @app.errorhandler(CannotSave)
    def full(trouble: CannotSave) -> tuple[str, int, dict[str, str]]:
        log.error("the database cannot write: %s", trouble)
        return _problem(NOT_NOW, TRY_AGAIN), 503, {"Retry-After": "60"}

    @app.errorhandler(CSRFError)
    def stale(_: CSRFError) -> tuple[str, int]:
        log.warning("a form without its token at %s", request.endpoint)
        return _problem(
            "This page has grown old",
            "You were logged out meanwhile, or the form came from elsewhere. Nothing "
            "was changed. Go back, reload the page and send it again.",
        ), 400

    @app.errorhandler(HTTPException)
    def http(error: HTTPException) -> tuple[str, int]:
        code = error.code or 500
        name, words = HTTP.get(code, (error.name.capitalize(), DID_NOT_WORK))
        return _problem(name, words), code

    @app.errorhandler(Exception)
    def bug(error: Exception) -> tuple[str, int]:
        reference = secrets.token_hex(4)
        log.error("bug %s", reference, exc_info=error)
        return _problem(WENT_WRONG, Sentence(OUR_FAULT, number=reference)), 500


def _problem(title: str, message: str) -> str:
    own = {"desk": r"/items/\d+", "portal": r"/lea/notices/\d+"}.get(g.get("face", ""))
    item = re.match(own, request.path) if own else None
    back = item[0] if item else "/"
    return render_template("problem.html", heading=title, message=message, back=back)
