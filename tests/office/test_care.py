"""Breaks, the day's ceiling, trainings: care for those who assess."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from reportbox.office.welfare import Stretch, load, minutes
from reportbox.records.items import Item
from tests.conftest import Pattern, build_house
from tests.house import House

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)


def stretch(start: int, end: int) -> Stretch:
    """From and to, in minutes after nine."""
    return Stretch(NINE + timedelta(minutes=start), NINE + timedelta(minutes=end))


@pytest.mark.parametrize(
    ("stretches", "now", "today", "since_break"),
    [
        ([], 0, 0, 0),
        ([stretch(0, 30)], 30, 30, 30),
        ([stretch(0, 30), stretch(35, 60)], 60, 55, 55),  # five minutes are no break
        ([stretch(0, 30), stretch(40, 60)], 60, 50, 20),  # ten are
        ([stretch(0, 50)], 60, 50, 0),  # had one just now
        ([stretch(35, 60), stretch(0, 30)], 60, 55, 55),  # in any order
    ],
)
def test_a_day_is_added_up(
    stretches: list[Stretch], now: int, today: int, since_break: int
) -> None:
    found = load(stretches, NINE + timedelta(minutes=now))

    assert minutes(found.today) == today
    assert minutes(found.since_break) == since_break


def works_for(house: House, item: Item, length: int, as_: str = "anna") -> None:
    """Look at an item for so many minutes, with a sign of work now and then."""
    house.posts(f"/items/{item.id}/copy", as_=as_)
    for _ in range(length // 10):
        house.clock.advance(minutes=10)
        house.posts(f"/items/{item.id}/renew", as_=as_)


@pytest.fixture
def item(house: House) -> Item:
    return house.the_public_reports("https://item-one.example/1")


def test_after_fifty_minutes_a_break_is_proposed_until_one_is_taken(
    house: House, item: Item
) -> None:
    works_for(house, item, 40)
    assert "Time for a break" not in house.page("/queue/")

    works_for(house, item, 10)
    assert "Time for a break" in house.page("/queue/")
    assert "Time for a break" not in house.page("/queue/", "ben")

    house.clock.advance(minutes=11)
    assert "Time for a break" not in house.page("/queue/")


def test_after_four_hours_the_queue_is_handed_over(house: House, item: Item) -> None:
    other = house.the_public_reports("https://item-one.example/2")
    works_for(house, item, 240)

    assert house.item(item).taken_by == ""
    for path in (f"/items/{other.id}/copy", "/queue/assess/next", "/items/2/take"):
        refused = house.posts(path)
        assert refused.status_code == 409, path
        assert "for as long as one day allows" in refused.text
    assert "enough assessing for today" in house.page("/queue/")
    assert house.posts(f"/items/{other.id}/copy", as_="ben").status_code == 200
    house.clock.advance(hours=24)
    assert house.posts(f"/items/{other.id}/copy").status_code == 200


def test_a_long_silent_look_counts_as_a_quarter_of_an_hour(
    house: House, item: Item
) -> None:
    house.posts(f"/items/{item.id}/copy")
    house.clock.advance(minutes=40)

    house.judges(item, "baseline")

    assert "15 of 240 minutes" in house.page("/me")


def test_a_night_between_two_looks_counts_as_a_quarter_of_an_hour(
    house: House, item: Item
) -> None:
    house.posts(f"/items/{item.id}/copy")
    house.clock.advance(hours=4)

    house.posts(f"/items/{item.id}/copy")

    assert "15 of 240 minutes" in house.page("/me")


def test_nobody_sees_anybody_elses_minutes(house: House, item: Item) -> None:
    works_for(house, item, 240)

    team = house.page("/team/", "mira")

    assert "1 of the team reached" in team
    limits = team.partition('id="limits"')[2].partition("</section>")[0]
    assert "Anna" not in limits
    assert "240 of" not in house.page("/me", "ben")
    for path in ("/team/", "/audit/", "/me"):
        assert "240 of 240" not in house.page(path, "mira"), path


@pytest.fixture
def strict(house: House, pattern: Pattern) -> House:
    settings = replace(house.settings, training="block")
    return build_house(settings, house.clock, house.internet, pattern)


def test_without_a_valid_training_nobody_assesses_where_that_is_the_rule(
    strict: House,
) -> None:
    house = strict
    item = house.the_public_reports("https://item-one.example/1")
    today = house.clock.now().date()
    training = {
        "account": "1",
        "what": "content assessment",
        "held_on": today.isoformat(),
        "valid_until": (today + timedelta(days=365)).isoformat(),
    }

    assert "no valid training record" in house.tries_to_judge(item, "spam").text
    assert house.posts("/queue/assess/next").status_code == 409
    wrong = house.posts(
        "/team/trainings", as_="lena", **{**training, "valid_until": "soon"}
    )
    assert wrong.status_code == 422
    house.does("/team/trainings", as_="lena", **training)
    house.judges(item, "spam")

    assert "content assessment" in house.page("/team/", "ida")


def test_a_training_that_ran_out_is_said(house: House) -> None:
    today = house.clock.now().date()
    training = {
        "account": "1",
        "what": "content assessment",
        "held_on": (today - timedelta(days=400)).isoformat(),
        "valid_until": (today - timedelta(days=35)).isoformat(),
    }
    house.does("/team/trainings", as_="lena", **training)

    assert "expired" in house.page("/team/", "lena")
    assert "no valid training record" in house.page("/queue/")


def test_a_short_code_becomes_its_text(house: House) -> None:
    item = house.the_public_reports("https://item-one.example/1")
    wrong = house.posts("/team/snippets", as_="lena", code="No Code", text="")
    house.does("/team/snippets", as_="lena", code="gone", text="Nothing is there.")

    house.judges(item, "not_illegal", reason="Looked: ;gone (;unknown)")

    assert wrong.status_code == 422
    page = house.page(f"/items/{item.id}")
    assert "Looked: Nothing is there. (;unknown)" in page
    house.does("/team/snippets/1/forget", as_="lena")
    assert ";gone" not in house.page("/team/", "lena")


def test_distressing_words_stay_folded(house: House) -> None:
    item = house.the_public_reports(
        "https://item-one.example/1", comments="item one, in their words"
    )
    page = house.page(f"/items/{item.id}")
    assert "<details><summary>Words marked" not in page

    house.does("/reports/1/fold", item="1")

    folded = house.page(f"/items/{item.id}")
    assert "<details><summary>Words marked as distressing" in folded
    house.does("/reports/1/fold", item="1")
    assert "<details><summary>Words marked" not in house.page(f"/items/{item.id}")
