"""The agency says that it has it: by link, by code, in the portal, by hand."""

from reportbox.lifecycle import Item as ItemState
from reportbox.lifecycle import Lea
from reportbox.practice.agreed import POLICE_ID
from reportbox.records.answers import Custody
from tests.agencies import (
    call_about,
    code_in,
    good,
    letters_to,
    notice_to,
    portal,
    presses,
    refuse_police,
    says,
    to_providers,
    told,
)
from tests.builders import agreed
from tests.house import DONE, House, csrf_in, text_of

OK, REFUSED, CONFLICT = 200, 422, 409


def test_opening_the_link_changes_nothing_and_pressing_the_button_confirms(
    house: House,
) -> None:
    item = told(house)
    code = code_in(house.letters_to_the_lea()[0])
    officer = house.stranger("portal")

    for _ in range(3):  # a mail scanner, a preview, the officer
        page = officer.get(f"/n/{code}")
        assert page.status_code == OK
        assert item.number in page.text
        assert "item-one" not in page.text
    for verb in ("receive", "hold"):
        assert officer.get(f"/n/{code}/{verb}").status_code != OK
    assert house.notice(item).state == Lea.TO_CONFIRM
    assert not house.item(item).is_held

    assert presses(officer, code, "receive").status_code == DONE
    confirmed_at = house.notice(item).confirmed_at
    assert house.notice(item).state == Lea.CONFIRMED

    house.clock.advance(hours=1)
    assert presses(officer, code, "receive").status_code == DONE
    assert house.notice(item).confirmed_at == confirmed_at
    assert house.history(item).count("lea confirm") == 1


def test_the_link_needs_the_token_of_its_own_page(house: House) -> None:
    item = told(house)
    code = code_in(house.letters_to_the_lea()[0])

    answer = house.stranger("portal").post(f"/n/{code}/receive", data={})

    assert answer.status_code != DONE
    assert house.notice(item).state == Lea.TO_CONFIRM


def test_received_and_hold_is_one_press_and_the_link_never_lifts(house: House) -> None:
    item = told(house)
    code = code_in(house.letters_to_the_lea()[0])
    officer = house.stranger("portal")

    assert presses(officer, code, "receive", hold="yes").status_code == DONE
    house.hours_pass(48)

    assert house.notice(item).state == Lea.CONFIRMED
    assert house.item(item).is_held
    assert to_providers(house) == []
    assert "/release" not in officer.get(f"/n/{code}").text


def test_a_code_is_understood_however_it_is_typed_and_a_wrong_one_is_not(
    house: House,
) -> None:
    item = told(house)
    code = code_in(house.letters_to_the_lea()[0])
    officer = house.stranger("portal")

    def types(words: str) -> int:
        token = csrf_in(officer.get("/n/").text)
        form = {"csrf_token": token, "code": words}
        return int(officer.post("/n/", data=form).status_code)

    assert types("AAAA-AAAA-AAAA-AAAA") == REFUSED
    assert types("") == REFUSED
    assert types(code.lower().replace("-", " ")) == DONE
    assert house.notice(item).state == Lea.TO_CONFIRM  # typing it is not the button
    assert presses(officer, code, "receive").status_code == DONE
    assert house.notice(item).state == Lea.CONFIRMED


def test_a_code_ends_with_its_agency(house: House) -> None:
    item = told(house)
    code = code_in(house.letters_to_the_lea()[0])
    officer = house.stranger("portal")
    token = csrf_in(officer.get(f"/n/{code}").text)
    house.does(f"/agencies/{POLICE_ID}/switch", as_="mira")

    form = {"csrf_token": token, "scope": "provider"}
    held = officer.post(f"/n/{code}/hold", data=form)
    received = officer.post(f"/n/{code}/receive", data={"csrf_token": token})

    assert held.status_code == received.status_code == CONFLICT
    assert "your agency is not told of anything now" in held.text
    assert not house.item(item).is_held
    house.does(f"/agencies/{POLICE_ID}/switch", as_="mira")
    assert presses(officer, code, "receive").status_code == DONE


def test_a_receipt_in_the_portal_and_one_by_hand_count_the_same(house: House) -> None:
    first, second = told(house), told(house, "https://item-two.example/page")

    says(house, first, "receive")
    notice = notice_to(house, second)
    empty = house.posts(f"/notices/{notice.id}/confirm", receipt="")
    house.does(f"/notices/{notice.id}/confirm", receipt="by telephone, case 7")

    assert empty.status_code == REFUSED
    assert house.notice(first).state == house.notice(second).state == Lea.CONFIRMED
    assert "received" in portal(house, first)
    assert "case 7" in house.page(f"/items/{second.id}")
    assert "Practice Police (recorded by Anna)" in house.page(f"/items/{second.id}")


def test_where_the_clock_starts_at_the_receipt_nothing_leaves_before_it(
    house: House,
) -> None:
    agreed(house.clock.now(), ntd_clock="receipt")
    item = told(house)

    house.hours_pass(72)
    assert to_providers(house) == []

    says(house, item, "receive")
    house.hours_pass(23)
    assert to_providers(house) == []
    house.hours_pass(1)
    assert len(to_providers(house)) == 1


def test_a_silent_agency_is_called_and_blocks_a_removal_no_longer_than_agreed(
    house: House,
) -> None:
    agreed(house.clock.now(), ntd_clock="receipt", receipt_hours=24, silent_days=6)
    item = told(house)

    for _ in range(4):
        house.hours_pass(24)
    assert to_providers(house) == []
    assert "confirms nothing: call them" in house.page("/tasks")

    house.does(f"/calls/{call_about(item).id}", words="nobody answered", number="100")
    assert "confirms nothing: call them" in house.page("/tasks")
    house.hours_pass(24)
    assert to_providers(house) == []
    house.hours_pass(24)
    house.hours_pass(24)
    assert house.notice(item).state == Lea.SILENT
    assert len(to_providers(house)) == 1


def test_a_silent_agency_is_called_where_the_clock_starts_at_the_sending_too(
    house: House,
) -> None:
    item = told(house)

    for _ in range(4):
        house.hours_pass(48)

    subjects = [x.subject for x in letters_to(house)]
    assert sum("confirm the receipt" in s for s in subjects) == 2
    assert len(to_providers(house)) >= 1  # it waited for nobody
    house.does(
        f"/calls/{call_about(item).id}",
        words="they have it",
        number="+000 000 0100",
        reached="yes",
    )
    assert "confirms nothing: call them" not in house.page("/tasks")


def test_a_lost_letter_is_chased_and_sent_again_as_the_same_notice(
    house: House,
) -> None:
    item = told(house)
    house.hours_pass(48)
    chase = letters_to(house)[1]
    assert "confirm the receipt" in chase.subject
    assert code_in(chase) == code_in(letters_to(house)[0])
    notice = notice_to(house, item)

    refused = house.posts(f"/notices/{notice.id}/resend", why="")
    house.does(f"/notices/{notice.id}/resend", why="they never saw it")
    house.works()

    assert refused.status_code == REFUSED
    assert house.notice(item).id == notice.id
    again = letters_to(house)[2]
    assert again.subject == letters_to(house)[0].subject
    presses(house.stranger("portal"), code_in(again), "receive")
    assert house.notice(item).state == Lea.CONFIRMED


def test_a_receipt_that_comes_while_the_notice_is_being_sent_again_counts(
    house: House,
) -> None:
    item = told(house)
    code = code_in(house.letters_to_the_lea()[0])
    house.does(f"/notices/{notice_to(house, item).id}/resend", why="seems lost")

    answer = presses(house.stranger("portal"), code, "receive")
    house.works()

    assert answer.status_code == DONE
    assert house.notice(item).confirmed_at is not None


def test_a_notice_that_came_back_and_is_read_in_the_portal_was_told_only_then(
    house: House,
) -> None:
    item = told(house)
    house.does(f"/notices/{notice_to(house, item).id}/fail", why="the mail came back")
    house.hours_pass(72)

    says(house, item, "receive")
    house.hours_pass(23)
    assert to_providers(house) == []
    house.hours_pass(1)
    assert len(to_providers(house)) == 1


def test_a_refused_letter_lets_no_ntd_leave_until_it_was_sent_again(
    house: House,
) -> None:
    house.internet.post_office.manners = refuse_police
    item = told(house)
    house.hours_pass(72)
    assert house.letters() == []
    house.internet.post_office.manners = good

    house.does(f"/notices/{notice_to(house, item).id}/resend", why="they made room")
    house.works()
    house.hours_pass(23)
    assert len(letters_to(house)) == 1
    assert to_providers(house) == []
    house.hours_pass(1)
    assert len(to_providers(house)) == 1


def test_evidence_is_destroyed_after_the_receipt_also_when_it_came_late(
    house: House,
) -> None:
    agreed(house.clock.now(), delete_on_receipt=True)
    early = told(house, screenshots="EV-1")
    late = told(house, "https://item-two.example/page", screenshots="EV-2")
    says(house, early, "receive")
    assert [c.reference for c in Custody.rows()] == ["EV-1"]
    house.hours_pass(24 * 15)
    assert house.notice(late).state == Lea.SILENT

    house.does(f"/notices/{notice_to(house, late).id}/confirm", receipt="at last")

    assert [c.reference for c in Custody.rows()] == ["EV-1", "EV-2"]
    assert "Destroy evidence" in house.page("/tasks")
    done = {"holder": "unit one", "destroyed_on": "2030-01-22", "by": "Anna"}
    house.does(f"/custody/{Custody.rows()[0].id}", **done)
    house.does(f"/custody/{Custody.rows()[1].id}", **done)
    assert "Destroy evidence" not in house.page("/tasks")


def test_a_receipt_after_the_wait_was_over_can_still_be_recorded_at_the_desk(
    house: House,
) -> None:
    item = told(house)
    house.hours_pass(24 * 15)
    assert house.notice(item).state == Lea.SILENT

    path = f"/notices/{notice_to(house, item).id}/confirm"
    house.does(path, receipt="at last")

    assert house.notice(item).confirmed_at == house.clock.now()
    assert house.item(item).state == ItemState.TO_FINISH


def test_who_was_silent_is_still_offered_the_button(house: House) -> None:
    item = told(house)
    house.hours_pass(24 * 15)
    assert house.notice(item).state == Lea.SILENT

    number = notice_to(house, item).id
    assert f"/lea/notices/{number}/receive" in portal(house, item)
    assert f"/notices/{number}/confirm" in house.page(f"/items/{item.id}")


def test_a_chase_tells_nothing_but_the_number(house: House) -> None:
    told(house, remarks="REMARK-ONE")
    house.hours_pass(48)

    chase = letters_to(house)[1]

    assert chase.is_encrypted
    assert "item-one" not in text_of(chase)
    assert "REMARK-ONE" not in text_of(chase)
