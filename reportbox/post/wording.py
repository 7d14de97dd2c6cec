"""Mail texts from ``templates/letters``: the first line is the subject."""

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from reportbox.tracing.address import defang

FOLDER = Path(__file__).parents[1] / "templates" / "letters"

# Stands in a letter for the moment of its sealing, which is not known when it is
# written: a letter may wait for a key or a mail server (Annex I, “forwarded to LEA”).
SEALED_AT = "⟦moment of sending⟧"

_texts = Environment(
    loader=FileSystemLoader(FOLDER),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    auto_reload=False,
    autoescape=False,  # noqa: S701 - plain text, never HTML
)
_texts.filters["defang"] = defang


def compose(name: str, **facts: object) -> tuple[str, str]:
    """Return subject and body of the letter ``name``, such as “ntd.en”."""
    text = _texts.get_template(f"{name}.txt").render(**facts)
    subject, _, body = text.partition("\n")
    return subject.strip(), body.strip() + "\n"


def say_when(moment: datetime | None, zone: ZoneInfo) -> str:
    """Write a moment for people: “21 Nov 2026, 17:30 (EET)”."""
    if moment is None:
        return ""
    local = moment.astimezone(zone)
    return f"{local.day} {local:%b %Y, %H:%M} ({local.tzname()})"
