"""A box that is told to stop does so at once, whoever hangs just then."""

import tempfile
import threading
import time
from pathlib import Path

import pytest

from reportbox.adapters.clock import SystemClock
from reportbox.lifecycle import Letter as State
from reportbox.practice.box import set_up
from reportbox.practice.internet import PracticeInternet
from reportbox.records import database
from reportbox.records.letters import Letter
from reportbox.records.upgrade import open_ready_database
from tests.bench.served import REAL, served
from tests.builders import a_letter
from tests.faults.campaign import free_port

pytestmark = pytest.mark.faults


def test_a_stop_takes_less_than_five_seconds_while_the_mail_server_hangs() -> None:
    asked, answers = threading.Event(), threading.Event()

    def hangs(at: str, _: str) -> str | None:
        if at == "data":
            asked.set()
            answers.wait(60)
        return None

    with (
        tempfile.TemporaryDirectory(prefix="rbf-", ignore_cleanup_errors=True) as made,
        PracticeInternet(Path(made)) as internet,
    ):
        internet.post_office.manners = hangs
        slow = {"smtp_timeout_seconds": 60}
        file, settings = set_up(Path(made), internet, free_port(), **slow)
        a_letter(SystemClock().now())
        database.close_file()
        with served(REAL, file, settings) as box:
            assert asked.wait(30)
            began = time.monotonic()
            box.terminate()
            box.wait()
            took = time.monotonic() - began
        answers.set()

        assert took < 5
        assert box.returncode == 0
        open_ready_database(settings)
        assert [x.state for x in Letter.rows()] == [State.SENDING]  # goes again
        assert internet.post_office.letters == []
        database.close_file()
