"""The hotline's contact book: whom to write to, approved once by a person."""

from collections.abc import Iterable
from datetime import datetime
from typing import Self

from peewee import BooleanField, IntegerField, TextField, fn

from reportbox.records import Link, MomentField, Record, database
from reportbox.records.providers import Provider


class Contact(Record):
    """``match`` is a word of tracing.contacts.Match, ``pattern`` what it is about.

    How a mailbox is written to (from ``rank`` to ``api_url``) is the same in all its
    rows. Where a provider takes no mail, ``pattern`` is the channel and its number.
    """

    match = TextField()
    pattern = TextField(collation="NOCASE")
    mailbox = TextField(default="", collation="NOCASE", index=True)
    provider = TextField(default="")
    country = TextField(default="")  # ISO 3166-1 alpha-2, if a person knows it
    note = TextField(default="")
    owner = Link(Provider, null=True, backref="contacts")
    owner_id: int | None  # none: nobody has said whose it is
    rank = IntegerField(default=0)  # among its provider's contacts, the first one asked
    channel = TextField(default="mail")  # a word of tracing.proxies.Channel
    language = TextField(default="en")  # ISO 639-1, of letters to it
    zone = TextField(default="")  # IANA name, of moments in those letters
    key = TextField(default="")  # fingerprint a person compared; empty until then
    format = TextField(default="csv")  # "text", "csv" or "xarf"
    is_xarf_v3 = BooleanField(default=False)  # an old desk that cannot read version 4
    hours = TextField(default="")  # such as “9-17”, in its zone; empty: at any time
    closed_on = TextField(default="")  # such as “12-24, 2026-12-27”
    api_url = TextField(default="")  # where X-ARF is posted; empty: a person asks
    entered_by = TextField()
    entered_at = MomentField()
    approved_by = TextField(default="")
    approved_at = MomentField(null=True)
    bounced_at = MomentField(null=True)

    class Meta:
        indexes = ((("match", "pattern"), True),)

    @classmethod
    def note_down(cls, mailbox: str, words: str) -> None:
        """Add what they said of themselves to the notes about a mailbox."""
        longer = fn.TRIM(cls.note.concat(f"; {words}"), "; ")
        cls.update(note=longer).where(cls.mailbox == mailbox).execute()

    @classmethod
    def of(cls, mailbox: str) -> Self | None:
        """Find how a mailbox is written to, if a person ever approved it.

        Several entries may name it: one with a key goes first, then the newest.
        """
        approved = cls.approved_at.is_null(is_null=False)
        known = cls.select().where(cls.mailbox == mailbox, approved)
        order = (cls.key == "", cls.approved_at.desc(), cls.id.desc())
        return known.order_by(*order).first()  # type: ignore[no-any-return]

    @classmethod
    def keys_of(cls, mailboxes: Iterable[str]) -> dict[str, str]:
        """Return the key of each approved mailbox, as ``of`` finds it."""
        wanted = list(mailboxes)
        marks = ",".join("?" * len(wanted))
        query = (
            f"SELECT mailbox, key FROM contact WHERE mailbox IN ({marks}) "  # noqa: S608 - our own names
            "AND approved_at IS NOT NULL "
            "ORDER BY key = '', approved_at DESC, id DESC"
        )
        keys: dict[str, str] = {}
        for mailbox, key in database.execute_sql(query, wanted).fetchall():
            keys.setdefault(mailbox.lower(), key)
        return keys

    @classmethod
    def without_mail(cls) -> set[str]:
        """List the mailboxes of whoever is asked otherwise than by mail."""
        return {row.mailbox.lower() for row in cls.rows(cls.channel != "mail")}

    @classmethod
    def bounced(cls) -> list[str]:
        """List the mailboxes that mail does not reach."""
        marked = cls.rows(cls.bounced_at.is_null(is_null=False))
        return sorted({row.mailbox.lower() for row in marked})

    @classmethod
    def by_api(cls) -> set[str]:
        """List the mailboxes of whoever is asked by a program of theirs."""
        return {row.mailbox.lower() for row in cls.rows(cls.api_url != "")}

    @classmethod
    def note_bounce(cls, mailbox: str, now: datetime) -> None:
        """Remember that a mailbox does not exist (any more)."""
        known = cls.update(bounced_at=now).where(cls.mailbox == mailbox).execute()
        if not known and mailbox:
            cls.create(
                match="mailbox",
                pattern=mailbox,
                mailbox=mailbox,
                entered_by="Report Box",
                entered_at=now,
                bounced_at=now,
            )


class ContactKey(Record):
    """A public key in the ring, for one mailbox; used once a person compared it."""

    mailbox = TextField(collation="NOCASE")
    fingerprint = TextField()
    imported_by = TextField()
    imported_at = MomentField()
    expires_at = MomentField(null=True)
    verified_by = TextField(default="")
    verified_at = MomentField(null=True)
    verified_how = TextField(default="")  # such as “read out by telephone”

    class Meta:
        indexes = ((("mailbox", "fingerprint"), True),)
