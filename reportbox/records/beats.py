"""The leader's heartbeat: proof that the box does by itself what it should."""

from collections.abc import Mapping
from datetime import datetime

from peewee import IntegerField, TextField

from reportbox.records import JsonField, MomentField, Record


class Heartbeat(Record):
    """One row, written over again.

    ``jobs`` says of each by name: ``every`` how many seconds it runs, when it last went
    well (``good_at``), since when it is at it (``busy_since``), both ISO 8601 or empty,
    and how often it failed since the process began (``failures``).
    """

    at = MomentField()
    pid = IntegerField()
    last_error = TextField(default="")  # what a job could not do, kind and place only
    version = TextField(default="")  # of the program that runs
    jobs = JsonField(default=dict)

    @classmethod
    def last(cls) -> "Heartbeat | None":
        row: Heartbeat | None = cls.get_or_none()
        return row

    @classmethod
    def beat(
        cls,
        at: datetime,
        pid: int,
        last_error: str,
        version: str = "",
        jobs: Mapping[str, Mapping[str, object]] | None = None,
    ) -> None:
        cls.insert(
            id=1,
            at=at,
            pid=pid,
            last_error=last_error,
            version=version,
            jobs=dict(jobs or {}),
        ).on_conflict_replace().execute()
