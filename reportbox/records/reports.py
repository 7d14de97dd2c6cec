"""What somebody sent. A report holds one or more items, one address each."""

from typing import Self

from peewee import BooleanField, TextField

from reportbox.records import MomentField, Record


class Report(Record):
    received_at = MomentField(index=True)
    source = TextField(default="public form")
    form_key = TextField(unique=True)  # a double click or a retry is the same report
    code_hash = TextField(index=True)  # SHA-256 of the receipt code
    where_found = TextField(default="")
    comments = TextField(default="")
    says_urgent = BooleanField(default=False)  # the reporter's hint, not a decision
    is_distressing = BooleanField(default=False)  # its words stay folded at the desk

    @classmethod
    def find_by_form(cls, form_key: str) -> Self | None:
        found: Self | None = cls.get_or_none(cls.form_key == form_key)
        return found
