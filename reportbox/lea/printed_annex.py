"""Annex I on paper: one stand-alone A4 document, as HTML and as tagged PDF.

Live addresses stand in it on purpose, for it goes to the police alone; they are text
and never links. Characters nobody sees are written out, so that none can turn the
words around: the JSON holds every value as it is. Nothing is ever fetched: whatever a
document may name, on the web or on this machine, is refused and left out.
"""

import unicodedata
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from reportbox.languages import ENGLISH, Language, translate
from reportbox.lea.annex_one import EXACT, NOTHING_OFF, WHOLE, Case, Part, blocks
from reportbox.plain import INVISIBLE

PACKAGE = Path(__file__).parents[1]
STYLE = PACKAGE / "static" / "annex.css"
NOWHERE = "about:blank"  # what a relative address would be relative to
# New lines, and what joins or orders letters in several scripts (Unicode UAX #9, 2.6).
HARMLESS = "\n\t\u00ad\u061c\u200c\u200d\u200e\u200f"


def sheets(folder: str) -> Environment:
    """Read what is printed out of a folder of templates."""
    return Environment(
        loader=FileSystemLoader(PACKAGE / "templates" / folder),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )


_pages = sheets("lea")


def as_html(
    cases: Sequence[Case],
    part: Part = WHOLE,
    off: AbstractSet[str] = NOTHING_OFF,
    *,
    language: Language = ENGLISH,
    style_url: str = "",
) -> str:
    """Return the document, its style inside, or linked where a page may carry none."""
    return _pages.get_template("annex_one.html").render(
        reports=[(case, blocks(case, off)) for case in cases],
        part=part,
        exact=EXACT,
        shown=shown,
        direction=direction,
        language=language,
        say=partial(translate, language.code),
        style_url=style_url,
        style=Markup(STYLE.read_text(encoding="utf-8")),  # noqa: S704 - our own file
    )


def as_pdf(
    cases: Sequence[Case],
    part: Part = WHOLE,
    off: AbstractSet[str] = NOTHING_OFF,
    *,
    language: Language = ENGLISH,
) -> bytes:
    """Return the same document as PDF/UA-1, the same bytes for the same cases."""
    return paper(as_html(cases, part, off, language=language))


def shown(name: str, value: str) -> str:
    """Write out what nobody would see, by its number; in an address, all of it."""
    keep = "" if name in EXACT else HARMLESS
    text = value if name in EXACT else "\n".join(value.splitlines())
    return "".join(
        f"‹U+{ord(c):04X}›"
        if unicodedata.category(c) in INVISIBLE and c not in keep
        else c
        for c in text
    )


def direction(name: str, value: str) -> str:
    """Find which way a value runs; its first letter tells (Unicode UAX #9, rule P2).

    Browsers do so by themselves, WeasyPrint does not: “21 Nov” became “Nov 21”.
    """
    kinds = ("" if name in EXACT else unicodedata.bidirectional(c) for c in value)
    first = next((kind for kind in kinds if kind in {"L", "R", "AL"}), "L")
    return "ltr" if first == "L" else "rtl"


def paper(document: str) -> bytes:
    """Print an HTML document of ours without fetching anything it may name."""
    # Half a second and 50 MB to load: only the process that prints pays for it.
    from weasyprint import HTML  # noqa: PLC0415
    from weasyprint.urls import URLFetcher  # noqa: PLC0415

    nothing = URLFetcher(allowed_protocols=())
    made: Any = HTML(string=document, base_url=NOWHERE, url_fetcher=nothing).write_pdf(
        pdf_variant="pdf/ua-1",
        pdf_identifier=sha256(document.encode()).digest()[:16],
    )
    return bytes(made)
