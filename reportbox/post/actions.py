"""What a person can do with a letter that is in doubt."""

from reportbox.errors import InvalidInput, Refused
from reportbox.lifecycle import OUTCOMES, Move
from reportbox.records import atomic
from reportbox.records.journey import Deed, move
from reportbox.records.letters import Letter


def found(letter: Letter, deed: Deed) -> None:
    """The letter arrived after all, at the moment it was handed over."""
    _need_why(deed)
    with atomic():
        move(letter, Move.FOUND, deed, sent_at=letter.passed_at, trouble="")


def resend(letter: Letter, deed: Deed) -> None:
    """Try a refused supplement, reminder or correction once more."""
    _refuse_if_a_track_knows(letter)
    with atomic():
        again = {"due_at": deed.at, "trouble": "", "sealed_at": None}
        move(letter, Move.RESEND, deed, **again)


def close(letter: Letter, deed: Deed) -> None:
    """Leave a refused letter be: whoever it was for was told another way."""
    _refuse_if_a_track_knows(letter)
    with atomic():
        move(letter, Move.CLOSE, deed)


def _need_why(deed: Deed) -> None:
    if not deed.why:
        raise InvalidInput(why="Please say how you know.")


def _refuse_if_a_track_knows(letter: Letter) -> None:
    if (letter.paper, Move.REFUSE) in OUTCOMES:
        raise Refused("What this letter needs is on the page of its item.")


def not_found(letter: Letter, deed: Deed) -> None:
    """It did not arrive: the same bytes go out again under the same Message-ID.

    An NTD is traced and written anew instead, once its trace is no longer fresh.
    """
    _need_why(deed)
    with atomic():
        move(letter, Move.NOT_FOUND, deed, due_at=deed.at, trouble="")
