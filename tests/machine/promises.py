"""What the appliance promises on a real machine, each as a function that tries it."""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.machine.means import INSIDE, Machine

NEW, BEFORE = "/root/checkout", "/root/checkout-before"
CURRENT = "/opt/reportbox/current/installer"
TOML = "/etc/reportbox/reportbox.toml"
FACTS = """
hotline_name = "Example Hotline"
hotline_email = "desk@hotline.example"
country = "EE"
form_wait_seconds = 0
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
UNITS = ("reportbox.service", "nginx.service", "systemd-journald@reportbox.service")
PORTS = {"all 80", "all 443", "all 4443", "all 4444"}
LISTENERS = {"here 8081", "here 8082", "here 8083"}
OK = 200
CUTS = 3
PER_CUT = 60  # receipts, at least
LEFT = (
    "find / -xdev \\( -path /proc -o -path /sys -o -path /run -o -path /tmp"
    " -o -path /root -o -path /var/cache -o -path /var/log -o -path /var/lib/apt"
    " -o -path /var/lib/dpkg \\) -prune -o -print | sort"
)


@dataclass
class Box:
    machine: Machine
    before: str  # the commit to upgrade from
    receipts: list[str] = field(default_factory=list)
    at_first: set[str] = field(default_factory=set)
    packages: set[str] = field(default_factory=set)
    listening: set[str] = field(default_factory=set)

    @property
    def url(self) -> str:
        return self._url("public")

    def _url(self, face: str) -> str:
        line = self.machine.run(f"grep ^{face}_url {TOML}")
        return line.partition('"')[2].strip('"\n')

    def opens(self) -> None:
        """Fill in what the wizard would ask for, and open the form."""
        self.machine.run(f"cat >>{TOML}", given=FACTS.encode())
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


def installed_packages(machine: Machine) -> set[str]:
    return set(machine.run("dpkg-query -W -f '${Package}\\n'").split())


def it_installs_within_three_minutes(box: Box) -> str:
    machine = box.machine
    machine.prepares()
    machine.takes(NEW)
    box.at_first = set(machine.run(LEFT).splitlines())
    box.packages = installed_packages(machine)

    began = time.monotonic()
    said = machine.run(f"cd {NEW} && installer/install.sh --unattended")
    took = time.monotonic() - began

    assert took < 180, f"{took:.0f} s"
    assert re.search(r"^ +https://\S+/setup$", said, re.MULTILINE), said
    return f"{took:.0f} s"


def the_wizard_is_reachable_and_the_public_is_told_to_come_back(box: Box) -> str:
    wizard = box.machine.inside("get", f"{box._url('desk')}/setup")  # noqa: SLF001
    public = box.machine.inside("get", box.url)

    assert wizard.startswith("200\n"), wizard
    assert 'name="code"' in wizard
    assert public.startswith("503\n"), public
    return "200 and 503"


def the_cage_is_tight(box: Box) -> str:
    scores = []
    for unit in ("reportbox.service", "reportbox-backup.service"):
        said = box.machine.run(f"systemd-analyze security --no-pager {unit}")
        score = float(re.findall(r"exposure level for \S+: ([\d.]+)", said)[0])
        assert score <= 1.5, said
        scores.append(f"{unit} {score}")
    return ", ".join(scores)


def nobody_else_reads_a_file_of_the_box(box: Box) -> str:
    folders = "/opt/reportbox /etc/reportbox /var/lib/reportbox /run/reportbox"
    said = box.machine.run(f"find {folders} ! -type l -perm /o=rwx")
    keys = "setpriv --reuid=reportbox --regid=reportbox --init-groups cat"
    refused = box.machine.run(f"{keys} /etc/reportbox/secrets/*", may_fail=True)

    assert not said, said
    assert "Permission denied" in refused, refused
    return "not even the account reads the keys"


def nothing_listens_but_what_the_manual_says(box: Box) -> str:
    now = set(box.machine.inside("listening").splitlines())

    assert now >= PORTS | LISTENERS, now
    others = now - PORTS - LISTENERS
    assert not {x for x in others if x.startswith("all")}, others
    return ", ".join(sorted(now))


def a_report_through_tls_gives_a_receipt(box: Box) -> str:
    box.opens()
    box.reports(3)
    return box.has_every_receipt()


def its_checks_can_be_asked(box: Box) -> str:
    said = box.machine.run("reportbox check", may_fail=True)

    for name in ("jobs", "database", "audit"):
        assert re.search(f"^ok +{name}: ", said, re.MULTILINE), said
    return f"{said.count('ok  ')} of {len(said.splitlines())} are well"


def it_is_light_and_idle(box: Box) -> str:
    time.sleep(10)
    weight = int(box.machine.inside("weight", *UNITS)) / 1024
    busy = float(box.machine.inside("busy", "reportbox.service", "30"))

    assert weight < 200, f"{weight:.0f} MB"
    return f"{weight:.0f} MB, {busy:.1f} % of a processor"


def it_stops_and_answers_again_soon(box: Box) -> str:
    now, first = "date +%s%3N", f"python3 {INSIDE} get {box.url} | head -n 1"
    stop, start = "systemctl stop reportbox", "systemctl start reportbox"
    said = box.machine.run(f"{now}; {stop}; {now}; {start}; {first}; {now}").split()
    began, stopped, status, answered = map(int, said)

    assert status == OK, said
    assert stopped - began < 5000, f"stopped in {stopped - began} ms"
    assert answered - stopped < 3000, f"answers {answered - stopped} ms after the start"
    return f"stopped in {stopped - began} ms, answers in {answered - stopped} ms"


def it_comes_back_after_a_reboot(box: Box) -> str:
    box.machine.reboots()
    box.reports(1)
    return box.has_every_receipt()


def one_that_hangs_is_started_again(box: Box) -> str:
    with impatient(box.machine):
        box.machine.run("systemctl kill --signal=STOP reportbox")
        time.sleep(45)
        restarts = box.machine.run("systemctl show -P NRestarts reportbox").strip()

    assert restarts == "1", restarts
    box.reports(1)
    return box.has_every_receipt()


@contextmanager
def impatient(machine: Machine) -> Iterator[None]:
    """Let the watchdog bark after seconds instead of minutes."""
    short = "[Service]\nWatchdogSec=25\nTimeoutStopSec=5\n"
    folder = "/run/systemd/system/reportbox.service.d"
    machine.run(f"mkdir -p {folder} && cat >{folder}/x.conf", given=short.encode())
    machine.run("systemctl daemon-reload; systemctl restart reportbox")
    time.sleep(15)  # the first heartbeat
    yield
    machine.run(f"rm -r {folder}; systemctl daemon-reload; systemctl restart reportbox")


def no_receipt_is_lost_when_the_power_fails(box: Box) -> str:
    for _ in range(CUTS):
        visitor = box.machine.begins("report", box.url, "100000")
        assert visitor.stdout is not None
        got = 0
        for line in visitor.stdout:
            if is_receipt(line):
                box.receipts.append(line.strip())
                got += 1
            if got == PER_CUT:
                break
        # What is read from here on may be of a machine whose disk is already cut off.
        box.machine.loses_power()
        visitor.communicate(timeout=60)
        box.has_every_receipt()
        said = box.machine.run("reportbox check", may_fail=True)
        assert re.search("^ok +audit: ", said, re.MULTILINE), said
    return f"{CUTS} cuts; {box.has_every_receipt()}"


def a_full_disk_gives_no_receipt_and_heals(box: Box) -> str:
    free = "df --output=avail -B1 /var/lib/reportbox | tail -n 1"
    with impatient(box.machine):
        box.machine.run(f"fallocate -l $({free}) /var/filled; true")
        box.machine.run("dd if=/dev/zero of=/var/filled2 bs=64k; true")
        said = box.machine.inside("report", box.url, "500").splitlines()
        box.receipts += filter(is_receipt, said)  # what still had room
        time.sleep(45)
        restarts = box.machine.run("systemctl show -P NRestarts reportbox").strip()
        page = box.machine.inside("get", box.url)
        box.machine.run("rm -f /var/filled /var/filled2")

    refused = len(said) - len(list(filter(is_receipt, said)))
    assert refused, "the disk was never full"
    assert page.startswith("200\n"), page
    assert restarts == "0", restarts
    box.reports(1)
    return f"{refused} refused; {box.has_every_receipt()}"


def the_visitors_address_is_nowhere(box: Box) -> str:
    # Given on standard input: what runs in the machine may log its own words.
    address = b"127.9.8.7\n"
    places = "/var/log /var/lib/reportbox /run/reportbox /var/lib/nginx"
    found = box.machine.run(f"grep -rlaF -f - {places}; true", given=address)
    logs = "journalctl --namespace=reportbox; journalctl"
    search = f"cat >/run/sought; {{ {logs}; }} | grep -F -f /run/sought; rm /run/sought"
    said = box.machine.run(search, given=address)

    assert not found, found
    assert not said, said
    return "neither in a file nor in a log"


def uninstalled_it_leaves_nothing(box: Box) -> str:
    machine = box.machine
    machine.run(f"{CURRENT}/uninstall.sh --delete-data")
    box.receipts.clear()

    now = set(machine.run(LEFT).splitlines())
    # What belongs to Debian's packages, and what they make of themselves.
    owned = set(machine.run("cat /var/lib/dpkg/info/*.list").splitlines())
    new = {x for x in now - box.at_first - owned if "__pycache__" not in x}
    ours = {x for x in new if "reportbox" in x}
    assert not ours, ours
    accounts = machine.run("getent passwd reportbox; getent group reportbox; true")
    assert not accounts, accounts
    names = "systemctl list-units --all --plain --no-legend | cut -d ' ' -f 1"
    units = machine.run(f"{names} | grep reportbox; true")
    assert not units, units
    gone = box.at_first - now
    theirs = ("/var/lib/systemd", "/var/tmp/systemd-private")  # noqa: S108 - not ours
    assert not {x for x in gone if not x.startswith(theirs)}, gone
    more = installed_packages(machine) - box.packages
    return f"{len(more)} packages of Debian stay, and with them {sorted(new)}"


def a_backup_opens_on_an_empty_machine(box: Box) -> str:
    machine = box.machine
    box.begins_anew(NEW)
    box.reports(3)
    mark = "gpg --with-colons --show-keys 2>/dev/null | grep -m 1 ^fpr | cut -d : -f 10"
    gpg = "gpg --homedir /root/keys --batch --quiet --passphrase ''"
    who = "operator@hotline.example"
    machine.run(
        "rm -rf /root/keys && mkdir -m 700 /root/keys && "
        f"{gpg} --quick-generate-key {who} default default never && "
        f"{gpg} --armor --export >/root/keys/public.asc && "
        f"{gpg} --armor --export-secret-keys >/root/keys/secret.asc"
    )
    own = machine.run(f"reportbox key create | {mark}").strip()
    machine.run("reportbox key import - </root/keys/public.asc")
    machine.run(
        f'echo backup_key = \\"$(cat /root/keys/public.asc | {mark})\\" >>{TOML}'
    )
    machine.run("systemctl restart reportbox && reportbox backup")
    machine.run("mv /var/lib/reportbox/backups/*.gpg /root/backup.gpg")
    machine.run(f"{CURRENT}/uninstall.sh --delete-data")

    machine.run(f"cd {NEW} && installer/install.sh --unattended")
    key = f"--key /root/keys/secret.asc --box-key {own}"
    machine.run(f"cd {NEW} && installer/restore.sh /root/backup.gpg {key}")

    said = box.has_every_receipt()
    machine.run(f"{CURRENT}/uninstall.sh --delete-data")
    machine.run("rm -rf /root/keys /root/backup.gpg")
    return said


def an_upgrade_keeps_every_report_and_can_go_back(box: Box) -> str:
    machine = box.machine
    machine.takes(BEFORE, box.before)
    box.begins_anew(BEFORE)
    box.reports(5)
    machine.run(f"cd {NEW} && installer/upgrade.sh")
    box.has_every_receipt()
    machine.run(f"cd {NEW} && {CURRENT}/rollback.sh --yes")
    box.has_every_receipt()
    machine.run(f"cd {NEW} && installer/upgrade.sh")
    said = box.has_every_receipt()
    machine.run(f"{CURRENT}/uninstall.sh --delete-data")
    return said
