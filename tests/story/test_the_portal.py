"""Officers at their own pages: they see their unit's notices and answer them."""

import pytest

from reportbox.lea.documents import KINDS
from reportbox.lifecycle import Item as ItemState
from reportbox.lifecycle import Lea, Ntd
from reportbox.records.answers import Answer
from reportbox.records.items import Hold
from reportbox.records.staff import Account
from tests.agencies import (
    COUNTY_ADDRESS,
    OLGA,
    OTTO,
    letters_to,
    notice_to,
    portal,
    says,
    to_providers,
    told,
    waiting_letters,
)
from tests.builders import agreed
from tests.house import House, csrf_in, text_of

OK, REFUSED, UNPROCESSABLE, NOT_FOUND = 200, 400, 422, 404


def test_an_officer_of_another_agency_finds_nothing_of_it(house: House) -> None:
    item = told(house)  # routed to the police alone
    says(house, item, "hold_now")
    [hold] = Hold.open_on(item.id)
    path = f"/lea/notices/{notice_to(house, item).id}"

    other = house.signed_in(OLGA)
    token = csrf_in(other.get("/me").text)
    gets = ("", "/hold", "/ntd_sent", "/removed", "/feedback")
    posts = (
        *("/address", "/receive", "/hold", "/hold_now"),
        *("/ntd_sent", "/removed", "/feedback"),
        *(f"/annex/{kind}" for kind in KINDS),
    )
    form = {"csrf_token": token, "why": "item one", "status": "closed"}

    assert {other.get(f"{path}{x}").status_code for x in gets} == {NOT_FOUND}
    assert {other.post(f"{path}{x}", data=form).status_code for x in posts} == {
        NOT_FOUND
    }
    released = other.post(f"/lea/holds/{hold.id}/release", data=form)
    assert released.status_code == NOT_FOUND
    for page in ("/lea/notices/", "/lea/holds/"):
        assert item.number not in other.get(page).text
    assert house.item(item).is_held
    assert house.notice(item).state == Lea.TO_CONFIRM
    assert [a.officer for a in Answer.rows()] == ["Otto, Practice Police"]


def test_an_officer_finds_no_page_of_the_desk(house: House) -> None:
    item = told(house)
    officer = house.signed_in(OTTO)

    for path in (f"/items/{item.id}", "/tasks", "/holds", "/agencies", "/letters/"):
        assert officer.get(path).status_code == NOT_FOUND


def test_an_officer_switched_off_while_logged_in_is_out_at_once(house: House) -> None:
    item = told(house)
    officer = house.signed_in(OTTO)
    token = csrf_in(officer.get("/me").text)
    path = f"/lea/notices/{notice_to(house, item).id}"
    assert officer.get(path).status_code == OK

    number = Account.get(Account.username == OTTO).id
    house.does(f"/accounts/{number}/switch_off", as_="adam")

    assert item.number not in officer.get(path, follow_redirects=True).text
    answer = officer.post(f"{path}/receive", data={"csrf_token": token})
    assert answer.status_code >= REFUSED
    assert house.notice(item).state == Lea.TO_CONFIRM


def test_an_officer_says_each_thing_at_one_click_from_the_page_of_the_notice(
    house: House,
) -> None:
    item = told(house)
    page = portal(house, item)
    path = f"/lea/notices/{notice_to(house, item).id}"
    for verb in ("receive", "hold_now", "ntd_sent", "removed", "feedback"):
        assert f'method="post" action="{path}/{verb}"' in page, verb

    says(house, item, "ntd_sent")
    says(house, item, "feedback", status="victim_identified", usefulness="")
    says(house, item, "removed")

    said = [one.what for one in Answer.rows()]
    assert said == ["received", "ntd_sent", "feedback", "removed"]
    assert house.item(item).removed_at == house.clock.now()


def test_where_the_lea_asks_providers_itself_its_two_clicks_end_the_item(
    house: House,
) -> None:
    agreed(house.clock.now(), ntd_body="lea")
    item = told(house)
    house.hours_pass(48)
    assert house.ntds(item) == []
    assert to_providers(house) == []
    assert "not by the hotline, as agreed" in portal(house, item)

    says(house, item, "ntd_sent", why="today, by the unit")
    assert "has sent an NTD itself" in house.page("/tasks")
    says(house, item, "removed", why="today")

    assert house.item(item).state == ItemState.REMOVED
    assert "has found it removed" in house.page("/tasks")


def test_where_the_lea_asks_providers_itself_removal_ends_what_it_confirmed(
    house: House,
) -> None:
    agreed(house.clock.now(), ntd_body="lea")
    item = told(house)
    says(house, item, "receive")
    says(house, item, "ntd_sent", why="today, by the unit")
    assert house.item(item).state == ItemState.HANDED_OVER

    says(house, item, "removed", why="today")

    assert house.item(item).state == ItemState.REMOVED
    assert house.item(item).removed_at == house.clock.now()


def test_when_an_officer_has_asked_the_provider_the_hotline_does_not_ask_it_too(
    house: House,
) -> None:
    item = told(house)

    says(house, item, "ntd_sent", why="today, the abuse desk")
    house.hours_pass(48)

    assert to_providers(house) == []
    assert house.item(item).state != ItemState.REMOVED


def test_an_officer_who_finds_it_removed_ends_the_ntds_and_tells_the_desk(
    house: House,
) -> None:
    item = told(house)
    says(house, item, "receive")
    says(house, item, "removed", why="seen at noon")
    house.hours_pass(48)

    assert to_providers(house) == []
    assert house.ntd(item).state == Ntd.REMOVED
    assert house.item(item).state == ItemState.REMOVED
    tasks = house.page("/tasks")
    assert "Otto, Practice Police has found it removed" in tasks

    [told_us] = Answer.unseen()
    house.does(f"/answers/{told_us.id}/seen")
    assert "has found it removed" not in house.page("/tasks")


def test_what_one_agency_found_removed_is_told_to_the_other(house: House) -> None:
    item = told(house, region="North")
    says(house, item, "removed", officer=OLGA, why="seen at noon")
    house.works()

    assert "found removed on" in text_of(letters_to(house)[-1])


def test_an_agency_that_answers_is_not_asked_whether_the_notice_arrived(
    house: House,
) -> None:
    item = told(house)

    says(house, item, "removed", why="seen at noon")
    house.hours_pass(24 * 3)

    assert not [x for x in letters_to(house) if "confirm the receipt" in x.subject]
    assert house.item(item).state == ItemState.REMOVED


def test_what_the_desk_finds_removed_is_told_to_the_agency(house: House) -> None:
    item = told(house, region="North")
    house.does(f"/items/{item.id}/confirm_removal", why="looked: gone")
    house.works()

    supplement = letters_to(house)[-1]
    assert supplement.is_encrypted
    assert "supplement to" in supplement.subject
    assert "found removed on" in text_of(supplement)
    note = letters_to(house, COUNTY_ADDRESS)[-1]
    assert "something new in the portal" in note.subject
    assert "found removed" in portal(house, item, OLGA)


def test_a_portal_only_agency_gets_mail_without_any_content(house: House) -> None:
    item = told(
        house,
        region="North",
        summary="SUMMARY-ONE",
        remarks="REMARK-ONE",
        is_urgent="yes",
        urgent_reason="REASON-ONE",
    )
    house.hours_pass(48)
    house.does(f"/items/{item.id}/confirm_removal", why="looked: gone")
    house.works()

    letters = letters_to(house, COUNTY_ADDRESS)
    assert len(letters) >= 3  # the notice, a chase, the removal
    for letter in letters:
        assert not letter.is_encrypted
        for secret in (item.number, "item-one", "-ONE", "Home Hosting", "100.80"):
            assert secret not in str(letter)
    assert "REMARK-ONE" in portal(house, item, OLGA)
    assert waiting_letters() == []


def test_what_is_urgent_stands_on_top_until_it_was_received(house: House) -> None:
    urgent = told(house, is_urgent="yes", urgent_reason="it says tonight")
    usual = told(house, "https://item-two.example/page")

    page = house.page("/lea/notices/", OTTO)
    assert "Urgent, and not confirmed yet" in page
    assert page.index(urgent.number) < page.index(usual.number)

    says(house, urgent, "receive")
    page = house.page("/lea/notices/", OTTO)
    assert page.index(usual.number) < page.index(urgent.number)


@pytest.mark.parametrize("status", ["victim_identified", "no_action"])
def test_feedback_reaches_the_desk_and_a_wrong_word_does_not(
    house: House, status: str
) -> None:
    item = told(house)
    path = f"/lea/notices/{notice_to(house, item).id}/feedback"

    wrong = house.posts(path, as_=OTTO, status="item one", usefulness="useful")
    says(house, item, "feedback", status=status, usefulness="useful", why="CASE-ONE")

    assert wrong.status_code == UNPROCESSABLE
    assert "gives feedback" in house.page("/tasks")
    page = house.page(f"/items/{item.id}")
    assert "CASE-ONE" in page
    assert "(useful)" in page


def test_an_address_is_inert_until_an_officer_asks_for_it_and_that_is_on_record(
    house: House,
) -> None:
    item = told(house)
    assert "https://item-one.example/page" not in portal(house, item)

    path = f"/lea/notices/{notice_to(house, item).id}/address"
    assert "https://item-one.example/page" in house.posts(path, as_=OTTO).text

    assert "item show_address" in house.history(item)
    assert "Otto, Practice Police" in house.page(f"/items/{item.id}")


@pytest.mark.parametrize(
    ("checker", "is_asked"), [("hotline", False), ("lea", True), ("both", True)]
)
def test_officers_see_which_looks_are_due_where_they_check_the_removal(
    house: House, checker: str, *, is_asked: bool
) -> None:
    agreed(house.clock.now(), removal_checker=checker)
    item = told(house)
    house.hours_pass(24)
    assert "A look is due" not in portal(house, item)

    house.hours_pass(72)

    assert ("A look is due" in portal(house, item)) is is_asked
    assert ("look due" in house.page("/lea/notices/", OTTO)) is is_asked
    assert ("Check due" in house.page("/tasks")) is (checker != "lea")

    says(house, item, "removed", why="today")
    house.works()
    assert "A look is due" not in portal(house, item)
    assert "Check due" not in house.page("/tasks")
