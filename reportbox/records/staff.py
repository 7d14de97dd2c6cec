"""Who works at the desk, and the sessions they hold."""

from datetime import datetime

from peewee import BooleanField, ForeignKeyField, TextField

from reportbox.records import MomentField, Record


class Account(Record):
    username = TextField(unique=True)
    name = TextField(unique=True)  # it stands in the history of items
    password_hash = TextField()
    is_active = BooleanField(default=True)
    created_at = MomentField()


class Session(Record):
    """A log-in. The cookie holds the token, the row only its SHA-256."""

    account = ForeignKeyField(Account, backref="sessions", on_delete="CASCADE")
    token_hash = TextField(unique=True)
    started_at = MomentField()
    seen_at = MomentField()

    @classmethod
    def find(cls, token_hash: str) -> "Session | None":
        found: Session | None = cls.get_or_none(cls.token_hash == token_hash)
        return found

    @classmethod
    def forget_before(cls, started: datetime, seen: datetime) -> int:
        """Delete the sessions that are past their absolute or idle limit."""
        old = (cls.started_at < started) | (cls.seen_at < seen)
        return int(cls.delete().where(old).execute())
