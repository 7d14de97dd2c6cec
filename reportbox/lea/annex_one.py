"""Annex I: INHOPE's template report to a national law enforcement agency.

Every field of the template, in its order and under its names, stands in one table; the
letter, the printed document, the JSON and the URL list are all drawn from it. Fields
may be switched off where hotline and agency agree so, but never those that name a
report and tell where it is. Screenshots are never held by the box: the field names
evidence held elsewhere.
"""

import json
from collections.abc import Callable, Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from reportbox.assessment.verdict import TEXTS, TICKS
from reportbox.plain import csv_of

FORMAT = "reportbox-annex-one"
VERSION = 1  # of the JSON; a new one whenever a reader of the old one would stumble
SCHEMA = Path(__file__).with_name("annex-one.schema.json")

NOT_KNOWN = "not yet known; a supplement will follow"
NONE_HELD = "none held in the box"
NOTHING_OFF: frozenset[str] = frozenset()

Block = tuple[str, list[tuple[str, str, str]]]  # title, then (name, label, value)

# The blocks of the template: their names in JSON, and their titles for people.
BLOCKS = {
    "report": "REPORT",
    "content": "CONTENT",
    "location_and_tracking": "LOCATION & TRACKING",
    "additional_information": "ADDITIONAL INFORMATION",
    "contact_information": "CONTACT INFORMATION",
}
URL_LIST = ("reference", "address", "ip_addresses", "urgent", "country", "provider")


@dataclass(frozen=True)
class Case:
    """One item in plain words; moments are already written in the hotline's zone."""

    number: str
    hotline: str
    hotline_description: str
    hotline_email: str
    hotline_phone: str
    hotline_address: str
    received_at: str
    forwarded_at: str
    urgent: str  # empty, or the sentence that says why
    verdict: str
    address: str
    answers: dict[str, str] = field(default_factory=dict)
    ip_addresses: tuple[str, ...] = ()
    hosting: str = ""
    country: str = ""
    provider: str = ""
    details: str = ""
    proxy: str = ""  # yes, no or unknown
    iccam: str = ""
    ntd: str = ""
    removal: str = ""  # found removed, and when
    iccam_received: str = ""  # when, under which number, from whom
    reporter: str = ""  # only with their word that the police may ask them


class Part(NamedTuple):
    """Which part of a block of many reports this is."""

    number: int
    of: int
    reports: int  # in the whole block, so that its reader can tell that all arrived
    block: str = ""  # its name, the same in every part, also when one is sent again


WHOLE = Part(1, 1, 1)


class Field(NamedTuple):
    name: str
    label: str
    value: Callable[[Case], str | None]  # None leaves the field out: it is not asked
    stays: bool = False  # never switched off
    is_exact: bool = False  # letters and digits, left to right in every language
    values: Callable[[Case], Sequence[str]] | None = None  # in JSON, where it is a list


def _answer(name: str, otherwise: str = "") -> Callable[[Case], str]:
    return lambda case: case.answers.get(name) or otherwise


def _tick(name: str) -> Field:
    return Field(name, TICKS[name], _answer(name, "not answered"))


def _victim_identified(case: Case) -> str | None:
    """Annex I asks it only “if yes”."""
    is_asked = case.answers.get("victim_identifiable") == "yes"
    return _answer("victim_identified", "not answered")(case) if is_asked else None


def _found(case: Case, value: str) -> str:
    return value or ("none found" if case.hosting else NOT_KNOWN)


# The one table. A new field needs a line here, and one in the schema beside this file.
CATALOGUE: dict[str, tuple[Field, ...]] = {
    "report": (
        Field("reference", "Reference", lambda c: c.number, stays=True, is_exact=True),
        Field("hotline", "Hotline", lambda c: c.hotline, stays=True),
        Field(
            "received_at",
            "Date & time - report received from public",
            lambda c: c.received_at,
        ),
        Field(
            "iccam_received",
            "Date, time, report ID number - report received from ICCAM system",
            lambda c: c.iccam_received or "not received from ICCAM",
        ),
        Field(
            "forwarded_at",
            "Date & time - report forwarded to LEA",
            lambda c: c.forwarded_at,
            stays=True,
        ),
        Field(
            "urgent",
            "Does the report require urgent action (imminent threat)",
            lambda c: f"YES: {c.urgent}" if c.urgent else "no",
            stays=True,
        ),
        Field("verdict", "Assessment by the hotline", lambda c: c.verdict, stays=True),
    ),
    "content": (
        _tick("offender_identifiable"),
        _tick("victim_identifiable"),
        _tick("victim_identified")._replace(value=_victim_identified),
        _tick("self_generated"),
        Field("content_type", "Type of the content", _answer("content_type")),
        Field("summary", TEXTS["summary"], _answer("summary")),
        Field(
            "useful_information", "Useful information", _answer("useful_information")
        ),
    ),
    "location_and_tracking": (
        Field("address", "URL address", lambda c: c.address, stays=True, is_exact=True),
        Field("password", TEXTS["password"], _answer("password")),
        Field(
            "ip_addresses",
            "IP address",
            lambda c: _found(c, ", ".join(c.ip_addresses)),
            is_exact=True,
            values=lambda c: c.ip_addresses,
        ),
        Field("hosting", "Hosted", lambda c: c.hosting or NOT_KNOWN),
        Field("country", "Hosting country", lambda c: _found(c, c.country)),
        Field(
            "provider",
            "Name of the hosting service provider",
            lambda c: _found(c, c.provider),
        ),
        Field(
            "details",
            "Details of the hosting service",
            lambda c: _found(c, c.details),
        ),
    ),
    "additional_information": (
        Field(
            "reporter",
            "The reporter agreed to be asked by the police",
            lambda c: c.reporter or None,
        ),
        Field("screenshots", "Screenshots", _answer("screenshots", NONE_HELD)),
        Field("remarks", "Comments and remarks", _answer("remarks")),
        Field(
            "proxy",
            "Is the site protected by Cloudflare or another proxy",
            lambda c: c.proxy,
        ),
        Field(
            "ntd",
            "When Notice and Takedown is sent out by the hotline",
            lambda c: "; ".join(part for part in (c.ntd, c.removal) if part),
        ),
        Field("iccam", "Was ICCAM used, and to which hotline", lambda c: c.iccam),
    ),
    "contact_information": (
        Field(
            "hotline_description",
            "Hotline",
            lambda c: ": ".join(x for x in (c.hotline, c.hotline_description) if x),
        ),
        Field("email", "Email address", lambda c: c.hotline_email, is_exact=True),
        Field("phone", "Phone number", lambda c: c.hotline_phone, is_exact=True),
        Field("physical_address", "Physical address", lambda c: c.hotline_address),
    ),
}
FIELDS = {its.name: its for fields in CATALOGUE.values() for its in fields}
EXACT = frozenset(name for name, its in FIELDS.items() if its.is_exact)


def switchable() -> list[tuple[str, str, str]]:
    """List what hotline and agency may agree to leave out: name, label, block title."""
    return [
        (its.name, its.label, BLOCKS[block])
        for block, fields in CATALOGUE.items()
        for its in fields
        if not its.stays
    ]


def blocks(case: Case, off: AbstractSet[str] = NOTHING_OFF) -> list[Block]:
    """Return the template's blocks with every field filled, but those switched off."""
    filled = [
        (BLOCKS[block], [(its.name, its.label, value) for its, value in lines])
        for block, lines in _filled(case, off)
    ]
    return [(title, fields) for title, fields in filled if fields]


def as_text(case: Case, off: AbstractSet[str] = NOTHING_OFF) -> str:
    """Write the blocks for a letter; no line of a value can pass for another field."""
    paragraphs = [
        "\n".join([title, *(_line(label, value) for _, label, value in fields)])
        for title, fields in blocks(case, off)
    ]
    return "\n\n".join(paragraphs)


def as_data(
    cases: Iterable[Case], part: Part = WHOLE, off: AbstractSet[str] = NOTHING_OFF
) -> dict[str, Any]:
    """Return the fields by name, block by block, in the shape of the schema."""
    reports = [
        {
            block: {
                its.name: list(its.values(case)) if its.values else value
                for its, value in lines
            }
            for block, lines in _filled(case, off)
        }
        for case in cases
    ]
    return {
        "format": FORMAT,
        "version": VERSION,
        "part": {k: v for k, v in part._asdict().items() if v != ""},
        "reports": reports,
    }


def as_json(
    cases: Iterable[Case], part: Part = WHOLE, off: AbstractSet[str] = NOTHING_OFF
) -> str:
    return json.dumps(as_data(cases, part, off), ensure_ascii=False) + "\n"


def schema() -> dict[str, Any]:
    """Return the published JSON Schema (2020-12) that ``as_data`` keeps to."""
    made: dict[str, Any] = json.loads(SCHEMA.read_text(encoding="utf-8"))
    return made


def url_list(cases: Iterable[Case], off: AbstractSet[str] = NOTHING_OFF) -> str:
    """Return one line of CSV for each report: where it is, and whether it is urgent."""
    columns = [FIELDS[name] for name in URL_LIST if _is_on(FIELDS[name], off)]
    rows = ([its.value(case) or "" for its in columns] for case in cases)
    return csv_of([its.name for its in columns], rows)


def _filled(
    case: Case, off: AbstractSet[str]
) -> list[tuple[str, list[tuple[Field, str]]]]:
    """Return every block by its name, an empty one too, with the values to show."""
    return [
        (
            block,
            [
                (its, value)
                for its in fields
                if _is_on(its, off) and (value := its.value(case)) is not None
            ],
        )
        for block, fields in CATALOGUE.items()
    ]


def _is_on(its: Field, off: AbstractSet[str]) -> bool:
    return its.stays or its.name not in off


def _line(label: str, value: str) -> str:
    return f"  {label}: " + ("\n      ".join(value.splitlines()) or "-")
