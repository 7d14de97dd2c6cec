"""Where law enforcement, time and the desk meet at an edge: nothing slips through."""

from datetime import timedelta

from reportbox.lifecycle import Lea, Ntd
from reportbox.practice.agreed import POLICE_ID
from reportbox.records import atomic
from reportbox.records.agreements import Agreement
from reportbox.records.items import Hold, Item
from reportbox.records.letters import Letter
from reportbox.records.tracks import LeaNotice
from tests.builders import agreed
from tests.house import House, csrf_in, text_of

ONE = "https://item-one.example/page"
TWO = "https://item-two.example/page"


def told(house: House, address: str = ONE, **more: str) -> Item:
    item = house.the_public_reports(address)
    house.judges(item, "baseline", **more)
    house.works()
    return house.item(item)


def answers(house: House, item: Item, verb: str, **said: str) -> None:
    notice = house.notice(item).id
    house.does(f"/lea/notices/{notice}/{verb}", as_="otto", **said)


def test_the_silence_about_an_old_notice_lifts_no_hold_of_a_new_appearance(
    house: House,
) -> None:
    item = told(house)
    house.judges(item, "not_illegal", reason="a slip", as_="ben")
    house.hours_pass(24 * 13)
    again = house.the_public_reports(ONE)
    threat = {"is_urgent": "yes", "urgent_reason": "it says tonight"}
    house.judges(house.item(item), "baseline", as_="ben", **threat)
    house.works()

    house.hours_pass(25)  # the first notice lapses now

    assert again.id == item.id
    assert LeaNotice.rows(LeaNotice.state == Lea.SILENT)
    assert house.item(item).is_held
    assert house.letters_to_providers() == []


def test_whom_the_lea_asked_gets_no_correction_from_us(house: House) -> None:
    item = told(house)
    answers(house, item, "ntd_sent", why="this morning")
    assert house.ntd(item).state == Ntd.TO_VERIFY

    house.judges(item, "not_illegal", reason="seen again", as_="ben")
    house.hours_pass(24 * 4)

    assert house.letters_to_providers() == []
    assert "asked by the LEA" in house.page(f"/items/{item.id}/annex")


def test_a_check_is_due_where_the_lea_asked_in_our_place(house: House) -> None:
    item = told(house)
    answers(house, item, "ntd_sent", why="this morning")

    house.hours_pass(73)

    assert "Check due" in house.page("/tasks")
    assert house.letters_to_providers() == []


def test_an_officer_sees_no_verdict_that_others_have_yet_to_agree_to(
    house: House,
) -> None:
    item = told(house, summary="said before")
    house.does(f"/items/{item.id}/confirm_removal", why="looked: gone")
    house.does(f"/notices/{house.notice(item).id}/confirm", receipt="by mail")
    house.the_public_reports(ONE)
    house.settings = house.settings.__class__(
        **{**vars(house.settings), "four_eyes": "all"}
    )
    house.app.extensions["settings"] = house.settings
    house.judges(house.item(item), "national", as_="ben", summary="PENDING-WORDS")

    notice = LeaNotice.rows(LeaNotice.item == item.id)[0].id
    page = house.page(f"/lea/notices/{notice}", as_="otto")

    assert "PENDING-WORDS" not in page
    assert "said before" in page


def test_the_list_of_notices_opens_while_one_is_judged_again(house: House) -> None:
    agreed(house.clock.now(), not_illegal="each")
    item = house.the_public_reports(ONE)
    house.judges(item, "not_illegal", reason="seen")
    house.hours_pass(1)
    house.does(f"/items/{item.id}/reopen", as_="lena", why="the first was wrong")

    page = house.page("/lea/notices/", as_="otto")

    assert item.number in page
    assert "Notices for Practice Police" in page


def test_what_is_agreed_later_binds_what_was_planned_before(house: House) -> None:
    item = told(house)
    agreed(house.clock.now(), ntd_body="lea")

    house.hours_pass(48)

    assert house.letters_to_providers() == []
    assert "the hotline is not the NTD body" in house.page(f"/items/{item.id}")


def test_nobody_is_asked_while_nothing_is_agreed(house: House) -> None:
    with atomic():
        Agreement.delete().execute()
    item = told(house)

    house.hours_pass(48)

    assert house.letters_to_providers() == []
    assert "Waits until somebody enters what is agreed" in house.page(
        f"/items/{item.id}"
    )
    assert "no NTD leaves" in house.page("/tasks")


def test_a_key_that_is_dropped_gets_nothing_that_was_sealed_before(
    house: House,
) -> None:
    house.internet.post_office.manners = lambda at, _: (
        "451 later" if at == "dot" else None
    )
    item = told(house)
    assert Letter.rows()[0].sealed_at

    house.does(f"/agencies/{POLICE_ID}/drop_key", as_="mira")
    house.internet.post_office.manners = lambda *_: None
    house.hours_pass(1)

    assert house.letters() == []
    assert house.notice(item).state == Lea.TO_SEND


def test_the_portal_does_not_say_whether_a_password_of_the_desk_is_right(
    house: House,
) -> None:
    officer = house.stranger("portal")
    said = []
    for password in (f"a sentence of {'anna'[::-1]}", "not her password"):
        token = csrf_in(officer.get("/log-in").text)
        form = {"csrf_token": token, "username": "anna", "password": password}
        said.append(officer.post("/log-in", data=form))

    assert [answer.status_code for answer in said] == [422, 422]
    assert all("do not belong together" in answer.text for answer in said)
    assert all("desk_url" not in answer.text for answer in said)


def test_an_alarm_needs_a_reason_to_be_lifted_by_hand(house: House) -> None:
    threat = {"is_urgent": "yes", "urgent_reason": "it says tonight"}
    item = told(house, **threat)
    [hold] = Hold.open_on(item.id)

    silent = house.posts(f"/holds/{hold.id}/release")

    assert silent.status_code == 422
    assert house.item(item).is_held


def test_urgency_declared_later_is_told(house: House) -> None:
    item = told(house, "https://item-unknown.invalid/page")
    house.minutes_pass(31)
    assert house.notice(item).state == Lea.TO_CONFIRM
    threat = {"is_urgent": "yes", "urgent_reason": "it says tonight"}

    house.judges(house.item(item), "baseline", **threat)
    house.works()
    house.clock.advance(hours=3)
    house.works()

    told_later = [text_of(x) for x in house.letters_to_the_lea()]
    assert any("it says tonight" in text for text in told_later)
    assert house.item(item).is_held


def test_a_hold_on_a_host_calls_back_what_is_just_leaving_there(house: House) -> None:
    item, other = told(house), told(house, "https://item-one.example/other")
    house.internet.post_office.manners = lambda at, to: (
        "451 later" if at == "dot" and "police" not in to else None
    )
    house.hours_pass(24)
    assert {house.ntd(i).state for i in (item, other)} == {Ntd.TO_SEND}

    notice = house.notice(item).id
    house.does(f"/lea/notices/{notice}/hold", as_="otto", scope="host")
    house.internet.post_office.manners = lambda *_: None
    house.clock.advance(hours=2)
    house.works()

    assert house.letters_to_providers() == []
    assert {house.ntd(i).state for i in (item, other)} == {Ntd.TO_FALL_DUE}
    assert timedelta(0) < house.clock.now() - Hold.rows()[0].placed_at


def test_a_threat_can_be_declared_while_the_item_is_under_way(house: House) -> None:
    item = told(house)
    assert not house.item(item).is_held
    silent = house.posts(f"/items/{item.id}/urgent")
    assert silent.status_code == 422

    house.does(f"/items/{item.id}/urgent", why="it says tonight")
    house.works()

    supplement = house.letters_to_the_lea()[-1]
    assert supplement.subject.startswith("URGENT")
    assert "it says tonight" in text_of(supplement)
    assert house.item(item).is_held
    assert "call Practice Police" in house.page("/tasks")
    house.hours_pass(48)
    assert house.letters_to_providers() == []
    twice = house.posts(f"/items/{item.id}/urgent", why="once more")
    assert twice.status_code == 409


def test_nobody_telephones_about_a_receipt_that_has_come(house: House) -> None:
    item = told(house)
    for _ in range(3):
        house.hours_pass(48)
    assert "confirms nothing" in house.page("/tasks")

    house.does(f"/lea/notices/{house.notice(item).id}/receive", as_="otto")

    assert "confirms nothing" not in house.page("/tasks")
