"""What an agency answers by mail: receipts by the code, holds by the word.

Whoever writes the code has read the letter. An automatic reply is never a receipt, and
an answer without the code is for a person to read. What came back as undeliverable
stops the NTD clock.
"""

import re
from email.utils import parseaddr

from reportbox import lifecycle
from reportbox.lea import actions
from reportbox.lea.desk_of_officer import grouped, with_code
from reportbox.lifecycle import Move
from reportbox.plain import one_line
from reportbox.ports import Mail
from reportbox.records.agencies import Agency
from reportbox.records.journey import Deed, box, move, tracks_of
from reportbox.records.letters import Letter
from reportbox.records.tracks import LeaNotice

CODE = re.compile(r"(?i)\b[A-Z2-9]{4}(?:-[A-Z2-9]{4}){3}\b")
MOST_CODES = 20  # in one mail
HOLD = re.compile(r"(?i)\bhold\b")
# From here on a mail repeats what we wrote, in programs that mark no line of it.
OURS = re.compile(
    r"(?is)\binforms\b.{1,300}?\bof the following\b"
    r"|\btold\b.{1,300}?\babout report\b|\bhas left\b.{1,300}?\bin the portal\b"
)
QUOTED = re.compile(r"(?m)^\s*>.*$")
LONGEST_SENDER = 200  # characters


def hear(mail: Mail, deed: Deed) -> str:
    """Take a mail as an answer, and say what it was taken for; empty if for nothing.

    In the caller's transaction, once for each mail.
    """
    if mail.bounced:
        return _hear_bounce(mail, deed)
    if mail.is_automatic:
        return "an automatic reply: no receipt" if _ours(mail) else ""
    if mail.is_doubtful and (_codes(mail) or _ours(mail)):
        return "an answer that somebody else signed: ask them, then record it"
    found = [_by_code(mail, code, deed) for code in _codes(mail)]
    said = "; ".join(sentence for sentence in found if sentence)
    if not said and (numbers := _ours(mail)):
        return f"an answer about {numbers}, without its code: read it, then record it"
    return said


def _by_code(mail: Mail, code: str, deed: Deed) -> str:
    sender = one_line(mail.sender)[:LONGEST_SENDER]
    unit: Agency | None = Agency.get_or_none(Agency.test_code == code)
    if unit is not None:
        actions.confirm_test(unit, actions.by_mail(unit.name, sender, deed.at))
        return f"the test letter to {unit.name} is confirmed"
    notices = with_code(code)
    if not notices:
        return ""
    if not _is_of(notices[0].address, mail.sender):
        numbers = ", ".join(n.item.number for n in notices)
        return f"the code of {numbers}, from another address than agreed: ask them"
    by = actions.by_mail(notices[0].agency, sender, deed.at)
    holds = bool(HOLD.search(_own_words(mail.text)))
    actions.confirm_all(notices, by, and_hold=holds)
    numbers = ", ".join(n.item.number for n in notices)
    return f"receipt of {numbers} recorded{', and the hold placed' if holds else ''}"


def _hear_bounce(mail: Mail, deed: Deed) -> str:
    """The mail server of an agency took the letter and then gave it back."""
    said = []
    why = "the mail came back as undeliverable"
    letters = Letter.rows(Letter.message_id.in_(list(mail.bounced)))
    for letter in letters:
        if letter.paper in lifecycle.TO_PROVIDERS:
            continue
        if letter.state == lifecycle.Letter.IN_DOUBT:  # what comes back was sent
            found = {"sent_at": letter.passed_at, "trouble": ""}
            move(letter, Move.FOUND, box(deed.at, why), **found)
        for track in tracks_of(letter) if letter.paper in lifecycle.TELLING else ():
            notice = LeaNotice.get_by_id(track.id)
            if notice.state == lifecycle.Lea.TO_CONFIRM:
                move(notice, Move.FAIL, box(deed.at, why))
                said.append(notice.item.number)
    return f"the notice about {', '.join(said)} came back" if said else ""


def _is_of(mailbox: str, sender: str) -> bool:
    """Tell whether a mail says that it comes from the agency's own domain."""
    domain = parseaddr(sender)[1].rpartition("@")[2].lower()
    return domain == mailbox.rpartition("@")[2].lower()


def _codes(mail: Mail) -> list[str]:
    found = (grouped(m[0]) for m in CODE.finditer(f"{mail.subject}\n{mail.text}"))
    return list(dict.fromkeys(found))[:MOST_CODES]


def _own_words(text: str) -> str:
    """Return what they wrote, above, between or below our own words."""
    unquoted = QUOTED.sub("", text)
    ours = OURS.search(unquoted)
    return unquoted[: ours.start()] if ours else unquoted


def _ours(mail: Mail) -> str:
    """Name the items of the letters to an agency that this mail answers."""
    if not mail.answers:
        return ""
    letters = Letter.rows(Letter.message_id.in_(list(mail.answers)))
    notices = [t for x in letters for t in tracks_of(x) if isinstance(t, LeaNotice)]
    return ", ".join(dict.fromkeys(n.item.number for n in notices))
