"""gunicorn: two workers with threads, three loopback listeners, one leader among them.

The settings file named in REPORTBOX_SETTINGS says everything that differs per box.
"""

import logging
import os
import sys
import time

from gunicorn.workers.gthread import ThreadWorker

from reportbox.app import file_at_start  # all is read in once, for all workers
from reportbox.jobs import Leader
from reportbox.office.choosing import open_box
from reportbox.world import real_world

_settings = file_at_start()  # gunicorn ends if a reload fails here: it reads no more
SWITCH = 0.0005  # seconds
NOT_YET = 1  # exit code; at 3 and 4 gunicorn ends the box
TRY_AGAIN = 1  # seconds until another worker is started for one that could not
_leaders: list[Leader] = []


class Worker(ThreadWorker):  # type: ignore[misc]  # gunicorn is untyped
    """A worker that takes nobody with it when it cannot start.

    The first ones do: a box that cannot start says so at once. But one that ran starts
    fresh workers again and again, when gpg, the disk or the database fail for a moment,
    and whoever comes meanwhile waits.
    """

    def init_process(self) -> None:
        try:
            super().init_process()
        except Exception:
            if self.booted or self.age <= workers:
                raise
            self.log.exception("this worker cannot start; another will try")
            time.sleep(TRY_AGAIN)
            sys.exit(NOT_YET)


os.umask(0o077)  # whatever the box writes is its own

bind = [f"{_settings.listen_address}:{port}" for port in _settings.ports.values()]
workers = _settings.workers
worker_class = Worker
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
    settings = open_box(_settings)
    leader = Leader(settings, real_world(settings))
    leader.start()
    _leaders.append(leader)


def worker_exit(_server: object, _worker: object) -> None:
    """Abandon what has not passed the point of no return, and give up the lead."""
    stopped = [leader.stop() for leader in _leaders]
    if not all(stopped):
        logging.shutdown()
        os._exit(0)  # it would wait for threads that wait for a peer which hangs
