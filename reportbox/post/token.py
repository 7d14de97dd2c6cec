"""The addresses of one letter: where its answers go, and where its bounces (VERP).

The tokens in them find the letter again. They are no secrets of ours, but nobody
guesses one, so nobody can answer a letter they never had. And the one of the return
path stands in the envelope, not in the letter: who was only shown a letter makes no
bounce of it. ntd/answer.py reads them back from “desk+TOKEN@hotline.example” and
“desk+bounce-TOKEN@hotline.example”.
"""

from reportbox.records.letters import Letter
from reportbox.settings import Settings


def reply_address(letter: Letter, settings: Settings) -> str:
    """Where an answer goes; empty: to the sender, as ever."""
    is_tagged = letter.token and settings.reply_tokens
    return _tagged(letter, letter.token) if is_tagged else ""


def return_path(letter: Letter, settings: Settings) -> str:
    """Where the mail servers on the way send what they cannot deliver."""
    if not (letter.return_token and settings.reply_tokens):
        return letter.sender
    return _tagged(letter, f"bounce-{letter.return_token}")


def _tagged(letter: Letter, tag: str) -> str:
    name, _, domain = letter.sender.rpartition("@")
    return f"{name}+{tag}@{domain}"
