"""A box with many items, as years of work leave them, written at once."""

import itertools
import random
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from reportbox.records import atomic, database
from reportbox.records.gate import PRAGMAS
from reportbox.records.items import SAID, USUAL

REPORT = "id,received_at,source,form_key,code_hash,where_found,comments,says_urgent"
ITEM = (
    "id,report_id,address_as_reported,address_key,host,state,is_urgent,says_urgent,"
    "reported_at,appeared_at,times_seen,appearance,trace_attempts,trace_trouble,"
    "taken_by,urgency,waits_from,provider,hosted_in,judged_at,comes_back_on"
)
VERDICTS = (
    "id,item_id,move,classification,reason,given_by,actor,given_at,is_urgent,"
    "urgent_reason,answers"
)
EVENT = "item_id,at,who,actor,kind,move,start,end,why"
LEA_NOTICE = (
    "item_id,appearance,opened_at,state,agency,address,key,latest_at,has_news,told,"
    "told_at,confirmed_at,receipt"
)
HOST = "page-7.example"
HOSTS = 5_000  # of which some have very many items
CHUNK = 20_000  # items in one transaction
# Of twenty items: how many stand where. Most have ended; a hotline in the news has a
# long queue.
STATES = (
    ["to_assess"] * 3
    + ["to_decide"]
    + ["to_assess_again"]
    + ["not_illegal"] * 5
    + ["set_aside"] * 2
    + ["removed"] * 6
    + ["referred", "unresolved"]
)
JUDGED = {"to_decide", "not_illegal", "removed", "referred", "unresolved"}
VERDICT = {"not_illegal": "judge_not_illegal", "to_decide": "judge_uncertain"}
NOTIFIED = {"removed", "referred", "unresolved", "to_decide"}


def state_of(number: int) -> str:
    return STATES[(number * 7) % len(STATES)]


def host_of(number: int) -> str:
    """A few hosts have a large part of everything."""
    return f"page-{number % 10 if number % 3 else number % HOSTS}.example"


def address(number: int) -> str:
    return f"https://{host_of(number)}/{number}"


def waiting(items: int) -> list[int]:
    """Items that wait for a verdict."""
    numbers = (n for n in range(1, items + 1) if state_of(n) == "to_assess")
    return list(itertools.islice(numbers, 1_000))


def sample(items: int, count: int) -> list[int]:
    return random.Random(7).sample(range(1, items + 1), count)


def load(items: int, now: datetime) -> int:
    """Write the items with what belongs to each; return the number of rows."""
    rows = 0
    with _indexes_made_at_the_end():
        for first in range(1, items + 1, CHUNK):
            numbers = range(first, min(first + CHUNK, items + 1))
            with atomic():
                for table, columns, values in _tables(numbers, items, now):
                    rows += _insert(table, columns, values)
    return rows


@contextmanager
def _indexes_made_at_the_end() -> Iterator[None]:
    """An index over a million rows is made in one go, not row by row in no order."""
    query = "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql NOT NULL"
    known = database.execute_sql(query).fetchall()
    plain = [(name, sql) for name, sql in known if " UNIQUE " not in sql]
    database.execute_sql("PRAGMA cache_size = -500000").fetchall()
    with atomic():
        for name, _ in plain:
            database.execute_sql(f'DROP INDEX "{name}"')
    yield
    for _, sql in plain:
        with atomic():
            database.execute_sql(sql)
    database.execute_sql(f"PRAGMA cache_size = {PRAGMAS['cache_size']}").fetchall()


def _insert(table: str, columns: str, values: Iterable[tuple[Any, ...]]) -> int:
    marks = ",".join("?" * len(columns.split(",")))
    kept = list(values)
    database.connection().executemany(
        f"INSERT INTO {table} ({columns}) VALUES ({marks})",  # noqa: S608 - ours
        kept,
    )
    return len(kept)


def _tables(
    numbers: range, items: int, now: datetime
) -> Iterator[tuple[str, str, Iterator[tuple[Any, ...]]]]:
    at = {n: _text(now - timedelta(seconds=30 * (items - n) + 60)) for n in numbers}
    later = _text(now + timedelta(days=20))
    soon = (now + timedelta(days=20)).date().isoformat()
    judged = [n for n in numbers if state_of(n) in JUDGED]
    told = {n: True for n in numbers if state_of(n) in NOTIFIED}  # in order
    yield (
        "report",
        REPORT,
        (
            (n, at[n], "public form", f"k{n}", f"c{n}", "a forum", "item one", 0)
            for n in numbers
        ),
    )
    yield (
        "item",
        ITEM,
        (
            (
                n,
                n,
                address(n),
                address(n),
                host_of(n),
                state_of(n),
                0,
                0,
                at[n],
                at[n],
                1,
                1,
                0,
                "",
                "",
                SAID if state_of(n) == "to_assess" and n % 50 == 0 else USUAL,
                later if state_of(n) in {"to_assess_again", "to_decide"} else at[n],
                f"Provider {n % 300}" if n in told else "",
                ("EE", "DE", "US")[n % 3] if n in told else "",
                at[n] if state_of(n) in JUDGED else None,
                soon if state_of(n) in {"to_assess_again", "to_decide"} else None,
            )
            for n in numbers
        ),
    )
    yield "sighting", "report_id,item_id", ((n, n) for n in numbers)
    yield (
        "verdict",
        VERDICTS,
        (
            (
                n,
                n,
                VERDICT.get(state_of(n), "judge_illegal"),
                "",
                "as seen",
                "Anna",
                "analyst",
                at[n],
                0,
                "",
                "{}",
            )
            for n in judged
        ),
    )
    yield (
        "event",
        EVENT,
        (
            (n, at[n], "Anna", "analyst", "item", what, "to_assess", "removed", "")
            for n in judged
            for what in ("take", "show_address", "judge_illegal")
        ),
    )
    yield (
        "lea_notice",
        LEA_NOTICE,
        (
            (
                n,
                1,
                at[n],
                "confirmed",
                "Practice Police",
                "unit@police.example",
                "",
                at[n],
                0,
                "{}",
                at[n],
                at[n],
                "by mail",
            )
            for n in told
        ),
    )


def _text(moment: datetime) -> str:
    return moment.isoformat(timespec="microseconds")
