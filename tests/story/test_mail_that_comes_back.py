"""Letters that come back, by mail or at once: who may say so, and what follows."""

from collections.abc import Iterator

import pytest

from reportbox import lifecycle
from reportbox.lea.actions import say_ntd_sent
from reportbox.lifecycle import Actor
from reportbox.lifecycle import Ntd as NtdState
from reportbox.records import atomic
from reportbox.records.contacts import Contact
from reportbox.records.drafts import Draft
from reportbox.records.items import Event, Item
from reportbox.records.journey import Deed, letters_that_asked
from reportbox.records.letters import Letter
from reportbox.records.provider_answers import ProviderAnswer
from reportbox.records.tracks import Ntd
from tests.house import House, text_of
from tests.mail_server import MailServer, mail_server
from tests.ntd.test_answer import MESSAGE_ID, RETURN_TOKEN, TOKEN
from tests.story.test_provider_answers import (
    FIRST,
    SECOND,
    a_bounce,
    a_reply,
    approve_second,
    arrives,
    first_letter,
    item,
    of_the_corpus,
    recipients,
    two_desks,
)

__all__ = ["item"]  # a fixture


@pytest.fixture(scope="module")
def server() -> Iterator[MailServer]:
    with mail_server() as running:
        yield running


def is_marked(mailbox: str) -> bool:
    return Contact.get(Contact.mailbox == mailbox).bounced_at is not None


@pytest.mark.parametrize("name", ["postfix_no_such_user", "qmail", "webmail_blocked"])
def test_whoever_was_only_shown_a_letter_makes_no_bounce_of_it(
    house: House, item: Item, server: MailServer, name: str
) -> None:
    """A desk passes our words on to its customer, and he answers with a report.

    He knows the reply address and the Message-ID, not the return path.
    """
    approve_second(house)
    raw = of_the_corpus(name).replace(MESSAGE_ID, first_letter(house, item).message_id)
    forged = raw.replace(f"bounce-{RETURN_TOKEN}", f"bounce-{TOKEN}")

    about = arrives(house, server, forged.encode())
    house.works()

    assert not is_marked(FIRST)
    assert recipients(house) == [FIRST]
    assert ProviderAnswer.rows() == []
    assert about.startswith("perhaps from Home Hosting Two about RB-000001: bounced")
    assert Draft.rows()[-1].ended_at is None  # a person sees it
    assert "A mail waits" in house.page("/tasks")


def test_a_letter_from_before_return_paths_still_bounces_by_its_one_token(
    house: House, item: Item, server: MailServer
) -> None:
    approve_second(house)
    with atomic():
        Letter.change(first_letter(house, item).id, return_token="")
    old = a_bounce().replace(RETURN_TOKEN.encode(), TOKEN.encode())

    arrives(house, server, old)
    house.works()

    assert is_marked(FIRST)
    assert recipients(house) == [FIRST, SECOND]


def test_an_automatic_answer_to_the_return_path_is_filed_with_its_letter(
    house: House, item: Item, server: MailServer
) -> None:
    raw = of_the_corpus("out_of_office").replace(
        f"desk+{TOKEN}@", f"desk+bounce-{RETURN_TOKEN}@"
    )
    assert RETURN_TOKEN in raw

    arrives(house, server, raw.encode())

    [answer] = ProviderAnswer.rows()
    assert answer.says == "out_of_office"
    assert answer.found_by == "token"


def put_in_doubt(house: House, item: Item) -> Letter:
    """As if the line had broken after the final dot, and nobody heard the answer."""
    letter = first_letter(house, item)
    with atomic():
        Letter.change(letter.id, state=lifecycle.Letter.IN_DOUBT, sent_at=None)
        Ntd.change(house.ntd(item).id, state=NtdState.TO_REACH, asked_at=None)
    return letter


def state_of(letter: Letter) -> lifecycle.Letter:
    return lifecycle.Letter(Letter.get_by_id(letter.id).state)


def test_a_letter_in_doubt_that_comes_back_was_sent_and_the_next_one_is_asked(
    house: House, item: Item, server: MailServer
) -> None:
    approve_second(house)
    letter = put_in_doubt(house, item)

    arrives(house, server, a_bounce())
    house.works()

    assert state_of(letter) == lifecycle.Letter.SENT
    assert is_marked(FIRST)
    assert recipients(house) == [FIRST, SECOND]
    assert house.ntd(item).state == NtdState.TO_VERIFY
    assert "Letter in doubt" not in house.page("/tasks")


def test_a_letter_in_doubt_that_is_answered_was_sent(
    house: House, item: Item, server: MailServer
) -> None:
    letter = put_in_doubt(house, item)

    arrives(house, server, a_reply("It has been removed."))

    assert state_of(letter) == lifecycle.Letter.SENT
    assert house.ntd(item).state == NtdState.TO_VERIFY
    assert house.ntd(item).asked_at == letter.passed_at
    assert recipients(house) == [FIRST]


def test_a_guess_settles_no_doubt(house: House, item: Item, server: MailServer) -> None:
    letter = put_in_doubt(house, item)

    arrives(house, server, a_reply("Removed.", to="desk@hotline.example"))

    assert state_of(letter) == lifecycle.Letter.IN_DOUBT


@pytest.fixture
def unasked(house: House) -> Item:
    """An item about which a provider with two abuse mailboxes is to be asked."""
    two_desks(house)
    approve_second(house)
    found = house.the_public_reports("https://item-two.example/page")
    house.judges(found, "baseline")
    house.works()
    return found


def refuses(house: House, mailbox: str, said: str, point: str = "rcpt") -> None:
    house.internet.post_office.manners = lambda at, to: (
        said if at == point and to == mailbox else None
    )


def test_a_letter_refused_at_once_goes_on_like_one_that_came_back(
    house: House, unasked: Item
) -> None:
    refuses(house, FIRST, "550 5.1.1 no such user")

    house.hours_pass(24)

    assert is_marked(FIRST)
    assert recipients(house) == [SECOND]
    assert house.ntd(unasked).state == NtdState.TO_VERIFY
    why = f"mail to {FIRST} does not arrive; next {SECOND}"
    assert why in [event.why for event in Event.rows(Event.item == unasked.id)]


def test_with_nobody_else_approved_a_refused_letter_waits_for_a_person(
    house: House, unasked: Item
) -> None:
    with atomic():
        Contact.update(approved_at=None).where(Contact.mailbox == SECOND).execute()
    refuses(house, FIRST, "550 5.1.1 no such user")

    house.hours_pass(24)

    assert house.ntd(unasked).state == NtdState.TO_REACH
    assert "did not take our notice" in house.page("/tasks")
    approve_second(house)
    house.works()
    assert recipients(house) == [SECOND]


@pytest.mark.parametrize(
    ("point", "said"),
    [("rcpt", "554 5.7.1 Relay access denied"), ("data", "554 5.6.0 not like this")],
)
def test_a_refusal_that_is_not_of_the_mailbox_is_for_a_person(
    house: House, unasked: Item, point: str, said: str
) -> None:
    refuses(house, FIRST, said, point)

    house.hours_pass(24)

    assert not is_marked(FIRST)
    assert recipients(house) == []
    assert house.ntd(unasked).state == NtdState.TO_REACH


def test_a_reminder_refused_at_once_goes_on_like_one_that_came_back(
    house: House, unasked: Item
) -> None:
    house.hours_pass(24)
    assert recipients(house) == [FIRST]
    refuses(house, FIRST, "550 5.1.1 no such user")

    house.hours_pass(24)

    assert is_marked(FIRST)
    assert recipients(house) == [FIRST, SECOND]
    assert house.ntd(unasked).state == NtdState.TO_VERIFY
    assert house.ntd(unasked).reminders == 0


def test_a_letter_in_doubt_at_a_marked_mailbox_is_not_asked_for_elsewhere(
    house: House, item: Item
) -> None:
    approve_second(house)
    put_in_doubt(house, item)
    with atomic():
        Contact.note_bounce(FIRST, house.clock.now())

    house.works()

    assert house.ntd(item).state == NtdState.TO_REACH
    assert recipients(house) == [FIRST]


def test_where_the_lea_asked_in_our_place_nobody_else_is_asked(
    house: House, unasked: Item
) -> None:
    refuses(house, FIRST, "550 5.1.1 no such user")
    with atomic():
        Contact.update(approved_at=None).where(Contact.mailbox == SECOND).execute()
    house.hours_pass(24)
    assert house.ntd(unasked).state == NtdState.TO_REACH
    otto = Deed("Otto", Actor.OFFICER, house.clock.now(), "asked by telephone")
    say_ntd_sent(house.notice(unasked), otto)

    approve_second(house)
    house.hours_pass(24)

    assert house.ntd(unasked).state == NtdState.TO_VERIFY
    assert recipients(house) == []


def others_planned(house: House, count: int) -> list[Item]:
    """Report more at the same host; they fall due later."""
    found = []
    for n in range(count):
        other = house.the_public_reports(f"https://item-two.example/{n}")
        house.judges(other, "baseline")
        found.append(other)
    house.works()
    return found


def test_a_bounce_sends_everything_that_is_planned_there_to_the_next_contact(
    house: House, item: Item, server: MailServer
) -> None:
    approve_second(house)
    others = others_planned(house, 3)
    assert {house.ntd(other).contact for other in others} == {FIRST}
    due = [house.ntd(other).due_at for other in others]

    arrives(house, server, a_bounce())
    house.works()

    for other in others:
        assert house.ntd(other).state == NtdState.TO_FALL_DUE
        assert house.ntd(other).contact == SECOND
    assert [house.ntd(other).due_at for other in others] == due
    assert "NTD planned for another contact" in house.page(f"/items/{others[0].id}")
    assert "NTD cannot leave" not in house.page("/tasks")
    house.hours_pass(24)
    assert {house.ntd(other).state for other in others} == {NtdState.TO_VERIFY}
    assert set(recipients(house)[1:]) == {SECOND}


def test_with_nobody_else_approved_what_is_planned_waits_for_a_person(
    house: House, item: Item, server: MailServer
) -> None:
    [other] = others_planned(house, 1)

    arrives(house, server, a_bounce())
    house.hours_pass(24)

    assert house.ntd(other).contact == FIRST
    assert f'/items/{other.id}"' in house.page("/queue/changed")
    assert "Mail to this contact bounced" in house.page("/tasks")
    approve_second(house)
    house.works()
    assert recipients(house)[1:] == [SECOND]  # one letter for both
    assert house.ntd(other).state == NtdState.TO_VERIFY
    assert house.ntd(item).state == NtdState.TO_VERIFY


def test_what_is_held_changes_its_contact_and_lets_nothing_leave(
    house: House, item: Item, server: MailServer
) -> None:
    approve_second(house)
    [other] = others_planned(house, 1)
    house.does(f"/items/{other.id}/hold", why="asked by telephone")

    arrives(house, server, a_bounce())
    house.hours_pass(48)

    assert house.ntd(other).contact == SECOND
    assert house.ntd(other).asked_at is None
    house.releases(other)
    house.works()
    assert house.ntd(other).state == NtdState.TO_VERIFY


def test_a_server_that_was_away_moves_nothing_else(
    house: House, item: Item, server: MailServer
) -> None:
    approve_second(house)
    [other] = others_planned(house, 1)

    arrives(house, server, a_bounce("4.4.7"))
    house.works()

    assert house.ntd(other).contact == FIRST


def is_found_not_illegal(house: House, item: Item) -> None:
    house.judges(item, "not_illegal", reason="seen again")
    house.works()
    house.hours_pass(1)


def corrected(house: House) -> list[str]:
    """Name whom a correction reached."""
    said = [x for x in house.letters_to_providers() if "disregard" in text_of(x)]
    return [letter.recipient for letter in said]


def say_not_theirs(house: House, server: MailServer, sender: str, to: Letter) -> None:
    mail = a_reply(
        "This is not ours.",
        to="desk@hotline.example",
        sender=sender,
        References=to.message_id,
    )
    arrives(house, server, mail)
    [answer] = ProviderAnswer.open_ones()
    house.does(f"/provider-answers/{answer.id}/not_ours")


def test_a_correction_goes_to_whoever_was_asked_and_not_to_who_comes_next(
    house: House, item: Item, server: MailServer
) -> None:
    approve_second(house)
    say_not_theirs(house, server, FIRST, first_letter(house, item))
    assert house.ntd(item).contact == SECOND

    is_found_not_illegal(house, item)

    assert recipients(house) == [FIRST, FIRST]
    assert corrected(house) == [FIRST]


def test_each_contact_that_was_asked_hears_of_the_correction_once(
    house: House, item: Item, server: MailServer
) -> None:
    approve_second(house)
    say_not_theirs(house, server, FIRST, first_letter(house, item))
    house.clock.advance(hours=30)
    house.works()

    is_found_not_illegal(house, item)
    house.hours_pass(24)

    assert corrected(house) == [FIRST, SECOND]
    first, second = (text_of(x) for x in house.letters_to_providers()[-2:])
    assert "2030-01-08" in first
    assert "2030-01-09" in second
    threads = [x.in_reply_to for x in Letter.rows()[-2:]]
    assert threads == [x.message_id for x in letters_that_asked(house.ntds(item)[0])]
    assert house.ntds(item)[0].corrected_at


def test_whose_letter_came_back_hears_of_no_correction(
    house: House, item: Item, server: MailServer
) -> None:
    approve_second(house)
    arrives(house, server, a_bounce("4.4.7"))
    house.works()
    assert recipients(house) == [FIRST, SECOND]

    is_found_not_illegal(house, item)

    assert corrected(house) == [SECOND]


def test_a_letter_in_doubt_that_arrived_after_all_is_corrected_too(
    house: House, item: Item, server: MailServer
) -> None:
    approve_second(house)
    say_not_theirs(house, server, FIRST, first_letter(house, item))
    house.works()
    second = Letter.rows(Letter.recipient == SECOND)[0]
    with atomic():
        Letter.change(second.id, state=lifecycle.Letter.IN_DOUBT, sent_at=None)
        Ntd.change(house.ntd(item).id, state=NtdState.TO_REACH, asked_at=None)
    is_found_not_illegal(house, item)
    assert corrected(house) == [FIRST]

    house.does(f"/letters/{second.id}/found", why="they telephoned")
    house.minutes_pass(1)

    assert corrected(house) == [FIRST, SECOND]


def takes_no_mail(mailbox: str) -> None:
    with atomic():
        Contact.update(channel="form").where(Contact.mailbox == mailbox).execute()


def test_a_person_tells_whom_no_letter_can_and_the_others_get_theirs(
    house: House, item: Item, server: MailServer
) -> None:
    approve_second(house)
    say_not_theirs(house, server, FIRST, first_letter(house, item))
    house.clock.advance(hours=30)
    house.works()
    takes_no_mail(SECOND)
    house.judges(item, "not_illegal", reason="seen again")

    [ntd] = house.ntds(item)  # before the box has come round to it
    house.does(f"/ntds/{ntd.id}/tell_correction", why="told their desk")
    house.hours_pass(1)

    assert corrected(house) == [FIRST]
    assert "Provider told by a person" in house.page(f"/items/{item.id}")


def test_while_a_letter_is_in_doubt_nobody_says_that_all_were_told(
    house: House, item: Item, server: MailServer
) -> None:
    approve_second(house)
    first = first_letter(house, item)
    say_not_theirs(house, server, FIRST, first)
    house.clock.advance(hours=30)
    house.works()
    takes_no_mail(SECOND)
    with atomic():
        Letter.change(first.id, state=lifecycle.Letter.IN_DOUBT, sent_at=None)
    is_found_not_illegal(house, item)
    [ntd] = house.ntds(item)

    path = f"/ntds/{ntd.id}/tell_correction"
    assert "is in doubt" in house.posts(path, why="told the second").text
    house.does(f"/letters/{first.id}/found", why="they telephoned")
    house.does(path, why="told the second")
    house.works()

    assert corrected(house) == [FIRST]
    assert house.ntds(item)[0].corrected_at


def test_who_was_asked_before_and_takes_no_letter_is_named_in_a_task(
    house: House, item: Item, server: MailServer
) -> None:
    approve_second(house)
    say_not_theirs(house, server, FIRST, first_letter(house, item))
    takes_no_mail(FIRST)

    is_found_not_illegal(house, item)

    [ntd] = house.ntds(item)
    assert ntd.asked_at is None
    assert ntd.trouble.startswith(f"{FIRST}: This contact takes no mail")
    assert "This contact takes no mail" in house.page("/tasks")
    page = house.page(f"/items/{item.id}")
    assert "This contact takes no mail" in page
    assert "tell them in another way that the verdict changed" in page
    assert "They know of the correction" in page


def test_of_a_notice_that_never_left_nobody_is_asked_to_tell_a_correction(
    house: House, unasked: Item
) -> None:
    with atomic():
        Contact.update(approved_at=None).where(Contact.mailbox == FIRST).execute()
    house.hours_pass(24)
    assert house.ntd(unasked).trouble

    is_found_not_illegal(house, unasked)

    page = house.page(f"/items/{unasked.id}")
    assert "They know of the correction" not in page
    [ntd] = house.ntds(unasked)
    answer = house.posts(f"/ntds/{ntd.id}/tell_correction", why="told them")
    assert answer.status_code == 409


def test_whoever_was_given_up_on_hears_of_the_correction_as_well(
    house: House, item: Item
) -> None:
    [ntd] = house.ntds(item)
    house.does(f"/ntds/{ntd.id}/give_up", why="nobody answers there")
    house.works()
    assert house.ntds(item)[0].state == NtdState.UNRESOLVED

    is_found_not_illegal(house, item)
    house.hours_pass(24)

    assert corrected(house) == [FIRST]
    assert house.ntds(item)[0].state == NtdState.UNRESOLVED
