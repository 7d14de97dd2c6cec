"""Seal letters: from here on their bytes never change. This is when gpg runs.

It happens outside any transaction and before the first claim, so a missing key keeps
the letter waiting, visibly, and nothing ever goes in the clear in its place.
"""

from collections.abc import Sequence
from datetime import datetime

from reportbox.errors import PeerRejected
from reportbox.lifecycle import TO_PROVIDERS, Paper
from reportbox.plain import is_mail_address, one_line
from reportbox.ports import OwnKey
from reportbox.post import mime
from reportbox.records.agencies import Agency
from reportbox.records.contacts import Contact
from reportbox.records.letters import Enclosure, Letter, Writing
from reportbox.settings import Settings

# Plain mail to an LEA is refused (guidelines, “safe communication channels”), unless
# the agreement says so: then the letter was written as a plain one.
ALWAYS_SECRET = frozenset(
    {
        Paper.LEA_NOTICE,
        Paper.LEA_SUPPLEMENT,
        Paper.LEA_CHASE,
        Paper.LEA_LOOK,
        Paper.LEA_LIST,
        Paper.LEA_TEST,
        Paper.OWN_ADDRESSES,
    }
)


def make(
    letter: Letter, said: Writing, own_key: OwnKey, at: datetime, settings: Settings
) -> bytes:
    """Make the final bytes; touches no table, so that several can be made at once.

    Raise PeerUnavailable when a key is missing, PeerRejected when no bytes can be made.
    """
    if not is_mail_address(letter.recipient):
        raise PeerRejected(f"“{one_line(letter.recipient)}” is no mail address")
    if letter.url:
        return _document(said)
    try:
        return _bytes(letter, said, own_key, at, settings)
    except ValueError as trouble:  # what cannot stand in a header
        raise PeerRejected(f"this letter cannot be written: {trouble}") from trouble


def _document(said: Writing) -> bytes:
    """An API gets the document alone; TLS and its token are its envelope."""
    _, _, text = said.attachments[0]
    return str(text).encode()


def seal(made: Sequence[tuple[Letter, bytes]], at: datetime) -> set[int]:
    """Keep bytes for good, in the transaction around it; say of which letters.

    They do not count if its reader has another key by now, or none: it is made anew.
    """
    known = {x.id: x for x in Letter.numbered(letter.id for letter, _ in made)}
    take_keys_of_today(list(known.values()))
    kept = set()
    for letter, sealed in made:
        if known[letter.id].sealed_at is None:
            if known[letter.id].key != letter.key:
                continue
            Writing.seal(letter.id, sealed)
            Letter.change(letter.id, sealed_at=at, trouble="", key=letter.key)
        kept.add(letter.id)
    return kept


def take_keys_of_today(letters: Sequence[Letter]) -> None:
    """What was written waits for no key that its reader has replaced since."""
    _take_those_of_agencies(letters)
    mine = [x for x in letters if x.sealed_at is None and x.paper in TO_PROVIDERS]
    keys = Contact.keys_of({letter.recipient.lower() for letter in mine})
    for letter in mine:
        # A contact that was struck out meanwhile says nothing about its key.
        letter.key = keys.get(letter.recipient.lower(), letter.key)


def _take_those_of_agencies(letters: Sequence[Letter]) -> None:
    unsealed = [x for x in letters if x.sealed_at is None and x.paper in ALWAYS_SECRET]
    keys = Enclosure.keys_of_agencies([letter.id for letter in unsealed])
    for letter in unsealed:
        # What is about no report goes out for whoever has that mailbox.
        if letter.id in keys or letter.is_plain:
            letter.key = keys.get(letter.id, letter.key)
        else:
            letter.key = Agency.key_of(letter.recipient) or letter.key


def _bytes(
    letter: Letter, said: Writing, own_key: OwnKey, at: datetime, settings: Settings
) -> bytes:
    if not letter.key and (letter.is_plain or letter.paper not in ALWAYS_SECRET):
        return mime.plain(letter, said, at, settings)
    secret = mime.secret_content(letter, said, at, settings)
    armoured = own_key.sign_and_encrypt(secret, letter.key)
    return mime.encrypted(letter, armoured, at, settings)
