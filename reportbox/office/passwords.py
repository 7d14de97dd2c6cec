"""Passwords by Argon2id (RFC 9106), one at a time per worker: each takes 64 MiB."""

import threading

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

SHORTEST = 12  # characters
_hasher = PasswordHasher()
_one_at_a_time = threading.Lock()
# Checked when the name is unknown, so that a wrong name takes as long as a wrong word.
NOBODY = _hasher.hash("nobody has this password")


def make_hash(password: str) -> str:
    with _one_at_a_time:
        return _hasher.hash(password)


def is_right(stored: str, password: str) -> bool:
    try:
        with _one_at_a_time:
            return _hasher.verify(stored, password)
    except (Argon2Error, InvalidHashError):
        return False
