"""Accepted reports per second, beside the bare minimum in the same run."""

import itertools
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from reportbox.intake.token import fresh_token
from reportbox.practice.box import set_up
from reportbox.practice.internet import PracticeInternet
from reportbox.records import database
from reportbox.records.reports import Report
from reportbox.records.upgrade import open_ready_database
from reportbox.settings import Settings
from tests.bench.client import Result, load
from tests.bench.served import REAL, served

PORT = 8520
SECONDS = 4.0  # per measurement
CLIENTS = (1, 4, 16)
CROWD = 200
MANY = 100_000  # reports over which memory must stay flat
BARE = "tests.bench.bare:bare()"

Figure = tuple[str, float, str]


def run() -> Iterator[Figure]:
    with tempfile.TemporaryDirectory(prefix="rbb-", ignore_cleanup_errors=True) as made:
        folder = Path(made)
        with PracticeInternet(folder) as internet:
            file, settings = set_up(folder, internet, PORT)
            database.close_file()
            yield from _figures(file, settings)


def _figures(file: Path, settings: Settings) -> Iterator[Figure]:
    real = _measure(REAL, file, settings, _report_form(settings), (*CLIENTS, CROWD))
    kept = _kept(settings)
    bare = _measure(
        BARE, file, settings, lambda: {"address": "item-one.example"}, CLIENTS
    )
    for clients in CLIENTS:
        yield f"accepted_per_s.c{clients}", real[clients].per_second, "1/s"
    yield "p99_ms.c16", real[16].percentile_ms(0.99), "ms"
    yield "bare_per_s.c16", bare[16].per_second, "1/s"
    yield "ratio_to_bare.c16", real[16].per_second / bare[16].per_second, "ratio"
    yield "errors.c16", float(real[16].errors), "count"
    crowd = real[CROWD]
    yield "accepted_per_s.c200", crowd.per_second, "1/s"
    yield "errors.c200", float(crowd.errors), "count"
    yield "p99_ms.c200", crowd.percentile_ms(0.99), "ms"
    # The fair share of a crowd: everybody waits for everybody else, and half more.
    yield "p99_allowed_ms.c200", 1.5 * CROWD / crowd.per_second * 1000, "ms"
    accepted = sum(len(result.took) for result in real.values())
    yield "lost", float(accepted - kept), "count"
    yield from _memory(file, settings)


def _memory(file: Path, settings: Settings) -> Iterator[Figure]:
    """How much the box grows over very many reports, once it is warm."""
    form, sent = _report_form(settings), 0
    with served(REAL, file, settings) as box:
        sent += len(load(PORT, 16, 20.0, form).took)
        before = _resident(box.pid)
        while sent < MANY:
            sent += len(load(PORT, 16, 10.0, form).took)
        yield "rss_growth_mb", _resident(box.pid) - before, "MB"
        yield "rss_mb", _resident(box.pid), "MB"


def _resident(master: int) -> float:
    """Resident memory of the master and its workers, in megabytes."""
    command = ["pgrep", "-P", str(master)]
    workers = subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout.split()
    total = 0
    for process in (str(master), *(worker.decode() for worker in workers)):
        status = Path("/proc", process, "status").read_text()
        total += int(status.partition("VmRSS:")[2].split()[0])
    return total / 1024


def _measure(
    application: str,
    file: Path,
    settings: Settings,
    form: Callable[[], object],
    crowds: tuple[int, ...],
) -> dict[int, Result]:
    with served(application, file, settings):
        load(PORT, 4, 1.0, dict)  # warm, with forms that are refused
        return {clients: load(PORT, clients, SECONDS, form) for clients in crowds}


def _report_form(settings: Settings) -> Callable[[], object]:
    """Sign form keys as the box does, so that every post is a report of its own."""
    secret, count = settings.secret("session-key"), itertools.count()
    a_minute_ago = datetime.now(UTC) - timedelta(minutes=1)

    def form() -> dict[str, str]:
        return {
            "token": fresh_token(secret, a_minute_ago),
            "address": f"https://item-one.example/{next(count)}",
            "topic": "child_abuse",
            "where_found": "forum",
            "steps": "the third link on the page",
        }

    return form


def _kept(settings: Settings) -> int:
    open_ready_database(settings)
    try:
        return int(Report.select().count())
    finally:
        database.close_file()
