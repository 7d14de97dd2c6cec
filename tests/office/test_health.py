"""`reportbox check` tells the truth."""

from dataclasses import replace

import pytest

from reportbox.office.health import checks
from reportbox.records import atomic
from reportbox.records.agencies import Agency
from reportbox.records.beats import Heartbeat
from tests.builders import a_letter
from tests.house import House


@pytest.fixture
def healthy(house: House) -> House:
    with atomic():
        Heartbeat.beat(house.clock.now(), 1, "")
    return house


def bad(house: House) -> dict[str, str]:
    found = checks(house.settings, house.world)
    return {check.name: check.words for check in found if not check.is_ok}


def test_a_working_box_is_healthy(healthy: House) -> None:
    assert bad(healthy) == {}


def test_an_old_heartbeat_is_an_alarm(healthy: House) -> None:
    healthy.clock.advance(minutes=2)

    assert "last seen 120 seconds ago" in bad(healthy)["jobs"]


def test_a_failing_job_is_named(healthy: House) -> None:
    with atomic():
        Heartbeat.beat(healthy.clock.now(), 1, "trace_due: KeyError")

    assert "trace_due: KeyError" in bad(healthy)["jobs"]


def test_a_missing_lea_key_is_named(healthy: House) -> None:
    with atomic():
        Agency.update(key="A" * 40).execute()

    assert "import it at" in bad(healthy)["LEA keys"]


def test_a_box_without_an_agency_is_not_healthy(healthy: House) -> None:
    with atomic():
        Agency.update(is_active=False).execute()

    assert "no agency is entered" in bad(healthy)["LEA keys"]


def test_a_mail_server_that_does_not_answer_is_named(healthy: House) -> None:
    healthy.internet.post_office.manners = lambda *_: "drop"

    assert "cannot be used" in bad(healthy)["mail server"]


def test_a_letter_in_doubt_and_a_notice_not_told_are_counted(healthy: House) -> None:
    a_letter(healthy.clock.now())
    healthy.internet.post_office.manners = lambda at, _: "drop" if at == "dot" else None
    healthy.works()
    healthy.internet.post_office.manners = lambda *_: None

    assert bad(healthy)["letters"] == "1 in doubt, 0 refused, 0 late"
    assert "1 wait" in bad(healthy)["LEA notices"]


def test_a_region_whose_holidays_nobody_knows_is_named(healthy: House) -> None:
    healthy.settings = replace(healthy.settings, country="DE", holidays_region="XX")

    assert "no region “XX”" in bad(healthy)["holidays"]
