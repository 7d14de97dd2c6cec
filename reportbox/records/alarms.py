"""Reports that should wake somebody, until somebody says they are awake."""

from datetime import datetime

from peewee import IntegerField, TextField

from reportbox.records import Link, MomentField, Record
from reportbox.records.reports import Report


class Alarm(Record):
    report = Link(Report, backref="alarms")
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
        """Tell whether to sound now; what sounded a moment ago covers what came since.

        So a flood of urgent reports wakes people no more often than one does.
        """
        running = cls.ended_at.is_null()
        sounding = running & (cls.sounded > 0) & (cls.due_at > now)
        if cls.select().where(sounding).exists():
            return False
        return bool(cls.select().where(running & (cls.due_at <= now)).exists())
