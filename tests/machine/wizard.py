"""The wizard, walked through in a browser by the first administrator of a new box."""

import re
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, expect

from reportbox.practice.internet import LEA_ADDRESS
from tests.machine.neighbours import Neighbours
from tests.machine.people import Person, visitor

HOTLINE = "Example Hotline"
MAILBOX = "desk@hotline.example"
CODE = re.compile(r"[A-Z0-9]{4}(-[A-Z0-9]{4}){3}")


def opens(browser: Browser, desk: str, code: str) -> Person:
    """Let Carla in by the setup code, and make her the administrator."""
    page = visitor(browser).new_page()
    carla = Person("carla", "Carla", page)
    page.goto(desk)
    carla.at("Set up this box")
    page.get_by_label("Setup code").fill(code)
    carla.presses("Begin")
    _hotline(carla)
    carla.at("The first administrator")
    page.get_by_label("User name").fill(carla.username)
    page.get_by_label("Name", exact=True).fill(carla.name)
    carla.presses("Go on to password")
    carla.joins()
    carla.logs_in()
    return carla


def _hotline(carla: Person) -> None:
    page = carla.page
    carla.at("Your hotline")
    page.get_by_label("Name of the hotline").fill(HOTLINE)
    page.get_by_label("Mail address").fill(MAILBOX)
    page.get_by_label("Country", exact=True).select_option("Estonia")
    page.get_by_label("Time zone").select_option("Europe/Tallinn")
    page.get_by_label("Telephone").fill("+000 000 0000")
    carla.presses("Save and go on")


def mail(carla: Person, port: int) -> None:
    carla.at("Mail")
    carla.page.get_by_label("Mail server", exact=True).fill("127.0.0.1")
    carla.page.get_by_label("Its port").fill(str(port))
    carla.presses("Save and stay")
    carla.presses("Send a test letter")
    carla.reads(f"It left for {MAILBOX}")
    carla.presses("Save and go on")


def key(carla: Person) -> str:
    """Make the box's key, and return its public half as an operator takes it away."""
    carla.presses("Make the key")
    carla.reads("The key is made")
    with carla.page.expect_download() as taken:
        carla.page.get_by_role("link", name="Download the public key").click()
    carla.page.get_by_role("link", name="Go on: Law enforcement").click()
    return Path(taken.value.path()).read_text()


def agency(carla: Person, neighbours: Neighbours, portal: str) -> None:
    """Enter the police, compare their key, and have a test letter confirmed."""
    page = carla.page
    carla.at("Law enforcement")
    page.get_by_label("Name", exact=True).fill("Practice Police")
    page.get_by_label("Mailbox of the unit").fill(LEA_ADDRESS)
    page.get_by_label("Their public key").fill(neighbours.key())
    carla.presses("Enter this agency")
    carla.at("Practice Police")
    page.get_by_text("Compare it", exact=True).click()
    page.locator("[name=typed]").fill(neighbours.fingerprint()[-16:])
    page.locator("[name=how]").fill("read out by telephone")
    page.locator("form:has([name=typed]) button").click()
    carla.presses("Send a test letter")
    letter = neighbours.letter_to(LEA_ADDRESS, "")
    officer = by_code(carla, portal, letter.part("text"))
    officer.presses("It arrived, and we can read it")
    officer.reads("Thank you.")
    officer.page.context.close()
    page.reload()
    carla.reads("arrived")


def by_code(somebody: Person, portal: str, text: str) -> Person:
    """Open the portal as an officer does who has nothing but the letter."""
    code = CODE.search(text)
    assert code, text
    browser = somebody.page.context.browser
    assert browser
    officer = Person("", "An officer", visitor(browser).new_page())
    officer.page.goto(f"{portal}/n/")
    officer.page.get_by_label("Code").fill(code[0])
    officer.presses("Go on")
    return officer


def agreement(carla: Person, desk: str) -> None:
    """Enter an interim channel, on which providers are asked without delay."""
    page = carla.page
    page.goto(f"{desk}/setup/agreement")
    page.get_by_role("link", name="Enter what was agreed").click()
    page.get_by_label("Hours until the NTD").fill("0")
    page.get_by_label("Interim channel").fill("by encrypted mail")
    page.get_by_label("What was agreed, when and with whom").fill("by telephone")
    carla.presses("In force from now")
    carla.proves()
    carla.reads("In force from now on")


def look_ups(carla: Person, desk: str, resolvers: list[str]) -> None:
    carla.page.goto(f"{desk}/setup/look-ups")
    carla.page.locator("[name=resolvers]").fill("\n".join(resolvers))
    carla.presses("Save and go on")
    carla.at("Backups")


def backups(carla: Person, armoured: str, fingerprint: str) -> None:
    carla.page.get_by_label("Public key").fill(armoured)
    carla.page.get_by_label("The end of its fingerprint").fill(fingerprint[-16:])
    carla.presses("Take this key")
    carla.reads("Backups are encrypted")


def invites(carla: Person, desk: str, username: str, name: str, role: str) -> Person:
    """Invite somebody, who joins in a browser of their own."""
    page = carla.page
    page.goto(f"{desk}/accounts/invite")
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("User name").fill(username)
    page.get_by_label("Role").select_option(role)
    carla.presses("Make the link")
    carla.proves()
    link = page.get_by_label("Invitation link").input_value()
    assert urlsplit(link).scheme == "https", link
    browser = page.context.browser
    assert browser
    newcomer = Person(username, name, visitor(browser).new_page())
    newcomer.page.goto(link)
    newcomer.joins()
    return newcomer


def summary(carla: Person, desk: str) -> None:
    carla.page.goto(f"{desk}/setup/summary")
    expect(carla.page.get_by_text("needed", exact=True)).to_have_count(0)
    carla.presses("Open the box")
    carla.proves()
    carla.reads("The box is open")
