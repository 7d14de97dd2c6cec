"""Whoever removed what turns out not to be illegal hears of it, and nobody too soon."""

import pytest

from reportbox.lifecycle import Item, Ntd
from reportbox.records import atomic
from reportbox.records.contacts import Contact
from reportbox.records.items import Item as Row
from tests.house import House, text_of

PROVIDER = "abuse@host-one.example"
SEEN = {"reason": "seen again"}


@pytest.fixture
def removed(house: House) -> Row:
    """Its provider was asked and removed it; the receipt of the LEA is awaited."""
    item = house.the_public_reports("https://item-one.example/page")
    house.judges(item, "baseline")
    house.works()
    house.hours_pass(24)
    house.does(f"/items/{item.id}/confirm_removal", why="Anna saw it")
    house.hours_pass(1)
    assert house.item(item).state == Item.TO_FINISH
    assert house.ntd(item).state == Ntd.REMOVED
    return item


def corrected(house: House) -> list[str]:
    said = [x for x in house.letters_to_providers() if "disregard" in text_of(x)]
    return [letter.recipient for letter in said]


def test_whoever_removed_what_is_not_illegal_hears_of_it_once(
    house: House, removed: Row
) -> None:
    before = house.ntd(removed)
    house.judges(removed, "not_illegal", as_="ben", **SEEN)
    house.hours_pass(1)
    house.hours_pass(24 * 40)

    assert corrected(house) == [PROVIDER]
    said = text_of(house.letters_to_providers()[-1])
    assert "no reason for that any more" in " ".join(said.split())
    ntd = house.ntd(removed)
    assert (ntd.state, ntd.first_gone_at, ntd.ended_at) == (
        Ntd.WITHDRAWN,
        before.first_gone_at,
        before.ended_at,
    )
    assert "NTD taken back" in house.page(f"/items/{removed.id}")
    assert f'/items/{removed.id}"' not in house.page("/queue/checks")


def test_nobody_is_told_that_it_is_uncertain_before_somebody_has_decided(
    house: House, removed: Row
) -> None:
    house.judges(removed, "uncertain", **SEEN)
    house.hours_pass(24)
    assert house.ntd(removed).state == Ntd.REMOVED
    assert corrected(house) == []

    house.judges(removed, "not_illegal", as_="ben", **SEEN)
    house.works()

    assert corrected(house) == [PROVIDER]


def test_who_removed_what_is_illegal_after_all_is_left_alone(
    house: House, removed: Row
) -> None:
    house.judges(removed, "uncertain", **SEEN)
    house.works()
    house.judges(removed, "baseline", as_="ben")
    house.hours_pass(24)

    assert house.ntd(removed).state == Ntd.REMOVED
    assert len(house.letters_to_providers()) == 1


def test_of_what_was_gone_before_anybody_was_asked_nobody_hears(house: House) -> None:
    item = house.the_public_reports("https://item-one.example/page")
    house.judges(item, "baseline")
    house.works()
    house.does(f"/items/{item.id}/confirm_removal", why="Anna saw it")

    house.judges(item, "not_illegal", as_="ben", **SEEN)
    house.hours_pass(48)

    assert house.letters_to_providers() == []
    assert "verdict changed" not in house.page("/tasks")


def test_whom_no_letter_can_tell_is_told_by_a_person(
    house: House, removed: Row
) -> None:
    with atomic():
        Contact.update(channel="form").where(Contact.mailbox == PROVIDER).execute()

    house.judges(removed, "not_illegal", as_="ben", **SEEN)
    house.works()

    assert corrected(house) == []
    assert "tell them in another way that the verdict changed" in house.page("/tasks")
    assert "They know of the correction" in house.page(f"/items/{removed.id}")
    ntd = house.ntd(removed)
    house.does(f"/ntds/{ntd.id}/tell_correction", why="told their desk")
    assert "that the verdict changed" not in house.page("/tasks")
