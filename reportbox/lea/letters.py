"""Letters to an agency that are about no report: a test, a list, our own addresses."""

from datetime import datetime, timedelta

from reportbox import lifecycle
from reportbox.agreements.reading import read_terms, unit_of
from reportbox.errors import Refused
from reportbox.lea.agency import Channel
from reportbox.lea.write import Told, link_of, new_code, post
from reportbox.lifecycle import Paper
from reportbox.plain import csv_of
from reportbox.ports import World
from reportbox.post.wording import compose, say_when
from reportbox.records import atomic
from reportbox.records.agencies import Agency
from reportbox.records.answers import OwnAddress
from reportbox.records.items import Item
from reportbox.records.journey import Deed, box, put_on_record
from reportbox.records.rows import each
from reportbox.settings import Settings

LIST = ("reference", "judged_at", "reason", "address")
WRITTEN_TO = frozenset({Channel.MAIL, Channel.BOTH})  # others read it in the portal
SETTLED_AFTER = timedelta(minutes=15)
MOST_LISTED = 2_000  # in one letter; the next follows at once


def send_test(agency: Agency, settings: Settings, deed: Deed) -> None:
    """Write a test letter: no report in it, only a code that says it was read."""
    if not agency.mailbox or agency.channel == Channel.WEB_TOOL:
        raise Refused("This agency is not written to: there is nothing to test.")
    code = new_code()
    words = compose(
        "lea_test.en",
        agency=agency.name,
        code=code,
        link=link_of(code, settings),
        settings=settings,
    )
    with atomic():
        changes = {"tested_at": deed.at, "test_code": code, "test_confirmed_at": None}
        Agency.update(**changes).where(Agency.id == agency.id).execute()
        to = Told(unit_of(agency), read_terms(), settings, deed.at)
        post([], Paper.LEA_TEST, words, [], to)
        put_on_record(deed, "send_test", f"agency {agency.id}")


def list_due(settings: Settings, world: World) -> int:
    """Tell agencies what was found not illegal, where a list of it was agreed."""
    terms, now = read_terms(), world.clock.now()
    if terms.not_illegal != "list":
        return 0
    pause = now - timedelta(days=terms.list_days)
    due = (Agency.listed_at.is_null()) | (Agency.listed_at <= pause)
    top = Agency.rows(Agency.is_active == True, Agency.parent.is_null(), due)  # noqa: E712
    # It holds addresses, so it goes by encrypted mail or not at all.
    rows = [a for a in top if a.mailbox and a.channel in WRITTEN_TO]
    return each(rows, lambda a: _write_list(a, settings, now), "list", now)


def own_addresses_due(settings: Settings, world: World) -> int:
    """Tell every agency of the hotline's own addresses, again after each change."""
    newest = OwnAddress.last_change()
    if newest is None:
        return 0
    now = world.clock.now()
    untold = Agency.addresses_told_at.is_null() | (Agency.addresses_told_at < newest)
    rows = Agency.rows(Agency.is_active == True, untold)  # noqa: E712
    rows = [a for a in rows if a.mailbox and a.channel in WRITTEN_TO]
    return each(rows, lambda a: _write_addresses(a, settings, now), "addresses", now)


def _write_list(agency: Agency, settings: Settings, now: datetime) -> bool:
    since = agency.listed_at or datetime.min.replace(tzinfo=now.tzinfo)
    # What could still be taken back, or is being judged just now, is for the next one.
    latest = now - SETTLED_AFTER
    found = Item.rows(
        Item.state == lifecycle.Item.NOT_ILLEGAL,
        Item.judged_at > since,
        Item.judged_at <= latest,
        Item.forgotten_at.is_null(),
    )
    found.sort(key=lambda item: item.judged_at)
    if not found:
        return False  # an empty list tells nobody anything
    rows = found[:MOST_LISTED]
    until = rows[-1].judged_at if len(found) > len(rows) else latest
    lines = [
        (i.number, say_when(i.judged_at, settings.zone), _reason(i), _address(i))
        for i in rows
    ]
    words = compose(
        "lea_list.en",
        agency=agency.name,
        count=len(rows),
        since=say_when(agency.listed_at, settings.zone),
        settings=settings,
    )
    with atomic():
        Agency.update(listed_at=until).where(Agency.id == agency.id).execute()
        to = Told(unit_of(agency), read_terms(), settings, now)
        table = ["not-illegal.csv", "text/csv", csv_of(list(LIST), lines)]
        post([], Paper.LEA_LIST, words, [table], to)
        put_on_record(box(now), "list_not_illegal", f"agency {agency.id}")
    return True


def _reason(item: Item) -> str:
    return str(item.verdict.reason) if item.verdict else ""


def _address(item: Item) -> str:
    return str(item.address_as_reported)


def _write_addresses(agency: Agency, settings: Settings, now: datetime) -> bool:
    words = compose(
        "own_addresses.en",
        agency=agency.name,
        networks=OwnAddress.current(),
        settings=settings,
    )
    with atomic():
        Agency.update(addresses_told_at=now).where(Agency.id == agency.id).execute()
        to = Told(unit_of(agency), read_terms(), settings, now)
        post([], Paper.OWN_ADDRESSES, words, [], to)
        put_on_record(box(now), "tell_own_addresses", f"agency {agency.id}")
    return True
