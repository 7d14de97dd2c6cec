"""What happened, as a chain: an edited, removed or reordered row is found and named.

Each row's MAC covers the row and the MAC before it, under a key that is not in the
database; a head row remembers where the chain ends. Rows hold numbers and codes only,
no text and no address, so that retention can delete what it must and leave the chain.
"""

import hmac
import json
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any

from peewee import IntegerField, TextField

from reportbox.records import MomentField, Record, atomic, database

CHUNK = 5_000  # rows read at once while verifying
MOST_NAMED = 20  # faults one verification lists
COLUMNS = "id, at, actor, account, what, subject, start, finish"

WRITE = json.JSONEncoder(separators=(",", ":")).encode
BROKEN = "chain_broken"  # what the first row after a lost head says
_key = b""

Ask = Callable[..., Any]  # runs a query: of the open database, or of a copy of one


class Audit(Record):
    at = MomentField(index=True)
    actor = TextField()  # "public", "desk", "officer", "box" or "terminal"
    account = IntegerField(index=True)  # 0 where nobody was logged in
    what = TextField(index=True)  # such as "judge_illegal" or "log_in"
    subject = TextField(index=True)  # such as "item 7"
    start = TextField()
    finish = TextField()
    mac = TextField()


class AuditHead(Record):
    last = IntegerField()
    mac = TextField()  # of that row
    seal = TextField()  # the head's own MAC


def use_key(secret: str) -> None:
    """Take the key of the chain, once the box's secrets are known."""
    global _key  # noqa: PLW0603 - like the database handle, one per process
    _key = secret.encode()


def record(  # noqa: PLR0913, PLR0917 - the columns of a row
    at: datetime,
    actor: str,
    account: int | None,
    what: str,
    subject: str,
    start: str = "",
    finish: str = "",
) -> None:
    """Add a row, in the transaction of what it tells of."""
    record_all(at, actor, account, what, [(subject, start, finish)])


def record_all(
    at: datetime,
    actor: str,
    account: int | None,
    what: str,
    subjects: Iterable[tuple[str, str, str]],
) -> None:
    """Add a row for each subject, with its start and finish."""
    if not database.in_transaction():
        raise RuntimeError("An audit row needs the transaction of what it tells of.")
    before = database.carried or _read_head()
    if before is None:
        before = _begin_again(at)
    said = (Audit.at.db_value(at), actor, account or 0, what)
    _append(before[:2], [(*said, *subject) for subject in subjects])


def _append(head: tuple[int, str], rows: Iterable[tuple[Any, ...]]) -> None:
    number, mac = head
    made = []
    for row in rows:
        number += 1
        mac = _mac(mac, (number, *row))
        made.append((number, *row, mac))
    insert = f"INSERT INTO audit ({COLUMNS}, mac) VALUES (?,?,?,?,?,?,?,?,?)"  # noqa: S608 - our own words
    database.execute_many(insert, made)
    database.carried = (number, mac)  # one head for all rows of a transaction


def _begin_again(at: datetime) -> tuple[int, str]:
    """Somebody took the head away: reports are not refused for it, it is written down.

    The new row says so for good; whoever lacks the key cannot take it out again.
    """
    found = database.execute_sql("SELECT max(id), mac FROM audit").fetchone()
    last = (found[0] or 0, found[1] or "")
    _append(last, [(Audit.at.db_value(at), "box", 0, BROKEN, "audit", "", "")])
    carried: tuple[int, str] = database.carried
    return carried


def begin() -> None:
    """Write the head of a new chain; from then on a missing head is a fault."""
    with atomic():
        empty = database.execute_sql("SELECT 1 FROM audit LIMIT 1").fetchone() is None
        if empty and _read_head() is None:
            _write_head(0, "")


def faults(ask: Ask = database.execute_sql, key: str = "") -> list[str]:
    """Verify the whole chain and say what is wrong with it, the first faults first.

    Of a copy, its own key may be given.
    """
    secret = key.encode() or _key
    found: list[str] = []
    number, before, is_known = 0, "", True
    for *row, mac in _rows(ask):
        if row[0] < 1:
            found.append(f"row {row[0]} was slipped in before the first one")
            continue
        if row[4] == BROKEN:
            found.append(f"the chain was broken before row {row[0]}")
        if row[0] != number + 1:
            found.append(_gap(number + 1, row[0] - 1))
            is_known = False  # the MAC before this row is gone with the rows
        good = _mac(before, tuple(row), secret)
        if is_known and not hmac.compare_digest(mac, good):
            found.append(f"row {row[0]} was changed, or moved from its place")
        number, before, is_known = row[0], mac, True
        if len(found) >= MOST_NAMED:
            return found
    kept = _read_head(ask)
    return [*found, *_faults_at_the_end(kept, (number, before), secret)]


def head(ask: Ask = database.execute_sql) -> tuple[int, str]:
    """Return the last row's number and MAC, to be noted down elsewhere."""
    kept = _read_head(ask)
    return kept[:2] if kept else (0, "")


def _faults_at_the_end(
    kept: tuple[int, str, str] | None, end: tuple[int, str], secret: bytes
) -> list[str]:
    """Compare the last row read with the head, which has a MAC of its own."""
    if kept is None:
        return ["the head of the chain is missing"]
    last, mac, seal = kept
    number, _ = end
    if not hmac.compare_digest(seal, _mac("head", (last, mac), secret)):
        return ["the head of the chain was changed"]
    if last > number:
        return [_gap(number + 1, last)]
    if (last, mac) != end:
        return [f"row {number} was added or changed behind the box's back"]
    return []


def _read_head(ask: Ask = database.execute_sql) -> tuple[int, str, str] | None:
    found = ask("SELECT last, mac, seal FROM audit_head WHERE id = 1").fetchone()
    return (found[0], found[1], found[2]) if found else None


def _write_head(last: int, mac: str) -> None:
    replace = "INSERT OR REPLACE INTO audit_head (id, last, mac, seal) VALUES (1,?,?,?)"
    database.execute_sql(replace, (last, mac, _mac("head", (last, mac))))


database.write_last = lambda end: _write_head(*end)


def _mac(before: str, row: tuple[Any, ...], secret: bytes = b"") -> str:
    if not (secret or _key):
        raise RuntimeError("The audit has no key yet.")
    text = WRITE([before, *row])
    return hmac.digest(secret or _key, text.encode(), "sha256").hex()


def _rows(ask: Ask) -> Iterator[tuple[Any, ...]]:
    """Read the chain in chunks, so that no cursor stays open for long."""
    after = -(2**62)  # rows below the first one are somebody else's work
    query = f"SELECT {COLUMNS}, mac FROM audit WHERE id > ? ORDER BY id LIMIT {CHUNK}"  # noqa: S608 - our own words
    while chunk := ask(query, (after,)).fetchall():
        yield from chunk
        after = chunk[-1][0]


def _gap(first: int, last: int) -> str:
    one = first == last
    return f"row {first} is missing" if one else f"rows {first} to {last} are missing"
