"""Who is owed a notice of an item: one LEA track for each agency it is routed to."""

from datetime import datetime, timedelta

from reportbox import lifecycle
from reportbox.agreements.reading import read_units
from reportbox.lea.agency import Unit, told_of
from reportbox.records.items import Item
from reportbox.records.reports import Report
from reportbox.records.tracks import LeaNotice
from reportbox.settings import Settings

NOBODY = "no agency is entered yet"


def owe_notices(item: Item, now: datetime, settings: Settings) -> None:
    """Open the LEA tracks this appearance still lacks.

    A trace may take some minutes; after that the notice leaves without it. An urgent
    one waits for nothing.
    """
    open_ones = [n for n in LeaNotice.of(item) if n.state != lifecycle.Lea.WITHDRAWN]
    known = {n.unit_id for n in open_ones}
    wait = 0 if item.is_urgent else settings.hosting_wait_minutes
    owed: list[Unit | None] = [*units_for(item)]
    for unit in owed or ([] if open_ones else [None]):
        if unit is None or unit.id not in known:
            LeaNotice.create(
                item=item,
                appearance=item.appearance,
                opened_at=now,
                latest_at=now + timedelta(minutes=wait),
                **columns_of(unit),
            )


def units_for(item: Item) -> list[Unit]:
    """List the agencies an item is routed to, by region and topic."""
    region = item.verdict.answers.get("region", "") if item.verdict else ""
    return told_of(read_units(), region, Report.topics_of(item.id))


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
