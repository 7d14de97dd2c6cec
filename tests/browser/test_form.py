"""The public form on another organisation's web site, in a real browser."""

import gzip
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Frame,
    Page,
    Response,
)

from reportbox.intake.presence import snippets
from reportbox.languages import ALL
from reportbox.practice.box import set_up
from reportbox.practice.internet import PracticeInternet
from reportbox.records import database
from reportbox.records.reports import Report
from reportbox.records.upgrade import open_ready_database
from reportbox.settings import Settings
from tests.bench.served import REAL, served
from tests.browser.test_looks import AXE, TOO_WIDE, violations

pytestmark = pytest.mark.browser

EMBEDDING = Path(__file__).parents[2] / "docs" / "embedding.md"
PORT, SITE, OTHER_SITE = 8590, 8594, 8595
WAIT = 3  # seconds without a proof of work
LARGEST = 40 * 1024  # bytes of page, style and scripts together, gzip


@dataclass
class Box:
    settings: Settings
    url: str

    def reports(self) -> int:
        open_ready_database(self.settings)
        try:
            return int(Report.select().count())
        finally:
            database.close_file()


class Site(BaseHTTPRequestHandler):
    """A hotline's own web site, of another origin and another site than the box."""

    pages: dict[str, str]

    def __init__(self, pages: dict[str, str], *args: Any) -> None:  # noqa: ANN401
        self.pages = pages
        super().__init__(*args)

    def do_GET(self) -> None:
        path, _, policy = self.path.partition("?")
        body = self.pages.get(path, "").encode()
        self.send_response(200 if body else 404)
        if policy:
            self.send_header("Content-Security-Policy", unquote(policy))
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Box]:
    folder = tmp_path_factory.mktemp("rb")
    with PracticeInternet(folder / "net") as internet:
        (folder / "box").mkdir()
        file, settings = set_up(
            folder / "box",
            internet,
            PORT,
            form_wait_seconds=WAIT,
            embed_on=[f"http://127.0.0.1:{SITE}"],
        )
        database.close_file()
        with served(REAL, file, settings):
            yield Box(settings, settings.public_url)


@pytest.fixture(scope="module", autouse=True)
def sites(box: Box) -> Iterator[None]:
    made = snippets(box.settings)
    around = "<!doctype html><title>A site</title><h1>Our site</h1>{}<p>below</p>"
    pages = {"/script": around.format(made.script), "/frame": around.format(made.frame)}
    pages["/printed"] = around.format(printed("script", box.url))
    servers = [
        ThreadingHTTPServer(("127.0.0.1", port), partial(Site, pages))
        for port in (SITE, OTHER_SITE)
    ]
    for server in servers:
        threading.Thread(target=server.serve_forever, daemon=True).start()
    yield
    for server in servers:
        server.shutdown()
        server.server_close()


def printed(what: str, url: str) -> str:
    """Take a snippet out of the page for web sites, with the address of this box."""
    page = EMBEDDING.read_text().replace("https://report.hotline.example", url)
    found = re.search(rf"```html\n(<{what} .*?)\n```", page, re.DOTALL)
    assert found
    return found[1]


def policies(url: str) -> list[str]:
    page = EMBEDDING.read_text().replace("https://report.hotline.example", url)
    said = r"^\| the (?:script|plain frame) \| `(.+)` \|$"
    return re.findall(said, page, re.MULTILINE)


def strict(browser: Browser, **options: Any) -> tuple[BrowserContext, list[str]]:  # noqa: ANN401
    """Open a browser that notes whom it asks."""
    context = browser.new_context(**options)
    asked: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    return context, asked


def form_in(page: Page) -> Frame:
    page.wait_for_selector("iframe")
    for _ in range(100):
        frame = next((f for f in page.frames if f.parent_frame), None)
        if frame and frame.url.startswith("http://localhost"):
            frame.wait_for_load_state()
            return frame
        page.wait_for_timeout(100)
    pytest.fail("no frame")


def report(frame: Frame, address: str) -> str:
    frame.get_by_label("Address", exact=True).fill(address)
    frame.get_by_role("button", name="Send report").click()
    frame.get_by_role("heading", name="Thank you").or_(
        frame.get_by_role("heading", name="One moment")
    ).wait_for()
    if frame.get_by_role("heading", name="One moment").count():
        frame.page.wait_for_timeout(WAIT * 1000 + 200)
        if frame.get_by_role("heading", name="One moment").count():
            frame.get_by_role("button", name="Send report").click()
        frame.get_by_role("heading", name="Thank you").wait_for()
    return frame.locator(".receipt").inner_text()


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts on", "scripts off"])
def test_in_a_frame_of_another_site_with_cookies_blocked_a_report_arrives(
    box: Box, browser: Browser, *, scripts: bool
) -> None:
    context, asked = strict(browser, java_script_enabled=scripts)
    hidden = "Object.defineProperty(document, 'cookie', {get() {throw 1}})"
    context.add_init_script(hidden)
    page = context.new_page()
    before = box.reports()

    page.goto(f"http://127.0.0.1:{SITE}/{'script' if scripts else 'frame'}")
    code = report(form_in(page), f"https://item-one.example/{scripts}")

    assert len(code.replace("-", "")) == 16
    assert box.reports() == before + 1
    assert context.cookies() == []
    homes = {url.split("/")[2] for url in asked}
    assert homes == {f"127.0.0.1:{SITE}", f"localhost:{PORT}"}
    context.close()


def test_with_scripts_the_proof_of_work_spares_the_wait(
    box: Box, browser: Browser
) -> None:
    context, asked = strict(browser)
    page = context.new_page()
    page.goto(box.url)
    page.get_by_label("Address", exact=True).fill("https://item-one.example/work")
    page.wait_for_function("() => document.forms[0].elements.work.value !== ''")

    page.get_by_role("button", name="Send report").click()

    page.get_by_role("heading", name="Thank you").wait_for(timeout=1_500)
    assert any("/challenge" in url for url in asked)
    context.close()


def test_the_frame_grows_with_what_is_in_it(browser: Browser) -> None:
    context, _ = strict(browser)
    page = context.new_page()
    page.goto(f"http://127.0.0.1:{SITE}/script")
    frame = form_in(page)
    page.wait_for_timeout(500)
    small = page.locator("iframe").bounding_box()
    for details in frame.locator("details").all():
        details.locator("summary").click()
    page.wait_for_timeout(500)
    grown = page.locator("iframe").bounding_box()

    assert small is not None
    assert grown is not None
    assert grown["height"] > small["height"] + 300
    inner = frame.evaluate("() => document.documentElement.scrollHeight")
    assert abs(grown["height"] - inner) <= 2
    context.close()


def test_the_policies_printed_for_web_sites_let_the_form_in_and_nothing_else(
    box: Box, browser: Browser
) -> None:
    context, _ = strict(browser)
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))

    for path, policy in zip(("printed", "frame"), policies(box.url), strict=True):
        strictest = quote(f"default-src 'none'; {policy}")
        page.goto(f"http://127.0.0.1:{SITE}/{path}?{strictest}")

        assert form_in(page).get_by_label("Address", exact=True).count() == 1
        assert [words for words in said if "Content Security Policy" in words] == []
    context.close()


def test_without_scripts_the_printed_snippet_is_a_link(
    box: Box, browser: Browser
) -> None:
    context, _ = strict(browser, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"http://127.0.0.1:{SITE}/printed")

    page.get_by_role("link", name="Report a web address").click()

    assert page.url == f"{box.url}/"
    context.close()


def test_a_site_nobody_named_cannot_frame_the_form(browser: Browser) -> None:
    context, _ = strict(browser)
    page = context.new_page()
    page.goto(f"http://127.0.0.1:{OTHER_SITE}/frame")
    page.wait_for_timeout(1_000)

    forms = [f for f in page.frames if f.url.startswith("http://localhost")]
    assert all(frame.locator("form").count() == 0 for frame in forms)
    context.close()


def test_a_double_click_and_a_reload_are_one_report(box: Box, browser: Browser) -> None:
    context, _ = strict(browser)
    page = context.new_page()
    before = box.reports()
    page.goto(box.url)
    page.get_by_label("Address", exact=True).fill("https://item-one.example/twice")
    page.wait_for_timeout(WAIT * 1000)
    page.get_by_role("button", name="Send report").dblclick()
    page.get_by_role("heading", name="Thank you").wait_for()
    code = page.locator(".receipt").inner_text()
    page.reload()

    assert page.locator(".receipt").inner_text() == code
    assert box.reports() == before + 1
    context.close()


def test_the_form_weighs_little_and_asks_nobody_else(
    box: Box, browser: Browser
) -> None:
    context = browser.new_context()
    page = context.new_page()
    bodies: dict[str, tuple[str, bytes]] = {}

    def keep(answer: Response) -> None:
        bodies[answer.url] = (answer.request.resource_type, answer.body())

    page.on("response", keep)
    page.goto(box.url)
    page.get_by_label("Address", exact=True).fill("https://item-one.example/weight")
    page.wait_for_function("() => document.forms[0].elements.work.value !== ''")

    kinds = [kind for kind, _ in bodies.values()]
    weight = sum(len(gzip.compress(body)) for _, body in bodies.values())
    scripts = [url for url in bodies if url.endswith(".js")]
    assert kinds.count("stylesheet") == 1
    assert len(scripts) <= 2
    assert weight <= LARGEST
    assert {url.split("/")[2] for url in bodies} == {f"localhost:{PORT}"}
    context.close()


@pytest.mark.parametrize("code", ALL)
def test_axe_finds_nothing_and_nothing_is_too_wide_in_any_language(
    box: Box, browser: Browser, code: str
) -> None:
    for scheme in ("light", "dark"):
        is_dark = scheme == "dark"
        context = browser.new_context(
            color_scheme="dark" if is_dark else "light",
            viewport={"width": 390, "height": 844},
        )
        context.add_init_script(AXE)
        page = context.new_page()
        for path in ("/", "/follow", "/privacy", "/no-such-page"):
            page.goto(f"{box.url}{path}?lang={code}")
            page.evaluate(
                "() => document.querySelectorAll('details').forEach(d => d.open = true)"
            )
            assert violations(page) == [], (path, scheme)
            assert not page.evaluate(TOO_WIDE), path
        page.goto(f"{box.url}/?lang={code}")
        direction = page.evaluate("() => getComputedStyle(document.body).direction")
        assert direction == ALL[code].direction
        page.get_by_role("button").last.click()
        page.locator(".problem").wait_for()
        assert violations(page) == []
        context.close()


@pytest.mark.parametrize("code", ["en", "ar"])
def test_axe_finds_nothing_on_the_way_through(
    box: Box, browser: Browser, code: str
) -> None:
    """The wait, the receipt, the thread, and a topic that is somebody else's."""
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    checked = browser.new_page()

    def look(what: str) -> None:
        # axe needs scripts, the way without them does not: look at a copy.
        checked.goto(f"{box.url}/static/icon.svg")
        checked.goto(f"{box.url}/privacy")
        checked.set_content(page.content())
        assert violations(checked) == [], what

    page.goto(f"{box.url}/?lang={code}")
    page.locator("#address").fill(f"https://item-one.example/way/{code}")
    page.locator("#topic").select_option("fraud")
    page.get_by_role("button").last.click()
    look("somebody else's topic")
    page.locator("#topic").select_option("child_abuse")
    page.get_by_role("button").last.click()
    page.wait_for_timeout(WAIT * 1000 + 200)
    if not page.locator(".receipt").count():
        look("the wait")
        page.get_by_role("button").last.click()
    receipt = page.locator(".receipt").inner_text()
    look("the receipt")
    assert not page.locator("[data-print]").is_visible()  # it needs scripts
    assert page.locator("footer nav").count() == 0  # a way to lose the code
    page.goto(f"{box.url}/follow?lang={code}")
    page.locator("#code").fill(receipt)
    page.get_by_role("button").last.click()
    page.locator("#text").fill("one more thing")
    page.get_by_role("button").last.click()
    assert "one more thing" in page.content()
    look("the thread")
    checked.close()
    context.close()
