"""Seal letters: from here on their bytes never change. This is when gpg runs.

It happens outside any transaction and before the first claim, so a missing key keeps
the letter waiting, visibly, and nothing ever goes in the clear in its place.
"""

from datetime import datetime

from reportbox.lifecycle import Paper
from reportbox.ports import Keyring
from reportbox.post import mime
from reportbox.records import atomic
from reportbox.records.letters import Letter
from reportbox.settings import Settings

# Plain mail to an LEA is refused (guidelines, “safe communication channels”).
ALWAYS_SECRET = frozenset({Paper.LEA_NOTICE, Paper.LEA_SUPPLEMENT})


def seal(letter: Letter, keyring: Keyring, at: datetime, settings: Settings) -> None:
    """Make and keep the final bytes; raise PeerUnavailable when a key is missing."""
    if letter.key or letter.paper in ALWAYS_SECRET:
        secret = mime.secret_content(letter, at, settings)
        armoured = keyring.sign_and_encrypt(secret, letter.key)
        sealed = mime.encrypted(letter, armoured, at)
    else:
        sealed = mime.plain(letter, at, settings)
    with atomic():
        changes = {"sealed": sealed, "sealed_at": at, "trouble": ""}
        unsealed = (Letter.id == letter.id) & Letter.sealed.is_null()
        Letter.update(**changes).where(unsealed).execute()
