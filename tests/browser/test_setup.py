"""From the code of the console to an open box, through every step, in a browser."""

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import pyotp
import pytest
from playwright.sync_api import Browser, Page, expect

from reportbox.practice.box import make_secrets
from reportbox.practice.internet import LEA_ADDRESS, PracticeInternet
from reportbox.practice.office_page import opened
from tests.browser.test_looks import TOO_WIDE, violations
from tests.mail_server import MailServer, mail_server
from tests.sftp_server import sftp_server

pytestmark = pytest.mark.browser

PASSWORD = "a sentence nobody would think of"
LOOKS: tuple[tuple[int, Literal["dark", "light"]], ...] = (
    (390, "dark"),
    (1280, "light"),
)
STEPS = (
    "hotline",
    "administrator",
    "address",
    "mail",
    "key",
    "agencies",
    "agreement",
    "letters",
    "look-ups",
    "backups",
    "summary",
)


@dataclass
class NewBox:
    """A box as the installer leaves it, served by gunicorn."""

    folder: Path
    file: Path
    port: int
    internet: PracticeInternet
    mailbox: MailServer
    process: "subprocess.Popen[bytes]"
    secret: str = ""  # of the administrator's second factor
    used: set[str] = field(default_factory=set)

    @property
    def public(self) -> str:
        return f"http://localhost:{self.port}"

    @property
    def desk(self) -> str:
        return f"http://localhost:{self.port + 1}"

    def console(self, *words: str) -> str:
        return console(self.file, *words)

    def code(self) -> str:
        """What the authenticator app shows; each code is good once."""
        while (code := pyotp.TOTP(self.secret).now()) in self.used:
            time.sleep(1)
        self.used.add(code)
        return code


def console(file: Path, *words: str) -> str:
    command = [sys.executable, "-m", "reportbox", "--settings", str(file), *words]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return done.stdout.strip()


@pytest.fixture(scope="module")
def box() -> Iterator[NewBox]:
    number = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    port = 8700 + 4 * number
    with (
        tempfile.TemporaryDirectory(prefix="rbs-", ignore_cleanup_errors=True) as made,
        PracticeInternet(Path(made)) as internet,
        mail_server() as mailbox,
    ):
        folder = Path(made)
        file = _settings(folder, port, mailbox, internet)
        console(file, "upgrade")
        command = [sys.executable, "-m", "reportbox", "--settings", str(file), "serve"]
        with (folder / "log").open("ab") as log:
            process = subprocess.Popen(command, stdout=log, stderr=log)
        try:
            _wait(f"http://localhost:{port + 1}/setup")
            yield NewBox(folder, file, port, internet, mailbox, process)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(20)
            for home in (folder / "data" / "gnupg", folder / "lea"):
                end = ["gpgconf", "--homedir", str(home), "--kill", "all"]
                subprocess.run(end, check=True)


def _settings(
    folder: Path, port: int, mailbox: MailServer, internet: PracticeInternet
) -> Path:
    """Write what the installer writes, and what keeps the test on this machine."""
    servers = (internet.names, internet.more_names)
    make_secrets(folder / "secrets")
    (folder / "data").mkdir()
    values = {
        "public_url": f"http://localhost:{port}",
        "desk_url": f"http://localhost:{port + 1}",
        "portal_url": f"http://localhost:{port + 2}",
        "public_port": port,
        "desk_port": port + 1,
        "portal_port": port + 2,
        "data_dir": str(folder / "data"),
        "secrets_dir": str(folder / "secrets"),
        "run_dir": str(folder / "run"),
        "imap_ca_file": str(mailbox.ca_file),
        "resolvers": [f"127.0.0.1:{server.port}" for server in servers],
    }
    file = folder / "reportbox.toml"
    file.write_text("".join(f"{k} = {json.dumps(v)}\n" for k, v in values.items()))
    return file


def _wait(url: str) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            urllib.request.urlopen(url, timeout=2)  # noqa: S310 - our own box
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
        else:
            return
    pytest.fail(f"{url} never answered")


def save(page: Page) -> None:
    page.get_by_role("button", name="Save and go on").click()


def at(page: Page, title: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(title)


def prove(page: Page, box: NewBox) -> None:
    """Show the second factor again where the box asks for it."""
    if page.get_by_role("heading", name="Is it you?").count():
        page.get_by_label("Code").fill(box.code())
        page.get_by_role("button", name="Go on").click()


def test_from_the_code_to_an_open_box(  # noqa: PLR0915 - one story
    box: NewBox, browser: Browser
) -> None:
    expect.set_options(timeout=20_000)  # each save starts fresh workers
    context = browser.new_context()
    page = context.new_page()

    # Nobody gets in without the code, and five wrong ones close the wizard.
    page.goto(box.desk)
    at(page, "Set up this box")
    page.get_by_label("Setup code").fill("AAAAA-BBBBB-CCCCC-DDDDD")
    page.get_by_role("button", name="Begin").click()
    expect(page.get_by_role("alert")).to_contain_text("run out")
    address, code = box.console("setup-code").split("\n")
    assert address == f"{box.desk}/setup"
    page.get_by_label("Setup code").fill(code.lower())
    page.get_by_role("button", name="Begin").click()

    # The hotline.
    at(page, "Your hotline")
    page.get_by_label("Name of the hotline").fill("New Hotline")
    save(page)
    expect(page.get_by_role("alert")).to_contain_text("Please fill this in")
    assert page.get_by_label("Name of the hotline").input_value() == "New Hotline"
    page.get_by_label("Mail address").fill("desk@hotline.example")
    page.get_by_label("Country", exact=True).select_option("Estonia")
    page.get_by_label("Time zone").select_option("Europe/Tallinn")
    page.get_by_label("Telephone").fill("+000 000 0000")
    page.get_by_label("Your own language").select_option("Eesti")
    save(page)

    # The first administrator: password, second factor, recovery codes.
    at(page, "The first administrator")
    page.get_by_label("User name").fill("carla")
    page.get_by_label("Name", exact=True).fill("Carla")
    page.get_by_role("button", name="Go on to password").click()
    at(page, "Welcome, Carla")
    page.get_by_label("Password").fill(PASSWORD)
    box.secret = page.locator("details code").text_content() or ""
    page.get_by_label("Code").fill(box.code())
    page.get_by_role("button", name="Open my account").click()
    expect(page.locator(".codes li")).to_have_count(10)
    page.get_by_role("link", name="I have kept them safe").click()
    log_in(page, box)

    # The log-in leads on to what is needed; the steps before stand open.
    at(page, "Mail")
    page.goto(f"{box.desk}/setup/address")
    page.get_by_label("Sites that may show the form").fill(
        "https://www.hotline.example"
    )
    preview = page.frame_locator("iframe.preview")
    expect(preview.get_by_role("heading", level=1)).to_contain_text("Teata")
    save(page)
    at(page, "Mail")
    page.go_back()  # shows what was saved, and changes nothing
    sites = page.get_by_label("Sites that may show the form")
    expect(sites).to_have_value("https://www.hotline.example")
    page.go_forward()

    # Mail: refused with a sentence, then sent and read back.
    at(page, "Mail")
    mail(page, box, port="1")
    page.get_by_role("button", name="Save and stay").click()
    page.get_by_role("button", name="Send a test letter").click()
    expect(page.get_by_role("alert")).to_contain_text("Nobody listens at this port")
    mail(page, box, port=str(box.internet.post_office.port))
    page.get_by_role("button", name="Save and stay").click()
    page.get_by_role("button", name="Send a test letter").click()
    expect(page.locator(".flash")).to_contain_text("It left for desk@hotline")
    page.get_by_role("button", name="Read it back").click()
    expect(page.get_by_role("alert")).to_contain_text("not in the mailbox yet")
    for letter in box.internet.post_office.letters:
        box.mailbox.deliver(letter.data)
    page.get_by_role("button", name="Read it back").click()
    expect(page.locator(".flash")).to_contain_text("both directions")
    page.get_by_role("link", name="Go on: The box's own key").click()

    # The key.
    page.get_by_role("button", name="Make the key").click()
    expect(page.locator(".flash")).to_contain_text("The key is made")
    with page.expect_download() as taken:
        page.get_by_role("link", name="Download the public key").click()
    box.internet.lea.import_key(taken.value.path().read_text())
    page.get_by_role("link", name="Go on: Law enforcement").click()

    # An agency, its key compared, and a test letter it confirms.
    page.get_by_role("link", name="Enter an agency").click()
    page.get_by_label("Name", exact=True).fill("Practice Police")
    page.get_by_label("Mailbox of the unit").fill(LEA_ADDRESS)
    page.get_by_role("button", name="Save").click()
    page.locator("[name=armoured]").fill(box.internet.lea.export_own_key())
    page.locator("form:has([name=armoured]) button").click()
    page.get_by_text("Compare it", exact=True).click()
    page.locator("[name=typed]").fill(box.internet.lea.own_fingerprint()[-16:])
    page.locator("[name=how]").fill("read out by telephone")
    page.locator("form:has([name=typed]) button").click()
    page.get_by_role("button", name="Send a test letter").click()
    test_code = confirm_test_letter(box, browser)
    assert test_code
    page.get_by_role("link", name="Back to the wizard").click()
    page.goto(f"{box.desk}/setup/agencies")
    expect(page.get_by_text("confirmed")).to_be_visible()
    page.get_by_role("link", name=re.compile("The agreement$")).last.click()

    # Nothing agreed yet: register and forward.
    page.get_by_label("Way of working").select_option("register_and_forward")
    save(page)

    # NTD defaults, with their texts one click away.
    at(page, "Notice and takedown")
    page.get_by_label("The law").fill("Section 1 of a law")
    save(page)

    # The name servers stand in the file; localhost itself cannot be traced.
    at(page, "Finding the host")
    expect(page.get_by_text("in the settings file on the machine")).to_be_visible()
    page.get_by_role("button", name="Trace the name of our form").click()
    expect(page.get_by_role("alert")).to_contain_text("cannot be traced")
    page.get_by_role("link", name=re.compile("Backups$")).last.click()

    # Backups to a key of the operator, here the one of the practice police.
    at(page, "Backups")
    page.get_by_label("Public key").fill(box.internet.lea.export_own_key())
    end = box.internet.lea.own_fingerprint()[-16:]
    page.get_by_label("The end of its fingerprint").fill(end)
    page.get_by_role("button", name="Take this key").click()
    expect(page.locator(".flash")).to_contain_text("Backups are encrypted")
    carry_away(page, box)

    # What is missing is listed; the box opens, and the form takes reports.
    page.goto(f"{box.desk}/setup/summary")
    expect(page.get_by_text("reports wait: nobody may judge them")).to_be_visible()
    visitor = context.new_page()
    answer = visitor.goto(box.public)
    assert answer is not None
    assert answer.status == 503
    page.get_by_role("button", name="Open the box").click()
    prove(page, box)
    expect(page.locator(".flash")).to_contain_text("The box is open")

    # The workers read the settings anew, without a restart by hand.
    for _ in range(50):
        visitor.goto(f"{box.public}/?lang=en")
        if "New Hotline" in visitor.content():
            break
        visitor.wait_for_timeout(200)
    visitor.get_by_label("Address", exact=True).fill("https://item-one.example/page")
    visitor.get_by_role("button", name="Send report").click()
    visitor.get_by_role("heading", name="Thank you").wait_for()
    context.close()


def log_in(page: Page, box: NewBox) -> None:
    page.get_by_label("User name").fill("carla")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in", exact=True).click()
    page.get_by_label("Code").fill(box.code())
    page.get_by_role("button", name="Go on").click()


def mail(page: Page, box: NewBox, port: str) -> None:
    page.get_by_label("Mail server", exact=True).fill("127.0.0.1")
    page.get_by_label("Its port").fill(port)
    page.get_by_label("Server of the mailbox").fill("localhost")
    page.get_by_label("Port of the mailbox").fill(str(box.mailbox.port))
    page.get_by_label("User name of the mailbox").fill("us")
    page.get_by_label("Password of the mailbox").fill("secret")


def carry_away(page: Page, box: NewBox) -> None:
    """Have backups carried to a server that somebody knows by its key."""
    with sftp_server() as server:
        page.get_by_label("Carried to (SFTP)").fill(server.where)
        page.get_by_role("button", name="Save and stay").click()
        prove(page, box)
        ask = page.get_by_role("button", name="Ask the server for its key")
        ask.click()
        keys = page.get_by_label("The fingerprint that its operator reads to you")
        expect(keys).to_contain_text("SHA256:")
        for width, scheme in LOOKS:
            page.set_viewport_size({"width": width, "height": 900})
            page.emulate_media(color_scheme=scheme)
            assert page.evaluate(TOO_WIDE) <= 0, width
            assert violations(page) == []
            if pictures := os.environ.get("PICTURES"):
                name = f"{pictures}/setup-backups-host-{width}.png"
                page.screenshot(path=name, full_page=True)
        accept = page.get_by_role("button", name="Accept this key")
        accept.click()
        expect(page.get_by_role("alert")).to_contain_text("compare the fingerprint")
        assert violations(page) == []
        page.get_by_label("I compared it: it is the same").check()
        accept.click()
        prove(page, box)
        expect(page.locator(".flash")).to_contain_text("carried to the server with")
        assert violations(page) == []


def confirm_test_letter(box: NewBox, browser: Browser) -> str:
    """Read the letter as the agency does, and confirm it by its code."""
    for _ in range(100):
        found = [x for x in opened(box.internet) if x.recipient == LEA_ADDRESS]
        if found:
            break
        time.sleep(0.3)
    text = dict(found[0].parts)["text"]
    code = re.search(r"[A-Z0-9]{4}(-[A-Z0-9]{4}){3}", text)
    assert code is not None, text
    context = browser.new_context()
    officer = context.new_page()
    officer.goto(f"http://localhost:{box.port + 2}/n/")
    officer.get_by_label("Code").fill(code[0])
    officer.get_by_role("button", name="Go on").click()
    officer.get_by_role("button", name="It arrived, and we can read it").click()
    officer.get_by_text("Thank you.").wait_for()
    context.close()
    return code[0]


@pytest.mark.parametrize(
    ("width", "scheme"), [(1280, "light"), (390, "dark")], ids=["desktop", "phone"]
)
def test_every_step_is_easy_to_read_on_any_screen(
    box: NewBox, browser: Browser, width: int, scheme: str
) -> None:
    context = browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme="dark" if scheme == "dark" else "light",
    )
    page = context.new_page()
    page.goto(f"{box.desk}/log-in")
    log_in(page, box)
    pictures = os.environ.get("PICTURES")

    for path in [f"/setup/{step}" for step in STEPS] + [
        "/readiness",
        "/settings/",
        "/settings/who-you-are",
        "/settings/mail",
        "/settings/versions",
    ]:
        page.goto(f"{box.desk}{path}")
        cut = page.evaluate(TOO_WIDE)
        assert cut <= 0, f"{path} is {cut} pixels too wide at {width}"
        assert violations(page) == [], path
        if pictures:
            name = path.strip("/").replace("/", "-")
            page.screenshot(path=f"{pictures}/{name}-{width}.png", full_page=True)
    context.close()
