"""Accepted reports per second, beside the bare minimum in the same run."""

import itertools
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
    real = _measure(REAL, file, settings, _report_form(settings))
    kept = _kept(settings)
    bare = _measure(BARE, file, settings, lambda: {"address": "item-one.example"})
    for clients in CLIENTS:
        yield f"accepted_per_s.c{clients}", real[clients].per_second, "1/s"
    yield "p99_ms.c16", real[16].percentile_ms(0.99), "ms"
    yield "bare_per_s.c16", bare[16].per_second, "1/s"
    yield "ratio_to_bare.c16", real[16].per_second / bare[16].per_second, "ratio"
    yield "errors.c16", float(real[16].errors), "count"
    accepted = sum(len(result.took) for result in real.values())
    yield "lost", float(accepted - kept), "count"


def _measure(
    application: str, file: Path, settings: Settings, form: Callable[[], object]
) -> dict[int, Result]:
    with served(application, file, settings):
        load(PORT, 4, 1.0, dict)  # warm, with forms that are refused
        return {clients: load(PORT, clients, SECONDS, form) for clients in CLIENTS}


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
