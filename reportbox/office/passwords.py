"""Passwords by Argon2id (RFC 9106), one at a time per worker: each takes 64 MiB."""

import re
import threading

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

SHORTEST = 12  # characters
FEWEST = 5  # different ones
LEAST_LEFT = 8  # characters, once what anybody would try first is taken out
# What stands around this work; the hotline's own name is added to it.
FIRST_TRIED = (
    "administrator|admin|analyst|auditor|desk|hotline|iccam|inhope|law|lead|letmein|"
    "manager|officer|office|passphrase|password|police|portal|qwerty|reportbox|report|"
    "secret|welcome"
)
_hasher = PasswordHasher()
_one_at_a_time = threading.Lock()
# Checked when the name is unknown, so that a wrong name takes as long as a wrong word.
# Of random bytes, so that nothing fits it; made beforehand, not at each start.
NOBODY = (
    "$argon2id$v=19$m=65536,t=3,p=4$QWT8dqWu/a/XQ8nDcT2aNg"
    "$tP3Ze9fmGNUZd1okWR0jS+EmWNnBosV5j0UJLLEVlcQ"
)


def is_easily_guessed(password: str, hotline: str) -> bool:
    """Tell whether little is left of it without the words of this place."""
    own = "|".join(re.findall(r"\w{3,}", hotline.lower()))
    rest = re.sub(f"{own}|{FIRST_TRIED}" if own else FIRST_TRIED, "", password.lower())
    return len(set(password)) < FEWEST or len(rest) < LEAST_LEFT


def make_hash(password: str) -> str:
    with _one_at_a_time:
        return _hasher.hash(password)


def is_right(stored: str, password: str) -> bool:
    try:
        with _one_at_a_time:
            return _hasher.verify(stored, password)
    except (Argon2Error, InvalidHashError):
        return False
