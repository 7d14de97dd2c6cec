"""A real SFTP server on loopback: Debian's own sshd, as whoever runs the tests."""

import getpass
import os
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

SSHD = "/usr/sbin/sshd"
START_WITHIN = 10  # seconds
CONFIG = """
ListenAddress 127.0.0.1
Port {port}
HostKey {folder}/host
PidFile none
AuthorizedKeysFile {folder}/let-in
StrictModes no
UsePAM no
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin prohibit-password
AllowTcpForwarding no
Subsystem sftp internal-sftp -d {folder}/files
"""


@dataclass
class SftpServer:
    folder: Path
    port: int

    @property
    def files(self) -> Path:
        return self.folder / "files"

    @property
    def where(self) -> str:
        return f"{getpass.getuser()}@127.0.0.1:{self.port}/box"

    @property
    def host_key(self) -> str:
        return " ".join((self.folder / "host.pub").read_text().split()[:2])

    def let_in(self, line: str) -> None:
        (self.folder / "let-in").write_text(f"{line}\n")

    def names(self) -> list[str]:
        return sorted(path.name for path in (self.files / "box").iterdir())


@contextmanager
def sftp_server() -> Iterator[SftpServer]:
    with tempfile.TemporaryDirectory(prefix="rbs-") as made:
        folder = Path(made)
        (folder / "files").mkdir()
        (folder / "let-in").touch()
        words = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", f"{folder}/host"]
        subprocess.run(words, check=True)
        port = _free_port()
        config = folder / "sshd_config"
        config.write_text(CONFIG.format(folder=folder, port=port))
        _make_room_for_privileges()
        with (folder / "log").open("wb") as log:
            sshd = subprocess.Popen([SSHD, "-D", "-e", "-f", config], stderr=log)
        try:
            _wait_for(port, folder / "log")
            yield SftpServer(folder, port)
        finally:
            sshd.terminate()
            sshd.wait()


def _make_room_for_privileges() -> None:
    """As root, sshd wants its own folder, which its service would have made."""
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_for(port: int, log: Path) -> None:
    deadline = time.monotonic() + START_WITHIN
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError(f"sshd did not start: {log.read_text()}")
