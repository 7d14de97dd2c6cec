"""What is on the wire, read by the standard library and opened by gpg."""

from email import message_from_bytes, policy
from email.message import EmailMessage

from reportbox import lifecycle
from reportbox.lifecycle import Paper
from reportbox.post.deliver import deliver_due
from reportbox.records.letters import Letter
from tests.builders import a_letter
from tests.house import House


def arrived(house: House, index: int = 0) -> EmailMessage:
    data = house.internet.post_office.letters[index].data
    return message_from_bytes(data, policy=policy.default)


def test_a_letter_to_the_lea_is_openpgp_mime_with_a_neutral_subject(
    house: House,
) -> None:
    house.judges(house.the_public_reports("https://item-one.example/page"), "baseline")
    house.works()

    message = arrived(house)

    assert message.get_content_type() == "multipart/encrypted"
    assert message.get_param("protocol") == "application/pgp-encrypted"
    kinds = [part.get_content_type() for part in message.iter_parts()]
    assert kinds == ["application/pgp-encrypted", "application/octet-stream"]
    assert message["Subject"] == "Message from the hotline"
    raw = house.internet.post_office.letters[0].data
    assert b"item-one" not in raw
    assert b"RB-000001" not in raw


def test_the_moment_of_sending_is_the_moment_of_sealing(house: House) -> None:
    house.internet.post_office.manners = lambda point, _: (
        "drop" if point == "connect" else None
    )
    house.judges(house.the_public_reports("https://item-one.example/page"), "baseline")
    house.works()
    house.internet.post_office.manners = lambda *_: None
    house.works()

    [letter] = house.letters_to_the_lea()

    assert "report forwarded to LEA: 7 Jan 2030, 11:00 (EET)" in letter.parts[0][1]
    assert "⟦" not in letter.parts[0][1] + letter.parts[1][1]


def test_a_letter_to_a_provider_is_neither_automatic_nor_bulk_mail(
    house: House,
) -> None:
    house.judges(house.the_public_reports("https://item-one.example/page"), "baseline")
    house.works()
    house.hours_pass(24)

    message = arrived(house, 1)

    assert message["Auto-Submitted"] is None
    assert message["Precedence"] is None
    assert message["Message-ID"].endswith("@hotline.example>")


def test_a_provider_learns_nothing_of_reporter_analyst_or_police_remarks(
    house: House,
) -> None:
    item = house.the_public_reports(
        "https://item-one.example/page", where_found="FOUND-MARK", comments="WORDS-MARK"
    )
    house.judges(item, "baseline", remarks="REMARK-MARK", summary="SUMMARY-MARK")
    house.works()
    house.hours_pass(24)

    text = str(house.letters_to_providers())

    for mark in ("FOUND-MARK", "WORDS-MARK", "REMARK-MARK", "SUMMARY-MARK", "Anna"):
        assert mark not in text


def test_the_reporters_own_words_never_reach_the_lea(house: House) -> None:
    item = house.the_public_reports(
        "https://item-one.example/page", where_found="FOUND-MARK", comments="WORDS-MARK"
    )
    house.judges(item, "baseline", remarks="approved by Anna")
    house.works()

    text = str(house.letters_to_the_lea())

    assert "approved by Anna" in text
    assert "FOUND-MARK" not in text
    assert "WORDS-MARK" not in text


def test_what_stands_in_a_letter_arrives_to_the_letter(house: House) -> None:
    words = "From here on: ünïcode – and\n.a dot first\n" + "a long line " * 20 + "\n"
    table = ["list.csv", "text/csv", "“one”;é\r\n"]
    now = house.clock.now()
    subject = "Betreff: “eins” – ünïcode" * 4
    sent = {"subject": subject, "body": words, "attachments": [table]}
    a_letter(now, None, paper=Paper.REPORTER_NOTE, key="", **sent)
    deliver_due(house.settings, house.world)

    message = arrived(house)
    [text, attached] = message.iter_parts()

    assert message["Subject"] == subject
    assert text.get_content().replace("\r\n", "\n") == words
    assert attached.get_filename() == "list.csv"
    assert attached.get_content() == table[2]


def test_a_line_break_in_a_header_is_refused_and_nothing_leaves(house: House) -> None:
    subject = "report one\r\nBcc: other@host-one.example"
    a_letter(house.clock.now(), paper=Paper.REPORTER_NOTE, key="", subject=subject)

    assert deliver_due(house.settings, house.world) == 0

    [letter] = Letter.rows()
    assert letter.state == lifecycle.Letter.REFUSED
    assert "a header is one line" in letter.trouble
    assert not house.internet.post_office.letters
