"""Uncertain, not illegal, not assessable, and what the LEA decides."""

from reportbox.lifecycle import Item
from tests.house import House, annex_of, text_of


def test_an_uncertain_item_waits_until_the_lea_decides_it_illegal(house: House) -> None:
    item = house.the_public_reports("https://item-one.example/page")
    house.judges(item, "uncertain", reason="age cannot be told")
    house.works()

    # The police are told, marked uncertain; the provider is not.
    [letter] = house.letters_to_the_lea()
    assert "UNCERTAIN" in annex_of(letter)["report"]["verdict"]
    house.hours_pass(24 * 6)
    assert house.letters_to_providers() == []
    assert house.item(item).state == Item.TO_DECIDE

    # It never ends by itself; on the review date a person is asked.
    house.hours_pass(24 * 2)
    assert "Decision awaited" in house.page("/tasks")

    # The LEA decides; the correction goes out, and the agreed delay runs from now.
    house.judges(item, "national", by_lea="yes", reason="by telephone")
    house.works()
    assert "corrects" in text_of(house.letters_to_the_lea()[-1])
    house.hours_pass(23)
    assert house.letters_to_providers() == []
    house.hours_pass(2)
    assert len(house.letters_to_providers()) == 1


def test_a_second_analyst_may_decide_but_not_the_first(house: House) -> None:
    item = house.the_public_reports("https://item-one.example/page")
    house.judges(item, "uncertain", as_="anna")
    house.works()

    own = house.tries_to_judge(item, "baseline")
    assert own.status_code == 409
    assert "second analyst" in own.text

    house.judges(item, "not_illegal", as_="ben", reason="adult")
    house.works()
    assert house.item(item).state == Item.NOT_ILLEGAL
    assert "not illegal" in text_of(house.letters_to_the_lea()[-1])


def test_not_illegal_ends_at_once_and_nobody_outside_hears_of_it(house: House) -> None:
    item = house.the_public_reports("https://item-one.example/page")
    asked_before = len(house.internet.names.questions)

    house.judges(item, "not_illegal", reason="adult")
    house.hours_pass(48)

    assert house.item(item).state == Item.NOT_ILLEGAL
    assert house.letters() == []
    assert len(house.internet.names.questions) == asked_before


def test_what_could_not_be_assessed_comes_back_on_its_day(house: House) -> None:
    item = house.the_public_reports("https://item-one.example/page")
    house.judges(item, "not_assessed", reason="no answer", retry_on="2030-01-10")
    assert item.number not in house.page("/queue/assess")
    assert item.number in house.page("/queue/later")

    house.hours_pass(24 * 3)

    assert item.number in house.page("/queue/assess")


def test_a_verdict_that_changes_later_is_corrected_everywhere(house: House) -> None:
    item = house.the_public_reports("https://item-one.example/page")
    house.judges(item, "baseline")
    house.works()
    house.hours_pass(24)
    assert len(house.letters_to_providers()) == 1

    house.judges(item, "not_illegal", reason="seen again: adult")
    house.works()

    assert "corrects" in text_of(house.letters_to_the_lea()[-1])
    assert "Please disregard" in text_of(house.letters_to_providers()[1])
    house.hours_pass(24 * 5)
    assert len(house.letters_to_providers()) == 2


def test_set_aside_spam_leaves_the_box_silent(house: House) -> None:
    item = house.the_public_reports("https://item-one.example/page")
    house.judges(item, "spam")
    house.hours_pass(24)

    assert house.item(item).state == Item.SET_ASIDE
    assert house.letters() == []
