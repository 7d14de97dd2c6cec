"""A real Postfix of its own on loopback: own settings, queue and log in one folder.

Its master must be root; nothing outside the folder is touched, and it is stopped
whatever happens. The machine's own Postfix, if it runs, is another one.
"""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

# Impatient, so that what takes hours elsewhere takes seconds here.
MAIN = """
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
maillog_file = {folder}/mail.log
maillog_file_prefixes = {folder}
inet_interfaces = loopback-only
inet_protocols = ipv4
myhostname = box.test
mydestination =
mynetworks = 127.0.0.0/8
smtpd_relay_restrictions = permit_mynetworks, reject
smtpd_client_connection_rate_limit = 0
smtpd_peername_lookup = no
local_transport = error:none
local_recipient_maps =
alias_maps =
relayhost = [127.0.0.1]:{next_port}
queue_run_delay = 1s
minimal_backoff_time = 1s
maximal_backoff_time = 2s
maximal_queue_lifetime = 1h
default_destination_concurrency_failed_cohort_limit = 0
smtp_helo_timeout = 3s
smtp_mail_timeout = 3s
smtp_rcpt_timeout = 3s
smtp_data_init_timeout = 3s
smtp_data_done_timeout = 3s
smtp_connection_reuse_count_limit = 20
"""
MASTER = """
127.0.0.1:{port} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
proxywrite unix - - n - 1 proxymap
smtp unix - - n - - smtp
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""


@dataclass(frozen=True)
class Postfix:
    folder: Path
    port: int

    @property
    def log(self) -> Path:
        return self.folder / "mail.log"

    def does(self, verb: str) -> None:
        """Run ``postfix start``, ``stop``, ``reload`` or ``abort``."""
        command = ["postfix", "-c", str(self.folder / "conf"), verb]
        subprocess.run(command, check=True, capture_output=True, timeout=30)

    def has_letters(self) -> bool:
        """Tell whether anything still waits to go on to the next server."""
        places = ("maildrop", "incoming", "active", "deferred")
        files = (self.folder / "queue" / place for place in places)
        return any(path.is_file() for place in files for path in place.rglob("*"))


@contextmanager
def local_postfix(next_port: int) -> Iterator[Postfix]:
    """Run one that hands everything on to that port of this machine."""
    folder = Path(f"/tmp/rbp-{os.getpid()}-{time.monotonic_ns()}")  # noqa: S108 - short
    server = Postfix(folder, _free_port())
    for name in ("conf", "queue", "data"):
        (folder / name).mkdir(parents=True)
    shutil.chown(folder / "data", "postfix")
    main = MAIN.format(folder=folder, next_port=next_port)
    (folder / "conf/main.cf").write_text(main)
    (folder / "conf/master.cf").write_text(MASTER.format(port=server.port))
    try:
        server.does("start")
        _wait(server)
        yield server
    finally:
        _end(server)
        shutil.rmtree(folder, ignore_errors=True)


def _end(server: Postfix) -> None:
    try:
        server.does("stop")
    except subprocess.SubprocessError:
        server.does("abort")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(server: Postfix) -> None:
    """Wait until it answers, and has written so: its log follows a little later."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            probe.connect_ex(("127.0.0.1", server.port))
        if server.log.exists() and "disconnect from" in server.log.read_text():
            return
        time.sleep(0.1)
    raise TimeoutError(server.log.read_text())
