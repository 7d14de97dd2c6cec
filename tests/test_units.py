"""The service and its cage, as systemd reads them."""

import re
import subprocess
from pathlib import Path

import pytest

from reportbox.jobs import BEAT_EVERY
from reportbox.settings import SECRETS

UNITS = Path(__file__).parents[1] / "systemd"
SERVICES = ("reportbox.service", "reportbox-backup.service")
# What differs between a service that stays and one that runs and ends.
OWN = re.compile(
    r"(Type|NotifyAccess|Exec\w+|Restart\w*|WatchdogSec|KillMode|Timeout\w+|Nice"
    r"|IOSchedulingClass)="
)


def lines(unit: str) -> list[str]:
    """Return the lines of its service section, comments too, without empty ones."""
    text = (UNITS / unit).read_text().partition("[Service]\n")[2]
    return [line for line in text.partition("\n[")[0].splitlines() if line]


def cage(unit: str) -> list[str]:
    return [x for x in lines(unit) if not x.startswith("#") and not OWN.match(x)]


@pytest.mark.parametrize("unit", SERVICES)
def test_the_cage_is_as_tight_as_was_promised(unit: str) -> None:
    command = ["systemd-analyze", "security", "--offline=true", "--no-pager"]
    limit = "--threshold=15"  # 1.5 of 10

    judged = subprocess.run(
        [*command, limit, str(UNITS / unit)],
        capture_output=True,
        text=True,
        check=False,
    )

    assert judged.returncode == 0, judged.stdout


def test_the_backup_runs_in_the_same_cage() -> None:
    assert cage("reportbox-backup.service") == cage("reportbox.service")
    assert len(cage("reportbox.service")) > 40


def test_every_line_of_the_cage_stands_under_its_reason() -> None:
    found = lines("reportbox.service")
    begin = next(n for n, line in enumerate(found) if "the cage" in line)
    blocks = re.split(r"(?:^#.*\n)+", "\n".join(found[begin:]), flags=re.MULTILINE)[1:]

    # Few lines share a reason: more would mean that some have none.
    assert all(1 <= len(block.split()) <= 6 for block in blocks), blocks
    assert sum(len(block.split("\n")) for block in blocks) > 30


@pytest.mark.parametrize("unit", SERVICES)
def test_every_key_of_the_box_is_handed_over(unit: str) -> None:
    handed = re.findall(r"LoadCredential=([\w-]+):", "\n".join(lines(unit)))

    # The keys by name, so that the service refuses to start without one.
    assert set(handed) == {*SECRETS, "secrets"}


def test_the_watchdog_waits_for_more_than_one_heartbeat() -> None:
    [seconds] = re.findall(r"WatchdogSec=(\d+)", "\n".join(lines("reportbox.service")))

    assert int(seconds) >= 12 * BEAT_EVERY  # one busy minute ends nothing


def test_whatever_ends_the_box_but_systemd_itself_it_comes_back() -> None:
    assert "Restart=always" in lines("reportbox.service")
    assert "StartLimitIntervalSec=0" in (UNITS / "reportbox.service").read_text()
