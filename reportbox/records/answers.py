"""What an LEA answered, who called it, and what is held for it outside the box."""

from datetime import datetime

from peewee import TextField

from reportbox.records import DayField, Link, MomentField, Record
from reportbox.records.agencies import Agency
from reportbox.records.items import Item
from reportbox.records.tracks import LeaNotice


class Answer(Record):
    """One thing an officer said or did; ``what`` is a word of lea.answer.Said."""

    item = Link(Item, backref="answers")
    item_id: int
    notice = Link(LeaNotice, null=True, backref="answers")
    unit = Link(Agency, null=True)
    officer = TextField()
    at = MomentField()
    what = TextField()
    words = TextField(default="")
    usefulness = TextField(default="")  # of the report, with feedback only
    seen_by = TextField(default="")  # who at the desk took note
    seen_at = MomentField(null=True, index=True)

    @classmethod
    def last_feedback(cls) -> datetime | None:
        """Say when the LEA gave feedback last, or None if it never did."""
        latest = cls.select().where(cls.what == "feedback").order_by(cls.id.desc())
        row = latest.first()
        return row.at if row else None

    @classmethod
    def unseen(cls) -> list["Answer"]:
        return cls.first_rows(cls.seen_at.is_null())


class Call(Record):
    """Somebody must telephone an agency; open until they were reached."""

    item = Link(Item, backref="calls")
    item_id: int
    unit = Link(Agency, null=True)
    unit_id: int | None
    agency = TextField()
    why = TextField()  # “urgent” or “silent”
    opened_at = MomentField()
    done_at = MomentField(null=True, index=True)
    done_by = TextField(default="")

    @classmethod
    def open_on(cls, item_id: int) -> list["Call"]:
        return cls.rows(cls.item == item_id, cls.done_at.is_null())


class Attempt(Record):
    """One time the telephone rang there."""

    call = Link(Call, backref="attempts")
    at = MomentField()
    who = TextField()
    number = TextField()
    words = TextField()


class Custody(Record):
    """What is held outside the box for the LEA, until it was destroyed (B58)."""

    item = Link(Item, backref="custody")
    item_id: int
    reference = TextField()  # of the evidence, as its holder names it
    opened_at = MomentField()
    holder = TextField(default="")
    destroyed_on = DayField(null=True, index=True)
    destroyed_by = TextField(default="")
    recorded_by = TextField(default="")


class OwnAddress(Record):
    """A network the hotline itself comes from (B38)."""

    network = TextField()
    note = TextField(default="")
    entered_by = TextField()
    entered_at = MomentField()
    removed_at = MomentField(null=True)

    @classmethod
    def last_change(cls) -> datetime | None:
        """Say when the list was changed last, or None if there never was one."""
        moments = [m for row in cls.rows() for m in (row.entered_at, row.removed_at)]
        return max((m for m in moments if m), default=None)

    @classmethod
    def current(cls) -> list["OwnAddress"]:
        return cls.rows(cls.removed_at.is_null())
