"""After the notice: reminders, the LEA, looks, until it is gone and stays gone."""

from datetime import timedelta

import pytest

from reportbox.lifecycle import Item, Ntd
from reportbox.ntd import checks
from reportbox.records.items import Item as Row
from tests.house import House, text_of

ADDRESS = "https://item-one.example/page"


@pytest.fixture
def asked(house: House) -> Row:
    """An item whose provider was asked a moment ago."""
    item = house.the_public_reports(ADDRESS)
    house.judges(item, "baseline")
    house.works()
    house.does(f"/notices/{house.notice(item).id}/confirm", receipt="case 7")
    house.hours_pass(24)
    assert house.ntd(item).state == Ntd.TO_VERIFY
    return item


def looks(house: House, item: Row, seen: str) -> None:
    house.does(f"/items/{item.id}/check/{seen}")


def is_due(house: House, item: Row) -> bool:
    queue = house.page("/queue/checks")
    return f'/items/{item.id}"' in queue


def test_a_provider_that_does_not_react_is_reminded_called_and_told_of(
    house: House, asked: Row
) -> None:
    assert "Telephone" not in house.page("/tasks")
    for _ in "ab":
        house.hours_pass(24)
    assert len(house.letters_to_providers()) == 3
    assert "does not react to 2 reminders: telephone them" in house.page("/tasks")

    house.does(f"/ntds/{house.ntd(asked).id}/call", why="spoke to the desk, case 9")
    assert "telephone them" not in house.page("/tasks")

    before = len(house.letters_to_the_lea())
    house.hours_pass(24)
    house.works()
    [letter] = house.letters_to_the_lea()[before:]
    assert "Provider does not react: Home Hosting One" in text_of(letter)
    assert "reminded 2 times" in text_of(letter)

    for _ in range(28):
        house.hours_pass(24)
    assert len(house.letters_to_providers()) == 3
    assert len(house.letters_to_the_lea()) == before + 1
    assert "was asked 28 days ago and it is still there" in house.page("/tasks")


def test_the_lea_hears_nothing_of_a_silent_provider_while_it_holds_the_item(
    house: House, asked: Row
) -> None:
    house.does(f"/items/{asked.id}/hold", why="as the LEA asked", officer="Otto")
    before = len(house.letters_to_the_lea())

    house.hours_pass(24 * 5)

    assert len(house.letters_to_the_lea()) == before
    assert len(house.letters_to_providers()) == 1
    assert "telephone them" not in house.page("/tasks")


def test_a_person_looks_after_three_days_and_after_a_week_and_then_no_more(
    house: House, asked: Row
) -> None:
    house.hours_pass(71)
    assert not is_due(house, asked)

    house.hours_pass(1)
    assert is_due(house, asked)
    looks(house, asked, "there")
    assert not is_due(house, asked)

    house.hours_pass(95)
    assert not is_due(house, asked)
    house.hours_pass(1)
    looks(house, asked, "there")
    house.hours_pass(24 * 20)

    assert not is_due(house, asked)
    assert house.ntd(asked).state == Ntd.TO_VERIFY


def test_whoever_could_not_look_is_asked_again_the_next_day(
    house: House, asked: Row
) -> None:
    house.hours_pass(72)
    looks(house, asked, "not_now")

    assert not is_due(house, asked)
    house.hours_pass(24)
    assert is_due(house, asked)


def test_a_claim_is_looked_at_at_once_and_is_no_removal(
    house: House, asked: Row
) -> None:
    house.does(f"/ntds/{house.ntd(asked).id}/claim_removal", why="they wrote: removed")
    house.works()

    assert checks.CLAIMED in house.page(f"/items/{asked.id}")
    looks(house, asked, "there")

    assert house.ntd(asked).state == Ntd.TO_VERIFY
    assert house.item(asked).state == Item.TO_FINISH


def test_what_is_gone_is_looked_at_once_more_after_thirty_days(
    house: House, asked: Row
) -> None:
    house.hours_pass(72)
    looks(house, asked, "gone")
    house.works()
    assert house.item(asked).state == Item.REMOVED

    house.hours_pass(24 * 29)
    assert not is_due(house, asked)
    house.hours_pass(24)
    assert checks.AFTER_REMOVAL in house.page(f"/items/{asked.id}")
    looks(house, asked, "gone")

    house.hours_pass(24 * 60)
    assert not is_due(house, asked)
    assert house.item(asked).state == Item.REMOVED


def test_what_has_come_back_is_judged_anew(house: House, asked: Row) -> None:
    house.hours_pass(72)
    looks(house, asked, "gone")
    house.works()
    house.hours_pass(24 * 30)

    looks(house, asked, "there")
    house.works()

    item = house.item(asked)
    assert (item.state, item.appearance) == (Item.TO_ASSESS, 2)
    assert "a look of our own" in house.page(f"/items/{asked.id}")
    assert not is_due(house, asked)


def test_a_report_that_comes_meanwhile_makes_the_look_needless(
    house: House, asked: Row
) -> None:
    house.hours_pass(72)
    looks(house, asked, "gone")
    house.works()
    house.the_public_reports(ADDRESS)
    house.hours_pass(24 * 31)

    assert not is_due(house, asked)


def test_a_name_that_is_gone_brings_the_look_forward_and_ends_nothing(
    house: House, asked: Row
) -> None:
    del house.atlas.hosts["item-one.example"]

    house.hours_pass(13)
    house.works()

    assert is_due(house, asked)
    assert checks.NAME_GONE in house.page(f"/items/{asked.id}")
    assert house.ntd(asked).state == Ntd.TO_VERIFY


def test_two_people_who_looked_at_once_count_as_one(house: House, asked: Row) -> None:
    house.hours_pass(72)
    looks(house, asked, "there")

    second = house.posts(f"/items/{asked.id}/check/gone")

    assert second.status_code == 409
    assert checks.NOT_DUE in second.text
    assert house.item(asked).state == Item.TO_FINISH


def test_a_look_that_came_late_is_not_made_up_for(house: House, asked: Row) -> None:
    house.hours_pass(24 * 8)
    looks(house, asked, "there")

    assert house.ntd(asked).check_at is None
    assert house.ntd(asked).asked_at + timedelta(days=7) < house.clock.now()


def test_the_item_page_accounts_for_every_hour_before_the_notice(house: House) -> None:
    item = house.the_public_reports(ADDRESS)
    house.judges(item, "baseline")
    house.works()
    house.hours_pass(4)
    house.does(f"/items/{item.id}/hold", why="as the LEA asked", officer="Otto")
    house.hours_pass(30)
    house.releases(item)
    house.hours_pass(0.1)

    page = house.page(f"/items/{item.id}")

    assert "4.0 agreed with the LEA, 30.0 held by the LEA" in page


def test_a_contact_nobody_approved_is_one_decision_in_one_queue(house: House) -> None:
    item = house.the_public_reports("https://page-new.example/1")
    house.judges(item, "baseline")
    house.works()
    house.hours_pass(24)

    assert f'/items/{item.id}"' in house.page("/queue/changed")
