"""Pull the plug, fill the disk, keep the database busy: visitors lose nothing."""

import fcntl
import http.client
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode

import pytest

from reportbox.intake.token import fresh_token
from reportbox.practice.box import set_up
from reportbox.practice.internet import PracticeInternet
from reportbox.records import database
from reportbox.records.reports import Report
from reportbox.records.upgrade import open_ready_database
from reportbox.settings import Settings
from tests.bench.served import REAL, served
from tests.faults.campaign import free_port
from tests.faults.intake_campaign import HEADERS, Campaign

pytestmark = pytest.mark.faults

SAID = "Nothing was saved, so nothing is sent twice."


@pytest.fixture
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="rbf-", ignore_cleanup_errors=True) as made:
        yield Path(made)


def test_killed_under_load_every_receipt_is_kept_and_none_twice(folder: Path) -> None:
    with PracticeInternet(folder) as internet:
        outcome = Campaign(folder, internet).run(kills=6, visitors=8, seed=7)

    assert outcome.is_clean, outcome
    assert outcome.kills == 6
    assert len(outcome.receipts) == outcome.sent > 100
    assert outcome.tries > outcome.sent  # some had to send again


def test_a_full_disk_is_said_and_survived(folder: Path) -> None:
    data = folder / "data"
    with PracticeInternet(folder) as internet, small_disk(data):
        file, settings = set_up(folder, internet, free_port(), form_wait_seconds=0)
        database.close_file()
        with served(REAL, file, settings):
            assert post(settings, "before")[0] == 200
            filler = fill(data)
            answers = [post(settings, f"during {n}") for n in range(50)]
            assert answers[-1][0] == 503
            assert {status for status, _ in answers} <= {200, 503}
            assert all(SAID in page for status, page in answers if status == 503)
            assert get(settings, "/") == 200
            kept = sum(status == 200 for status, _ in answers)

            filler.unlink()
            after = until(settings, "after")
            assert after == 200
        assert count(settings) == kept + 2


def test_a_busy_database_is_waited_for_and_then_said(folder: Path) -> None:
    with PracticeInternet(folder) as internet:
        file, settings = set_up(folder, internet, free_port(), form_wait_seconds=0)
        database.close_file()
        with served(REAL, file, settings):
            assert post(settings, "before")[0] == 200
            with held(settings):
                began = time.monotonic()
                status, page = post(settings, "during")
                waited = time.monotonic() - began
            assert (status, SAID in page) == (503, True)
            assert waited > 5
            assert post(settings, "after")[0] == 200
        assert count(settings) == 2


@contextmanager
def small_disk(path: Path) -> Iterator[None]:
    """Put a file system of its own there, 12 MB in memory; needs root, as CI has."""
    path.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=12m", "tmpfs", str(path)]
    subprocess.run(mount, check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(path)], check=True)


def fill(folder: Path) -> Path:
    """Write until not one byte is left."""
    filler = folder / "filler"
    with filler.open("wb", buffering=0) as file:
        for size in (1 << 20, 1 << 12, 1):
            while True:
                try:
                    if file.write(b"x" * size) < size:
                        break
                except OSError:
                    break
    return filler


@contextmanager
def held(settings: Settings) -> Iterator[None]:
    """Keep the gate of all writers shut."""
    with Path(f"{settings.database}.lock").open("a") as gate:
        fcntl.flock(gate, fcntl.LOCK_EX)
        yield


def post(settings: Settings, name: str) -> tuple[int, str]:
    a_minute_ago = datetime.now(UTC) - timedelta(minutes=1)
    form = {
        "token": fresh_token(settings.secret("session-key"), a_minute_ago),
        "address": f"https://item-one.example/{name.replace(' ', '-')}",
        "comments": "x" * 3_000,
    }
    return ask(settings, "POST", "/", urlencode(form))


def get(settings: Settings, path: str) -> int:
    return ask(settings, "GET", path)[0]


def until(settings: Settings, name: str) -> int:
    """Try for half a minute, as a person would who reads “in a few minutes”."""
    deadline = time.monotonic() + 30
    status = 0
    while status != 200 and time.monotonic() < deadline:
        status = post(settings, name)[0]
    return status


def ask(
    settings: Settings, method: str, path: str, body: str | None = None
) -> tuple[int, str]:
    with closing(
        http.client.HTTPConnection("127.0.0.1", settings.public_port, timeout=40)
    ) as connection:
        connection.request(method, path, body, HEADERS if body else {})
        with connection.getresponse() as answer:
            return answer.status, answer.read().decode()


def count(settings: Settings) -> int:
    open_ready_database(settings)
    try:
        return int(Report.select().count())
    finally:
        database.close_file()
