"""Annex I: INHOPE's template report to a national law enforcement agency.

Every field of the template, in its order and under its names. Screenshots are never
held by the box: the field names evidence held elsewhere. The same fields go out as
text for people and as JSON for machines.
"""

from dataclasses import dataclass, field

from reportbox.assessment.verdict import TEXTS, TICKS

NOT_KNOWN = "not yet known; a supplement will follow"
NONE_HELD = "none held in the box"

Block = tuple[str, list[tuple[str, str, str]]]  # title, then (name, label, value)


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
    iccam_received: str = ""  # when, under which number, from whom
    reporter: str = ""  # only with their word that the police may ask them


def blocks(case: Case) -> list[Block]:
    """Return the template's blocks with every field filled."""
    return [
        ("REPORT", _report(case)),
        ("CONTENT", _content(case)),
        ("LOCATION & TRACKING", _location(case)),
        ("ADDITIONAL INFORMATION", _additional(case)),
        ("CONTACT INFORMATION", _contact(case)),
    ]


def as_data(case: Case) -> dict[str, dict[str, str]]:
    """Return the same fields by name, block by block, ready for JSON."""
    return {
        title.lower().replace(" & ", "_and_").replace(" ", "_"): {
            name: value for name, _, value in fields
        }
        for title, fields in blocks(case)
    }


def _report(case: Case) -> list[tuple[str, str, str]]:
    return [
        ("reference", "Reference", case.number),
        ("hotline", "Hotline", case.hotline),
        ("received_at", "Date & time - report received from public", case.received_at),
        (
            "iccam_received",
            "Date, time, report ID number - report received from ICCAM system",
            case.iccam_received or "not received from ICCAM",
        ),
        ("forwarded_at", "Date & time - report forwarded to LEA", case.forwarded_at),
        (
            "urgent",
            "Does the report require urgent action (imminent threat)",
            f"YES: {case.urgent}" if case.urgent else "no",
        ),
        ("verdict", "Assessment by the hotline", case.verdict),
    ]


def _content(case: Case) -> list[tuple[str, str, str]]:
    given = case.answers
    ticks = [
        (name, question, given.get(name, "not answered"))
        for name, question in TICKS.items()
        if name != "victim_identified" or given.get("victim_identifiable") == "yes"
    ]
    return [
        *ticks,
        ("content_type", "Type of the content", given.get("content_type", "")),
        ("summary", TEXTS["summary"], given.get("summary", "")),
        (
            "useful_information",
            "Useful information",
            given.get("useful_information", ""),
        ),
    ]


def _location(case: Case) -> list[tuple[str, str, str]]:
    known = bool(case.hosting)
    return [
        ("address", "URL address", case.address),
        ("password", TEXTS["password"], case.answers.get("password", "")),
        ("ip_addresses", "IP address", ", ".join(case.ip_addresses) or _unknown(known)),
        ("hosting", "Hosted", case.hosting or NOT_KNOWN),
        ("country", "Hosting country", case.country or _unknown(known)),
        (
            "provider",
            "Name of the hosting service provider",
            case.provider or _unknown(known),
        ),
        ("details", "Details of the hosting service", case.details or _unknown(known)),
    ]


def _additional(case: Case) -> list[tuple[str, str, str]]:
    label = "The reporter agreed to be asked by the police"
    asked = [("reporter", label, case.reporter)] if case.reporter else []
    return [
        *asked,
        ("screenshots", "Screenshots", case.answers.get("screenshots") or NONE_HELD),
        ("remarks", "Comments and remarks", case.answers.get("remarks", "")),
        ("proxy", "Is the site protected by Cloudflare or another proxy", case.proxy),
        ("ntd", "When Notice and Takedown is sent out by the hotline", case.ntd),
        ("iccam", "Was ICCAM used, and to which hotline", case.iccam),
    ]


def _contact(case: Case) -> list[tuple[str, str, str]]:
    about = ": ".join(part for part in (case.hotline, case.hotline_description) if part)
    return [
        ("hotline_description", "Hotline", about),
        ("email", "Email address", case.hotline_email),
        ("phone", "Phone number", case.hotline_phone),
        ("physical_address", "Physical address", case.hotline_address),
    ]


def _unknown(known: bool) -> str:  # noqa: FBT001 - private, one reader
    return "none found" if known else NOT_KNOWN
