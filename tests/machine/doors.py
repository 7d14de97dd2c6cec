"""Ports here that lead into the machine, through the means and nothing else."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from socketserver import BaseRequestHandler, ThreadingTCPServer
from threading import Thread
from typing import cast
from urllib.parse import urlsplit

from tests.machine.means import INSIDE, Machine

HTTPS = 443


class Door(ThreadingTCPServer):
    """Each connection to ``here`` is one to ``port`` of the machine."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, machine: Machine, port: int) -> None:
        super().__init__(("127.0.0.1", 0), _Caller)
        self.command = [*machine.prefix, "python3", INSIDE, "door", str(port)]
        self.here = int(self.server_address[1])


class _Caller(BaseRequestHandler):
    def handle(self) -> None:
        subprocess.run(
            cast("Door", self.server).command,
            stdin=self.request,
            stdout=self.request,
            stderr=subprocess.DEVNULL,
            check=False,
        )


@contextmanager
def doors(machine: Machine, urls: list[str]) -> Iterator[str]:
    """Open a door for each address; return what tells Chromium where they are."""
    opened = {}
    for url in urls:
        parts = urlsplit(url)
        port = parts.port or HTTPS
        opened[f"{parts.hostname}:{port}"] = Door(machine, port)
    threads = [
        Thread(target=door.serve_forever, args=(0.05,)) for door in opened.values()
    ]
    for thread in threads:
        thread.start()
    try:
        rules = (f"MAP {name} 127.0.0.1:{x.here}" for name, x in opened.items())
        yield ",".join(rules)
    finally:
        for door, thread in zip(opened.values(), threads, strict=True):
            door.shutdown()
            thread.join()
            door.server_close()
