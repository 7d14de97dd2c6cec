"""How long an analyst waits, with ten thousand and with a million items in the box."""

import http.client
import itertools
import re
import secrets
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlencode

from reportbox.app import create_app
from reportbox.office.accounts import Newcomer, add_account, hash_of
from reportbox.office.roles import Role
from reportbox.practice.box import set_up
from reportbox.practice.internet import PracticeInternet
from reportbox.records import atomic, database
from reportbox.records.staff import Session
from reportbox.settings import Settings
from reportbox.world import real_world
from tests.bench import many
from tests.bench.served import served

PORT = 8580
REQUESTS = 200  # per figure
QUICK = 15.0  # ms; what stays under it may grow as it likes
SIZES = {"10k": 10_000, "1m": 1_000_000}

Figure = tuple[str, float, str]


def run() -> Iterator[Figure]:
    took: dict[str, dict[str, list[float]]] = {}
    speed = 0.0
    for size, items in SIZES.items():
        with tempfile.TemporaryDirectory(
            prefix="rbb-", ignore_cleanup_errors=True
        ) as made:
            took[size], speed = _one_box(Path(made), items)
        for name, times in took[size].items():
            yield f"{name}.p50_ms.{size}", percentile(times, 50), "ms"
            yield f"{name}.p95_ms.{size}", percentile(times, 95), "ms"
    yield "growth.max", _growth(took), "ratio"
    yield "load.rows_per_s", speed, "1/s"


def _one_box(folder: Path, items: int) -> tuple[dict[str, list[float]], float]:
    with PracticeInternet(folder) as internet:
        file, settings = set_up(folder, internet, PORT)
        desk = Desk(settings)
        began = time.perf_counter()
        rows = many.load(items, desk.now)
        speed = rows / (time.perf_counter() - began)
        database.close_file()
        with served("reportbox.app:from_environment()", file, settings):
            desk.open()
            return desk.measure(items), speed


class Desk:
    """Anna's browser: one connection, one cookie, one page after the other."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        world = real_world(settings)
        self.now = world.clock.now()
        token = secrets.token_urlsafe(32)
        anna = Newcomer("anna", "Anna", Role.ANALYST)
        account = add_account(anna, secrets.token_hex(), self.now)
        moments = dict.fromkeys(("started_at", "seen_at", "confirmed_at"), self.now)
        with atomic():
            Session.create(account=account, token_hash=hash_of(token), **moments)
        app = create_app(settings, world)
        signer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
        self.cookie = f"reportbox={signer.dumps({'_user_id': token, '_fresh': True})}"
        self.csrf = ""

    def open(self) -> None:
        self.line = http.client.HTTPConnection("127.0.0.1", PORT + 1, timeout=60)
        page = self._ask("GET", "/me")
        found = re.search(r'name="csrf_token" value="([^"]+)"', page)
        assert found, page[:500]
        self.csrf = found[1]

    def measure_while(self, goes_on: Callable[[], bool]) -> dict[str, list[float]]:
        """Read the queue and items in turn, as long as something else goes on."""
        took: dict[str, list[float]] = {}
        pages: dict[str, Callable[[int], str]] = {
            "queue": self._walk("/queue/assess"),
            "item": lambda i: self._ask("GET", f"/items/{i}"),
        }
        for number in itertools.count(1):
            if not goes_on():
                break
            for name, page in pages.items():
                began = time.perf_counter()
                page(number)
                took.setdefault(name, []).append((time.perf_counter() - began) * 1000)
        return took

    def measure(self, items: int) -> dict[str, list[float]]:
        waiting = iter(many.waiting(items))
        numbers = many.sample(items, REQUESTS)
        self._post("/queue/ended/filter", field="host", value=many.HOST)
        filtered = self.location
        pages = {
            "queue": self._walk("/queue/assess"),
            "ended": self._walk("/queue/ended"),
            "filtered": lambda _: self._ask("GET", filtered),
            "search": lambda i: self._post("/search", words=many.address(numbers[i])),
            "host": lambda _: self._post("/search", words=many.HOST),
            "item": lambda i: self._ask("GET", f"/items/{numbers[i]}"),
            "verdict": lambda _: self._judge(next(waiting)),
        }
        return {name: self._times(page) for name, page in pages.items()}

    def _times(self, page: Callable[[int], str]) -> list[float]:
        for number in range(10):
            page(number)  # warm: both workers have met this page
        took = []
        for number in range(REQUESTS):
            began = time.perf_counter()
            page(number)
            took.append((time.perf_counter() - began) * 1000)
        return took

    def _walk(self, start: str) -> Callable[[int], str]:
        """Read a queue page by page, from the first on."""
        path = start

        def one(_: int) -> str:
            nonlocal path
            page = self._ask("GET", path)
            found = re.search(r'rel="next" href="([^"]+)"', page)
            path = found[1].replace("&amp;", "&") if found else start
            return page

        return one

    def _judge(self, number: int) -> str:
        return self._post(
            f"/items/{number}/judge",
            seen="to_assess 0 1",
            choice="not_illegal",
            reason="out of our law",
        )

    def _post(self, path: str, **fields: str) -> str:
        return self._ask("POST", path, {"csrf_token": self.csrf, **fields})

    def _ask(self, method: str, path: str, form: dict[str, str] | None = None) -> str:
        headers = {"Cookie": self.cookie}
        if form:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self.line.request(method, path, urlencode(form or {}), headers)
        answer = self.line.getresponse()
        page = answer.read().decode()
        good = {303} if method == "POST" and path != "/search" else {200, 303}
        assert answer.status in good, (answer.status, method, path, page[-600:])
        self.location = answer.headers.get("Location", "")
        cookie = answer.headers.get("Set-Cookie", "")
        if cookie.startswith("reportbox="):
            self.cookie = cookie.partition(";")[0]
        return page


def percentile(times: list[float], percent: int) -> float:
    return statistics.quantiles(times, n=100)[percent - 1]


def _growth(took: dict[str, dict[str, list[float]]]) -> float:
    """Say how many times slower a million is, for whatever is not quick anyway."""
    ratios = [1.0]
    for name, times in took["1m"].items():
        for percent in (50, 95):
            large = percentile(times, percent)
            small = percentile(took["10k"][name], percent)
            if large > QUICK:
                ratios.append(large / small)
    return max(ratios)
