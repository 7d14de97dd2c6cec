"""OpenPGP by the real gpg. Trust is our own: keys are named by full fingerprint."""

import io
import os
import re
import select
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO, Any

import gnupg

from reportbox.adapters import own_key
from reportbox.adapters.inside import (
    Detached,
    read_block,
    read_detached,
    read_inside,
    read_signed,
)
from reportbox.errors import Misconfigured, PeerRejected, PeerUnavailable
from reportbox.ports import Inside, Strength

LONGEST_RUN = 20  # seconds for one call of gpg; a letter takes some milliseconds
# What gpg says of a signature, good or not (its doc/DETAILS).
SIGNED = re.compile(r"(?m)^\[GNUPG:\] (GOOD|BAD|ERR|EXP|EXPKEY|REVKEY)SIG\b")
LARGEST_INSIDE = 1024 * 1024  # bytes of a mail once it is opened, unpacked too
LONGEST_HOME = 84  # characters; beyond that gpg-agent's socket name does not fit
# Of these the length says the strength (RFC 4880, section 9.1); others are elliptic.
BY_LENGTH = {
    **dict.fromkeys(("1", "2", "3"), "RSA"),
    **dict.fromkeys(("16", "20"), "ElGamal"),
    "17": "DSA",
}
GONE = {"r", "e"}  # revoked, expired: nothing is encrypted to such a subkey
OPTIONS = [
    "--batch",
    "--no-tty",
    "--no-auto-key-locate",
    "--no-auto-key-retrieve",
    "--disable-dirmngr",
    "--pinentry-mode=loopback",
    "--compress-algo=none",
    # Two at a time would wait for each other's lock on it, a quarter of a second; the
    # kernel's own random numbers are seeded anyway.
    "--no-random-seed-file",
]


class _TimedGpg(gnupg.GPG):  # type: ignore[misc]  # gnupg is untyped
    """gpg that is ended when it takes too long; the library itself waits for ever."""

    longest: float = LONGEST_RUN

    def _handle_io(  # by files in memory; the library starts three threads
        self,
        args: list[str],
        fileobj_or_path: IO[bytes],
        result: Any,  # noqa: ANN401 - as inherited
        passphrase: str | None = None,
        binary: bool = False,  # noqa: FBT001, FBT002 - as inherited
    ) -> Any:  # noqa: ANN401 - as inherited
        del passphrase, binary  # the box's key has none, and letters are bytes
        with (
            _memory(fileobj_or_path.read()) as given,
            _memory() as made,
            _memory() as said,
        ):
            process = subprocess.Popen(  # noqa: S603 - no shell, and our own words
                self.make_args(args, passphrase=False),
                stdin=given,
                stdout=made,
                stderr=said,
                env=self.env,
            )
            _end_in_time(process, self.longest)
            result.data, result.returncode = _read(made), process.returncode
            response = io.StringIO(_read(said).decode(errors="replace"))
        self._read_response(response, result)
        return result

    def _collect_output(self, process: Any, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        timer = threading.Timer(self.longest, process.kill)
        timer.start()
        try:
            super()._collect_output(process, *args, **kwargs)
        finally:
            timer.cancel()


@contextmanager
def _memory(content: bytes = b"") -> Iterator[int]:
    """Make a file that is on no disk, and may be read from its beginning.

    Through pipes a process is woken a dozen times for one letter.
    """
    descriptor = os.memfd_create("letter")
    try:
        with open(descriptor, "r+b", buffering=0, closefd=False) as file:
            file.write(content)
            file.seek(0)
        yield descriptor
    finally:
        os.close(descriptor)


def _read(descriptor: int) -> bytes:
    return os.pread(descriptor, os.fstat(descriptor).st_size, 0)


def _end_in_time(process: "subprocess.Popen[bytes]", longest: float) -> None:
    """Wait for a process, and kill it if it takes too long."""
    watched = os.pidfd_open(process.pid)
    try:
        ended, _, _ = select.select([watched], [], [], longest)
    finally:
        os.close(watched)
    if not ended:
        process.kill()
    process.wait()


def check_home(home: Path) -> None:
    """Raise Misconfigured where gpg's agent could not live."""
    if len(str(home)) > LONGEST_HOME:
        raise Misconfigured(
            f"{home} is longer than {LONGEST_HOME} characters; gpg cannot use it."
        )


class GpgKeyring:
    """``signer`` is the mail address the box's own key carries."""

    def __init__(self, home: Path, signer: str, longest: float = LONGEST_RUN) -> None:
        check_home(home)
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.signer = signer
        self.library = _TimedGpg(gnupghome=str(home), options=OPTIONS)
        self.library.encoding = "utf-8"
        self.library.longest = longest
        self.home = home
        self._own = ""
        self._good: set[tuple[str, int]] = set()

    def sign_and_encrypt(self, content: bytes, fingerprint: str) -> bytes:
        own = self.own_fingerprint()
        if not own:
            raise PeerUnavailable(
                "The box has no signing key yet: run `reportbox key create`."
            )
        if trouble := self.trouble_with(fingerprint):
            raise PeerUnavailable(trouble)
        # The library would say --default-key, for which gpg looks at all secret keys
        # first: a third of its time.
        made = self.library.encrypt(
            content,
            [fingerprint],
            sign=True,
            always_trust=True,
            extra_args=["--local-user", own],
        )
        if not made.ok:
            raise PeerUnavailable(f"gpg could not encrypt: {made.status}")
        return bytes(made.data)

    def trouble_with(self, fingerprint: str) -> str:
        """Look the key up, unless it was good before and the ring is unchanged."""
        state = (fingerprint, self._ring_changed_at())
        if state not in self._good:
            trouble = self._examine(fingerprint)
            if trouble:
                return trouble
            self._good = {known for known in self._good if known[1] == state[1]}
            self._good.add(state)
        return ""

    def _ring_changed_at(self) -> int:
        ring = self.home / "pubring.kbx"
        return ring.stat().st_mtime_ns if ring.exists() else 0

    def _examine(self, fingerprint: str) -> str:
        if not fingerprint:
            return (
                "No OpenPGP key that a person has compared is known for this agency: "
                "see “LEA”."
            )
        key = self._find(fingerprint)
        if key is None:
            return (
                f"The OpenPGP key {fingerprint} is not in the box: import it at “LEA”, "
                "or by `reportbox key import`."
            )
        if key["trust"] == "r":
            return f"The OpenPGP key {fingerprint} was revoked: ask for a new one."
        if key["expires"] and int(key["expires"]) <= datetime.now(UTC).timestamp():
            return f"The OpenPGP key {fingerprint} has expired: ask for a new one."
        if "E" not in key.get("cap", ""):
            return f"The OpenPGP key {fingerprint} cannot encrypt: ask for another."
        return ""

    def strengths(self, armoured: str) -> list[Strength]:
        """Read it in a trial run of an import, which keeps nothing."""
        shown: list[dict[str, Any]] = self.library.scan_keys_mem(armoured)
        return [part for key in shown for part in _parts(key)]

    def strengths_of(self, fingerprint: str) -> list[Strength]:
        key = self._find(fingerprint)
        return _parts(key) if key else []

    def expires(self, fingerprint: str) -> datetime | None:
        """The key's own end, or that of its last encryption subkey, if earlier."""
        key = self._find(fingerprint) or {}
        of_subkeys = [
            int(one["expires"]) if one.get("expires") else 0
            for one in key.get("subkey_info", {}).values()
            if "e" in one.get("cap", "")
        ]
        ends = [int(key["expires"])] if key.get("expires") else []
        if of_subkeys and all(of_subkeys):
            ends.append(max(of_subkeys))
        return datetime.fromtimestamp(min(ends), UTC) if ends else None

    def own_fingerprint(self) -> str:
        """Find the box's signing key; empty when there is none."""
        if not self._own:
            keys = self.library.list_keys(secret=True, keys=[f"<{self.signer}>"])
            self._own = str(keys[0]["fingerprint"]) if keys else ""
        return self._own

    def create_own_key(self, name: str) -> str:
        """Make the box's signing and encryption key, unless it has one."""
        return self.own_fingerprint() or make_key(self.library, name, self.signer)

    def import_own_key(self, armoured: str) -> str:
        """Take a private key in, unless the box has one; see ``ports.OwnKeyMaker``."""
        if self.own_fingerprint():
            raise PeerRejected(
                "The box has its own key already, and agencies may know it."
            )
        if trouble := own_key.trouble_with(armoured, self.signer, OPTIONS):
            raise PeerRejected(trouble)
        self.library.import_keys(armoured)
        return self.own_fingerprint()

    def import_key(self, armoured: str) -> list[str]:
        """Take public keys in; return their fingerprints, none if none was usable."""
        return [str(f) for f in self.library.import_keys(armoured).fingerprints]

    def export_own_key(self) -> str:
        return str(self.library.export_keys(self.own_fingerprint()))

    def decrypt(self, armoured: bytes) -> tuple[bytes, str]:
        """Open a letter to this ring's own key; return it and who signed it."""
        opened = self.library.decrypt(armoured, always_trust=True)
        if not opened.ok:
            raise PeerUnavailable(f"gpg could not decrypt: {opened.status}")
        signer = opened.username if opened.valid else ""
        return bytes(opened.data), str(signer or "")

    def open_mail(self, sealed: bytes) -> Inside:
        content, seal = self._open(sealed)
        signed = read_detached(content)
        if signed is None or seal["is_signed"]:
            return replace(read_inside(content), **seal)
        return replace(
            read_signed(content, signed), is_signed=True, signer=self._signer_of(signed)
        )

    def open_block(self, armoured: bytes) -> Inside:
        content, seal = self._open(armoured)
        return replace(read_block(content), **seal)

    def _open(self, sealed: bytes) -> tuple[bytes, dict[str, Any]]:
        """Open what was encrypted to the box; return it and how it was signed."""
        most = ["--max-output", str(LARGEST_INSIDE)]  # a small block may unpack to much
        opened = self.library.decrypt(sealed, always_trust=True, extra_args=most)
        if not opened.ok:
            raise PeerRejected(
                f"gpg says “{opened.status or 'too slow, or too large'}”"
            )
        signer = opened.pubkey_fingerprint if opened.valid else ""
        is_signed = SIGNED.search(opened.stderr) is not None
        return bytes(opened.data), {"signer": signer or "", "is_signed": is_signed}

    def _signer_of(self, signed: Detached) -> str:
        """Name the key of a good signature of its own; empty if it is not."""
        with NamedTemporaryFile(dir=self.home) as kept:
            kept.write(signed.signature)
            kept.flush()
            found = self.library.verify_data(kept.name, signed.content)
        return str(found.pubkey_fingerprint or "") if found.valid else ""

    def _find(self, fingerprint: str) -> dict[str, Any] | None:
        wanted = fingerprint.replace(" ", "").upper()
        keys: list[dict[str, Any]] = self.library.list_keys(keys=[wanted])
        return next((key for key in keys if key["fingerprint"] == wanted), None)


def _parts(key: dict[str, Any]) -> list[Strength]:
    """Measure the primary key and each subkey that something is encrypted to today."""
    encrypt = [
        one
        for one in key.get("subkey_info", {}).values()
        if "e" in one.get("cap", "") and one.get("trust") not in GONE
    ]
    return [
        Strength(BY_LENGTH[one["algo"]], int(one["length"]))
        for one in (key, *encrypt)
        if one["algo"] in BY_LENGTH
    ]


def make_key(library: gnupg.GPG, name: str, address: str) -> str:
    """Make an Ed25519 key with an encryption subkey and no pass-phrase.

    The key file is protected as the database key is: by the machine's own accounts.
    """
    request = library.gen_key_input(
        key_type="EDDSA",
        key_curve="ed25519",
        key_usage="sign",
        subkey_type="ECDH",
        subkey_curve="cv25519",
        subkey_usage="encrypt",
        name_real=name,
        name_email=address,
        expire_date="0",
        no_protection=True,
    )
    made = library.gen_key(request)
    if not made.fingerprint:
        raise Misconfigured(f"gpg could not make a key: {made.status}")
    return str(made.fingerprint)
