"""A hotline that may not view material: it registers, the LEA judges."""

from dataclasses import replace

import pytest

from reportbox.lifecycle import Item
from reportbox.records.second_looks import SecondLook
from tests.conftest import Pattern, build_house
from tests.house import House, annex_of


@pytest.fixture
def forwarding(house: House, pattern: Pattern) -> House:
    settings = replace(
        house.settings, mode="register_and_forward", second_look_percent=100
    )
    return build_house(settings, house.clock, house.internet, pattern)


def test_a_report_is_forwarded_and_the_leas_verdict_drives_what_follows(
    forwarding: House,
) -> None:
    house = forwarding
    item = house.the_public_reports(
        "https://item-one.example/page", comments="item one"
    )
    house.judges(item, "forward")
    house.works()

    # The LEA gets it unassessed, and nothing was traced.
    [letter] = house.letters_to_the_lea()
    assert "NOT ASSESSED" in annex_of(letter)["report"]["verdict"]
    assert house.item(item).finding is None
    assert house.item(item).state == Item.TO_DECIDE

    # Its verdict comes back by telephone and is routed like any other.
    house.judges(item, "national", by_lea="yes", reason="case 12")
    house.works()
    assert house.item(item).finding.provider == "Home Hosting One"
    house.hours_pass(25)
    assert len(house.letters_to_providers()) == 1


def test_the_lea_may_find_it_not_illegal(forwarding: House) -> None:
    house = forwarding
    item = house.the_public_reports("https://item-one.example/page")
    house.judges(item, "forward")
    house.works()

    house.judges(item, "not_illegal", by_lea="yes", reason="case 13")
    house.hours_pass(48)

    assert house.item(item).state == Item.NOT_ILLEGAL
    assert house.letters_to_providers() == []


def test_there_is_no_assessment_in_this_mode(forwarding: House) -> None:
    house = forwarding
    item = house.the_public_reports("https://item-one.example/page")

    page = house.page(f"/items/{item.id}")
    refused = house.tries_to_judge(item, "baseline")

    assert "Illegal: baseline" not in page
    assert refused.status_code == 422
    assert house.item(item).state == Item.TO_ASSESS


def test_analysts_triage_by_the_words_alone(forwarding: House) -> None:
    house = forwarding
    item = house.the_public_reports(
        "https://item-one.example/page", comments="item one", urgent="yes"
    )

    page = house.page(f"/items/{item.id}")
    shown = house.posts(f"/items/{item.id}/show-address")
    copied = house.posts(f"/items/{item.id}/copy")
    silent = house.tries_to_judge(item, "forward")
    house.judges(
        item, "forward", is_urgent="yes", urgent_reason="the words say it is now"
    )
    house.works()

    assert "by the words of the report alone" in page
    for missing in ("Labels (ICCAM)", "Annex I", "Copy the live address", "Show the"):
        assert missing not in page, missing
    assert shown.status_code == copied.status_code == 409
    assert "nobody looks at what is reported" in copied.text
    assert silent.status_code == 422  # a reporter's word of danger is answered
    [letter] = house.letters_to_the_lea()
    assert "URGENT" in letter.subject.upper()


def test_the_leas_verdict_is_final_here_and_sampled_by_nobody(
    forwarding: House,
) -> None:
    house = forwarding
    item = house.the_public_reports("https://item-one.example/page")
    house.judges(item, "forward")
    house.works()
    house.judges(item, "national", by_lea="yes", reason="case 12")
    house.works()

    overturned = house.tries_to_judge(item, "uncertain", as_="ben", reason="no")

    assert overturned.status_code == 409
    assert SecondLook.rows() == []
    assert "Only the LEA decides" not in house.page(f"/items/{item.id}")


def test_only_the_lea_decides_in_this_mode(forwarding: House) -> None:
    house = forwarding
    item = house.the_public_reports("https://item-one.example/page")
    house.judges(item, "forward")
    house.works()

    refused = house.tries_to_judge(item, "baseline", as_="ben")

    assert refused.status_code == 409
    assert "only the LEA judges" in refused.text
    assert house.item(item).state == Item.TO_DECIDE
