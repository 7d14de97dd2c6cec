"""Work through rows so that a row nobody foresaw cannot stop the others.

A row whose work fails is parked: it is left alone for a while, shown to people, and
then tried again. Only what we did not foresee ends here; everything that can go wrong
on purpose is an error of ``errors.py`` and is handled where it happens.
"""

import logging
import secrets
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import TypeVar

from peewee import IntegerField, TextField

from reportbox.records import MomentField, Record, atomic

log = logging.getLogger(__name__)

PAUSE = timedelta(minutes=10)

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


def each(
    rows: Iterable[Row], work: Callable[[Row], object], name: str, now: datetime
) -> int:
    """Do the work for each row that is not parked; count those that say yes."""
    resting = parked(name, now)
    done = 0
    for row in rows:
        if (type(row).__name__, row.id) in resting:
            continue
        try:
            done += bool(work(row))
        except Exception as bug:  # noqa: BLE001 - one of two places (style: errors)
            _park(row, name, now, bug)
        else:
            _unpark(row, name)
    return done


def parked(name: str, now: datetime) -> set[tuple[str, int]]:
    """Name the rows this work must leave alone for now."""
    return {
        (p.kind, p.row_id) for p in Parked.rows(Parked.work == name, Parked.until > now)
    }


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
    mine = _same(type(row).__name__, row.id, name)
    if Parked.select().where(mine).exists():
        with atomic():
            Parked.delete().where(mine).execute()


def _same(kind: str, row_id: int, name: str) -> object:
    return (Parked.kind == kind) & (Parked.row_id == row_id) & (Parked.work == name)
