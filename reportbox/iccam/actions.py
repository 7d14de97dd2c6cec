"""Items hosted abroad are carried into ICCAM by a person, until a connector does it."""

from reportbox.errors import InvalidInput
from reportbox.lifecycle import Move
from reportbox.records import atomic
from reportbox.records.journey import Deed, move
from reportbox.records.tracks import Referral


def withdraw(referral: Referral, deed: Deed) -> None:
    """Record that it is not referred, and why."""
    if not deed.why:
        raise InvalidInput(why="Please say why it is not referred.")
    with atomic():
        move(referral, Move.WITHDRAW, deed)


def refer(referral: Referral, iccam_number: str, deed: Deed) -> None:
    """Record that the item stands in ICCAM, and under which number."""
    number = iccam_number.strip()
    if not number:
        raise InvalidInput(
            iccam_number="Please enter the number ICCAM gave the report."
        )
    with atomic():
        move(referral, Move.REFER, deed, referred_at=deed.at, iccam_number=number)
