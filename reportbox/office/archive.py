"""What stands in a backup: a compressed tar, and a manifest with a hash of each part.

    gpg --decrypt reportbox-….tar.gz.gpg | tar --extract --gzip

opens one without the box. What is small passes through memory only; the database has
its own encryption, also on the disk where it is looked at.
"""

import gzip
import hashlib
import io
import json
import re
import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO, Any, NamedTuple

from reportbox.errors import PeerRejected

SHAPE = 1  # of the archive; a later one that cannot be read by this code counts on
SETTINGS = "reportbox.toml"
DATABASE = "reportbox.db"
OWN_KEY = "gnupg/own-secret-key.asc"
PUBLIC_KEYS = "gnupg/public-keys.asc"
MANIFEST = "manifest.json"
SIGNATURE = "manifest.json.asc"
PART = re.compile(r"(secrets|ssh|files)/[A-Za-z0-9_][\w.-]*", re.ASCII)
NAMED = {SETTINGS, DATABASE, OWN_KEY, PUBLIC_KEYS, MANIFEST, SIGNATURE}
LARGEST_PART = 64 * 1024**2  # bytes of anything but the database
CHUNK = 1 << 20


class Facts(NamedTuple):
    """What a backup says of itself."""

    version: str  # of the release that made it
    made_at: datetime
    box_key: str  # fingerprint of the box's own key
    tables: dict[str, int]  # rows of each
    audit: tuple[int, str]  # its last row and that one's MAC
    files: dict[str, str]  # where the files stood that settings name


class Contents(NamedTuple):
    """A backup that was read whole; it may be believed once ``verified``."""

    parts: dict[str, bytes]  # all but the database
    digests: dict[str, str]
    database: Path | None

    def below(self, folder: str) -> dict[str, bytes]:
        """Return the parts of one folder by their bare names."""
        start = f"{folder}/"
        return {
            name.removeprefix(start): part
            for name, part in self.parts.items()
            if name.startswith(start)
        }


class Pack:
    """Writes a backup part by part, and remembers what it wrote."""

    def __init__(self, tar: tarfile.TarFile, at: datetime) -> None:
        self._tar, self._at = tar, at
        self.digests: dict[str, str] = {}

    def add(self, name: str, content: bytes) -> None:
        self.digests[name] = hashlib.sha256(content).hexdigest()
        self._tar.addfile(self._entry(name, len(content)), io.BytesIO(content))

    def add_file(self, name: str, path: Path) -> None:
        with path.open("rb") as file:
            hashing = _Hashing(file)
            self._tar.addfile(self._entry(name, path.stat().st_size), hashing)
        self.digests[name] = hashing.hexdigest()

    def _entry(self, name: str, size: int) -> tarfile.TarInfo:
        entry = tarfile.TarInfo(f"reportbox/{name}")
        entry.size, entry.mode, entry.mtime = size, 0o600, int(self._at.timestamp())
        return entry


@contextmanager
def packing(into: IO[bytes], at: datetime) -> Iterator[Pack]:
    with (
        gzip.GzipFile(fileobj=into, mode="wb", mtime=at.timestamp()) as packed,
        tarfile.open(fileobj=packed, mode="w|", format=tarfile.PAX_FORMAT) as tar,
    ):
        yield Pack(tar, at)


def manifest_of(facts: Facts, digests: dict[str, str]) -> bytes:
    told = {
        "shape": SHAPE,
        "version": facts.version,
        "made_at": facts.made_at.isoformat(),
        "box_key": facts.box_key,
        "tables": facts.tables,
        "audit": facts.audit,
        "files": facts.files,
        "sha256": digests,
    }
    return json.dumps(told, indent=1).encode()


def unpack(stream: IO[bytes], place: Callable[[bytes], Path]) -> Contents:
    """Read a backup; ``place`` is asked where the database goes, given the settings.

    Raises PeerRejected for what no box would have packed.
    """
    parts: dict[str, bytes] = {}
    digests: dict[str, str] = {}
    database = None
    with (
        gzip.GzipFile(fileobj=stream, mode="rb") as unpacked,
        tarfile.open(fileobj=unpacked, mode="r|") as tar,
    ):
        for entry in tar:
            name = _part_name(entry)
            hashing = _Hashing(_file_in(tar, entry))
            if name == DATABASE:
                database = place(parts.get(SETTINGS, b""))
                _spill(hashing, database)
            else:
                parts[name] = hashing.read(LARGEST_PART)
            digests[name] = hashing.hexdigest()
    return Contents(parts, digests, database)


def verified(contents: Contents) -> Facts:
    """Compare every part with the manifest and return what that says, or raise."""
    told = _read_manifest(contents.parts)
    if told["shape"] != SHAPE:
        raise PeerRejected("This backup is of another release: install that one first.")
    found = {
        name: digest
        for name, digest in contents.digests.items()
        if name not in {MANIFEST, SIGNATURE}
    }
    if found != told["sha256"] or not {SETTINGS, DATABASE, OWN_KEY} <= set(found):
        differ = sorted(
            name
            for name in {*found, *told["sha256"], SETTINGS, DATABASE, OWN_KEY}
            if name not in found or found[name] != told["sha256"].get(name)
        )
        raise PeerRejected(f"This backup is not what was packed: {', '.join(differ)}.")
    last, mac = told["audit"]
    return Facts(
        told["version"],
        datetime.fromisoformat(told["made_at"]),
        told["box_key"],
        told["tables"],
        (last, mac),
        told["files"],
    )


def _read_manifest(parts: dict[str, bytes]) -> dict[str, Any]:
    try:
        told: dict[str, Any] = json.loads(parts[MANIFEST])
    except (KeyError, ValueError) as trouble:
        raise PeerRejected(
            "This backup has no manifest: it was cut short."
        ) from trouble
    return told


def _part_name(entry: tarfile.TarInfo) -> str:
    """Take names of our own only, and nothing but plain files."""
    name = entry.name.removeprefix("reportbox/")
    small = name == DATABASE or entry.size <= LARGEST_PART
    if not entry.isreg() or not small or not (name in NAMED or PART.fullmatch(name)):
        raise PeerRejected(f"There is no “{entry.name[:80]}” in a backup of a box.")
    return name


def _file_in(tar: tarfile.TarFile, entry: tarfile.TarInfo) -> IO[bytes]:
    file = tar.extractfile(entry)
    assert file is not None  # noqa: S101 - a plain file, as looked at above
    return file


def _spill(hashing: "_Hashing", path: Path) -> None:
    with path.open("xb") as file:
        path.chmod(0o600)
        while chunk := hashing.read(CHUNK):
            file.write(chunk)


class _Hashing(io.RawIOBase):
    """Counts every byte that is read into a hash."""

    def __init__(self, source: IO[bytes]) -> None:
        super().__init__()
        self._source, self._hash = source, hashlib.sha256()

    def read(self, size: int = -1, /) -> bytes:
        chunk = self._source.read(size)
        self._hash.update(chunk)
        return chunk

    def hexdigest(self) -> str:
        return self._hash.hexdigest()
