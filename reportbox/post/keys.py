"""OpenPGP keys that come in: taken into the ring, and compared by a person."""

from reportbox.errors import InvalidInput
from reportbox.ports import RecipientKeys
from reportbox.post.strength import refusal

PRIVATE = "PRIVATE KEY BLOCK"
COMPARED = 16  # characters from a fingerprint's end: 64 bits, nobody makes them alike


def take_in(armoured: str, keys: RecipientKeys) -> list[str]:
    """Take public keys in and return their fingerprints, or raise InvalidInput."""
    if PRIVATE in armoured:
        raise InvalidInput(
            armoured="This is a private key: it belongs to nobody but its owner. Ask "
            "them for the public one, and tell them that the private one was sent."
        )
    if refused := refusal(keys.strengths(armoured)):
        raise InvalidInput(armoured=refused)
    found = keys.import_key(armoured)
    if not found:
        raise InvalidInput(
            armoured="There is no key in this text that gpg 2.2 can use. Please paste "
            "the whole block, from BEGIN to END."
        )
    return found


def trouble_with(fingerprint: str, keys: RecipientKeys) -> str:
    """Say why a key that is there is not to be used from now on; empty if it is."""
    return keys.trouble_with(fingerprint) or refusal(keys.strengths_of(fingerprint))


def compare(typed: str, how: str, fingerprint: str, whose: str) -> None:
    """Raise InvalidInput unless a person read the same and says how they know."""
    problems = {}
    if "".join(typed.split()).upper()[-COMPARED:] != fingerprint[-COMPARED:]:
        problems["typed"] = (
            f"This is not how the key's fingerprint ends. If {whose} reads out "
            "something else than this page shows, the key is not theirs: do not use it."
        )
    if not how:
        problems["how"] = "Please say with whom you compared it, and how."
    if problems:
        raise InvalidInput(**problems)
