"""What goes on to the next contact, because mail to the first does not arrive.

A mailbox is marked when a mail server refuses it, or sends a letter back for good. Then
what was sent there in vain, or is still to be, goes to the provider's next approved
contact by itself; where there is none, a person names one.
"""

from dataclasses import replace
from datetime import datetime

from reportbox import lifecycle
from reportbox.lifecycle import Move
from reportbox.lifecycle import Ntd as State
from reportbox.ntd.decisions import contacts_of, go_on_elsewhere, next_contact
from reportbox.ports import World
from reportbox.records import atomic
from reportbox.records.contacts import Contact
from reportbox.records.journey import Deed, box, can_move, letters_of, move, note
from reportbox.records.rows import each
from reportbox.records.tracks import Ntd
from reportbox.settings import Settings
from reportbox.tracing.book import read_book


def pass_on_due(_settings: Settings, world: World) -> int:
    """Go on with everything that waits at a mailbox which mail does not reach."""
    bounced, now = Contact.bounced(), world.clock.now()
    if not bounced:
        return 0
    good = read_book().approved
    stuck = [ntd for ntd in Ntd.at(bounced, FOLLOWS) if _may_go_on(ntd, good)]
    return each(stuck, lambda ntd: _pass_on(ntd, now), "pass on", now)


def _may_go_on(ntd: Ntd, good: set[str]) -> bool:
    """Tell it without a transaction: many may wait for long where nobody else is."""
    if ntd.lea_asked_at:
        return False  # nobody asks twice
    if ntd.state is State.TO_VERIFY:
        return _was_refused(ntd)
    is_there = not good.isdisjoint(name.lower() for name in contacts_of(ntd))
    return is_there and bool(next_contact(ntd))


def _pass_on(ntd: Ntd, now: datetime) -> bool:
    deed = box(now, f"mail to {ntd.contact} does not arrive")
    with atomic():
        known, ntd = ntd.contact, Ntd.get_by_id(ntd.id)
        if ntd.contact != known or ntd.state not in FOLLOWS:
            return False  # a person was faster
        return FOLLOWS[ntd.state](ntd, deed)


def _plan_elsewhere(ntd: Ntd, deed: Deed) -> bool:
    """Nothing has left yet: only another contact stands there now."""
    other = next_contact(ntd)
    if other:
        Ntd.change(ntd.id, contact=other, trouble="")
        note(ntd, "pass_on", replace(deed, why=f"{deed.why}; next {other}"))
    return bool(other)


def _go_on_after_a_reminder(ntd: Ntd, deed: Deed) -> bool:
    """Its first letter arrived, and a reminder is refused: nobody is there any more."""
    if not can_move(ntd, Move.FAIL, deed.actor) or not _was_refused(ntd):
        return False
    move(ntd, Move.FAIL, deed, trouble="")
    go_on_elsewhere(ntd, deed)
    return True


def _go_on(ntd: Ntd, deed: Deed) -> bool:
    """What is in doubt may have arrived: a person, or the log, says so first."""
    if letters_of(ntd, lifecycle.Letter.IN_DOUBT):
        return False
    return go_on_elsewhere(ntd, deed)


def _was_refused(ntd: Ntd) -> bool:
    refused = letters_of(ntd, lifecycle.Letter.REFUSED)
    return any(x.recipient.lower() == ntd.contact.lower() for x in refused)


FOLLOWS = {
    State.TO_FALL_DUE: _plan_elsewhere,
    State.TO_CHECK_FIRST: _plan_elsewhere,
    State.TO_REACH: _go_on,
    State.TO_VERIFY: _go_on_after_a_reminder,
}
