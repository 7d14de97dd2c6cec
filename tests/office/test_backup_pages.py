"""The page of the backups, the recovery sheet, and what an order sets going."""

import json
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from reportbox import errand
from reportbox.office.backup import back_up, ordered
from reportbox.office.proof import prove
from reportbox.office.recovery import as_text, sheet_of
from reportbox.records.audit import Audit
from reportbox.records.backups import Backup, Proof
from reportbox.world import SETTINGS
from tests.conftest import Pattern
from tests.house import House
from tests.safe import Safe, a_safe


@pytest.fixture(scope="module")
def safe() -> Iterator[Safe]:
    with a_safe() as made:
        yield made


@pytest.fixture
def box(house: House, safe: Safe) -> House:
    return safe.guards(house)


@pytest.fixture
def file(box: House, pattern: Pattern, tmp_path: Path) -> Path:
    """The settings of this very box, for a process of its own."""
    text = (pattern.folder / "reportbox.toml").read_text()
    data, own = pattern.settings.data_dir, box.settings.data_dir
    text = text.replace(json.dumps(str(data)), json.dumps(str(own)))
    made = tmp_path / "reportbox.toml"
    made.write_text(f'{text}backup_key = "{box.settings.backup_key}"\n')
    return made


def test_an_administrator_sees_what_was_made_and_proved_and_what_failed(
    box: House, file: Path
) -> None:
    made = back_up(box.settings, box.world, file)
    prove(box.settings, box.world)
    Backup.put(at=box.clock.now(), trouble="The disk is too full")

    page = box.page("/backups/", "adam")

    assert made.name in page
    assert "whole" in page
    assert "The disk is too full" in page
    assert box.settings.backup_key in page
    assert box.world.keyring.own_fingerprint() in page


def test_a_box_without_a_key_says_what_to_do_and_orders_nothing(house: House) -> None:
    page = house.page("/backups/", "adam")
    refused = house.posts("/backups/now", as_="adam")
    unproved = house.posts("/backups/prove", as_="adam")

    assert "no key yet" in page
    assert refused.status_code == 409
    assert "reportbox key import FILE" in refused.text
    assert "There is no backup to prove yet" in unproved.text
    assert ordered() == {}


def test_an_order_is_on_record_and_shown_until_it_is_taken(
    box: House, file: Path
) -> None:
    back_up(box.settings, box.world, file)

    box.does("/backups/now", as_="adam")
    box.does("/backups/prove", as_="adam")

    assert set(ordered()) == {"backup", "prove"}
    assert "A backup was ordered and begins soon" in box.page("/backups/", "adam")
    told = [row.what for row in Audit.rows(Audit.subject == "backups")]
    assert {"order_backup", "order_prove"} <= set(told)


def test_a_job_has_an_order_done_beside_the_box(
    box: House, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(SETTINGS, str(file))
    assert errand.start_ordered(box.settings, box.world) == 0
    box.does("/backups/now", as_="adam")

    begun = errand.start_ordered(box.settings, box.world)
    again = errand.start_ordered(box.settings, box.world)

    assert (begun, again) == (1, 0)
    deadline = time.monotonic() + 60
    while not Proof.rows() and time.monotonic() < deadline:
        time.sleep(0.1)
    assert [row.trouble for row in Backup.rows()] == [""]
    assert [row.trouble for row in Proof.rows()] == [""]
    assert ordered() == {}


def test_the_key_for_sftp_is_made_at_the_desk(box: House) -> None:
    box.does("/backups/identity", as_="adam")

    assert "ssh-ed25519 " in box.page("/backups/", "adam")


def test_the_recovery_sheet_names_all_that_is_needed_and_no_secret(
    box: House,
) -> None:
    own = box.world.keyring.own_fingerprint()

    page = box.page("/backups/sheet", "adam")
    usual = replace(box.settings, data_dir=Path("/var/lib/reportbox"))
    printed = as_text(sheet_of(usual, own, box.clock.now()))

    key = box.settings.backup_key
    for text in (page, printed):
        flat = "".join(text.split())
        assert key in flat
        assert own in flat
        assert "installer/restore.shBACKUP" in flat
        assert "Thereisnootherwayin" in flat
        assert "____" in text
        for name in ("database-key", "session-key", "audit-key"):
            assert box.settings.secret(name) not in text
    assert max(map(len, printed.splitlines())) <= 80
    assert len(printed.splitlines()) <= 60, "it is one page of A4"
