"""The LEA asks for time: nothing leaves that outsiders could notice."""

from reportbox.lifecycle import Letter as LetterState
from reportbox.lifecycle import Ntd
from reportbox.records.letters import Letter
from tests.house import House


def test_a_hold_stops_the_notice_until_it_is_released(house: House) -> None:
    item = house.the_public_reports("https://item-one.example/page")
    house.judges(item, "baseline")
    house.works()

    house.does(f"/items/{item.id}/hold", by_lea="yes", why="asked by telephone")
    house.hours_pass(24 * 5)
    assert house.letters_to_providers() == []
    assert "On hold" in house.page(f"/items/{item.id}")
    assert item.number in house.page("/queue/held")

    house.releases(item)
    house.works()
    assert len(house.letters_to_providers()) == 1


def test_a_hold_one_second_before_the_notice_is_due_wins(house: House) -> None:
    item = house.the_public_reports("https://item-one.example/page")
    house.judges(item, "baseline")
    house.works()
    house.clock.advance(hours=24, seconds=-1)

    house.does(f"/items/{item.id}/hold", why="asked by telephone")
    house.clock.advance(seconds=1)
    house.works()

    assert house.letters_to_providers() == []


def test_a_hold_dissolves_the_letter_and_the_other_items_go_without_it(
    house: House,
) -> None:
    held = house.the_public_reports("https://item-one.example/page-one")
    free = house.the_public_reports("https://item-one.example/page-two")
    for item in (held, free):
        house.judges(item, "baseline")
    house.works()
    house.internet.post_office.manners = lambda point, to: (
        "451 later" if point == "rcpt" and "police" not in to else None
    )
    house.hours_pass(24)
    assert house.ntd(held).state == house.ntd(free).state == Ntd.TO_SEND

    house.does(f"/items/{held.id}/hold", why="asked by telephone")
    house.internet.post_office.manners = lambda *_: None
    house.minutes_pass(5)

    [letter] = house.letters_to_providers()
    assert "page-two" in dict(letter.parts)["addresses.csv"]
    assert "page-one" not in dict(letter.parts)["addresses.csv"]
    assert house.ntd(held).state == Ntd.TO_FALL_DUE
    assert Letter.counts()[LetterState.STOPPED] == 1


def test_during_a_hold_nothing_is_reminded_or_referred(house: House) -> None:
    item = house.the_public_reports("https://item-both.example/item")
    house.judges(item, "baseline")
    house.works()
    house.hours_pass(24)
    house.does(f"/items/{item.id}/hold", why="asked by telephone")

    house.hours_pass(24 * 3)
    refused = house.posts(
        f"/referrals/{house.referral(item).id}/refer", iccam_number="ICCAM-1"
    )

    assert len(house.letters_to_providers()) == 1
    assert refused.status_code == 409
    assert "on hold" in refused.text


def test_the_lea_is_still_told_while_an_item_is_on_hold(house: House) -> None:
    house.atlas.broken.add("*")
    item = house.the_public_reports("https://item-one.example/page")
    house.judges(item, "baseline")
    house.works()
    house.does(f"/items/{item.id}/hold", why="asked by telephone")

    house.minutes_pass(31)

    assert len(house.letters_to_the_lea()) == 1
