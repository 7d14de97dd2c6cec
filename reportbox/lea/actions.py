"""Law enforcement is told the same working day, and what it answers is heard."""

from reportbox import lifecycle
from reportbox.agreements.reading import unit_of
from reportbox.errors import InvalidInput, Refused
from reportbox.lea.case import facts_of
from reportbox.lea.owed import columns_of
from reportbox.lifecycle import Move
from reportbox.records import atomic
from reportbox.records.items import Hold, Item
from reportbox.records.journey import Deed, letters_of, move, place_hold
from reportbox.records.tracks import LeaNotice


def confirm(notice: LeaNotice, receipt: str, deed: Deed) -> None:
    """Record the agency's receipt: how it came, or its reference."""
    with atomic():
        move(notice, Move.CONFIRM, deed, confirmed_at=deed.at, receipt=receipt)


def close(notice: LeaNotice, deed: Deed) -> None:
    """Stop waiting for the receipt, with a reason."""
    _need_why(deed, "Please say why the receipt is no longer awaited.")
    with atomic():
        move(notice, Move.CLOSE, deed)


def tell_otherwise(notice: LeaNotice, deed: Deed) -> None:
    """Record that the agency was told another way, such as by telephone."""
    _need_why(deed, "Please say whom you told, and how.")
    with atomic():
        item = notice.item
        move(notice, Move.TELL_OTHERWISE, deed, told_at=deed.at, told=facts_of(item))


def resend(notice: LeaNotice, deed: Deed) -> None:
    """Write the notice anew, to the mailbox and key its agency has today."""
    with atomic():
        _refuse_while_in_doubt(notice)
        unit = unit_of(notice.unit) if notice.unit else None
        move(notice, Move.RESEND, deed, latest_at=deed.at, **columns_of(unit))


def hold(item: Item, deed: Deed) -> bool:
    """Stop all that outsiders could notice; say whether every letter was stopped."""
    with atomic():
        return place_hold(item, deed)


def release(hold: Hold, deed: Deed) -> bool:
    """Lift one hold; say whether the item is free, or another hold still stands."""
    with atomic():
        hold = Hold.get_by_id(hold.id)
        if hold.released_at is not None:
            raise Refused("This hold was released already.")
        move(hold.item, Move.RELEASE, deed)
        lifted = {"released_at": deed.at, "released_by": deed.who}
        Hold.update(**lifted).where(Hold.id == hold.id).execute()
        return not bool(Hold.is_open_on(hold.item_id))


def fail(notice: LeaNotice, deed: Deed) -> None:
    """The notice came back: the agency does not know, so the NTD clock stops."""
    _need_why(deed, "Please say how you know, such as “the mail came back”.")
    with atomic():
        move(notice, Move.FAIL, deed)


def _refuse_while_in_doubt(notice: LeaNotice) -> None:
    if any(x.state == lifecycle.Letter.IN_DOUBT for x in letters_of(notice)):
        raise Refused(
            "A letter of this notice is in doubt. First find out whether it arrived, "
            "on the page “Letters”."
        )


def _need_why(deed: Deed, sentence: str) -> None:
    if not deed.why:
        raise InvalidInput(why=sentence)
