"""A new box: opened by a code from the console, closed to the public until then."""

from dataclasses import replace
from datetime import timedelta

import pytest

from reportbox.errors import InvalidInput, Refused
from reportbox.lifecycle import Actor
from reportbox.office import opening
from reportbox.practice.internet import PracticeInternet
from reportbox.records.journey import Deed
from reportbox.records.openings import Opening
from reportbox.records.staff import Account
from reportbox.settings import Settings
from tests.clock import StillClock
from tests.conftest import Pattern, build_house
from tests.house import House, csrf_in


@pytest.fixture
def new_box(
    empty_box: Settings, clock: StillClock, internet: PracticeInternet, pattern: Pattern
) -> House:
    """A box as the installer leaves it: nobody's yet."""
    Account.delete().execute()
    nobodys = replace(empty_box, hotline_name="", fixed=frozenset())
    return build_house(nobodys, clock, internet, pattern)


def code_of(house: House) -> str:
    return opening.new_code(house.settings, house.clock.now())


def shows(house: House, code: str) -> int:
    client = house.stranger()
    token = csrf_in(client.get("/setup").text)
    form = {"csrf_token": token, "code": code}
    return int(client.post("/setup", data=form).status_code)


def test_a_new_box_takes_no_report_and_says_so(new_box: House) -> None:
    answer = new_box.visitor().get("/")

    assert answer.status_code == 503
    assert "This hotline is being set up" in answer.text


def test_every_page_of_the_desk_leads_to_the_wizard(new_box: House) -> None:
    for path in ("/", "/log-in", "/tasks", "/accounts"):
        answer = new_box.stranger().get(path)

        assert answer.headers.get("Location") == "/setup", path


def test_the_code_of_the_console_opens_the_wizard(new_box: House) -> None:
    code = code_of(new_box)

    assert shows(new_box, code) == 303
    assert shows(new_box, code.lower().replace("-", " ")) == 303


def test_a_new_code_replaces_the_one_before(new_box: House) -> None:
    old = code_of(new_box)
    new = code_of(new_box)

    assert shows(new_box, old) == 422
    assert shows(new_box, new) == 303


def test_five_wrong_codes_close_the_wizard_for_a_while(new_box: House) -> None:
    code, now = code_of(new_box), new_box.clock.now()
    for _ in range(5):
        with pytest.raises(InvalidInput):
            opening.try_code("AAAAA-AAAAA-AAAAA-AAAAA", now)

    with pytest.raises(InvalidInput) as refusal:
        opening.try_code(code, now + timedelta(minutes=14))

    assert "Too many wrong codes" in refusal.value.problems["code"]
    assert opening.try_code(code, now + timedelta(minutes=16))


def test_a_code_runs_out_after_a_day_and_says_where_a_new_one_is_made(
    new_box: House,
) -> None:
    code, now = code_of(new_box), new_box.clock.now()

    with pytest.raises(InvalidInput) as refusal:
        opening.try_code(code, now + timedelta(hours=25))

    assert "sudo reportbox setup-code" in refusal.value.problems["code"]


def test_a_code_is_worth_nothing_once_an_administrator_has_joined(
    house: House,
) -> None:
    nobodys = replace(house.settings, hotline_name="", fixed=frozenset())
    opening.new_code(nobodys, house.clock.now())
    found = Opening.newest()

    assert found is not None
    assert not opening.is_good(found.id, house.clock.now())


def test_a_box_that_is_set_up_makes_no_code(house: House) -> None:
    with pytest.raises(Refused, match="account invite"):
        code_of(house)


def test_a_box_takes_reports_once_somebody_has_finished(new_box: House) -> None:
    code_of(new_box)
    whole = replace(new_box.settings, hotline_name="Hotline")
    assert not opening.is_open(whole)

    opening.finish(Deed("Carla", Actor.ANALYST, new_box.clock.now()))

    assert opening.is_open(whole)
    assert not opening.is_open(new_box.settings)
