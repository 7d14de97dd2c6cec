"""The addresses of one letter: where its answers go, and where its bounces (VERP).

The token in them finds the letter again. It is no secret of ours, but nobody guesses
one, so nobody can answer a letter they never had. ntd/answer.py reads them back from
“desk+TOKEN@hotline.example” and “desk+bounce-TOKEN@hotline.example”.
"""

from reportbox.records.letters import Letter
from reportbox.settings import Settings


def reply_address(letter: Letter, settings: Settings) -> str:
    """Where an answer goes; empty: to the sender, as ever."""
    return _tagged(letter, "") if _has_token(letter, settings) else ""


def return_path(letter: Letter, settings: Settings) -> str:
    """Where the mail servers on the way send what they cannot deliver."""
    return _tagged(letter, "bounce-") if _has_token(letter, settings) else letter.sender


def _has_token(letter: Letter, settings: Settings) -> bool:
    return bool(letter.token) and settings.reply_tokens


def _tagged(letter: Letter, before: str) -> str:
    name, _, domain = letter.sender.rpartition("@")
    return f"{name}+{before}{letter.token}@{domain}"
