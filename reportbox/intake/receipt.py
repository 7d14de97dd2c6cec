"""The receipt: the only link between a visitor and their report."""

import base64
import hashlib
import hmac

RECEIPT_BITS = 80


def form_key(token: str, said: str) -> str:
    """Tell a retry of one form from other things sent from the same page."""
    return digest(f"{token}\x00{said}")


def digest(text: str) -> str:
    """What is stored of a text that only has to be known again: its SHA-256."""
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def receipt_code(key: bytes, token: str) -> str:
    """Make the receipt of a form: the same on every retry, guessable by nobody.

    HMAC-SHA-256 (RFC 2104) of the form's random key, cut to 80 bits, in base 32
    (RFC 4648) and groups of four, so that it can be read aloud.
    """
    digest = hmac.digest(key, token.encode(), hashlib.sha256)
    text = base64.b32encode(digest[: RECEIPT_BITS // 8]).decode().lower()
    return "-".join(text[i : i + 4] for i in range(0, len(text), 4))


def code_hash(code: str) -> str:
    """Only this is stored; however the code is written, it hashes the same.

    Base 32 has no 0 and no 1: who writes them means O and I.
    """
    plain = "".join(code.lower().split()).replace("-", "")
    plain = plain.replace("0", "o").replace("1", "i")
    return digest(plain)
