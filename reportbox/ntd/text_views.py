"""The texts of letters to providers, as managers change and try them at the desk."""

from typing import Any

from flask import Blueprint, flash, render_template, request

from reportbox import languages
from reportbox.errors import InvalidInput
from reportbox.here import deed, settings
from reportbox.ntd import texts
from reportbox.ntd.texts import Place
from reportbox.ntd.wording import FACTS, ITEM_FACTS, TITLES, problems_with, shipped
from reportbox.office.roles import Right
from reportbox.questions import said
from reportbox.records.letter_texts import LetterText
from reportbox.web import go, grave, needs

bp = Blueprint("texts", __name__, url_prefix="/texts")

CHOICES = [(text.value, title) for text, title in TITLES.items()]


@bp.get("/")
@needs(Right.RUN_TEXTS)
def show_texts() -> str:
    return _list({})


@bp.post("/")
@needs(Right.RUN_TEXTS)
def choose_text() -> Any:  # noqa: ANN401
    """Go to one text, be it one that nobody has written yet."""
    try:
        place = _place()
    except InvalidInput as wrong:
        return _list(wrong.problems), 422
    return go(".show_text", **_named(place))


@bp.get("/<text>/<language>")
@needs(Right.RUN_TEXTS)
def show_text(text: str, language: str) -> str:
    place = texts.place_of(text, language, request.args.get("country", ""))
    return _page(place, *texts.in_force(place))


@bp.get("/versions/<int:version_id>")
@needs(Right.RUN_TEXTS)
def show_version(version_id: int) -> str:
    """Show what was said then."""
    then = LetterText.get_by_id(version_id)
    place = texts.place_of(then.paper, then.language, then.country)
    return _page(place, then.subject, then.body, then=then)


@bp.post("/<text>/<language>/preview")
@needs(Right.RUN_TEXTS)
def preview_text(text: str, language: str) -> Any:  # noqa: ANN401
    """Show how it would leave, and keep nothing."""
    place, words = _place(text, language), _words()
    try:
        texts.read_words(place, *words, settings())
    except InvalidInput as wrong:
        return _page(place, *words, problems=wrong.problems), 422
    return _page(place, *words)


@bp.post("/<text>/<language>")
@needs(Right.RUN_TEXTS)
@grave
def save_text(text: str, language: str) -> Any:  # noqa: ANN401
    place, words = _place(text, language), _words()
    try:
        texts.save_text(place, *words, settings(), deed())
    except InvalidInput as wrong:
        return _page(place, *words, problems=wrong.problems), 422
    flash("Saved. The next letters say this.")
    return go(".show_text", **_named(place))


@bp.post("/<text>/<language>/drop")
@needs(Right.RUN_TEXTS)
@grave
def drop_text(text: str, language: str) -> Any:  # noqa: ANN401
    place = _place(text, language)
    texts.drop_text(place, deed())
    flash("The next letters say again what comes with the box.")
    return go(".show_text", **_named(place))


@bp.post("/versions/<int:version_id>/again")
@needs(Right.RUN_TEXTS)
@grave
def go_back_to(version_id: int) -> Any:  # noqa: ANN401
    then = LetterText.get_by_id(version_id)
    made = texts.go_back_to(then, settings(), deed())
    flash("The next letters say this again.")
    place = texts.place_of(made.paper, made.language, made.country)
    return go(".show_text", **_named(place))


@bp.post("/<text>/<language>/sample")
@needs(Right.RUN_TEXTS)
def send_sample(text: str, language: str) -> Any:  # noqa: ANN401
    place = _place(text, language)
    texts.send_sample(place, settings(), deed())
    flash(f"A sample of what is in force leaves for {settings().hotline_email} now.")
    return go(".show_text", **_named(place))


def _place(text: str = "", language: str = "") -> Place:
    return texts.place_of(
        text or said(request.form, "text"),
        language or said(request.form, "language"),
        said(request.form, "country"),
    )


def _named(place: Place) -> dict[str, str | None]:
    """Name a text in an address."""
    named = {"text": place.text.value, "language": place.language}
    return {**named, "country": place.country or None}


def _words() -> tuple[str, str]:
    return request.form.get("subject", ""), request.form.get("body", "")


def _list(problems: dict[str, str]) -> str:
    return render_template(
        "ntd/texts.html",
        lines=texts.list_texts(),
        titles=TITLES,
        named=_named,
        languages=languages.ALL,
        choices=CHOICES,
        codes=[(one.code, one.name) for one in languages.ALL.values()],
        typed=request.form,
        problems=problems,
    )


def _page(
    place: Place,
    subject: str,
    body: str,
    *,
    then: LetterText | None = None,
    problems: dict[str, str] | None = None,
) -> str:
    if problems is None:  # what was good once may name a fact that is gone since
        problems = problems_with(place.text, subject, body, place.language, settings())
    shown = None if problems else texts.preview(place, subject, body, settings())
    return render_template(
        "ntd/text.html",
        place=place,
        named=_named(place),
        title=TITLES[place.text],
        its_language=languages.ALL[place.language],
        versions=LetterText.versions(place.text, place.language, place.country),
        has_own=shipped(place.text, place.language) is not None,
        then=then,
        typed={"subject": subject, "body": body},
        problems=problems if subject or body else {},
        shown=shown,
        facts=FACTS,
        item_facts=ITEM_FACTS,
    )
