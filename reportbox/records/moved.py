"""Hosts that moved since the verdict: another provider is asked, and somebody looks on.

Nothing is kept of it but the history: the box moved the host and then opened the NTD,
and no person has said since that this is right.
"""

from collections.abc import Sequence
from typing import NamedTuple

from reportbox.lifecycle import Actor, Kind, Move, Ntd, is_ended
from reportbox.records import database

RUNNING = [state for state in Ntd if not is_ended(Kind.NTD, state)]
SEEN = "see_move"  # what the history says of whoever lets it go on
# Who says whom to ask, or asked, knows where it is.
DECIDED = (SEEN, "name_contact", Move.RESEND, Move.ASK_BY_HAND, Move.GIVE_UP)
# Few items ever moved, and an index of its own lists them: the rest is read of those.
HAS_MOVED = f"""
    ntd.item_id IN (SELECT item_id FROM event WHERE move = '{Move.MOVE_HOST}')
    AND EXISTS (
        SELECT 1 FROM ntd AS earlier
        CROSS JOIN event AS moved ON moved.item_id = earlier.item_id
        WHERE earlier.item_id = ntd.item_id AND earlier.id < ntd.id
        AND earlier.appearance = ntd.appearance
        AND earlier.opened_at < moved.at AND moved.at <= ntd.opened_at
        AND moved.move = ? AND NOT EXISTS (
            SELECT 1 FROM ntd AS later WHERE later.item_id = ntd.item_id
            AND later.opened_at >= moved.at AND later.opened_at < ntd.opened_at
        )
    ) AND NOT EXISTS (
        SELECT 1 FROM event AS deed WHERE deed.item_id = ntd.item_id
        AND deed.kind = ? AND deed.track_id = ntd.id AND deed.actor != ?
        AND deed.move IN ({", ".join("?" for _ in DECIDED)})
    )
"""  # noqa: S608 - marks alone
VALUES = (Move.MOVE_HOST, Kind.NTD, Actor.BOX, *DECIDED)


class HasMoved(NamedTuple):
    """A condition on NTDs: its host moved there, and nobody said yet that they know.

    Or it is stuck as well: then one way through the rows finds both.
    """

    or_stuck: bool = False

    @property
    def sql(self) -> str:
        stuck = "ntd.trouble != '' OR " if self.or_stuck else ""
        return f"({stuck}({HAS_MOVED}))"

    @property
    def values(self) -> list[object]:
        return [*VALUES]


def moved_among(numbers: Sequence[int]) -> set[int]:
    """Tell of which of these NTDs that is so."""
    marks = ", ".join("?" * len(numbers))
    query = f"SELECT id FROM ntd WHERE id IN ({marks}) AND {HAS_MOVED}"  # noqa: S608 - marks alone
    found = database.execute_sql(query, [*numbers, *VALUES]).fetchall()
    return {number for (number,) in found}


def moved_ones(most: int) -> list[int]:
    """List such NTDs that have not ended, the oldest first."""
    marks = ", ".join("?" * len(RUNNING))
    query = f"SELECT id FROM ntd WHERE state IN ({marks}) AND {HAS_MOVED}"  # noqa: S608 - marks alone
    found = database.execute_sql(
        f"{query} ORDER BY id LIMIT ?", [*RUNNING, *VALUES, most]
    )
    return [number for (number,) in found.fetchall()]
