"""Mails become drafts; an attachment is never fetched. The server is a real Dovecot."""

from collections.abc import Iterator
from dataclasses import replace
from email.message import EmailMessage

import pytest

from reportbox.adapters.imap import CANNOT_BE_READ, ImapMailbox
from reportbox.adapters.imap_structure import read_structure, text_parts
from reportbox.errors import PeerRejected, PeerUnavailable
from reportbox.intake.mails import addresses_in, fetch_mails
from reportbox.ports import Mail
from reportbox.records.drafts import Draft
from reportbox.records.items import Item
from reportbox.records.reports import Report
from tests.house import House
from tests.mail_server import MailServer, mail_server


@pytest.fixture
def server() -> Iterator[MailServer]:
    with mail_server() as running:
        yield running


def mailbox(server: MailServer, password: str = "secret") -> ImapMailbox:
    return ImapMailbox(
        host="localhost",
        port=server.port,
        user="desk",
        password=password,
        folder="INBOX",
        timeout=10,
        ca_file=server.ca_file,
    )


def mails_in(box: ImapMailbox) -> list[Mail]:
    found: list[Mail] = []
    box.read(found.append)
    return found


def log_ins(server: MailServer) -> int:
    return (server.folder / "log").read_text().count("Login: user=")


def a_mail(text: str, subject: str = "A report", html: str = "") -> EmailMessage:
    mail = EmailMessage()
    mail["From"] = "Somebody <somebody@mail.example>"
    mail["Subject"] = subject
    mail["Date"] = "Sat, 21 Nov 2026 10:00:00 +0100"
    mail.set_content(text)
    if html:
        mail.add_alternative(html, subtype="html")
    return mail


def test_an_attachment_is_never_fetched(server: MailServer, house: House) -> None:
    mail = a_mail("Please look at https://item-one.example/page.")
    mail.add_attachment(b"ATTACHED-MARK" * 500, maintype="image", subtype="png")
    mail.add_attachment("TEXT-MARK " * 50, filename="notes.txt")
    inner = a_mail("FORWARDED-MARK")
    mail.add_attachment(inner)
    server.deliver(mail.as_bytes())

    world = replace(house.world, mailbox=mailbox(server))
    assert fetch_mails(house.settings, world) == 1

    [draft] = Draft.rows()
    assert "item-one.example" in draft.text
    sent = server.sent()
    assert b"Please look at" in sent
    for mark in (b"ATTACHED-MARK", b"QVRUQUNIRUQtTUFSS", b"TEXT-MARK", b"FORWARDED"):
        assert mark not in sent
        assert mark.decode() not in str(vars(draft))


def test_a_mail_is_kept_once_and_marked_as_read(
    server: MailServer, house: House
) -> None:
    server.deliver(a_mail("https://item-one.example/page").as_bytes())
    world = replace(house.world, mailbox=mailbox(server))

    assert [fetch_mails(house.settings, world) for _ in range(3)] == [1, 0, 0]
    assert len(Draft.rows()) == 1


def test_nothing_happens_until_an_analyst_says_what_a_mail_is(
    server: MailServer, house: House
) -> None:
    live = "https://item-one.example/page?b=1"
    server.deliver(a_mail(f"Look at {live}, and at www.item-two.example.").as_bytes())
    fetch_mails(house.settings, replace(house.world, mailbox=mailbox(server)))
    house.works()
    assert Item.rows() == []

    assert "A mail waits" in house.page("/tasks")
    page = house.page("/enter/mails/1")
    assert live not in page
    assert "hxxps[:]//item-one[.]example/page?b=1" in page
    typed = page.partition('name="address"')[2].partition(">")[2].partition("<")[0]
    form = {"way": "e-mail", "address": typed, "draft": "1"}
    assert house.posts("/enter/", once="x", **form).status_code == 200

    assert [i.address_as_reported for i in Item.rows()] == [
        live,
        "www.item-two.example",
    ]
    [report] = Report.rows()
    assert (report.source, report.email) == ("e-mail", "")
    assert Draft.rows()[0].text == ""
    assert house.posts("/enter/", once="y", **form).status_code == 409


def test_a_mail_that_is_no_report_is_put_away(server: MailServer, house: House) -> None:
    server.deliver(a_mail("Buy something").as_bytes())
    fetch_mails(house.settings, replace(house.world, mailbox=mailbox(server)))

    house.does("/enter/mails/1/discard")

    assert Report.rows() == []
    assert "No mail waits" in house.page("/enter/mails")


def test_of_a_page_by_mail_the_words_and_links_are_read(server: MailServer) -> None:
    page = (
        "<head><style>STYLE</style></head><body><p>See <a "
        'href="https://item-one.example/x?a=1&amp;b=2">here</a><script>SCRIPT</script>'
        '<img src="https://item-two.example/pixel">'
    )
    mail = EmailMessage()
    mail["Subject"] = "=?utf-8?q?Gr=C3=BC=C3=9Fe?="
    mail.set_content(page, subtype="html", cte="base64")
    server.deliver(mail.as_bytes())

    [found] = mails_in(mailbox(server))

    assert found.subject == "Grüße"
    assert addresses_in(found.text) == ["https://item-one.example/x?a=1&b=2"]
    assert "STYLE" not in found.text
    assert "SCRIPT" not in found.text


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\r\n",
        b"Subject: " + b"x" * 100_000 + b"\r\n\r\nhttps://item-one.example",
        b"Subject: =?x?q?=FF?=\r\nDate: never\r\nFrom: \xff\r\n\r\n\xff\x00",
        b"Subject: =?utf-8?b?a?=\r\n\r\nwords",
        b"Content-Type: text/html\r\n\r\n<![<![x",
        b"Content-Type: text/html\r\n\r\n" + b"<a " * 20_000,
        b"Content-Type: text/html\r\n\r\n" + b"<a href=" * 8_000,
        b"Content-Type: text/plain; charset=no-such\r\n\r\n\xe4",
        b'Content-Type: text/plain; charset="a\\"b(c)d"\r\n\r\nwords',
        b"Content-Transfer-Encoding: base64\r\n\r\nA",
        b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\n--b--",
        b"Content-Type: multipart/mixed\r\n\r\nno boundary",
        b"Content-Type: text/plain; name*0=a; name*1=b\r\n\r\n" + b"words " * 50_000,
        b"".join(
            b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n)
            for n in range(60)
        ),
    ],
)
def test_a_broken_mail_stops_nothing(
    server: MailServer, house: House, raw: bytes
) -> None:
    server.deliver(raw)
    server.deliver(a_mail("https://item-one.example/page").as_bytes())

    fetch_mails(house.settings, replace(house.world, mailbox=mailbox(server)))

    assert any("item-one.example" in draft.text for draft in Draft.rows())
    assert all(len(draft.text) <= 20_100 for draft in Draft.rows())
    assert house.signed_in().get("/enter/mails").status_code == 200


def test_many_mails_are_read_and_marked_in_one_connection(
    server: MailServer, house: House
) -> None:
    for _ in range(60):
        server.deliver(a_mail("https://item-one.example/page").as_bytes())
    world = replace(house.world, mailbox=mailbox(server))

    assert [fetch_mails(house.settings, world) for _ in range(2)] == [60, 0]
    assert log_ins(server) == 2


def test_a_visit_ends_in_time_and_the_next_one_goes_on(server: MailServer) -> None:
    for word in ("one", "two", "three"):
        server.deliver(a_mail("words", subject=word).as_bytes())
    found: list[Mail] = []

    for _ in range(3):
        mailbox(server).read(found.append, longest=0)

    assert [mail.subject for mail in found] == ["one", "two", "three"]


def test_a_mail_that_breaks_every_connection_is_named_and_stops_no_other(
    server: MailServer, house: House
) -> None:
    """What its many parts are called fills a line longer than the library reads."""
    part = b"--b\nContent-Type: text/plain; name=" + b"n" * 2_300 + b"\n\nx\n"
    head = b"Subject: one\nContent-Type: multipart/mixed; boundary=b\n\n"
    server.deliver(head + part * 9_500 + b"--b--\n")
    server.deliver(a_mail("https://item-one.example/page").as_bytes())
    world = replace(house.world, mailbox=mailbox(server))

    assert [fetch_mails(house.settings, world) for _ in range(2)] == [2, 0]

    assert [draft.text for draft in Draft.rows()] == [
        CANNOT_BE_READ,
        "https://item-one.example/page",
    ]


@pytest.mark.parametrize("where", ["Subject: =?utf-7?q?+2AA-?=", "From: +2AA- <a@b>"])
def test_letters_that_no_table_takes_stop_nothing(
    server: MailServer, house: House, where: str
) -> None:
    kind = "Content-Type: text/plain; charset=utf-7"
    server.deliver(f"{where}\n{kind}\n\nwords +2AA-\n".encode())
    server.deliver(a_mail("https://item-one.example/page").as_bytes())
    world = replace(house.world, mailbox=mailbox(server))

    assert fetch_mails(house.settings, world) == 2


def test_a_wrong_password_is_said_on_the_page(server: MailServer, house: House) -> None:
    with pytest.raises(PeerRejected):
        mails_in(mailbox(server, "wrong"))

    world = replace(house.world, mailbox=mailbox(server, "wrong"))
    assert fetch_mails(house.settings, world) == 0
    assert "mail server refused" in house.page("/enter/mails")


def test_a_server_nobody_can_vouch_for_gets_no_password(server: MailServer) -> None:
    unknown = ImapMailbox(
        host="localhost",
        port=server.port,
        user="desk",
        password="secret",
        folder="INBOX",
        timeout=10,
    )

    with pytest.raises(PeerUnavailable):
        mails_in(unknown)


def test_a_server_that_is_away_is_tried_again_later(house: House) -> None:
    away = ImapMailbox(
        host="127.0.0.1", port=1, user="x", password="x", folder="INBOX", timeout=2
    )

    assert fetch_mails(house.settings, replace(house.world, mailbox=away)) == 0
    assert "cannot be read" in house.page("/enter/mails")


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"(BODYSTRUCTURE ",
        b'(BODYSTRUCTURE ("a',
        b"(BODYSTRUCTURE " + b"(" * 5_000,
        b"BODYSTRUCTURE )",
        b"BODYSTRUCTURE (NIL)",
    ],
)
def test_a_torn_structure_has_no_parts(line: bytes) -> None:
    assert text_parts(read_structure([line])) == []


def test_addresses_are_found_among_words() -> None:
    text = "See (https://item-one.example/a), hxxps://item-two[.]example; mail me@x.y"

    assert addresses_in(text) == [
        "https://item-one.example/a",
        "hxxps://item-two[.]example",
    ]
