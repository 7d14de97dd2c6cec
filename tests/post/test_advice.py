"""What helps when a mail server refuses: by the words with which servers do so."""

import pytest

from reportbox.post.advice import IMAP, SMTP, UNKNOWN, advice


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ("[Errno -2] Name or service not known", "There is no server of this name"),
        ("[Errno 111] Connection refused", "Nobody listens at this port"),
        ("[Errno 101] Network is unreachable", "It does not answer"),
        ("timed out", "It does not answer"),
        ("(535, b'5.7.8 bad credentials')", "It refuses the user name or the password"),
        ("530 5.7.0 Must issue a STARTTLS command first", "It wants encryption first"),
        ("[SSL: CERTIFICATE_VERIFY_FAILED]", "Its certificate is not good"),
        ("[SSL: WRONG_VERSION_NUMBER]", "It speaks no TLS from the start"),
        ("STARTTLS extension not supported by server.", "It offers no STARTTLS"),
        ("550 5.7.1 relaying denied", "It refuses the letter"),
        ("451 4.7.1 greylisted", "It refuses for now"),
    ],
)
def test_a_refused_letter_is_explained_in_words_that_help(
    said: str, sentence: str
) -> None:
    assert advice(said, SMTP).startswith(sentence)
    assert said.rstrip(".") in advice(said, SMTP)


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ("the mail server refused: MailboxLoginError", "It refuses the user name"),
        (
            "the mail server refused: MailboxFolderSelectError",
            "There is no such folder",
        ),
        ("the mailbox cannot be read: Connection refused", "Nobody listens"),
        ("the mailbox cannot be read: timed out", "It does not answer"),
    ],
)
def test_a_closed_mailbox_is_explained_in_words_that_help(
    said: str, sentence: str
) -> None:
    assert advice(said, IMAP).startswith(sentence)


def test_what_nobody_foresaw_is_passed_on() -> None:
    assert advice("out of cheese", SMTP).startswith(UNKNOWN)
