"""What somebody sent. A report holds one or more items, one address each."""

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
    def has_form(cls, form_key: str) -> bool:
        """Tell whether this very form was accepted before."""
        return cls.find_id(cls.form_key, form_key) is not None
