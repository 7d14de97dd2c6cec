"""Lists that stay fast at a million rows.

A list is made of streams; each runs along one ascending index, with its conditions at
the index's beginning and its place in time at the end. A page takes up where the last
one ended (a row value, never an offset), and counting stops when it is enough.
"""

import heapq
import itertools
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple, Protocol

from reportbox.records import database
from reportbox.records.items import USUAL, Item

MOST_COUNTED = 1_000
# What a line of a list shows of an item.
SHOWN = (
    Item.id,
    Item.state,
    Item.host,
    Item.times_seen,
    Item.is_urgent,
    Item.says_urgent,
    Item.appearance,
    Item.taken_by,
    Item.taken_at,
)


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


class Condition(Protocol):
    """What a row must meet, as text with marks, and the values for them."""

    @property
    def sql(self) -> str: ...

    @property
    def values(self) -> list[Any]: ...


class Where(NamedTuple):
    """One condition, written so that the same text can be prepared again and again."""

    column: Any
    compare: str  # "=", "<", "<=", ">", "!=", "in", "not in" or "is null"
    value: Any = None

    @property
    def sql(self) -> str:
        name = f'"{self.column.column_name}"'
        if self.compare == "is null":
            return f"{name} IS NULL"
        if self.compare in {"in", "not in"}:
            marks = ", ".join("?" * len(self.value))
            return f"{name} {self.compare.upper()} ({marks})"
        return f"{name} {self.compare} ?"

    @property
    def values(self) -> list[Any]:
        if self.compare == "is null":
            return []
        given = self.value if self.compare in {"in", "not in"} else [self.value]
        return [self.column.db_value(one) for one in given]


class Stream(NamedTuple):
    """Rows of one table that meet the conditions, along one column of time.

    Items have an urgency, and an index that counts it; they come level by level.
    """

    model: Any
    at: Any
    conditions: tuple[Condition, ...]
    urgencies: tuple[int, ...] = (USUAL,)

    def keys(
        self, level: int, after: Key | None, limit: int, *, newest_first: bool
    ) -> list[Key]:
        """List the next keys of one level, read from the index alone."""
        if level not in self.urgencies or (after and after.urgency > level):
            return []
        query, values = self.asking(level, after, limit, newest_first=newest_first)
        found = database.execute_sql(query, values).fetchall()
        return [Key(level, self.at.python_value(at), n) for n, at in found]

    def asking(
        self, level: int, after: Key | None, limit: int, *, newest_first: bool
    ) -> tuple[str, list[Any]]:
        """Write the question for the next keys."""
        wanted: list[Condition] = list(self.conditions)
        at = f'"{self.at.column_name}"'
        if self.model is Item:
            wanted.append(Where(Item.urgency, "=", level))
        text, values = _where(wanted)
        if after and after.urgency == level:
            text += f" AND ({at}, id) {'<' if newest_first else '>'} (?, ?)"
            values += [self.at.db_value(after.at), after.id]
        order = "DESC" if newest_first else "ASC"
        query = (
            f"SELECT id, {at} FROM {self._table} WHERE {text} "  # noqa: S608 - our columns
            f"ORDER BY {at} {order}, id {order} LIMIT ?"
        )
        return query, [*values, limit]

    def counting(self, most: int) -> tuple[str, list[Any]]:
        """Write the question how many rows there are, up to the most that matters."""
        wanted = list(self.conditions)
        if self.model is Item:
            wanted.append(Where(Item.urgency, "in", self.urgencies))
        text, values = _where(wanted)
        few = f"SELECT 1 FROM {self._table} WHERE {text} LIMIT {most}"  # noqa: S608 - our columns
        return f"(SELECT COUNT(*) FROM ({few}))", values  # noqa: S608 - the same

    @property
    def _table(self) -> str:
        return str(self.model._meta.table_name)  # noqa: SLF001 - peewee's public way


def page(
    streams: Sequence[Stream],
    after: Key | None,
    limit: int,
    *,
    newest_first: bool = False,
) -> tuple[list[tuple[Key, Any]], Key | None]:
    """Return the next rows of all streams in one order, and the key behind them.

    Each row comes with its own key; the key behind is None on the last page. All
    streams of one list read the same table.
    """
    found: list[Key] = []
    for level in sorted({level for stream in streams for level in stream.urgencies}):
        few = limit + 1 - len(found)
        parts = [s.keys(level, after, few, newest_first=newest_first) for s in streams]
        merged = heapq.merge(*parts, reverse=newest_first)
        found += itertools.islice(merged, few)
        if len(found) > limit:
            break
    keys = found[:limit]
    rows = _rows(streams[0].model, [key.id for key in keys])
    kept = [(key, rows[key.id]) for key in keys if key.id in rows]
    return kept, keys[-1] if len(found) > limit else None


def counts(lists: Mapping[str, Sequence[Stream]]) -> dict[str, str]:
    """Count the rows of many lists in one question, each only up to “1000+”."""
    asked = [
        s.counting(MOST_COUNTED + 1) for streams in lists.values() for s in streams
    ]
    values = [value for _, some in asked for value in some]
    query = f"SELECT {', '.join(text for text, _ in asked)}"
    numbers = iter(database.execute_sql(query, values).fetchone())
    return {
        name: _enough(sum(next(numbers) for _ in streams))
        for name, streams in lists.items()
    }


def _enough(number: int) -> str:
    return f"{MOST_COUNTED}+" if number > MOST_COUNTED else str(number)


def _where(conditions: Sequence[Condition]) -> tuple[str, list[Any]]:
    text = " AND ".join(one.sql for one in conditions)
    return text, [value for one in conditions for value in one.values]


def _rows(model: Any, ids: list[int]) -> dict[int, Any]:  # noqa: ANN401 - any table
    """Read rows by their numbers, each with what a list shows of its item."""
    if model is Item:
        query = Item.select(*SHOWN)
    elif hasattr(model, "item"):
        query = model.select(model, *SHOWN).join(Item)
    else:
        query = model.select()
    return {row.id: row for row in query.where(model.id.in_(ids))}
