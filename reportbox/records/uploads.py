"""Lists that somebody uploaded, line by line, and what became of each line."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import StrEnum, auto
from typing import Any

from peewee import BooleanField, IntegerField, TextField, fn

from reportbox.records import Link, MomentField, Record, WordField, atomic, database
from reportbox.records.items import Item

CHUNK = 2_000  # lines written in one transaction


class LineState(StrEnum):
    WAITING = auto()
    NEW = auto()  # a new item
    AGAIN = auto()  # counted on an item there was
    REFUSED = auto()


class Upload(Record):
    at = MomentField()
    account = IntegerField()
    who = TextField()
    name = TextField()  # of the list, as its owner calls it
    total = IntegerField(default=0)
    done = IntegerField(default=0)
    is_whole = BooleanField(default=False)  # every line has arrived

    def take_lines(self, lines: Iterable[Sequence[Any]]) -> None:
        """Keep number and text of each line, a chunk in each transaction."""
        insert = "INSERT INTO upload_line (upload_id, number, text, state, words)"
        chunk: list[str | int] = []
        for number, text in lines:
            chunk += [self.id, number, text, LineState.WAITING, ""]
            if len(chunk) >= CHUNK * 5:
                _write(insert, chunk)
                chunk = []
        if chunk:
            _write(insert, chunk)

    @classmethod
    def at_work(cls) -> "Upload | None":
        """Return the oldest whole list that has lines left."""
        has_more = (cls.is_whole == True) & (cls.done < cls.total)  # noqa: E712
        found: Upload | None = cls.select().where(has_more).order_by(cls.id).first()
        return found

    @classmethod
    def torn(cls, before: datetime) -> list["Upload"]:
        """List uploads that broke off and never became whole."""
        return cls.rows(cls.is_whole == False, cls.at < before)  # noqa: E712


class UploadLine(Record):
    upload = Link(Upload, backref="lines")
    upload_id: int
    number = IntegerField()  # in the file; the first is 1
    text = TextField()  # JSON: column -> words; empty once it was taken in
    state = WordField(LineState)
    words = TextField(default="")  # why it was refused
    item = Link(Item, null=True)
    item_id: int | None

    class Meta:
        indexes = ((("upload", "state", "number"), False),)

    @classmethod
    def waiting(cls, upload: Upload, limit: int) -> list["UploadLine"]:
        mine = (cls.upload == upload.id) & (cls.state == LineState.WAITING)
        return list(cls.select().where(mine).order_by(cls.number).limit(limit))

    @classmethod
    def counts(cls, upload: Upload) -> dict[str, int]:
        query = cls.select(cls.state, fn.COUNT(cls.id)).where(cls.upload == upload.id)
        rows: Any = query.group_by(cls.state).tuples()
        return {str(state): int(count) for state, count in rows}


def _write(insert: str, values: list[str | int]) -> None:
    rows = ", ".join(["(?, ?, ?, ?, ?)"] * (len(values) // 5))
    with atomic():
        database.execute_sql(f"{insert} VALUES {rows}", values)
