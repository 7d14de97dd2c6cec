"""How many letters one provider has had about one address, in one appearance."""

from collections.abc import Iterable

from reportbox.lifecycle import TO_OTHERS, TO_PROVIDERS, Kind, Letter
from reportbox.ntd.schedule import MOST_LETTERS
from reportbox.records.items import Item
from reportbox.records.letters import Enclosure
from reportbox.records.letters import Letter as Row
from reportbox.records.tracks import Ntd

OUT = (Letter.HANDING_OVER, Letter.SENT, Letter.IN_DOUBT)


def crowded(item_ids: Iterable[int]) -> set[int]:
    """Tell about which items so many letters were written that one may have had all."""
    return Enclosure.crowded(item_ids, MOST_LETTERS)


def has_had_all(item: Item, mailbox: str, provider: str = "") -> bool:
    """Tell whether a mailbox, or a provider at any of its desks, had all there are.

    What it was told under another notice counts as well: a host may move away and
    come back. So does a correction.
    """
    return _is_full(Ntd.of(item), mailbox, provider)


def leaves_no_room(known: Ntd) -> bool:
    """Tell the same of whom to correct, if about an earlier appearance of its item."""
    same = Ntd.rows_with(item=known.item_id, appearance=known.appearance)
    return _is_full(same, known.contact, known.provider)


def _is_full(ntds: Iterable[Ntd], mailbox: str, provider: str) -> bool:
    whose = {ntd.id: ntd.provider for ntd in ntds}
    mine = (Enclosure.track_kind == Kind.NTD) & Enclosure.track_id.in_(list(whose))
    query = Row.select(Row.id, Row.paper, Row.recipient, Enclosure.track_id)
    written = Row.paper.in_(list(TO_PROVIDERS)) & Row.state.in_(OUT)
    letters = [
        (number, paper, to.lower(), whose[track])
        for number, paper, to, track in query.join(Enclosure)
        .where(mine, written)
        .tuples()
    ]
    others = {to for _, paper, to, _ in letters if paper in TO_OTHERS}
    had = {
        number
        for number, _, to, whom in letters
        if to == mailbox.lower() or (to not in others and whom == provider)
    }
    return len(had) >= MOST_LETTERS
