"""The box in its machine: how it is opened, reached, reported to and asked."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Browser

from reportbox.settings import FACES
from tests.machine.doors import doors
from tests.machine.journey import TOML
from tests.machine.means import Machine
from tests.machine.neighbours import Neighbours
from tests.machine.people import Person, chromium, visitor

NEW, BEFORE = "/root/checkout", "/root/checkout-before"
QUICK = "form_wait_seconds = 0"  # the visitor inside has no proof of work
FACTS = """
hotline_name = "Example Hotline"
hotline_email = "desk@hotline.example"
country = "EE"
"""
# The end of the wizard, for a box whose facts stand in its file.
OPEN = """
from datetime import UTC, datetime
from pathlib import Path
from reportbox.lifecycle import Actor
from reportbox.office import opening
from reportbox.office.choosing import read_box
from reportbox.records.journey import Deed
read_box(Path("/etc/reportbox/reportbox.toml"))
opening.finish(Deed("the machine's test", Actor.BOX, datetime.now(UTC)))
"""
KEYS = ("database-key", "session-key", "receipt-key", "audit-key")


@dataclass
class Box:
    machine: Machine
    before: str  # the commit to upgrade from
    second: Machine | None = None  # an empty one, for what is restored
    code: str = ""  # of the wizard, as the installer printed it
    own_key: str = ""  # the fingerprint of the box's
    told: dict[str, Any] = field(default_factory=dict)  # how it reaches its neighbours
    anna: Person | None = None  # who assesses
    item: str = ""  # what she judged
    receipts: list[str] = field(default_factory=list)
    at_first: set[str] = field(default_factory=set)
    packages: set[str] = field(default_factory=set)
    listening: set[str] = field(default_factory=set)

    @property
    def url(self) -> str:
        return self.face("public")

    def face(self, name: str) -> str:
        line = self.machine.run(f"grep ^{name}_url {TOML}")
        return line.partition('"')[2].strip('"\n')

    @property
    def neighbours(self) -> Neighbours:
        return Neighbours(self.machine, NEW)

    @contextmanager
    def browser(self) -> Iterator[Browser]:
        """Start a browser here for which the names of the box lead into the machine."""
        urls = [self.face(name) for name in FACES]
        with doors(self.machine, urls) as rules, chromium(rules) as browser:
            yield browser

    def enters(self, browser: Browser) -> Person:
        """Let Anna log in at the desk."""
        assert self.anna is not None, "nobody was invited yet"
        self.anna.page = visitor(browser).new_page()
        self.anna.page.goto(self.face("desk"))
        self.anna.logs_in()
        return self.anna

    def opens(self) -> None:
        """Fill in what the wizard would ask for, and open the form."""
        self.machine.run(f"cat >>{TOML}", given=(FACTS + QUICK).encode())
        keys = " ".join(
            f"-p LoadCredential={key}:/etc/reportbox/secrets/{key}" for key in KEYS
        )
        python = "/opt/reportbox/current/.venv/bin/python -"
        self.machine.run(
            f"systemd-run -q --pipe --wait --collect --uid=reportbox {keys} {python}",
            given=OPEN.encode(),
        )
        self.machine.run("systemctl restart reportbox")

    def begins_anew(self, checkout: str) -> None:
        """Take off what an earlier promise left, and install a box that is open."""
        self.machine.run(f"cd {NEW} && installer/uninstall.sh --delete-data")
        self.machine.run(f"cd {checkout} && installer/install.sh --unattended")
        self.receipts.clear()
        self.opens()

    def reports(self, count: int) -> None:
        said = self.machine.inside("report", self.url, str(count)).splitlines()
        assert all(map(is_receipt, said)), said
        self.receipts += said

    def has_every_receipt(self) -> str:
        lost = self.machine.inside(
            "follow", self.url, given="\n".join(self.receipts) + "\n"
        )
        assert not lost, f"receipts that nobody knows: {lost}"
        return f"{len(self.receipts)} receipts, none lost"


def is_receipt(line: str) -> bool:
    return not line.startswith("no ")
