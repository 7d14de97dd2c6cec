"""The desk as two people use it at the same time, and what it says."""

from dataclasses import replace
from datetime import timedelta

import pytest

from reportbox.assessment.actions import as_seen
from reportbox.assessment.history import BUTTONS, SENTENCES
from reportbox.errors import InvalidInput
from reportbox.lifecycle import TABLES, Item, Kind, Move
from reportbox.practice.clock import MovableClock
from reportbox.records import atomic
from reportbox.records.items import Sighting
from reportbox.records.journey import TOLD_OF_LETTERS
from reportbox.tracing.address import read_address
from tests.house import House, csrf_in


def test_a_verdict_given_on_an_old_page_overturns_nothing(house: House) -> None:
    item = house.the_public_reports("https://item-one.example/page")
    bens_page = as_seen(item)
    house.judges(item, "national", as_="anna")

    refused = house.tries_to_judge(
        item, "not_illegal", as_="ben", reason="old page", seen=bens_page
    )

    assert refused.status_code == 409
    assert "Anna judged it" in refused.text
    assert 'value="old page"' in refused.text  # nothing typed is lost
    assert house.item(item).state == Item.TO_TRACE


def test_an_item_taken_by_a_colleague_is_left_to_them_for_a_while(house: House) -> None:
    item = house.the_public_reports("https://item-one.example/page")
    house.does(f"/items/{item.id}/take", as_="anna")

    assert "taken by Anna" in house.page("/queue/assess", as_="ben")
    assert house.tries_to_judge(item, "spam", as_="ben").status_code == 409
    assert house.posts(f"/items/{item.id}/take", as_="ben").status_code == 409

    house.clock.advance(minutes=16)
    house.judges(item, "spam", as_="ben")
    assert house.item(item).state == Item.SET_ASIDE


def test_a_verdict_form_with_a_mistake_is_drawn_again_with_what_was_typed(
    house: House,
) -> None:
    item = house.the_public_reports("https://item-one.example/page")

    refused = house.tries_to_judge(
        item, "not_assessed", retry_on="2030-01-01", summary="item one, in my words"
    )

    assert refused.status_code == 422
    assert "choose the reason" in refused.text
    assert "a day after today" in refused.text
    assert "item one, in my words" in refused.text
    assert house.item(item).state == Item.TO_ASSESS


def test_the_answers_for_the_lea_can_be_read_after_the_verdict(house: House) -> None:
    item = house.the_public_reports("https://item-one.example/page")
    house.judges(item, "baseline", summary="item one, in my words")

    assert "item one, in my words" in house.page(f"/items/{item.id}")


def test_the_live_address_is_shown_only_on_demand_and_that_is_remembered(
    house: House,
) -> None:
    item = house.the_public_reports("https://item-one.example/page")
    assert "https://item-one.example/page" not in house.page(f"/items/{item.id}")

    shown = house.posts(f"/items/{item.id}/show-address").text

    assert 'value="https://item-one.example/page"' in shown
    assert "item show_address" in house.history(item)


def test_whoever_reloads_the_address_of_a_form_gets_the_item(house: House) -> None:
    house.the_public_reports("https://item-one.example/page")

    for path in ("/items/1/judge", "/items/1/show-address"):
        answer = house.signed_in().get(path)
        assert answer.location == "/items/1"


def test_every_move_that_is_remembered_has_a_sentence_and_every_button_a_label() -> (
    None
):
    for kind, steps in TABLES.items():
        for step in steps:
            if kind is not Kind.LETTER or step.move in TOLD_OF_LETTERS:
                assert (kind, step.move) in SENTENCES, step
    assert all(label[0].isupper() for label in BUTTONS.values())
    assert Move.HOLD in BUTTONS


def test_two_addresses_in_one_field_are_asked_for_one_by_one() -> None:
    with pytest.raises(InvalidInput, match="one address per line"):
        read_address("https://item-two.example/page https://item-three.example/2")


def test_the_practice_clock_logs_nobody_out(house: House) -> None:
    client = house.signed_in()
    token = csrf_in(client.get("/queue/").text)
    clock = MovableClock(house.settings.data_dir / "practice-clock")
    clock.move(house.clock.now() - clock.now())
    house.app.extensions["world"] = replace(house.world, clock=clock)

    client.post("/practice/clock", data={"csrf_token": token, "by": "day"})

    assert clock.now() >= house.clock.now() + timedelta(days=1)
    assert client.get("/queue/").status_code == 200


def test_the_addresses_of_one_report_are_copied_together(house: House) -> None:
    first = house.the_public_reports("https://item-one.example/1")
    second = house.the_public_reports("https://item-one.example/2")
    with atomic():
        Sighting.create(report=1, item=second)

    page = house.page(f"/items/{first.id}")
    copied = house.posts("/reports/1/copy")

    assert "Copy all addresses of this report" in page
    assert copied.text == "https://item-one.example/1\nhttps://item-one.example/2"
    for item in (first, second):
        assert house.history(item) == ["item copy_address"]


def test_providers_never_learn_an_analysts_name(house: House) -> None:
    item = house.the_public_reports("https://item-one.example/page")
    house.judges(item, "baseline", summary="item one")
    house.works()
    house.hours_pass(25)

    [letter] = house.letters_to_providers()

    assert "Anna" not in str(letter)


def test_copying_takes_the_item_and_starts_the_clock(house: House) -> None:
    item = house.the_public_reports("https://item-one.example/page")

    copied = house.posts(f"/items/{item.id}/copy")

    assert copied.text == "https://item-one.example/page"
    assert copied.headers["Content-Type"].startswith("text/plain")
    assert "taken by Anna" in house.page("/queue/assess", "ben")
    house.clock.advance(minutes=7)
    house.judges(item, "spam")
    assert "7 of 240 minutes" in house.page("/me")
