"""A real Postfix as the first hop: doubts settle by themselves, nothing comes twice."""

import smtplib
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from reportbox import lifecycle
from reportbox.adapters.clock import SystemClock
from reportbox.adapters.postfix import PostfixLog
from reportbox.adapters.smtp import SmtpMailer
from reportbox.jobs import Leader
from reportbox.ports import Passage, Reception
from reportbox.practice.post_office import PostOffice
from reportbox.records.letters import Letter
from reportbox.records.log_marks import LogMark
from tests.builders import a_letter
from tests.faults.wire import Wire
from tests.house import House
from tests.local_postfix import Postfix, local_postfix

pytestmark = pytest.mark.faults

OURS = "<letter-one@hotline.example>"
TEXT = f"From: desk@hotline.example\r\nMessage-ID: {OURS}\r\n\r\nitem one\r\n".encode()


@pytest.fixture
def sink() -> Iterator[PostOffice]:
    with PostOffice() as office:
        yield office


@pytest.fixture
def postfix(sink: PostOffice) -> Iterator[Postfix]:
    with local_postfix(sink.port) as server:
        yield server


def begin(postfix: Postfix, text: bytes = TEXT) -> smtplib.SMTP:
    """Hand over all of a letter but its final dot."""
    line = smtplib.SMTP("127.0.0.1", postfix.port, timeout=10)
    line.ehlo()
    line.mail("desk@hotline.example")
    line.rcpt("abuse@host-one.example")
    line.putcmd("data")
    assert line.getreply()[0] == 354
    line.send(text)
    return line


def knock(postfix: Postfix) -> None:
    with smtplib.SMTP("127.0.0.1", postfix.port, timeout=10) as line:
        line.ehlo()


def eventually(seen: Callable[[], Passage], fate: Reception) -> Passage:
    deadline = time.monotonic() + 10
    while seen().reception is not fate and time.monotonic() < deadline:
        time.sleep(0.1)
    return seen()


@pytest.mark.parametrize("text", [TEXT, TEXT + b"item two\r\n" * 50_000])
@pytest.mark.parametrize("dot", [b".\r\n", b""])
def test_whoever_hung_up_learns_from_the_log_what_became_of_the_letter(
    postfix: Postfix, dot: bytes, text: bytes
) -> None:
    log = PostfixLog(postfix.log)
    knock(postfix)
    since = log.end()

    line = begin(postfix, text)
    if dot:
        line.send(dot)
    line.close()
    time.sleep(0.5)
    until = log.end()
    knock(postfix)

    fate = Reception.TAKEN if dot else Reception.NOT_TAKEN
    assert eventually(lambda: log.search(OURS, since, until), fate).reception is fate


def test_as_long_as_the_conversation_goes_on_nothing_is_proved(
    postfix: Postfix,
) -> None:
    log = PostfixLog(postfix.log)
    since = log.end()
    line = begin(postfix)
    time.sleep(0.5)
    until = log.end()
    knock(postfix)
    time.sleep(0.5)

    assert log.search(OURS, since, until).reception is Reception.UNSURE
    line.send(b".\r\n")
    line.close()
    taken = eventually(lambda: log.search(OURS, since, until), Reception.TAKEN)
    assert taken.reception is Reception.TAKEN


def test_a_doubt_settles_by_itself_within_a_minute(
    house: House, postfix: Postfix, sink: PostOffice
) -> None:
    fates = iter(["before", "after"])
    with Wire(postfix.port) as wire:
        wire.cutting = lambda: next(fates, None)
        world = replace(
            house.world,
            clock=SystemClock(),
            mailer=SmtpMailer("127.0.0.1", wire.port, timeout=5),
            mail_log=PostfixLog(postfix.log),
        )
        now = world.clock.now()
        LogMark.put(now - timedelta(minutes=5), PostfixLog(postfix.log).end())
        letters = [a_letter(now) for _ in range(2)]
        leader = Leader(house.settings, world)
        leader.start()
        try:
            deadline = time.monotonic() + 60
            while time.monotonic() < deadline and not are_sent(letters):
                time.sleep(0.2)
        finally:
            while not leader.stop():
                pass

    assert are_sent(letters)
    assert wire.cuts == ["before", "after"]
    while postfix.has_letters():
        time.sleep(0.1)
    assert sorted(sink.message_ids) == sorted(x.message_id for x in letters)


def are_sent(letters: list[Letter]) -> bool:
    now = [Letter.get_by_id(letter.id).state for letter in letters]
    return set(now) == {lifecycle.Letter.SENT}
