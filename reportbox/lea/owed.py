"""Who is owed a notice of an item: one LEA track for each agency it is routed to."""

from datetime import datetime, timedelta

from reportbox import lifecycle
from reportbox.agreements.reading import read_terms, read_units
from reportbox.lea.agency import Unit, responsible, told_of
from reportbox.lea.schedule import told_by
from reportbox.records.agencies import Agency
from reportbox.records.answers import Call
from reportbox.records.items import Hold, Item
from reportbox.records.journey import Deed, box, lift_hold, place_hold
from reportbox.records.reports import Report
from reportbox.records.tracks import LeaNotice
from reportbox.settings import Settings

NOBODY = "no agency is entered yet"
LONGEST_WAIT = timedelta(minutes=30)  # for a trace or a second opinion


def owe_notices(
    item: Item, now: datetime, settings: Settings, wait: timedelta | None = None
) -> None:
    """Open the LEA tracks this appearance still lacks.

    A trace may take some minutes; after that, or at the end of the working day, the
    notice leaves without it. An urgent one waits for nothing. ``wait`` is how long it
    may be instead, for a second opinion or an undo.
    """
    open_ones = [n for n in LeaNotice.of(item) if n.state != lifecycle.Lea.WITHDRAWN]
    known = {n.unit_id for n in open_ones}
    if item.is_urgent:
        hurry(item, now)
    usual = timedelta(minutes=0 if item.is_urgent else settings.hosting_wait_minutes)
    latest_at = min(now + (wait or usual), told_by(now, settings))
    hurry(item, latest_at)  # what waited for a second opinion has it now
    owed: list[Unit | None] = [*units_for(item)]
    for unit in owed or ([] if open_ones else [None]):
        if unit is None or unit.id not in known:
            LeaNotice.create(
                item=item,
                appearance=item.appearance,
                opened_at=now,
                latest_at=latest_at,
                **columns_of(unit),
            )


def hurry(item: Item, by: datetime) -> None:
    """Let what waits, wait no longer than that: urgency may be declared later."""
    mine = (LeaNotice.item == item.id) & (LeaNotice.appearance == item.appearance)
    waits = (LeaNotice.state == lifecycle.Lea.TO_NOTIFY) & (LeaNotice.latest_at > by)
    LeaNotice.update(latest_at=by).where(mine, waits).execute()


def units_for(item: Item) -> list[Unit]:
    """List the agencies an item is routed to, by region and topic."""
    return told_of(read_units(), *_points_of(item))


def _points_of(item: Item) -> tuple[str, list[str]]:
    """Say what routes an item: its region, and its topics."""
    region = item.verdict.answers.get("region", "") if item.verdict else ""
    return region, list(Report.topics_of(item.id))


def columns_of(unit: Unit | None) -> dict[str, object]:
    """What a notice keeps of its agency; addresses and keys may change later."""
    if unit is None:
        return {"unit": None, "agency": NOBODY, "address": "", "key": ""}
    return {
        "unit": unit.id,
        "agency": unit.name,
        "address": unit.mailbox,
        "key": unit.key,
    }


def raise_alarm(item: Item, now: datetime) -> None:
    """A child may be in danger: everything waits for the LEA, and somebody calls it.

    Guidelines, “establish a contact person” and “flag urgent cases”.
    """
    if any(hold.is_urgent for hold in Hold.open_on(item.id)):
        return
    why = "imminent threat: nothing leaves until the LEA answers"
    place_hold(item, box(now, why), is_urgent=True)
    if read_terms().urgent_channel != "mail":
        for notice in LeaNotice.of(item):
            call_for(item, notice.unit, "urgent", now)


def lift_urgent_holds(item: Item, deed: Deed) -> None:
    """The LEA has answered, or the agreed time for it is over.

    Where several agencies have it, each must; whoever only gets a copy answers for none
    of them.
    """
    whose = {unit.id for unit in responsible(read_units(), *_points_of(item))}
    notices = [n for n in LeaNotice.of(item) if n.unit_id in whose]
    if any(not _is_over(n) and not _has_answered(n) for n in notices):
        return
    for hold in Hold.open_on(item.id):
        if hold.is_urgent and hold.item_id == item.id:
            lift_hold(hold, deed)


def _is_over(notice: LeaNotice) -> bool:
    """Tell whether nobody waits for their answer any more."""
    return lifecycle.is_ended(lifecycle.Kind.LEA, notice.state)


def _has_answered(notice: LeaNotice) -> bool:
    """Tell whether they confirmed, were reached by telephone, or hold it themselves."""
    since, unit = notice.opened_at, notice.unit_id
    theirs = (Call.item == notice.item_id) & (Call.unit == unit)
    if Call.rows(theirs, Call.done_at >= since):
        return True
    held = (Hold.item == notice.item_id) & (Hold.unit == unit)
    return bool(Hold.rows(held, Hold.placed_at >= since))


def give_call_to(item: Item, unit: Unit) -> None:
    """Say whom to telephone, where nobody was known before."""
    nobody = (Call.item == item.id) & Call.unit.is_null()
    Call.update(unit=unit.id, agency=unit.name).where(nobody).execute()


def call_for(item: Item, unit: Agency | None, why: str, now: datetime) -> bool:
    """Ask a person to telephone, unless somebody was asked to already."""
    if any(call.unit_id == (unit and unit.id) for call in Call.open_on(item.id)):
        return False
    agency = unit.name if unit else NOBODY
    Call.create(item=item, unit=unit, agency=agency, why=why, opened_at=now)
    return True
