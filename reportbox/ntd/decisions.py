"""What follows from an answer once a person has read it.

None of the decisions ends an NTD or closes an item: “removed” asks for a look, “not
ours” for another trace or another contact.
"""

from collections.abc import Callable
from dataclasses import replace
from enum import StrEnum, auto

from reportbox.errors import Refused
from reportbox.lifecycle import TO_OTHERS, Move, words
from reportbox.records import atomic
from reportbox.records.contacts import Contact
from reportbox.records.journey import Deed, can_move, letters_of, move, note
from reportbox.records.provider_answers import ProviderAnswer
from reportbox.records.tracks import ASKED_ANEW, Ntd
from reportbox.tracing.book import approved_among

NOBODY_ELSE = "No other approved contact is known: name one with “Send again”."
AT_ONCE = {"trace_at": None, "trace_attempts": 0, "trace_trouble": ""}


class Decision(StrEnum):
    REMOVED = auto()
    NOT_OURS = auto()
    NEEDS_MORE = auto()
    REFUSED = auto()
    NOTHING = auto()


# As the buttons say it, and what is told afterwards.
LABELS = {
    Decision.REMOVED: "They say removed",
    Decision.NOT_OURS: "They say not theirs",
    Decision.NEEDS_MORE: "They need more",
    Decision.REFUSED: "They refuse",
    Decision.NOTHING: "Nothing follows",
}
AFTERWARDS = {
    Decision.REMOVED: "Noted as a claim: reminders pause, and a look is due.",
    Decision.NOT_OURS: "Noted. It goes to the next approved contact, or is traced "
    "again: see the item's page.",
    Decision.NEEDS_MORE: "Noted. Answer them; the notice runs on.",
    Decision.REFUSED: "Noted. The notice runs on.",
    Decision.NOTHING: "Noted. The notice runs on.",
}
NOT_WAITING = "Noted. This NTD is “{}” now, so nothing else follows by itself."


def decide(
    answer: ProviderAnswer, decision: Decision, deed: Deed, *, whole_mail: bool = False
) -> str:
    """Say what an answer is, for one notice or for all the mail is about.

    Return the sentence to show after.
    """
    with atomic():
        mine = ProviderAnswer.get_by_id(answer.id)
        # One press on a guess moves one notice.
        is_whole = whole_mail and not mine.found_by.is_guess
        rows = ProviderAnswer.of_mail(mine.uid) if is_whole else [mine]
        waiting = [row for row in rows if row.is_open]
        if not waiting and mine.decided_by:
            raise Refused(f"{mine.decided_by} has decided about this answer already.")
        if not waiting:
            raise Refused("Nothing is to be decided about this mail.")
        followed = [_decide(row, decision, deed) for row in waiting]
    return AFTERWARDS[decision] if any(followed) else _not_waiting(waiting[0])


def next_contact(ntd: Ntd) -> str:
    """Name the next approved contact of the finding; empty if there is none.

    The finding lists abuse desks, never a registrant (tracing/contacts.py).
    """
    known = contacts_of(ntd)
    tried = {letter.recipient.lower() for letter in letters_of(ntd)}
    left = approved_among(known) - tried - {ntd.contact.lower()}
    return next((mailbox for mailbox in known if mailbox.lower() in left), "")


def contacts_of(ntd: Ntd) -> list[str]:
    """List whom the finding names for this provider, the best first."""
    places = ntd.finding.locations
    keys = ("provider", "name", "proxy")
    here = [p for p in places if ntd.provider in {p.get(key) for key in keys}]
    # A person may have named the provider otherwise than its registry does.
    return [one["mailbox"] for p in here or places for one in p.get("contacts") or []]


def go_on_elsewhere(ntd: Ntd, deed: Deed) -> bool:
    """Ask at the next contact, after one more trace; say whether there is one."""
    other = next_contact(ntd)
    if other:
        why = f"{deed.why}; next {other}"
        move(ntd, Move.RESEND, replace(deed, why=why), contact=other, **ASKED_ANEW)
    return bool(other)


def _not_waiting(row: ProviderAnswer) -> str:
    return NOT_WAITING.format(words(Ntd.get_by_id(row.ntd_id).state))


def _decide(row: ProviderAnswer, decision: Decision, deed: Deed) -> bool:
    """Write the decision and do what follows; say whether all of that was possible."""
    ntd = Ntd.get_by_id(row.ntd_id)
    label = LABELS[decision]
    note(ntd, "decide_answer", replace(deed, why=label))
    follow = FOLLOWS.get(decision, _nothing)
    followed = follow(ntd, row, replace(deed, why="as they answered by mail"))
    ProviderAnswer.change(
        row.id,
        is_open=False,
        decided_as=decision,
        decided_by=deed.who,
        decided_at=deed.at,
    )
    return followed


def _nothing(_: Ntd, __: ProviderAnswer, ___: Deed) -> bool:
    return True


def _removed(ntd: Ntd, row: ProviderAnswer, deed: Deed) -> bool:
    """A provider's word is a claim: a person looks, whatever it says."""
    is_possible = can_move(ntd, Move.CLAIM_REMOVAL, deed.actor)
    of_others = row.letter is not None and row.letter.paper in TO_OTHERS
    same = {"replied_at": ntd.replied_at} if of_others else {}
    if is_possible:
        move(ntd, Move.CLAIM_REMOVAL, deed, check_at=deed.at, **same)
    return is_possible


def _not_ours(ntd: Ntd, row: ProviderAnswer, deed: Deed) -> bool:
    """Ask at the next contact; where there is none, look afresh whose it is."""
    asked = row.letter.recipient if row.letter else ntd.contact
    day = f"{deed.at:%Y-%m-%d}"
    Contact.note_down(asked, f"{ntd.item.number}: not theirs, they say ({day})")
    is_theirs = ntd.contact.lower() == asked.lower()
    if not is_theirs or not can_move(ntd, Move.FAIL, deed.actor):
        return False  # somebody else is being asked already
    said = f"{ntd.contact} says that it is not theirs"
    because = replace(deed, why=said)
    move(ntd, Move.FAIL, because, trouble="")
    if go_on_elsewhere(ntd, because):
        return True
    Ntd.change(ntd.id, trouble=f"{said[0].upper()}{said[1:]}. {NOBODY_ELSE}")
    if can_move(ntd.item, Move.TRACE_AGAIN, deed.actor):
        move(ntd.item, Move.TRACE_AGAIN, because, **AT_ONCE)
    return True


FOLLOWS: dict[Decision, Callable[[Ntd, ProviderAnswer, Deed], bool]] = {
    Decision.REMOVED: _removed,
    Decision.NOT_OURS: _not_ours,
}
