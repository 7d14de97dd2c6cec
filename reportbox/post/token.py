"""The addresses of one letter: where its answers go, and where its bounces (VERP).

The token in them finds the letter again. It is no secret of ours, but nobody guesses
one, so nobody can answer a letter they never had.
"""

import re

from reportbox.records.letters import Letter
from reportbox.settings import Settings

# “desk+TOKEN@hotline.example” and “desk+bounce-TOKEN@hotline.example”.
RETURNED = re.compile(r"[^@]+\+(?P<bounce>bounce-)?(?P<token>[a-z2-7]{26})@[^@]+")


def reply_address(letter: Letter, settings: Settings) -> str:
    """Where an answer goes; empty: to the sender, as ever."""
    return _tagged(letter, "") if _has_token(letter, settings) else ""


def return_path(letter: Letter, settings: Settings) -> str:
    """Where the mail servers on the way send what they cannot deliver."""
    return _tagged(letter, "bounce-") if _has_token(letter, settings) else letter.sender


def token_in(address: str) -> tuple[str, bool]:
    """Read an address that a letter named: its token, and whether it is for bounces."""
    found = RETURNED.fullmatch(address.strip().lower())
    return (found["token"], bool(found["bounce"])) if found else ("", False)


def _has_token(letter: Letter, settings: Settings) -> bool:
    return bool(letter.token) and settings.reply_tokens


def _tagged(letter: Letter, before: str) -> str:
    name, _, domain = letter.sender.rpartition("@")
    return f"{name}+{before}{letter.token}@{domain}"
