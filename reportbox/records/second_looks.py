"""Verdicts drawn to be looked at again by a second analyst who does not see them."""

from datetime import datetime
from typing import Any

from peewee import SQL, IntegerField, TextField, fn

from reportbox.records import Link, MomentField, Record
from reportbox.records.items import Item, Verdict


class SecondLook(Record):
    item = Link(Item)
    item_id: int
    verdict = Link(Verdict)
    first_by = IntegerField()  # the account that must not look again
    first_choice = TextField()  # a word of assessment.verdict.Choice
    drawn_at = MomentField()
    answered_at = MomentField(null=True)
    choice = TextField(default="")

    class Meta:
        indexes = ((("answered_at", "drawn_at"), False),)

    @classmethod
    def open_for(cls, account_id: int, limit: int) -> list["SecondLook"]:
        """List what somebody else judged and nobody looked at again, oldest first."""
        waiting = cls.answered_at.is_null() & (cls.first_by != account_id)
        rows = cls.select(cls, Item).join(Item).where(waiting)
        return list(rows.order_by(cls.drawn_at, cls.id).limit(limit))

    @classmethod
    def disagreements(cls, limit: int) -> list["SecondLook"]:
        answered = ~cls.answered_at.is_null()
        differ = answered & (cls.choice != cls.first_choice)
        rows = cls.select(cls, Item).join(Item).where(differ)
        return list(rows.order_by(cls.answered_at.desc()).limit(limit))

    @classmethod
    def by_month(cls, since: datetime) -> list[tuple[str, int, int]]:
        """Count by month what was looked at twice, and where both said the same."""
        month = fn.SUBSTR(cls.answered_at, 1, 7)
        same = fn.SUM(cls.choice == cls.first_choice)
        done = cls.answered_at >= since
        query = cls.select(month, fn.COUNT(cls.id), same).where(done)
        rows: Any = query.group_by(month).order_by(SQL("1 DESC")).tuples()
        return [(str(m), int(all_), int(agreed)) for m, all_, agreed in rows]
