"""What is attached to a letter: the exact addresses, for people and for machines."""

import json
from collections.abc import Iterable, Sequence

from reportbox import __version__
from reportbox.errors import PeerRejected
from reportbox.ntd.recipient import Recipient
from reportbox.ntd.subject import Subject, moment, stamp
from reportbox.ntd.xarf import Reporter, xarf, xarf_v3
from reportbox.plain import csv_of
from reportbox.tracing.provider import Format

COLUMNS = (
    "reference",
    "address",
    "ip_addresses",
    "host",
    "port",
    "first_seen",
    "verified_at",
)
CSV, TEXT, OLD = "addresses.csv", "addresses.txt", "xarf.json"
# What makes a mail one of X-ARF version 3 (its README, “Mail structure”).
FEEDBACK = "message/feedback-report"
FEEDBACK_REPORT = f"""Feedback-Type: xarf
User-Agent: Report Box/{__version__}
Version: 1
"""

# X-ARF cannot take back a report: the same one says so in its own fields.
CORRECTION = "correction:disregard"
DISREGARD = (
    "Correction: our assessment has changed. Please disregard the report with this "
    "report_id; you need do nothing further. If you have already acted on it, it is no "
    "reason for that any more."
)

Attachment = list[str]  # name, media type, text


def addresses_csv(subjects: Iterable[Subject]) -> str:
    """Return the addresses as quoted CSV (RFC 4180), safe to open in a spreadsheet."""
    return csv_of(COLUMNS, [_row(subject) for subject in subjects])


def addresses_text(subjects: Iterable[Subject]) -> str:
    """Return the same for people, a paragraph for each address."""
    return "\n".join(
        "".join(
            f"{label}: {value}\n"
            for label, value in (
                ("Reference", subject.number),
                ("Address", subject.address),
                ("IP addresses", " ".join(subject.ip_addresses) or "-"),
                ("Host", f"{subject.host}, port {subject.port}"),
                ("First seen", moment(subject.first_seen)),
                ("Verified", moment(subject.verified_at)),
            )
        )
        for subject in subjects
    )


def attachments(
    recipient: Recipient, subjects: Sequence[Subject], us: Reporter
) -> list[Attachment]:
    """Attach the addresses as the contact wants them; the first has them exactly."""
    if recipient.is_xarf_v3 and (old := [xarf_v3(x, us) for x in subjects])[0]:
        return [
            [OLD, "application/json", json.dumps(old[0], indent=2)],
            ["feedback-report", FEEDBACK, FEEDBACK_REPORT],
        ]
    if recipient.format is Format.TEXT:
        return [[TEXT, "text/plain", addresses_text(subjects)]]
    table = [CSV, "text/csv", addresses_csv(subjects)]
    if recipient.format is Format.CSV:
        return [table]
    objects = [(x.number, xarf(x, us)) for x in subjects]
    return [
        table,
        *(
            [f"xarf-{number}.json", "application/json", json.dumps(made, indent=2)]
            for number, made in objects
            if made is not None
        ),
    ]


def api_document(subject: Subject, us: Reporter, reminder: int) -> Attachment:
    """Return what an API gets: the object alone; its identifier stays in reminders."""
    made = xarf(subject, us)
    if made is None:
        raise PeerRejected("X-ARF has no word for what only national law forbids")
    tags = {"tags": [f"reminder:{reminder}"]} if reminder else {}
    return [f"xarf-{subject.number}.json", "application/json", json.dumps(made | tags)]


def api_correction(posted: Attachment) -> Attachment:
    """Return what an API got once more, marked so that it may be disregarded."""
    name, media_type, text = posted
    marks = {"tags": [CORRECTION], "description": DISREGARD, "confidence": 0.0}
    return [name, media_type, json.dumps(json.loads(text) | marks)]


def _row(subject: Subject) -> tuple[str, ...]:
    return (
        subject.number,
        subject.address,
        " ".join(subject.ip_addresses),
        subject.host,
        str(subject.port),
        stamp(subject.first_seen),
        stamp(subject.verified_at),
    )
