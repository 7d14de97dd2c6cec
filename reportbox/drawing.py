"""What templates can do: addresses inert, moments in the hotline's zone, the frame."""

from typing import Any

from flask import Flask, g
from flask_login import current_user
from markupsafe import Markup, escape

from reportbox import __version__, languages, lifecycle
from reportbox.here import is_open, lasting, may, settings, world
from reportbox.languages import country_name
from reportbox.office import care, health, roles, totp
from reportbox.office.fields import in_words, spelt
from reportbox.office.roles import Right
from reportbox.plain import Sentence
from reportbox.post.wording import say_when
from reportbox.settings import Settings
from reportbox.tracing.address import defang, defang_prose

# Fields in which people write sentences.
PROSE = {
    "comments",
    "login",
    "reason",
    "receipt",
    "referrer",
    "remarks",
    "steps",
    "summary",
    "text",
    "urgent_reason",
    "useful_information",
    "what",
    "where_found",
    "why",
}


def teach_templates(app: Flask) -> None:
    """Give every template its filters, and what each page shows around itself."""
    app.jinja_env.filters.update(
        defang=defang,
        defang_prose=defang_prose,
        country=country_name,
        inert=_inert,
        words=lifecycle.words,
        sentence=lambda text: text[:1].upper() + text[1:],
        when=_when,
    )
    app.jinja_env.globals.update(version=__version__, _=say, field_words=_field_words)

    @app.context_processor
    def frame() -> dict[str, object]:
        is_staffed = g.get("face") in {"desk", "portal"}
        return {
            "hotline": settings(),
            "language": language(),
            "offered": languages.offered(settings().languages),
            "frame": "base.html" if is_staffed else "public.html",
            "at_portal": g.get("face") == "portal",
            "now": world().clock.now(),
            "advice": _advice,
            "troubles": _troubles,
            "practice_code": _practice_code,
            "is_open": is_open,
            "lasting": lasting,
            "may": lambda right: may(Right(right)),
            "navigation": roles.navigation(current_user.account.role)
            if is_staffed and current_user.is_authenticated
            else [],
        }


def language() -> languages.Language:
    """The language of this page; the desk speaks English."""
    found = g.get("language", languages.ENGLISH)
    return found if isinstance(found, languages.Language) else languages.ENGLISH


def say(text: str, **values: object) -> str:
    """Say an English sentence of ours in the visitor's language."""
    template = text
    if isinstance(text, Sentence):
        template, values = text.template, text.values
    said = languages.translate(language().code, template)
    if not values:
        return said
    return Markup(said) % {k: escape(v) for k, v in values.items()}  # noqa: S704 - our own catalogues


def _advice() -> list[str]:
    """Say what somebody who assesses should know about their day."""
    if not may(Right.WORK):
        return []
    return care.advice(current_user.account, world().clock.now(), settings())


def _troubles() -> int:
    """Count what of the box needs somebody, for those who may see what."""
    if g.get("face") != "desk" or not may(Right.SEE_HEALTH):
        return 0
    return health.troubles(settings(), world().clock.now())


def _inert(text: str, name: str) -> str:
    """Give typed prose back with its addresses inert; other fields to the letter.

    A visitor gets their own address back as typed; at the desk none is ever live.
    """
    at_desk = name == "address" and g.get("face") != "public"
    return defang_prose(text) if at_desk or name in PROSE else text


def _practice_code() -> str:
    """Show what an authenticator app would; an honest box never does."""
    me, now = current_user.account, world().clock.now()
    practice = settings().practice
    return totp.code_to_show(me.totp_secret, now, me.totp_step) if practice else ""


def _field_words(those: Settings, name: str) -> str:
    """Say a setting to a person."""
    return in_words(name, spelt(those, name))


def _when(moment: Any) -> Markup:  # noqa: ANN401
    """Show a moment in the hotline's zone, with the exact one on hover."""
    if moment is None:
        return Markup("–")
    exact = moment.isoformat(timespec="seconds")
    said = say_when(moment, settings().zone)
    # Both are of our own making; to escape them again costs a long page much time.
    return Markup(f'<time datetime="{exact}" title="{exact}">{said}</time>')  # noqa: S704
