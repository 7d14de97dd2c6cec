"""What to do when a mail server refuses, said to somebody who never ran one."""

import re
from typing import NamedTuple


class Case(NamedTuple):
    says: str  # a pattern
    helps: str


# How servers and the library say it, and what helps.
SMTP = (
    Case(
        r"(?i)authentication|\b53[45]\b",
        "It refuses the user name or the password. Type both again; some services "
        "want a password made for programs.",
    ),
    Case(
        r"(?i)starttls extension|not supported by server",
        "It offers no STARTTLS on this port. Try TLS from the start with port 465.",
    ),
    Case(
        r"(?i)\b530\b|must issue a starttls",
        "It wants encryption first: choose STARTTLS, usually with port 587.",
    ),
    Case(
        r"(?i)wrong.version.number|record layer|unknown protocol",
        "It speaks no TLS from the start on this port. Try STARTTLS with port 587, or "
        "TLS with port 465.",
    ),
    Case(
        r"(?i)certificate",
        "Its certificate is not good for this name. Write the server's name as your "
        "mail service gives it, not an IP address.",
    ),
    Case(
        r"(?i)name or service|no address associated|nodename|getaddrinfo|name resol",
        "There is no server of this name. Look for a slip, and whether this machine "
        "can look names up.",
    ),
    Case(
        r"(?i)refused|errno 111",
        "Nobody listens at this port. A server on this machine has 25; a mail service "
        "usually 587 with STARTTLS, or 465 with TLS.",
    ),
    Case(
        r"(?i)timed out|unreachable|no route",
        "It does not answer. Many hosting providers close port 25 to the outside: try "
        "587 with STARTTLS, or ask them.",
    ),
    Case(
        r"\b5[0-9]{2}\b",
        "It refuses the letter. Usually it wants a user name and a password, or it "
        "knows your mail address not as one of its own.",
    ),
    Case(
        r"\b4[0-9]{2}\b",
        "It refuses for now: wait some minutes and try again. Some servers do so with "
        "whoever is new to them.",
    ),
)
IMAP = (
    Case(
        r"(?i)login",
        "It refuses the user name or the password. Some services want IMAP switched "
        "on first, or a password made for programs.",
    ),
    Case(
        r"(?i)folder",
        "There is no such folder in the mailbox. The usual one is INBOX.",
    ),
    *SMTP[3:6],
    Case(
        r"(?i)refused|errno 111",
        "Nobody listens at this port. Mailboxes are read over TLS, usually at 993.",
    ),
    Case(
        r"(?i)timed out|unreachable|no route",
        "It does not answer. Is the port right, and does a firewall let this machine "
        "out?",
    ),
)
UNKNOWN = "Ask whoever runs it, with these words."


def advice(said: str, table: tuple[Case, ...]) -> str:
    """Return the words of the other side with a sentence that helps."""
    helps = next((c.helps for c in table if re.search(c.says, said)), UNKNOWN)
    return f"{helps} (It said: {said.strip().rstrip('.')}.)"
