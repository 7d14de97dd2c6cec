"""The officers who are told that a provider does not react find the proof there."""

from typing import Any

import pytest

from reportbox.records.items import Event, Item
from reportbox.records.letters import Letter
from tests.agencies import OLGA, OTTO, notice_to, portal
from tests.house import House, csrf_in
from tests.story.test_the_ladder import an_item_that_was_asked_for, days_pass

OK, NOT_FOUND = 200, 404
TITLE = "Proof that the provider does not react"


@pytest.fixture
def silent(house: House) -> Item:
    """An item whose provider was asked and reminded in vain."""
    item = an_item_that_was_asked_for(house)
    days_pass(house, 2)
    return item


def takes(house: House, item: Item, number: int = 1, officer: str = OTTO) -> Any:  # noqa: ANN401 - an answer
    client = house.signed_in(officer)
    form = {"csrf_token": csrf_in(client.get("/me").text)}
    path = f"/lea/notices/{notice_to(house, item).id}/proof/{number}"
    return client.post(path, data=form)


def test_an_officer_takes_the_proof_and_that_is_recorded(
    house: House, silent: Item
) -> None:
    days_pass(house, 1)
    house.works()

    assert TITLE in portal(house, silent)
    answer = takes(house, silent)

    assert answer.status_code == OK
    asked = Letter.rows(Letter.recipient == "abuse@host-one.example")
    assert len(asked) == 3
    assert all(letter.message_id in answer.text for letter in asked)
    assert f"proof-{silent.number}-1.txt" in answer.headers["Content-Disposition"]
    assert "lea take_proof" in house.history(silent)
    [event] = Event.rows(Event.move == "take_proof")
    assert event.who == "Otto, Practice Police"


def test_before_the_agency_is_told_there_is_no_proof(
    house: House, silent: Item
) -> None:
    assert TITLE not in portal(house, silent)
    assert takes(house, silent).status_code == NOT_FOUND


def test_an_officer_of_another_agency_takes_no_proof(
    house: House, silent: Item
) -> None:
    days_pass(house, 1)
    house.works()

    assert takes(house, silent, officer=OLGA).status_code == NOT_FOUND
    assert takes(house, silent, 2).status_code == NOT_FOUND
    assert "lea take_proof" not in house.history(silent)
