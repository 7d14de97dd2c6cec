"""A report is accepted: once it is on disk, and only then, whoever sent it hears so."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from reportbox.intake.form import Submission
from reportbox.lifecycle import Actor, Kind, Move, is_ended
from reportbox.records import atomic
from reportbox.records.alarms import Alarm
from reportbox.records.items import FLOOD, SAID, USUAL, Item, Sighting
from reportbox.records.journey import Deed, move, put_on_record
from reportbox.records.prepared import put
from reportbox.records.reports import Report
from reportbox.tracing.address import Address


@dataclass(frozen=True)
class Origin:
    """How a report came in; the public form is the usual way."""

    source: str = "public form"
    language: str = "en"
    campaign: str = ""
    is_flood: bool = False
    who: str = "the public"  # as it stands in the history
    account: int = 0  # of whoever entered it at the desk
    sent_by: str = ""  # a hotline or partner
    reference: str = ""  # their number for it
    received_at: datetime | None = None  # when it reached the hotline, if not now


PUBLIC_FORM = Origin()


def accept(
    sent: Submission,
    form_key: str,
    code_hash: str,
    now: datetime,
    origin: Origin = PUBLIC_FORM,
) -> bool:
    """Keep the report; a second click or a retry of the same form changes nothing.

    Returns whether it is new.
    """
    with atomic():
        received_at = origin.received_at or now
        report = put(
            Report,
            received_at=received_at,
            form_key=form_key,
            code_hash=code_hash,
            **_columns(sent, origin),
        )
        if not report:
            return False
        if sent.says_urgent:
            put(Alarm, report=report, raised_at=now, due_at=now)
        deed = Deed(origin.who, Actor.PUBLIC, now, account=origin.account or None)
        for address in sent.addresses:
            item = _find_or_create(report, address, sent, origin, deed)
            put(Sighting, report=report, item=item, address=address.typed)
    return True


def _columns(sent: Submission, origin: Origin) -> dict[str, Any]:
    return {
        "source": origin.source,
        "topic": sent.topic,
        "where_found": sent.where_found,
        "referrer": sent.referrer,
        "steps": sent.steps,
        "login": sent.login,
        "seen_on": sent.seen_on,
        "comments": sent.comments,
        "says_urgent": sent.says_urgent,
        "is_flood": origin.is_flood,
        "email": sent.email,
        "wants_reply": sent.wants_reply,
        "police_may_ask": sent.police_may_ask,
        "language": origin.language,
        "campaign": origin.campaign,
        "account": origin.account,
        "sent_by": origin.sent_by,
        "reference": origin.reference,
    }


def _find_or_create(
    report: int, address: Address, sent: Submission, origin: Origin, deed: Deed
) -> int:
    known = Item.known(address.key)
    if known is not None:
        _remember(known, address)
        _see_again(Item.get_by_id(known), sent, origin, deed)
        return known
    since = origin.received_at or deed.at
    usual = FLOOD if origin.is_flood else USUAL
    item = put(
        Item,
        report=report,
        address_as_reported=address.as_reported,
        address_key=address.key,
        host=address.host,
        reported_at=since,
        appeared_at=since,
        says_urgent=sent.says_urgent,
        is_flood=origin.is_flood,
        urgency=SAID if sent.says_urgent else usual,
        waits_from=since,
    )
    put_on_record(deed, "report", f"item {item}", finish="to_assess")
    return item


def _remember(item: int, address: Address) -> None:
    """If the address was forgotten: its item knows it again from now on."""
    known = {
        "address_as_reported": address.as_reported,
        "address_key": address.key,
        "host": address.host,
        "forgotten_at": None,
    }
    forgotten = ~Item.forgotten_at.is_null()
    Item.update(**known).where(Item.id == item, forgotten).execute()


def _see_again(item: Item, sent: Submission, origin: Origin, deed: Deed) -> None:
    """An address reported again is never refused: it counts, or it reopens."""
    again = Deed(deed.who, deed.actor, deed.at, "reported again", deed.account)
    reopens = is_ended(Kind.ITEM, item.state)
    changes: dict[str, Any] = {
        "times_seen": item.times_seen + 1,
        "says_urgent": item.says_urgent or sent.says_urgent,
        "is_flood": item.is_flood and origin.is_flood,
    }
    if reopens:
        changes |= {"appearance": item.appearance + 1, **_anew(sent, origin, deed.at)}
    move(item, Move.SEE_AGAIN, again, **changes)


def _anew(sent: Submission, origin: Origin, now: datetime) -> dict[str, Any]:
    """Nothing of an earlier appearance but its history goes with the new one."""
    return {
        "appeared_at": origin.received_at or now,
        "says_urgent": sent.says_urgent,
        "is_flood": origin.is_flood,
        "is_urgent": False,
        "judged_at": None,
        "finding": None,
        "removed_at": None,
        "comes_back_on": None,
        "trace_at": None,
        "trace_attempts": 0,
        "trace_trouble": "",
    }
