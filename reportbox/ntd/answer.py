"""What a mail about a notice seems to say: a reading, and only a suggestion.

Pure: from the words of a mail alone. Which notice it is about is found by the token of
the address it came to, then by the thread, then by the number in the subject.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from email.utils import parseaddr

from reportbox.ntd.bounce import fate_of, returned_ids, says_of
from reportbox.ntd.own_words import own_words
from reportbox.ntd.phrases import DENIED, PHRASES, READ, SHORT, Says
from reportbox.ntd.ticket import find_ticket
from reportbox.plain import one_line, visible
from reportbox.ports import Mail

A_TOKEN = re.compile(r"[a-z2-7]{26}")
TOKEN = re.compile(r"(?i)\+([a-z2-7]{26})@")
RETURN_TOKEN = re.compile(r"(?i)\+bounce-([a-z2-7]{26})@")
# Both spellings of our number, in brackets: RB-000123 and RB-2026-000123.
TAG = re.compile(r"(?i)\[RB-(?:\d{4}-)?(\d{6,9})\]")
SENTENCE = re.compile(r"[.!?;]\s|\n\s*\n")
LONGEST = 4_000  # characters of their words that are kept
# A person decides what follows from these; the others ask for nobody.
TO_DECIDE = frozenset(
    {Says.REMOVED, Says.NOT_OURS, Says.NEEDS_MORE, Says.REFUSED, Says.UNKNOWN}
)
NOT_REACHED = frozenset({Says.BOUNCED, Says.GAVE_UP})


@dataclass(frozen=True)
class Pointers:
    """What in a mail points to the letter it is about, the surest first."""

    tokens: tuple[str, ...]  # whoever has the letter knows this
    return_tokens: tuple[str, ...]  # only who carried it, or got it, does
    message_ids: tuple[str, ...]
    item_ids: tuple[int, ...]  # as the subject says; anybody can write that
    sender: str  # a bare mail address, in small letters


@dataclass(frozen=True)
class Reading:
    says: Says
    words: str  # their own, without ours
    ticket: str = ""
    recipient: str = ""  # who was not reached, of a delivery report
    status: str = ""  # RFC 3463


def pointers(mail: Mail) -> Pointers:
    """Gather what says which of our letters this mail is about."""
    came_back = mail.report.addresses if mail.report else ()
    addresses = (*mail.to, *came_back)
    tokens = _tokens(TOKEN, addresses)
    if mail.report and A_TOKEN.fullmatch(mail.report.envelope_id):
        tokens[mail.report.envelope_id] = None
    return_tokens = _tokens(RETURN_TOKEN, addresses)
    ids = dict.fromkeys((*mail.answers, *returned_ids(mail)))
    numbers = dict.fromkeys(int(n) for n in TAG.findall(mail.subject))
    sender = parseaddr(mail.sender)[1].lower()
    return Pointers(
        tuple(tokens), tuple(return_tokens), tuple(ids), tuple(numbers), sender
    )


def read(mail: Mail, ours: str = "") -> Reading:
    """Say what a mail seems to say; ``ours`` is the letter it may repeat."""
    if fate := fate_of(mail):
        said = " ".join(filter(None, [fate.recipient, fate.status, fate.diagnostic]))
        words = one_line(said) or own_words(mail.text, ours)
        return Reading(
            says_of(fate), _cut(words), "", fate.recipient.lower(), fate.status
        )
    words = own_words(mail.text, ours)
    ticket = find_ticket(mail.subject, words)
    says = _says(mail.subject, words, ticket, is_automatic=mail.is_automatic)
    return Reading(says, _cut(words), ticket)


def _tokens(shape: re.Pattern[str], addresses: Iterable[str]) -> dict[str, None]:
    found = (shape.search(address) for address in addresses)
    return dict.fromkeys(match[1].lower() for match in found if match)


def _says(subject: str, words: str, ticket: str, *, is_automatic: bool) -> Says:
    said = _said(words)
    told = {says for says in said if says in TO_DECIDE}
    acknowledges = Says.RECEIVED in said and (is_automatic or bool(ticket))
    if is_automatic and Says.OUT_OF_OFFICE in _said(subject) | said:
        return Says.OUT_OF_OFFICE
    if acknowledges:  # what a form letter asks for by the way is no question to us
        told -= {Says.NEEDS_MORE}
    for says in PHRASES:
        if says in told:
            return says
    if acknowledges or (is_automatic and ticket):
        return Says.RECEIVED
    return Says.UNKNOWN


def _said(words: str) -> set[Says]:
    """Name everything that some sentence says, and does not deny or put off."""
    found, text = set(), words.casefold()
    for short, whole in SHORT:
        text = text.replace(short, whole)
    for sentence in SENTENCE.split(text):
        plain = " ".join(sentence.split())
        for says, phrase in READ.items():
            hit = phrase.search(plain)
            if hit and not (says is Says.REMOVED and _is_denied(plain, hit)):
                found.add(says)
    return found


def _is_denied(sentence: str, hit: re.Match[str]) -> bool:
    until = hit.end() if "no longer" not in hit[0] and " mehr " not in hit[0] else 0
    return bool(DENIED.search(sentence, 0, until or hit.start()))


def _cut(words: str) -> str:
    plain = visible(words, keep="\n\t").strip()
    return plain if len(plain) <= LONGEST else f"{plain[:LONGEST]} …"
