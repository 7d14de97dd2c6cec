"""Where the LEA checks the removal, its looks are its own: asked for, answered there,
and taken back by the desk when nobody answers.
"""

import pytest

from reportbox.lifecycle import Item as ItemState
from reportbox.lifecycle import Ntd as State
from reportbox.practice.office_page import Opened
from reportbox.records.items import Item
from tests.agencies import (
    COUNTY_ADDRESS,
    OLGA,
    OTTO,
    PAGE,
    POLICE,
    changed,
    code_in,
    letters_to,
    notice_to,
    portal,
    presses,
    told,
)
from tests.builders import agreed
from tests.house import House, text_of

UNPROCESSABLE, CONFLICT = 422, 409


@pytest.fixture
def asked(house: House) -> Item:
    """An item whose provider was asked, where the agreement lets the LEA look."""
    agreed(house.clock.now(), removal_checker="lea")
    changed(POLICE, channel="mail")
    item = told(house)
    house.hours_pass(24)
    assert house.ntd(item).state == State.TO_VERIFY
    return item


def is_with_the_desk(house: House, item: Item) -> bool:
    return f'/items/{item.id}"' in house.page("/queue/checks")


def is_with_the_lea(house: House, item: Item) -> bool:
    return f'/items/{item.id}"' in house.page("/queue/with_lea")


def asking(house: House) -> list[Opened]:
    return [x for x in letters_to(house) if "please look" in x.subject]


def see(house: House, item: Item, seen: str, officer: str = OTTO) -> None:
    notice = notice_to(house, item)
    house.does(f"/lea/notices/{notice.id}/look/{seen}", as_=officer)


def test_a_look_the_lea_does_is_no_work_of_the_desk(house: House, asked: Item) -> None:
    house.hours_pass(72)

    assert is_with_the_lea(house, asked)
    assert not is_with_the_desk(house, asked)
    assert "Check due" not in house.page("/tasks")
    assert "With the LEA since" in house.page(f"/items/{asked.id}")


def test_a_look_nobody_does_comes_back_to_the_desk_after_the_agreed_time(
    house: House, asked: Item
) -> None:
    house.hours_pass(72)
    house.hours_pass(47)
    assert not is_with_the_desk(house, asked)

    house.hours_pass(1)

    assert is_with_the_desk(house, asked)
    assert not is_with_the_lea(house, asked)
    assert "Ask the LEA, who checks" in house.page("/tasks")


def test_the_letter_that_asks_is_encrypted_and_answered_by_its_link(
    house: House, asked: Item
) -> None:
    house.hours_pass(72)

    [letter] = asking(house)
    assert letter.is_encrypted
    assert asked.number in text_of(letter)
    assert PAGE in dict(letter.parts)["addresses.csv"]
    code = code_in(letter)
    visitor = house.stranger("portal")
    visitor.get(f"/n/{code}")
    assert house.ntd(asked).state == State.TO_VERIFY  # opening it says nothing

    answer = presses(visitor, code, "look/gone", notice=str(notice_to(house, asked).id))

    assert answer.status_code == 303
    assert house.ntd(asked).state == State.REMOVED
    assert "look due" not in visitor.get(f"/n/{code}").text
    assert "has found it removed" in house.page("/tasks")
    assert not is_with_the_lea(house, asked)


def test_every_look_is_asked_for_once(house: House, asked: Item) -> None:
    other = told(house, "https://item-two.example/page")
    house.hours_pass(24)
    house.hours_pass(72)
    house.hours_pass(2)

    texts = [text_of(letter) for letter in asking(house)]
    for item in (asked, other):
        assert sum(item.number in text for text in texts) == 1


def test_still_there_by_the_link_plans_the_next_look(house: House, asked: Item) -> None:
    house.hours_pass(72)
    code = code_in(asking(house)[0])
    number = str(notice_to(house, asked).id)

    presses(house.stranger("portal"), code, "look/there", notice=number)

    assert house.ntd(asked).state == State.TO_VERIFY
    assert not is_with_the_lea(house, asked)
    assert "ntd check_there" in house.history(asked)
    house.hours_pass(96)
    assert is_with_the_lea(house, asked)
    assert len(asking(house)) == 2


def test_nobody_answers_by_a_link_for_a_look_that_is_not_due(
    house: House, asked: Item
) -> None:
    code = notice_to(house, asked).code
    number = str(notice_to(house, asked).id)

    answer = presses(house.stranger("portal"), code, "look/gone", notice=number)

    assert answer.status_code == CONFLICT
    assert house.ntd(asked).state == State.TO_VERIFY


def test_officers_say_what_they_saw_at_one_click(house: House, asked: Item) -> None:
    house.hours_pass(72)
    assert "Still there" in house.page("/lea/notices/", OTTO)

    see(house, asked, "there")
    assert "look due" not in house.page("/lea/notices/", OTTO)
    assert "still there" in portal(house, asked)
    house.hours_pass(96)
    see(house, asked, "gone")

    assert house.item(asked).removed_at == house.clock.now()
    house.works()
    assert house.item(asked).state == ItemState.REMOVED


def test_an_agency_with_the_portal_alone_is_asked_without_a_word_of_it(
    house: House,
) -> None:
    agreed(house.clock.now(), removal_checker="lea")
    changed(POLICE, gets_copies=False)
    item = told(house, region="North")
    house.hours_pass(24)
    before = len(letters_to(house, COUNTY_ADDRESS))

    house.hours_pass(72)

    [note] = [
        x
        for x in letters_to(house, COUNTY_ADDRESS)[before:]
        if "something new" in x.subject
    ][-1:]
    assert item.number not in str(note)
    assert "look due" in house.page("/lea/notices/", OLGA)
    assert is_with_the_lea(house, item)


@pytest.mark.parametrize("why", ["web tool", "silent"])
def test_who_cannot_be_asked_is_waited_for_by_nobody(house: House, why: str) -> None:
    agreed(house.clock.now(), removal_checker="lea", silent_days=1)
    changed(POLICE, channel="mail")
    item = told(house)
    house.hours_pass(24)
    if why == "web tool":
        changed(POLICE, channel="web_tool")

    house.hours_pass(72)

    assert is_with_the_desk(house, item)
    assert not asking(house)


def test_what_the_lea_finds_back_is_a_report_anew(house: House, asked: Item) -> None:
    house.hours_pass(72)
    see(house, asked, "gone")
    house.works()
    house.hours_pass(24 * 30)
    assert is_with_the_lea(house, asked)
    assert "It has come back" in portal(house, asked)

    see(house, asked, "there")

    assert house.item(asked).state == ItemState.TO_ASSESS
    assert house.item(asked).appearance == 2
