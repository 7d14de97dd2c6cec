"""A real mail server on loopback: Dovecot, with a mailbox of its own, over TLS."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import trustme

CONFIG = """
base_dir = {run}
state_dir = {run}
protocols = imap
listen = 127.0.0.1
log_path = {folder}/log
ssl = required
ssl_cert = <{folder}/cert.pem
ssl_key = <{folder}/key.pem
mail_location = maildir:{folder}/mail
rawlog_dir = {folder}/rawlog
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
first_valid_uid = 0
first_valid_gid = 0
service imap-login {{
  chroot =
  inet_listener imap {{
    port = 0
  }}
  inet_listener imaps {{
    port = {port}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
passdb {{
  driver = static
  args = password=secret
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}
}}
"""


@dataclass
class MailServer:
    folder: Path
    port: int

    @property
    def ca_file(self) -> Path:
        return self.folder / "ca.pem"

    def deliver(self, raw: bytes) -> None:
        """Put a mail into the mailbox, as the local delivery does."""
        name = f"{time.time_ns()}.test"
        (self.folder / "mail/tmp" / name).write_bytes(raw)
        # The command of the box has set a umask of its own, if it ran in this process.
        (self.folder / "mail/tmp" / name).chmod(0o644)
        (self.folder / "mail/tmp" / name).rename(self.folder / "mail/new" / name)

    def sent(self) -> bytes:
        """Everything the server ever sent to a client."""
        files = sorted((self.folder / "rawlog").glob("*.out"))
        return b"".join(path.read_bytes() for path in files)


@contextmanager
def mail_server() -> Iterator[MailServer]:
    with tempfile.TemporaryDirectory(prefix="rbd-", ignore_cleanup_errors=True) as made:
        server = MailServer(Path(made), _free_port())
        _prepare(server)
        command = ["/usr/sbin/dovecot", "-F", "-c", str(server.folder / "conf")]
        process = subprocess.Popen(command)
        try:
            _wait(server, process)
            yield server
        finally:
            process.terminate()
            process.wait(10)


def _prepare(server: MailServer) -> None:
    folder = server.folder
    folder.chmod(0o755)
    for name in ("run", "rawlog", "mail/tmp", "mail/new", "mail/cur"):
        (folder / name).mkdir(parents=True)
    authority = trustme.CA()
    certificate = authority.issue_cert("localhost", "127.0.0.1")
    authority.cert_pem.write_to_path(folder / "ca.pem")
    certificate.private_key_pem.write_to_path(folder / "key.pem")
    chain = b"".join(part.bytes() for part in certificate.cert_chain_pems)
    (folder / "cert.pem").write_bytes(chain)
    who = pwd.getpwuid(os.getuid())
    owner = who if who.pw_uid else pwd.getpwnam("nobody")
    config = CONFIG.format(
        folder=folder,
        run=folder / "run",
        user="dovenull" if not who.pw_uid else who.pw_name,
        group="dovenull" if not who.pw_uid else who.pw_name,
        uid=owner.pw_uid,
        gid=owner.pw_gid,
        port=server.port,
    )
    (folder / "conf").write_text(config)
    if not who.pw_uid:
        for path in (folder / "mail", folder / "rawlog"):
            for one in (path, *path.rglob("*")):
                shutil.chown(one, owner.pw_uid, owner.pw_gid)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(server: MailServer, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", server.port)) == 0:
                return
        time.sleep(0.1)
    log = server.folder / "log"
    raise TimeoutError(log.read_text() if log.exists() else "dovecot said nothing")
