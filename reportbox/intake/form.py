"""The public form: what a visitor may send, and the receipt they get for it."""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass

from reportbox.errors import InvalidInput
from reportbox.plain import visible
from reportbox.tracing.address import Address, read_address

# Characters; in any script they fit the 64 KB a form may have on the wire.
LONGEST = {"where_found": 500, "comments": 4_000}
RECEIPT_BITS = 80


@dataclass(frozen=True)
class Submission:
    address: Address
    where_found: str = ""
    comments: str = ""
    says_urgent: bool = False

    @classmethod
    def parse(cls, form: Mapping[str, str]) -> "Submission":
        """Read the form, or raise InvalidInput with a sentence for each wrong field."""
        problems: dict[str, str] = {}
        texts = {name: _clean(form.get(name, "")) for name in LONGEST}
        for name, text in texts.items():
            if len(text) > LONGEST[name]:
                problems[name] = f"Please keep this under {LONGEST[name]} characters."
        try:
            address = read_address(_clean(form.get("address", "")))
        except InvalidInput as wrong:
            raise InvalidInput(**{**wrong.problems, **problems}) from wrong
        if problems:
            raise InvalidInput(**problems)
        return cls(address=address, says_urgent=form.get("urgent") == "yes", **texts)


def form_key(token: str, sent: Submission) -> str:
    """Tell a retry of one form from another report sent from the same page."""
    said = (token, sent.address.as_reported, sent.where_found, sent.comments)
    text = "\x00".join((*said, str(sent.says_urgent)))
    return hashlib.sha256(text.encode()).hexdigest()


def receipt_code(key: bytes, form_key: str) -> str:
    """Make the receipt: the same for every retry of one form, guessable by nobody.

    HMAC-SHA-256 (RFC 2104) cut to 80 bits, in base 32 and groups of four, so that it
    can be read aloud: “abcd-efgh-jkmn-pqrs”.
    """
    digest = hmac.digest(key, form_key.encode(), hashlib.sha256)
    text = base64.b32encode(digest[: RECEIPT_BITS // 8]).decode().lower()
    return "-".join(text[i : i + 4] for i in range(0, len(text), 4))


def code_hash(code: str) -> str:
    """Only this is stored; however the code is written, it hashes the same."""
    plain = code.lower().replace("-", "").replace(" ", "")
    return hashlib.sha256(plain.encode()).hexdigest()


def _clean(text: str) -> str:
    """Drop what no person types and nobody could see."""
    return visible(text, keep="\n").strip()
