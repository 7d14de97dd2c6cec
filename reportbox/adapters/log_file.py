"""Read a log that somebody else writes, from a place on, also after it was renamed.

Whatever cannot be read any more shows as a gap. Nothing is kept, and no more is read
at once than ``MOST``.
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from os import fstat
from pathlib import Path
from typing import IO, NamedTuple

from reportbox.errors import PeerUnavailable
from reportbox.ports import Place

MOST = 64 * 1024 * 1024  # bytes
LONGEST_LINE = 8192  # bytes; syslog cuts far earlier
PACKED = (".gz", ".xz", ".bz2", ".zst")


class Line(NamedTuple):
    place: Place  # where it begins
    text: str  # empty: something is missing here


@dataclass(frozen=True)
class LogFile:
    path: Path

    def end(self) -> Place:
        """Say where the last whole line ends; raise PeerUnavailable if unreadable."""
        try:
            with self.path.open("rb") as log:
                size = log.seek(0, 2)
                last = _read_at(log, max(0, size - LONGEST_LINE), size)
                return Place(_name(log), size - len(last) + last.rfind(b"\n") + 1)
        except OSError as trouble:
            raise self._unreadable(trouble) from trouble

    def lines(self, since: Place | None) -> Iterator[Line]:
        """Read on from there, or what there is; raise PeerUnavailable if unreadable."""
        try:
            with self.path.open("rb") as log:
                yield from self._lines(log, since)
        except OSError as trouble:
            raise self._unreadable(trouble) from trouble

    def _lines(self, log: IO[bytes], since: Place | None) -> Iterator[Line]:
        size, gap = fstat(log.fileno()).st_size, Line(Place(_name(log), 0), "")
        if since is None or since.file == _name(log):
            start = since.offset if since else 0
            if since is None or not _ends_a_line(log, start) or size - start > MOST:
                yield gap
                start = max(0, size - MOST)
            yield from _whole_lines(log, start)
            return
        earlier = self._renamed(since.file)
        if earlier is None:
            yield gap
        else:
            with earlier.open("rb") as before:
                yield from _lines_before(before, since)
        yield from self._lines(log, Place(_name(log), 0))

    def _renamed(self, name: str) -> Path | None:
        """Find the file under the name a rotation gave it, if it was the last one."""
        around = self.path.parent.glob(f"{self.path.name}?*")
        found = [path for path in around if path.suffix not in PACKED]
        found.sort(key=lambda path: path.stat().st_mtime)
        with suppress(FileNotFoundError):
            for path in found[-1:]:
                with path.open("rb") as log:
                    return path if _name(log) == name else None
        return None

    def _unreadable(self, trouble: OSError) -> PeerUnavailable:
        return PeerUnavailable(
            f"the mail server's log {self.path} cannot be read: {trouble.strerror}"
        )


def _lines_before(log: IO[bytes], since: Place) -> Iterator[Line]:
    size = fstat(log.fileno()).st_size
    if not _ends_a_line(log, since.offset) or size - since.offset > MOST:
        yield Line(since, "")
    else:
        yield from _whole_lines(log, since.offset)


def _whole_lines(log: IO[bytes], start: int) -> Iterator[Line]:
    """Read to the end; pass over the torn and the endless."""
    name, is_torn = _name(log), not _ends_a_line(log, start)
    log.seek(start)
    while raw := log.readline(LONGEST_LINE):
        is_whole = raw.endswith(b"\n")
        if is_whole and not is_torn:
            yield Line(Place(name, start), raw.decode(errors="replace"))
        is_torn = not is_whole
        start += len(raw)


def _ends_a_line(log: IO[bytes], offset: int) -> bool:
    """Tell whether a line ended there: false where the file was cut or is another."""
    return offset == 0 or _read_at(log, offset - 1, offset) == b"\n"


def _read_at(log: IO[bytes], start: int, end: int) -> bytes:
    log.seek(start)
    return log.read(end - start)


def _name(log: IO[bytes]) -> str:
    """Name a file so that a rotation does not rename it."""
    status = fstat(log.fileno())
    return f"{status.st_dev}:{status.st_ino}"
