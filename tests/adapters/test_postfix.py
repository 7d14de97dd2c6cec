"""What the log of a Postfix says about one letter, line by line."""

import os
from pathlib import Path

import pytest

from reportbox.adapters.postfix import PostfixLog
from reportbox.errors import PeerUnavailable
from reportbox.ports import Place, Reception

OURS = "<0a1b2c@hotline.example>"
OTHER = "<letter-two@hotline.example>"


def syslog(words: str) -> str:
    return f"Nov 22 10:55:00 box {words}\n"


def smtpd(words: str, process: int = 21) -> str:
    return syslog(f"postfix/smtpd[{process}]: {words}")


def cleanup(words: str) -> str:
    return f"Nov 22 10:55:00 box postfix/cleanup[31]: {words}\n"


def qmgr(words: str) -> str:
    return f"Nov 22 10:55:00 box postfix/qmgr[41]: {words}\n"


CONNECT = smtpd("connect from localhost[127.0.0.1]")
CLIENT = smtpd("4F9372BE01C: client=localhost[127.0.0.1]")
NAME = cleanup(f"4F9372BE01C: message-id={OURS}")
RESENT = cleanup("4F9372BE01C: resent-message-id=<y@partner.example>")
ACTIVE = qmgr(
    "4F9372BE01C: from=<desk@hotline.example>, size=357, nrcpt=1 (queue active)"
)
CUT = smtpd("lost connection after DATA (98 bytes) from localhost[127.0.0.1]")
BYE = smtpd("disconnect from localhost[127.0.0.1] ehlo=1 mail=1 rcpt=1 data=0/1")
LATER = CONNECT + BYE  # the box has knocked

TAKEN = CONNECT + CLIENT + NAME + ACTIVE
CUT_OFF = CONNECT + CLIENT + NAME + CUT + BYE
# cleanup may hear late that nothing more comes.
CUT_OFF_LATE = CONNECT + CLIENT + CUT + BYE + NAME
CUT_OFF_NAMELESS = CONNECT + CLIENT + CUT + BYE

EARLIER = CONNECT + BYE


@pytest.fixture
def log(tmp_path: Path) -> PostfixLog:
    (tmp_path / "mail.log").write_text(EARLIER)
    return PostfixLog(tmp_path / "mail.log")


def add(log: PostfixLog, lines: str) -> None:
    with log.path.open("a") as file:
        file.write(lines)


def fate(log: PostfixLog, lines: str, later: str = LATER) -> Reception:
    """Say what is read where these lines come, then quiet, then those."""
    since = log.end()
    add(log, lines)
    until = log.end()
    add(log, later)
    return log.search(OURS, since, until).reception


@pytest.mark.parametrize(
    "lines", [TAKEN, TAKEN + BYE, TAKEN + CUT, CUT_OFF + TAKEN.replace("4F", "5A")]
)
def test_a_letter_in_the_queue_was_taken(log: PostfixLog, lines: str) -> None:
    assert fate(log, lines) is Reception.TAKEN


@pytest.mark.parametrize(
    "stamp",
    [
        "Nov  2 10:55:00",
        "2026-11-22T10:55:00.123456+01:00",
        "2026-11-22T10:55:00Z",
    ],
)
def test_however_the_moment_is_written_the_line_is_read(
    log: PostfixLog, stamp: str
) -> None:
    assert fate(log, TAKEN.replace("Nov 22 10:55:00", stamp)) is Reception.TAKEN


def test_an_instance_with_a_name_of_its_own_is_read_too(log: PostfixLog) -> None:
    assert fate(log, TAKEN.replace(" postfix/", " postfix-out/submission/")) is (
        Reception.TAKEN
    )


def test_a_letter_in_the_queue_is_found_without_knowing_where_to_begin(
    log: PostfixLog,
) -> None:
    add(log, TAKEN)

    assert log.search(OURS, None, None).reception is Reception.TAKEN


@pytest.mark.parametrize("lines", [CUT_OFF, CUT_OFF_LATE, CUT_OFF_NAMELESS])
def test_a_letter_cut_off_before_its_end_was_not_taken(
    log: PostfixLog, lines: str
) -> None:
    assert fate(log, lines) is Reception.NOT_TAKEN


@pytest.mark.parametrize(
    "lines",
    [
        "",  # nothing at all was begun
        CONNECT + CLIENT + NAME + BYE,  # held, discarded, or refused at its end
        CUT_OFF.replace(OURS, OTHER),  # that was another letter
        CUT_OFF.replace("client=localhost[127.0.0.1]", "client=unknown[192.0.2.7]"),
        CONNECT + CLIENT + ACTIVE + CUT + BYE,  # taken, and its name is lost
        CUT_OFF.replace("DATA (98 bytes)", "END-OF-MESSAGE"),
    ],
)
def test_what_the_log_does_not_prove_is_for_a_person(
    log: PostfixLog, lines: str
) -> None:
    assert fate(log, lines) is Reception.UNSURE


def test_a_server_that_said_nothing_since_may_not_have_said_everything(
    log: PostfixLog,
) -> None:
    assert fate(log, CUT_OFF, later="") is Reception.UNSURE
    assert fate(log, CUT_OFF, later=CONNECT) is Reception.UNSURE


def test_while_an_old_conversation_goes_on_nothing_is_proved(log: PostfixLog) -> None:
    stranger = smtpd("connect from localhost[127.0.0.1]", process=22)
    knock = LATER.replace("[21]", "[23]")

    assert fate(log, stranger + CUT_OFF, later=knock) is Reception.UNSURE


def test_after_a_restart_of_the_server_nothing_is_proved(log: PostfixLog) -> None:
    start = "Nov 22 10:55:00 box postfix/master[11]: daemon started -- version 3.7.11\n"

    assert fate(log, CUT_OFF + start) is Reception.UNSURE
    assert fate(log, TAKEN + start) is Reception.TAKEN


LIMIT = "due to rate-limiting"
LOST = [
    syslog(f"rsyslogd: imuxsock[pid 41]: 4 messages lost {LIMIT} (200 allowed)"),
    syslog(f"rsyslogd: imuxsock begins to drop messages from pid 41 {LIMIT}"),
    syslog(f"rsyslogd[9]: imuxsock lost 4 messages from pid 41 {LIMIT}"),
    syslog(f"rsyslogd: imjournal: 4 messages lost {LIMIT} (20000 allowed)"),
    syslog("systemd-journald[9]: Suppressed 4 messages from postfix@-.service"),
    syslog("journal: Suppressed 4 messages from /system.slice/postfix@-.service"),
]


@pytest.mark.parametrize("line", LOST)
def test_where_syslog_says_that_lines_are_lost_nothing_is_proved(
    log: PostfixLog, line: str
) -> None:
    assert fate(log, CUT_OFF + line) is Reception.UNSURE
    assert fate(log, CUT_OFF, later=line + LATER) is Reception.UNSURE
    assert fate(log, TAKEN + line) is Reception.TAKEN


def test_lines_that_were_lost_long_before_do_not_count(log: PostfixLog) -> None:
    add(log, LOST[0])

    assert fate(log, CUT_OFF) is Reception.NOT_TAKEN


@pytest.mark.parametrize(
    "line",
    [
        syslog('rsyslogd: [origin software="rsyslogd"] start'),
        smtpd("lost connection after EHLO from localhost[127.0.0.1]", process=22),
        cleanup("5A: message-id=<rsyslogd: 4 messages lost due to rate-limiting>"),
    ],
)
def test_other_lines_are_not_taken_for_lost_ones(log: PostfixLog, line: str) -> None:
    assert fate(log, CUT_OFF + line) is Reception.NOT_TAKEN


def test_without_the_place_it_was_handed_over_nothing_is_proved(
    log: PostfixLog,
) -> None:
    add(log, CUT_OFF)
    until = log.end()
    add(log, LATER)

    assert log.search(OURS, None, until).reception is Reception.UNSURE
    assert log.search(OURS, until, None).reception is Reception.UNSURE


@pytest.mark.parametrize(
    "hostile",
    [
        f"x: message-id={OURS}",
        f"{OURS} 4F9372BE01C: message-id={OURS}",
        f"<x@host-one.example> {OURS}",
        f"#012Nov 22 10:55:00 box postfix/cleanup[31]: 5A: message-id={OURS}",
    ],
)
def test_nobody_writes_a_line_of_ours_by_mail(log: PostfixLog, hostile: str) -> None:
    theirs = TAKEN.replace(OURS, hostile) + BYE
    resent = TAKEN.replace(OURS, OTHER) + RESENT.replace("<y@partner.example>", OURS)

    assert fate(log, theirs) is not Reception.TAKEN
    assert fate(log, resent) is not Reception.TAKEN


def test_a_line_that_is_torn_or_endless_is_passed_over(log: PostfixLog) -> None:
    torn = "x" * 20_000 + CONNECT

    assert fate(log, torn + CUT_OFF) is Reception.NOT_TAKEN
    add(log, NAME[:40])
    assert log.end().offset == log.path.stat().st_size - 40


def test_a_line_that_hides_at_the_end_of_an_endless_one_does_not_count(
    log: PostfixLog,
) -> None:
    hidden = "x" * 8192 + NAME

    assert fate(log, CONNECT + CLIENT + hidden + ACTIVE) is not Reception.TAKEN


def test_a_log_renamed_meanwhile_is_read_on(log: PostfixLog) -> None:
    since = log.end()
    add(log, CONNECT + CLIENT)
    log.path.rename(log.path.with_name("mail.log.1"))
    log.path.write_text(NAME + CUT + BYE)
    until = log.end()
    add(log, LATER)

    assert log.search(OURS, since, until).reception is Reception.NOT_TAKEN


def test_a_log_renamed_twice_cut_or_packed_proves_nothing(log: PostfixLog) -> None:
    since = log.end()
    add(log, CUT_OFF)
    log.path.rename(log.path.with_name("mail.log.2"))
    log.path.write_text("")
    os.utime(log.path, (2**31, 2**31))
    log.path.rename(log.path.with_name("mail.log.1"))
    log.path.write_text("")
    until = log.end()
    add(log, LATER)
    assert log.search(OURS, since, until).reception is Reception.UNSURE

    log.path.write_text(LATER)
    cut = Place(log.end().file, 10**6)
    assert log.search(OURS, cut, log.end()).reception is Reception.UNSURE


def test_a_log_nobody_can_read_is_named(tmp_path: Path) -> None:
    log = PostfixLog(tmp_path / "mail.log")

    for ask in (log.end, lambda: log.search(OURS, None, None)):
        with pytest.raises(PeerUnavailable, match=r"mail\.log cannot be read: No such"):
            ask()
