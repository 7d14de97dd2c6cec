"""A report by telephone, letter, visit or ICCAM, as somebody at the desk enters it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime

from reportbox.errors import InvalidInput
from reportbox.intake.actions import Origin, accept
from reportbox.intake.form import Submission
from reportbox.intake.mails import end
from reportbox.intake.receipt import code_hash, form_key, receipt_code
from reportbox.plain import one_line
from reportbox.records import atomic
from reportbox.records.drafts import Draft
from reportbox.records.items import Item
from reportbox.records.journey import Deed
from reportbox.records.reports import FROM_ICCAM
from reportbox.settings import Settings

WAYS = ("telephone", "letter", "visit", "e-mail", FROM_ICCAM)
OWN_LOOK = "a look of our own"
LONGEST = 200  # characters of a name or number


@dataclass(frozen=True)
class Entry:
    """A report as somebody at the desk writes it down."""

    sent: Submission
    origin: Origin

    @classmethod
    def parse(cls, form: Mapping[str, str], settings: Settings, deed: Deed) -> "Entry":
        """Read what was entered, or raise InvalidInput."""
        problems: dict[str, str] = {}
        sent = None
        try:
            sent = Submission.parse(form, deed.at.astimezone(settings.zone).date())
        except InvalidInput as wrong:
            problems |= wrong.problems
        way = form.get("way", "")
        if way not in WAYS:
            problems["way"] = "Choose how it came."
        if way == FROM_ICCAM and not form.get("received_at"):
            problems["received_at"] = "ICCAM's own report needs its time."
        received_at = _moment(form.get("received_at", ""), settings, deed.at, problems)
        names = {n: one_line(form.get(n, "")) for n in ("sent_by", "reference")}
        for name, text in names.items():
            if way == FROM_ICCAM and not text:
                problems[name] = "ICCAM's own report needs this."
            if len(text) > LONGEST:
                problems[name] = f"Please keep this under {LONGEST} characters."
        if problems or sent is None:
            raise InvalidInput(**problems)
        origin = Origin(
            source=way,
            who=f"{deed.who} ({way})",
            account=deed.account or 0,
            received_at=received_at,
            sent_by=names["sent_by"],
            reference=names["reference"],
        )
        return cls(sent, origin)


def enter(
    entry: Entry, once: str, key: bytes, deed: Deed, draft: Draft | None = None
) -> str:
    """Keep it, and return the receipt code to tell the caller.

    A mail it was made of is dealt with in the same moment; a retry changes nothing.
    """
    token = f"desk {once}"
    code = receipt_code(key, token)
    said = form_key(token, f"{entry.sent.said} {entry.origin}")
    with atomic():
        is_new = accept(entry.sent, said, code_hash(code), deed.at, entry.origin)
        if is_new and draft is not None:
            end(draft, "take_mail", deed)
    return code


def see_again(item: Item, settings: Settings, deed: Deed) -> None:
    """An address that was gone was found there again: a report of our own."""
    today = deed.at.astimezone(settings.zone).date()
    sent = Submission.parse({"address": item.address_as_reported}, today)
    token = f"look {item.id} {item.appearance}"  # answered twice it is still one report
    origin = Origin(OWN_LOOK, who=f"{deed.who} ({OWN_LOOK})", account=deed.account or 0)
    accept(sent, form_key(token, str(sent.said)), "", deed.at, origin)


def _moment(
    typed: str, settings: Settings, now: datetime, problems: dict[str, str]
) -> datetime | None:
    """Read a moment in the hotline's zone; empty is now."""
    if not typed:
        return None
    try:
        local = datetime.fromisoformat(typed).replace(tzinfo=settings.zone)
        moment = local.astimezone(UTC)
    except (ValueError, OverflowError):
        moment = None
    earliest = datetime.combine(date(2000, 1, 1), datetime.min.time(), UTC)
    if moment is None or not earliest < moment <= now:
        problems["received_at"] = "Please give a moment in the past."
        return None
    return moment
