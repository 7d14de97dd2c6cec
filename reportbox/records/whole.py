"""Whole rows read and written at a third of their usual price.

peewee spells out a table's columns, and works out how to read them back, anew for
every query. For whole rows of one table both never change, so they are kept here.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import Any

from peewee import (
    AutoField,
    DeferredForeignKey,
    ForeignKeyAccessor,
    ForeignKeyField,
    IntegerField,
    Model,
    ModelObjectCursorWrapper,
    ModelSelect,
    TextField,
)

LONGEST = 200  # numbers in one query
# The fields in the order of the columns, and what reads those of a type of their own.
Readers = tuple[tuple[str, ...], tuple[tuple[str, Any], ...]]


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


class _ByNumber(ForeignKeyAccessor):
    def get_rel_instance(self, instance: Any) -> Any:  # noqa: ANN401 - a Record, or None
        number = instance.__data__.get(self.name)
        if number is not None and self.name not in instance.__rel__:
            instance.__rel__[self.name] = self.rel_model.get_by_id(number)
        return super().get_rel_instance(instance)  # type: ignore[no-untyped-call]


class Link(ForeignKeyField):
    """A row of another table, followed by its number without spelling a query."""

    accessor_class = _ByNumber


# SQLite hands back their values as they are.
AS_THEY_ARE = (AutoField, IntegerField, Link, TextField)


class LinkAhead(DeferredForeignKey):
    """A link to a table that is declared further down, by the name of its class."""

    def __deepcopy__(self, memo: Any = None) -> "LinkAhead":  # noqa: ANN401 - as inherited
        return LinkAhead(self.rel_model_name, **self.field_kwargs)

    def set_model(self, rel_model: type[Model]) -> None:
        field: Any = Link(rel_model, _deferred=True, **self.field_kwargs)  # type: ignore[call-overload]
        self.model._meta.add_field(self.name, field)  # noqa: SLF001 - peewee's name for it


class _Reader(ModelObjectCursorWrapper):
    def initialize(self) -> None:
        self.read = _readers(self.model)

    def process_row(self, row: tuple[Any, ...]) -> Any:  # noqa: ANN401 - a Record
        return _made(self.model, self.read, row)


def find(model: type[Model], number: int) -> Any:  # noqa: ANN401 - a Record, or None
    """Return the row of that number; its query is not even written anew."""
    row = model._meta.database.execute_sql(_by_number(model), (number,)).fetchone()  # noqa: SLF001 - peewee's name for it
    return None if row is None else _made(model, _readers(model), row)


def find_all(model: type[Model], **equals: object) -> list[Any]:
    """List the rows whose columns have just these values, the oldest first."""
    query, fields = _by_columns(model, tuple(equals))
    values = [field.db_value(equals[name]) for name, field in fields]
    rows = model._meta.database.execute_sql(query, values).fetchall()  # noqa: SLF001 - peewee's name for it
    readers = _readers(model)
    return [_made(model, readers, row) for row in rows]


def find_among(model: type[Model], numbers: Iterable[int], *names: str) -> list[Any]:
    """List the rows of these numbers, the oldest first; whole, or these columns."""
    ask, rows = model._meta.database.execute_sql, []  # noqa: SLF001 - peewee's name for it
    for some in _in_parts(sorted(set(numbers))):
        rows += ask(_among(model, len(some), *names), some).fetchall()
    readers = _readers(model, *names)
    return [_made(model, readers, row) for row in rows]


def add(made: Any) -> None:  # noqa: ANN401 - a Record
    """Insert a row that has no number yet, and give it the one it got."""
    model: type[Model] = type(made)
    query, fields = insert_of(model)
    values = [field.db_value(made.__data__.get(name)) for name, field in fields]
    made.id = made._meta.database.execute_sql(query, values).lastrowid  # noqa: SLF001 - peewee's name for it
    made._dirty.clear()  # noqa: SLF001 - peewee's name for it


def add_alike(
    model: type[Model], same: dict[str, Any], rows: Sequence[dict[str, Any]]
) -> None:
    """Insert rows that have no number yet; what they share is converted once."""
    if not rows:
        return
    query, fields = insert_of(model)
    known = [field.db_value(same.get(name)) for name, field in fields]
    own = [(n, *field) for n, field in enumerate(fields) if field[0] not in same]
    made = []
    for row in rows:
        values = known.copy()
        for n, name, field in own:
            values[n] = field.db_value(row[name])
        made.append(values)
    model._meta.database.execute_many(query, made)  # noqa: SLF001 - peewee's name for it


def change(model: type[Model], number: int, changes: dict[str, Any]) -> None:
    """Write some columns of one row."""
    change_all(model, (number,), changes)


def change_all(
    model: type[Model], numbers: Sequence[int], changes: dict[str, Any]
) -> None:
    """Write the same columns of several rows."""
    for some in _in_parts(numbers):
        query, fields = _update(model, tuple(changes), len(some))
        values = [field.db_value(changes[name]) for name, field in fields]
        model._meta.database.execute_sql(query, [*values, *some])  # noqa: SLF001 - peewee's name for it


def _in_parts(numbers: Sequence[int]) -> Iterator[Sequence[int]]:
    """Cut a long list: the text of a query is kept for each length."""
    for start in range(0, len(numbers), LONGEST):
        yield numbers[start : start + LONGEST]


def _made(model: type[Model], readers: Readers, row: tuple[Any, ...]) -> Any:  # noqa: ANN401 - a Record
    names, own = readers
    made = model(__no_default__=1)
    made.__data__ = values = dict(zip(names, row, strict=True))
    for name, read in own:
        values[name] = read(values[name])
    return made


@cache
def _columns(model: type[Model], alias: str, *names: str) -> str:
    fields = _fields(model, *names)
    return ", ".join(f'"{alias}"."{field.column_name}"' for field in fields)


@cache
def _fields(model: type[Model], *names: str) -> list[Any]:
    """List all fields in the order of the columns, or the number and these."""
    meta = model._meta  # noqa: SLF001 - peewee's name for it
    if not names:
        return list(meta.sorted_fields)
    return [meta.fields[name] for name in ("id", *names)]


@cache
def _by_number(model: type[Model]) -> str:
    table = model._meta.table_name  # noqa: SLF001 - peewee's name for it
    return f'SELECT {_columns(model, "t1")} FROM "{table}" AS "t1" WHERE "t1"."id" = ?'  # noqa: S608 - our own names


@cache
def _among(model: type[Model], count: int, *names: str) -> str:
    table = model._meta.table_name  # noqa: SLF001 - peewee's name for it
    marks = ",".join("?" * count)
    rows = f'SELECT {_columns(model, "t1", *names)} FROM "{table}" AS "t1"'  # noqa: S608 - our own names
    return f'{rows} WHERE "t1"."id" IN ({marks}) ORDER BY "t1"."id"'


Columns = list[tuple[str, Any]]  # a field's name, and the field


@cache
def _by_columns(model: type[Model], names: tuple[str, ...]) -> tuple[str, Columns]:
    meta = model._meta  # noqa: SLF001 - peewee's name for it
    fields = [(name, meta.fields[name]) for name in names]
    where = " AND ".join(f'"t1"."{field.column_name}" = ?' for _, field in fields)
    whole = f'SELECT {_columns(model, "t1")} FROM "{meta.table_name}" AS "t1"'  # noqa: S608 - our own names
    return f'{whole} WHERE {where} ORDER BY "t1"."id"', fields


@cache
def insert_of(model: type[Model]) -> tuple[str, Columns]:
    """Return the query that inserts a row without its number, and its fields."""
    meta = model._meta  # noqa: SLF001 - peewee's name for it
    fields = [(f.name, f) for f in meta.sorted_fields if f.name != "id"]
    columns = ", ".join(f'"{field.column_name}"' for _, field in fields)
    marks = ", ".join("?" * len(fields))
    return f'INSERT INTO "{meta.table_name}" ({columns}) VALUES ({marks})', fields  # noqa: S608 - our own names


@cache
def _update(
    model: type[Model], names: tuple[str, ...], count: int
) -> tuple[str, Columns]:
    meta = model._meta  # noqa: SLF001 - peewee's name for it
    fields = [(name, meta.fields[name]) for name in names]
    columns = ", ".join(f'"{field.column_name}" = ?' for _, field in fields)
    marks = ",".join("?" * count)
    return f'UPDATE "{meta.table_name}" SET {columns} WHERE id IN ({marks})', fields  # noqa: S608 - our own names


@cache
def _readers(model: type[Model], *names: str) -> Readers:
    """Name the fields in the order of the columns."""
    fields = _fields(model, *names)
    own = [(f.name, f.python_value) for f in fields if type(f) not in AS_THEY_ARE]
    return tuple(field.name for field in fields), tuple(own)
