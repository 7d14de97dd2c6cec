"""One report on its way: a visitor, an analyst, an officer, a provider's mailbox."""

import json
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, expect

from tests.machine.means import Machine
from tests.machine.neighbours import Letter
from tests.machine.people import Person, visitor
from tests.machine.wizard import by_code

TOML = "/etc/reportbox/reportbox.toml"
ADDRESS = "https://item-one.example/page"
PROVIDER = "abuse@host-one.example"
# What of the practice internet no wizard asks for; the rest was typed there.
REACHED_BY = ("rdap_urls", "whois_servers", "registry_per_minute", "practice")


@contextmanager
def among(machine: Machine, told: dict[str, object]) -> Iterator[None]:
    """Let the box ask the registries beside it, and take their networks for real."""
    lines = "".join(f"{name} = {json.dumps(told[name])}\n" for name in REACHED_BY)
    machine.run(f"cp -p {TOML} {TOML}.own && cat >>{TOML}", given=lines.encode())
    machine.run("systemctl restart reportbox")
    try:
        yield
    finally:
        machine.run(f"mv {TOML}.own {TOML} && systemctl restart reportbox")


def reports(browser: Browser, public: str) -> str:
    """Send a report as a visitor does, and return the receipt."""
    context = visitor(browser)
    page = context.new_page()
    page.goto(f"{public}/?lang=en")
    page.get_by_label("Address", exact=True).fill(ADDRESS)
    page.get_by_role("button", name="Send report").click()
    page.get_by_role("heading", name="Thank you").wait_for()
    assert context.cookies() == []
    receipt = page.locator(".receipt strong").inner_text()
    context.close()
    return receipt


def judges(anna: Person, desk: str) -> str:
    """Judge what waits, and return its number."""
    page = anna.page
    page.goto(f"{desk}/queue/assess")
    page.locator("table a").last.click()
    page.get_by_label("Illegal: baseline").check()
    anna.presses("Give verdict")
    return page.locator(".flash").inner_text().partition(":")[0]


def police_read(letter: Letter, item: str) -> None:
    """Hold their letter against what was reported."""
    assert letter.is_encrypted
    assert letter.signed_by
    told = json.loads(letter.part("annex-one.json"))
    [report] = told["reports"]
    assert report["report"]["reference"] == item, report
    assert report["location_and_tracking"]["address"] == ADDRESS, report


def police_confirm(anna: Person, portal: str, letter: Letter) -> None:
    officer = by_code(anna, portal, letter.part("text"))
    officer.presses("Received", exact=True)
    officer.reads("Thank you")
    officer.page.context.close()


def approves(anna: Person, desk: str, item: str) -> None:
    """Let the provider be written to: nobody was so far, by this box."""
    finds(anna, desk, item)
    anna.presses("Approve this contact")
    button = anna.page.get_by_role("button", name="Approve this contact")
    expect(button).to_have_count(0)


def finds(anna: Person, desk: str, item: str) -> str:
    """Read the page of an item, as the search finds it by its number."""
    page = anna.page
    page.goto(f"{desk}/queue/assess")
    page.get_by_label("Find").fill(item)
    anna.presses("Find", exact=True)
    anna.at(item)
    return page.locator("main").inner_text()
