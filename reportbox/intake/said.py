"""What a report says besides its addresses, in the order an analyst reads it."""

from datetime import date
from typing import Protocol

from reportbox.intake.form import SITE_TYPES


class Said(Protocol):
    topic: str
    where_found: str
    referrer: str
    steps: str
    login: str
    seen_on: date | None
    comments: str
    source: str
    sent_by: str
    reference: str


def lines(report: Said) -> list[tuple[str, str]]:
    """Return label and text of everything that was said; addresses are still live."""
    found = [
        ("Came by", _source(report)),
        ("Topic", report.topic.replace("_", " ")),
        ("Where found", SITE_TYPES.get(report.where_found, report.where_found)),
        ("Led there by", report.referrer),
        ("How to get there", report.steps),
        ("Name or password", report.login),
        ("Seen on", report.seen_on.isoformat() if report.seen_on else ""),
        ("Comments", report.comments),
    ]
    return [(label, text) for label, text in found if text]


def _source(report: Said) -> str:
    """Nothing for the usual way in."""
    if report.source == "public form":
        return ""
    parts = [report.source, report.sent_by, report.reference]
    return ", ".join(part for part in parts if part)
