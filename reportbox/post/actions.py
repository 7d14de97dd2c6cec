"""What a person can do with a letter that is in doubt."""

from reportbox.lifecycle import Move
from reportbox.records import atomic
from reportbox.records.journey import Deed, move
from reportbox.records.letters import Letter


def found(letter: Letter, deed: Deed) -> None:
    """The letter arrived after all: the mail server's log or the recipient says so."""
    with atomic():
        move(letter, Move.FOUND, deed, sent_at=deed.at, trouble="")


def not_found(letter: Letter, deed: Deed) -> None:
    """It did not arrive: the same bytes go out again under the same Message-ID."""
    with atomic():
        move(letter, Move.NOT_FOUND, deed, due_at=deed.at, trouble="")
