"""The addresses of one letter: where its answers go, and where its bounces (VERP).

The tokens in them find the letter again. They are no secrets of ours, but nobody
guesses one, so nobody can answer a letter they never had. And the one of the return
path stands in the envelope, not in the letter: who was only shown a letter makes no
bounce of it. ntd/answer.py reads them back from “desk+TOKEN@hotline.example” and
“desk+bounce-TOKEN@hotline.example”.
"""

from reportbox.records.letters import Letter, new_token
from reportbox.settings import Settings


def reply_address(letter: Letter, settings: Settings) -> str:
    """Where an answer goes; empty: to the sender, as ever."""
    return _tagged(letter, letter.token) if _has_token(letter, settings) else ""


def return_path(letter: Letter) -> str:
    """Where the mail servers on the way send what they cannot deliver."""
    token = letter.return_token
    return _tagged(letter, f"bounce-{token}") if token else letter.sender


def return_token(letter: Letter, settings: Settings) -> str:
    """Name the token this attempt goes out with: for every attempt the same."""
    if not _has_token(letter, settings):
        return ""
    return letter.return_token or new_token()


def _has_token(letter: Letter, settings: Settings) -> bool:
    return bool(letter.token) and settings.reply_tokens


def _tagged(letter: Letter, tag: str) -> str:
    name, _, domain = letter.sender.rpartition("@")
    return f"{name}+{tag}@{domain}"
