"""Who was trained, when, and until when that counts."""

from datetime import date

from peewee import TextField

from reportbox.records import DayField, Link, Record
from reportbox.records.staff import Account


class Training(Record):
    account = Link(Account, backref="trainings")
    what = TextField()  # such as “INHOPE content assessment”
    held_on = DayField()
    valid_until = DayField()
    recorded_by = TextField()

    @classmethod
    def is_valid_for(cls, account_id: int, day: date) -> bool:
        mine = (
            (cls.account == account_id)
            & (cls.held_on <= day)
            & (cls.valid_until >= day)
        )
        return bool(cls.select().where(mine).exists())
