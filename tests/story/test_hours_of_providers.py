"""Letters wait until their readers are in the office, and the item page says so."""

import pytest

from reportbox.lifecycle import Ntd
from reportbox.records.contacts import Contact
from reportbox.records.items import Item
from tests.house import House

DESK = "abuse@host-one.example"
WAY = {"channel": "mail", "language": "en", "format": "csv"}


def reads(house: House, hours: str, closed_on: str = "", zone: str = "") -> None:
    """Say when the desk reads its mail, by its page of the book."""
    row = Contact.get(Contact.mailbox == DESK)
    said = {"mailbox": DESK, "provider": "Home Hosting One", "country": "", "note": ""}
    how = {**WAY, "hours": hours, "closed_on": closed_on, "zone": zone}
    house.does(f"/contacts/{row.id}/change", **said, **how)


def judged(house: House, **more: str) -> Item:
    """Judge an item on Monday, 11:00 in Tallinn, with its LEA told at once."""
    item = house.the_public_reports("https://item-one.example/page")
    house.judges(item, "baseline", **more)
    house.works()
    house.does(f"/notices/{house.notice(item).id}/confirm", receipt="case 7")
    return house.item(item)


def sent(house: House) -> int:
    return len(house.letters_to_providers())


def test_a_letter_waits_for_the_hours_of_the_provider_and_the_page_says_why(
    house: House,
) -> None:
    reads(house, "14-17")
    item = judged(house)
    house.hours_pass(24)

    assert sent(house) == 0
    page = house.page(f"/items/{item.id}")
    assert "Waits for the agreed time and the window of the provider" in page
    assert "24.0 agreed with the LEA" in page

    house.hours_pass(2.9)
    assert sent(house) == 0
    house.hours_pass(0.1)
    assert sent(house) == 1
    page = house.page(f"/items/{item.id}")
    assert "24.0 agreed with the LEA, 3.0 window of the provider" in page


def test_what_a_hold_let_go_at_night_waits_for_the_morning(house: House) -> None:
    reads(house, "9-17")
    item = judged(house)
    house.does(f"/items/{item.id}/hold", why="as the LEA asked", officer="Otto")
    house.hours_pass(37)  # midnight
    house.releases(item)
    house.works()

    assert sent(house) == 0
    assert "window of the provider" in house.page(f"/items/{item.id}")

    house.hours_pass(9)
    assert sent(house) == 1
    assert "9.0 window of the provider" in house.page(f"/items/{item.id}")


def test_reminders_wait_for_those_hours_as_well(house: House) -> None:
    reads(house, "9-12")
    judged(house)
    house.hours_pass(24)
    assert sent(house) == 1  # at eleven
    reads(house, "13-17")

    house.hours_pass(24)
    assert sent(house) == 1
    house.hours_pass(2)
    assert sent(house) == 2


def test_on_days_it_is_closed_a_provider_gets_nothing(house: House) -> None:
    reads(house, "0-24", closed_on="2030-01-08, 01-09")
    judged(house)
    house.hours_pass(24)
    assert sent(house) == 0

    house.hours_pass(36)
    assert sent(house) == 0
    house.hours_pass(1)
    assert sent(house) == 1


def test_its_hours_are_those_of_its_own_zone(house: House) -> None:
    reads(house, "9-17", zone="America/New_York")
    judged(house)
    house.hours_pass(24)
    assert sent(house) == 0  # four in the morning over there

    house.hours_pass(5)
    assert sent(house) == 1


def test_urgency_opens_no_window_and_holds_the_notice(house: House) -> None:
    reads(house, "14-17")
    threat = {"is_urgent": "yes", "urgent_reason": "a sentence"}
    item = house.the_public_reports("https://item-one.example/page")
    house.judges(item, "baseline", **threat)
    house.works()
    house.hours_pass(26)
    assert sent(house) == 0  # held until the LEA answers
    house.does(f"/notices/{house.notice(item).id}/confirm", receipt="case 7")
    house.works()
    assert sent(house) == 0
    house.hours_pass(1)

    assert sent(house) == 1
    assert house.ntd(item).state == Ntd.TO_VERIFY


def test_the_lea_is_told_whatever_the_hour(house: House) -> None:
    reads(house, "14-15")
    house.hours_pass(14)  # one in the night
    item = house.the_public_reports("https://item-one.example/page")
    house.judges(item, "baseline")
    house.works()

    assert len(house.letters_to_the_lea()) == 1


@pytest.mark.parametrize(
    ("hours", "closed_on", "wrong"),
    [
        ("17-9", "", "full hours"),
        ("9:30-17", "", "full hours"),
        ("9-25", "", "full hours"),
        ("", "12-24", "give the hours too"),
        ("9-17", "Christmas", "12-24 for every year"),
        ("9-17", "2030-02-30", "12-24 for every year"),
    ],
)
def test_hours_that_cannot_be_are_refused_in_words(
    house: House, hours: str, closed_on: str, wrong: str
) -> None:
    row = Contact.get(Contact.mailbox == DESK)
    said = {"mailbox": DESK, "provider": "Home Hosting One", "zone": ""}
    how = {**WAY, "hours": hours, "closed_on": closed_on}

    answer = house.posts(f"/contacts/{row.id}/change", **said, **how)

    assert answer.status_code == 422
    assert wrong in answer.text
    assert Contact.get_by_id(row.id).hours == ""
