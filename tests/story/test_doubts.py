"""A letter whose fate nobody heard: the mail server's log knows, or a person does."""

from dataclasses import replace
from pathlib import Path

import pytest

from reportbox import lifecycle
from reportbox.adapters.postfix import PostfixLog
from reportbox.office.health import checks
from reportbox.post.doubts import resolve_doubts
from reportbox.practice.manners import DROP, good_manners
from reportbox.records.items import Item
from reportbox.records.letters import Letter
from reportbox.records.tracks import LeaNotice
from tests.builders import a_letter, a_notice
from tests.house import House

STAMP = "2026-11-22T10:55:00.000000+13:45 box postfix"
CONNECT = f"{STAMP}/smtpd[21]: connect from localhost[127.0.0.1]\n"
CLIENT = f"{STAMP}/smtpd[21]: 4F9372BE01C: client=localhost[127.0.0.1]\n"
NAME = f"{STAMP}/cleanup[31]: 4F9372BE01C: message-id=%s\n"
ACTIVE = f"{STAMP}/qmgr[41]: 4F9372BE01C: from=<desk@hotline.example>, size=357, nrcpt=1 (queue active)\n"  # noqa: E501
CUT = f"{STAMP}/smtpd[21]: lost connection after DATA (98 bytes) from localhost[127.0.0.1]\n"  # noqa: E501
BYE = f"{STAMP}/smtpd[21]: disconnect from localhost[127.0.0.1] ehlo=1 commands=1\n"


@pytest.fixture
def log(house: House, tmp_path: Path) -> Path:
    """The log of a mail server that has run for a while."""
    file = tmp_path / "mail.log"
    file.write_text(CONNECT + BYE)
    house.world = replace(house.world, mail_log=PostfixLog(file))
    house.works()
    house.minutes_pass(2)
    return file


def in_doubt(house: House, point: str = "kept") -> tuple[Item, Letter]:
    """Tell the LEA down a line that breaks at that point, the answer not heard."""
    item = house.the_public_reports("https://item-one.example/page")
    house.internet.post_office.manners = lambda at, _: DROP if at == point else None
    house.judges(item, "baseline")
    house.works()
    house.internet.post_office.manners = good_manners
    [letter] = Letter.rows()
    assert letter.state == lifecycle.Letter.IN_DOUBT
    return item, letter


def says(log: Path, *lines: str) -> None:
    with log.open("a") as file:
        file.writelines(lines)


def notice(item: Item) -> LeaNotice:
    [found] = LeaNotice.of(item)
    return found


def state_of(letter: Letter) -> lifecycle.Letter:
    return lifecycle.Letter(Letter.get_by_id(letter.id).state)


def test_in_doubt_and_found_in_the_log_it_counts_as_sent(
    house: House, log: Path
) -> None:
    item, letter = in_doubt(house)
    assert notice(item).state == lifecycle.Lea.TO_REACH

    says(log, CONNECT, CLIENT, NAME % letter.message_id, ACTIVE)
    house.works()

    assert state_of(letter) == lifecycle.Letter.SENT
    assert notice(item).state == lifecycle.Lea.TO_CONFIRM
    assert notice(item).told_at == Letter.get_by_id(letter.id).passed_at
    assert len(house.letters()) == 1
    assert "has it as 4F9372BE01C" in house.page(f"/items/{item.id}")


def test_in_doubt_and_cut_off_in_the_log_it_goes_out_again_once(
    house: House, log: Path
) -> None:
    item, letter = in_doubt(house, "dot")
    assert house.letters() == []

    says(log, CONNECT, CLIENT, NAME % letter.message_id, CUT, BYE)
    house.minutes_pass(0.5)
    assert state_of(letter) == lifecycle.Letter.IN_DOUBT
    says(log, CONNECT, BYE)  # the box has knocked
    house.minutes_pass(0.2)

    assert state_of(letter) == lifecycle.Letter.SENT
    assert notice(item).state == lifecycle.Lea.TO_CONFIRM
    assert house.internet.post_office.message_ids == [letter.message_id]
    house.minutes_pass(30)
    assert len(house.letters()) == 1


def test_in_doubt_and_not_in_the_log_it_waits_for_a_person(
    house: House, log: Path
) -> None:
    item, letter = in_doubt(house)

    for _ in range(10):
        says(log, CONNECT, BYE)
        house.minutes_pass(0.5)

    assert state_of(letter) == lifecycle.Letter.IN_DOUBT
    assert notice(item).state == lifecycle.Lea.TO_REACH
    assert letter.message_id.strip("<>") in house.page("/letters/")
    house.does(f"/letters/{letter.id}/found", why="the LEA telephoned")
    assert state_of(letter) == lifecycle.Letter.SENT


def test_with_the_log_gone_a_doubt_waits_for_a_person(house: House, log: Path) -> None:
    _, letter = in_doubt(house)

    log.unlink()
    house.minutes_pass(5)

    assert state_of(letter) == lifecycle.Letter.IN_DOUBT
    [mail_log] = [
        x for x in checks(house.settings, house.world) if x.name == "mail log"
    ]
    assert not mail_log.is_ok
    assert "No such file" in mail_log.words


def test_a_person_who_was_faster_is_believed(house: House, log: Path) -> None:
    item, letter = in_doubt(house)
    house.does(f"/letters/{letter.id}/found", why="the LEA telephoned")

    says(log, CONNECT, CLIENT, NAME % letter.message_id, CUT, BYE)
    house.minutes_pass(0.5)
    says(log, CONNECT, BYE)
    house.minutes_pass(0.5)

    assert state_of(letter) == lifecycle.Letter.SENT
    assert notice(item).state == lifecycle.Lea.TO_CONFIRM
    assert len(house.letters()) == 1


def test_after_the_clock_stepped_back_no_earlier_mark_counts(
    house: House, log: Path
) -> None:
    house.clock.advance(minutes=-60)
    _, letter = in_doubt(house, "dot")

    says(log, CONNECT, CLIENT, NAME % letter.message_id, CUT, BYE, CONNECT, BYE)
    house.minutes_pass(1)
    says(log, CONNECT, BYE)
    house.minutes_pass(1)

    # Where the log stood before it was handed over is not known any more.
    assert state_of(letter) == lifecycle.Letter.IN_DOUBT


def test_however_many_doubts_there_are_each_has_its_turn_within_a_minute(
    house: House, log: Path
) -> None:
    """The log knows nothing of the first two hundred."""
    now = house.clock.now()
    notice = a_notice(now)
    doubts = [
        a_letter(now, notice, state=lifecycle.Letter.IN_DOUBT, passed_at=now)
        for _ in range(205)
    ]
    last = doubts[-1]
    says(log, CONNECT, CLIENT, NAME % last.message_id, ACTIVE, BYE)

    for _ in range(6):
        house.clock.advance(minutes=1 / 6)
        resolve_doubts(house.settings, house.world)

    assert state_of(last) == lifecycle.Letter.SENT
    left = Letter.rows(Letter.state == lifecycle.Letter.IN_DOUBT)
    assert len(left) == len(doubts) - 1
