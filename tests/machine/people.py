"""Somebody in front of a browser: logs in with two factors, and shows them again."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pyotp
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Error,
    Page,
    expect,
    sync_playwright,
)

from tests.browser.conftest import CHROMIUM, QUIET

PASSWORD = "a sentence nobody would think of"
PATIENCE = 30_000  # milliseconds: each save of the wizard starts fresh workers


@dataclass
class Person:
    username: str
    name: str
    page: Page
    secret: str = ""  # of the second factor
    used: set[str] = field(default_factory=set)

    def code(self) -> str:
        """What the authenticator app shows; each code is good once."""
        while (code := pyotp.TOTP(self.secret).now()) in self.used:
            time.sleep(1)
        self.used.add(code)
        return code

    def joins(self) -> None:
        """Choose a password and a second factor, on the page of an invitation."""
        self.at(f"Welcome, {self.name}")
        self.page.get_by_label("Password").fill(PASSWORD)
        self.secret = self.page.locator("details code").text_content() or ""
        self.page.get_by_label("Code").fill(self.code())
        self.presses("Open my account")
        expect(self.page.locator(".codes li")).to_have_count(10)
        self.page.get_by_role("link", name="I have kept them safe").click()

    def logs_in(self) -> None:
        self.page.get_by_label("User name").fill(self.username)
        self.page.get_by_label("Password").fill(PASSWORD)
        self.presses("Log in", exact=True)
        self.page.get_by_label("Code").fill(self.code())
        self.presses("Go on")
        self.page.get_by_role("button", name="Log out").wait_for()

    def presses(self, name: str, *, exact: bool = False) -> None:
        self.page.get_by_role("button", name=name, exact=exact).click()

    def proves(self) -> None:
        """Show the second factor again where the box asks for it."""
        if self.page.get_by_role("heading", name="Is it you?").count():
            self.page.get_by_label("Code").fill(self.code())
            self.presses("Go on")

    def at(self, title: str) -> None:
        expect(self.page.get_by_role("heading", level=1)).to_have_text(title)

    def reads(self, words: str) -> None:
        expect(self.page.locator("main")).to_contain_text(words)


@contextmanager
def chromium(rules: str) -> Iterator[Browser]:
    """Start a browser that finds the box's names where ``rules`` say."""
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=[*QUIET, f"--host-resolver-rules={rules}"],
        )
        try:
            yield browser
        except (AssertionError, Error) as broken:
            raise AssertionError(f"{broken}\n{_shown(browser)}") from broken
        finally:
            browser.close()


def _shown(browser: Browser) -> str:
    """Say what stood before everybody's eyes when it broke."""
    pages = [page for context in browser.contexts for page in context.pages]
    return "\n".join(f"{x.url}: {x.locator('body').inner_text()}" for x in pages)


def visitor(browser: Browser) -> BrowserContext:
    """Open a window of its own; the box's certificate is one of its own making."""
    context = browser.new_context(ignore_https_errors=True, locale="en-GB")
    context.set_default_timeout(PATIENCE)
    return context
