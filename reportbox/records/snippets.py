"""Texts that are written often, by a short code."""

from peewee import TextField

from reportbox.records import Record


class Snippet(Record):
    code = TextField(unique=True)
    text = TextField()

    @classmethod
    def known(cls) -> dict[str, str]:
        return {row.code: row.text for row in cls.select().order_by(cls.code)}
