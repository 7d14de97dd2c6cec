"""A marked visitor reports through nginx and gunicorn; afterwards the mark is nowhere.

Real servers, a real socket with an address of its own, and every file they left.
"""

import http.client
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode

import pytest

from reportbox.practice.box import set_up
from reportbox.practice.clock import MovableClock
from reportbox.practice.internet import PracticeInternet
from reportbox.records import database
from reportbox.records.reports import Report
from reportbox.records.tables import ALL
from reportbox.records.tally import Tally
from reportbox.records.upgrade import open_ready_database
from tests.bench.served import REAL, served
from tests.house import token_in
from tests.web_server import web_server

VISITOR = "127.9.8.7"  # on loopback, and nobody else's
MARKS = (VISITOR, "127.9.8.0", "MARK-AGENT", "MARK-COOKIE", "MARK-REFERER", "MARK-FOR")
HEADERS = {
    "User-Agent": "MARK-AGENT",
    "Cookie": "a=MARK-COOKIE",
    "Referer": "https://mark-referer.example/MARK-REFERER",
    "X-Forwarded-For": "MARK-FOR",
    "Accept-Language": "de;q=MARK-AGENT",
}
PORT = 8570


def ask(
    port: int, method: str, path: str, form: dict[str, str] | None = None
) -> tuple[int, str, dict[str, str]]:
    """Speak from the visitor's own address."""
    connection = http.client.HTTPConnection(
        "127.0.0.1", port, timeout=30, source_address=(VISITOR, 0)
    )
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    headers = {**HEADERS, **(kind if form else {})}
    connection.request(method, path, urlencode(form or {}), headers)
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    return answer.status, text, dict(answer.getheaders())


@pytest.fixture
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("rb")


def test_the_mark_of_a_visitor_is_nowhere(folder: Path) -> None:
    with PracticeInternet(folder / "net") as internet:
        box = folder / "box"
        box.mkdir()
        file, settings = set_up(box, internet, PORT, form_wait_seconds=0)
        database.close_file()
        ports = {"public": PORT + 4, "desk": PORT + 5, "portal": PORT + 6}
        nginx = web_server(folder / "nginx", ports, settings.ports, tls=False)
        with served(REAL, file, settings), nginx:
            pages = visit_everything(ports["public"])
    assert all("Set-Cookie" not in headers for _, _, headers in pages)
    assert {status for status, _, _ in pages} == {200, 401, 404, 413, 422}

    open_ready_database(settings)
    try:
        rows = [
            str(row)
            for table in ALL
            for row in database.execute_sql(
                f"SELECT * FROM {table._meta.table_name}"  # noqa: S608, SLF001
            ).fetchall()
        ]
        assert Report.select().count() == 1
    finally:
        database.close_file()
    places = {"a row": "\n".join(rows)}
    for path in folder.rglob("*"):
        if path.is_file():
            places[str(path)] = path.read_bytes().decode("latin-1")
    # The counts were at work, and had the visitor's own network before them.
    now = MovableClock(settings.data_dir / "practice-clock").now()
    counts = [
        Tally(settings.run_dir).count("127.9.8.0/24", now - timedelta(minutes=m), 600)
        for m in (0, 10)
    ]
    assert any(counts)
    found = [(m, where) for m in MARKS for where, text in places.items() if m in text]
    assert found == []


def visit_everything(port: int) -> list[tuple[int, str, dict[str, str]]]:
    """Do what a visitor can do, the failures among it."""
    first = ask(port, "GET", "/")
    form = {
        "token": token_in(first[1]),
        "address": "https://item-one.example/",
        "urgent": "yes",
    }
    sent = ask(port, "POST", "/", form)
    code = sent[1].partition('class="receipt"><strong>')[2].partition("<")[0]
    return [
        first,
        sent,
        ask(port, "GET", "/static/visitor.js"),
        ask(port, "GET", "/style.css"),
        ask(port, "GET", "/embed.js"),
        ask(port, "GET", f"/challenge?token={form['token']}"),
        ask(port, "POST", "/api/reports", {"x": "y"}),
        ask(port, "GET", "/no-such-page"),
        ask(port, "POST", "/", {"token": "x", "address": "x"}),
        ask(port, "POST", "/", {"comments": "x" * 70_000}),
        ask(port, "POST", "/follow/", {"code": code}),
        ask(port, "POST", "/follow/write", {"code": code, "text": "words"}),
        ask(port, "POST", "/follow/", {"code": "x"}),
    ]
