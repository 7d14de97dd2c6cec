"""Letters to providers as they arrive: addresses, shapes, languages, keys."""

import json
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest

from reportbox import lifecycle
from reportbox.adapters.gpg import GpgKeyring
from reportbox.ntd.answer import RETURN_TOKEN, TOKEN
from reportbox.practice.internet import LEA_ADDRESS
from reportbox.practice.manners import good_manners
from reportbox.records import atomic
from reportbox.records.contacts import Contact
from reportbox.records.items import Item
from reportbox.records.letters import TOKEN_LENGTH, Letter
from tests.house import House, text_of

DESK = "abuse@host-one.example"
PAGE = "https://item-one.example/page"


def wants(mailbox: str = DESK, **how: object) -> None:
    """Enter in the book how a contact wants to be written to."""
    with atomic():
        Contact.update(**how).where(Contact.mailbox == mailbox).execute()


def judged(house: House, address: str = PAGE, verdict: str = "baseline") -> Item:
    item = house.the_public_reports(address)
    house.judges(item, verdict)
    house.works()
    return item


def arrived(house: House) -> list[EmailMessage]:
    """What came to providers, the oldest first."""
    return [
        message_from_bytes(x.data, policy=policy.default)
        for x in house.internet.post_office.letters
        if x.recipient != LEA_ADDRESS
    ]


def return_paths(house: House) -> list[str]:
    sent = house.internet.post_office.letters
    return [x.sender for x in sent if x.recipient != LEA_ADDRESS]


def names_in(message: EmailMessage) -> list[str | None]:
    return [part.get_filename() for part in message.iter_attachments()]


@pytest.fixture
def desk_of_the_provider(house: House) -> Iterator[GpgKeyring]:
    """The provider's own gpg, whose key the box was given."""
    with tempfile.TemporaryDirectory(prefix="rbt-", ignore_cleanup_errors=True) as made:
        ring = GpgKeyring(Path(made), DESK)
        ring.create_own_key("Abuse Desk One")
        house.world.keyring.import_key(ring.export_own_key())
        ring.import_key(house.world.keyring.export_own_key())
        yield ring
        subprocess.run(["gpgconf", "--homedir", made, "--kill", "all"], check=True)


def test_answers_and_bounces_of_each_letter_have_an_address_of_their_own(
    house: House,
) -> None:
    judged(house)
    judged(house, "https://item-two.example/page")
    house.hours_pass(24)

    letters = [x for x in Letter.rows() if x.paper == lifecycle.Paper.NTD]
    tokens = [x.token for x in letters]
    return_tokens = [x.return_token for x in letters]

    assert len({*tokens, *return_tokens}) == 4
    assert all(len(token) == TOKEN_LENGTH for token in (*tokens, *return_tokens))
    replies = [str(x["Reply-To"]) for x in arrived(house)]
    assert sorted(replies) == sorted(f"desk+{t}@hotline.example" for t in tokens)
    bounces = [f"desk+bounce-{t}@hotline.example" for t in return_tokens]
    assert sorted(return_paths(house)) == sorted(bounces)
    # As the mailbox reads them.
    assert sorted(TOKEN.findall(" ".join(replies))) == sorted(tokens)
    came_back = RETURN_TOKEN.findall(" ".join(return_paths(house)))
    assert sorted(came_back) == sorted(return_tokens)


def test_no_letter_shows_where_its_bounces_go(house: House) -> None:
    judged(house)
    house.hours_pass(24)

    [letter] = [x for x in Letter.rows() if x.paper == lifecycle.Paper.NTD]
    [mail] = arrived(house)

    assert letter.return_token
    assert letter.return_token not in mail.as_string()
    assert "bounce" not in mail.as_string()


def test_every_attempt_at_a_letter_has_the_same_return_path(house: House) -> None:
    house.internet.post_office.manners = lambda point, to: (
        "451 later" if point == "data" and to.startswith("abuse@") else None
    )
    judged(house)
    house.hours_pass(24)
    [letter] = [x for x in Letter.rows() if x.paper == lifecycle.Paper.NTD]
    assert letter.state == lifecycle.Letter.WAITING

    house.internet.post_office.manners = good_manners
    house.minutes_pass(5)

    assert letter.return_token
    assert return_paths(house) == [f"desk+bounce-{letter.return_token}@hotline.example"]


def test_a_letter_that_left_by_the_plain_sender_claims_no_return_path_of_its_own(
    house: House,
) -> None:
    plain = replace(house, settings=replace(house.settings, reply_tokens=False))
    judged(plain)
    plain.hours_pass(24)

    [letter] = [x for x in Letter.rows() if x.paper == lifecycle.Paper.NTD]

    assert letter.sent_at
    assert letter.return_token == ""
    assert return_paths(house) == ["desk@hotline.example"]


def test_reminder_and_correction_have_tokens_too_and_answer_the_first_letter(
    house: House,
) -> None:
    item = judged(house)
    house.hours_pass(24)
    house.hours_pass(24)
    house.judges(item, "not_illegal", reason="looked again", reason_code="1")
    house.hours_pass(1)

    letters = arrived(house)

    assert len(letters) == 3
    assert len({str(x["Reply-To"]) for x in letters}) == 3
    assert {str(x["In-Reply-To"]) for x in letters[1:]} == {
        str(letters[0]["Message-ID"])
    }


def test_a_letter_to_the_lea_has_none(house: House) -> None:
    judged(house)

    [letter] = house.internet.post_office.letters

    assert letter.sender == "desk@hotline.example"
    assert b"Reply-To" not in letter.data


def test_no_letter_to_a_provider_calls_itself_automatic_or_bulk_mail(
    house: House,
) -> None:
    item = judged(house)
    house.hours_pass(24)
    house.hours_pass(24)
    house.judges(item, "not_illegal", reason="looked again", reason_code="1")
    house.hours_pass(1)

    for message in arrived(house):
        names = [name.lower() for name in message.keys()]  # noqa: SIM118 - a header may stand twice
        assert not [n for n in names if n in {"auto-submitted", "precedence"}]
        assert not [n for n in names if n.startswith("list-")]
        assert message["Message-ID"].endswith("@hotline.example>")


@pytest.mark.parametrize(
    ("how", "names"),
    [
        ({"format": "csv"}, ["addresses.csv"]),
        ({"format": "text"}, ["addresses.txt"]),
        ({"format": "xarf"}, ["addresses.csv", "xarf-RB-000001.json"]),
    ],
)
def test_the_exact_address_comes_in_the_shape_the_contact_asked_for(
    house: House, how: dict[str, str], names: list[str]
) -> None:
    judged(house)
    wants(**how)
    house.hours_pass(24)

    [message] = arrived(house)

    assert names_in(message) == names
    body = message.get_body()
    assert body is not None
    assert names[0] in body.get_content()
    assert PAGE not in body.get_content()
    [first, *_] = message.iter_attachments()
    assert PAGE in first.get_content()


def test_an_old_desk_gets_the_mail_of_x_arf_version_3(house: House) -> None:
    judged(house)
    judged(house, "https://item-one.example/other")
    wants(is_xarf_v3=True)
    house.hours_pass(24)

    messages = arrived(house)

    assert len(messages) == 2
    for message in messages:
        assert message.get_content_type() == "multipart/report"
        assert message.get_param("report-type") == "feedback-report"
        assert message.defects == []
        text, report, made = message.iter_parts()
        assert text.get_content_type() == "text/plain"
        assert report.get_content_type() == "message/feedback-report"
        assert b"Feedback-Type: xarf" in report.as_bytes()
        assert made.get_content_type() == "application/json"
        assert made.get_param("name") == "xarf.json"
        assert json.loads(made.get_content())["Report"]["ReportType"] == "ChildAbuse"


def test_a_letter_is_in_the_language_of_its_contact_or_else_in_english(
    house: House,
) -> None:
    judged(house)
    judged(house, "https://item-two.example/page")
    wants(language="de")
    wants("abuse@host-two.example", language="uk")
    house.hours_pass(24)

    texts = {x.recipient: text_of(x) for x in house.letters_to_providers()}

    assert "An die Abuse-Stelle von Home Hosting One" in texts[DESK]
    assert "To the abuse desk of Home Hosting Two" in texts["abuse@host-two.example"]


def test_what_is_due_at_one_contact_goes_in_one_letter_without_what_is_held(
    house: House,
) -> None:
    pages = [f"https://item-one.example/{n}" for n in "abc"]
    items = [judged(house, page) for page in pages]
    judged(house, "https://item-two.example/page")
    house.does(f"/items/{items[1].id}/hold", why="asked by telephone")
    house.hours_pass(24)

    sent = {x.recipient: str(x.parts) for x in house.letters_to_providers()}

    assert len(house.letters_to_providers()) == 2
    assert [page in sent[DESK] for page in pages] == [True, False, True]
    house.hours_pass(24)
    reminders = [x for x in house.letters_to_providers() if "reminder 1" in x.subject]
    assert sorted(x.recipient for x in reminders) == [DESK, "abuse@host-two.example"]


@pytest.mark.parametrize("stopped_by", ["hold", "confirm_removal"])
def test_a_reminder_of_several_goes_on_for_the_others_when_one_drops_out(
    house: House, stopped_by: str
) -> None:
    pages = [f"https://item-one.example/{n}" for n in "abc"]
    items = [judged(house, page) for page in pages]
    house.hours_pass(24)
    house.internet.post_office.manners = lambda point, _: (
        "drop" if point == "connect" else None
    )
    house.hours_pass(24)  # the reminder is written, and cannot leave

    house.does(f"/items/{items[1].id}/{stopped_by}", why="asked by telephone")
    house.internet.post_office.manners = lambda *_: None
    house.works()
    house.minutes_pass(1)

    [_, reminder] = house.letters_to_providers()
    assert "reminder 1" in reminder.subject
    assert [page in str(reminder.parts) for page in pages] == [True, False, True]
    assert [house.ntd(item).reminders for item in items] == [1, 0, 1]


def test_a_contact_with_a_form_gets_no_mail_and_a_person_is_asked(house: House) -> None:
    item = judged(house)
    wants(channel="form")
    house.hours_pass(24)

    assert arrived(house) == []
    assert "takes no mail" in house.ntd(item).trouble


def test_a_contact_with_a_key_gets_what_only_its_own_gpg_opens(
    house: House, desk_of_the_provider: GpgKeyring
) -> None:
    judged(house)
    wants(key=desk_of_the_provider.own_fingerprint())
    house.hours_pass(24)

    [message] = arrived(house)
    [_, armoured] = message.iter_parts()
    plain, signer = desk_of_the_provider.decrypt(bytes(armoured.get_content()))
    inner = message_from_bytes(plain, policy=policy.default)

    assert message["Subject"] == "Message from the hotline"
    assert message["Reply-To"].startswith("desk+")
    assert b"item-one" not in message.as_bytes()
    assert "desk@hotline.example" in signer
    assert "[RB-000001]" in inner["Subject"]
    assert PAGE in next(inner.iter_attachments()).get_content()


def test_with_a_key_that_cannot_be_used_it_waits_visibly_and_never_goes_in_the_clear(
    house: House, desk_of_the_provider: GpgKeyring
) -> None:
    judged(house)
    wants(key="0" * 40)
    house.hours_pass(24)
    assert arrived(house) == []
    assert "Letter waits" in house.page("/tasks")
    assert "is not in the box" in house.page("/tasks")

    wants(key=desk_of_the_provider.own_fingerprint())
    house.minutes_pass(5)

    [message] = arrived(house)
    assert message.get_content_type() == "multipart/encrypted"


def test_it_waits_on_when_its_contact_is_struck_out(house: House) -> None:
    judged(house)
    wants(key="0" * 40)
    house.hours_pass(24)

    with atomic():
        Contact.delete().where(Contact.mailbox == DESK).execute()
    house.minutes_pass(5)

    assert arrived(house) == []


def test_a_provider_learns_when_it_was_verified_and_never_when_it_was_reported(
    house: House,
) -> None:
    item = house.the_public_reports(
        PAGE, where_found="FOUND-MARK", comments="WORDS-MARK", referrer="LED-MARK"
    )
    house.clock.advance(minutes=97)
    answers = {"remarks": "REMARK-MARK", "summary": "SUMMARY-MARK"}
    house.judges(item, "baseline", **answers)
    house.works()
    wants(format="xarf")
    house.hours_pass(24)
    house.hours_pass(24)

    told = "".join(str(x) for x in house.letters_to_providers())

    assert "2030-01-07 10:37 UTC" in told
    assert "2030-01-07T10:37:00Z" in told
    reported = ("09:00 UTC", "T09:00:00", "11:00 (EET)")
    marks = ("FOUND-MARK", "WORDS-MARK", "LED-MARK", "REMARK-MARK", "SUMMARY-MARK")
    for never in (*reported, *marks, "Anna"):
        assert never not in told, never
