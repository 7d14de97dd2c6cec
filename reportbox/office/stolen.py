"""Passwords that were stolen elsewhere and are therefore tried first everywhere.

The list comes with the box (stolen.md says from where), as nobody is to be asked about
a password; it holds the beginnings of hashes, so that no word stands in it.
"""

import hashlib
from bisect import bisect_left
from pathlib import Path

FILE = Path(__file__).with_suffix(".bin")
WIDE = 6  # bytes of each hash


def is_stolen(password: str) -> bool:
    """Tell whether it stands on the list, in capitals or not."""
    known, wanted = FILE.read_bytes(), _beginning(password)
    numbers = range(len(known) // WIDE)
    at = bisect_left(numbers, wanted, key=lambda number: _entry(known, number))
    return _entry(known, at) == wanted


def _beginning(password: str) -> bytes:
    return hashlib.sha256(password.lower().encode()).digest()[:WIDE]


def _entry(known: bytes, number: int) -> bytes:
    return known[number * WIDE : (number + 1) * WIDE]
