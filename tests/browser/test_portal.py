"""An officer at the portal: with scripts off, on a telephone, one click each."""

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import Demo, log_in

pytestmark = pytest.mark.browser


def phone(browser: Browser, demo: Demo, who: str = "") -> Page:
    """A telephone with scripts switched off."""
    context = browser.new_context(
        viewport={"width": 360, "height": 800}, java_script_enabled=False
    )
    if who:
        log_in(context, demo, who)
    return context.new_page()


def test_received_hold_release_and_feedback_take_one_click_each(
    demo: Demo, browser: Browser
) -> None:
    page = phone(browser, demo, "otto")
    page.goto(f"{demo.portal}/lea/notices/")
    page.get_by_role("link", name="RB-000025").click()

    page.get_by_role("button", name="Received").click()
    page.get_by_text("the receipt is recorded").wait_for()
    page.get_by_role("button", name="Hold NTD").click()
    page.get_by_text("nothing that outsiders could notice happens").wait_for()
    page.get_by_role("button", name="Release").click()
    page.get_by_role("heading", name="Holds of your agency").wait_for()
    page.go_back()
    page.goto(f"{demo.portal}/lea/notices/")
    page.get_by_role("link", name="RB-000025").click()
    page.get_by_role("button", name="Victim identified").click()
    page.get_by_text("your feedback helps").wait_for()
    page.context.close()

    desk = phone(browser, demo, "anna")
    desk.goto(f"{demo.desk}/tasks")
    assert "Otto, Practice Police gives feedback" in desk.inner_text("main")
    desk.context.close()


def test_the_code_of_a_letter_needs_no_account(demo: Demo, browser: Browser) -> None:
    desk = phone(browser, demo, "mira")
    desk.goto(f"{demo.desk}/agencies/1")
    desk.get_by_role("button", name="Send a test letter").click()
    sentence = desk.get_by_text("Its code is").inner_text()
    code = sentence.partition("Its code is ")[2].strip().rstrip(".")
    desk.context.close()

    officer = phone(browser, demo)
    officer.goto(f"{demo.portal}/n/")
    officer.get_by_label("Code").fill("AAAA-BBBB-CCCC-DDDD")
    officer.get_by_role("button", name="Go on").click()
    officer.get_by_text("no letter with this code").first.wait_for()
    officer.get_by_label("Code").fill(code.lower().replace("-", " "))
    officer.get_by_role("button", name="Go on").click()
    officer.get_by_role("button", name="It arrived, and we can read it").click()
    officer.get_by_text("Thank you.").wait_for()
    officer.context.close()


def test_annex_one_is_taken_away_as_a_printable_document(
    demo: Demo, browser: Browser
) -> None:
    page = phone(browser, demo, "otto")
    page.goto(f"{demo.portal}/lea/notices/")
    page.get_by_role("link", name="RB-000024").click()

    with page.expect_download() as taken:
        page.get_by_role("button", name="PDF").click()

    assert taken.value.suggested_filename == "annex-one-RB-000024.pdf"
    assert taken.value.path().read_bytes().startswith(b"%PDF-")
    page.context.close()
