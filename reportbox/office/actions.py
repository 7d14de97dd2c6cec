"""Accounts of the desk: making one, logging in, logging out."""

import hashlib
import secrets
from datetime import datetime, timedelta

from reportbox.errors import InvalidInput
from reportbox.office.passwords import NOBODY, SHORTEST, is_right, make_hash
from reportbox.ports import World
from reportbox.records import atomic
from reportbox.records.staff import Account, Session
from reportbox.settings import Settings


def add_account(username: str, name: str, password: str, now: datetime) -> Account:
    """Make an account, or raise InvalidInput saying what is wrong."""
    username = username.strip().lower()
    if not username.isidentifier():
        raise InvalidInput(username="A user name has letters, digits and “_” only.")
    if len(password) < SHORTEST:
        raise InvalidInput(password=f"A password has at least {SHORTEST} characters.")
    if Account.get_or_none(Account.username == username):
        raise InvalidInput(username=f"There is an account “{username}” already.")
    if Account.get_or_none(Account.name == name):
        raise InvalidInput(name=f"Somebody is called “{name}” already; add a surname.")
    secret = make_hash(password)
    with atomic():
        made: Account = Account.create(
            username=username, name=name, password_hash=secret, created_at=now
        )
    return made


def set_password(username: str, name: str, password: str, now: datetime) -> None:
    """Give an account a new password, which ends its sessions; make it if needed."""
    account: Account | None = Account.get_or_none(Account.username == username)
    if account is None:
        add_account(username, name, password, now)
        return
    secret = make_hash(password)
    with atomic():
        account.password_hash = secret
        account.save()
        Session.delete().where(Session.account == account).execute()


def log_in(username: str, password: str, now: datetime) -> str:
    """Start a session and return its token, or raise InvalidInput."""
    account = Account.get_or_none(
        Account.username == username.strip().lower(),
        Account.is_active == True,  # noqa: E712
    )
    stored = account.password_hash if account else NOBODY
    if not is_right(stored, password) or account is None:
        raise InvalidInput(
            username="This user name and password do not belong together."
        )
    token = secrets.token_urlsafe(32)
    with atomic():
        Session.create(
            account=account, token_hash=hash_of(token), started_at=now, seen_at=now
        )
    return token


def find_session(token: str, now: datetime, settings: Settings) -> Session | None:
    """Find the live session behind a token and note that it was used."""
    session = Session.find(hash_of(token))
    if session is None or not session.account.is_active:
        return None
    idle = timedelta(minutes=settings.session_idle_minutes)
    longest = timedelta(hours=settings.session_hours)
    if session.seen_at + idle < now or session.started_at + longest < now:
        return None
    if session.seen_at + timedelta(minutes=1) < now:  # a write a minute is enough
        with atomic():
            Session.update(seen_at=now).where(Session.id == session.id).execute()
    return session


def keep_sessions(now: datetime) -> None:
    """Let nobody be logged out because the practice clock was moved."""
    with atomic():
        Session.update(started_at=now, seen_at=now).execute()


def forget_sessions(settings: Settings, world: World) -> int:
    """Delete the sessions that are past their limits."""
    now = world.clock.now()
    idle = timedelta(minutes=settings.session_idle_minutes)
    longest = timedelta(hours=settings.session_hours)
    with atomic():
        return Session.forget_before(started=now - longest, seen=now - idle)


def log_out(token: str) -> None:
    with atomic():
        Session.delete().where(Session.token_hash == hash_of(token)).execute()


def hash_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
