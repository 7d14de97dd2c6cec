"""Backups carried to an SFTP server, by Debian's own ``sftp`` and a key of the box's.

The server is known by one key that a person compared; any other is refused.
"""

import base64
import hashlib
import os
import re
import signal
import subprocess
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

from reportbox.errors import PeerRejected, PeerUnavailable
from reportbox.settings import SFTP

CONNECT_WITHIN = 20  # seconds
SILENT_AT_MOST = 4  # quarters of a minute without a sign of life while carrying
LONGEST_CARRY = 4 * 3600  # seconds for one file
LONGEST_TALK = 120  # seconds for lists and the like
LONGEST_CALL = 30  # seconds to make a key or to ask for one
OPTIONS = (
    "BatchMode=yes",
    "StrictHostKeyChecking=yes",
    "GlobalKnownHostsFile=/dev/null",
    "PreferredAuthentications=publickey",
    "IdentitiesOnly=yes",
    "IdentityAgent=none",
    f"ConnectTimeout={CONNECT_WITHIN}",
    "ServerAliveInterval=15",
    f"ServerAliveCountMax={SILENT_AT_MOST}",
)
# How ssh says it, and what a person can do.
SAYINGS = {
    "Host key verification failed": (
        "the server shows another key than the one in “backup_host_key”: somebody may "
        "be in between; ask its operator before you run `reportbox backup-host`"
    ),
    "Permission denied (publickey": (
        "the server does not let the box in: give its operator the line that "
        "`reportbox backup-identity` prints"
    ),
}
SAYS_NOTHING = {"Connection closed", "Connection closed.  "}


class Target(NamedTuple):
    user: str
    host: str
    port: str
    folder: str

    @property
    def known_as(self) -> str:
        """How the server stands in a file of known hosts (sshd(8))."""
        return self.host if self.port == "22" else f"[{self.host}]:{self.port}"


class SftpStore:
    """``home`` holds the box's key; ``host_key`` is the server's, “type base64”."""

    def __init__(self, home: Path, where: str, host_key: str) -> None:
        self.home, self.where, self.host_key = home, where, host_key

    def put(self, path: Path) -> None:
        part = f".{path.name}.part"
        self._talk(
            LONGEST_CARRY,
            "-rm .reportbox-*.part",  # of a run that was cut off
            f'put -f "{path}" "{part}"',
            f'rename "{part}" "{path.name}"',
        )

    def fetch(self, name: str, path: Path) -> None:
        self._talk(LONGEST_CARRY, f'get "{name}" "{path}"')

    def tidy(self, doomed: Callable[[Iterable[str]], Iterable[str]]) -> list[str]:
        said = self._talk(LONGEST_TALK, "ls -1")
        there = [x.strip() for x in said.splitlines() if x.startswith("reportbox-")]
        going = sorted(doomed(there))
        if going:
            self._talk(LONGEST_TALK, *(f'rm "{name}"' for name in going))
        return sorted(set(there) - set(going))

    def create_identity(self) -> str:
        if not self.identity():
            self.home.mkdir(mode=0o700, parents=True, exist_ok=True)
            words = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "reportbox"]
            _call([*words, "-f", str(self.home / "identity")])
        return self.identity()

    def identity(self) -> str:
        public = self.home / "identity.pub"
        return public.read_text().strip() if public.exists() else ""

    def host_keys(self) -> list[tuple[str, str]]:
        return host_keys(self.where)

    def _talk(self, within: int, *commands: str) -> str:
        """Run commands in the folder of the backups; it is made if it is missing."""
        target = read_target(self.where)
        if not self.host_key:
            raise PeerRejected(
                "“backup_host_key” is missing: run `reportbox backup-host`, compare "
                "what it prints, and enter it"
            )
        if not self.identity():
            raise PeerRejected(
                "the box has no key for it yet: run `reportbox backup-identity` and "
                "give what it prints to the server's operator"
            )
        known = self.home / "known_hosts"
        known.write_text(f"{target.known_as} {self.host_key}\n")
        into = [f'-mkdir "{target.folder}"', f'cd "{target.folder}"']
        lines = [*(into if target.folder else []), *commands]
        return _run(self._words(target, known), "\n".join(lines) + "\n", within)

    def _words(self, target: Target, known: Path) -> list[str]:
        options = (*OPTIONS, f"UserKnownHostsFile={known}")
        return [
            *("sftp", "-b", "-", "-F", "none", "-P", target.port),
            *("-i", str(self.home / "identity")),
            *(word for option in options for word in ("-o", option)),
            f"{target.user}@{target.host}",
        ]


def read_target(where: str) -> Target:
    found = SFTP.fullmatch(where)
    if found is None:
        raise PeerRejected("“backup_sftp” names no server")
    given = found.groupdict()
    return Target(
        given["user"], given["host"], given["port"] or "22", given["folder"] or ""
    )


def host_keys(where: str) -> list[tuple[str, str]]:
    """Ask the server for its keys; return each with its fingerprint, as ssh shows it.

    Whether they are its own only a person can tell, who asks its operator.
    """
    target = read_target(where)
    host = target.host.strip("[]")
    said = _call(["ssh-keyscan", "-T", str(CONNECT_WITHIN), "-p", target.port, host])
    found = re.findall(r"^[^#\s]\S* (\S+ \S+)$", said, re.MULTILINE)
    if not found:
        raise PeerUnavailable(f"{where} does not answer as an SSH server would.")
    return [(key, _fingerprint(key)) for key in sorted(found)]


def _fingerprint(key: str) -> str:
    raw = base64.b64decode(key.split()[1])
    digest = base64.b64encode(hashlib.sha256(raw).digest()).decode().rstrip("=")
    return f"SHA256:{digest}"


def _call(words: list[str]) -> str:
    try:
        done = subprocess.run(  # noqa: S603 - our own words
            words,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=LONGEST_CALL,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as trouble:
        raise PeerUnavailable(f"{words[0]} does not answer: {trouble}") from trouble
    return done.stdout


def _run(words: list[str], commands: str, within: int) -> str:
    """Run sftp in a group of its own, so that its ssh ends with it."""
    try:
        sftp = subprocess.Popen(  # noqa: S603 - our own words
            words,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
            env={k: v for k, v in os.environ.items() if not k.startswith("SSH_")},
        )
    except OSError as trouble:
        raise PeerUnavailable(f"sftp cannot be started: {trouble}") from trouble
    try:
        said, wrong = sftp.communicate(commands, within)
    except subprocess.TimeoutExpired:
        os.killpg(sftp.pid, signal.SIGKILL)
        sftp.communicate()
        raise PeerUnavailable(f"the server took longer than {within} seconds") from None
    if sftp.returncode:
        raise _trouble(wrong)
    return said


def _trouble(wrong: str) -> PeerUnavailable | PeerRejected:
    for saying, words in SAYINGS.items():
        if saying in wrong:
            return PeerRejected(words)
    lines = [x for x in wrong.splitlines() if x.strip() and x not in SAYS_NOTHING]
    return PeerUnavailable(lines[-1].strip() if lines else "the server broke it off")
