"""Looks whether it is gone that the agreement leaves to law enforcement.

Nothing is kept of whose look it is: that follows from the moment it fell due, and from
which agencies were told of the item.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from reportbox import lifecycle
from reportbox.lifecycle import Kind, Paper
from reportbox.records import database
from reportbox.records.items import Item
from reportbox.records.tracks import LeaNotice, Ntd

# Told, and not found silent: these may be asked to look.
ASKED = tuple(sorted(lifecycle.TOLD - {lifecycle.Lea.SILENT}))
ASKS = (Paper.LEA_LOOK, Paper.LEA_NOTE)  # to whom only has the portal, the latter
MOST = 500  # reports in one letter; the next takes the others


class WithTheLea(NamedTuple):
    """A condition on NTDs: one of these agencies can look, or none of them."""

    agencies: tuple[int, ...]
    is_so: bool = True

    @property
    def sql(self) -> str:
        told = (
            "SELECT 1 FROM lea_notice AS told WHERE told.item_id = ntd.item_id "  # noqa: S608 - marks alone
            "AND told.appearance = ntd.appearance "
            f"AND told.state IN ({_marks(ASKED)}) "
            f"AND told.unit_id IN ({_marks(self.agencies)})"
        )
        return f"{'' if self.is_so else 'NOT '}EXISTS ({told})"

    @property
    def values(self) -> list[object]:
        return [*ASKED, *self.agencies]


def can_look(item: Item, agencies: Iterable[int]) -> bool:
    """Tell the same of one item."""
    return any(
        n.unit_id in set(agencies) and n.state in ASKED for n in LeaNotice.of(item)
    )


def to_ask(
    agency: int, states: Iterable[lifecycle.Ntd], since: datetime, now: datetime
) -> list[LeaNotice]:
    """List the notices of an agency whose look fell due, and was not asked for yet."""
    looked_at = tuple(states)
    query = (
        "SELECT DISTINCT told.id FROM ntd JOIN lea_notice AS told "  # noqa: S608 - marks alone
        "ON told.item_id = ntd.item_id AND told.appearance = ntd.appearance "
        f"WHERE ntd.state IN ({_marks(looked_at)}) "
        "AND ntd.check_at > ? AND ntd.check_at <= ? "
        f"AND told.unit_id = ? AND told.state IN ({_marks(ASKED)}) AND NOT EXISTS ("
        "SELECT 1 FROM enclosure JOIN letter ON letter.id = enclosure.letter_id "
        "WHERE enclosure.track_kind = ? AND enclosure.track_id = told.id "
        f"AND letter.paper IN ({_marks(ASKS)}) AND letter.due_at >= ntd.check_at"
        ") ORDER BY told.id LIMIT ?"
    )
    moments = [Ntd.check_at.db_value(since), Ntd.check_at.db_value(now)]
    values = [*looked_at, *moments, agency, *ASKED, Kind.LEA, *ASKS, MOST]
    found = database.execute_sql(query, values).fetchall()
    return LeaNotice.with_items(number for (number,) in found)


def _marks(values: Iterable[object]) -> str:
    return ", ".join("?" for _ in values)
