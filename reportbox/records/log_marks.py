"""How far the mail server's log was written, and when: by the box's own clock.

So nobody has to trust the moments that stand in that log: what lies behind a mark was
written after the mark's moment, whatever zone or form the log has.
"""

from datetime import datetime
from typing import Any

from peewee import IntegerField, TextField

from reportbox.ports import Place
from reportbox.records import MomentField, Record, atomic

MOST = 400  # marks; more than an hour of a job that runs every ten seconds


class LogMark(Record):
    at = MomentField(index=True)
    file = TextField()
    offset = IntegerField()

    @classmethod
    def put(cls, at: datetime, place: Place) -> None:
        """Note how far the log is written, and forget what is long ago."""
        with atomic():
            # What lies ahead was noted before the clock was set back.
            cls.delete().where(cls.at > at).execute()
            mark = cls.create(at=at, file=place.file, offset=place.offset)
            cls.delete().where(cls.id <= mark.id - MOST).execute()

    @classmethod
    def last_by(cls, moment: datetime) -> Place | None:
        """Find where the log ended at that moment, or earlier."""
        return _place(cls.select().where(cls.at <= moment).order_by(cls.at.desc()))

    @classmethod
    def first_from(cls, moment: datetime) -> Place | None:
        """Find where the log ended at that moment, or later."""
        return _place(cls.select().where(cls.at >= moment).order_by(cls.at))

    @classmethod
    def moment_from(cls, moment: datetime) -> datetime | None:
        mark = cls.select().where(cls.at >= moment).order_by(cls.at).first()
        return mark.at if mark else None


def _place(marks: Any) -> Place | None:  # noqa: ANN401 - a query
    mark = marks.first()
    return Place(mark.file, mark.offset) if mark else None
