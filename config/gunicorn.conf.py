"""gunicorn: two workers with threads, three loopback listeners, one leader among them.

The settings file named in REPORTBOX_SETTINGS says everything that differs per box.
"""

import logging
import os
import sys
from pathlib import Path

import reportbox.app  # noqa: F401 - read in once, for all workers
from reportbox.jobs import Leader
from reportbox.office.choosing import read_box
from reportbox.settings import Settings
from reportbox.world import real_world

_file = Path(os.environ["REPORTBOX_SETTINGS"])
_settings = Settings.read(_file)
SWITCH = 0.0005  # seconds
_leaders: list[Leader] = []

os.umask(0o077)  # whatever the box writes is its own

bind = [f"{_settings.listen_address}:{port}" for port in _settings.ports.values()]
workers = _settings.workers
worker_class = "gthread"
threads = 4
timeout = 60
graceful_timeout = 5
worker_tmp_dir = "/dev/shm"  # noqa: S108 - gunicorn's own heartbeat file, no content
control_socket_disable = True
accesslog = None  # nobody's address is written down anywhere
forwarded_allow_ips = ""  # no header of a client is believed
proc_name = "reportbox"


def post_worker_init(_worker: object) -> None:
    """Each worker tries to lead; the one that gets the lock runs the jobs.

    A thread that writes gives up the interpreter at every statement. It must get it
    back soon: with Python's usual 5 ms everybody else waits behind it at the gate.
    """
    sys.setswitchinterval(SWITCH)
    settings = read_box(_file)
    leader = Leader(settings, real_world(settings))
    leader.start()
    _leaders.append(leader)


def worker_exit(_server: object, _worker: object) -> None:
    """Abandon what has not passed the point of no return, and give up the lead."""
    stopped = [leader.stop() for leader in _leaders]
    if not all(stopped):
        logging.shutdown()
        os._exit(0)  # it would wait for threads that wait for a peer which hangs
