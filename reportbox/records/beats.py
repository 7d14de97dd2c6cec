"""The leader's heartbeat: proof that the box does by itself what it should."""

from datetime import datetime

from peewee import IntegerField, TextField

from reportbox.records import MomentField, Record


class Heartbeat(Record):
    """One row, written over again."""

    at = MomentField()
    pid = IntegerField()
    last_error = TextField(default="")  # what a job could not do, kind and place only

    @classmethod
    def last(cls) -> "Heartbeat | None":
        row: Heartbeat | None = cls.get_or_none()
        return row

    @classmethod
    def beat(cls, at: datetime, pid: int, last_error: str) -> None:
        row = {"id": 1, "at": at, "pid": pid, "last_error": last_error}
        cls.insert(row).on_conflict_replace().execute()
