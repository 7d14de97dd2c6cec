"""What is left of a forgotten address: a keyed hash that still finds it again."""

import hmac

HASH = "hmac:"  # how a forgotten key begins; no address does
_key = b""


def use_key(secret: str) -> None:
    """Take the key of the box, once its secrets are known."""
    global _key  # noqa: PLW0603 - like the database handle, one per process
    _key = hmac.digest(secret.encode(), b"forgotten addresses", "sha256")


def blind(text: str) -> str:
    """Hide a text; the same text gives the same hash, and no way leads back."""
    if not _key:
        raise RuntimeError("There is no key to hide it with yet.")
    return HASH + hmac.digest(_key, text.encode("utf-8", "replace"), "sha256").hex()
