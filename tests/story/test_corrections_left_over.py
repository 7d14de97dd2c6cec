"""Corrections that do not leave by themselves: the item's page has the means."""

import pytest

from reportbox.lifecycle import Letter as State
from reportbox.lifecycle import Ntd, Paper
from reportbox.practice.manners import good_manners
from reportbox.records import atomic
from reportbox.records.contacts import Contact
from reportbox.records.items import Item
from reportbox.records.letters import Letter
from tests.house import House, text_of

ADDRESS = "https://item-one.example/page"
PROVIDER = "abuse@host-one.example"
BUTTON = "They know of the correction"
SEEN = {"reason": "seen again"}


@pytest.fixture
def asked(house: House) -> Item:
    item = house.the_public_reports(ADDRESS)
    house.judges(item, "baseline")
    house.works()
    house.hours_pass(24)
    assert house.ntd(item).state == Ntd.TO_VERIFY
    return item


def takes_no_mail() -> None:
    with atomic():
        Contact.update(channel="form").where(Contact.mailbox == PROVIDER).execute()


def corrected(house: House) -> int:
    letters = house.letters_to_providers()
    return sum("disregard" in text_of(letter) for letter in letters)


def test_a_stuck_correction_of_an_earlier_appearance_has_its_button(
    house: House, asked: Item
) -> None:
    takes_no_mail()
    house.judges(asked, "not_illegal", **SEEN)
    house.works()
    [ntd] = house.ntds(asked)
    house.the_public_reports(ADDRESS)
    house.works()

    page = house.page(f"/items/{asked.id}")
    assert house.item(asked).appearance == ntd.appearance + 1
    assert "Of an earlier appearance" in page
    assert "tell them in another way that the verdict changed" in page
    assert BUTTON in page
    assert "Letter cannot leave" in house.page("/tasks")

    house.does(f"/ntds/{ntd.id}/tell_correction", why="told their desk")
    assert BUTTON not in house.page(f"/items/{asked.id}")
    assert "Of an earlier appearance" not in house.page(f"/items/{asked.id}")
    assert "Letter cannot leave" not in house.page("/tasks")


def test_a_refused_correction_is_tried_again_from_the_page_of_its_item(
    house: House, asked: Item
) -> None:
    house.internet.post_office.manners = lambda point, to: (
        "550 5.7.1 not now" if (point, to) == ("rcpt", PROVIDER) else None
    )
    house.judges(asked, "not_illegal", **SEEN)
    house.works()
    house.internet.post_office.manners = good_manners
    [letter] = Letter.rows(Letter.paper == Paper.NTD_CORRECTION)
    assert letter.state is State.REFUSED
    house.the_public_reports(ADDRESS)

    assert f'action="/letters/{letter.id}/resend"' in house.page(f"/items/{asked.id}")
    assert f'action="/letters/{letter.id}/close"' in house.page(f"/items/{asked.id}")

    house.does(f"/letters/{letter.id}/resend")
    house.works()
    assert corrected(house) == 1
    assert f"/letters/{letter.id}/" not in house.page(f"/items/{asked.id}")


def test_a_correction_in_doubt_is_settled_from_the_page_of_its_item(
    house: House, asked: Item
) -> None:
    house.internet.post_office.manners = lambda point, to: (
        "drop" if (point, to) == ("kept", PROVIDER) else None
    )
    house.judges(asked, "not_illegal", **SEEN)
    house.works()
    house.internet.post_office.manners = good_manners
    [letter] = Letter.rows(Letter.paper == Paper.NTD_CORRECTION)
    assert letter.state is State.IN_DOUBT

    page = house.page(f"/items/{asked.id}")
    assert f'href="/letters/{letter.id}/found"' in page
    assert f'href="/letters/{letter.id}/not_found"' in page

    house.does(f"/letters/{letter.id}/found", why="they telephoned")
    assert f"/letters/{letter.id}/" not in house.page(f"/items/{asked.id}")
    assert corrected(house) == 1


def test_whoever_only_reads_has_no_buttons_there(house: House, asked: Item) -> None:
    house.internet.post_office.manners = lambda point, to: (
        "drop" if (point, to) == ("kept", PROVIDER) else None
    )
    house.judges(asked, "not_illegal", **SEEN)
    house.works()

    assert "/found" not in house.page(f"/items/{asked.id}", "ida")


def test_what_kept_a_reminder_back_is_no_correction_that_is_owed(
    house: House, asked: Item
) -> None:
    takes_no_mail()
    house.hours_pass(24)
    assert house.ntd(asked).trouble
    house.atlas.hosts["item-one.example"] = ("100.80.16.77",)
    house.hours_pass(24)
    house.works()
    gone_by = house.ntds(asked)[0]
    assert (gone_by.state, gone_by.trouble) == (Ntd.WITHDRAWN, "")
    house.does(f"/notices/{house.notice(asked).id}/confirm", receipt="by mail")
    house.does(f"/items/{asked.id}/confirm_removal", why="looked: gone")

    house.the_public_reports(ADDRESS)
    house.judges(asked, "not_illegal", **SEEN)
    house.works()

    assert "Letter cannot leave" not in house.page("/tasks")
    assert BUTTON not in house.page(f"/items/{asked.id}")
