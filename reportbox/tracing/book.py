"""The contact book: read for tracing, and kept by people."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_network

from reportbox import lifecycle
from reportbox.errors import InvalidInput
from reportbox.languages import country_code
from reportbox.plain import is_mail_address, one_line
from reportbox.records import atomic
from reportbox.records.contacts import Contact
from reportbox.records.items import Item
from reportbox.records.journey import Deed, put_on_record
from reportbox.records.tracks import Ntd
from reportbox.tracing.contacts import Book, Entry, Match

LONGEST = 200  # characters of a field
MOST = 1_000  # rows shown


def read_book() -> Book:
    """Return the book as the rules see it."""
    return Book(
        Entry(
            Match(row.match),
            row.pattern.lower(),
            row.mailbox,
            row.provider,
            row.country,
            is_approved=row.approved_at is not None,
            has_bounced=row.bounced_at is not None,
        )
        for row in Contact.select()
    )


@dataclass(frozen=True)
class NewEntry:
    """What a person enters in the book."""

    match: Match
    pattern: str
    mailbox: str
    provider: str
    country: str
    note: str

    @classmethod
    def parse(cls, said: dict[str, str]) -> "NewEntry":
        """Read the form, or raise InvalidInput saying what helps."""
        said = {name: one_line(text)[:LONGEST] for name, text in said.items()}
        problems = {}
        match = said.get("match", "")
        if match not in {Match.SUFFIX, Match.PREFIX, Match.ASN}:
            problems["match"] = "Please choose what the entry is about."
        pattern = _pattern(match, said.get("pattern", ""))
        if not pattern:
            problems["pattern"] = (
                "Please write a name such as platform.example, a block such as "
                "192.0.2.0/24, or an AS number such as 64500."
            )
        mailbox = said.get("mailbox", "")
        if mailbox and not is_mail_address(mailbox):
            problems["mailbox"] = "Please enter a mail address, or nothing."
        country = country_code(said.get("country", "")) if said.get("country") else ""
        if said.get("country") and not country:
            problems["country"] = "Please write the two letters of the country."
        if not mailbox and not country and not said.get("provider"):
            problems["mailbox"] = "Please say at least one thing: whom, who or where."
        if problems:
            raise InvalidInput(**problems)
        return cls(
            Match(match),
            pattern,
            mailbox,
            said.get("provider", ""),
            country,
            said.get("note", ""),
        )


def enter(entry: NewEntry, deed: Deed) -> Contact:
    """Enter it, or replace what the book says of the same place."""
    with atomic():
        known = (Contact.match == entry.match) & (Contact.pattern == entry.pattern)
        Contact.delete().where(known).execute()
        if entry.mailbox:  # whoever enters it knows that it works
            again = Contact.update(bounced_at=None)
            again.where(Contact.mailbox == entry.mailbox).execute()
        made: Contact = Contact.create(
            match=entry.match,
            pattern=entry.pattern,
            mailbox=entry.mailbox,
            provider=entry.provider,
            country=entry.country,
            note=entry.note,
            entered_by=deed.who,
            entered_at=deed.at,
            approved_by=deed.who if entry.mailbox else "",
            approved_at=deed.at if entry.mailbox else None,
        )
        put_on_record(deed, "enter_contact", f"contact {made.id}")
        return made


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
    row = Contact.get(known)
    Ntd.update(trouble="").where(
        Ntd.contact == mailbox, Ntd.asked_at.is_null()
    ).execute()
    put_on_record(deed, "approve_contact", f"contact {row.id}")


def strike(contact: Contact, deed: Deed) -> None:
    """Take an entry out; its mailbox is then as new as any."""
    with atomic():
        Contact.delete().where(Contact.id == contact.id).execute()
        put_on_record(deed, "strike_contact", f"contact {contact.id}")


@dataclass(frozen=True)
class Waiting:
    """A mailbox nobody has approved yet, and who waits for it."""

    mailbox: str
    provider: str
    item: Item
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
        Waiting(ntds[0].contact, ntds[0].provider, ntds[0].item, len(ntds))
        for ntds in by_mailbox.values()
    ]


def approved_among(mailboxes: Iterable[str]) -> set[str]:
    """Tell which of a few mailboxes may be written to, in lower case."""
    rows = list(Contact.select().where(Contact.mailbox.in_(list(mailboxes))))
    bounced = {row.mailbox.lower() for row in rows if row.bounced_at}
    return {row.mailbox.lower() for row in rows if row.approved_at} - bounced


def entries() -> list[Contact]:
    """List the book, the newest first."""
    return list(Contact.select().order_by(Contact.id.desc()).limit(MOST))


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


def _pattern(match: str, text: str) -> str:
    text = text.strip().lower()
    try:
        if match == Match.PREFIX:
            return str(ip_network(text, strict=False))
    except ValueError:
        return ""
    if match == Match.ASN:
        number = text.removeprefix("as").strip()
        return str(int(number)) if number.isascii() and number.isdigit() else ""
    name = text.strip(".").removeprefix("*.")
    good = "." in name and all(part and " " not in part for part in name.split("."))
    return name if good else ""
