"""``reportbox demo``: a practice box anyone can start, and nothing leaves it."""

import logging
import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from werkzeug.serving import make_server

from reportbox.errors import Misconfigured
from reportbox.lifecycle import Actor
from reportbox.office.accounts import Newcomer, add_account, renew_password
from reportbox.office.care import record_training
from reportbox.office.roles import Role, title
from reportbox.office.texts import save_snippet
from reportbox.practice.agreed import COUNTY_ID, POLICE_ID
from reportbox.practice.box import set_up
from reportbox.practice.cases import Weeks
from reportbox.practice.clock import MovableClock
from reportbox.practice.internet import PracticeInternet
from reportbox.practice.office_page import office_page
from reportbox.records import database
from reportbox.records.items import Item
from reportbox.records.journey import Deed
from reportbox.records.staff import Account
from reportbox.settings import Settings
from reportbox.world import real_world

PEOPLE = (
    Newcomer("anna", "Anna", Role.ANALYST),
    Newcomer("ben", "Ben", Role.ANALYST),
    Newcomer("lena", "Lena", Role.LEAD_ANALYST),
    Newcomer("mira", "Mira", Role.MANAGER),
    Newcomer("adam", "Adam", Role.ADMINISTRATOR),
    Newcomer("ida", "Ida", Role.AUDITOR),
    Newcomer("otto", "Otto", Role.OFFICER, POLICE_ID),
    Newcomer("olga", "Olga", Role.OFFICER, COUNTY_ID),
)
START_WITHIN = 30  # seconds


def run_demo(port: int, folder: Path | None) -> None:
    """Run until stopped: servers, post office page, and the box itself."""
    _refuse_taken_ports(port)
    # A stop is a stop: let every context below end in order.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with _home(folder) as home, suppress(KeyboardInterrupt):
        print("Making a practice box ...", flush=True)  # noqa: T201 - speaks to a person
        with PracticeInternet(home, letters=home / "letters") as internet:
            file, settings = set_up(
                home,
                internet,
                port,
                second_look_percent=30,
                embed_on=[f"http://localhost:{port + 3}"],
                duty_list=["mail:duty@hotline.example"],
            )
            passwords = fill(settings, internet)
            with _post_office_page(internet, port + 3), serving(file, settings) as box:
                _introduce(settings, port + 3, passwords)
                box.wait()


@contextmanager
def _home(folder: Path | None) -> Iterator[Path]:
    """Give the folder asked for, or one that is gone when the box stops."""
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        yield folder.resolve()
        return
    with tempfile.TemporaryDirectory(prefix="rb-", ignore_cleanup_errors=True) as made:
        yield Path(made)


def fill(settings: Settings, internet: PracticeInternet) -> dict[str, str]:
    """Let three weeks pass in a new box; give everybody a fresh password."""
    clock = MovableClock(settings.data_dir / "practice-clock")
    passwords: dict[str, str] = {}
    for person in PEOPLE:
        passwords[person.username] = secrets.token_urlsafe(12)
        known = Account.find(person.username)
        if known is None:
            add_account(person, passwords[person.username], clock.now())
        else:
            renew_password(known, passwords[person.username])
    if not Item.select().exists():
        _train(clock)
        Weeks(settings, real_world(settings), internet, clock).play()
    database.close_file()
    return passwords


def _train(clock: MovableClock) -> None:
    """Enter what a lead analyst would: trainings, and a text or two."""
    lena = Deed("Lena", Actor.ANALYST, clock.now())
    held, until = (f"{clock.now().year + n}-01-15" for n in (0, 1))
    for username in ("anna", "ben", "lena"):
        account = Account.find(username)
        if account is not None:
            record_training(account, "Content assessment", held, until, lena)
    save_snippet("gone", "Looked at it outside the box: nothing is there.", lena)
    save_snippet("pw", "A password is needed; the report does not name it.", lena)


@contextmanager
def _post_office_page(internet: PracticeInternet, port: int) -> Iterator[None]:
    logging.getLogger("werkzeug").setLevel(logging.ERROR)  # the terminal is for people
    server = make_server("127.0.0.1", port, office_page(internet), threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def serving(file: Path, settings: Settings) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "reportbox", "--settings", str(file), "serve"]
    log = (file.parent / "box.log").open("ab")
    box = subprocess.Popen(command, stdout=log, stderr=log, env=_environment())  # noqa: S603
    try:
        _wait_until_up(box, settings, file.parent / "box.log")
        yield box
    finally:
        log.close()
        box.terminate()
        box.wait()


def _environment() -> dict[str, str]:
    """Forget any proxy: the practice box talks to loopback only."""
    return {k: v for k, v in os.environ.items() if not k.lower().endswith("_proxy")}


def _wait_until_up(box: subprocess.Popen[bytes], settings: Settings, log: Path) -> None:
    deadline = time.monotonic() + START_WITHIN
    while time.monotonic() < deadline and box.poll() is None:
        with suppress(urllib.error.URLError, OSError):
            address = f"http://127.0.0.1:{settings.public_port}/"
            urllib.request.urlopen(address, timeout=2).close()
            return
        time.sleep(0.1)
    raise Misconfigured(f"the box did not start: {log.read_text()[-2000:]}")


def _introduce(settings: Settings, office_port: int, passwords: dict[str, str]) -> None:
    lines = [
        "",
        f"  Public form   {settings.public_url}/",
        f"  Desk          {settings.desk_url}/",
        f"  Portal        {settings.portal_url}/  (for officers)",
        f"  Post office   http://localhost:{office_port}/",
        "",
        *(
            f"  Log in as {p.username:<5} password {passwords[p.username]}"
            f"   ({title(p.role)})"
            for p in PEOPLE
        ),
        "",
        "The log-in shows the code that an authenticator app would.",
        "Report something, judge it, and move the practice clock atop the desk.",
        "Nothing leaves this machine. Stop with Ctrl-C.",
    ]
    print("\n".join(lines), flush=True)  # noqa: T201 - speaks to a person


def _refuse_taken_ports(port: int) -> None:
    for number in range(port, port + 4):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", number))
            except OSError as taken:
                raise Misconfigured(
                    f"port {number} is in use; choose others: --port {port + 100}."
                ) from taken
