"""Many reports in one letter: numbered parts, none lost, nobody kept waiting."""

import json
import re
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from reportbox.lea import actions
from reportbox.lea.rounds import notify_due
from reportbox.lifecycle import Actor, Lea
from reportbox.post.deliver import deliver_due
from reportbox.practice.office_page import Opened
from reportbox.records.items import Item
from reportbox.records.journey import Deed
from reportbox.records.tracks import LeaNotice
from tests.agencies import (
    COUNTY,
    COUNTY_ADDRESS,
    OLGA,
    POLICE,
    changed,
    code_in,
    good,
    judged,
    letters_to,
    notice_to,
    police_later,
    portal,
    presses,
    says,
    to_providers,
)
from tests.builders import agreed, many_notices
from tests.house import DONE, House, text_of

MANY, SIZE = 1_000, 200
ONE = "https://item-one.example/page-one"
TWO = "https://item-one.example/page-two"
THREE = "https://item-one.example/page-three"
NUMBER = re.compile(r"RB-\d{6}")


def annex(letter: Opened) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(dict(letter.parts)["annex-one.json"])
    return found


def numbers_in(letter: Opened) -> list[str]:
    return [r["report"]["reference"] for r in annex(letter)["reports"]]


def block_of_two(house: House) -> tuple[Item, Item]:
    """Two reports whose one letter waits for the mail server of the agency."""
    agreed(house.clock.now(), block_size=10)
    house.internet.post_office.manners = police_later
    first, second = judged(house, ONE), judged(house, TWO)
    house.works()
    assert house.notice(first).state == house.notice(second).state == Lea.TO_SEND
    return first, second


def told_together(house: House) -> tuple[Item, Item, str]:
    """Two reports that arrived in one letter, and its code."""
    agreed(house.clock.now(), block_size=10)
    first, second = judged(house, ONE), judged(house, TWO)
    house.works()
    [letter] = letters_to(house)
    return first, second, code_in(letter)


def test_a_thousand_reports_arrive_in_numbered_parts_and_a_refused_one_is_sent_again(
    house: House,
) -> None:
    now = house.clock.now()
    agreed(now, block_size=SIZE)
    many_notices(now, MANY)
    dots: list[str] = []

    def refuse_the_third(point: str, recipient: str) -> str | None:
        dots.extend([recipient] * (point == "dot"))
        return "552 too large" if point == "dot" and len(dots) == 3 else None

    house.internet.post_office.manners = refuse_the_third
    notify_due(house.settings, house.world)
    deliver_due(house.settings, house.world)

    arrived = letters_to(house)
    name = "block BL-000001"
    parts = [f"part {n} of 5 of {name}, {SIZE} reports" for n in (1, 2, 4, 5)]
    assert [x.subject.partition(": ")[2] for x in arrived] == parts
    for letter in arrived:
        assert annex(letter)["part"]["reports"] == MANY
        assert f"Together the parts hold {MANY} reports" in text_of(letter)
        assert len(numbers_in(letter)) == SIZE
    assert len({code_in(letter) for letter in arrived}) == len(arrived)
    lost = LeaNotice.rows(LeaNotice.state == Lea.TO_REACH)
    assert len(lost) == SIZE
    had = {number for letter in arrived for number in numbers_in(letter)}
    assert not had & {n.item.number for n in lost}
    assert "LEA not reached" in house.page("/tasks")

    house.internet.post_office.manners = good
    again = Deed("Anna", Actor.ANALYST, now, "the part was refused")
    for notice in lost:
        actions.resend(notice, again)
    notify_due(house.settings, house.world)
    deliver_due(house.settings, house.world)

    last = letters_to(house)[-1]
    assert sorted(numbers_in(last)) == sorted(n.item.number for n in lost)
    assert last.subject.endswith(f"part 3 of 5 of {name}, {SIZE} reports")
    assert annex(last)["part"] == {
        "number": 3, "of": 5, "reports": MANY, "block": "BL-000001"
    }  # fmt: skip
    assert LeaNotice.rows(LeaNotice.state != Lea.TO_CONFIRM) == []


def test_a_report_withdrawn_from_a_waiting_block_leaves_the_others_in_it(
    house: House,
) -> None:
    wrong, right = block_of_two(house)

    house.judges(wrong, "not_illegal", reason="seen again")
    house.internet.post_office.manners = good
    house.hours_pass(1)

    assert house.notice(wrong).state == Lea.WITHDRAWN
    assert house.notice(right).state == Lea.TO_CONFIRM
    assert [numbers_in(x) for x in letters_to(house)] == [[right.number]]


def test_a_report_read_in_the_portal_before_its_block_arrived_stops_no_other(
    house: House,
) -> None:
    read, unread = block_of_two(house)

    says(house, read, "receive")
    house.internet.post_office.manners = good
    house.hours_pass(1)

    assert house.notice(read).state == Lea.CONFIRMED
    assert house.notice(unread).state == Lea.TO_CONFIRM
    assert unread.number in str(letters_to(house))


def test_what_is_urgent_never_waits_for_a_block_nor_for_its_hour(house: House) -> None:
    home = ZoneInfo("Europe/Tallinn")
    house.clock.set(datetime(2030, 1, 7, 13, 40, tzinfo=home))
    agreed(house.clock.now(), block_size=10, block_times="14:00")
    usual = judged(house, ONE)
    urgent = judged(house, TWO, is_urgent="yes", urgent_reason="it says tonight")
    other = judged(house, THREE)
    house.works()

    assert [numbers_in(x) for x in letters_to(house)] == [[urgent.number]]
    house.minutes_pass(20)
    together = letters_to(house)[1]
    assert sorted(numbers_in(together)) == sorted([usual.number, other.number])
    assert not together.subject.startswith("URGENT")


def test_a_block_waits_for_its_agreed_hour_but_never_longer_than_half_an_hour(
    house: House,
) -> None:
    home = ZoneInfo("Europe/Tallinn")
    house.clock.set(datetime(2030, 1, 7, 13, 40, tzinfo=home))
    agreed(house.clock.now(), block_size=10, block_times="14:00, 23:00")
    first = judged(house, ONE)
    house.minutes_pass(10)
    second = judged(house, TWO)
    house.minutes_pass(9)
    assert letters_to(house) == []

    house.minutes_pass(1)
    assert [numbers_in(x) for x in letters_to(house)] == [[first.number, second.number]]

    third = judged(house, THREE)  # the next agreed hour is too far away
    house.minutes_pass(1)
    assert [numbers_in(x) for x in letters_to(house)[1:]] == [[third.number]]


def test_a_receipt_by_code_confirms_only_what_that_letter_carried(
    house: House,
) -> None:
    missing, other, _ = told_together(house)
    house.does(
        f"/notices/{notice_to(house, missing).id}/resend", why="that one is missing"
    )
    house.works()

    again = letters_to(house)[1]
    assert numbers_in(again) == [missing.number]
    presses(house.stranger("portal"), code_in(again), "receive")

    assert house.notice(missing).state == Lea.CONFIRMED
    assert house.notice(other).state == Lea.TO_CONFIRM


def test_one_report_of_a_block_is_held_by_its_link_and_the_other_is_not(
    house: House,
) -> None:
    held, free, code = told_together(house)
    officer = house.stranger("portal")

    presses(officer, code, "hold", notice=str(notice_to(house, held).id))
    house.hours_pass(24)

    assert house.item(held).is_held
    assert not house.item(free).is_held
    [letter] = to_providers(house)
    assert "page-two" in str(letter)
    assert "page-one" not in str(letter)


def test_a_block_is_received_and_held_though_one_of_its_reports_has_ended(
    house: House,
) -> None:
    gone, there, code = told_together(house)
    says(house, gone, "receive")
    house.does(f"/items/{gone.id}/confirm_removal", why="looked: gone")

    answer = presses(house.stranger("portal"), code, "receive", hold="yes")
    house.hours_pass(48)

    assert answer.status_code == DONE
    assert house.notice(there).state == Lea.CONFIRMED
    assert house.item(there).is_held
    assert to_providers(house) == []


def test_a_hold_by_link_on_a_block_reaches_every_report_that_is_open(
    house: House,
) -> None:
    gone, there, code = told_together(house)
    says(house, gone, "receive")
    house.does(f"/items/{gone.id}/confirm_removal", why="looked: gone")

    answer = presses(house.stranger("portal"), code, "hold")

    assert answer.status_code == DONE
    assert house.item(there).is_held


def test_blocks_of_two_agencies_are_letters_of_their_own(house: House) -> None:
    agreed(house.clock.now(), block_size=10)
    items = [judged(house, address, region="North") for address in (ONE, TWO)]
    house.works()

    [letter] = letters_to(house)
    assert numbers_in(letter) == [item.number for item in items]
    [note] = letters_to(house, COUNTY_ADDRESS)
    assert "2 reports wait" in note.subject
    assert NUMBER.search(str(note)) is None


def test_who_only_has_the_portal_can_tell_whether_a_block_is_complete(
    house: House,
) -> None:
    agreed(house.clock.now(), block_size=2)
    changed(POLICE, gets_copies=False)
    items = [judged(house, one, region="North") for one in (ONE, TWO, THREE)]
    house.works()

    subjects = [note.subject for note in letters_to(house, COUNTY_ADDRESS)]
    name = notice_to(house, items[0], COUNTY).block
    assert f"part 1 of 2 of block {name}" in subjects[0]
    assert f"part 2 of 2 of block {name}" in subjects[1]
    assert "hold 3 reports" in text_of(letters_to(house, COUNTY_ADDRESS)[0])
    listed = house.page("/lea/notices/", OLGA)
    assert listed.count(f"part 1 of 2 of block {name}") == 2
    assert listed.count(f"part 2 of 2 of block {name}") == 1
    page = portal(house, items[2], OLGA)
    assert f"part 2 of 2 of block {name}, which holds 3 reports" in page


def test_a_report_that_is_sent_again_names_its_block_and_counts_what_is_left(
    house: House,
) -> None:
    agreed(house.clock.now(), block_size=2)
    items = [judged(house, address) for address in (ONE, TWO, THREE)]
    house.works()
    first, second = letters_to(house)
    assert "part 1 of 2 of block BL-000001; it holds 2 reports" in text_of(first)
    assert second.subject.endswith("part 2 of 2 of block BL-000001, 1 report")

    house.judges(items[0], "not_illegal", reason="seen again")
    house.works()
    missing = notice_to(house, items[1])
    house.does(f"/notices/{missing.id}/resend", why="that one is missing")
    house.works()

    again = letters_to(house)[-1]
    assert numbers_in(again) == [items[1].number]
    assert annex(again)["part"]["block"] == "BL-000001"
    assert "part 1 of 2 of BL-000001" in house.page(f"/items/{items[1].id}")
