"""Rows written with prepared SQL, for the one path that must keep up with a flood.

The text of each insert is made once per table, so that SQLite finds it prepared; a
row costs a fifth of what peewee's own way costs. Everything else writes with peewee.
"""

from functools import cache
from typing import Any

from reportbox.records import Record, database


def put(model: type[Record], **values: Any) -> int:  # noqa: ANN401 - column values
    """Insert one row, in the transaction around it, and return its number.

    Returns 0 if a row with the same unique value is there already.
    """
    query, names, defaults = _insert(model)
    row = {**defaults, **values}
    written = database.execute_sql(
        query, [field.db_value(row[n]) for n, field in names]
    )
    return int(written.lastrowid) if written.rowcount else 0


@cache
def _insert(model: Any) -> tuple[str, list[tuple[str, Any]], dict[str, Any]]:  # noqa: ANN401
    meta = model._meta  # noqa: SLF001 - peewee's public way
    names = [(field.name, field) for field in meta.sorted_fields if field.name != "id"]
    columns = ", ".join(f'"{field.column_name}"' for _, field in names)
    marks = ", ".join("?" * len(names))
    into = f"INSERT INTO {meta.table_name} ({columns})"
    query = f"{into} VALUES ({marks}) ON CONFLICT DO NOTHING"
    defaults = {name: field.default for name, field in names}
    return query, names, defaults
