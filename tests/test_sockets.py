"""The box never connects to what was reported, and no test to anything elsewhere.

Every Python process of the suite is watched (watched/sitecustomize.py); a test that
made one try fails, and so does the run.
"""

import asyncio
import socket
import subprocess
import sys
from collections.abc import Callable

import pytest

from tests.house import House
from tests.watched import sitecustomize as watched
from tests.watched.sitecustomize import LeavesTheMachine, is_here, went_to

REPORTED = "100.80.16.21"  # of the practice world
ELSEWHERE = "192.0.2.7"


def family_of(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET


def connect(host: str) -> None:
    with socket.socket(family_of(host)) as there:
        there.settimeout(1)
        there.connect((host, 9))


def send(host: str) -> None:
    with socket.socket(family_of(host), socket.SOCK_DGRAM) as there:
        there.sendto(b"x", (host, 9))


def connect_in_a_loop(host: str) -> None:
    asyncio.run(asyncio.open_connection(host, 9))


@pytest.mark.parametrize("go", [connect, send, connect_in_a_loop])
@pytest.mark.parametrize("host", [REPORTED, ELSEWHERE, "2001:db8::7"])
def test_whatever_would_leave_this_machine_is_stopped_and_written_down(
    go: Callable[[str], None], host: str
) -> None:
    with pytest.raises(LeavesTheMachine):
        go(host)

    kind = "reported host" if host == REPORTED else "host"
    assert went_to() == [f"{kind} {host}"]


def test_no_name_is_asked_for_outside(house: House) -> None:
    with pytest.raises(LeavesTheMachine):
        socket.create_connection(("item-one.example", 80), 1)

    assert went_to() == ["host item-one.example"]


def test_a_process_that_a_test_starts_is_watched_too() -> None:
    program = f"import socket; socket.create_connection(('{REPORTED}', 80), 1)"

    ended = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )

    assert ended.returncode != 0
    assert "LeavesTheMachine" in ended.stderr
    assert went_to() == [f"reported host {REPORTED}"]


def test_this_machine_is_reached_by_every_name_it_has() -> None:
    for name in ("127.0.0.1", "127.8.9.10", "::1", "localhost", "", None):
        assert is_here(name)


def test_nobody_is_excepted() -> None:
    assert watched.EXCEPTIONS == ()
