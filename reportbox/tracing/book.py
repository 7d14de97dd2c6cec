"""The contact book: read for tracing, and its mailboxes approved by people."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from reportbox import lifecycle
from reportbox.errors import InvalidInput
from reportbox.plain import is_mail_address
from reportbox.records import atomic
from reportbox.records.contacts import Contact
from reportbox.records.items import Item, item_number
from reportbox.records.journey import Deed, put_on_record
from reportbox.records.providers import ProviderName
from reportbox.records.tracks import Ntd
from reportbox.tracing.contacts import Book, Entry, Match
from reportbox.tracing.provider import folded
from reportbox.tracing.proxies import Channel

MOST = 1_000  # notices looked through for what waits


def read_book() -> Book:
    """Return the book as the rules see it."""
    rows = Contact.rows()
    desks = _desks(rows)
    return Book(
        Entry(
            Match(row.match),
            row.pattern.lower(),
            row.mailbox,
            row.provider,
            row.country,
            is_approved=row.approved_at is not None,
            has_bounced=row.bounced_at is not None,
            others=desks.get(row.owner_id, ()),
        )
        for row in rows
    )


def _desks(rows: list[Contact]) -> dict[int | None, tuple[str, ...]]:
    """List each provider's mailboxes, the one to ask first at the head."""
    found: dict[int | None, list[Contact]] = {}
    for row in rows:
        is_asked = row.channel == Channel.MAIL or bool(row.api_url)
        if row.owner_id and row.mailbox and is_asked:
            found.setdefault(row.owner_id, []).append(row)
    return {
        owner: tuple(row.mailbox for row in in_order(mine))
        for owner, mine in found.items()
    }


def in_order(rows: Iterable[Contact]) -> list[Contact]:
    """List what can be written to, each mailbox once, the one to ask first ahead."""
    ranked = sorted(rows, key=lambda row: (row.rank, row.id))
    ways = [row for row in ranked if row.mailbox or row.channel != Channel.MAIL]
    once = {row.mailbox.lower() or row.pattern: row for row in reversed(ways)}
    return [row for row in ways if once[row.mailbox.lower() or row.pattern] is row]


def is_reported(url: str) -> bool:
    """Tell whether anything on the host of this address was ever reported."""
    host = urlsplit(url).hostname if url else None
    return host is not None and Item.get_or_none(Item.host == host) is not None


def next_mailbox(mailbox: str) -> str:
    """Name its provider's next approved mailbox after this one, or nobody."""
    mine = Contact.rows(
        Contact.mailbox == mailbox, Contact.owner.is_null(is_null=False)
    )
    if not mine:
        return ""
    desks = in_order(Contact.rows(Contact.owner == mine[0].owner_id))
    good = [
        row.mailbox
        for row in desks
        if row.channel == Channel.MAIL and row.approved_at and not row.bounced_at
    ]
    return next((name for name in good if name.lower() != mailbox.lower()), "")


def approve(mailbox: str, deed: Deed) -> None:
    """Say that this mailbox may be written to, now and later."""
    if not is_mail_address(mailbox):
        raise InvalidInput(mailbox="This is no mail address.")
    with atomic():
        approve_within(mailbox, deed)


def approve_within(mailbox: str, deed: Deed) -> None:
    """Do the same inside the transaction of whoever names a contact by hand."""
    changes = {"approved_by": deed.who, "approved_at": deed.at, "bounced_at": None}
    known = Contact.mailbox == mailbox
    if not Contact.update(**changes).where(known).execute():
        Contact.create(
            match=Match.MAILBOX,
            pattern=mailbox,
            mailbox=mailbox,
            entered_by=deed.who,
            entered_at=deed.at,
            **changes,
        )
    _give_to_whom_it_belongs(mailbox)
    row = Contact.get(known)
    Ntd.update(trouble="").where(
        Ntd.contact == mailbox, Ntd.asked_at.is_null()
    ).execute()
    put_on_record(deed, "approve_contact", f"contact {row.id}")


def _give_to_whom_it_belongs(mailbox: str) -> None:
    """Whose notices go there is in the book: then the mailbox is theirs as well."""
    name = heard_at(mailbox)
    known = ProviderName.get_or_none(ProviderName.folded == folded(name))
    if known is not None:
        nobodys = (Contact.mailbox == mailbox) & Contact.owner.is_null()
        Contact.update(owner=known.provider_id).where(nobodys).execute()


def heard_at(mailbox: str) -> str:
    """Say under which name the newest notice to this mailbox goes, or nothing."""
    mine = Ntd.contact.collate("NOCASE") == mailbox
    newest = Ntd.select(Ntd.provider).where(mine).order_by(Ntd.id.desc()).first()
    return str(newest.provider) if newest else ""


@dataclass(frozen=True)
class Waiting:
    """A mailbox nobody has approved yet, and who waits for it."""

    mailbox: str
    provider: str
    item_id: int
    number: str  # of that item
    count: int  # notices that wait


def waiting() -> list[Waiting]:
    """List the mailboxes that planned notices want to go to, each once."""
    known = read_book()
    wants = (Ntd.state == lifecycle.Ntd.TO_FALL_DUE) & (Ntd.contact != "")
    planned = Ntd.select().where(wants).order_by(Ntd.id).limit(MOST)
    by_mailbox: dict[str, list[Ntd]] = {}
    for ntd in planned:
        if ntd.contact.lower() not in known.approved:
            by_mailbox.setdefault(ntd.contact.lower(), []).append(ntd)
    return [
        Waiting(
            ntds[0].contact,
            ntds[0].provider,
            ntds[0].item_id,
            item_number(ntds[0].item_id),
            len(ntds),
        )
        for ntds in by_mailbox.values()
    ]


def approved_among(mailboxes: Iterable[str]) -> set[str]:
    """Tell which of a few mailboxes may be written to, in lower case."""
    rows = list(Contact.select().where(Contact.mailbox.in_(list(mailboxes))))
    bounced = {row.mailbox.lower() for row in rows if row.bounced_at}
    return {row.mailbox.lower() for row in rows if row.approved_at} - bounced


def seed(mailboxes: list[str], now: datetime) -> None:
    """Approve the mailboxes of a practice internet, so that practice can begin."""
    with atomic():
        for mailbox in mailboxes:
            Contact.insert(
                match=Match.MAILBOX,
                pattern=mailbox,
                mailbox=mailbox,
                entered_by="Practice",
                entered_at=now,
                approved_by="Practice",
                approved_at=now,
            ).on_conflict_ignore().execute()
