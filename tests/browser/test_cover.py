"""A page left open when its session ends is covered, and nothing typed is lost."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.conftest import Demo, log_in, log_in_afresh
from tests.browser.test_looks import TOO_WIDE, violations

pytestmark = pytest.mark.browser

ITEM = "/items/31"
ENDED = "Your session has ended"


@pytest.fixture
def own(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(color_scheme="dark")
    yield context
    context.close()


def half_typed(context: BrowserContext, demo: Demo) -> Page:
    page = context.new_page()
    page.goto(f"{demo.desk}{ITEM}")
    page.get_by_label("Reason in words").fill("half a thought")
    return page


def is_covered(page: Page) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(ENDED)
    assert page.title() == ENDED
    assert "Verdict" not in page.content()
    assert "RB-0000" not in page.content()


def log_out(context: BrowserContext, demo: Demo) -> Page:
    other = context.new_page()
    other.goto(f"{demo.desk}/me")
    other.get_by_role("button", name="Log out").click()
    other.get_by_label("User name").wait_for()
    return other


def test_an_ended_session_covers_every_page_until_its_owner_is_back(
    demo: Demo, own: BrowserContext
) -> None:
    log_in_afresh(own.new_page(), demo, "ben")
    page = half_typed(own, demo)

    log_out(own, demo)

    is_covered(page)
    assert violations(page) == []
    page.set_viewport_size({"width": 360, "height": 800})
    assert page.evaluate(TOO_WIDE) <= 0
    with page.expect_popup() as opened:
        page.get_by_role("link", name="Log in again").click()
    log_in_afresh(opened.value, demo, "ben")
    typed = page.get_by_label("Reason in words")
    expect(typed).to_have_value("half a thought")
    assert "RB-0000" in page.title()
    # What was typed can be sent: its form has the token of the new session.
    page.get_by_role("button", name="Give verdict").click()
    expect(page.get_by_role("alert")).to_contain_text("Please look at this once more")
    expect(typed).to_have_value("half a thought")


def test_a_page_of_somebody_else_does_not_come_back(
    demo: Demo, own: BrowserContext
) -> None:
    log_in_afresh(own.new_page(), demo, "ben")
    page = half_typed(own, demo)
    other = log_out(own, demo)
    is_covered(page)

    log_in(own, demo, "mira")
    other.goto(f"{demo.desk}/me")

    expect(page.get_by_role("link", name="Mira")).to_be_visible()
    assert "half a thought" not in page.content()


def test_a_page_is_covered_in_time_though_the_box_does_not_answer(
    demo: Demo, own: BrowserContext
) -> None:
    log_in(own, demo)
    page = own.new_page()
    page.clock.install()
    page.goto(f"{demo.desk}{ITEM}")
    own.set_offline(True)

    page.clock.fast_forward("58:00")
    expect(page.get_by_role("heading", name="Verdict", exact=True)).to_be_visible()
    page.clock.fast_forward("02:30")

    is_covered(page)
    # The box was only out of reach, and the session in use elsewhere.
    own.set_offline(False)
    page.clock.fast_forward("00:30")
    expect(page.get_by_role("heading", name="Verdict", exact=True)).to_be_visible()
