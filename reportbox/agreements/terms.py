"""What was agreed with law enforcement: the record that drives the box.

Guidelines, “agree on collaboration principles in writing” and “notice and takedown”.
An agreement has no end date: it is active until it is terminated. Without one the box
works by the interim channel, on these same defaults.
"""

from dataclasses import asdict, dataclass, field, fields, replace
from datetime import date, datetime, time
from typing import Any, NamedTuple, Self

from reportbox.errors import InvalidInput
from reportbox.plain import one_line

LONGEST = 2_000  # characters of one field
CHOICES = {
    "ntd_body": ("hotline", "lea", "none"),
    "ntd_clock": ("sending", "receipt"),
    "removal_checker": ("hotline", "lea", "both"),
    "urgent_channel": ("both", "phone", "mail"),
    "not_illegal": ("none", "list", "each"),
}
BOUNDS = {
    # Guidelines, “fixed time when NTD is sent out”: 6-24 hours, up to 6 days.
    "ntd_delay_hours": (0, 144),
    "removal_hours": (1, 720),
    "receipt_hours": (1, 720),
    "silent_days": (1, 365),
    "feedback_months": (1, 24),
    "list_days": (1, 92),
    "block_size": (0, 1000),
    "review_days": (1, 365),
}


@dataclass(frozen=True, kw_only=True)
class Terms:
    """One version of the agreement. ``paragraphs`` names what authorises a setting."""

    parties: str = ""
    legal_basis: str = ""  # of the cooperation; that of the verdicts is a setting
    first_contact_on: date | None = None
    signed_on: date | None = None
    terminated_on: date | None = None
    interim_channel: str = ""  # how the LEA is told until there is an agreement
    involved: str = ""  # who else takes part in the talks (B18)
    note: str = ""  # what whoever comes next should know (B21)

    ntd_body: str = "hotline"
    ntd_delay_hours: int = 24
    ntd_clock: str = "sending"  # or “receipt”
    upstream_copies: bool = False
    removal_checker: str = "hotline"
    removal_hours: int = 48  # of the LEA, to look; then it is asked of the desk
    urgent_channel: str = "both"
    receipt_hours: int = 48
    silent_days: int = 14
    feedback_months: int = 6
    review_days: int = 7  # of a hold: a reminder, never a release
    not_illegal: str = "none"
    list_days: int = 30
    plain_mail: bool = False
    delete_on_receipt: bool = False
    block_size: int = 0  # reports in one letter; 0: one letter each
    block_times: str = ""  # such as “10:00, 14:00”
    fields_off: tuple[str, ...] = ()  # of Annex I
    fields_agreed_on: date | None = None

    paragraphs: dict[str, str] = field(default_factory=dict)

    @property
    def is_signed(self) -> bool:
        return self.signed_on is not None and self.terminated_on is None

    @classmethod
    def from_data(cls, data: dict[str, Any]) -> Self:
        """Take what the records hold; what a later version added has its default."""
        known = {f.name: f for f in fields(cls)}
        given = {k: _read(known[k].type, v) for k, v in data.items() if k in known}
        return cls(**given)

    def to_data(self) -> dict[str, Any]:
        return {
            name: value.isoformat() if isinstance(value, date) else value
            for name, value in asdict(self).items()
        }


def _read(kind: object, value: Any) -> Any:  # noqa: ANN401 - as JSON has it
    if kind == date | None:
        return date.fromisoformat(value) if value else None
    return tuple(value) if kind == tuple[str, ...] else value


class Setting(NamedTuple):
    """How a person sees one of the terms."""

    name: str
    label: str
    hint: str = ""
    words: dict[str, str] | None = None  # for a choice


# What the agreement is, and below it what it says.
ABOUT = (
    Setting("parties", "Parties", "Who agrees with whom."),
    Setting(
        "legal_basis",
        "Basis of the cooperation",
        "The law or decree that lets you work together. It stands in no letter.",
    ),
    Setting("first_contact_on", "First contact", "When the talks began."),
    Setting("signed_on", "Signed on", "There is no end date: it runs on."),
    Setting("terminated_on", "Terminated on", "Only when one side has ended it."),
    Setting("interim_channel", "Interim channel", "How the LEA is told until then."),
    Setting("involved", "Also involved", "Such as the ministry or the prosecutor."),
    Setting("note", "For whoever comes next", "What a successor should know."),
)
SAYS = (
    Setting(
        "ntd_body",
        "NTD body",
        "Who asks providers to remove.",
        {"hotline": "The hotline", "lea": "The LEA", "none": "Nobody"},
    ),
    Setting("ntd_delay_hours", "Hours until the NTD", "0 to 144; 24 is usual."),
    Setting(
        "ntd_clock",
        "These hours run from",
        "",
        {"sending": "the moment the LEA was told", "receipt": "the LEA's receipt"},
    ),
    Setting(
        "upstream_copies",
        "Copies to the network above",
        "Of a provider that does not remove; only if it stands in the provider book.",
    ),
    Setting(
        "removal_checker",
        "Who checks the removal",
        "",
        {"hotline": "The hotline", "lea": "The LEA", "both": "Both"},
    ),
    Setting(
        "removal_hours",
        "A look of the LEA comes to you after (hours)",
        "Where the LEA checks, and does not say what it saw.",
    ),
    Setting(
        "urgent_channel",
        "Urgent cases",
        "",
        {
            "both": "by telephone, and marked in the subject",
            "phone": "by telephone; the subject stays neutral",
            "mail": "marked in the subject",
        },
    ),
    Setting("receipt_hours", "Receipt expected within (hours)"),
    Setting("silent_days", "Silence ends the wait after (days)"),
    Setting("feedback_months", "Feedback every (months)"),
    Setting("review_days", "A hold is looked at again after (days)"),
    Setting(
        "not_illegal",
        "What is not illegal",
        "",
        {"none": "is not told", "list": "goes in a list", "each": "is told each time"},
    ),
    Setting("list_days", "That list goes out every (days)"),
    Setting("plain_mail", "Plain mail is allowed", "Only if the LEA asked for it."),
    Setting("delete_on_receipt", "Kept only until the receipt", "See the manual."),
    Setting("block_size", "Reports in one letter", "0 for one letter each."),
    Setting("block_times", "Letters with many leave at", "Such as 10:00, 14:00."),
    Setting("fields_agreed_on", "Fields of Annex I agreed on"),
)
SETTINGS = ABOUT + SAYS
KINDS = {f.name: f.type for f in fields(Terms)}


def read_form(form: dict[str, str], off: list[str], before: Terms) -> Terms:
    """Take the form, or raise InvalidInput with a sentence for each wrong field.

    ``off`` are the fields of Annex I that are agreed to be left out.
    """
    problems: dict[str, str] = {}
    given: dict[str, Any] = {}
    for setting in SETTINGS:
        text = form.get(setting.name, "").strip()[:LONGEST]
        try:
            given[setting.name] = _typed(setting.name, text)
        except ValueError as wrong:
            problems[setting.name] = str(wrong)
    if problems:
        raise InvalidInput(**problems)
    paragraphs = {
        s.name: one_line(form.get(f"paragraph_{s.name}", ""))[:LONGEST].strip()
        for s in SAYS
    }
    given["paragraphs"] = before.paragraphs | paragraphs
    given["fields_off"] = tuple(off)
    return replace(before, **given)


def _typed(name: str, text: str) -> Any:  # noqa: ANN401 - as the field wants it
    kind = KINDS[name]
    if name in CHOICES:
        if text not in CHOICES[name]:
            raise ValueError("Please choose one.")
        return text
    if kind is bool:
        return text == "yes"
    if kind is int:
        return _number(text, *BOUNDS[name])
    if kind == date | None:
        return _day(text)
    return _times(text) if name == "block_times" else text


def _number(text: str, low: int, high: int) -> int:
    if not (text.isascii() and text.isdigit() and low <= int(text) <= high):
        raise ValueError(f"Please write a number from {low} to {high}.")
    return int(text)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise ValueError("Please write the day like 2026-11-22.") from None


def _times(text: str) -> str:
    try:
        return ", ".join(f"{t:%H:%M}" for t in times_of(text))
    except ValueError:
        raise ValueError("Please write times of day like 10:00, 14:00.") from None


def times_of(text: str) -> list[time]:
    """Read “10:00, 14:00”, or raise ValueError."""
    parts = [part.strip() for part in text.split(",") if part.strip()]
    return sorted(datetime.strptime(part, "%H:%M").time() for part in parts)  # noqa: DTZ007 - a time of day
