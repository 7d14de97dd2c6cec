"""How many letters one provider has had about one address, in one appearance."""

from collections.abc import Iterable

from reportbox.lifecycle import ASKING, TO_OTHERS, Kind, Letter
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

    What it was asked under another notice counts as well: a host may move away and
    come back. A correction asks for nothing and does not count.
    """
    whose = {ntd.id: ntd.provider for ntd in Ntd.of(item)}
    mine = (Enclosure.track_kind == Kind.NTD) & Enclosure.track_id.in_(list(whose))
    query = Row.select(Row.id, Row.paper, Row.recipient, Enclosure.track_id)
    asked = Row.paper.in_(list(ASKING)) & Row.state.in_(OUT)
    found = query.join(Enclosure).where(mine, asked).tuples()
    had = {
        number
        for number, paper, recipient, track in found
        if recipient.lower() == mailbox.lower()
        or (paper not in TO_OTHERS and whose[track] == provider)
    }
    return len(had) >= MOST_LETTERS
