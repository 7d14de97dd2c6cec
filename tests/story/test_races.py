"""What happens at the worst moment: while a letter is out, twice, or again later."""

from dataclasses import replace

import pytest

from reportbox.lifecycle import Item as ItemState
from reportbox.lifecycle import Lea, Ntd
from reportbox.lifecycle import Letter as LetterState
from reportbox.records.items import Item
from reportbox.records.letters import Letter
from tests.conftest import Pattern, build_house
from tests.house import House, annex_of, text_of, token_in


def a_case(house: House, address: str = "https://item-one.example/page") -> Item:
    """An item hosted at home, judged and told to the LEA."""
    item = house.the_public_reports(address)
    house.judges(item, "baseline")
    house.works()
    return item


def to_provider(point: str, recipient: str, wanted: str) -> bool:
    return point == wanted and "police" not in recipient


@pytest.mark.parametrize("deed", ["not illegal", "removed"])
def test_a_letter_put_back_after_its_ntd_ended_never_leaves(
    house: House, deed: str
) -> None:
    item = a_case(house)
    done: list[str] = []

    def manners(point: str, recipient: str) -> str | None:
        if to_provider(point, recipient, "dot") and not done:
            done.append(deed)
            end(house, item, deed)
            return "451 later"
        return None

    house.internet.post_office.manners = manners
    house.hours_pass(24)
    house.hours_pass(1)

    assert done
    assert house.letters_to_providers() == []


@pytest.mark.parametrize("deed", ["not illegal", "removed", "moved abroad"])
def test_a_letter_found_not_to_have_arrived_is_sent_only_if_still_wanted(
    house: House, deed: str
) -> None:
    item = a_case(house)
    house.internet.post_office.manners = lambda point, to: (
        "drop" if to_provider(point, to, "dot") else None
    )
    house.hours_pass(24)
    house.internet.post_office.manners = lambda *_: None
    end(house, item, deed)
    [doubt] = Letter.rows(Letter.state == LetterState.IN_DOUBT)

    house.does(f"/letters/{doubt.id}/not_found", why="not in the log")
    house.hours_pass(1)

    assert house.letters_to_providers() == []


def end(house: House, item: Item, deed: str) -> None:
    if deed == "not illegal":
        house.judges(item, "not_illegal", reason="seen again")
    elif deed == "removed":
        house.does(f"/items/{item.id}/confirm_removal", why="gone")
    else:
        house.atlas.hosts["item-one.example"] = house.atlas.hosts["page-de.example"]
        house.clock.advance(hours=1)


def test_a_provider_asked_at_the_very_moment_of_the_correction_is_corrected(
    house: House,
) -> None:
    item = a_case(house)
    done: list[bool] = []

    def manners(point: str, recipient: str) -> None:
        if to_provider(point, recipient, "dot") and not done:
            done.append(True)
            house.judges(item, "not_illegal", reason="seen again")

    house.internet.post_office.manners = manners
    house.hours_pass(24)
    house.hours_pass(1)

    assert "disregard" in house.letters_to_providers()[-1].subject


def test_a_letter_that_waited_for_days_is_traced_anew_before_it_leaves(
    house: House,
) -> None:
    item = a_case(house)
    house.internet.post_office.manners = lambda point, to: (
        "451 later" if to_provider(point, to, "rcpt") else None
    )
    house.hours_pass(24)
    assert house.ntd(item).state == Ntd.TO_SEND

    house.atlas.hosts["item-one.example"] = house.atlas.hosts["page-de.example"]
    house.hours_pass(72)
    house.internet.post_office.manners = lambda *_: None
    house.hours_pass(1)

    assert house.letters_to_providers() == []
    assert house.referral(item).country == "DE"


def test_a_hold_on_one_item_does_not_hold_up_its_fellows(house: House) -> None:
    held = a_case(house, "https://item-one.example/page-one")
    free = a_case(house, "https://item-one.example/page-two")
    done: list[bool] = []

    def manners(point: str, recipient: str) -> str | None:
        if to_provider(point, recipient, "dot") and not done:
            done.append(True)
            house.does(f"/items/{held.id}/hold", why="asked")
            return "451 later"
        return None

    house.internet.post_office.manners = manners
    house.hours_pass(24)
    house.hours_pass(1)

    [letter] = house.letters_to_providers()
    assert "page-one" not in str(letter.parts)
    assert house.ntd(free).state == Ntd.TO_VERIFY


def test_a_hold_can_be_released_whatever_became_of_the_item(house: House) -> None:
    item = a_case(house)
    house.hours_pass(24)
    house.does(f"/items/{item.id}/hold", why="asked")
    house.judges(item, "not_illegal", reason="seen again")
    house.hours_pass(1)
    assert len(house.letters_to_providers()) == 1

    house.releases(item)
    house.hours_pass(1)

    assert "disregard" in house.letters_to_providers()[-1].subject


def test_of_two_holds_each_must_be_released(house: House) -> None:
    item = a_case(house)
    for unit in ("unit one", "unit two"):
        house.does(f"/items/{item.id}/hold", by_lea="yes", why=unit)

    house.does("/holds/1/release", by_lea="yes", why="unit one is done")
    house.hours_pass(48)
    assert house.letters_to_providers() == []

    house.does("/holds/2/release", by_lea="yes", why="unit two is done")
    house.works()
    assert len(house.letters_to_providers()) == 1


def test_an_old_hold_asks_to_be_reviewed_and_never_ends_by_itself(house: House) -> None:
    item = a_case(house)
    house.does(f"/items/{item.id}/hold", why="asked")

    house.hours_pass(24 * 8)

    assert "Hold to review" in house.page("/tasks")
    assert house.item(item).is_held


def test_a_host_that_answers_differently_each_time_floods_nobody(house: House) -> None:
    item = a_case(house)
    here, there = house.atlas.hosts["item-one.example"], ("100.80.16.77",)
    house.clock.advance(hours=24)
    for round_ in range(12):
        house.atlas.hosts["item-one.example"] = here if round_ % 2 else there
        house.clock.advance(seconds=5)
        house.works()

    assert len(house.letters_to_the_lea()) <= 5
    assert len(house.letters_to_providers()) <= 1
    assert house.item(item).state == ItemState.TO_FINISH


def test_when_one_of_two_providers_is_left_the_other_is_not_asked_twice(
    house: House,
) -> None:
    house.atlas.hosts["item-one.example"] = ("100.80.0.10", "100.80.64.10")
    item = a_case(house)
    house.hours_pass(24)
    assert len(house.letters_to_providers()) == 1

    house.atlas.hosts["item-one.example"] = ("100.80.0.10",)
    [waiting] = [n for n in house.ntds(item) if n.state == Ntd.TO_FALL_DUE]
    house.does(f"/ntds/{waiting.id}/name_contact", contact="abuse@host-five.example")
    house.works()

    assert len(house.letters_to_providers()) == 1
    assert {n.state for n in house.ntds(item)} == {Ntd.TO_VERIFY, Ntd.WITHDRAWN}


def test_a_later_appearance_corrects_nobody_who_was_rightly_asked_before(
    house: House,
) -> None:
    item = a_case(house)
    house.hours_pass(24)
    house.atlas.hosts["item-one.example"] = ("100.80.16.77",)
    house.hours_pass(24)
    house.hours_pass(1)
    house.does(f"/notices/{house.notice(item).id}/confirm", receipt="by mail")
    house.does(f"/items/{item.id}/confirm_removal", why="looked: gone")
    asked = len(house.letters_to_providers())

    house.the_public_reports("https://item-one.example/page")
    house.hours_pass(1)
    house.judges(item, "not_illegal", reason="another page stands there now")
    house.hours_pass(1)

    assert len(house.letters_to_providers()) == asked


def test_a_correction_is_not_lost_when_the_address_is_reported_again_meanwhile(
    house: House,
) -> None:
    item = a_case(house)
    house.judges(item, "not_illegal", reason="seen again")
    house.the_public_reports("https://item-one.example/page")
    house.works()

    assert "not illegal" in text_of(house.letters_to_the_lea()[1])


def test_an_unsent_notice_is_withdrawn_when_the_item_turns_out_not_illegal(
    house: House,
) -> None:
    house.internet.post_office.manners = lambda point, _: (
        "451 later" if point == "rcpt" else None
    )
    item = a_case(house)
    house.judges(item, "not_illegal", reason="seen again")
    house.internet.post_office.manners = lambda *_: None
    house.hours_pass(1)

    assert house.letters() == []
    assert house.notice(item).state == Lea.WITHDRAWN


def test_a_refused_supplement_is_shown_and_can_be_tried_again(house: House) -> None:
    item = a_case(house)
    house.internet.post_office.manners = lambda point, _: (
        "550 mailbox full" if point == "rcpt" else None
    )
    house.judges(item, "not_illegal", reason="seen again")
    house.works()
    house.internet.post_office.manners = lambda *_: None
    assert "Letter refused" in house.page("/tasks")

    [letter] = Letter.rows(Letter.state == LetterState.REFUSED)
    house.does(f"/letters/{letter.id}/resend")
    house.works()

    assert "not illegal" in text_of(house.letters_to_the_lea()[1])
    assert "Letter refused" not in house.page("/tasks")


def test_a_notice_that_came_back_stops_the_ntd(house: House) -> None:
    item = a_case(house)

    house.does(f"/notices/{house.notice(item).id}/fail", why="the mail came back")
    house.hours_pass(48)

    assert house.notice(item).state == Lea.TO_REACH
    assert house.letters_to_providers() == []


def test_what_was_urgent_stays_urgent_in_everything_that_follows(house: House) -> None:
    item = house.the_public_reports("https://item-one.example/page")
    house.judges(item, "uncertain", is_urgent="yes", urgent_reason="it says tonight")
    house.works()
    house.judges(item, "baseline", by_lea="yes")
    house.works()

    supplement = house.letters_to_the_lea()[1]

    assert supplement.subject.startswith("URGENT")
    assert annex_of(supplement)["report"]["urgent"] == "YES: it says tonight"


def test_nothing_is_asked_for_after_it_was_found_removed(house: House) -> None:
    item = house.the_public_reports("https://item-one.example/page")
    house.judges(item, "uncertain")
    house.works()
    house.does(f"/items/{item.id}/confirm_removal", by_lea="yes", why="gone")
    house.judges(item, "national", by_lea="yes", reason="case 9")
    house.works()
    house.hours_pass(48)
    house.does(f"/notices/{house.notice(item).id}/confirm", receipt="by mail")

    assert house.letters_to_providers() == []
    assert house.item(item).state == ItemState.REMOVED


def test_a_second_address_sent_from_the_same_page_is_a_second_report(
    house: House,
) -> None:
    visitor = house.visitor()
    token = token_in(visitor.get("/").text)

    first = visitor.post("/", data={"token": token, "address": "item-one.example/a"})
    second = visitor.post("/", data={"token": token, "address": "item-two.example/b"})

    assert first.text == second.text  # one form, one receipt; both are kept under it
    assert len(Item.rows()) == 2


def test_a_host_that_never_answers_is_given_up_after_days_and_people_go_on(
    house: House,
) -> None:
    house.atlas.broken.add("item-one.example")
    item = house.the_public_reports("https://item-one.example/page")
    house.judges(item, "baseline")
    for _ in range(12):
        house.hours_pass(12)

    assert house.item(item).finding.hosting == "untraceable"
    house.does(f"/notices/{house.notice(item).id}/confirm", receipt="by mail")
    assert house.item(item).state == ItemState.HANDED_OVER


def test_an_ntd_nobody_can_be_asked_for_ends_by_hand(house: House) -> None:
    item = a_case(house, "https://item-five.example/page")
    house.hours_pass(24)
    assert "No contact is known" in house.page("/tasks")

    house.does(f"/ntds/{house.ntd(item).id}/give_up", why="no contact anywhere")

    assert house.ntd(item).state == Ntd.UNRESOLVED


def test_a_referral_that_cannot_be_made_ends_by_hand(house: House) -> None:
    item = a_case(house, "https://page-jp.example/item")

    refused = house.posts(f"/referrals/{house.referral(item).id}/withdraw")
    house.does(f"/referrals/{house.referral(item).id}/withdraw", why="gone meanwhile")
    house.does(f"/notices/{house.notice(item).id}/confirm", receipt="by mail")

    assert refused.status_code == 422
    assert house.item(item).state == ItemState.HANDED_OVER


def test_a_pause_of_ntd_sending_stops_letters_already_written(
    house: House, pattern: Pattern
) -> None:
    item = a_case(house)
    house.internet.post_office.manners = lambda point, to: (
        "451 later" if to_provider(point, to, "rcpt") else None
    )
    house.hours_pass(24)
    house.internet.post_office.manners = lambda *_: None
    paused = replace(house.settings, ntd_paused=True)
    house = build_house(paused, house.clock, house.internet, pattern)

    house.hours_pass(1)

    assert house.letters_to_providers() == []
    assert house.ntd(item).state == Ntd.TO_FALL_DUE


def test_after_the_clock_was_set_back_an_hour_the_notice_still_leaves(
    house: House,
) -> None:
    house.internet.post_office.manners = lambda point, _: (
        "drop" if point == "connect" else None
    )
    a_case(house)
    house.internet.post_office.manners = lambda *_: None
    house.clock.advance(hours=-1)

    house.works()

    assert len(house.letters_to_the_lea()) == 1
