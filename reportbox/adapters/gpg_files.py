"""Backups sealed and opened by the real gpg, as a stream: nothing waits on a disk."""

import os
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from reportbox.adapters.gpg import check_home
from reportbox.errors import PeerFailed, PeerRejected, PeerUnavailable

LONGEST_RUN = 4 * 3600  # seconds for the largest backup over the slowest disk
LONGEST_CALL = 60  # seconds for a key or a signature
GPG = (
    "gpg",
    "--batch",
    "--no-tty",
    "--no-auto-key-locate",
    "--no-auto-key-retrieve",
    "--disable-dirmngr",
    "--status-fd=2",
)
# For whoever opens a backup by hand, gpg may ask as it always does.
ASKING = tuple(word for word in GPG if word not in {"--batch", "--no-tty"})
WANTS_PASSPHRASE = {11, 177}  # GPG_ERR_BAD_PASSPHRASE, GPG_ERR_NO_PASSPHRASE
LOOPBACK = "--pinentry-mode=loopback"


class GpgVault:
    """``home`` is gpg's; none means that of whoever runs this, who may be asked.

    ``signer`` is the mail address the box's own key carries.
    """

    def __init__(self, home: Path | None, signer: str, passphrase: str = "") -> None:
        self.home, self.signer, self.passphrase = home, signer, passphrase

    @contextmanager
    def sealing(self, path: Path, fingerprints: tuple[str, ...]) -> Iterator[IO[bytes]]:
        part = path.with_name(f".{path.name}.part")
        part.unlink(missing_ok=True)
        to = [word for one in fingerprints for word in ("--recipient", one)]
        # What is inside is compressed already.
        how = ("--trust-model=always", "--compress-algo=none", "--output", str(part))
        try:
            with self._feeding(*how, *to, "--encrypt") as into:
                yield into
            _keep(part, path)
        finally:
            part.unlink(missing_ok=True)

    @contextmanager
    def opening(self, path: Path) -> Iterator[IO[bytes]]:
        with self._running("--decrypt", str(path), stdin=None) as gpg:
            assert gpg.stdout is not None  # noqa: S101 - a pipe, as asked for
            try:
                yield gpg.stdout
            except PeerFailed:
                raise
            except Exception as trouble:
                # What came out makes no sense: gpg knows at the end whether it may.
                _drain(gpg.stdout)
                if said := _why_not_opened(*_end(gpg)):
                    raise PeerRejected(said) from trouble
                raise
            _drain(gpg.stdout)
            if said := _why_not_opened(*_end(gpg)):
                raise PeerRejected(said)

    def sign(self, content: bytes) -> bytes:
        own = ("--local-user", f"<{self.signer}>")
        return self._call(*own, "--armor", "--detach-sign", given=content)

    def signer_of(self, content: bytes, signature: bytes) -> str:
        with _handed(signature) as handed:
            words = [*self._words(), "--verify", f"/dev/fd/{handed}", "-"]
            found = subprocess.run(  # noqa: S603 - our own words
                words,
                input=content,
                capture_output=True,
                pass_fds=(handed,),
                timeout=LONGEST_CALL,
                check=False,
            )
        valid = [x for x in _status(found.stderr) if x[0] == "VALIDSIG"]
        # The last word names the key, where a subkey made it (gnupg, doc/DETAILS).
        return valid[0][-1] if valid and found.returncode == 0 else ""

    def export_keys(self) -> tuple[bytes, bytes]:
        own = ("--armor", LOOPBACK, "--export-secret-keys", f"<{self.signer}>")
        return self._call(*own), self._call("--armor", "--export")

    def import_keys(self, armoured: bytes) -> None:
        if self.home is not None:
            check_home(self.home)
            self.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            self._call("--import", given=armoured)
        except PeerUnavailable as trouble:
            raise PeerRejected(str(trouble)) from trouble
        finally:
            self.end()  # it would live on as whoever does this, maybe root

    def end(self) -> None:
        """End gpg's agent, which may hold the pass-phrase of a key."""
        if self.home is not None:
            words = ["gpgconf", "--homedir", str(self.home), "--kill", "all"]
            subprocess.run(  # noqa: S603 - our own words
                words, capture_output=True, timeout=LONGEST_CALL, check=False
            )

    def _words(self) -> list[str]:
        if self.home is None:
            return list(ASKING)
        return [*GPG, "--homedir", str(self.home)]

    def _call(self, *words: str, given: bytes = b"") -> bytes:
        """Run gpg once; raise PeerUnavailable with its own last words."""
        try:
            done = subprocess.run(  # noqa: S603 - our own words
                [*self._words(), *words],
                input=given,
                capture_output=True,
                timeout=LONGEST_CALL,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as trouble:
            raise PeerUnavailable(f"gpg does not answer: {trouble}") from trouble
        if done.returncode:
            raise PeerUnavailable(f"gpg could not do it: {_last_words(done.stderr)}")
        return done.stdout

    @contextmanager
    def _feeding(self, *words: str) -> Iterator[IO[bytes]]:
        with self._running(*words, stdin=subprocess.PIPE) as gpg:
            assert gpg.stdin is not None  # noqa: S101 - a pipe, as asked for
            with suppress(BrokenPipeError):  # gpg gave up; below it says why
                yield gpg.stdin
            with suppress(BrokenPipeError):
                gpg.stdin.close()
            code, said = _end(gpg)
            if code:
                raise PeerUnavailable(
                    f"gpg could not seal the backup: {_last_words(said)}"
                )

    @contextmanager
    def _running(
        self, *words: str, stdin: int | None
    ) -> Iterator[subprocess.Popen[bytes]]:
        """Run gpg beside us; it is ended with the block, whatever happens."""
        with _handed(f"{self.passphrase}\n".encode()) as handed:
            own = [*self._words(), *words]
            if self.home is not None:
                own[1:1] = [LOOPBACK, f"--passphrase-fd={handed}"]
            try:
                gpg = subprocess.Popen(  # noqa: S603 - our own words
                    own,
                    stdin=subprocess.DEVNULL if stdin is None and self.home else stdin,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.PIPE,
                    pass_fds=(handed,),
                )
            except OSError as trouble:
                raise PeerUnavailable(f"gpg cannot be started: {trouble}") from trouble
        timer = threading.Timer(LONGEST_RUN, gpg.kill)
        timer.start()
        try:
            yield gpg
        finally:
            timer.cancel()
            gpg.kill()
            for pipe in (gpg.stdin, gpg.stdout, gpg.stderr):
                with suppress(OSError):
                    if pipe is not None:
                        pipe.close()
            gpg.wait()


@contextmanager
def _handed(content: bytes) -> Iterator[int]:
    """Hand a few bytes to a program: not by its words, which everybody may read."""
    reader, writer = os.pipe()
    try:
        os.write(writer, content)
        os.close(writer)
        yield reader
    finally:
        os.close(reader)


def _keep(part: Path, path: Path) -> None:
    """Give it its name once it is on the disk for good."""
    with part.open("rb") as made:
        os.fsync(made.fileno())
    part.chmod(0o600)
    part.rename(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _drain(stream: IO[bytes]) -> None:
    while stream.read(1 << 20):
        pass


def _end(gpg: subprocess.Popen[bytes]) -> tuple[int, bytes]:
    said = gpg.stderr.read() if gpg.stderr else b""
    return gpg.wait(), said


def _why_not_opened(code: int, said: bytes) -> str:
    if not code:
        return ""
    if any(_is_bad_passphrase(words) for words in _status(said)):
        return (
            "The key for this backup has a pass-phrase, and its pass-phrase is wrong "
            "or was not typed: run this again at a terminal, where it is asked for."
        )
    found = {words[0] for words in _status(said)}
    if "NO_SECKEY" in found and "DECRYPTION_INFO" not in found:
        return "No secret key here opens this backup: give the key it was made for."
    if "ENC_TO" not in found:
        return "This is not a backup of a Report Box, or it was cut short."
    return (
        "This backup cannot be opened: it was changed, or is damaged "
        f"({_last_words(said)})."
    )


def _is_bad_passphrase(words: list[str]) -> bool:
    """Read a number of libgpg-error, whose lower half says what was wrong."""
    if words[:2] != ["ERROR", "pkdecrypt_failed"]:
        return False
    return int(words[2]) & 0xFFFF in WANTS_PASSPHRASE


def _status(said: bytes) -> list[list[str]]:
    """Read the lines gpg writes for programs (gnupg, doc/DETAILS)."""
    lines = said.decode(errors="replace").splitlines()
    return [x.split()[1:] for x in lines if x.startswith("[GNUPG:] ")]


def _last_words(said: bytes) -> str:
    lines = said.decode(errors="replace").splitlines()
    own = [x for x in lines if x.startswith("gpg: ") and "WARNING" not in x]
    return own[-1].removeprefix("gpg: ") if own else "it did not say why"
