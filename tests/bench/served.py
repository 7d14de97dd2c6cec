"""Serve a Flask application as the box is served, for as long as a bench needs it."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from reportbox.settings import Settings
from reportbox.world import SETTINGS

Server = subprocess.Popen[bytes]

REAL = "reportbox.app:from_environment()"
CONFIG = Path(__file__).parents[2] / "config" / "gunicorn.conf.py"


@contextmanager
def served(
    application: str, file: Path, settings: Settings
) -> Iterator["subprocess.Popen[bytes]"]:
    """Run gunicorn with the box's own configuration and another application, maybe."""
    command = [sys.executable, "-m", "gunicorn", "--config", str(CONFIG), application]
    environment = {**os.environ, SETTINGS: str(file)}
    with (file.parent / "bench.log").open("ab") as log:
        server = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
        try:
            _wait(settings.public_port)
            yield server
        finally:
            server.terminate()
            server.wait()


def _wait(port: int) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                time.sleep(1.5)  # both workers
                return
        time.sleep(0.1)
    raise TimeoutError(f"nothing listens on port {port}")
