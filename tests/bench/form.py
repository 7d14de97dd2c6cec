"""What the public form weighs, and when a visitor with a slow machine sees it."""

import gzip
import statistics
import tempfile
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser, Response, sync_playwright

from reportbox.practice.box import set_up
from reportbox.practice.internet import PracticeInternet
from reportbox.records import database
from tests.bench.served import REAL, served
from tests.browser.conftest import CHROMIUM, QUIET

PORT = 8560
SLOWER = 4  # times
VISITS = 9
FIRST_PAINT = (
    "() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime"
)

Figure = tuple[str, float, str]


def run() -> Iterator[Figure]:
    with tempfile.TemporaryDirectory(prefix="rbb-", ignore_cleanup_errors=True) as made:
        folder = Path(made)
        with PracticeInternet(folder) as internet:
            file, settings = set_up(folder, internet, PORT)
            database.close_file()
            with served(REAL, file, settings), sync_playwright() as playwright:
                browser = playwright.chromium.launch(
                    executable_path=CHROMIUM, args=QUIET
                )
                yield "bytes", float(_weight(browser, settings.public_url)), "bytes"
                yield "first_paint_ms", _paint(browser, settings.public_url), "ms"
                browser.close()


def _weight(browser: Browser, url: str) -> int:
    """Page, style, scripts and icon as they go over the wire, gzip."""
    page = browser.new_page()
    bodies: dict[str, bytes] = {}

    def keep(answer: Response) -> None:
        bodies[answer.url] = answer.body()

    page.on("response", keep)
    page.goto(url)
    page.get_by_label("Address", exact=True).fill("https://item-one.example/")
    page.wait_for_function("() => document.forms[0].elements.work.value !== ''")
    page.close()
    return sum(len(gzip.compress(body)) for body in bodies.values())


def _paint(browser: Browser, url: str) -> float:
    """Median of the first contentful paint on a machine four times slower.

    The browser is awake, as a visitor's is: it has shown another page before. Nothing
    of the form is in its cache.
    """
    context = browser.new_context()
    page = context.new_page()
    devtools = context.new_cdp_session(page)
    devtools.send("Network.setCacheDisabled", {"cacheDisabled": True})
    devtools.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    took = []
    for _ in range(VISITS):
        page.goto(f"{url}/no-such-page")
        page.wait_for_timeout(500)
        page.goto(url)
        page.wait_for_timeout(500)
        took.append(page.evaluate(FIRST_PAINT))
    context.close()
    return float(statistics.median(took))
