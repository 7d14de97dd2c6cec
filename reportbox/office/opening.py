"""Opening a new box: a code from the console opens its wizard, its end opens the form.

Whoever comes first must not become the administrator: only who can read the machine's
console can make the code. It is worth nothing once an administrator has joined.
"""

import hashlib
import secrets
from datetime import datetime, timedelta

from reportbox.errors import InvalidInput, Refused
from reportbox.lifecycle import Actor
from reportbox.office.roles import Role
from reportbox.records import atomic
from reportbox.records.journey import Deed, put_on_record
from reportbox.records.openings import Opening
from reportbox.records.staff import Account
from reportbox.settings import Settings

ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # no I, O, 0, 1: it is typed by hand
GROUPS, LETTERS = 4, 5  # 20 letters of 32 are 100 bits
GOOD_FOR = timedelta(hours=24)
WRONG_CODES = 5  # in a row, until it is closed for a while
CLOSED_FOR = timedelta(minutes=15)

EXPIRED = "This code has run out. Type “sudo reportbox setup-code” for a new one."
CLOSED = "Too many wrong codes. Please wait until {at:%H:%M} UTC, then try again."
WRONG = "This is not the code. It has four groups of five, such as ABCDE-FGHJK-…"


def is_open(settings: Settings) -> bool:
    """Say whether it takes reports: it knows whose it is, and nobody sets it up."""
    return settings.is_complete and not Opening.is_under_way()


def has_administrator() -> bool:
    return bool(
        Account.rows(Account.role == Role.ADMINISTRATOR, Account.is_active == True)  # noqa: E712 - SQL
    )


def new_code(settings: Settings, now: datetime) -> str:
    """Make a code and forget the one before; raise Refused on a box that is open."""
    if is_open(settings):
        raise Refused(
            "This box is set up. For a new way in, type `reportbox account invite`."
        )
    groups = ("".join(secrets.choice(ALPHABET) for _ in range(LETTERS)) for _ in "1234")
    code = "-".join(groups)
    with atomic():
        made = Opening.create(
            code_hash=_hash(code), made_at=now, expires_at=now + GOOD_FOR
        )
        deed = Deed("the terminal", Actor.BOX, now)
        put_on_record(deed, "make_setup_code", f"opening {made.id}")
    return code


def try_code(typed: str, now: datetime) -> Opening:
    """Return the opening the code is good for, or raise InvalidInput saying why not."""
    with atomic():
        opening = Opening.newest()
        if opening is None or opening.finished_at or opening.expires_at <= now:
            raise InvalidInput(code=EXPIRED)
        if opening.closed_until and now < opening.closed_until:
            raise InvalidInput(code=CLOSED.format(at=opening.closed_until))
        is_right = secrets.compare_digest(opening.code_hash, _hash(typed))
        opening.wrong = 0 if is_right else opening.wrong + 1
        opening.closed_until = None
        if opening.wrong >= WRONG_CODES:
            opening.wrong, opening.closed_until = 0, now + CLOSED_FOR
        opening.save()
    if opening.closed_until:
        raise InvalidInput(code=CLOSED.format(at=opening.closed_until))
    if not is_right:
        raise InvalidInput(code=WRONG)
    return opening


def is_good(number: int, now: datetime) -> bool:
    """Say whether a browser that showed code ``number`` may still go on with it."""
    opening = Opening.newest()
    return (
        opening is not None
        and opening.id == number
        and opening.finished_at is None
        and now < opening.expires_at
        and not has_administrator()
    )


def finish(deed: Deed) -> None:
    """Open the box; whoever asks has seen that nothing needed is missing."""
    with atomic():
        for opening in Opening.rows(Opening.finished_at.is_null()):
            opening.finished_at = deed.at
            opening.save()
        put_on_record(deed, "open_box", "box")


def _hash(code: str) -> str:
    plain = "".join(letter for letter in code.upper() if letter in ALPHABET)
    return hashlib.sha256(plain.encode()).hexdigest()
