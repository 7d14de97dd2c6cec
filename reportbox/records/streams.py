"""Lists that stay fast at a million rows.

A list is made of streams; each runs along one ascending index, with its conditions at
the index's beginning and its place in time at the end. A page takes up where the last
one ended (a row value, never an offset), and counting stops when it is enough.
"""

import heapq
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from peewee import Tuple, fn

from reportbox.records import Record
from reportbox.records.items import USUAL, Item

MOST_COUNTED = 1_000


class Key(NamedTuple):
    """Where a page ended: the next one begins behind it."""

    urgency: int
    at: datetime
    id: int

    def __str__(self) -> str:
        return f"{self.urgency}_{self.at.isoformat()}_{self.id}"

    @classmethod
    def read(cls, text: str) -> "Key | None":
        """Take a key from an address; None is the beginning, or what is no key."""
        try:
            urgency, at, number = text.split("_")
            moment = datetime.fromisoformat(at)
            return cls(int(urgency), moment, int(number)) if moment.tzinfo else None
        except (ValueError, OverflowError):
            return None


class Stream(NamedTuple):
    model: Any
    at: Any  # the column of time the stream runs along
    conditions: tuple[Any, ...]
    urgency: int = USUAL  # the same for every row of the stream

    def rows(
        self, after: Key | None, limit: int, *, newest_first: bool
    ) -> list[tuple[Key, Record]]:
        if after and after.urgency > self.urgency:
            return []
        query = self._select().where(*self.conditions)
        if after and after.urgency == self.urgency:
            here = Tuple(self.at, self.model.id)
            there = Tuple(self.at.db_value(after.at), after.id)
            query = query.where(here < there if newest_first else here > there)
        order = (self.at, self.model.id)
        if newest_first:
            order = tuple(column.desc() for column in order)
        found = query.order_by(*order).limit(limit)
        return [(self._key(row), row) for row in found]

    def count(self, most: int) -> int:
        few = self.model.select(self.model.id).where(*self.conditions).limit(most)
        return int(self.model.select(fn.COUNT(1)).from_(few).scalar())

    def _select(self) -> Any:  # noqa: ANN401 - a query
        if self.model is Item or not hasattr(self.model, "item"):
            return self.model.select()
        return self.model.select(self.model, Item).join(Item)

    def _key(self, row: Any) -> Key:  # noqa: ANN401 - of whatever table
        return Key(self.urgency, getattr(row, self.at.name), row.id)


def page(
    streams: Iterable[Stream],
    after: Key | None,
    limit: int,
    *,
    newest_first: bool = False,
) -> tuple[list[tuple[Key, Any]], Key | None]:
    """Return the next rows of all streams in one order, and the key behind them.

    Each row comes with its own key; the key behind is None on the last page.
    """
    found: list[tuple[Key, Any]] = []
    by_urgency: dict[int, list[Stream]] = {}
    for stream in streams:
        by_urgency.setdefault(stream.urgency, []).append(stream)
    for _, level in sorted(by_urgency.items()):
        wanted = limit + 1 - len(found)
        parts = [s.rows(after, wanted, newest_first=newest_first) for s in level]
        merged = heapq.merge(*parts, key=lambda one: one[0], reverse=newest_first)
        found += list(merged)[:wanted]
        if len(found) > limit:
            return found[:limit], found[limit - 1][0]
    return found, None


def count(streams: Sequence[Stream]) -> str:
    """Count the rows of all streams, and stop at a thousand: “1000+”."""
    total = 0
    for stream in streams:
        total += stream.count(MOST_COUNTED + 1 - total)
        if total > MOST_COUNTED:
            return f"{MOST_COUNTED}+"
    return str(total)
