"""What providers and their mail servers answer, in the shapes they come in.

Every mail comes out of a real Dovecot. The corpus is written by hand, with reserved
names; ``our_letter.txt`` is the letter that many of them repeat.
"""

import time
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as tries
from hypothesis import strategies as st

from reportbox.adapters.delivery import read_report
from reportbox.adapters.imap import ImapMailbox
from reportbox.ntd.answer import NOT_REACHED, Reading, pointers, read
from reportbox.ntd.own_words import own_words
from reportbox.ntd.phrases import Says
from reportbox.ntd.ticket import find_ticket
from reportbox.ports import Mail
from tests.mail_server import mail_server

CORPUS = Path(__file__).parent / "answers"
OURS = (CORPUS / "our_letter.txt").read_text()
TOKEN = "k3y7q2mzp5wdx4tbn6hrjcv2sa"
RETURN_TOKEN = "q6f3zt7mw2ydh5xkc4bnp7rvea"
MESSAGE_ID = "<0c9d3f7ae5b14f0f9d1f6a1c2b3d4e5f@hotline.example>"
ABUSE = "abuse@host-one.example"

READ_AS = {
    "postfix_no_such_user": Says.BOUNCED,
    "sendmail_user_unknown": Says.BOUNCED,
    "sendmail_gave_up": Says.GAVE_UP,
    "exim_free_text": Says.BOUNCED,
    "qmail": Says.BOUNCED,
    "exchange_german": Says.BOUNCED,
    "exchange_free_text": Says.BOUNCED,
    "webmail_blocked": Says.BOUNCED,
    "utf8_recipient": Says.BOUNCED,
    "wrapped_by_a_gateway": Says.BOUNCED,
    "postfix_delayed": Says.DELAYED,
    "postfix_greylisted": Says.DELAYED,
    "exim_delayed": Says.DELAYED,
    "mailbox_full_for_now": Says.DELAYED,
    "postfix_relayed": Says.DELIVERED,
    "read_receipt": Says.DELIVERED,
    "deleted_unread": Says.DELIVERED,
    "zendesk_received": Says.RECEIVED,
    "rt_received": Says.RECEIVED,
    "otrs_received_german": Says.RECEIVED,
    "manage_engine_received": Says.RECEIVED,
    "case_number_received": Says.RECEIVED,
    "out_of_office": Says.OUT_OF_OFFICE,
    "out_of_office_dutch": Says.OUT_OF_OFFICE,
    "removed": Says.REMOVED,
    "removed_one_word": Says.REMOVED,
    "removed_french": Says.REMOVED,
    "automatic_and_removed": Says.REMOVED,
    "buttons_in_html": Says.REMOVED,
    "by_thread_alone": Says.REMOVED,
    "not_ours": Says.NOT_OURS,
    "not_ours_spanish": Says.NOT_OURS,
    "needs_more": Says.NEEDS_MORE,
    "refused": Says.REFUSED,
    "top_posted_quote": Says.UNKNOWN,
    "forged_tag_of_a_stranger": Says.REMOVED,
}
TICKETS = {
    "zendesk_received": "284611",
    "rt_received": "40417",
    "otrs_received_german": "2026112010000159",
    "manage_engine_received": "284611",
    "case_number_received": "123-456",
    "needs_more": "55123",
}
WITHOUT_TOKEN = {
    "by_thread_alone": MESSAGE_ID,
    "forged_tag_of_a_stranger": "",
}


@pytest.fixture(scope="module")
def mails() -> dict[str, Mail]:
    """Every mail of the corpus, as the mailbox hands it over."""
    found: dict[str, Mail] = {}
    with mail_server() as server:
        box = ImapMailbox(
            host="localhost",
            port=server.port,
            user="desk",
            password="secret",
            folder="INBOX",
            timeout=10,
            ca_file=server.ca_file,
        )
        for name in READ_AS:
            server.deliver((CORPUS / f"{name}.eml").read_bytes())
            read_now: list[Mail] = []
            box.read(read_now.append)
            [found[name]] = read_now
    return found


def reading(mails: dict[str, Mail], name: str) -> Reading:
    return read(mails[name], OURS)


def test_the_table_names_every_mail_of_the_corpus() -> None:
    assert set(READ_AS) == {path.stem for path in CORPUS.glob("*.eml")}


@pytest.mark.parametrize("name", READ_AS)
def test_each_shape_is_read_right(mails: dict[str, Mail], name: str) -> None:
    assert reading(mails, name).says == READ_AS[name]


@pytest.mark.parametrize("name", READ_AS)
def test_their_number_is_found_and_ours_is_never_taken_for_it(
    mails: dict[str, Mail], name: str
) -> None:
    assert reading(mails, name).ticket == TICKETS.get(name, "")


@pytest.mark.parametrize("name", READ_AS)
def test_each_points_to_our_letter(mails: dict[str, Mail], name: str) -> None:
    found = pointers(mails[name])

    if name in WITHOUT_TOKEN:
        assert (found.tokens, found.return_tokens) == ((), ())
        assert (MESSAGE_ID in found.message_ids) == bool(WITHOUT_TOKEN[name])
    elif READ_AS[name] in NOT_REACHED:
        assert found.return_tokens == (RETURN_TOKEN,)
    else:
        assert TOKEN in found.tokens or RETURN_TOKEN in found.return_tokens


@pytest.mark.parametrize("name", READ_AS)
def test_no_word_of_ours_is_kept_as_theirs(mails: dict[str, Mail], name: str) -> None:
    said = reading(mails, name).words

    assert '"not ours"' not in said
    assert "without delay" not in said


def test_a_bounce_names_whom_it_did_not_reach(mails: dict[str, Mail]) -> None:
    for name, says in READ_AS.items():
        if says in {Says.BOUNCED, Says.GAVE_UP} and name != "utf8_recipient":
            assert reading(mails, name).recipient == ABUSE, name
    assert reading(mails, "utf8_recipient").recipient == "missbräuche@host-one.example"
    assert reading(mails, "postfix_no_such_user").status == "5.1.1"
    assert "User unknown" in reading(mails, "postfix_no_such_user").words


def test_a_report_keeps_what_it_says_of_the_letter(mails: dict[str, Mail]) -> None:
    report = mails["postfix_no_such_user"].report

    assert report is not None
    assert report.envelope_id == "RB-000123"
    assert report.message_ids == (MESSAGE_ID,)
    assert f"desk+{TOKEN}@hotline.example" in report.addresses
    assert mails["postfix_no_such_user"].bounced == (MESSAGE_ID,)
    assert mails["postfix_delayed"].bounced == ()


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("The page has not been removed.", Says.UNKNOWN),
        ("If it is removed we tell you.", Says.UNKNOWN),
        ("We'll look into it; it will be taken down.", Says.UNKNOWN),
        ("It was already deleted by the customer.", Says.REMOVED),
        ("It isn’t hosted with us; it was moved away.", Says.NOT_OURS),
        ("This IP is not ours.", Says.NOT_OURS),
        ("We don’t host this domain.", Says.NOT_OURS),
        ("The site is no longer available.", Says.REMOVED),
        ("The site is no longer hosted with us.", Says.NOT_OURS),
        ("We are unable to act on this.", Says.REFUSED),
        ("We can't remove it. It has been removed elsewhere.", Says.REFUSED),
        ("We need more information, thank you.", Says.NEEDS_MORE),
        ("Die Seite wurde heute gelöscht.", Says.REMOVED),
        ("Die Seite wurde noch nicht gelöscht.", Says.UNKNOWN),
        ("Die Seite ist nicht mehr erreichbar.", Says.REMOVED),
        ("Die IP-Adresse wird nicht von uns verwaltet.", Says.NOT_OURS),
        ("Wir benötigen weitere Angaben.", Says.NEEDS_MORE),
        ("De pagina is vandaag verwijderd.", Says.REMOVED),
        ("Deze server is niet van ons.", Says.NOT_OURS),
        ("Ce site n'est plus chez nous.", Says.NOT_OURS),
        ("Veuillez nous fournir l'adresse.", Says.NEEDS_MORE),
        ("La página ha sido eliminada.", Says.REMOVED),
        ("Necesitamos más datos.", Says.NEEDS_MORE),
        ("", Says.UNKNOWN),
        ("A" * 100_000, Says.UNKNOWN),
        ("we have " * 10_000, Says.UNKNOWN),
        (":\n" * 20_000, Says.UNKNOWN),
    ],
)
def test_a_sentence_is_read_with_care(words: str, says: Says) -> None:
    assert read(Mail("1:1", ABUSE, "Re: a notice", None, words)).says == says


@pytest.mark.parametrize(
    ("subject", "words", "ticket"),
    [
        ("[#12345] Re: [RB-2026-000123] Notice", "", "12345"),
        ("Re: [RB-000123]", "Ticket ID: HOS-123-45678", "HOS-123-45678"),
        ("[Case 123-456]", "", "123-456"),
        ("Re: notice ##987## logged", "", "987"),
        ("[ABUSE-77] created", "", "ABUSE-77"),
        ("Ticket number: 0012345678 opened", "", "0012345678"),
        ("Re: [RB-000123] [RB-000124] #4711", "", "4711"),
        ("Re: [RB-000123] RB-2026-000124", "Reference: RB-000123", ""),
        ("Re: your notice", "Reference: 2026-11-20, case: 192.0.2.10", ""),
        ("Request [A1B2C3-9X8Y]", "We got it.", "A1B2C3-9X8Y"),
        ("Votre demande", "Numéro de dossier : 2026-4455", "2026-4455"),
        ("Notice", "In case you wonder: nothing", ""),
        ("", "", ""),
    ],
)
def test_a_ticket_is_found_in_many_shapes(
    subject: str, words: str, ticket: str
) -> None:
    assert find_ticket(subject, words) == ticket


def test_what_stands_between_quoted_lines_is_theirs() -> None:
    text = "> Please\n> remove it\nWe did so.\n> not ours\nBye."

    assert own_words(text) == "We did so.\nBye."


def test_our_letter_is_known_however_a_program_has_wrapped_it() -> None:
    text = "Done.\n\n" + " ".join(OURS.split())[:300].replace(" asks", "\nasks")

    assert own_words(text, OURS) == "Done."


@tries(deadline=None)
@given(st.text(), st.text(), st.booleans())
def test_whatever_is_written_it_can_be_read(
    subject: str, text: str, is_automatic: bool
) -> None:
    mail = Mail("1:1", "MAILER-DAEMON@x.example", subject, None, text)

    found = read(replace(mail, is_automatic=is_automatic), OURS)

    assert found.says in set(Says)
    assert (pointers(mail).tokens, pointers(mail).return_tokens) == ((), ())


@tries(deadline=None)
@given(st.text(), st.text())
def test_whatever_a_report_holds_it_can_be_read(status: str, headers: str) -> None:
    report = read_report(f"Action: failed\nStatus: {status}", headers)

    assert all(fate.action for fate in report.fates)


@pytest.mark.parametrize("piece", ["<a", "case (", "a@b ", "bitte ", "On \n:\n", "-"])
def test_a_hostile_mail_is_read_in_a_moment(piece: str) -> None:
    mail = Mail("1:1", "MAILER-DAEMON@x.example", "Undeliverable", None, piece * 30_000)
    begun = time.monotonic()

    for is_automatic in (False, True):
        read(replace(mail, is_automatic=is_automatic), OURS)

    assert time.monotonic() - begun < 5  # seconds, on a busy machine
