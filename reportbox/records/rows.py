"""Work through rows so that a row nobody foresaw cannot stop the others.

A row whose work fails is parked: it is left alone for a while, shown to people, and
then tried again. Only what we did not foresee ends here; everything that can go wrong
on purpose is an error of ``errors.py`` and is handled where it happens.
"""

import logging
import secrets
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import TypeVar

from peewee import IntegerField, TextField

from reportbox.records import MomentField, Record, atomic

log = logging.getLogger(__name__)

PAUSE = timedelta(minutes=10)
TOGETHER = 10  # rows; a visitor who sends a report may wait for their transaction

Row = TypeVar("Row", bound=Record)


class Parked(Record):
    """One row that a bug keeps from being worked on."""

    kind = TextField()
    row_id = IntegerField()
    work = TextField()
    since = MomentField()
    until = MomentField()
    reference = TextField()  # stands beside the traceback in the log

    class Meta:
        indexes = ((("kind", "row_id", "work"), True),)


class Rows:
    """One round of one kind of work; knows which rows must be left alone."""

    def __init__(self, name: str, now: datetime) -> None:
        self.name = name
        self.now = now
        known = Parked.rows(Parked.work == name)
        self.parked = {(p.kind, p.row_id) for p in known}
        self.resting = {(p.kind, p.row_id) for p in known if p.until > now}

    def may(self, row: Record) -> bool:
        return (type(row).__name__, row.id) not in self.resting

    def work(self, row: Row, do: Callable[[Row], object]) -> bool:
        """Do the work for one row and say what it says; park the row if that fails."""
        if not self.may(row):
            return False
        try:
            outcome = bool(do(row))
        except Exception as bug:  # noqa: BLE001 - unforeseen, so parked
            _park(row, self.name, self.now, bug)
            return False
        if (type(row).__name__, row.id) in self.parked:
            _unpark(row, self.name)
        return outcome

    def work_on_all(
        self, rows: Sequence[Row], do: Callable[[Sequence[Row]], object]
    ) -> None:
        """Do the work for all rows at once, in the transaction around it.

        If that fails they go one by one, so that only whose work fails is parked.
        """
        free = [row for row in rows if self.may(row)]

        def work_on(some: Sequence[Row]) -> bool:
            with atomic():
                do(some)
            return True

        if len(free) > 1 and not self._is_any_parked(free):
            try:
                work_on(free)
            except Exception as bug:
                log.warning("bug in %s of several rows", self.name, exc_info=bug)
            else:
                return
        for row in free:
            self.work(row, lambda one: work_on([one]))

    def _is_any_parked(self, rows: Iterable[Row]) -> bool:
        return any((type(row).__name__, row.id) in self.parked for row in rows)


def each(
    rows: Iterable[Row], do: Callable[[Row], object], name: str, now: datetime
) -> int:
    """Do the work for each row that is not parked; count those that say yes."""
    round_ = Rows(name, now)
    return sum(round_.work(row, do) for row in rows)


def each_of_many(
    rows: Sequence[Row], do: Callable[[Row], object], name: str, now: datetime
) -> int:
    """Do the same with a few rows in one transaction: saving is half of the work.

    Only for work that waits for nobody outside: others wait for their turn to save.
    """
    round_, done = Rows(name, now), 0
    for start in range(0, len(rows), TOGETHER):
        with atomic():
            done += sum(round_.work(row, do) for row in rows[start : start + TOGETHER])
    return done


def _park(row: Record, name: str, now: datetime, bug: Exception) -> None:
    """Leave the row alone for a while; the log gets kind and number, no content."""
    reference = secrets.token_hex(4)
    kind = type(row).__name__
    words = "bug %s: %s of %s %s"
    log.error(words, reference, name, kind, row.id, exc_info=bug)
    mine = _same(kind, row.id, name)
    with atomic():
        known = Parked.get_or_none(mine)
        since = known.since if known else now
        Parked.delete().where(mine).execute()
        Parked.create(
            kind=kind,
            row_id=row.id,
            work=name,
            since=since,
            until=now + PAUSE,
            reference=reference,
        )


def _unpark(row: Record, name: str) -> None:
    with atomic():
        Parked.delete().where(_same(type(row).__name__, row.id, name)).execute()


def _same(kind: str, row_id: int, name: str) -> object:
    return (Parked.kind == kind) & (Parked.row_id == row_id) & (Parked.work == name)
