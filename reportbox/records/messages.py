"""What reporter and analyst write to each other, under a receipt and without a name."""

from peewee import BooleanField, IntegerField, TextField

from reportbox.records import Link, MomentField, Record
from reportbox.records.reports import Report


class Message(Record):
    report = Link(Report, backref="messages")
    report_id: int
    at = MomentField()
    from_hotline = BooleanField()
    account = IntegerField(default=0)  # of whoever answered
    text = TextField()
    once = TextField(unique=True)  # a double click or a retry is the same message
    is_read = BooleanField(default=False)  # by the other side

    class Meta:
        indexes = ((("from_hotline", "is_read", "at"), False),)

    @classmethod
    def under(cls, report_ids: list[int]) -> list["Message"]:
        return cls.rows(cls.report.in_(report_ids))

    @classmethod
    def unread_by_hotline(cls) -> list["Message"]:
        return cls.first_rows(cls.from_hotline == False, cls.is_read == False)  # noqa: E712
