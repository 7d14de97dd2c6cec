"""How the form stands on the web: looks, own texts, campaigns, ready-made snippets."""

import io
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import segno

from reportbox import languages
from reportbox.errors import InvalidInput
from reportbox.intake.form import clean
from reportbox.intake.look import Look
from reportbox.plain import one_line
from reportbox.records import atomic
from reportbox.records.choices import FORM, Campaign, Choice
from reportbox.records.journey import Deed, put_on_record
from reportbox.settings import Settings

CAMPAIGN = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
LONGEST = 1_000  # characters of one own text
# The texts a hotline may word itself, by their place on the pages.
TEXTS = {
    "own_name": "The hotline's name in this language, where it has another one",
    "introduction": "Above the form, instead of our own sentences",
    "emergency": "Beside “A child is in danger now”: whom to call",
    "privacy": "At the end of the privacy page: who is responsible, the law, rights",
}


@dataclass(frozen=True)
class Snippets:
    """What is pasted into a web site, or printed on a leaflet."""

    link: str
    frame: str
    script: str
    qr: str  # inline SVG


def snippets(settings: Settings, campaign: str = "") -> Snippets:
    asked = urlencode({"campaign": campaign} if campaign else {})
    link = f"{settings.public_url}/{'?' + asked if asked else ''}"
    title = f"Report to {settings.hotline_name}".replace('"', "")
    extra = f' data-campaign="{campaign}"' if campaign else ""
    picture = io.BytesIO()
    segno.make(link, error="m").save(
        picture, kind="svg", xmldecl=False, svgns=True, scale=5, dark="#000"
    )
    return Snippets(
        link=link,
        frame=(
            f'<iframe src="{link}" title="{title}" width="100%" height="1100" '
            'frameborder="0" referrerpolicy="no-referrer" '
            'sandbox="allow-forms allow-scripts allow-same-origin allow-modals">'
            "</iframe>"
        ),
        script=f'<script src="{settings.public_url}/embed.js"{extra} async></script>',
        qr=picture.getvalue().decode(),
    )


def definition(settings: Settings) -> str:
    """Say what counts as a duplicate; it stands beside every figure."""
    if not settings.duplicate_days:
        return "A duplicate names an address that was reported before."
    return (
        "A duplicate names an address that was reported before, at most "
        f"{settings.duplicate_days} days earlier."
    )


def save_look(look: Look, deed: Deed) -> None:
    _change({"look": look.as_data()}, deed, "save_look")


def save_texts(code: str, given: dict[str, str], deed: Deed) -> None:
    """Keep the own texts of one language; an empty one falls back to ours."""
    if code not in languages.ALL:
        raise InvalidInput(language="Choose one of the list.")
    texts = {name: clean(given.get(name, "")) for name in TEXTS}
    problems = {
        name: f"Please keep this under {LONGEST} characters."
        for name, text in texts.items()
        if len(text) > LONGEST
    }
    if problems:
        raise InvalidInput(**problems)
    texts["own_name"] = one_line(texts["own_name"])
    own = Choice.read(FORM).get("texts", {})
    own[code] = {name: text for name, text in texts.items() if text}
    _change({"texts": own}, deed, "save_texts")


def save_names(names: dict[str, str], deed: Deed) -> None:
    """Keep the hotline's name in other languages, beside their other texts."""
    own = Choice.read(FORM).get("texts", {})
    for code, name in names.items():
        if code in languages.ALL:
            text = one_line(clean(name))[:LONGEST]
            kept = {k: v for k, v in own.get(code, {}).items() if k != "own_name"}
            own[code] = {**kept, "own_name": text} if text else kept
    if own != Choice.read(FORM).get("texts", {}):
        _change({"texts": own}, deed, "save_texts")


def own_text(kept: dict[str, Any], name: str, code: str) -> str:
    """Return the hotline's own words for a place in this language, if it has any."""
    return str(kept.get("texts", {}).get(code, {}).get(name, ""))


def open_campaign(code: str, name: str, material: str, deed: Deed) -> None:
    """Add a campaign, or change the words of one, or raise InvalidInput."""
    problems: dict[str, str] = {}
    if not CAMPAIGN.fullmatch(code):
        problems["code"] = "A code has small letters, digits and “-”, 40 at the most."
    if not name or len(name) > LONGEST:
        problems["name"] = "Please give it a name."
    if len(material) > LONGEST:
        problems["material"] = f"Please keep this under {LONGEST} characters."
    if problems:
        raise InvalidInput(**problems)
    with atomic():
        words = {"name": name, "material": material}
        if Campaign.find_id(Campaign.code, code) is None:
            Campaign.create(code=code, made_at=deed.at, **words)
        else:
            Campaign.update(**words).where(Campaign.code == code).execute()
        put_on_record(deed, "save_campaign", "campaign")


def known_campaign(code: str) -> str:
    """Return the code if it is a campaign's; what somebody else wrote is dropped."""
    good = CAMPAIGN.fullmatch(code) and Campaign.find_id(Campaign.code, code)
    return code if good else ""


def _change(part: dict[str, Any], deed: Deed, what: str) -> None:
    with atomic():
        Choice.write(FORM, {**Choice.read(FORM), **part})
        put_on_record(deed, what, "form")
