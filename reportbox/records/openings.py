"""A box that is being set up: the codes that open its wizard."""

from datetime import datetime
from typing import Self

from peewee import IntegerField, TextField

from reportbox.records import MomentField, Record, database


class Opening(Record):
    """One setup code; the row holds only its SHA-256. The newest is the one in force.

    While a row is not finished the box takes no report.
    """

    code_hash = TextField()
    made_at = MomentField()
    expires_at = MomentField()
    wrong = IntegerField(default=0)  # wrong codes in a row
    closed_until = MomentField(null=True)  # after too many of them
    finished_at = MomentField(null=True)

    @classmethod
    def newest(cls) -> Self | None:
        number = database.execute_sql("SELECT max(id) FROM opening").fetchone()[0]
        return None if number is None else cls.get_by_id(number)

    @classmethod
    def is_under_way(cls) -> bool:
        """Say whether somebody began to set the box up and has not finished."""
        found = cls.newest()
        return found is not None and found.finished_at is None

    @classmethod
    def opened_at(cls) -> datetime | None:
        """Say when the box was opened; None: not yet, or it was never set up here."""
        found = cls.newest()
        return found.finished_at if found else None
