"""Queries for whole rows, at a third of their usual price.

peewee spells out a table's columns, and works out how to read them back, anew for
every query. For whole rows of one table both never change, so they are kept here.
"""

from functools import cache
from typing import Any

from peewee import Model, ModelObjectCursorWrapper, ModelSelect

Readers = tuple[tuple[str, Any], ...]  # each field, and what reads its values


class WholeRows(ModelSelect):
    _is_default: bool
    _joins: Any
    _from_list: list[Any]
    _returning: list[Any]

    def __sql_selection__(self, ctx: Any, is_subquery: bool = False) -> Any:  # noqa: ANN401, FBT001, FBT002 - as inherited
        if is_subquery or not self._is_default:
            return super().__sql_selection__(ctx, is_subquery)
        alias = ctx.alias_manager[self.model._meta.table]  # noqa: SLF001 - as inherited
        return ctx.literal(_columns(self.model, alias))

    def _get_model_cursor_wrapper(self, cursor: Any) -> Any:  # noqa: ANN401 - as inherited
        if not self._is_default or self._joins or len(self._from_list) != 1:
            return super()._get_model_cursor_wrapper(cursor)  # type: ignore[misc]
        return _Reader(cursor, self.model, self._returning, self.model)


class _Reader(ModelObjectCursorWrapper):
    def initialize(self) -> None:
        self.read = _readers(self.model)

    def process_row(self, row: tuple[Any, ...]) -> Any:  # noqa: ANN401 - a Record
        return _made(self.model, self.read, row)


def find(model: type[Model], number: int) -> Any:  # noqa: ANN401 - a Record, or None
    """Return the row of that number; its query is not even written anew."""
    row = model._meta.database.execute_sql(_by_number(model), (number,)).fetchone()  # noqa: SLF001 - peewee's name for it
    return None if row is None else _made(model, _readers(model), row)


def _made(model: type[Model], readers: Readers, row: tuple[Any, ...]) -> Any:  # noqa: ANN401 - a Record
    made = model(__no_default__=1)
    made.__data__ = {
        name: read(value) for (name, read), value in zip(readers, row, strict=True)
    }
    return made


@cache
def _columns(model: type[Model], alias: str) -> str:
    fields = model._meta.sorted_fields  # noqa: SLF001 - peewee's name for it
    return ", ".join(f'"{alias}"."{field.column_name}"' for field in fields)


@cache
def _by_number(model: type[Model]) -> str:
    table = model._meta.table_name  # noqa: SLF001 - peewee's name for it
    return f'SELECT {_columns(model, "t1")} FROM "{table}" AS "t1" WHERE "t1"."id" = ?'  # noqa: S608 - our own names


@cache
def _readers(model: type[Model]) -> Readers:
    """Name the fields in the order of the columns."""
    fields = model._meta.sorted_fields  # noqa: SLF001 - peewee's name for it
    return tuple((field.name, field.python_value) for field in fields)
