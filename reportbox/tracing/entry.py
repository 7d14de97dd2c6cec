"""What people enter in the contact book: a place, or a mailbox alone, and its way."""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from ipaddress import ip_network
from typing import Any

from reportbox.errors import InvalidInput
from reportbox.languages import country_code
from reportbox.plain import is_mail_address, one_line
from reportbox.records import atomic
from reportbox.records.contacts import Contact, ContactKey
from reportbox.records.journey import Deed, put_on_record
from reportbox.records.providers import Provider
from reportbox.tracing.book import in_order, is_reported
from reportbox.tracing.contacts import Match
from reportbox.tracing.domain import registrable
from reportbox.tracing.provider import LONGEST, Way
from reportbox.tracing.providers import find_or_enter
from reportbox.tracing.proxies import Channel

MOST = 50  # entries on one page
ASN = re.compile("[0-9]{1,10}")
HIGHEST_ASN = 2**32 - 1  # RFC 6793
WIDEST = {4: 8, 6: 16}  # nobody has more: a wider block is a slip of the hand
PATTERNS = {
    Match.SUFFIX: "Please write a name such as platform.example, that somebody bought.",
    Match.PREFIX: "Please write a block such as 192.0.2.0/24, no wider than a /8 or, "
    "of IPv6, a /16.",
    Match.ASN: "Please write an AS number such as 64500; the highest is 4294967295.",
}
WAY = tuple(asdict(Way()))


@dataclass(frozen=True)
class NewEntry:
    """What a person enters in the book; without a way a mailbox keeps the one it has.

    ``pattern`` is empty where a provider is asked by its form or API, wherever it is.
    """

    match: Match
    pattern: str
    mailbox: str
    provider: str
    country: str
    note: str
    way: Way | None = None

    @classmethod
    def parse(cls, form: Mapping[str, str]) -> "NewEntry":
        """Read the form, or raise InvalidInput saying what helps."""
        said = {name: one_line(text)[:LONGEST] for name, text in form.items()}
        problems, way = _way(said)
        match = said.get("match", "")
        if match not in list(Match):
            problems["match"] = "Please choose what the entry is about."
        mailbox = said.get("mailbox", "")
        if mailbox and not is_mail_address(mailbox):
            problems["mailbox"] = "Please enter a mail address, or nothing."
        pattern = _pattern(match, said.get("pattern", ""), mailbox)
        if match in PATTERNS and not pattern:
            problems["pattern"] = PATTERNS[Match(match)]
        country = country_code(said.get("country", "")) if said.get("country") else ""
        if said.get("country") and not country:
            problems["country"] = "Please write the two letters of the country."
        takes_mail = way is None or way.channel is Channel.MAIL
        if not mailbox and takes_mail and not (country or said.get("provider")):
            problems["mailbox"] = "Please say at least one thing: whom, who or where."
        if match == Match.MAILBOX and not mailbox:
            if takes_mail:
                problems["mailbox"] = "Please enter the mailbox this is about."
            elif not said.get("provider"):
                problems["provider"] = "Please say whose form or API it is."
        if problems:
            raise InvalidInput(**problems)
        return cls(
            Match(match),
            pattern,
            mailbox,
            said.get("provider", ""),
            country,
            said.get("note", ""),
            way,
        )


def enter(entry: NewEntry, deed: Deed) -> Contact:
    """Enter it, or replace what the book says of the same place."""
    _refuse_reported(entry)
    with atomic():
        owner = find_or_enter(entry.provider, deed) if entry.provider else None
        pattern = entry.pattern or _own_pattern(entry, owner)
        known = Contact.get_or_none(
            (Contact.match == entry.match) & (Contact.pattern == pattern)
        )
        row = known or Contact.create(
            match=entry.match,
            pattern=pattern,
            entered_by=deed.who,
            entered_at=deed.at,
            rank=_last_rank(owner) + 1,
        )
        _write(row, entry, owner)
        _approve(entry.mailbox, row, deed)
        put_on_record(deed, "enter_contact", f"contact {row.id}")
    return Contact.get_by_id(row.id)


def change(row: Contact, form: Mapping[str, str], deed: Deed) -> Contact:
    """Change an entry; what it is about stays, unless it is a mailbox and no more."""
    match = Match(row.match)
    entry = NewEntry.parse({**form, "match": match, "pattern": row.pattern})
    _refuse_reported(entry)
    with atomic():
        owner = find_or_enter(entry.provider, deed) if entry.provider else None
        if match is Match.MAILBOX:
            _rename(row, entry.pattern or _own_pattern(entry, owner))
        is_new = entry.mailbox.lower() != row.mailbox.lower()
        _write(row, entry, owner)
        if is_new:
            _approve(entry.mailbox, row, deed)
        put_on_record(deed, "change_contact", f"contact {row.id}")
    return Contact.get_by_id(row.id)


def prefer(row: Contact, deed: Deed) -> None:
    """Let a provider's contact be asked one place earlier."""
    with atomic():
        rows = Contact.rows(Contact.owner == row.owner_id) if row.owner_id else []
        order = in_order(rows)
        at = next((i for i, one in enumerate(order) if _is_same(one, row)), 0)
        if at:
            order[at - 1 : at + 1] = [order[at], order[at - 1]]
        for rank, one in enumerate(order):
            Contact.update(rank=rank).where(_rows_of(one)).execute()
        put_on_record(deed, "prefer_contact", f"contact {row.id}")


def strike(row: Contact, deed: Deed) -> None:
    """Take an entry out; its mailbox is then as new as any."""
    with atomic():
        Contact.delete().where(Contact.id == row.id).execute()
        if row.mailbox and not Contact.rows(Contact.mailbox == row.mailbox):
            ContactKey.delete().where(ContactKey.mailbox == row.mailbox).execute()
        put_on_record(deed, "strike_contact", f"contact {row.id}")


def entries_of_nobody(before: int) -> tuple[list[Contact], int]:
    """List entries without a provider, the newest first, and where the next page is."""
    query = Contact.select().where(Contact.owner.is_null())
    if before:
        query = query.where(Contact.id < before)
    rows = list(query.order_by(Contact.id.desc()).limit(MOST + 1))
    return rows[:MOST], rows[MOST - 1].id if len(rows) > MOST else 0


def _refuse_reported(entry: NewEntry) -> None:
    """Nothing is ever sent to a host that was reported."""
    if entry.way and is_reported(entry.way.api_url):
        raise InvalidInput(
            api_url="An address on this host was reported: nothing is sent there."
        )


def _way(said: Mapping[str, str]) -> tuple[dict[str, str], Way | None]:
    if "channel" not in said:
        return {}, None
    try:
        return {}, Way.parse(said)
    except InvalidInput as wrong:
        return dict(wrong.problems), None


def _write(row: Contact, entry: NewEntry, owner: Provider | None) -> None:
    """Write the entry, and the way of its mailbox into all rows of that mailbox."""
    known = Contact.rows(Contact.mailbox == entry.mailbox) if entry.mailbox else []
    way = asdict(entry.way) if entry.way else _way_of([*known, row])
    kept = next((one for one in known if one.id != row.id), row)
    is_same = kept.mailbox.lower() == entry.mailbox.lower()
    is_theirs = owner is not None and kept.owner_id == owner.id
    Contact.change(
        row.id,
        mailbox=entry.mailbox,
        provider=owner.name if owner else "",
        owner=owner,
        country=entry.country,
        note=entry.note,
        key=kept.key if is_same else "",
        rank=kept.rank if is_theirs else row.rank,
        **way,
    )
    if entry.mailbox:
        Contact.update(**way).where(Contact.mailbox == entry.mailbox).execute()
    if entry.mailbox and owner:
        nobodys = (Contact.mailbox == entry.mailbox) & Contact.owner.is_null()
        Contact.update(owner=owner).where(nobodys).execute()


def _way_of(rows: list[Contact]) -> dict[str, Any]:
    return {name: getattr(rows[0], name) for name in WAY}


def _approve(mailbox: str, row: Contact, deed: Deed) -> None:
    """Whoever enters a mailbox knows that it works."""
    if not mailbox:
        none = {"approved_by": "", "approved_at": None, "bounced_at": None}
        Contact.change(row.id, **none)
        return
    again = Contact.update(bounced_at=None)
    again.where(Contact.mailbox == mailbox).execute()
    Contact.change(row.id, approved_by=deed.who, approved_at=deed.at)


def _rename(row: Contact, pattern: str) -> None:
    same = (Contact.match == Match.MAILBOX) & (Contact.pattern == pattern)
    if any(other.id != row.id for other in Contact.rows(same)):
        raise InvalidInput(mailbox="This stands in the book already.")
    Contact.change(row.id, pattern=pattern)


def _own_pattern(entry: NewEntry, owner: Provider | None) -> str:
    """Where no mailbox and no place is named it is the provider's one form, or API."""
    channel = entry.way.channel if entry.way else Channel.FORM
    return f"{channel} {owner.id if owner else 0}"


def _last_rank(owner: Provider | None) -> int:
    rows = Contact.rows(Contact.owner == owner.id) if owner else []
    return max((row.rank for row in rows), default=-1)


def _is_same(one: Contact, other: Contact) -> bool:
    if one.mailbox:
        return bool(one.mailbox.lower() == other.mailbox.lower())
    return one.id == other.id


def _rows_of(row: Contact) -> Any:  # noqa: ANN401 - a peewee expression
    if not row.mailbox:
        return Contact.id == row.id
    return (Contact.mailbox == row.mailbox) & (Contact.owner == row.owner_id)


def _pattern(match: str, text: str, mailbox: str) -> str:
    """Write what an entry is about in its one form; nothing where it is no such."""
    text = text.strip().lower()
    if match == Match.MAILBOX:
        return mailbox
    if match == Match.PREFIX:
        return _block(text)
    if match == Match.ASN:
        number = text.removeprefix("as").strip()
        good = ASN.fullmatch(number) and 0 < int(number) <= HIGHEST_ASN
        return str(int(number)) if good else ""
    name = text.strip(".").removeprefix("*.")
    good = all(part and " " not in part for part in name.split("."))
    return name if good and registrable(name) else ""


def _block(text: str) -> str:
    try:
        block = ip_network(text, strict=False)
    except ValueError:
        return ""
    return str(block) if block.prefixlen >= WIDEST[block.version] else ""
