"""What the appliance promises on a real machine, each as a function that tries it."""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from reportbox.practice.internet import LEA_ADDRESS
from reportbox.settings import FACES
from tests.machine import journey, wizard
from tests.machine.box import BEFORE, NEW, QUICK, Box, is_receipt
from tests.machine.journey import TOML
from tests.machine.means import INSIDE, Machine, before_the_last_change

CURRENT = "/opt/reportbox/current/installer"
UNITS = ("reportbox.service", "nginx.service", "systemd-journald@reportbox.service")
PORTS = {"all 80", "all 443", "all 4443", "all 4444"}
LISTENERS = {"here 8081", "here 8082", "here 8083"}
OK = 200
CUTS = 3
PER_CUT = 60  # receipts, at least
KEYRING = "/root/keys"  # the operator's, as if on another computer
GPG = f"gpg --homedir {KEYRING} --batch --quiet --passphrase ''"
MARK = "gpg --with-colons --show-keys 2>/dev/null | grep -m 1 ^fpr | cut -d : -f 10"
LEFT = (
    "find / -xdev \\( -path /proc -o -path /sys -o -path /run -o -path /tmp"
    " -o -path /root -o -path /var/cache -o -path /var/log -o -path /var/lib/apt"
    " -o -path /var/lib/dpkg \\) -prune -o -print | sort"
)
# What bears its name, in memory and among logs too; our own tools lie in /root.
NAMED = (
    "find / \\( -path /proc -o -path /sys -o -path /root \\) -prune"
    " -o -iname '*reportbox*' -print"
)
# The certificate that browsers get.
SHOWN = (
    "sleep 3; openssl s_client -connect 127.0.0.1:443 -servername report.hotline.test"
    " </dev/null 2>/dev/null | openssl x509 -noout -issuer -serial"
)


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

    printed = re.search(r"^ +https://\S+/setup\n +(\S+)$", said, re.MULTILINE)
    assert printed, said
    box.code = printed[1]
    assert took < 180, f"{took:.0f} s"
    return f"{took:.0f} s"


def the_wizard_is_reachable_and_the_public_is_told_to_come_back(box: Box) -> str:
    wizard = box.machine.inside("get", f"{box.face('desk')}/setup")
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


def the_wizard_leads_to_an_open_box(box: Box) -> str:
    line = f"grep -q -f - {TOML} || echo '{QUICK}' >>{TOML}"
    box.machine.run(line, given=QUICK.encode())
    box.machine.run("systemctl restart reportbox")
    mark, public = make_operators_key(box.machine)
    box.told, desk = box.neighbours.begin(), box.face("desk")
    with box.browser() as browser:
        # None is printed where the installation was not tried, or not by this run.
        code = box.code or box.machine.run("reportbox setup-code").split()[-1]
        carla = wizard.opens(browser, desk, code)
        wizard.mail(carla, box.told["smtp_port"])
        key = wizard.key(carla)
        box.neighbours.know(key)
        wizard.agency(carla, box.neighbours, box.face("portal"))
        wizard.agreement(carla, desk)
        wizard.look_ups(carla, desk, box.told["resolvers"])
        wizard.backups(carla, public, mark)
        box.anna = wizard.invites(carla, desk, "anna", "Anna", "analyst")
        wizard.summary(carla, desk)
    box.own_key = box.machine.run(MARK, given=key.encode()).strip()
    assert box.machine.inside("get", box.url).startswith("200\n")
    return "from the printed code to a form that answers"


def make_operators_key(machine: Machine) -> tuple[str, str]:
    """Make the key backups are for; return its fingerprint and its public half."""
    who = "operator@hotline.example"
    machine.run(
        f"rm -rf {KEYRING} && mkdir -m 700 {KEYRING} && "
        f"{GPG} --quick-generate-key {who} default default never"
    )
    machine.run(f"{GPG} --armor --export-secret-keys >{KEYRING}/secret.asc")
    public = machine.run(f"{GPG} --armor --export 2>/dev/null")
    return machine.run(MARK, given=public.encode()).strip(), public


def a_report_goes_all_the_way(box: Box) -> str:
    """From a visitor's browser to the police, its receipt, and the provider."""
    assert box.anna is not None, "nobody was invited yet"
    desk, portal = box.face("desk"), box.face("portal")
    with journey.among(box.machine, box.told), box.browser() as browser:
        anna = box.enters(browser)
        box.receipts.append(journey.reports(browser, box.url))
        box.item = journey.judges(anna, desk)
        letter = box.neighbours.letter_to(LEA_ADDRESS, box.item)
        journey.police_read(letter, box.item)
        journey.police_confirm(anna, portal, letter)
        journey.approves(anna, desk, box.item)
        notice = box.neighbours.letter_to(journey.PROVIDER, box.item)
        seen = journey.finds(anna, desk, box.item)
    box.neighbours.end()
    assert "Receipt" in seen, seen
    assert journey.ADDRESS in notice.part("addresses.csv")
    return f"{box.item}: LEA notice, receipt, NTD"


def a_report_through_tls_gives_a_receipt(box: Box) -> str:
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
    assert busy < 1, f"{busy:.1f} % of a processor"
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
    try:
        yield
    finally:
        anew = "systemctl daemon-reload; systemctl restart reportbox"
        machine.run(f"rm -r {folder}; {anew}")


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


def the_database_gets_another_key(box: Box) -> str:
    """And what was there before goes by the line that is printed, when it may."""
    machine = box.machine
    said = machine.run("reportbox rekey")
    away = re.findall(r"^shred --remove .*", said, re.MULTILINE)
    assert len(away) == 1, said
    told = machine.run("reportbox check", may_fail=True)
    assert "a newer backup is proved: delete it" in told, told
    machine.run(away[0])

    left = machine.run("find /etc/reportbox /var/lib/reportbox -name '*.before-*'")
    assert not left, left
    told = machine.run("reportbox check", may_fail=True)
    for line in ("audit: ", "backups: ", "restore: ", "database: up to date$"):
        assert re.search(f"^ok +{line}", told, re.MULTILINE), told
    box.reports(1)
    return box.has_every_receipt()


def a_backup_opens_on_an_empty_machine(box: Box) -> str:
    """On a second one, if there is one; else on this one, taken off before."""
    machine = box.machine
    machine.run("reportbox backup")
    machine.run("mv /var/lib/reportbox/backups/*.gpg /root/backup.gpg")
    names = " ".join(f"--{name} {box.face(name)[8:]}" for name in FACES)
    parts = f"-C /root backup.gpg {KEYRING.rpartition('/')[2]}/secret.asc"
    carried = machine.copies_out(parts)
    if box.second is None:
        machine.run(f"{CURRENT}/uninstall.sh --delete-data")
    other = replace(box, machine=box.second or machine)
    other.machine.prepares()
    other.machine.takes(NEW)
    other.machine.run("tar -x -C /root", given=carried)

    other.machine.run(f"cd {NEW} && installer/install.sh --unattended {names}")
    key = f"--key {KEYRING}/secret.asc --box-key {box.own_key}"
    other.machine.run(f"cd {NEW} && installer/restore.sh /root/backup.gpg {key}")

    said = other.has_every_receipt()
    with other.browser() as browser:
        seen = journey.finds(other.enters(browser), other.face("desk"), box.item)
    assert "Illegal: baseline" in seen, seen
    machine.run(f"rm -rf {KEYRING} /root/backup.gpg")
    where = "a second machine" if box.second else "the same machine, made empty"
    return f"on {where}: {said}, the verdict on {box.item} too"


def an_upgrade_keeps_every_report_and_can_go_back(box: Box) -> str:
    machine = box.machine
    machine.takes(BEFORE, box.before or before_the_last_change())
    box.begins_anew(BEFORE)
    box.reports(5)
    machine.run(f"cd {NEW} && installer/upgrade.sh")
    box.has_every_receipt()
    machine.run(f"cd {NEW} && {CURRENT}/rollback.sh --yes")
    box.has_every_receipt()
    machine.run(f"cd {NEW} && installer/upgrade.sh")
    return box.has_every_receipt()


def a_certificate_is_fetched_and_renewed(box: Box) -> str:
    """From Pebble, an authority that is made for tests."""
    machine = box.machine
    with_pebble = Path(__file__).with_name("authority.sh").read_bytes()
    machine.run("bash -s", given=with_pebble)
    machine.run(f"cd {NEW} && installer/uninstall.sh --delete-data")
    names = "--public report.hotline.test --desk desk.hotline.test"
    mail = "--certbot operator@hotline.test"
    machine.run(f"cd {NEW} && installer/install.sh --unattended {names} {mail}")
    first = machine.run(SHOWN)
    machine.run("certbot renew --force-renewal --no-random-sleep-on-renew")
    second = machine.run(SHOWN)

    assert "Pebble" in first, first
    assert "Pebble" in second, second
    assert first != second
    return "both are served, the second without a restart"


def uninstalled_it_leaves_nothing(box: Box) -> str:
    machine = box.machine
    machine.run(f"{CURRENT}/uninstall.sh --delete-data")
    box.receipts.clear()

    now = set(machine.run(LEFT).splitlines())
    # What belongs to Debian's packages, and what they make of themselves.
    owned = set(machine.run("cat /var/lib/dpkg/info/*.list").splitlines())
    new = {x for x in now - box.at_first - owned if "__pycache__" not in x}
    ours = machine.run(NAMED)
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
