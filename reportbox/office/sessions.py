"""Logging in, in two steps, and what a log-in is worth afterwards.

A session is a row: it can be ended at any moment, and a cookie that was stolen before
a log-out opens nothing after it.
"""

import hashlib
import logging
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from reportbox.errors import InvalidInput, Refused, TooSoon
from reportbox.lifecycle import Actor
from reportbox.office import roles, slowdown, totp
from reportbox.office.accounts import NOT_TODAYS, hash_of
from reportbox.office.passkeys import REFUSED, Credential, Site, read_use
from reportbox.office.passwords import NOBODY, is_right
from reportbox.ports import World
from reportbox.records import atomic
from reportbox.records.counters import Counters
from reportbox.records.journey import Deed, put_on_record
from reportbox.records.staff import Account, Passkey, RecoveryCode, Session
from reportbox.settings import Settings

log = logging.getLogger(__name__)

HALF_LASTS = timedelta(minutes=10)  # between the two steps of a log-in
WRONG = "This user name and password do not belong together."
WRONG_CODE = (
    "This code is not right, or it was used already. Wait for the next one and type "
    "that, or take a recovery code."
)


@dataclass(frozen=True)
class Door:
    """Where somebody knocks: how often in vain, by name and by address."""

    settings: Settings
    address: str
    now: datetime
    device: str = ""  # a browser this person logged in with before

    def knock(self, username: str) -> None:
        """Count the attempt before it is looked at, or raise TooSoon."""
        counted: list[str] = []
        for kind, key in self._keys(username).items():
            wait = self._counters.knock(
                key, self._seconds, _pace(kind), slowdown.FORGOTTEN_AFTER
            )
            if wait:
                log.warning("log-ins are slowed by %s seconds: %s", wait, kind)
                for earlier in counted:
                    self._counters.take_back(earlier)
                raise TooSoon(
                    f"After so many wrong attempts, please wait {wait} seconds and "
                    "try again."
                )
            counted.append(key)

    def let_pass(self, username: str) -> None:
        """The attempt was right: nothing of it counts."""
        for kind, key in self._keys(username).items():
            if kind == "address":
                self._counters.take_back(key)
            else:
                self._counters.forget(key)

    def use_up(self, challenge: bytes) -> None:
        """Let a challenge be answered once, or raise InvalidInput."""
        key = hashlib.sha256(challenge).hexdigest()
        once: Callable[[int, float], int] = lambda count, _: count  # noqa: E731
        lasts = slowdown.FORGOTTEN_AFTER
        if not challenge or self._counters.knock(key, self._seconds, once, lasts):
            raise InvalidInput(credential=REFUSED)

    @property
    def _counters(self) -> Counters:
        return Counters(self.settings.run_dir)

    @property
    def _seconds(self) -> float:
        return self.now.timestamp()

    def _keys(self, username: str) -> dict[str, str]:
        secret = self.settings.secret("session-key")
        name = username.strip().lower()
        return slowdown.keys(secret, self.now, name, self.address, self.device)


class Proof(NamedTuple):
    """What somebody shows once more: a code or a passkey, maybe the password too."""

    site: Site
    code: str = ""
    passkey: str = ""  # the browser's answer
    challenge: bytes = b""
    password: str | None = None  # None where it is not asked for


def _pace(kind: str) -> Callable[[int, float], int]:
    return lambda failures, since: slowdown.seconds_to_wait(kind, failures, since)


def check_password(
    username: str, password: str, door: Door, face: str = "desk"
) -> Account:
    """Take the first step of a log-in, or raise InvalidInput or TooSoon.

    Officers log in at the portal, everybody else at the desk; the other face does not
    even say whether the password was right.
    """
    door.knock(username)
    account = Account.find(username)
    stored = account.password_hash if account and account.is_active else NOBODY
    is_wrong = not is_right(stored, password) or account is None
    if is_wrong or account is None or roles.face(account.role) != face:
        # What was typed for a name may be a password: it stands in no log.
        log.warning("wrong password for account %s", account.id if account else 0)
        raise InvalidInput(username=WRONG)
    door.let_pass(username)
    return account


def mark_of(account: Account) -> str:
    """Name the state of an account's secrets; half a log-in ends when they change."""
    return hash_of(f"{account.password_hash} {account.totp_secret} {account.is_active}")


def check_code(account: Account, code: str, door: Door) -> None:
    """Take the second step with a code, or raise InvalidInput or TooSoon."""
    if not account.totp_secret:
        raise Refused(
            "This account has no second factor. Ask your administrator for a new "
            "invitation."
        )
    second = f"{account.username} second"
    door.knock(second)
    if not (_use_totp(account, code, door.now) or _use_recovery(account, code, door)):
        log.warning("wrong second factor for account %s", account.id)
        raise InvalidInput(code=WRONG_CODE)
    door.let_pass(second)


def passkeys_of(account: Account) -> list[Credential]:
    return [
        Credential(bytes(one.credential_id), bytes(one.public_key), one.sign_count)
        for one in Passkey.rows(Passkey.account == account.id)
    ]


def check_passkey(
    account: Account, answer: str, challenge: bytes, site: Site, door: Door
) -> None:
    """Take the second step with a passkey, or raise InvalidInput or TooSoon."""
    second = f"{account.username} second"
    door.knock(second)
    door.use_up(challenge)
    try:
        used = read_use(answer, challenge, site, passkeys_of(account))
    except InvalidInput:
        log.warning("wrong passkey for account %s", account.id)
        raise
    door.let_pass(second)
    mine = (Passkey.account == account.id) & (Passkey.credential_id == used.id)
    with atomic():
        Passkey.update(sign_count=used.sign_count).where(mine).execute()


def add_passkey(
    account: Account, name: str, credential: Credential, deed: Deed, *, keep: str
) -> None:
    """Add a second factor; as factors have changed, other sessions end."""
    if Passkey.get_or_none(Passkey.credential_id == credential.id):
        raise InvalidInput(credential="This passkey is known already.")
    with atomic():
        Passkey.create(
            account=account,
            name=name or "a passkey",
            credential_id=credential.id,
            public_key=credential.public_key,
            sign_count=credential.sign_count,
            added_at=deed.at,
        )
        Session.end_all_of(account, but=keep)
        put_on_record(deed, "add_passkey", f"account {account.id}")


def remove_passkey(account: Account, number: int, deed: Deed, *, keep: str) -> None:
    with atomic():
        mine = (Passkey.id == number) & (Passkey.account == account.id)
        if Passkey.delete().where(mine).execute():
            Session.end_all_of(account, but=keep)
            put_on_record(deed, "remove_passkey", f"account {account.id}")


def start_session(account: Account, door: Door) -> str:
    """Start a session and return its token."""
    token = secrets.token_urlsafe(32)
    with atomic():
        Session.create(
            account=account,
            token_hash=hash_of(token),
            started_at=door.now,
            seen_at=door.now,
            confirmed_at=door.now,
        )
        _note(account, "log_in", door.now)
    return token


def confirm_session(token: str, proof: Proof, door: Door) -> str:
    """Prove once more who is there, or raise InvalidInput or TooSoon.

    Returns the session's new token: the old one is worth nothing from then on.
    """
    session = Session.find(hash_of(token))
    if session is None:
        raise InvalidInput(code="You are logged out. Log in again.")
    if proof.password is not None:
        _check_own_password(session.account, proof.password, door)
    if proof.passkey:
        given = (proof.passkey, proof.challenge, proof.site)
        check_passkey(session.account, *given, door)
    else:
        check_code(session.account, proof.code, door)
    fresh = secrets.token_urlsafe(32)
    changed = {"confirmed_at": door.now, "token_hash": hash_of(fresh)}
    with atomic():
        Session.update(changed).where(Session.id == session.id).execute()
    return fresh


def _check_own_password(account: Account, password: str, door: Door) -> None:
    door.knock(account.username)
    if not is_right(account.password_hash, password):
        log.warning("wrong password for account %s", account.id)
        raise InvalidInput(today=NOT_TODAYS)
    door.let_pass(account.username)


def is_confirmed(token: str, now: datetime, settings: Settings) -> bool:
    """Tell whether the second factor was shown lately enough for a grave move."""
    session = Session.find(hash_of(token))
    lasts = timedelta(minutes=settings.step_up_minutes)
    return session is not None and session.confirmed_at + lasts >= now


def find_session(token: str, now: datetime, settings: Settings) -> Session | None:
    """Find the live session behind a token and note that it was used."""
    session = look_at_session(token, now, settings)
    if session and session.seen_at + timedelta(minutes=1) < now:
        with atomic():  # a write a minute is enough
            Session.update(seen_at=now).where(Session.id == session.id).execute()
    return session


def look_at_session(token: str, now: datetime, settings: Settings) -> Session | None:
    """Find the live session behind a token; to look is no use of it."""
    session = Session.find(hash_of(token))
    if session is None or not session.account.is_active:
        return None
    return session if ends_at(session, settings) >= now else None


def ends_at(session: Session, settings: Settings) -> datetime:
    """Say when a session ends if nobody uses it."""
    idle = timedelta(minutes=settings.session_idle_minutes)
    longest = timedelta(hours=settings.session_hours)
    ends: datetime = min(session.seen_at + idle, session.started_at + longest)
    return ends


def keep_sessions(now: datetime) -> None:
    """Let nobody be logged out because the practice clock was moved."""
    with atomic():
        Session.update(started_at=now, seen_at=now, confirmed_at=now).execute()


def forget_sessions(settings: Settings, world: World) -> int:
    """Delete the sessions that are past their limits."""
    now = world.clock.now()
    idle = timedelta(minutes=settings.session_idle_minutes)
    longest = timedelta(hours=settings.session_hours)
    with atomic():
        return Session.forget_before(started=now - longest, seen=now - idle)


def end_session(account: Account, session_id: int, now: datetime) -> None:
    """End one of one's own sessions, such as the one on a lost laptop."""
    with atomic():
        mine = (Session.id == session_id) & (Session.account == account.id)
        if Session.delete().where(mine).execute():
            _note(account, "end_session", now)


def log_out(account: Account, token: str, now: datetime) -> None:
    with atomic():
        Session.delete().where(Session.token_hash == hash_of(token)).execute()
        _note(account, "log_out", now)


def _note(account: Account, what: str, now: datetime) -> None:
    deed = Deed(account.name, Actor.ANALYST, now, account=account.id)
    put_on_record(deed, what, f"account {account.id}")


def _use_totp(account: Account, code: str, now: datetime) -> bool:
    """Use up the code's time step; of two requests at once only one succeeds."""
    step = totp.step_of(account.totp_secret, code, now, account.totp_step)
    if not step:
        return False
    fresh = (Account.id == account.id) & (Account.totp_step < step)
    with atomic():
        return bool(Account.update(totp_step=step).where(fresh).execute())


def _use_recovery(account: Account, code: str, door: Door) -> bool:
    unused = (
        (RecoveryCode.account == account.id)
        & (RecoveryCode.code_hash == hash_of(code.strip().lower()))
        & RecoveryCode.used_at.is_null()
    )
    with atomic():
        used = RecoveryCode.update(used_at=door.now).where(unused).execute()
        if used:
            _note(account, "use_recovery_code", door.now)
        return bool(used)
