"""The confirmation of recognition: the hotline is a partner of law enforcement.

Guidelines, “legal basis”: the basis also serves as the official acknowledgment. It is
filled from the agreement and printed; a person of the agency signs it.
"""

from datetime import date
from typing import NamedTuple

from markupsafe import Markup

from reportbox.agreements.terms import SAYS, Terms
from reportbox.lea.printed_annex import PACKAGE, paper, sheets

STYLE = PACKAGE / "static" / "guide.css"
# What the agency confirms of the hotline's role, by the names of the terms.
ROLE = (
    "ntd_body",
    "ntd_delay_hours",
    "removal_checker",
    "receipt_hours",
    "feedback_months",
)

_pages = sheets("agreements")


class Partners(NamedTuple):
    """Who confirms, and whom; each as the records name it, empty where they do not."""

    agency: str
    hotline: str
    description: str
    address: str
    email: str
    phone: str
    country: str
    law: str  # that makes the material illegal


def as_pdf(partners: Partners, terms: Terms, today: date) -> bytes:
    """Print the confirmation on A4, tagged, with lines for name, date and signature."""
    role = [(s.label, _value(terms, s.name, s.words)) for s in SAYS if s.name in ROLE]
    return paper(
        _pages.get_template("recognition.html").render(
            us=partners,
            terms=terms,
            role=role,
            today=today,
            style=Markup(STYLE.read_text(encoding="utf-8")),  # noqa: S704 - our own
        )
    )


def _value(terms: Terms, name: str, words: dict[str, str] | None) -> str:
    value = str(getattr(terms, name))
    return words[value] if words else value
