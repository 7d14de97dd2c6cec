"""The audit as people read it: filtered, page by page, and exported.

Who judged how much is nobody's business: rows of assessment work name their analyst
only where one item is looked at, never in a list over many and never in the export.
"""

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from reportbox.errors import InvalidInput
from reportbox.plain import uncomputed
from reportbox.records.audit import Audit
from reportbox.records.staff import Account

PAGE = 100  # rows on one page
DESK = "the desk"
NUMBER = re.compile(r"[0-9]{1,12}")
REFERENCE = re.compile(r"(?i)(?:RB-)?0*(\d{1,12})")
# Done many times a day, so that a list of them would show somebody's pace.
PACE = frozenset(
    {
        "judge_illegal",
        "judge_uncertain",
        "judge_not_illegal",
        "postpone",
        "set_aside",
        "forward",
        "take",
        "show_address",
        "copy_address",
        "pass_on",
        "look_again",
        "undo",
        "propose",
        "fold",
        "unfold",
        "confirm_removal",
        "still_there",
    }
)


class Line(NamedTuple):
    row: Audit
    who: str


@dataclass(frozen=True)
class Filter:
    what: str = ""
    item: int = 0
    account: int = 0

    @classmethod
    def read(cls, form: Mapping[str, str]) -> "Filter":
        """Take a filter from a form, or raise InvalidInput."""
        text = form.get("item", "").strip()
        found = REFERENCE.fullmatch(text)
        if text and not found:
            raise InvalidInput(item="Write the item's number, such as RB-000042.")
        account = form.get("account", "")
        return cls(
            what=form.get("what", ""),
            item=int(found[1]) if found else 0,
            account=int(account) if NUMBER.fullmatch(account) else 0,
        )

    @property
    def conditions(self) -> list[Any]:
        wanted: list[Any] = []
        if self.what:
            wanted.append(Audit.what == self.what)
        if self.item:
            wanted.append(Audit.subject == f"item {self.item}")
        if self.account:
            wanted += [Audit.account == self.account, Audit.what.not_in(PACE)]
        return wanted


def page(chosen: Filter, before: int) -> tuple[list[Line], bool]:
    """Return one page of the trail, the newest first, and whether another follows."""
    names = _names()
    rows = _below(chosen, before, PAGE + 1)
    lines = [Line(row, _who(row, names, chosen)) for row in rows]
    return lines[:PAGE], len(lines) > PAGE


def export(chosen: Filter, last: int) -> Iterator[str]:
    """Yield the trail as lines of CSV, from the given row back to the first."""
    names, before = _names(), last + 1
    blind = Filter(chosen.what, 0, chosen.account)
    yield _line(("row", "at", "who", "actor", "what", "subject", "from", "to", "mac"))
    while rows := _below(chosen, before, PAGE * 10):
        for row in rows:
            at, who = row.at.isoformat(), _who(row, names, blind)
            cells = (row.actor, row.what, row.subject, row.start, row.finish, row.mac)
            yield _line((row.id, at, who, *cells))
        before = rows[-1].id


def kinds() -> list[str]:
    """List what has ever been done, for the filter."""
    rows: Any = Audit.select(Audit.what).distinct().order_by(Audit.what).tuples()
    return [what for (what,) in rows]


def _below(chosen: Filter, before: int, limit: int) -> list[Audit]:
    wanted = [Audit.id < before, *chosen.conditions]
    query = Audit.select().where(*wanted).order_by(Audit.id.desc())
    return list(query.limit(limit))


def _who(row: Audit, names: dict[int, str], chosen: Filter) -> str:
    if row.actor in {"public", "box"}:
        return ""
    if row.what in PACE and not chosen.item:
        return DESK
    return names.get(row.account, DESK)


def _names() -> dict[int, str]:
    return {account.id: account.name for account in Account.rows()}


def _line(cells: tuple[object, ...]) -> str:
    """Write one line; a cell that a spreadsheet would compute gets a quote."""
    text = io.StringIO()
    safe = [uncomputed(str(cell)) for cell in cells]
    csv.writer(text, lineterminator="\r\n").writerow(safe)
    return text.getvalue()
