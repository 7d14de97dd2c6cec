"""What providers answer: filed, suggested, and decided by a person; ends nothing."""

import re
from collections.abc import Iterator
from dataclasses import replace
from email.message import EmailMessage

import pytest

from reportbox import lifecycle
from reportbox.adapters.imap import ImapMailbox
from reportbox.intake.mails import fetch_mails
from reportbox.lea.actions import say_ntd_sent
from reportbox.lifecycle import Actor, Paper
from reportbox.lifecycle import Item as ItemState
from reportbox.lifecycle import Ntd as NtdState
from reportbox.ntd import checks
from reportbox.ntd.phrases import Says
from reportbox.post.seal import seal
from reportbox.records import atomic
from reportbox.records.contacts import Contact
from reportbox.records.drafts import Draft
from reportbox.records.items import Item
from reportbox.records.journey import Deed, letters_of
from reportbox.records.letters import Letter
from reportbox.records.provider_answers import FoundBy, ProviderAnswer
from tests.builders import a_letter
from tests.house import DONE, House, csrf_in, text_of
from tests.mail_server import MailServer, mail_server
from tests.ntd.test_answer import CORPUS, MESSAGE_ID, READ_AS, RETURN_TOKEN, TOKEN

OF_SERVERS = {Says.BOUNCED, Says.GAVE_UP, Says.DELAYED, Says.DELIVERED}
REPLY_TO = f"desk+{TOKEN}@hotline.example"
FIRST, SECOND = "abuse@host-two.example", "second@host-two.example"
REFUSED = 409


@pytest.fixture(scope="module")
def server() -> Iterator[MailServer]:
    with mail_server() as running:
        yield running


@pytest.fixture
def item(house: House) -> Item:
    """An item about which a provider with two abuse mailboxes was asked."""
    two_desks(house)
    return asked(house, "https://item-two.example/page")


def two_desks(house: House) -> None:
    networks = house.atlas.networks
    here = next(n for n in networks if n.provider == "Home Hosting Two")
    networks[networks.index(here)] = replace(here, more_mails=(SECOND,))


def asked(house: House, address: str, token: str = TOKEN) -> Item:
    item = house.the_public_reports(address)
    house.judges(item, "baseline")
    house.works()
    house.hours_pass(24)
    assert house.ntd(item).state == NtdState.TO_VERIFY
    letter = first_letter(house, item)
    with atomic():
        Letter.change(letter.id, token=token, return_token=RETURN_TOKEN)
    return house.item(item)


def first_letter(house: House, item: Item) -> Letter:
    return letters_of(house.ntd(item))[0]


def approve_second(house: House) -> None:
    house.does("/contacts/approve", mailbox=SECOND)


def arrives(house: House, server: MailServer, *mails: EmailMessage | bytes) -> str:
    """Let mails arrive and be read; say what the last was taken for."""
    for mail in mails:
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
    return str(Draft.rows()[-1].about)


def a_reply(
    text: str, to: str = REPLY_TO, sender: str = FIRST, **headers: str
) -> EmailMessage:
    mail = EmailMessage()
    mail["From"] = f"Abuse desk <{sender}>"
    mail["To"] = to
    mail["Subject"] = headers.pop("Subject", "Re: your notice")
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(text)
    return mail


def a_bounce(status: str = "5.1.1", action: str = "failed") -> bytes:
    """The report of the corpus, about our letter and whoever it went to."""
    raw = of_the_corpus("postfix_no_such_user")
    raw = raw.replace("Status: 5.1.1", f"Status: {status}")
    return raw.replace("Action: failed", f"Action: {action}").encode()


def of_the_corpus(name: str) -> str:
    """A mail of the corpus, as if it came from the provider of these stories."""
    return (CORPUS / f"{name}.eml").read_text().replace("host-one", "host-two")


def only_answer() -> ProviderAnswer:
    [answer] = ProviderAnswer.rows()
    return answer


def recipients(house: House) -> list[str]:
    return [letter.recipient for letter in house.letters_to_providers()]


def test_a_bounce_marks_the_contact_and_the_next_one_is_asked_at_once(
    house: House, item: Item, server: MailServer
) -> None:
    approve_second(house)

    about = arrives(house, server, a_bounce())

    assert about == "from Home Hosting Two about RB-000001: bounced"
    assert Contact.get(Contact.mailbox == FIRST).bounced_at == house.clock.now()
    assert house.ntd(item).state == NtdState.TO_FALL_DUE
    assert house.ntd(item).asked_at is None
    house.works()
    assert recipients(house) == [FIRST, SECOND]
    assert house.ntd(item).state == NtdState.TO_VERIFY
    assert house.ntd(item).asked_at == house.clock.now()
    assert "The mail came back" in house.page(f"/items/{item.id}")


def test_without_another_approved_contact_a_person_names_one(
    house: House, item: Item, server: MailServer
) -> None:
    arrives(house, server, a_bounce())
    house.works()

    assert house.ntd(item).state == NtdState.TO_REACH
    assert recipients(house) == [FIRST]
    sentence = "No other approved contact is known: name one with “Send again”."
    assert sentence in house.page("/tasks")
    assert sentence in house.page(f"/items/{item.id}")

    house.does(f"/ntds/{house.ntd(item).id}/resend", contact=SECOND)
    house.works()
    assert recipients(house) == [FIRST, SECOND]


def test_a_server_that_was_away_too_long_is_passed_over_and_not_marked(
    house: House, item: Item, server: MailServer
) -> None:
    approve_second(house)

    arrives(house, server, a_bounce("4.4.7"))
    house.works()

    assert recipients(house) == [FIRST, SECOND]
    assert Contact.get(Contact.mailbox == FIRST).bounced_at is None


@pytest.mark.parametrize("action", ["delayed", "relayed", "delivered"])
def test_a_delay_and_a_delivery_change_nothing(
    house: House, item: Item, server: MailServer, action: str
) -> None:
    approve_second(house)

    arrives(
        house, server, a_bounce("4.4.1" if action == "delayed" else "2.0.0", action)
    )
    house.works()

    assert house.ntd(item).state == NtdState.TO_VERIFY
    assert recipients(house) == [FIRST]
    assert not only_answer().is_open
    assert Contact.get(Contact.mailbox == FIRST).bounced_at is None


def test_a_bounce_during_a_hold_lets_nothing_leave(
    house: House, item: Item, server: MailServer
) -> None:
    approve_second(house)
    house.does(f"/items/{item.id}/hold", why="asked by telephone")

    arrives(house, server, a_bounce())
    house.hours_pass(24)
    assert recipients(house) == [FIRST]

    house.releases(item)
    house.works()
    assert recipients(house) == [FIRST, SECOND]


def test_a_second_report_of_the_same_bounce_asks_nobody_twice(
    house: House, item: Item, server: MailServer
) -> None:
    approve_second(house)

    arrives(house, server, a_bounce(), a_bounce())
    house.works()
    arrives(house, server, a_bounce())
    house.works()

    assert recipients(house) == [FIRST, SECOND]


def test_a_bounce_that_names_no_letter_of_ours_moves_nothing(
    house: House, item: Item, server: MailServer
) -> None:
    approve_second(house)
    forged = a_bounce().replace(TOKEN.encode(), b"z" * 26)
    forged = forged.replace(RETURN_TOKEN.encode(), b"y" * 26)

    arrives(house, server, forged)
    house.works()

    assert recipients(house) == [FIRST]
    assert ProviderAnswer.rows() == []
    assert "A mail waits" in house.page("/tasks")


def test_a_reply_by_token_is_filed_and_waits_for_a_person(
    house: House, item: Item, server: MailServer
) -> None:
    live = "https://item-two.example/page"
    words = f"Hello,\nwe have removed {live} today.\n\n> not ours\n"

    arrives(house, server, a_reply(words, sender="someone@help.example"))

    answer = only_answer()
    assert (answer.found_by, answer.says) == (FoundBy.TOKEN, "removed")
    assert house.ntd(item).replied_at == house.clock.now()
    assert house.ntd(item).state == NtdState.TO_VERIFY
    assert Draft.rows()[0].ended_at is not None
    for path in (f"/items/{item.id}", "/provider-answers/"):
        page = house.page(path)
        assert "It reads like “removed”?" in page
        assert "hxxps[:]//item-two[.]example/page" in page
        assert live not in page
        assert "someone@help[.]example" in page
    assert "Answers to decide" in house.page("/tasks")
    assert "Provider answered; it reads like “removed”" in house.page(
        f"/items/{item.id}"
    )


def test_removed_is_a_claim_and_makes_a_look_due(
    house: House, item: Item, server: MailServer
) -> None:
    arrives(house, server, a_reply("It has been removed."))

    house.does(f"/provider-answers/{only_answer().id}/removed")

    assert house.ntd(item).state == NtdState.TO_CHECK
    assert "Check due" in house.page("/tasks")
    assert "Answers to decide" not in house.page("/tasks")
    assert "Anna decided" in house.page(f"/items/{item.id}")
    house.hours_pass(24 * 3)
    assert house.item(item).state == ItemState.TO_FINISH
    assert recipients(house) == [FIRST]  # no reminder meanwhile

    house.does(f"/items/{item.id}/confirm_removal", why="looked: gone")
    assert house.ntd(item).state == NtdState.REMOVED
    assert house.ntd(item).replied_at is not None  # two clocks, apart
    assert house.item(item).removed_at > house.ntd(item).replied_at


def test_not_ours_goes_to_the_next_contact_and_never_back(
    house: House, item: Item, server: MailServer
) -> None:
    approve_second(house)
    arrives(house, server, a_reply("This is not ours."))

    house.does(f"/provider-answers/{only_answer().id}/not_ours")
    house.works()

    assert recipients(house) == [FIRST, SECOND]
    assert house.ntd(item).state == NtdState.TO_VERIFY
    assert "says that it is not theirs" in house.page(f"/items/{item.id}")
    contact = Contact.get(Contact.mailbox == FIRST)
    assert contact.bounced_at is None
    assert contact.note == "RB-000001: not theirs, they say (2030-01-08)"


def test_not_ours_without_another_contact_traces_again(
    house: House, item: Item, server: MailServer
) -> None:
    arrives(house, server, a_reply("This is not ours."))
    house.atlas.hosts["item-two.example"] = ("100.80.32.77",)

    house.does(f"/provider-answers/{only_answer().id}/not_ours")
    house.works()

    assert house.ntds(item)[0].state == NtdState.WITHDRAWN
    assert recipients(house) == [FIRST, "abuse@host-three.example"]


@pytest.mark.parametrize("word", ["needs_more", "refused", "nothing"])
def test_what_asks_or_refuses_is_noted_and_the_notice_runs_on(
    house: House, item: Item, server: MailServer, word: str
) -> None:
    arrives(house, server, a_reply("We will not remove it."))

    house.does(f"/provider-answers/{only_answer().id}/{word}")

    assert house.ntd(item).state == NtdState.TO_VERIFY
    assert only_answer().decided_as == word
    house.hours_pass(24)
    assert recipients(house) == [FIRST, FIRST]


def test_whoever_answers_after_a_bounce_was_reached_and_makes_a_look_due(
    house: House, item: Item, server: MailServer
) -> None:
    arrives(house, server, a_bounce("4.4.7"), a_reply("It has been removed."))
    assert house.ntd(item).state == NtdState.TO_REACH

    house.does(f"/provider-answers/{ProviderAnswer.open_ones()[0].id}/removed")

    assert house.ntd(item).state == NtdState.TO_CHECK


def test_what_cannot_follow_any_more_is_said(
    house: House, item: Item, server: MailServer
) -> None:
    arrives(house, server, a_reply("Removed."), a_reply("This is not ours."))
    first, second = ProviderAnswer.rows()
    house.does(f"/provider-answers/{first.id}/removed")

    anna = house.signed_in()
    form = {"csrf_token": csrf_in(anna.get("/me").text)}
    path = f"/provider-answers/{second.id}/not_ours"
    page = anna.post(path, data=form, follow_redirects=True).text

    assert "This NTD is “to check” now, so nothing else follows" in page
    assert house.ntd(item).state == NtdState.TO_CHECK
    assert "No answer waits" in house.page("/provider-answers/")


def test_two_people_cannot_decide_about_one_answer(
    house: House, item: Item, server: MailServer
) -> None:
    arrives(house, server, a_reply("It has been removed."))
    path = f"/provider-answers/{only_answer().id}"
    house.does(f"{path}/nothing", as_="lena")

    refused = house.posts(f"{path}/removed")

    assert refused.status_code == REFUSED
    assert "Lena has decided about this answer already." in refused.text
    assert house.ntd(item).state == NtdState.TO_VERIFY


def test_an_acknowledgement_leaves_its_number_and_asks_nobody(
    house: House, item: Item, server: MailServer
) -> None:
    text = "We have received your report. It will be reviewed."
    subject = "[Case 123-456] Re: [RB-000001] Notice"

    arrives(
        house, server, a_reply(text, Subject=subject, Auto_Submitted="auto-replied")
    )

    assert house.ntd(item).ticket == "123-456"
    assert house.ntd(item).replied_at is None  # nobody wrote it
    assert not only_answer().is_open
    assert "Their number: 123-456." in house.page(f"/items/{item.id}")
    assert "Provider answered" not in house.page("/tasks")
    assert "A mail waits" not in house.page("/tasks")


def test_a_reply_by_thread_or_by_tag_is_found(
    house: House, item: Item, server: MailServer
) -> None:
    thread = first_letter(house, item).message_id
    to = "desk@hotline.example"
    arrives(
        house,
        server,
        a_reply(
            "Done.", to, "who@help.example", References=f"<x@help.example> {thread}"
        ),
        a_reply(
            "Done.", to, "other@host-two.example", Subject="Re: [RB-000001] Notice"
        ),
    )
    assert [a.found_by for a in ProviderAnswer.rows()] == [FoundBy.THREAD, FoundBy.TAG]


def test_a_number_from_elsewhere_is_a_guess_that_a_person_sees(
    house: House, item: Item, server: MailServer
) -> None:
    mail = a_reply(
        "Ticket ID: 998877. It has been removed.",
        "desk@hotline.example",
        "a@mail.example",
        Subject="Re: [RB-000001] Notice",
    )

    about = arrives(house, server, mail)

    assert about.startswith("perhaps an answer of Home Hosting Two about RB-000001")
    assert only_answer().found_by == FoundBy.NUMBER
    assert only_answer().is_open
    assert (house.ntd(item).ticket, house.ntd(item).replied_at) == ("", None)
    assert "from somewhere else than the contact" in house.page("/provider-answers/")
    assert "hear_removed" not in str(house.history(item))
    assert Draft.rows()[-1].ended_at is None


def test_a_number_of_what_nobody_was_asked_about_is_no_answer(
    house: House, server: MailServer
) -> None:
    house.the_public_reports("https://item-two.example/page")
    mail = a_reply("Done.", "desk@hotline.example", Subject="Re: [RB-000001] Notice")

    assert arrives(house, server, mail) == ""
    assert ProviderAnswer.rows() == []


def test_a_mail_that_names_no_letter_is_a_guess_of_which_nothing_follows(
    house: House, item: Item, server: MailServer
) -> None:
    text = "Ticket ID: 998877. It has been removed."
    about = arrives(house, server, a_reply(text, "desk@hotline.example"))

    assert about.startswith("perhaps an answer of Home Hosting Two about RB-000001")
    assert only_answer().found_by == FoundBy.SENDER
    assert "a guess" in house.page("/provider-answers/")
    assert (house.ntd(item).ticket, house.ntd(item).replied_at) == ("", None)
    assert Draft.rows()[-1].ended_at is None  # it may be something else
    assert "hear_removed" not in str(house.history(item))


def test_one_mail_about_many_items_is_decided_for_all_or_for_one(
    house: House, server: MailServer
) -> None:
    items = []
    for name in ("one", "two", "three"):
        item = house.the_public_reports(f"https://item-two.example/{name}")
        house.judges(item, "baseline")
        items.append(item)
    house.works()
    house.hours_pass(24)
    letter = first_letter(house, items[0])
    with atomic():
        Letter.update(token=TOKEN).where(Letter.id == letter.id).execute()

    arrives(house, server, a_reply("All removed? No: they have been removed."))
    assert len(ProviderAnswer.rows()) == 3
    assert house.page("/tasks").count("Provider answered") == 1
    one = ProviderAnswer.get(ProviderAnswer.item == items[1].id)
    house.does(f"/provider-answers/{one.id}/nothing")
    other = ProviderAnswer.get(ProviderAnswer.item == items[0].id)
    house.does(f"/provider-answers/{other.id}/removed", whole_mail="yes")

    states = [house.ntd(item).state for item in items]
    assert states == [NtdState.TO_CHECK, NtdState.TO_VERIFY, NtdState.TO_CHECK]


def test_no_mail_of_any_kind_closes_an_item_or_is_ever_answered(
    house: House, item: Item, server: MailServer
) -> None:
    before = (house.ntd(item).state, len(Letter.rows()))
    letter = first_letter(house, item).message_id
    names = [name for name, says in READ_AS.items() if says not in OF_SERVERS]
    mails = [of_the_corpus(name).replace(MESSAGE_ID, letter) for name in names]

    for start in range(0, len(mails), 10):
        arrives(house, server, *(mail.encode() for mail in mails[start : start + 10]))
    house.works()

    assert len(ProviderAnswer.rows()) == len(names) - 1  # but the forged one
    assert (house.ntd(item).state, len(Letter.rows())) == before
    assert house.item(item).state == ItemState.TO_FINISH
    assert recipients(house) == [FIRST]
    assert {x.paper for x in Letter.rows()} == {Paper.LEA_NOTICE, Paper.NTD}


def test_bounces_of_every_shape_send_no_mail_back_and_end_nothing(
    house: House, item: Item, server: MailServer
) -> None:
    names = ("exim_free_text", "qmail", "exchange_german", "wrapped_by_a_gateway")
    for name in names:
        arrives(house, server, of_the_corpus(name).encode())
        house.works()

    assert [a.says for a in ProviderAnswer.rows()] == ["bounced"] * len(names)
    assert house.ntd(item).state == NtdState.TO_REACH
    assert house.item(item).state == ItemState.TO_FINISH
    assert recipients(house) == [FIRST]


def test_an_attachment_of_an_answer_is_never_fetched(
    house: House, item: Item, server: MailServer
) -> None:
    mail = a_reply("It has been removed, see the picture.")
    mail.add_attachment(b"PROOF-MARK" * 500, maintype="image", subtype="png")
    mail.add_attachment("LOG-MARK " * 50, filename="access.txt")
    bounce = of_the_corpus("sendmail_user_unknown")
    bounce = bounce.replace("removed, not ours", "RETURNED-MARK " * 20)

    arrives(house, server, mail, bounce.encode())

    sent = server.sent()
    assert b"see the picture" in sent
    for mark in (b"PROOF-MARK", b"UFJPT0YtTUFSS", b"LOG-MARK", b"RETURNED-MARK"):
        assert mark not in sent
    kept = [vars(row) for row in (*ProviderAnswer.rows(), *Draft.rows())]
    assert "MARK" not in str(kept)


def test_an_answer_to_what_has_ended_is_kept_and_asks_for_nothing(
    house: House, item: Item, server: MailServer
) -> None:
    house.does(f"/items/{item.id}/confirm_removal", why="looked: gone")

    arrives(house, server, a_reply("It has been removed."))
    refused = house.posts(f"/provider-answers/{only_answer().id}/removed")

    assert refused.status_code == REFUSED
    assert "Nothing is to be decided" in refused.text
    assert "It reads like “removed”" in house.page(f"/items/{item.id}")
    assert "No answer waits" in house.page("/provider-answers/")


def test_an_auditor_reads_the_answers_and_decides_nothing(
    house: House, item: Item, server: MailServer
) -> None:
    arrives(house, server, a_reply("It has been removed."))

    page = house.page("/provider-answers/", "ida")

    assert "It reads like “removed”" in page
    assert "They refuse" not in page
    answer = house.posts(f"/provider-answers/{only_answer().id}/removed", as_="ida")
    assert answer.status_code != DONE
    assert house.ntd(item).state == NtdState.TO_VERIFY


def gone_first(house: House) -> tuple[Item, tuple[str, ...]]:
    item = house.the_public_reports("https://item-one.example/page")
    house.judges(item, "baseline")
    house.works()
    address = house.atlas.hosts.pop("item-one.example")
    house.hours_pass(24)
    house.works()
    assert house.ntd(item).state == NtdState.TO_CHECK_FIRST
    return item, address


def asked_one(house: House) -> Item:
    item = house.the_public_reports("https://item-one.example/page")
    house.judges(item, "baseline")
    house.works()
    house.does(f"/notices/{house.notice(item).id}/confirm", receipt="case 7")
    house.hours_pass(24)
    assert house.ntd(item).state == NtdState.TO_VERIFY
    return item


def looks(house: House, item: Item, seen: str) -> None:
    house.does(f"/items/{item.id}/check/{seen}")


def test_a_postmaster_who_writes_404_has_written_and_not_bounced(
    house: House, item: Item, server: MailServer
) -> None:
    approve_second(house)
    mail = a_reply(
        "We have removed the page. It returns 404 now.",
        sender="postmaster@host-two.example",
    )
    arrives(house, server, mail)
    house.works()
    assert [a.says for a in ProviderAnswer.rows()] == ["removed"]
    assert recipients(house) == [FIRST]


def test_a_postmaster_who_writes_a_5xx_like_number_is_not_marked(
    house: House, item: Item, server: MailServer
) -> None:
    approve_second(house)
    mail = a_reply(
        "Hello, we have disabled 512 files of this customer, yours among them.",
        sender="Postmaster <postmaster@host-two.example>",
    )
    arrives(house, server, mail)
    house.works()
    assert Contact.get(Contact.mailbox == FIRST).bounced_at is None
    assert recipients(house) == [FIRST]


def test_one_reader_behind_the_abuse_desk_who_is_gone_is_not_the_desk(
    house: House, item: Item, server: MailServer
) -> None:
    approve_second(house)
    raw = a_bounce()
    raw = raw.replace(
        b"Final-Recipient: rfc822; abuse@host-two.example",
        b"Final-Recipient: rfc822; former.colleague@elsewhere.example",
    ).replace(
        b"Original-Recipient: rfc822;abuse@host-two.example",
        b"Original-Recipient: rfc822;former.colleague@elsewhere.example",
    )
    assert b"former.colleague" in raw
    arrives(house, server, raw)
    house.works()
    assert Contact.get(Contact.mailbox == FIRST).bounced_at is None
    assert recipients(house) == [FIRST]


def test_the_next_contact_gets_a_day_before_it_is_reminded(
    house: House, item: Item, server: MailServer
) -> None:
    approve_second(house)
    house.hours_pass(24)  # the first reminder
    house.hours_pass(23)
    assert recipients(house) == [FIRST, FIRST]
    arrives(house, server, a_reply("This is not ours."))
    house.does(f"/provider-answers/{ProviderAnswer.open_ones()[0].id}/not_ours")
    house.works()
    assert recipients(house) == [FIRST, FIRST, SECOND]
    house.hours_pass(2)
    assert recipients(house) == [FIRST, FIRST, SECOND]


def test_a_reminder_answers_a_letter_that_its_reader_has(
    house: House, item: Item, server: MailServer
) -> None:
    approve_second(house)
    arrives(house, server, a_reply("This is not ours."))
    house.does(f"/provider-answers/{ProviderAnswer.open_ones()[0].id}/not_ours")
    house.works()
    house.hours_pass(24)
    _, second, reminder = Letter.rows(Letter.recipient.in_([FIRST, SECOND]))
    assert reminder.recipient == SECOND
    assert reminder.in_reply_to == second.message_id


def test_the_next_contact_is_looked_after_too(
    house: House, item: Item, server: MailServer
) -> None:
    """A look is planned after the next contact was asked."""
    approve_second(house)
    house.hours_pass(72)
    looks(house, item, "there")
    house.hours_pass(96)
    looks(house, item, "there")
    arrives(house, server, a_reply("This is not ours."))
    house.does(f"/provider-answers/{ProviderAnswer.open_ones()[0].id}/not_ours")
    house.works()
    assert house.ntd(item).contact == SECOND
    assert house.ntd(item).state == NtdState.TO_VERIFY
    house.hours_pass(24 * 8)
    assert checks.due(house.settings, house.clock.now())


def test_what_was_looked_at_before_the_notice_is_looked_at_after_it(
    house: House,
) -> None:
    item, address = gone_first(house)
    house.atlas.hosts["item-one.example"] = address
    looks(house, item, "there")
    house.works()
    assert house.ntd(item).state == NtdState.TO_VERIFY
    house.hours_pass(24 * 8)
    assert checks.due(house.settings, house.clock.now())


def test_whoever_has_just_looked_is_not_asked_again_at_once(house: House) -> None:
    item, _ = gone_first(house)
    looks(house, item, "there")
    house.works()
    house.minutes_pass(1)
    house.works()
    assert not checks.due(house.settings, house.clock.now())


def test_the_lea_hears_of_a_third_contact_that_does_not_react(
    house: House, item: Item, server: MailServer
) -> None:
    approve_second(house)
    third = "third@host-two.example"
    arrives(house, server, a_reply("This is not ours."))
    house.does(f"/provider-answers/{ProviderAnswer.open_ones()[0].id}/not_ours")
    house.works()
    arrives(
        house,
        server,
        a_reply(
            "This is not ours.",
            sender=SECOND,
            References=Letter.rows(Letter.recipient == SECOND)[0].message_id,
            to="desk@hotline.example",
        ),
    )
    house.does(f"/provider-answers/{ProviderAnswer.open_ones()[0].id}/not_ours")
    house.works()
    ntd = house.ntd(item)
    if ntd.state == NtdState.TO_REACH:
        house.does(f"/ntds/{ntd.id}/resend", contact=third)
        house.works()
    assert recipients(house) == [FIRST, SECOND, third]
    for _ in range(20):
        house.hours_pass(24)
    assert house.ntd(item).escalated_at is not None


def test_the_lea_is_not_told_still_there_of_a_name_that_is_gone(house: House) -> None:
    asked_one(house)
    del house.atlas.hosts["item-one.example"]
    before = len(house.letters_to_the_lea())
    for _ in range(6):
        house.hours_pass(24)
    said = " ".join(text_of(x) for x in house.letters_to_the_lea()[before:])
    assert "reminded 0 times" not in said
    assert "still there" not in said


def test_a_registry_that_was_slow_once_does_not_replace_the_reminders(
    house: House,
) -> None:
    item = asked_one(house)
    address = house.atlas.hosts.pop("item-one.example")
    house.hours_pass(13)
    house.atlas.hosts["item-one.example"] = address
    house.does(f"/items/{item.id}/hold", why="as the LEA asked", officer="Otto")
    house.hours_pass(70)
    house.releases(item)
    house.works()
    house.hours_pass(1)
    assert house.ntd(item).escalated_at is None


def test_a_mailbox_is_unsealed_however_it_is_written(house: House) -> None:
    now = house.clock.now()
    letter = a_letter(now, recipient="Abuse@Host-One.example")
    with atomic():
        seal([(letter, b"bytes")], now)
        Letter.unseal("abuse@host-one.example")
    assert Letter.get_by_id(letter.id).sealed_at is None


def test_a_desk_that_has_answered_was_reached(
    house: House, item: Item, server: MailServer
) -> None:
    approve_second(house)
    arrives(
        house,
        server,
        a_reply(
            "We have received your report. Ticket #40417 was opened.",
            Auto_Submitted="auto-replied",
        ),
    )
    assert house.ntd(item).ticket
    arrives(house, server, a_bounce())
    house.works()
    assert recipients(house) == [FIRST]


def test_a_receipt_that_failed_is_no_bounce(
    house: House, item: Item, server: MailServer
) -> None:
    approve_second(house)
    raw = (CORPUS / "read_receipt.eml").read_text()
    raw = re.sub(
        r"Disposition: .*",
        "Disposition: automatic-action/MDN-sent-automatically; failed",
        raw,
    )
    arrives(house, server, raw.encode())
    assert Contact.get(Contact.mailbox == FIRST).bounced_at is None


def test_one_press_on_a_guess_does_not_move_every_notice(
    house: House, item: Item, server: MailServer
) -> None:
    approve_second(house)
    for n in range(3):
        other = house.the_public_reports(f"https://item-two.example/{n}")
        house.judges(other, "baseline")
    house.works()
    house.hours_pass(24)
    before = len(recipients(house))
    arrives(house, server, a_reply("This is not ours.", to="desk@hotline.example"))
    [first, *_] = ProviderAnswer.open_ones()
    house.does(f"/provider-answers/{first.id}/not_ours", whole_mail="yes")
    house.works()
    assert recipients(house)[before:] == [SECOND]


def test_what_the_lea_asked_itself_is_not_told_as_reminders_of_ours(
    house: House, item: Item, server: MailServer
) -> None:
    """The reminder came back (asked_at stays), then the LEA asks in our place."""
    house.hours_pass(24)
    second = Letter.rows(Letter.recipient == FIRST)[1]
    with atomic():
        Letter.update(return_token="").where(Letter.id < second.id).execute()
        Letter.change(second.id, return_token=RETURN_TOKEN)
    arrives(house, server, a_bounce())
    assert house.ntd(item).state == NtdState.TO_REACH
    say_ntd_sent(
        house.notice(item), Deed("Otto", Actor.OFFICER, house.clock.now(), "asked")
    )
    before = len(house.letters_to_the_lea())
    for _ in range(4):
        house.hours_pass(24)
    said = " ".join(text_of(x) for x in house.letters_to_the_lea()[before:])
    assert "reminded 3 times" not in said


def test_a_claim_nobody_could_look_at_comes_back_tomorrow_and_not_at_once(
    house: House, item: Item, server: MailServer
) -> None:
    house.does(f"/ntds/{house.ntd(item).id}/claim_removal", why="they wrote: removed")
    house.works()
    house.does(f"/items/{item.id}/check/not_now")
    assert not checks.due(house.settings, house.clock.now())
    house.minutes_pass(1)
    assert not checks.due(house.settings, house.clock.now())


def test_a_reminder_to_a_desk_that_was_told_not_theirs_does_not_leave(
    house: House, item: Item, server: MailServer
) -> None:
    """It waits (451), they say not ours, the next one is asked; then it would leave."""
    approve_second(house)
    house.internet.post_office.manners = lambda point, to: (
        "451 later" if point == "rcpt" and to == FIRST else None
    )
    house.hours_pass(24)
    assert Letter.rows(Letter.state == lifecycle.Letter.WAITING)
    arrives(house, server, a_reply("This is not ours."))
    house.does(f"/provider-answers/{ProviderAnswer.open_ones()[0].id}/not_ours")
    house.works()
    house.internet.post_office.manners = lambda *_: None
    house.minutes_pass(5)
    assert recipients(house) == [FIRST, SECOND]
    assert house.ntd(item).reminders == 0


def test_a_postmaster_who_says_that_no_action_is_required_is_heard(
    house: House, item: Item, server: MailServer
) -> None:
    arrives(
        house,
        server,
        a_reply(
            "We removed it. No action is required from you.",
            sender="postmaster@host-two.example",
        ),
    )
    assert "Answers to decide" in house.page("/tasks")
