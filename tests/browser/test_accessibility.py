"""WCAG by machine: axe-core on the way in, keys, and every page with scripts off."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import Demo, log_in
from tests.browser.pages import DESK
from tests.browser.test_looks import TOO_WIDE, violations

pytestmark = pytest.mark.browser


def every_page(page: Page, demo: Demo, who: str) -> Iterator[str]:
    log_in(page.context, demo, who)
    for path in DESK[who]:
        answer = page.goto(f"{demo.at(who)}{path}")
        assert answer is not None
        assert answer.status < 500, path
        yield path


def test_axe_finds_nothing_on_the_way_in(demo: Demo, browser: Browser) -> None:
    context = browser.new_context()
    page = context.new_page()
    for path in ("/log-in", "/join/no-such-invitation"):
        page.goto(f"{demo.desk}{path}")
        assert violations(page) == [], path
    page.goto(f"{demo.desk}/log-in")
    page.get_by_label("User name").fill("ida")
    page.get_by_label("Password").fill("not her password")
    page.get_by_role("button", name="Log in", exact=True).click()
    assert violations(page) == []
    page.get_by_label("Password").fill(demo.passwords["ida"])
    page.get_by_role("button", name="Log in", exact=True).click()
    page.get_by_label("Code").wait_for()
    assert violations(page) == []
    page.goto(demo.public)
    assert violations(page) == []
    context.close()


def test_every_desk_page_works_with_scripts_off(demo: Demo, browser: Browser) -> None:
    for who in DESK:
        context = browser.new_context(java_script_enabled=False)
        page = context.new_page()
        for path in every_page(page, demo, who):
            assert page.locator("h1").count() == 1, path
            assert page.locator("main").inner_text().strip(), path
        context.close()


def test_at_twice_the_size_nothing_is_cut_off(demo: Demo, browser: Browser) -> None:
    context = browser.new_context(viewport={"width": 640, "height": 400})
    page = context.new_page()
    for path in every_page(page, demo, "anna"):
        assert page.evaluate(TOO_WIDE) <= 0, path
    context.close()


def test_three_keys_judge_an_item(demo: Demo, browser: Browser) -> None:
    context = browser.new_context()
    context.grant_permissions(["clipboard-read", "clipboard-write"], origin=demo.desk)
    log_in(context, demo)
    page = context.new_page()
    page.goto(f"{demo.desk}/items/32")  # hosted abroad: no letter joins another test's

    page.keyboard.press("c")
    page.get_by_text("Copied.").wait_for()
    copied = page.evaluate("() => navigator.clipboard.readText()")
    page.keyboard.press("b")
    page.keyboard.press("v")

    page.get_by_text("Illegal: baseline.").wait_for()
    assert copied.startswith("https://")
    assert ".example/" in copied
    context.close()


def test_what_only_some_verdicts_ask_appears_when_it_is_asked(
    demo: Demo, browser: Browser
) -> None:
    context = browser.new_context()
    log_in(context, demo)
    page = context.new_page()
    page.goto(f"{demo.desk}/items/31")
    why, day = page.get_by_label("What makes it urgent"), page.get_by_label("Try again")

    assert not why.is_visible()
    page.get_by_label("Yes: the LEA is told at once").check()
    assert why.is_visible()
    assert not day.is_visible()
    page.get_by_label("Could not be assessed", exact=False).first.check()
    assert day.is_visible()
    context.close()


def test_the_keys_lie_over_the_page_and_leave_it_as_it_was(
    demo: Demo, browser: Browser
) -> None:
    context = browser.new_context()
    log_in(context, demo)
    page = context.new_page()
    page.goto(f"{demo.desk}/items/31")
    page.get_by_label("Reason in words").fill("half a thought")
    page.locator("h1").click()

    page.keyboard.press("?")
    page.get_by_role("dialog").get_by_text("Next item").wait_for()
    page.get_by_role("button", name="Close").click()

    assert page.get_by_label("Reason in words").input_value() == "half a thought"
    context.close()


def test_not_illegal_takes_one_key_and_undo_another(
    demo: Demo, browser: Browser
) -> None:
    context = browser.new_context()
    log_in(context, demo)
    page = context.new_page()
    page.goto(f"{demo.desk}/queue/assess")
    page.keyboard.press("n")
    page.get_by_role("heading", name="Verdict", exact=True).wait_for()

    page.keyboard.press("3")
    page.get_by_text("Not illegal. Nothing leaves the box.").wait_for()
    page.keyboard.press("z")

    page.get_by_text("waits for its verdict again").wait_for()
    context.close()
