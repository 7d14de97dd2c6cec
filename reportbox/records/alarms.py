"""Reports that should wake somebody, until somebody says they are awake."""

from datetime import datetime

from peewee import ForeignKeyField, IntegerField, TextField

from reportbox.records import MomentField, Record
from reportbox.records.reports import Report


class Alarm(Record):
    report = ForeignKeyField(Report, backref="alarms")
    report_id: int
    raised_at = MomentField()
    due_at = MomentField()  # when it is sounded next
    sounded = IntegerField(default=0)  # how often
    ended_at = MomentField(null=True)
    ended_by = TextField(default="")

    class Meta:
        indexes = ((("ended_at", "due_at"), False),)

    @classmethod
    def running(cls) -> list["Alarm"]:
        return cls.first_rows(cls.ended_at.is_null())

    @classmethod
    def is_due(cls, now: datetime) -> bool:
        open_and_due = cls.ended_at.is_null() & (cls.due_at <= now)
        return bool(cls.select().where(open_and_due).exists())
