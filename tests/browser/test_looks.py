"""Every page in a real browser: nothing blocked, nothing cut off, WCAG by machine."""

import json
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page

from tests.browser.conftest import Demo, log_in
from tests.browser.pages import DESK

TOO_WIDE = "(root => root.scrollWidth - root.clientWidth)(document.documentElement)"
pytestmark = pytest.mark.browser
AXE = (Path(__file__).parent / "axe" / "axe.min.js").read_text()
# All that axe found right would be slow to carry out of the browser.
WRONG = "() => axe.run(document).then(found => found.violations)"
# What is folded must be right as well.
UNFOLD = "() => document.querySelectorAll('details').forEach(d => d.open = true)"


def violations(page: Page) -> list[str]:
    """Let axe-core look at the page and say what it finds wrong, if anything."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE)
    found = page.evaluate(WRONG)
    return [f"{v['id']}: {n['html'][:160]}" for v in found for n in v["nodes"]]


# Colours take no room and widths no colour: one walk for each of both is enough.
@pytest.mark.parametrize(
    ("scheme", "width"), [("light", 1280), ("dark", 360)], ids=["desktop", "phone"]
)
def test_every_page_fits_nothing_is_blocked_and_axe_finds_nothing(
    demo: Demo, browser: Browser, scheme: str, width: int
) -> None:
    context = browser.new_context(
        viewport={"width": width, "height": 800},
        color_scheme="dark" if scheme == "dark" else "light",
    )
    context.add_init_script(AXE)  # in every page, and in frames as well
    page = context.new_page()
    complaints: list[str] = []
    wrong: dict[str, list[str]] = {}

    def note(message: ConsoleMessage) -> None:
        refused = page.url.endswith(("/no-such-page", "/accounts/", "?item=soon"))
        expected = refused and "Failed to load resource" in message.text
        if message.type in {"error", "warning"} and not expected:
            complaints.append(f"{page.url}: {message.text}")

    page.on("console", note)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    for who, paths in {**DESK, "": (demo.public, demo.office)}.items():
        if who:
            page.goto("about:blank")  # a page left open gives way to whoever logs in
            context.clear_cookies()
            log_in(context, demo, who)
        for path in paths:
            page.goto(f"{demo.at(who)}{path}" if who else path)
            cut = page.evaluate(TOO_WIDE)
            assert cut <= 0, f"{path} is {cut} pixels too wide at {width}"
            if who:
                page.evaluate(UNFOLD)
                if found := violations(page):
                    wrong[path] = found

    assert complaints == []
    assert wrong == {}, json.dumps(wrong, indent=1)
    context.close()


def test_the_error_summary_takes_the_focus(demo: Demo, browser: Browser) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(demo.public)
    page.get_by_label("Address", exact=True).fill("no address")
    page.get_by_role("button", name="Send report").click()

    focused = page.evaluate("document.activeElement.textContent")

    assert "Please look at this once more" in focused
    assert page.get_by_label("Address", exact=True).input_value() == "no address"
    context.close()


def test_the_form_can_be_sent_with_the_keyboard_alone(
    demo: Demo, browser: Browser
) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(demo.public)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to content"
    page.get_by_label("Address", exact=True).focus()
    page.keyboard.type("https://item-two.example/keyboard")
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent") == "Send report":
            break
    page.keyboard.press("Enter")

    page.get_by_role("heading", name="Thank you").wait_for()

    context.close()
