"""The database handle and what every table shares. peewee lives in this folder only."""

import json
import logging
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, Self

from peewee import (
    AutoField,
    DatabaseError,
    DoesNotExist,
    Model,
    OperationalError,
    TextField,
)

from reportbox.errors import Misconfigured
from reportbox.records.gate import GatedDatabase
from reportbox.records.whole import Link as Link
from reportbox.records.whole import LinkAhead as LinkAhead
from reportbox.records.whole import (
    WholeRows,
    add,
    add_alike,
    change,
    change_all,
    find,
    find_all,
    find_among,
)

NoSuchRecord = DoesNotExist
CannotSave = OperationalError  # the disk is full, or the database stays busy

# It would write every value into the log, reported addresses among them.
logging.getLogger("peewee").setLevel(logging.ERROR)

database = GatedDatabase()
atomic = database.atomic


class MomentField(TextField):
    """An aware UTC datetime, stored as text that sorts in time order."""

    def db_value(self, value: datetime | None) -> str | None:
        if value is None:
            return None
        return value.astimezone(UTC).isoformat(timespec="microseconds")

    def python_value(self, value: str | None) -> datetime | None:
        return None if value is None else datetime.fromisoformat(value)


class DayField(TextField):
    """A calendar date in the hotline's zone, stored as YYYY-MM-DD."""

    def db_value(self, value: date | None) -> str | None:
        return None if value is None else value.isoformat()

    def python_value(self, value: str | None) -> date | None:
        return None if value is None else date.fromisoformat(value)


class JsonField(TextField):
    """Plain lists and dictionaries of text, stored as JSON."""

    def db_value(self, value: Any) -> str:  # noqa: ANN401 - whatever JSON can say
        return json.dumps(value, ensure_ascii=False)

    def python_value(self, value: str) -> Any:  # noqa: ANN401 - whatever JSON can say
        return json.loads(value)


class WordField(TextField):
    """One of the words of a StrEnum, read back as its member."""

    def __init__(self, words: type[StrEnum], **options: Any) -> None:  # noqa: ANN401
        self.words = words
        super().__init__(**options)

    def python_value(self, value: str | None) -> StrEnum | None:
        return None if value is None else self.words(value)


class Record(Model):
    id = AutoField()

    class Meta:
        database = database
        legacy_table_names = False

    @classmethod
    def select(cls, *fields: Any) -> Any:  # noqa: ANN401 - as inherited
        if fields:
            return super().select(*fields)
        return WholeRows(cls, cls._meta.sorted_fields, is_default=True)

    @classmethod
    def create(cls, **values: Any) -> Self:  # noqa: ANN401 - column values
        """Insert a row; one without a number gets it by a query that is kept."""
        if "id" in values:
            given: Self = super().create(**values)
            return given
        made = cls(**values)
        add(made)
        return made

    @classmethod
    def change(cls, number: int, **values: Any) -> None:  # noqa: ANN401 - column values
        """Write some columns of one row, in the transaction around it."""
        change(cls, number, values)

    @classmethod
    def change_all(cls, numbers: Sequence[int], **values: Any) -> None:  # noqa: ANN401 - column values
        """Write the same columns of several rows, in the transaction around it."""
        change_all(cls, numbers, values)

    @classmethod
    def create_alike(cls, same: dict[str, Any], rows: Sequence[dict[str, Any]]) -> None:
        """Insert several rows that share some values; no column may be missing."""
        add_alike(cls, same, rows)

    @classmethod
    def rows_with(cls, **equals: Any) -> list[Self]:  # noqa: ANN401 - column values
        """List the rows whose columns have just these values, oldest first."""
        return find_all(cls, **equals)

    @classmethod
    def get_by_id(cls, pk: int) -> Self:
        found: Self | None = find(cls, pk)
        if found is None:
            raise NoSuchRecord(f"There is no {cls.__name__} {pk}.")
        return found

    @classmethod
    def numbered(cls, numbers: Iterable[int], *names: str) -> list[Self]:
        """List the rows of these numbers, oldest first; one query for many.

        With names, only those columns are read: the others are None.
        """
        return find_among(cls, numbers, *names)

    @classmethod
    def rows(cls, *conditions: Any) -> list[Self]:  # noqa: ANN401 - peewee expressions
        """List the rows that meet every condition, oldest first, no cursor left."""
        query = cls.select().order_by(cls.id)
        return list(query.where(*conditions) if conditions else query)

    @classmethod
    def find_id(cls, column: Any, value: object) -> int | None:  # noqa: ANN401 - a column
        """Find a row's number by one column; a tenth of the cost of the whole row."""
        table = cls._meta.table_name
        query = f'SELECT id FROM {table} WHERE "{column.column_name}" = ? LIMIT 1'  # noqa: S608 - our own names
        found = database.execute_sql(query, (column.db_value(value),)).fetchone()
        return None if found is None else int(found[0])

    @classmethod
    def first_rows(cls, *conditions: Any) -> list[Self]:  # noqa: ANN401 - as above
        """List the oldest hundred rows that meet every condition."""
        found = cls.select().where(*conditions).order_by(cls.id).limit(MOST_AT_ONCE)
        return list(found)


def copy_database(path: Path) -> None:
    """Write a consistent copy of the open database, under the same key."""
    database.execute_sql("VACUUM INTO ?", (str(path),))


MOST_AT_ONCE = 100  # rows of one kind on a page that is not paged


def open_database(path: Path, key: str) -> None:
    """Open the box's file, or raise Misconfigured without touching it."""
    database.open_file(path, key)
    try:
        database.connect(reuse_if_open=True)
        database.execute_sql("SELECT count(*) FROM sqlite_master").fetchall()
    except DatabaseError as trouble:
        database.close_file()
        wrong_key = "not a database" in str(trouble)
        why = "the key is not the one it was made with" if wrong_key else str(trouble)
        raise Misconfigured(f"{path} cannot be opened: {why}.") from trouble
