"""A report is accepted: once it is on disk, and only then, the visitor hears so."""

from datetime import datetime
from typing import Any

from reportbox.intake.form import Submission, code_hash
from reportbox.lifecycle import Actor, Kind, Move, is_ended
from reportbox.records import atomic
from reportbox.records.items import SAID, USUAL, Item, Sighting
from reportbox.records.journey import Deed, move, put_on_record
from reportbox.records.reports import Report


def accept(sent: Submission, form_key: str, code: str, now: datetime) -> None:
    """Keep the report; a second click or a retry of the same form changes nothing."""
    with atomic():
        if Report.has_form(form_key):
            return
        report = Report.create(
            received_at=now,
            form_key=form_key,
            code_hash=code_hash(code),
            where_found=sent.where_found,
            comments=sent.comments,
            says_urgent=sent.says_urgent,
        )
        item = _find_or_create(report, sent)
        Sighting.create(report=report, item=item)
        deed = Deed("the public", Actor.PUBLIC, now)
        put_on_record(deed, "report", f"item {item.id}", finish=str(item.state))


def _find_or_create(report: Report, sent: Submission) -> Item:
    address = sent.address
    number = Item.find_id(Item.address_key, address.key)
    if number is None:
        created: Item = Item.create(
            report=report,
            address_as_reported=address.as_reported,
            address_key=address.key,
            host=address.host,
            reported_at=report.received_at,
            appeared_at=report.received_at,
            says_urgent=report.says_urgent,
            urgency=SAID if report.says_urgent else USUAL,
            waits_from=report.received_at,
        )
        return created
    known: Item = Item.get_by_id(number)
    _see_again(known, report)
    return known


def _see_again(item: Item, report: Report) -> None:
    """An address reported again is never refused: it counts, or it reopens."""
    deed = Deed("the public", Actor.PUBLIC, report.received_at, "reported again")
    reopens = is_ended(Kind.ITEM, item.state)
    changes: dict[str, Any] = {
        "times_seen": item.times_seen + 1,
        "says_urgent": item.says_urgent or report.says_urgent,
    }
    if reopens:
        changes |= {"appearance": item.appearance + 1, **_anew(report)}
    move(item, Move.SEE_AGAIN, deed, **changes)


def _anew(report: Report) -> dict[str, Any]:
    """Nothing of an earlier appearance but its history goes with the new one."""
    return {
        "appeared_at": report.received_at,
        "says_urgent": report.says_urgent,
        "is_urgent": False,
        "judged_at": None,
        "finding": None,
        "removed_at": None,
        "comes_back_on": None,
        "trace_at": None,
        "trace_attempts": 0,
        "trace_trouble": "",
    }
