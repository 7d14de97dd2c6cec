"""The practice post office, given letters by smtplib."""

import smtplib
import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from reportbox.practice.manners import Manners, drops_and_refusals
from reportbox.practice.post_office import PostOffice

BOX, DESK, OTHER = "box@hotline.example", "desk@host.example", "other@host.example"
LETTER = (
    b"Message-ID: <1@hotline.example>\r\n"
    b"Subject: \xc3\xb5\r\n\r\n"
    b".dot\r\n..two\r\n.\r\n\r\nlast\r\n"
)


@pytest.fixture
def office() -> Iterator[PostOffice]:
    with PostOffice() as running:
        yield running


def client(office: PostOffice) -> smtplib.SMTP:
    return smtplib.SMTP("127.0.0.1", office.port, "box.example", timeout=2)


def send(office: PostOffice, *recipients: str, letter: bytes = LETTER) -> None:
    with client(office) as smtp:
        smtp.sendmail(BOX, recipients or DESK, letter)


def at(point: str, answer: str) -> Manners:
    return lambda reached, _recipient: answer if reached == point else None


def test_a_letter_arrives_byte_for_byte(office: PostOffice) -> None:
    before = datetime.now(UTC)

    send(office)

    (arrived,) = office.letters
    assert (arrived.sender, arrived.recipient) == (BOX, DESK)
    assert arrived.data == LETTER
    assert before <= arrived.arrived_at <= datetime.now(UTC)


def test_each_recipient_has_a_letter(office: PostOffice) -> None:
    send(office, DESK, OTHER)

    assert [arrived.recipient for arrived in office.letters] == [DESK, OTHER]
    assert office.message_ids == ["<1@hotline.example>"] * 2


def test_one_connection_carries_several_letters(office: PostOffice) -> None:
    with client(office) as smtp:
        smtp.sendmail(BOX, DESK, LETTER)
        smtp.sendmail("", OTHER, b"\r\nsecond\r\n")

    assert [arrived.sender for arrived in office.letters] == [BOX, ""]
    assert office.letters[1].data == b"\r\nsecond\r\n"


def test_it_offers_8bitmime_and_size(office: PostOffice) -> None:
    with client(office) as smtp:
        smtp.ehlo()

        assert smtp.has_extn("8bitmime")
        assert smtp.has_extn("size")


def test_only_a_dot_between_proper_line_ends_ends_a_letter(office: PostOffice) -> None:
    with client(office) as smtp:
        smtp.ehlo()
        smtp.mail(BOX)
        smtp.rcpt(DESK)
        smtp.docmd("DATA")
        smtp.send(b"one\n.\r\n.two\n..three\r\n.\r\n")
        smtp.getreply()

    assert office.letters[0].data == b"one\n.\r\ntwo\n..three\r\n"


@pytest.mark.parametrize(
    ("commands", "code"),
    [
        (["RCPT TO:<desk@host.example>"], 503),
        (["DATA"], 503),
        (["MAIL FROM:<>", "DATA"], 503),
        (["MAIL FROM:<>", "MAIL FROM:<>"], 503),
        (["MAIL box"], 501),
        (["MAIL FROM:<>", "RCPT TO:<>"], 501),
        (["MAIL FROM:<>", "RSET", "MAIL FROM:<>"], 250),
        (["NOOP"], 250),
        (["HELO box.example"], 250),
        (["quit"], 221),
        (["XYZ"], 500),
    ],
)
def test_a_command_is_answered_as_the_rules_say(
    office: PostOffice, commands: list[str], code: int
) -> None:
    with client(office) as smtp:
        answers = [smtp.docmd(command)[0] for command in commands]
        smtp.close()

    assert answers[-1] == code


def test_a_letter_cut_short_is_not_kept(office: PostOffice) -> None:
    with client(office) as smtp:
        smtp.ehlo()
        smtp.mail(BOX)
        smtp.rcpt(DESK)
        smtp.docmd("DATA")
        smtp.send(b"half a let")
        smtp.close()
    send(office, OTHER)

    assert [arrived.recipient for arrived in office.letters] == [OTHER]


@pytest.mark.parametrize("point", ["connect", "rcpt", "data", "body", "dot", "kept"])
def test_it_hangs_up_where_it_is_told(office: PostOffice, point: str) -> None:
    office.manners = at(point, "drop")

    with pytest.raises((smtplib.SMTPServerDisconnected, ConnectionError)):
        send(office)

    assert len(office.letters) == (point == "kept")


@pytest.mark.parametrize("point", ["rcpt", "data", "body", "dot", "kept"])
@pytest.mark.parametrize("answer", ["451 later", "550 no such mailbox", "421 busy"])
def test_it_answers_what_it_is_told(
    office: PostOffice, point: str, answer: str
) -> None:
    office.manners = at(point, answer)

    with pytest.raises(smtplib.SMTPException) as failure:
        send(office)

    assert answer[:3] in str(failure.value)
    assert len(office.letters) == (point == "kept")


def test_it_may_refuse_at_the_door(office: PostOffice) -> None:
    office.manners = at("connect", "421 busy")

    with pytest.raises(smtplib.SMTPConnectError) as failure:
        send(office)

    assert failure.value.smtp_code == 421


def test_refusing_one_recipient_leaves_the_other(office: PostOffice) -> None:
    office.manners = lambda point, recipient: (
        "550 no such mailbox" if (point, recipient) == ("rcpt", OTHER) else None
    )

    send(office, DESK, OTHER)

    assert [arrived.recipient for arrived in office.letters] == [DESK]


def test_manners_by_chance_are_the_same_for_the_same_seed() -> None:
    points = ["connect", "rcpt", "data", "body", "dot", "kept"] * 200
    first, second = drops_and_refusals(7), drops_and_refusals(7)

    answers = [first(point, DESK) for point in points]

    assert answers == [second(point, DESK) for point in points]
    assert {None, "drop", "451 later"} <= set(answers)


def test_manners_by_chance_always_refuse_the_same_recipients() -> None:
    manners = drops_and_refusals(7, drop=0, later=0, refuse=0.5)
    desks = [f"desk-{number}@host.example" for number in range(40)]

    answers = [manners("rcpt", desk) for desk in desks]

    assert answers == [manners("rcpt", desk) for desk in desks]
    assert 10 < answers.count("550 no such mailbox") < 30


def test_a_letter_kept_is_never_answered_with_an_error_by_chance() -> None:
    manners = drops_and_refusals(7, drop=0.2, later=0.8)

    assert {manners("kept", DESK) for _ in range(100)} == {None, "drop"}


def test_a_folder_outlives_the_office(tmp_path: Path) -> None:
    folder = tmp_path / "letters"
    with PostOffice(folder=folder) as office:
        send(office, DESK, OTHER)
        before = office.letters.copy()
        port = office.port

    with PostOffice(port, folder) as office:
        send(office, "third@host.example")
        after = office.letters

    assert [a.recipient for a in after] == [DESK, OTHER, "third@host.example"]
    assert [a.data for a in after] == [LETTER] * 3
    assert abs(after[0].arrived_at - before[0].arrived_at) < timedelta(seconds=1)
    assert sorted(path.name for path in folder.iterdir()) == [
        "1.eml",
        "2.eml",
        "3.eml",
    ]


def test_the_file_begins_with_the_envelope(tmp_path: Path) -> None:
    with PostOffice(folder=tmp_path) as office:
        send(office)

    assert (tmp_path / "1.eml").read_bytes() == (
        b"X-Envelope-From: box@hotline.example\r\n"
        b"X-Envelope-To: desk@host.example\r\n" + LETTER
    )


def test_a_letter_is_on_disk_before_it_is_acknowledged(tmp_path: Path) -> None:
    seen: list[bool] = []

    def look(point: str, _recipient: str) -> None:
        if point == "kept":
            seen.append((tmp_path / "1.eml").exists())

    with PostOffice(folder=tmp_path) as office:
        office.manners = look
        send(office)

    assert seen == [True]


def test_it_closes_while_a_client_is_connected(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with PostOffice() as office:
        silent = socket.create_connection(("127.0.0.1", office.port), timeout=2)
        silent.recv(100)
    with silent:
        assert silent.recv(100) == b""

    assert capsys.readouterr().err == ""
