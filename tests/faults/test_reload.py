"""A box that reads its settings anew goes on, whatever fails just then."""

import signal
import socket
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from reportbox.practice.box import set_up
from reportbox.practice.internet import PracticeInternet
from reportbox.records import database
from reportbox.settings import Settings
from tests.bench.served import REAL, Server, served
from tests.faults.campaign import free_port

pytestmark = pytest.mark.faults

LONGEST = 40  # seconds until something is so


@dataclass
class Box:
    file: Path
    settings: Settings
    process: Server

    @property
    def log(self) -> str:
        return (self.file.parent / "bench.log").read_text()

    def reload(self) -> None:
        self.process.send_signal(signal.SIGHUP)

    def answers(self) -> bool:
        desk = f"http://localhost:{self.settings.desk_port}/log-in"
        try:
            urllib.request.urlopen(desk, timeout=LONGEST)
        except urllib.error.URLError:
            return False
        return True

    def has_begun(self, workers: int) -> bool:
        return self.log.count("Booting worker") >= workers


@pytest.fixture
def box() -> Iterator[Box]:
    with (
        tempfile.TemporaryDirectory(prefix="rbf-", ignore_cleanup_errors=True) as made,
        PracticeInternet(Path(made)) as internet,
    ):
        file, settings = set_up(Path(made), internet, free_port())
        database.close_file()
        with served(REAL, file, settings) as process:
            one = Box(file, settings, process)
            assert one.answers()
            yield one


def until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + LONGEST
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_a_settings_file_broken_while_the_box_runs_counts_at_its_next_start(
    box: Box,
) -> None:
    box.file.write_text("broken = \n")

    box.reload()

    until(lambda: box.has_begun(workers=4))
    assert box.answers()
    assert box.process.poll() is None
    assert "cannot be read" not in box.log


def test_fresh_workers_that_cannot_start_try_again_and_visitors_wait(box: Box) -> None:
    key = box.settings.secrets_dir / "audit-key"
    aside = key.rename(key.with_name("aside"))

    box.reload()
    until(lambda: "cannot start; another will try" in box.log)
    with socket.create_connection(("localhost", box.settings.desk_port)):
        time.sleep(3)  # more than one try of each
        assert box.process.poll() is None
    aside.rename(key)

    assert box.answers()
    assert box.process.poll() is None


def test_a_box_that_cannot_start_at_all_says_so_and_ends(box: Box) -> None:
    box.process.terminate()
    box.process.wait()
    (box.settings.secrets_dir / "audit-key").unlink()

    with served(REAL, box.file, box.settings) as again:
        code = again.wait(LONGEST)

    assert code == 3
    assert "audit-key" in box.log
