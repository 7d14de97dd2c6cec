"""Seal letters: from here on their bytes never change. This is when gpg runs.

It happens outside any transaction and before the first claim, so a missing key keeps
the letter waiting, visibly, and nothing ever goes in the clear in its place.
"""

from datetime import datetime

from reportbox.errors import PeerRejected
from reportbox.lifecycle import Paper
from reportbox.plain import is_mail_address, one_line
from reportbox.ports import OwnKey
from reportbox.post import mime
from reportbox.records.letters import Letter, Writing
from reportbox.settings import Settings

# Plain mail to an LEA is refused (guidelines, “safe communication channels”), unless
# the agreement says so: then the letter was written as a plain one.
ALWAYS_SECRET = frozenset(
    {
        Paper.LEA_NOTICE,
        Paper.LEA_SUPPLEMENT,
        Paper.LEA_CHASE,
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
    try:
        return _bytes(letter, said, own_key, at, settings)
    except ValueError as trouble:  # what cannot stand in a header
        raise PeerRejected(f"this letter cannot be written: {trouble}") from trouble


def seal(letter: Letter, made: bytes, at: datetime) -> None:
    """Keep the bytes for good, in the transaction around it."""
    if Letter.get_by_id(letter.id).sealed_at is None:
        Writing.seal(letter.id, made)
        Letter.change(letter.id, sealed_at=at, trouble="", key=letter.key)


def _bytes(
    letter: Letter, said: Writing, own_key: OwnKey, at: datetime, settings: Settings
) -> bytes:
    if not letter.key and (letter.is_plain or letter.paper not in ALWAYS_SECRET):
        return mime.plain(letter, said, at, settings)
    secret = mime.secret_content(letter, said, at, settings)
    armoured = own_key.sign_and_encrypt(secret, letter.key)
    return mime.encrypted(letter, armoured, at, settings)
