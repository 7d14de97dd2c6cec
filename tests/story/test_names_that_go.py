"""Names of what was asked are watched; one that goes asks a person for a look."""

from collections.abc import Coroutine, Iterable, Iterator
from dataclasses import replace
from typing import TypeVar

import pytest

from reportbox.ntd import checks
from reportbox.ntd.rounds import watch_due
from reportbox.records.items import Item as Row
from tests.house import House
from tests.story.test_until_it_is_gone import asked, looks

__all__ = ["asked"]  # a fixture


T = TypeVar("T")


class PowerCut(BaseException):
    """The machine stops while the name servers are asked."""


class TornLoop:
    def each(
        self, work: Iterable[Coroutine[object, object, T]], _at_once: int
    ) -> Iterator[T]:
        for question in work:
            question.close()
        raise PowerCut


def goes_away(house: House) -> tuple[str, ...]:
    address: tuple[str, ...] = house.atlas.hosts.pop("item-one.example")
    return address


def test_a_look_that_a_crash_cut_short_is_made_up_for(house: House, asked: Row) -> None:
    goes_away(house)
    house.clock.advance(hours=13)
    with pytest.raises(PowerCut):
        watch_due(house.settings, replace(house.world, loop=TornLoop()))

    watch_due(house.settings, house.world)

    assert [ntd.item_id for ntd in checks.due(house.settings, house.clock.now())] == [
        asked.id
    ]


def test_a_look_that_nobody_answered_is_made_again_within_the_hour(
    house: House, asked: Row
) -> None:
    address = goes_away(house)
    house.atlas.broken.add("item-one.example")
    house.hours_pass(13)
    assert not checks.due(house.settings, house.clock.now())

    house.atlas.broken.clear()
    house.minutes_pass(30)

    assert [ntd.item_id for ntd in checks.due(house.settings, house.clock.now())] == [
        asked.id
    ]
    assert address


def test_while_a_name_stays_gone_nobody_who_looked_is_asked_again_that_day(
    house: House, asked: Row
) -> None:
    goes_away(house)
    house.hours_pass(13)
    assert checks.due(house.settings, house.clock.now())
    looks(house, asked, "there")

    for _ in range(23):
        house.hours_pass(1)
        assert not checks.due(house.settings, house.clock.now())
    house.hours_pass(13)

    assert checks.due(house.settings, house.clock.now())


def test_whoever_could_not_look_is_asked_again_after_a_day_and_not_before(
    house: House, asked: Row
) -> None:
    goes_away(house)
    house.hours_pass(13)
    looks(house, asked, "not_now")

    for _ in range(23):
        house.hours_pass(1)
        assert not checks.due(house.settings, house.clock.now())
    house.hours_pass(1)

    assert checks.due(house.settings, house.clock.now())


def test_a_look_that_is_due_keeps_its_place_while_the_name_stays_gone(
    house: House, asked: Row
) -> None:
    goes_away(house)
    house.hours_pass(13)
    [first] = checks.due(house.settings, house.clock.now())
    house.hours_pass(13)
    [second] = checks.due(house.settings, house.clock.now())

    assert second.check_at == first.check_at
