"""Rows written with the least effort, for the one path that must keep up with a flood.

``Record.create`` makes an object first; this writes the values alone, by the same
query that ``whole.py`` keeps, and passes over what is there already.
"""

from functools import cache
from typing import Any

from reportbox.records import Record, database
from reportbox.records.whole import insert_of


def put(model: type[Record], **values: Any) -> int:  # noqa: ANN401 - column values
    """Insert one row, in the transaction around it, and return its number.

    Returns 0 if a row with the same unique value is there already.
    """
    query, fields, defaults = _insert(model)
    row = {**defaults, **values}
    written = database.execute_sql(query, [f.db_value(row[name]) for name, f in fields])
    return int(written.lastrowid) if written.rowcount else 0


@cache
def _insert(model: Any) -> tuple[str, list[tuple[str, Any]], dict[str, Any]]:  # noqa: ANN401
    query, fields = insert_of(model)
    defaults = {name: field.default for name, field in fields}
    return f"{query} ON CONFLICT DO NOTHING", fields, defaults
