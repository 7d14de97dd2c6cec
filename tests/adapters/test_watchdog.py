"""What systemd hears, on a socket as it makes them."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from reportbox.adapters.watchdog import tell_systemd


@pytest.fixture(params=["file", "abstract"])
def ear(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[socket.socket]:
    """Listen as systemd does, and name the socket in the environment as it does."""
    name = str(tmp_path / "notify")
    if request.param == "abstract":
        name = f"@{name}"
    monkeypatch.setenv("NOTIFY_SOCKET", name)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as heard:
        heard.settimeout(5)
        heard.bind(name.replace("@", "\0"))
        yield heard


def test_systemd_hears_that_the_jobs_go_on(ear: socket.socket) -> None:
    tell_systemd()

    assert ear.recv(100) == b"WATCHDOG=1"


def test_without_systemd_nobody_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)

    tell_systemd()
