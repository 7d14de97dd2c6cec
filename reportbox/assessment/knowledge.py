"""What the box knows already: the same host and the same provider before."""

from collections import Counter
from typing import Any, NamedTuple

from reportbox.lifecycle import words
from reportbox.records.items import Item

LATEST = 100  # items looked through; a host may have a hundred thousand
SHOWN = 3


class Company(NamedTuple):
    """Other items of one host or provider."""

    name: str
    what: str  # "Host" or "Provider"
    outcome: str  # such as “12 removed, 3 not illegal”
    is_all: bool
    latest: list[Item]


def what_we_know(item: Item) -> list[Company]:
    """Gather verdicts and outcomes of the neighbourhood, the latest ones."""
    found = [_company("Host", Item.host, item.host, item)]
    if item.provider:
        found.append(_company("Provider", Item.provider, item.provider, item))
    return [one for one in found if one.latest]


def _company(what: str, column: Any, value: str, item: Item) -> Company:  # noqa: ANN401 - a column
    rows = list(
        Item.select(Item.id, Item.state)
        .where(column == value, Item.id != item.id)
        .order_by(Item.id.desc())
        .limit(LATEST + 1)
    )
    counted = Counter(row.state for row in rows[:LATEST])
    outcome = ", ".join(f"{n} {words(state)}" for state, n in counted.most_common())
    return Company(value, what, outcome, len(rows) <= LATEST, rows[:SHOWN])
