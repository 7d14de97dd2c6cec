"""When an address was last seen online and first seen gone is written as it happens."""

from datetime import timedelta

from reportbox.lifecycle import Ntd as NtdState
from reportbox.records.items import Item
from tests.house import House


def asked(house: House, host: str = "item-one.example") -> Item:
    """Report, judge and wait until the provider was asked."""
    item = house.the_public_reports(f"https://{host}/page")
    house.judges(item, "baseline")
    house.works()
    house.hours_pass(24)
    return house.item(item)


def test_the_verdict_is_the_first_time_a_person_saw_it_online(house: House) -> None:
    item = asked(house)

    ntd = house.ntd(item)
    assert ntd.last_seen_at == item.judged_at
    assert (ntd.first_gone_at, ntd.replied_at, ntd.ended_at) == (None, None, None)


def test_still_there_is_a_later_look_and_the_claim_before_it_an_answer(
    house: House,
) -> None:
    item = asked(house)
    house.does(f"/ntds/{house.ntd(item).id}/claim_removal", why="answered: removed")
    claimed_at = house.clock.now()
    house.clock.advance(hours=3)

    house.does(f"/ntds/{house.ntd(item).id}/still_there", why="looked")

    ntd = house.ntd(item)
    assert ntd.last_seen_at == house.clock.now()
    assert ntd.replied_at == claimed_at
    assert ntd.first_gone_at is None


def test_the_first_answer_counts_and_not_a_later_one(house: House) -> None:
    item = asked(house)
    number = house.ntd(item).id
    house.does(f"/ntds/{number}/claim_removal", why="answered: removed")
    first = house.clock.now()
    house.does(f"/ntds/{number}/still_there", why="looked")
    house.clock.advance(hours=5)

    house.does(f"/ntds/{number}/claim_removal", why="answered once more")

    assert house.ntd(item).replied_at == first


def test_confirmed_removal_is_the_first_time_it_was_seen_gone(house: House) -> None:
    item = asked(house)
    house.clock.advance(hours=7)

    house.does(f"/items/{item.id}/confirm_removal", why="looked: gone")

    ntd = house.ntd(item)
    assert ntd.state == NtdState.REMOVED
    assert ntd.first_gone_at == ntd.ended_at == house.clock.now()
    assert ntd.last_seen_at == item.judged_at


def test_an_officer_who_finds_it_gone_is_a_person_who_looked(house: House) -> None:
    item = asked(house)
    notice = house.notice(item).id

    house.does(f"/lea/notices/{notice}/removed", as_="otto", why="")

    assert house.ntd(item).first_gone_at == house.clock.now()


def test_what_was_given_up_is_followed_until_then_and_gone_when_seen_gone(
    house: House,
) -> None:
    item = asked(house)
    house.does(f"/ntds/{house.ntd(item).id}/give_up", why="nobody answers")
    given_up = house.clock.now()
    assert house.ntd(item).ended_at == given_up
    assert house.ntd(item).first_gone_at is None

    house.clock.advance(days=9)
    house.does(f"/items/{item.id}/confirm_removal", why="looked: gone")

    ntd = house.ntd(item)
    assert (ntd.ended_at, ntd.first_gone_at) == (given_up, house.clock.now())


def test_a_provider_it_moved_away_from_did_not_remove_it(house: House) -> None:
    item = asked(house)
    first = house.ntd(item)
    house.atlas.hosts["item-one.example"] = house.atlas.hosts["item-two.example"]
    house.hours_pass(25)
    left_at = house.clock.now()
    house.clock.advance(hours=2)

    house.does(f"/items/{item.id}/confirm_removal", why="looked: gone")

    left, second = house.ntds(item)
    assert (left.id, left.state) == (first.id, NtdState.WITHDRAWN)
    assert left.first_gone_at is None
    assert left.ended_at == left_at
    assert second.first_gone_at == house.clock.now()


def test_whoever_is_asked_later_is_asked_about_what_was_seen_since(
    house: House,
) -> None:
    item = asked(house)
    house.does(f"/ntds/{house.ntd(item).id}/claim_removal", why="answered: removed")
    house.clock.advance(hours=3)
    house.does(f"/ntds/{house.ntd(item).id}/still_there", why="looked")
    looked_at = house.clock.now()
    house.atlas.hosts["item-one.example"] = house.atlas.hosts["item-two.example"]

    house.hours_pass(25)

    assert house.ntds(item)[-1].last_seen_at == looked_at


def test_what_comes_back_has_looks_of_its_own(house: House) -> None:
    item = asked(house)
    house.does(f"/notices/{house.notice(item).id}/confirm", receipt="by mail")
    house.does(f"/items/{item.id}/confirm_removal", why="looked: gone")
    gone_at = house.clock.now()
    house.clock.advance(days=2)
    again = house.the_public_reports("https://item-one.example/page")
    house.judges(again, "baseline")
    house.works()

    old, new = type(house.ntd(again)).rows()

    assert (old.first_gone_at, new.first_gone_at) == (gone_at, None)
    assert new.last_seen_at - gone_at == timedelta(days=2)
