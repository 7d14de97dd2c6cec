"""The hotline's contact book: whom to write to, approved once by a person."""

from datetime import datetime

from peewee import TextField, fn

from reportbox.records import MomentField, Record


class Contact(Record):
    """``match`` is a word of tracing.contacts.Match, ``pattern`` what it is about."""

    match = TextField()
    pattern = TextField(collation="NOCASE")
    mailbox = TextField(default="", collation="NOCASE", index=True)
    provider = TextField(default="")
    country = TextField(default="")  # ISO 3166-1 alpha-2, if a person knows it
    note = TextField(default="")
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
