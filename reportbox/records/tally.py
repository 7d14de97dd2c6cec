"""Counts in memory that processes share: how many came in this stretch of time.

The file lies under ``/run``, which is memory, and holds bare numbers. Where a count
stands follows from a keyed hash; the key is made anew every day and the old one is
overwritten, so nobody can tell afterwards whose count a number was. Two names may
share a place, and two processes may lose a count now and then: this slows and marks,
it never decides.
"""

import hmac
import mmap
import os
import secrets
import struct
from datetime import date, datetime
from pathlib import Path
from typing import Any

PLACES = 1 << 16
ENTRY = struct.Struct("<II")  # number of the stretch, count
SIZE = PLACES * ENTRY.size
KEY_BYTES = 32


class Tally:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._map: Any = None
        self._day: date | None = None
        self._key = b""

    def hit(self, name: str, now: datetime, seconds: int) -> int:
        """Count one more, and return how many there were in this stretch with it."""
        place, stretch = self._place(name, now, seconds)
        count = self._read(place, stretch) + 1
        ENTRY.pack_into(self._map, place, stretch, min(count, 0xFFFFFFFF))
        return count

    def count(self, name: str, now: datetime, seconds: int) -> int:
        """Return how many there were in this stretch, counting nothing."""
        return self._read(*self._place(name, now, seconds))

    def _read(self, place: int, stretch: int) -> int:
        kept, count = ENTRY.unpack_from(self._map, place)
        return count if kept == stretch else 0

    def _place(self, name: str, now: datetime, seconds: int) -> tuple[int, int]:
        self._open(now.date())
        digest = hmac.digest(self._key, name.encode(), "sha256")
        number = int.from_bytes(digest[:4], "big") % PLACES
        return number * ENTRY.size, int(now.timestamp()) // seconds % (1 << 32)

    def _open(self, day: date) -> None:
        if self._map is None:
            try:
                self._map = _shared(self.folder)
            except OSError:  # no memory left under /run: this process counts alone
                self._map = bytearray(SIZE)
        if day != self._day:
            try:
                self._key = _key_of(self.folder / "tally-key", day)
            except OSError:
                self._key = secrets.token_bytes(KEY_BYTES)
            self._day = day


def _shared(folder: Path) -> mmap.mmap:
    """Map the file all processes share, every byte of it there already."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = os.open(folder / "tally", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        os.posix_fallocate(file, 0, SIZE)  # or a write could find no room
        return mmap.mmap(file, SIZE)
    finally:
        os.close(file)


def _key_of(path: Path, day: date) -> bytes:
    """Take today's key, or make it; yesterday's is gone from then on."""
    known = _read_key(path, day)
    if known:
        return known
    made = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    made.touch(mode=0o600)
    made.write_text(f"{day.isoformat()} {secrets.token_hex(KEY_BYTES)}")
    made.replace(path)
    return _read_key(path, day) or b"no key"  # another process may have been faster


def _read_key(path: Path, day: date) -> bytes:
    try:
        written, _, key = path.read_text().partition(" ")
    except OSError:
        return b""
    return bytes.fromhex(key) if written == day.isoformat() else b""
