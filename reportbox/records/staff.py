"""Who works at the desk, and the sessions they hold."""

from datetime import datetime
from typing import Any, Self

from peewee import BlobField, BooleanField, IntegerField, TextField

from reportbox.records import Link, MomentField, Record
from reportbox.records.agencies import Agency


class Account(Record):
    username = TextField(unique=True)
    name = TextField(unique=True)  # it stands in the history of items
    password_hash = TextField()
    is_active = BooleanField(default=True)
    created_at = MomentField()
    role = TextField(default="analyst")  # a word of office.roles.Role
    agency = Link(Agency, null=True)  # of an officer: whose notices they see
    agency_id: int | None
    totp_secret = TextField(default="")  # empty: the second factor is missing
    totp_step = IntegerField(default=0)  # the last time step used up
    keys_off = BooleanField(default=False)  # single letters do nothing (WCAG 2.1.4)

    @classmethod
    def find(cls, username: str) -> Self | None:
        found: Self | None = cls.get_or_none(cls.username == username.strip().lower())
        return found


class Session(Record):
    """A log-in. The cookie holds the token, the row only its SHA-256."""

    account = Link(Account, backref="sessions", on_delete="CASCADE")
    token_hash = TextField(unique=True)
    started_at = MomentField()
    seen_at = MomentField()
    confirmed_at = MomentField()  # last proved with the second factor

    @classmethod
    def find(cls, token_hash: str) -> "Session | None":
        found: Session | None = cls.get_or_none(cls.token_hash == token_hash)
        return found

    @classmethod
    def forget_before(cls, started: datetime, seen: datetime) -> int:
        """Delete the sessions that are past their absolute or idle limit."""
        old = (cls.started_at < started) | (cls.seen_at < seen)
        return int(cls.delete().where(old).execute())

    @classmethod
    def end_all_of(cls, account: Account, but: str = "") -> int:
        """End every session of an account, except the one with this token's hash."""
        others = (cls.account == account.id) & (cls.token_hash != but)
        return int(cls.delete().where(others).execute())


class RecoveryCode(Record):
    """Stands in for a lost second factor, once."""

    account = Link(Account, on_delete="CASCADE")
    code_hash = TextField(unique=True)
    used_at = MomentField(null=True)


class Passkey(Record):
    """A WebAuthn credential, an alternative second factor."""

    account = Link(Account, on_delete="CASCADE")
    name = TextField()
    credential_id = BlobField(unique=True)
    public_key = BlobField()
    sign_count = IntegerField()
    added_at = MomentField()


class Invitation(Record):
    """A link good for one account, once; the row holds only the token's SHA-256."""

    token_hash = TextField(unique=True)
    username = TextField()
    name = TextField()
    role = TextField()
    agency = Link(Agency, null=True)
    agency_id: int | None
    totp_secret = TextField()  # shown as a QR code until the invitation is used
    made_by = TextField()
    made_at = MomentField()
    expires_at = MomentField()
    used_at = MomentField(null=True)

    @classmethod
    def waiting(cls, now: datetime) -> list["Invitation"]:
        return cls.rows(cls.used_at.is_null(), cls.expires_at > now)

    @classmethod
    def withdraw_for(cls, username: str, now: datetime) -> None:
        """Make every open invitation of a name worthless."""
        mine: Any = (cls.username == username) & cls.used_at.is_null()
        cls.update(used_at=now).where(mine).execute()


class SavedFilter(Record):
    """What somebody narrowed a queue to; a page's address holds only its number."""

    account = Link(Account, on_delete="CASCADE")
    queue = TextField()
    field = TextField()
    value = TextField()
    name = TextField(default="")  # empty: the latest one, not kept
