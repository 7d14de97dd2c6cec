"""Starts the box's own command beside it, for work that is too long for a worker.

A worker must stop within seconds at any time; a backup that is cut off leaves nothing
but what the next one sweeps away, so nobody waits for it.
"""

import os
import subprocess
import sys

from reportbox.office.backup import is_ordered
from reportbox.ports import World
from reportbox.settings import Settings
from reportbox.world import SETTINGS

_running: list[subprocess.Popen[bytes]] = []  # the last one, until it has ended


def start_ordered(_: Settings, __: World) -> int:
    """Start what somebody ordered at the desk, unless it is under way; say how many."""
    if _running and _running[0].poll() is None:
        return 0
    _running.clear()
    if SETTINGS not in os.environ or not is_ordered():
        return 0
    command = [sys.executable, "-m", "reportbox", "backup", "--due"]
    said = subprocess.DEVNULL  # what became of it stands in the table
    _running.append(
        subprocess.Popen(command, stdin=said, stdout=said)  # noqa: S603 - our own program
    )
    return 1
