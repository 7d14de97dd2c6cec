"""People of the desk: invited by a link that works once, let in with two factors."""

import base64
import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from reportbox.errors import InvalidInput, Refused
from reportbox.lifecycle import Actor
from reportbox.office import totp
from reportbox.office.passwords import (
    SHORTEST,
    is_easily_guessed,
    is_right,
    make_hash,
)
from reportbox.office.roles import Role
from reportbox.office.stolen import is_stolen
from reportbox.plain import one_line, visible
from reportbox.records import atomic
from reportbox.records.journey import Deed, put_on_record
from reportbox.records.staff import (
    Account,
    Invitation,
    Passkey,
    RecoveryCode,
    Session,
)

RECOVERY_CODES = 10  # each good once
NOT_TODAYS = "This is not your password of today."


@dataclass(frozen=True)
class Newcomer:
    """What an account is made of; the same for an invitation and for the terminal."""

    username: str
    name: str
    role: Role
    agency: int | None = None  # of an officer

    @classmethod
    def read(
        cls, username: str, name: str, role: str, agency: int | None = None
    ) -> "Newcomer":
        """Take the three, or raise InvalidInput with a sentence for each wrong one."""
        problems: dict[str, str] = {}
        username, name = username.strip().lower(), one_line(visible(name)).strip()
        if not (username.isidentifier() and username.isascii()):
            problems["username"] = "A user name has letters, digits and “_” only."
        if not name:
            problems["name"] = "Please give the name that stands in the history."
        if role not in list(Role):
            problems["role"] = "Please choose a role."
        if role == Role.OFFICER and agency is None:
            problems["agency"] = "Please say of which agency the officer is."
        if problems:
            raise InvalidInput(**problems)
        of_agency = agency if role == Role.OFFICER else None
        return cls(username, name, Role(role), of_agency)


def hash_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def invite(newcomer: Newcomer, deed: Deed, *, lasts: timedelta) -> str:
    """Make the link's token; an earlier one for the same name is worth nothing then."""
    with atomic():
        _refuse_taken_names(newcomer)
        Invitation.withdraw_for(newcomer.username, deed.at)
        return _write_invitation(newcomer, deed, lasts)


def reinvite(account: Account, deed: Deed, *, lasts: timedelta) -> str:
    """Let somebody set a new password and a new second factor; ends their sessions."""
    newcomer = Newcomer(
        account.username, account.name, Role(account.role), account.agency_id
    )
    with atomic():
        Invitation.withdraw_for(account.username, deed.at)
        Session.end_all_of(account)
        return _write_invitation(newcomer, deed, lasts)


def _write_invitation(newcomer: Newcomer, deed: Deed, lasts: timedelta) -> str:
    token = secrets.token_urlsafe(32)
    made = Invitation.create(
        token_hash=hash_of(token),
        username=newcomer.username,
        name=newcomer.name,
        role=newcomer.role,
        agency=newcomer.agency,
        totp_secret=totp.new_secret(),
        made_by=deed.who,
        made_at=deed.at,
        expires_at=deed.at + lasts,
    )
    known = Account.find(newcomer.username)
    subject = f"account {known.id}" if known else f"invitation {made.id}"
    put_on_record(deed, "invite", subject, finish=newcomer.role)
    return token


def get_invitation(token: str, now: datetime) -> Invitation:
    """Find the open invitation behind a link, or raise Refused saying what to do."""
    found: Invitation | None = Invitation.get_or_none(
        Invitation.token_hash == hash_of(token)
    )
    if found is None or found.used_at is not None or found.expires_at <= now:
        raise Refused(
            "This invitation is no longer good: it was used, replaced or has run out. "
            "Ask your administrator for a new one."
        )
    return found


def accept(
    invitation: Invitation, password: str, code: str, now: datetime, hotline: str = ""
) -> list[str]:
    """Make or renew the account, or raise InvalidInput; return its recovery codes."""
    problems: dict[str, str] = {}
    if wrong := _weakness(password, invitation.username, hotline):
        problems["password"] = wrong
    step = totp.step_of(invitation.totp_secret, code, now, 0)
    if not step:
        problems["code"] = "This code is not right. Wait for the next one; type that."
    if problems:
        raise InvalidInput(**problems)
    secret = make_hash(password)
    with atomic():
        mine = (Invitation.id == invitation.id) & Invitation.used_at.is_null()
        if not Invitation.update(used_at=now).where(mine).execute():
            raise Refused("This invitation was used a moment ago.")
        account = _account_for(invitation, now)
        account.password_hash = secret
        account.totp_secret = invitation.totp_secret
        account.totp_step = step
        account.save()
        Session.end_all_of(account)
        Passkey.delete().where(Passkey.account == account).execute()
        _by_themselves(account, "join", now)
        return _new_recovery_codes(account)


def add_account(newcomer: Newcomer, password: str, now: datetime) -> Account:
    """Make a complete account at once: for practice boxes and for tests."""
    with atomic():
        account: Account = Account.create(
            username=newcomer.username,
            name=newcomer.name,
            role=newcomer.role,
            agency=newcomer.agency,
            password_hash=make_hash(password),
            totp_secret=totp.new_secret(),
            created_at=now,
        )
    return account


def check_change(account: Account, old: str, new: str, hotline: str) -> None:
    """Raise InvalidInput unless the old password is right and the new one good."""
    problems: dict[str, str] = {}
    if not is_right(account.password_hash, old):
        problems["today"] = NOT_TODAYS
    if wrong := _weakness(new, account.username, hotline):
        problems["password"] = wrong
    if problems:
        raise InvalidInput(**problems)


def change_password(account: Account, new: str, deed: Deed, *, keep: str) -> None:
    """Set a new password and end all other sessions; see ``check_change``."""
    secret = make_hash(new)
    with atomic():
        Account.update(password_hash=secret).where(Account.id == account.id).execute()
        Session.end_all_of(account, but=keep)
        put_on_record(deed, "change_password", f"account {account.id}")


def renew_password(account: Account, password: str) -> None:
    """Give a practice account a password for this run."""
    secret = make_hash(password)
    with atomic():
        Account.update(password_hash=secret).where(Account.id == account.id).execute()
        Session.end_all_of(account)


def renew_recovery_codes(account: Account, deed: Deed, *, keep: str) -> list[str]:
    """Replace the recovery codes; as a factor has changed, other sessions end."""
    with atomic():
        Session.end_all_of(account, but=keep)
        put_on_record(deed, "renew_codes", f"account {account.id}")
        return _new_recovery_codes(account)


def change_role(account: Account, role: str, deed: Deed) -> None:
    """Give another role and end the sessions, or raise Refused or InvalidInput."""
    if role not in list(Role):
        raise InvalidInput(role="Please choose a role.")
    if Role.OFFICER in {role, account.role}:
        raise Refused("Officers have accounts of their own: invite them as such.")
    if account.id == deed.account:
        raise Refused("Another administrator changes your role, not you.")
    with atomic():
        if role != Role.ADMINISTRATOR:
            _refuse_last_administrator(account)
        Account.update(role=role).where(Account.id == account.id).execute()
        Session.end_all_of(account)
        subject = f"account {account.id}"
        put_on_record(deed, "change_role", subject, account.role, role)


def switch_off(account: Account, deed: Deed) -> None:
    """Keep the name for the history, and let nobody in by it."""
    with atomic():
        _refuse_last_administrator(account)
        Account.update(is_active=False).where(Account.id == account.id).execute()
        Session.end_all_of(account)
        Invitation.withdraw_for(account.username, deed.at)
        put_on_record(deed, "switch_off", f"account {account.id}")


def switch_on(account: Account, deed: Deed) -> None:
    with atomic():
        Account.update(is_active=True).where(Account.id == account.id).execute()
        put_on_record(deed, "switch_on", f"account {account.id}")


def switch_keys(account: Account) -> None:
    """Let single letters do something on pages, or nothing: one's own choice."""
    with atomic():
        theirs = Account.id == account.id
        Account.update(keys_off=not account.keys_off).where(theirs).execute()


def _by_themselves(account: Account, what: str, now: datetime) -> None:
    deed = Deed(account.name, Actor.ANALYST, now, account=account.id)
    put_on_record(deed, what, f"account {account.id}")


def _account_for(invitation: Invitation, now: datetime) -> Account:
    known = Account.find(invitation.username)
    if known is not None:
        return known
    role = Role(invitation.role)
    _refuse_taken_names(Newcomer(invitation.username, invitation.name, role))
    made: Account = Account.create(
        username=invitation.username,
        name=invitation.name,
        role=invitation.role,
        agency=invitation.agency_id,
        password_hash="",
        created_at=now,
    )
    return made


def _new_recovery_codes(account: Account) -> list[str]:
    RecoveryCode.delete().where(RecoveryCode.account == account).execute()
    codes = [_recovery_code() for _ in range(RECOVERY_CODES)]
    for code in codes:
        RecoveryCode.create(account=account, code_hash=hash_of(code))
    return codes


def _recovery_code() -> str:
    """Make 140 random bits, as seven groups that a person can copy from paper.

    So many that a plain hash hides them (OWASP ASVS 5.0, 6.5.2 and 11.5.1).
    """
    text = base64.b32encode(secrets.token_bytes(20)).decode().lower()[:28]
    return "-".join(text[at : at + 4] for at in range(0, 28, 4))


def _weakness(password: str, username: str, hotline: str) -> str:
    if len(password) < SHORTEST:
        return f"A password has at least {SHORTEST} characters. A sentence is fine."
    if username in password.lower() or is_easily_guessed(password, hotline):
        return "This one is easily guessed. Take a sentence nobody else would think of."
    if is_stolen(password):
        return (
            "This password was stolen somewhere and stands on lists that are tried "
            "first. Take a sentence nobody else would think of."
        )
    return ""


def _refuse_taken_names(newcomer: Newcomer) -> None:
    if Account.find(newcomer.username):
        raise InvalidInput(
            username=f"There is an account “{newcomer.username}” already."
        )
    if Account.get_or_none(Account.name == newcomer.name):
        raise InvalidInput(
            name=f"Somebody is called “{newcomer.name}” already; add a surname."
        )


def _refuse_last_administrator(account: Account) -> None:
    others = (
        (Account.role == Role.ADMINISTRATOR)
        & (Account.is_active == True)  # noqa: E712
        & (Account.id != account.id)
    )
    if (
        account.role == Role.ADMINISTRATOR
        and not Account.select().where(others).count()
    ):
        raise Refused("This is the last administrator. Make somebody else one first.")
