"""An agency holds from the portal: one item, a host, a provider; now and later."""

from datetime import timedelta

from reportbox.lifecycle import Item as ItemState
from reportbox.lifecycle import Letter as LetterState
from reportbox.lifecycle import Ntd, Paper
from reportbox.records.items import Hold, Item
from reportbox.records.letters import Letter
from tests.agencies import (
    COUNTY,
    OLGA,
    OTTO,
    PAGE,
    POLICE,
    code_in,
    notice_to,
    portal,
    presses,
    says,
    to_providers,
    told,
)
from tests.house import DONE, House, csrf_in

NOT_FOUND, CONFLICT, REFUSED = 404, 409, 422
ON_THE_SAME_HOST = "https://item-one.example/another"
AT_THE_SAME_PROVIDER = "https://item-six.example/page"
ELSEWHERE = "https://item-two.example/page"


def only_hold(item: Item) -> Hold:
    [hold] = Hold.open_on(item.id)
    return hold


def test_a_hold_of_an_officer_one_second_before_the_ntd_is_due_wins(
    house: House,
) -> None:
    item = told(house)
    house.clock.advance(hours=24, seconds=-1)
    house.works()

    says(house, item, "hold_now")
    house.clock.advance(seconds=1)
    house.works()
    house.hours_pass(24)

    assert to_providers(house) == []
    assert house.ntd(item).state == Ntd.TO_FALL_DUE
    assert "asks to hold the NTD" in house.page("/tasks")


def test_a_hold_of_an_officer_while_the_letter_is_on_the_wire_wins(
    house: House,
) -> None:
    item = told(house)
    claimed: list[str] = []

    def hold_now(point: str, recipient: str) -> str | None:
        if point == "data" and "police" not in recipient and not claimed:
            [ntd] = Letter.rows(Letter.paper == Paper.NTD)
            claimed.append(str(ntd.state))
            says(house, item, "hold_now")
        return None

    house.internet.post_office.manners = hold_now
    house.hours_pass(24)
    house.hours_pass(24)

    assert claimed == [LetterState.SENDING]
    assert to_providers(house) == []
    assert house.ntd(item).state == Ntd.TO_FALL_DUE


def test_a_hold_that_came_after_the_last_dot_says_so_to_the_officer(
    house: House,
) -> None:
    item = told(house)
    answers: list[str] = []

    def hold_now(point: str, recipient: str) -> str | None:
        if point == "dot" and "police" not in recipient and not answers:
            path = f"/lea/notices/{notice_to(house, item).id}/hold_now"
            officer = house.signed_in(OTTO)
            form = {"csrf_token": csrf_in(officer.get("/me").text)}
            answers.append(officer.post(path, data=form, follow_redirects=True).text)
        return None

    house.internet.post_office.manners = hold_now
    house.hours_pass(24)

    assert "already being handed to its mail server" in " ".join(answers[0].split())
    assert len(to_providers(house)) == 1


def test_a_hold_on_a_host_catches_what_is_reported_there_afterwards(
    house: House,
) -> None:
    first = told(house)
    says(house, first, "hold", scope="host")

    later = told(house, ON_THE_SAME_HOST)
    free = told(house, ELSEWHERE)
    house.hours_pass(24)
    assert [x.recipient for x in to_providers(house)] == ["abuse@host-two.example"]
    assert house.item(later).is_held
    assert not house.item(free).is_held
    assert "everything on the same host" in portal(house, later)

    house.does(f"/lea/holds/{only_hold(later).id}/release", as_=OTTO)
    house.works()
    asked = [x.recipient for x in to_providers(house)]
    assert asked.count("abuse@host-one.example") == 1  # both in one letter
    assert {house.ntd(first).state, house.ntd(later).state} == {Ntd.TO_VERIFY}


def test_a_hold_on_a_provider_catches_what_is_reported_there_afterwards(
    house: House,
) -> None:
    first = told(house)
    says(house, first, "hold", scope="provider")

    later = told(house, AT_THE_SAME_PROVIDER)
    told(house, ELSEWHERE)
    house.hours_pass(24 * 3)

    assert {x.recipient for x in to_providers(house)} == {"abuse@host-two.example"}
    assert house.item(later).is_held
    assert house.ntd(later).state == Ntd.TO_FALL_DUE


def test_a_review_date_that_has_passed_reminds_and_never_releases(
    house: House,
) -> None:
    item = told(house)
    review_on = (house.clock.now() + timedelta(days=3)).date().isoformat()
    says(house, item, "hold", scope="item", review_on=review_on)

    house.hours_pass(24 * 2)
    assert "Hold to review" not in house.page("/tasks")
    house.hours_pass(24 * 28)
    assert "Hold to review" in house.page("/tasks")
    assert to_providers(house) == []
    assert house.item(item).is_held

    house.does(f"/lea/holds/{only_hold(item).id}/release", as_=OTTO)
    house.works()
    assert len(to_providers(house)) == 1


def test_only_the_agency_that_holds_lifts_its_hold(house: House) -> None:
    item = told(house, region="North")
    says(house, item, "hold_now", officer=OLGA)
    hold = only_hold(item)

    other = house.posts(f"/lea/holds/{hold.id}/release", as_=OTTO)
    house.hours_pass(48)
    assert other.status_code == NOT_FOUND
    assert f"/lea/holds/{hold.id}/release" not in portal(house, item, OTTO)
    assert to_providers(house) == []

    house.does(f"/lea/holds/{hold.id}/release", as_=OLGA)
    house.works()
    assert len(to_providers(house)) == 1


def test_two_agencies_may_hold_at_once_and_each_lifts_its_own(house: House) -> None:
    item = told(house, region="North")
    says(house, item, "hold_now", officer=OLGA)
    assert "hold_now" in portal(house, item, OTTO)  # the other may ask for it as well
    says(house, item, "hold_now", officer=OTTO)

    mine = {hold.unit_id: hold.id for hold in Hold.open_on(item.id)}
    house.does(f"/lea/holds/{mine[COUNTY]}/release", as_=OLGA)
    house.hours_pass(48)
    assert to_providers(house) == []

    house.does(f"/lea/holds/{mine[POLICE]}/release", as_=OTTO)
    house.works()
    assert len(to_providers(house)) == 1


def test_an_officer_can_hold_what_the_box_holds_because_it_is_urgent(
    house: House,
) -> None:
    item = told(house, is_urgent="yes", urgent_reason="it says tonight")

    assert "hold_now" in portal(house, item)
    says(house, item, "hold_now")
    says(house, item, "receive")
    house.hours_pass(24 * 3)

    assert only_hold(item).unit_id == POLICE
    assert to_providers(house) == []


def test_an_analyst_lifts_for_an_agency_only_with_an_officer_and_a_call_back(
    house: House,
) -> None:
    item = told(house)
    says(house, item, "hold_now")
    path = f"/holds/{only_hold(item).id}/release"

    for given in ({}, {"officer": "Officer One"}, {"call_back": "+000 000 0100"}):
        refused = house.posts(path, why="they called", **given)
        assert refused.status_code == REFUSED
    assert house.item(item).is_held

    house.does(path, officer="Officer One", call_back="+000 000 0100")
    house.hours_pass(24)
    page = house.page(f"/items/{item.id}")
    assert "Officer One, called back on +000 000 0100" in page
    assert "Practice Police (recorded by Anna)" in page
    assert len(to_providers(house)) == 1


def test_an_analyst_who_holds_for_an_agency_leaves_the_lifting_to_it(
    house: House,
) -> None:
    item = told(house)
    asked = {"unit": str(POLICE), "why": "asked by telephone"}
    house.does(f"/items/{item.id}/hold", **asked)

    hold = only_hold(item)
    assert house.posts(f"/holds/{hold.id}/release", why="enough").status_code == REFUSED
    house.does(f"/lea/holds/{hold.id}/release", as_=OTTO)

    assert not house.item(item).is_held


def test_what_a_page_offers_an_officer_works_when_the_item_came_back(
    house: House,
) -> None:
    item = told(house)
    says(house, item, "receive")
    notice = notice_to(house, item)
    house.does(f"/items/{item.id}/confirm_removal", why="looked: gone")
    house.the_public_reports(PAGE)  # and waits for a verdict

    path = f"/lea/notices/{notice.id}"
    page = house.page(path, OTTO)
    for verb, fields in (
        ("hold_now", {}),
        ("ntd_sent", {"why": "today"}),
        ("removed", {"why": "today"}),
    ):
        if f"{path}/{verb}" in page:
            assert house.posts(f"{path}/{verb}", as_=OTTO, **fields).status_code == DONE


def test_a_hold_on_a_domain_catches_every_name_beside_and_under_it(
    house: House,
) -> None:
    for name in ("cdn.item-one.example", "a.b.item-one.example"):
        house.atlas.hosts[name] = house.atlas.hosts["item-one.example"]
    house.atlas.hosts["not-item-one.example"] = ("100.80.16.10",)
    first = told(house, "https://cdn.item-one.example/page")
    says(house, first, "hold", scope="domain")

    beside = told(house, PAGE)
    under = told(house, "https://a.b.item-one.example/page")
    other = told(house, "https://not-item-one.example/page")
    house.hours_pass(24)

    assert house.item(beside).is_held
    assert house.item(under).is_held
    assert not house.item(other).is_held
    assert [x.recipient for x in to_providers(house)] == ["abuse@host-two.example"]
    assert "the domain" in house.page("/holds")
    assert "everything on the same domain" in portal(house, under)

    house.does(f"/lea/holds/{only_hold(under).id}/release", as_=OTTO)
    house.works()
    assert house.ntd(under).state == Ntd.TO_VERIFY


def test_a_hold_on_a_domain_calls_back_the_letters_of_its_other_names(
    house: House,
) -> None:
    house.atlas.hosts["cdn.item-one.example"] = house.atlas.hosts["item-one.example"]
    first, beside = told(house), told(house, "https://cdn.item-one.example/page")
    house.internet.post_office.manners = lambda at, to: (
        "451 later" if at == "rcpt" and "police" not in to else None
    )
    house.hours_pass(24)
    assert house.ntd(beside).state == Ntd.TO_SEND

    says(house, first, "hold", scope="domain")

    assert house.ntd(beside).state == Ntd.TO_FALL_DUE
    assert [h.scope for h in Hold.ever_on(house.item(beside))] == ["domain"]


def test_from_a_removed_item_its_host_can_be_held_and_the_item_itself_cannot(
    house: House,
) -> None:
    ended = told(house)
    says(house, ended, "removed", why="today")
    assert house.item(ended).state == ItemState.REMOVED
    path = f"/lea/notices/{notice_to(house, ended).id}/hold"
    assert "This report only" not in house.page(path, OTTO)
    assert house.posts(path, as_=OTTO, scope="item").status_code == CONFLICT

    says(house, ended, "hold", scope="host")
    later = told(house, ON_THE_SAME_HOST)
    house.hours_pass(24)

    assert house.item(ended).state == ItemState.REMOVED
    assert house.item(later).is_held
    assert to_providers(house) == []
    house.does(f"/lea/holds/{only_hold(later).id}/release", as_=OTTO)
    house.works()
    assert len(to_providers(house)) == 1


def test_an_analyst_holds_the_provider_of_an_ended_item_for_an_agency(
    house: House,
) -> None:
    ended = told(house)
    says(house, ended, "removed", why="today")
    assert "Hold its host, domain or provider" in house.page(f"/items/{ended.id}")

    house.does(
        f"/items/{ended.id}/hold",
        unit=str(POLICE),
        scope="provider",
        why="Otto, by telephone",
    )
    later = told(house, AT_THE_SAME_PROVIDER)

    assert house.item(later).is_held
    assert only_hold(later).unit_id == POLICE


def test_the_link_of_a_letter_holds_a_host_once_however_often_it_is_pressed(
    house: House,
) -> None:
    first = told(house)
    code = code_in(house.letters_to_the_lea()[0])
    notice = str(notice_to(house, first).id)
    officer = house.stranger("portal")

    for _ in range(2):
        presses(officer, code, "hold", notice=notice, scope="host")
    later = told(house, ON_THE_SAME_HOST)

    assert [hold.scope for hold in Hold.rows()] == ["host"]
    assert house.item(first).is_held
    assert house.item(later).is_held
    assert presses(officer, code, "hold", scope="all").status_code == REFUSED


def test_the_link_of_a_letter_holds_more_than_the_report_it_holds_already(
    house: House,
) -> None:
    first = told(house)
    code = code_in(house.letters_to_the_lea()[0])
    officer = house.stranger("portal")
    presses(officer, code, "hold")
    assert "held by you" in officer.get(f"/n/{code}").text

    presses(officer, code, "hold", scope="provider")

    assert {hold.scope for hold in Hold.open_on(first.id)} == {"item", "provider"}
