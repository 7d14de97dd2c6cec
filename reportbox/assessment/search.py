"""Find an item by whatever a caller, an officer or a provider can name."""

import re
from typing import NamedTuple

from reportbox.errors import InvalidInput
from reportbox.intake.receipt import code_hash
from reportbox.plain import is_mail_address
from reportbox.records.items import Item, Sighting
from reportbox.records.letters import Enclosure, Letter
from reportbox.records.reports import Report
from reportbox.records.tracks import Ntd
from reportbox.tracing.address import read_address

MOST = 50  # results on one page
LATEST = 300  # letters of one contact that are looked through
REFERENCE = re.compile(r"(?i)(?:RB-)?0*(\d{1,12})")
RECEIPT = re.compile(r"(?i)[a-z2-7]{4}(?:[- ]?[a-z2-7]{4}){3}")


class Found(NamedTuple):
    """What was found, the newest first, and how the words were understood."""

    items: list[Item]
    understood: str
    before: int = 0  # the next page begins below this item; 0 on the last one


def search(words: str, before: int = 0) -> Found:
    """Find items by number, receipt, address, host, provider or contact.

    Raises InvalidInput when nothing was asked for.
    """
    words = words.strip()
    if not words:
        raise InvalidInput(
            words="Type a number, a receipt, an address, a host, a "
            "provider or a contact."
        )
    if found := REFERENCE.fullmatch(words):
        return Found(Item.rows(Item.id == int(found[1])), "an item's number")
    if RECEIPT.fullmatch(words) and (items := _by_receipt(words)):
        return Found(items, "a receipt")
    if is_mail_address(words):
        return _page(_by_contact(words), before, "a contact's mail address")
    return _by_address(words, before)


def _by_address(words: str, before: int) -> Found:
    try:
        address = read_address(words)
    except InvalidInput:
        return _page(Item.provider == words, before, "a provider")
    if found := Item.rows(Item.address_key == address.key):
        return Found(found, "an address")
    is_host = "/" not in words.rstrip("/")
    if is_host:
        found_there = _page(Item.host == address.host, before, "a host")
        by_name = _page(Item.provider == words, before, "a provider")
        return found_there if found_there.items else by_name
    return Found([], "an address")


def _by_receipt(words: str) -> list[Item]:
    reports = Report.select(Report.id).where(Report.code_hash == code_hash(words))
    sightings = Sighting.select(Sighting.item).where(Sighting.report.in_(reports))
    return Item.rows(Item.id.in_(sightings))


def _by_contact(words: str) -> object:
    """Items of the latest NTDs and letters to this address."""
    asked = Ntd.select(Ntd.item).where(Ntd.contact.collate("NOCASE") == words)
    latest = asked.order_by(Ntd.id.desc()).limit(LATEST)
    letters = Letter.select(Letter.id).where(
        Letter.recipient.collate("NOCASE") == words
    )
    some = letters.order_by(Letter.id.desc()).limit(LATEST)
    carried = Enclosure.select(Enclosure.item).where(Enclosure.letter.in_(some))
    ids = {row.item_id for query in (latest, carried) for row in query}
    return Item.id.in_(sorted(ids))


def _page(condition: object, before: int, understood: str) -> Found:
    query = Item.select().where(condition)
    if before:
        query = query.where(Item.id < before)
    rows = list(query.order_by(Item.id.desc()).limit(MOST + 1))
    more = rows[MOST - 1].id if len(rows) > MOST else 0
    return Found(rows[:MOST], understood, more)
