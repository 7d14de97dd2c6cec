"""Mails that may be reports: drafts, until an analyst says what they are."""

from peewee import IntegerField, TextField

from reportbox.records import MomentField, Record


class Draft(Record):
    uid = TextField(unique=True)  # a mail is kept once, however often it is fetched
    received_at = MomentField()
    sender = TextField(default="")
    subject = TextField(default="")
    text = TextField(default="")
    found = IntegerField(default=0)  # addresses
    about = TextField(default="")  # what the box made of it, such as a receipt
    ended_at = MomentField(null=True)  # became a report, or was put away
    ended_by = TextField(default="")

    @classmethod
    def open_ones(cls) -> list["Draft"]:
        return cls.first_rows(cls.ended_at.is_null())
