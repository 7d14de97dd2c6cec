"""What a mail server says became of our letter, by report or in free text."""

import re

from reportbox.ntd.phrases import BOUNCE_SUBJECT, FAILED, STILL_TRYING, Says
from reportbox.ports import Fate, Mail

# People write as “postmaster” too, so that name alone makes no bounce.
SERVERS = re.compile(r"(?i)(?:mailer-daemon|mail-?daemon|mdaemon)@")
STATUS = re.compile(r"(?<![\d.])([45])\.\d{1,3}\.\d{1,3}(?![\d.])")  # RFC 3463
REPLY = re.compile(r"(?<![\d.])([45])[0-5]\d[ -]")  # RFC 5321, section 4.2
WHO = re.compile(r"(?m)^[ \t]*<?([^\s<>@:]{1,64}@[^\s<>@:]{1,190}?)>?:?\s*$")
LONGEST = 4_000  # characters of a free text that are looked at
OURS = re.compile(r"(?im)^message-id:\s*(<[^<>\s]{3,250}>)")
FATES = {
    "delayed": Says.DELAYED,
    "delivered": Says.DELIVERED,
    "relayed": Says.DELIVERED,
    "expanded": Says.DELIVERED,
    "displayed": Says.DELIVERED,
    "deleted": Says.DELIVERED,  # our mail, not what it is about
}


def fate_of(mail: Mail) -> Fate | None:
    """Say what became of a letter; None for any mail that no server wrote of it.

    Of several recipients the gravest counts: ours has one.
    """
    told = mail.report.fates if mail.report else ()
    known = [fate for fate in told if fate.action in {"failed", *FATES}]
    if known:
        first = min(known, key=lambda fate: fate.action != "failed")
        return first if first.status else _completed(first, mail.text)
    return _in_free_text(mail)


def says_of(fate: Fate) -> Says:
    """Name it. “Failed” with 4.x.x is over as well: they gave up trying."""
    if fate.action == "failed":
        return Says.GAVE_UP if _digit(fate) == "4" else Says.BOUNCED
    return FATES[fate.action]


def returned_ids(mail: Mail) -> tuple[str, ...]:
    """Name the messages of which headers came back, in a report or in a free text."""
    found = mail.report.message_ids if mail.report else ()
    return found or tuple(OURS.findall(mail.text))


def _in_free_text(mail: Mail) -> Fate | None:
    by_a_server = SERVERS.search(mail.sender) or BOUNCE_SUBJECT.match(mail.subject)
    text = mail.text[:LONGEST]
    if not by_a_server or not (mail.is_automatic or SERVERS.search(mail.sender)):
        return None
    if STILL_TRYING.search(text):
        return Fate("delayed", _status(text), _who(text))
    has_failed = FAILED.search(f"{text}\n{mail.subject}") or _status(text)
    return Fate("failed", _status(text), _who(text)) if has_failed else None


def _completed(fate: Fate, text: str) -> Fate:
    status = _status(fate.diagnostic) or _status(text[:LONGEST])
    return Fate(fate.action, status, fate.recipient, fate.diagnostic)


def _digit(fate: Fate) -> str:
    return fate.status[:1] or _status(fate.diagnostic)[:1]


def _status(text: str) -> str:
    found = STATUS.search(text)
    if found:
        return found[0]
    code = REPLY.search(text)
    return f"{code[1]}.0.0" if code else ""


def _who(text: str) -> str:
    found = WHO.search(text)
    return found[1] if found else ""
