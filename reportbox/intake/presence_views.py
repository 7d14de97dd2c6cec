"""At the desk: the public form on the hotline's web site, its looks and its texts."""

from typing import Any

from flask import Blueprint, flash, render_template, request

from reportbox import languages
from reportbox.errors import InvalidInput
from reportbox.here import deed, settings
from reportbox.intake import presence
from reportbox.intake.look import CORNERS, Look
from reportbox.office.roles import Right
from reportbox.records.choices import FORM, Campaign, Choice
from reportbox.web import go, needs

bp = Blueprint("presence", __name__, url_prefix="/form")


@bp.get("/")
@needs(Right.RUN_FORM)
def show_form() -> str:
    return _page()


@bp.post("/look")
@needs(Right.RUN_FORM)
def save_look() -> Any:  # noqa: ANN401
    given = [request.form.get(n, "") for n in ("accent", "corners", "logo_text")]
    try:
        presence.save_look(Look.parse(*given), deed())
    except InvalidInput as wrong:
        return _page(wrong.problems, request.form), 422
    flash("Saved. Visitors see it from now on.")
    return go("presence.show_form")


@bp.post("/texts")
@needs(Right.RUN_FORM)
def save_texts() -> Any:  # noqa: ANN401
    code = request.form.get("language", "")
    try:
        presence.save_texts(code, dict(request.form), deed())
    except InvalidInput as wrong:
        return _page(wrong.problems, request.form), 422
    flash("Saved. What is empty falls back to the words of the box.")
    return go("presence.show_form", language=code)


@bp.post("/campaigns")
@needs(Right.RUN_FORM)
def save_campaign() -> Any:  # noqa: ANN401
    code, name, material = (
        request.form.get(n, "").strip() for n in ("code", "name", "material")
    )
    try:
        presence.open_campaign(code, name, material, deed())
    except InvalidInput as wrong:
        return _page(wrong.problems, request.form), 422
    flash("Saved. Reports that come by its link are counted.")
    return go("presence.show_form", campaign=code)


def _page(problems: dict[str, str] | None = None, typed: Any = None) -> str:  # noqa: ANN401
    kept = Choice.read(FORM)
    chosen = request.values.get("language", "")
    code = chosen if chosen in languages.ALL else settings().languages[0]
    campaign = presence.known_campaign(request.args.get("campaign", ""))
    look = {**Look.of(kept).as_data(), **kept.get("texts", {}).get(code, {})}
    return render_template(
        "intake/presence.html",
        snippets=presence.snippets(settings(), campaign),
        campaign=campaign,
        campaigns=Campaign.rows(),
        figures=Campaign.figures(settings().duplicate_days),
        definition=presence.definition(settings()),
        corners=[(name, name.replace("_", " ")) for name in CORNERS],
        languages=languages.offered(settings().languages),
        chosen=code,
        texts=presence.TEXTS,
        problems=problems or {},
        typed=typed or look,
    )
