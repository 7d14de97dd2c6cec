"""When somebody was assessing. Only they themselves ever see their figures."""

from datetime import date

from peewee import BooleanField

from reportbox.records import DayField, Link, MomentField, Record
from reportbox.records.staff import Account


class Spell(Record):
    """One stretch of assessing, from the first look to the verdict or the pause."""

    account = Link(Account, on_delete="CASCADE")
    account_id: int
    day = DayField()  # in the hotline's zone
    began_at = MomentField()
    seen_at = MomentField()  # the last sign of work
    is_over = BooleanField(default=False)

    class Meta:
        indexes = ((("account", "day"), False), (("day",), False))

    @classmethod
    def of(cls, account_id: int, day: date) -> list["Spell"]:
        return cls.rows(cls.account == account_id, cls.day == day)
