"""What an agency answers by mail, read from a real Dovecot."""

from collections.abc import Iterator
from dataclasses import replace
from email.message import EmailMessage

import pytest

from reportbox.adapters.imap import ImapMailbox
from reportbox.intake.mails import fetch_mails
from reportbox.lifecycle import Lea, Letter, Ntd
from reportbox.records.drafts import Draft
from reportbox.records.items import Item
from reportbox.records.journey import letters_of
from tests.house import House, text_of
from tests.mail_server import MailServer, mail_server


@pytest.fixture(scope="module")
def server() -> Iterator[MailServer]:
    with mail_server() as running:
        yield running


@pytest.fixture
def told(house: House) -> Item:
    """An item at home that the practice police were told of."""
    item = house.the_public_reports("https://item-one.example/page")
    house.judges(item, "baseline")
    house.works()
    return house.item(item)


def arrives(house: House, server: MailServer, mail: EmailMessage | bytes) -> Draft:
    """Let a mail arrive, and the box look into its mailbox."""
    server.deliver(mail if isinstance(mail, bytes) else mail.as_bytes())
    box = ImapMailbox(
        host="localhost",
        port=server.port,
        user="desk",
        password="secret",
        folder="INBOX",
        timeout=10,
        ca_file=server.ca_file,
    )
    fetch_mails(house.settings, replace(house.world, mailbox=box))
    return Draft.rows()[-1]


def a_reply(text: str, answers: str = "", **headers: str) -> EmailMessage:
    mail = EmailMessage()
    mail["From"] = "Duty <unit@police.example>"
    mail["Subject"] = "Re: Message from the hotline"
    if answers:
        mail["In-Reply-To"] = answers
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(text)
    return mail


def message_id(house: House, item: Item) -> str:
    return letters_of(house.notice(item))[0].message_id


def test_a_reply_with_the_code_of_the_letter_is_its_receipt(
    house: House, told: Item, server: MailServer
) -> None:
    code = house.notice(told).code.lower()

    draft = arrives(house, server, a_reply(f"Thank you.\n\n> code in it: {code}\n"))

    notice = house.notice(told)
    assert notice.state == Lea.CONFIRMED
    assert "unit@police.example" in notice.receipt
    assert draft.about == "receipt of RB-000001 recorded"
    assert "receipt of RB-000001 recorded" in house.page("/enter/mails")
    assert not house.item(told).is_held


def test_the_word_hold_in_their_own_words_holds_and_in_ours_it_does_not(
    house: House, told: Item, server: MailServer
) -> None:
    [letter] = house.letters_to_the_lea()
    quoted = f"Received.\n\nSaatja: Practice Hotline\n{text_of(letter)}"
    arrives(house, server, a_reply(quoted))
    assert house.notice(told).state == Lea.CONFIRMED
    assert not house.item(told).is_held

    other = house.the_public_reports("https://item-two.example/page")
    house.judges(other, "baseline")
    house.works()
    below = f"> leaving this code in it: {house.notice(other).code}\n\nPlease hold."
    arrives(house, server, a_reply(below))

    assert house.item(other).is_held
    assert house.notice(other).state == Lea.CONFIRMED


@pytest.mark.parametrize(
    "mark",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Precedence": "bulk"},
        {"X_Autoreply": "yes"},
        {"Return_Path": "<>"},
    ],
    ids=str,
)
def test_an_automatic_reply_is_never_a_receipt(
    house: House, told: Item, server: MailServer, mark: dict[str, str]
) -> None:
    code = house.notice(told).code
    mail = a_reply(f"I am away. {code}", message_id(house, told), **mark)

    draft = arrives(house, server, mail)

    assert house.notice(told).state == Lea.TO_CONFIRM
    assert draft.about == "an automatic reply: no receipt"


def test_an_answer_without_the_code_is_for_a_person_to_read(
    house: House, told: Item, server: MailServer
) -> None:
    draft = arrives(house, server, a_reply("Got it.", message_id(house, told)))

    assert house.notice(told).state == Lea.TO_CONFIRM
    assert draft.about.startswith("an answer about RB-000001, without its code")


def test_the_code_from_another_domain_is_for_a_person(
    house: House, told: Item, server: MailServer
) -> None:
    mail = a_reply(f"Received. {house.notice(told).code}")
    mail.replace_header("From", "Somebody <somebody@elsewhere.example>")

    draft = arrives(house, server, mail)

    assert house.notice(told).state == Lea.TO_CONFIRM
    assert "from another address than agreed" in draft.about


def test_a_wrong_code_confirms_nothing(
    house: House, told: Item, server: MailServer
) -> None:
    draft = arrives(house, server, a_reply("AAAA-BBBB-CCCC-DDDD"))

    assert house.notice(told).state == Lea.TO_CONFIRM
    assert draft.about == ""


@pytest.mark.parametrize("returned", ["text/rfc822-headers", "message/rfc822"])
@pytest.mark.parametrize("action", ["failed", "delayed"])
def test_a_notice_that_came_back_stops_the_ntd_clock(
    house: House, told: Item, server: MailServer, returned: str, action: str
) -> None:
    assert house.ntd(told).due_at

    arrives(house, server, a_report(message_id(house, told), returned, action))
    house.works()

    if action == "delayed":
        assert house.notice(told).state == Lea.TO_CONFIRM
        return
    assert house.notice(told).state == Lea.TO_REACH
    assert house.ntd(told).due_at is None
    assert "LEA not reached" in house.page("/tasks")


def test_a_receipt_settles_a_letter_in_doubt(house: House, server: MailServer) -> None:
    house.internet.post_office.manners = lambda at, _: "drop" if at == "kept" else None
    item = house.the_public_reports("https://item-one.example/page")
    house.judges(item, "baseline")
    house.works()
    house.internet.post_office.manners = lambda *_: None
    notice = house.notice(item)
    assert notice.state == Lea.TO_REACH

    arrives(house, server, a_reply(notice.code))
    house.works()

    assert [x.state for x in letters_of(notice)] == [Letter.SENT]
    assert house.notice(item).state == Lea.CONFIRMED
    assert house.ntd(item).state == Ntd.TO_FALL_DUE


def test_a_notice_in_doubt_that_comes_back_was_sent_and_reached_nobody(
    house: House, server: MailServer
) -> None:
    house.internet.post_office.manners = lambda at, _: "drop" if at == "kept" else None
    item = house.the_public_reports("https://item-one.example/page")
    house.judges(item, "baseline")
    house.works()
    house.internet.post_office.manners = lambda *_: None
    assert [x.state for x in letters_of(house.notice(item))] == [Letter.IN_DOUBT]

    returned = a_report(message_id(house, item), "text/rfc822-headers", "failed")
    draft = arrives(house, server, returned)
    house.works()

    assert draft.about == "the notice about RB-000001 came back"
    assert [x.state for x in letters_of(house.notice(item))] == [Letter.SENT]
    assert house.notice(item).state == Lea.TO_REACH
    assert house.ntd(item).due_at is None
    assert "Letter in doubt" not in house.page("/tasks")
    assert "LEA not reached" in house.page("/tasks")


def a_report(message_id: str, returned: str, action: str) -> bytes:
    """A delivery report as mail servers write it (RFC 3464)."""
    head = f"Message-ID: {message_id}\nSubject: Message from the hotline\n"
    body = "\nencrypted\n" if returned == "message/rfc822" else ""
    return f"""From: MAILER-DAEMON@mail.example
To: desk@hotline.example
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="cut"

--cut
Content-Type: text/plain

I could not deliver it.

--cut
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.example

Final-Recipient: rfc822; unit@police.example
Action: {action}
Status: 5.1.1

--cut
Content-Type: {returned}

{head}{body}
--cut--
""".encode()
