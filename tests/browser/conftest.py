"""A practice box as a newcomer starts it, with a hook that notes every connection."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Page,
    sync_playwright,
)

CHROMIUM = "/usr/bin/chromium"
QUIET = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--test-third-party-cookie-phaseout",  # no cookie in a frame of another site
]
# Every Python process of the box writes down whom it talks to.
HOOK = """
import os, sys
def note(event, args):
    if event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
        where = args[1] if len(args) > 1 else None
        if where is not None:
            with open(os.environ["NOTES"], "a") as notes:
                notes.write(f"{event} {where!r}\\n")
    elif event == "socket.getaddrinfo":
        with open(os.environ["NOTES"], "a") as notes:
            notes.write(f"{event} {args[0]!r}\\n")
sys.addaudithook(note)
"""


@dataclass
class Demo:
    public: str
    desk: str
    portal: str
    office: str
    passwords: dict[str, str]
    notes: Path
    process: subprocess.Popen[str]

    def at(self, who: str) -> str:
        """Where somebody logs in: officers at the portal."""
        return self.portal if who in {"otto", "olga"} else self.desk


def start_demo(folder: Path, port: int) -> Demo:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "sitecustomize.py").write_text(HOOK)
    notes = folder / "notes"
    notes.touch()
    environment = {**os.environ, "PYTHONPATH": str(folder), "NOTES": str(notes)}
    command = [sys.executable, "-m", "reportbox", "demo", "--port", str(port)]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env=environment
    )
    try:
        said = _listen(process)
    except BaseException:  # whatever it was, nobody else's box is in the next one's way
        process.kill()
        process.communicate()
        raise
    links = re.findall(r"(http://localhost:\d+)/", said)
    passwords = dict(re.findall(r"Log in as (\w+)\s+password (\S+)", said))
    public, desk, portal, office = links[:4]
    return Demo(public, desk, portal, office, passwords, notes, process)


def _listen(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    said = ""
    deadline = time.monotonic() + 120
    while "Stop with Ctrl-C" not in said and time.monotonic() < deadline:
        line = process.stdout.readline()
        if not line:
            break
        said += line
    assert "Stop with Ctrl-C" in said, said
    return said


def stop_demo(demo: Demo) -> None:
    demo.process.send_signal(signal.SIGTERM)
    demo.process.wait(20)
    assert demo.process.stdout is not None
    demo.process.stdout.close()


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    # Each of several workers has a box of its own.
    number = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    demo = start_demo(tmp_path_factory.mktemp("demo"), 8500 + 4 * number)
    yield demo
    stop_demo(demo)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        browser.close()


_cookies: dict[tuple[str, str], list[Any]] = {}


def log_in(context: BrowserContext, demo: Demo, as_: str = "anna") -> None:
    """Log in once per person and box: each code is good for one log-in only."""
    if (demo.desk, as_) not in _cookies:
        page = context.new_page()
        log_in_afresh(page, demo, as_)
        page.close()
        _cookies[demo.desk, as_] = [
            {"name": c["name"], "value": c["value"], "url": demo.desk}
            for c in context.cookies()
        ]
    context.add_cookies(_cookies[demo.desk, as_])


def log_in_afresh(page: Page, demo: Demo, as_: str) -> None:
    """Log in at this page, or at the log-in if it is empty."""
    if not page.url.endswith("/log-in"):
        page.goto(f"{demo.at(as_)}/log-in")
    page.get_by_label("User name").fill(as_)
    page.get_by_label("Password").fill(demo.passwords[as_])
    page.get_by_role("button", name="Log in", exact=True).click()
    page.get_by_label("Code").fill(next_code(page))
    page.get_by_role("button", name="Go on").click()
    page.get_by_role("button", name="Log out").wait_for()


def next_code(page: Page) -> str:
    """Read the code shown; each is good once, and the next takes half a minute."""
    page.get_by_label("Code").wait_for()
    shown = page.locator(".note strong")
    for _ in range(8):
        if shown.count() and shown.inner_text().isdigit():
            break
        page.wait_for_timeout(5_000)
        page.reload()
    return shown.inner_text()
