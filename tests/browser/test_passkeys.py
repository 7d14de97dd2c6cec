"""A passkey instead of the code, with an authenticator that Chromium pretends."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Demo, log_in, next_code
from tests.browser.test_looks import TOO_WIDE, violations

pytestmark = pytest.mark.browser


def plug_in_a_key(page: Page) -> None:
    cdp = page.context.new_cdp_session(page)
    cdp.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "usb",
        "hasResidentKey": False,
        "hasUserVerification": False,
        "automaticPresenceSimulation": True,
    }
    cdp.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def shows_both(page: Page, demo: Demo, who: str) -> None:
    """Show password and code, as whoever changes a factor must."""
    page.get_by_role("heading", name="Is it you?").wait_for()
    code = next_code(page)
    page.set_viewport_size({"width": 390, "height": 800})
    assert page.evaluate(TOO_WIDE) <= 0
    assert violations(page) == []
    page.get_by_label("Your password of today").fill(demo.passwords[who])
    page.get_by_label("Code").fill(code)
    page.get_by_role("button", name="Go on").click()


def test_a_passkey_opens_the_desk_once_per_answer(demo: Demo, browser: Browser) -> None:
    context = browser.new_context()
    log_in(context, demo, "ida")
    page = context.new_page()
    plug_in_a_key(page)

    page.goto(f"{demo.desk}/me/passkeys/add")
    page.get_by_label("What you call it").fill("the blue key")
    page.get_by_role("button", name="Add it").click()
    shows_both(page, demo, "ida")
    expect(page.get_by_role("status")).to_contain_text("The passkey is added")
    page.get_by_role("button", name="Log out").click()

    page.get_by_label("User name").fill("ida")
    page.get_by_label("Password").fill(demo.passwords["ida"])
    page.get_by_role("button", name="Log in", exact=True).click()
    cookies = context.cookies()
    with page.expect_request(lambda r: r.method == "POST") as sent:
        page.get_by_role("button", name="Use a passkey instead").click()
    page.get_by_role("button", name="Log out").wait_for()

    # Whoever recorded the answer and the cookies gets nothing for them.
    thief = browser.new_context()
    thief.add_cookies(
        [{"name": c["name"], "value": c["value"], "url": demo.desk} for c in cookies]
    )
    again = thief.request.post(
        f"{demo.desk}/log-in/second",
        data=sent.value.post_data or "",
        headers={"Content-Type": "application/x-www-form-urlencoded"},
    )
    assert again.status == 422
    thief.close()
    context.close()


def test_a_passkey_stands_in_for_the_code_when_a_factor_changes(
    demo: Demo, browser: Browser
) -> None:
    context = browser.new_context()
    log_in(context, demo, "olga")  # nobody else in these tests, see `log_in`
    page = context.new_page()
    plug_in_a_key(page)
    page.goto(f"{demo.portal}/me/passkeys/add")
    page.get_by_label("What you call it").fill("the red key")
    page.get_by_role("button", name="Add it").click()
    shows_both(page, demo, "olga")
    expect(page.get_by_text("The passkey is added")).to_be_visible()

    page.get_by_role("button", name="Remove the red key").click()
    use = page.get_by_role("button", name="Use a passkey instead")
    use.click()
    expect(page.get_by_text("This is not your password of today").first).to_be_visible()
    page.get_by_label("Your password of today").fill(demo.passwords["olga"])
    use.click()

    expect(page.get_by_text("worth nothing any more")).to_be_visible()
    context.close()


def test_a_cancelled_passkey_says_so_and_the_code_still_works(
    demo: Demo, browser: Browser
) -> None:
    context = browser.new_context()
    log_in(context, demo, "ben")
    page = context.new_page()
    page.goto(f"{demo.desk}/me/passkeys/add")
    page.evaluate(
        """() => { navigator.credentials.create =
        async () => { throw new DOMException("", "NotAllowedError") } }"""
    )

    page.get_by_role("button", name="Add it").click()

    expect(page.get_by_role("alert")).to_contain_text("it was cancelled")
    context.close()
