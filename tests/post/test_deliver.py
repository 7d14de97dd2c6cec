"""How letters leave the box, over real SMTP."""

import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import count
from pathlib import Path
from threading import Barrier

import pytest

from reportbox import lifecycle
from reportbox.adapters.gpg import GpgKeyring, make_key
from reportbox.lifecycle import Letter as State
from reportbox.post.ahead import Workshop
from reportbox.post.deliver import deliver_due, recover
from reportbox.post.seal import seal
from reportbox.practice.agreed import POLICE_ID
from reportbox.records import atomic
from reportbox.records.agencies import Agency
from reportbox.records.journey import box, move
from reportbox.records.letters import Letter, Writing
from reportbox.records.tracks import LeaNotice
from tests.builders import a_letter
from tests.house import House


@pytest.fixture
def letter(house: House) -> Letter:
    return a_letter(house.clock.now())


def deliver(house: House) -> int:
    return deliver_due(house.settings, house.world)


def key_of_the_police(fingerprint: str) -> str:
    """Give the practice police another key; return the one it had."""
    police = Agency.get_by_id(POLICE_ID)
    mine = Agency.id == POLICE_ID
    with atomic():
        Agency.update(key=fingerprint).where(mine).execute()
    return str(police.key)


def fresh(letter: Letter) -> Letter:
    found: Letter = Letter.get_by_id(letter.id)
    return found


def notice_of(letter: Letter) -> LeaNotice:
    found: LeaNotice = LeaNotice.get_by_id(1)
    return found


def test_a_due_letter_arrives_and_its_notice_counts_as_told(
    house: House, letter: Letter
) -> None:
    assert deliver(house) == 1

    assert house.internet.post_office.message_ids == [letter.message_id]
    assert fresh(letter).state == State.SENT
    assert notice_of(letter).state == lifecycle.Lea.TO_CONFIRM
    assert notice_of(letter).told_at == house.clock.now()


def test_a_sent_letter_is_not_sent_again(house: House, letter: Letter) -> None:
    deliver(house)
    house.clock.advance(days=30)

    assert deliver(house) == 0
    assert len(house.internet.post_office.letters) == 1


@pytest.mark.parametrize("point", ["connect", "rcpt", "data", "body", "dot"])
def test_a_post_office_that_says_later_is_tried_again_after_a_pause(
    house: House, letter: Letter, point: str
) -> None:
    house.internet.post_office.manners = lambda at, _: (
        "451 come back later" if at == point else None
    )
    deliver(house)
    assert fresh(letter).state == State.WAITING

    house.internet.post_office.manners = lambda *_: None
    house.clock.advance(minutes=1)

    assert deliver(house) == 1


@pytest.mark.parametrize("point", ["rcpt", "data", "dot"])
def test_a_refused_letter_calls_a_person_and_the_lea_counts_as_not_told(
    house: House, letter: Letter, point: str
) -> None:
    house.internet.post_office.manners = lambda at, _: (
        "550 no such mailbox" if at == point else None
    )

    deliver(house)

    assert fresh(letter).state == State.REFUSED
    assert "550 no such mailbox" in fresh(letter).trouble
    assert notice_of(letter).state == lifecycle.Lea.TO_REACH


@pytest.mark.parametrize("point", ["connect", "rcpt", "data"])
def test_a_connection_that_breaks_before_the_dot_is_safe_to_repeat(
    house: House, letter: Letter, point: str
) -> None:
    house.internet.post_office.manners = lambda at, _: "drop" if at == point else None
    deliver(house)
    assert fresh(letter).state == State.WAITING
    assert house.internet.post_office.letters == []

    house.internet.post_office.manners = lambda *_: None
    house.clock.advance(minutes=1)
    deliver(house)

    assert house.internet.post_office.message_ids == [letter.message_id]


def test_a_connection_that_breaks_within_the_body_never_counts_as_sent(
    house: House, letter: Letter
) -> None:
    house.internet.post_office.manners = lambda at, _: "drop" if at == "body" else None

    deliver(house)

    # Whether the box noticed before the dot is a race; that nothing arrived is not.
    assert fresh(letter).state in {State.WAITING, State.IN_DOUBT}
    assert house.internet.post_office.letters == []


@pytest.mark.parametrize(("point", "arrived"), [("dot", 0), ("kept", 1)])
def test_a_connection_that_breaks_after_the_dot_leaves_the_letter_in_doubt(
    house: House, letter: Letter, point: str, arrived: int
) -> None:
    house.internet.post_office.manners = lambda at, _: "drop" if at == point else None
    deliver(house)
    house.internet.post_office.manners = lambda *_: None
    house.clock.advance(days=1)
    deliver(house)

    assert fresh(letter).state == State.IN_DOUBT
    assert len(house.internet.post_office.letters) == arrived
    assert notice_of(letter).state == lifecycle.Lea.TO_REACH
    assert "Letter in doubt" in house.page("/tasks")


def test_a_doubt_is_resolved_by_a_person_either_way(house: House) -> None:
    letters = [a_letter(house.clock.now()) for _ in "ab"]
    house.internet.post_office.manners = lambda at, _: "drop" if at == "dot" else None
    deliver(house)
    house.internet.post_office.manners = lambda *_: None
    house.clock.advance(hours=5)

    house.does(f"/letters/{letters[0].id}/found", why="in the log")
    house.does(f"/letters/{letters[1].id}/not_found", why="not in the log")
    deliver(house)

    assert [fresh(x).state for x in letters] == [State.SENT, State.SENT]
    assert fresh(letters[0]).sent_at == fresh(letters[0]).passed_at
    assert house.internet.post_office.message_ids == [letters[1].message_id]


def test_a_crash_before_the_dot_sends_again_and_one_after_it_never_does(
    house: House,
) -> None:
    now = house.clock.now()
    early, late = (a_letter(now) for _ in "ab")
    with atomic():
        move(early, lifecycle.Move.CLAIM, box(now))
        move(late, lifecycle.Move.CLAIM, box(now))
        move(late, lifecycle.Move.PASS, box(now))

    recover(now)
    deliver(house)

    assert fresh(early).state == State.SENT
    assert fresh(late).state == State.IN_DOUBT
    assert house.internet.post_office.message_ids == [early.message_id]


def test_without_a_key_a_letter_to_the_lea_waits_visibly_and_never_goes_in_the_clear(
    house: House,
) -> None:
    key_of_the_police("")
    letter = a_letter(house.clock.now())

    deliver(house)

    assert fresh(letter).state == State.WAITING
    assert "No OpenPGP key" in house.page("/tasks")
    assert house.internet.post_office.letters == []


def test_a_key_named_later_lets_the_waiting_letter_leave(house: House) -> None:
    named = key_of_the_police("")
    letter = a_letter(house.clock.now())
    deliver(house)

    key_of_the_police(named)
    house.clock.advance(minutes=15)
    deliver(house)

    assert fresh(letter).state == State.SENT
    assert house.letters_to_the_lea()[0].is_encrypted


def test_the_letter_keeps_its_bytes_from_the_first_try_on(
    house: House, letter: Letter
) -> None:
    house.internet.post_office.manners = lambda at, _: (
        "451 later" if at == "dot" else None
    )
    deliver(house)
    sealed = bytes(Writing.of(letter).sealed or b"")
    house.internet.post_office.manners = lambda *_: None
    house.clock.advance(minutes=5)
    deliver(house)

    [arrived] = house.internet.post_office.letters
    assert arrived.data == sealed


def test_urgent_letters_leave_first(house: House) -> None:
    now = house.clock.now()
    earlier = now - timedelta(hours=1)
    plain = [a_letter(now, due_at=earlier) for _ in range(2)]
    urgent = [a_letter(now, is_urgent=True) for _ in range(2)]

    deliver(house)

    arrived = house.internet.post_office.message_ids
    assert len(arrived) == len(plain) + len(urgent)
    assert set(arrived[:2]) == {letter.message_id for letter in urgent}


def test_of_many_letters_two_are_on_their_way_at_a_time(house: House) -> None:
    letters = [a_letter(house.clock.now()) for _ in range(6)]
    both_at_the_dot = Barrier(2)

    def wait_for_the_other(at: str, _: object) -> None:
        if at == "dot":
            both_at_the_dot.wait(timeout=10)

    house.internet.post_office.manners = wait_for_the_other

    assert deliver(house) == 6
    assert [fresh(letter).state for letter in letters] == [State.SENT] * 6


def test_a_mail_server_that_takes_one_connection_gets_every_letter_down_it(
    house: House,
) -> None:
    letters = [a_letter(house.clock.now()) for _ in range(5)]
    connections = count(1)
    house.internet.post_office.manners = lambda at, _: (
        "421 one at a time, please"
        if at == "connect" and next(connections) > 1
        else None
    )

    assert deliver(house) == 5
    assert {(x.state, x.attempts, x.trouble) for x in map(fresh, letters)} == {
        (State.SENT, 1, "")
    }


def test_no_mail_server_at_all_is_shown_and_nothing_is_pushed_back(
    house: House, letter: Letter
) -> None:
    house.internet.post_office.manners = lambda at, _: (
        "drop" if at == "connect" else None
    )
    deliver(house)
    assert "cannot be used" in fresh(letter).trouble

    house.internet.post_office.manners = lambda *_: None

    assert deliver(house) == 1


def test_a_hold_between_claim_and_hand_over_wins(house: House) -> None:
    item = house.the_public_reports("https://item-one.example/page")
    house.judges(item, "baseline")
    house.works()
    claimed: list[str] = []

    def hold_now(point: str, recipient: str) -> str | None:
        """The letter is claimed and on the wire when the LEA calls."""
        if point == "data" and "police" not in recipient and not claimed:
            [ntd] = Letter.rows(Letter.paper == lifecycle.Paper.NTD)
            claimed.append(str(ntd.state))
            house.does(f"/items/{item.id}/hold", why="asked by telephone")
        return None

    house.internet.post_office.manners = hold_now
    house.hours_pass(24)
    house.hours_pass(24)

    assert claimed == [State.SENDING]
    assert house.letters_to_providers() == []
    [notice] = Letter.rows(Letter.paper == lifecycle.Paper.NTD)
    assert notice.state == State.STOPPED
    assert house.ntd(item).state == lifecycle.Ntd.TO_FALL_DUE


def test_a_hold_while_the_server_says_later_leaves_no_fault_behind(
    house: House,
) -> None:
    item = house.the_public_reports("https://item-one.example/page")
    house.judges(item, "baseline")
    house.works()
    held: list[bool] = []

    def hold_then_later(point: str, recipient: str) -> str | None:
        if point == "data" and "police" not in recipient and not held:
            held.append(True)
            house.does(f"/items/{item.id}/hold", why="asked by telephone")
            return "451 later"
        return None

    house.internet.post_office.manners = hold_then_later
    house.hours_pass(24)

    assert Letter.rows()[-1].state == State.STOPPED
    assert "A fault of the box" not in house.page("/tasks")


def test_a_stop_abandons_what_has_not_reached_the_dot(
    house: House, letter: Letter
) -> None:
    asked: list[bool] = []

    def stopping() -> bool:
        asked.append(True)
        return len(asked) > 3  # the round begins, then the stop comes

    deliver_due(house.settings, house.world, stopping)

    assert fresh(letter).state == State.WAITING
    assert house.internet.post_office.letters == []


def test_a_key_that_is_dropped_while_a_letter_is_made_is_not_used(
    house: House, letter: Letter
) -> None:
    with Workshop(house.settings, house.world) as workshop:
        workshop.begin([letter])
        made = workshop.take(letter)
    named = key_of_the_police("")

    with atomic():
        assert not seal([(letter, made)], house.clock.now())

    assert deliver(house) == 0
    assert fresh(letter).sealed_at is None
    key_of_the_police(named)
    house.clock.advance(minutes=1)
    assert deliver(house) == 1


class HastyReader(GpgKeyring):
    """Whose reader revokes her key at the very moment a letter was encrypted to it."""

    def __init__(self, home: Path, signer: str, revocation: str) -> None:
        super().__init__(home, signer)
        self.revocation = revocation

    def sign_and_encrypt(self, content: bytes, fingerprint: str) -> bytes:
        made = super().sign_and_encrypt(content, fingerprint)
        self.import_key(self.revocation)
        return made


@pytest.fixture
def ring() -> Iterator[Path]:
    """A box's own ring, which a test may spoil."""
    with tempfile.TemporaryDirectory(prefix="rbt-", ignore_cleanup_errors=True) as made:
        yield Path(made)
        subprocess.run(["gpgconf", "--homedir", made, "--kill", "all"], check=True)


def test_a_key_that_is_revoked_while_a_letter_is_made_is_not_used(
    house: House, letter: Letter, ring: Path
) -> None:
    plain = GpgKeyring(ring, "desk@hotline.example")
    plain.create_own_key("Practice Hotline")
    reader = make_key(plain.library, "Officer", letter.recipient)
    torn = (ring / "openpgp-revocs.d" / f"{reader}.rev").read_text()
    revocation = torn[torn.index(":-----BEGIN") + 1 :]
    key_of_the_police(reader)
    hasty = HastyReader(ring, "desk@hotline.example", revocation)
    house.world = replace(house.world, keyring=hasty)

    assert deliver(house) == 0

    assert fresh(letter).sealed_at is None
    assert "was revoked" in fresh(letter).trouble
    assert house.internet.post_office.letters == []
