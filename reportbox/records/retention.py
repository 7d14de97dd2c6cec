"""What is forgotten, what must be kept for a while longer, and what the job did."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from peewee import IntegerField, TextField

from reportbox import lifecycle
from reportbox.lifecycle import Kind
from reportbox.records import Link, MomentField, Record, atomic, database
from reportbox.records.blinding import blind
from reportbox.records.items import Item

BATCH = 200  # rows forgotten in one transaction, so that nobody waits

ENDED = tuple(str(s) for s in lifecycle.Item if lifecycle.is_ended(Kind.ITEM, s))
# A report is closed when each of its items has ended and none must be kept.
OPEN = f"""
    SELECT 1 FROM sighting s JOIN item i ON i.id = s.item_id
    WHERE s.report_id = report.id AND (
        i.state NOT IN ({", ".join(f"'{state}'" for state in ENDED)})
        OR i.waits_from > :cutoff)
"""  # noqa: S608 - our own words
KEPT = """
    SELECT 1 FROM sighting s JOIN preservation p ON p.item_id = s.item_id
    WHERE s.report_id = report.id AND p.lifted_at IS NULL
"""
# The LEA said that it has everything; see the agreement, “kept only until the receipt”.
UNCONFIRMED = """
    SELECT 1 FROM sighting s JOIN item i ON i.id = s.item_id
    WHERE s.report_id = report.id AND (
        NOT EXISTS (SELECT 1 FROM lea_notice n WHERE n.item_id = i.id
            AND n.appearance = i.appearance AND n.confirmed_at IS NOT NULL)
        OR EXISTS (SELECT 1 FROM lea_notice n WHERE n.item_id = i.id
            AND n.appearance = i.appearance AND n.state != 'withdrawn'
            AND (n.confirmed_at IS NULL OR n.confirmed_at < report.received_at)))
"""

# What a reporter wrote.
WORDS = ("referrer", "steps", "login", "comments")
FORGOTTEN = "(forgotten)"
# What goes from the rows of a forgotten item: words, names and places.
BLANKS = {
    "verdict": ("reason = ''", "urgent_reason = ''", "answers = '{}'", "given_by = ''"),
    "finding": (
        "provider = ''",
        "contact = ''",
        "why = ''",
        "at_home = '[]'",
        "locations = '[]'",
        "aliases = '[]'",
        "traced_by = ''",
        "proxy = ''",
        "missing = '[]'",
        "basis = ''",
        "by_hand = ''",
        "changes = ''",
        "registrar = '{}'",
        "registrar_at = NULL",
    ),
    "hold": (
        "placed_by = ''",
        "why = ''",
        "released_by = ''",
        "value = CASE WHEN released_at IS NULL THEN value ELSE '' END",
    ),
    "answer": ("officer = ''", "words = ''", "seen_by = ''"),
    "call": ("done_by = ''",),
    "custody": ("reference = ''", "holder = ''", "destroyed_by = ''"),
    "event": ("who = actor", "why = ''"),
    "lea_notice": (
        "address = ''",
        "told = '{}'",
        "receipt = ''",
        "code = ''",
        "reference = ''",
    ),
    "ntd": ("provider = ''", "contact = ''", "trouble = ''", "ticket = ''"),
    "provider_answer": (
        "sender = ''",
        "subject = ''",
        "ticket = ''",
        "words = ''",
        "decided_by = ''",
    ),
    "referral": ("partner = ''", "iccam_number = ''"),
    "preservation": ("placed_by = ''", "why = ''", "lifted_by = ''"),
    "upload_line": ("text = ''", "words = ''"),
    "second_look": ("first_by = 0",),
    "sighting": ("address = ''",),
}


class Preservation(Record):
    """A legal order to keep an item; nothing of it is forgotten until it is lifted."""

    item = Link(Item, backref="preservations")
    item_id: int
    placed_at = MomentField()
    placed_by = TextField()
    why = TextField()
    lifted_at = MomentField(null=True)
    lifted_by = TextField(default="")

    @classmethod
    def on(cls, item_id: int) -> list["Preservation"]:
        return cls.rows(cls.item == item_id, cls.lifted_at.is_null())


class Erasure(Record):
    """One run of the job: how many rows of one kind it forgot."""

    at = MomentField(index=True)
    kind = TextField()
    count = IntegerField()

    @classmethod
    def latest(cls) -> dict[str, "Erasure"]:
        """Return the last run of each kind that forgot anything."""
        return {row.kind: row for row in cls.select().order_by(cls.id)}


def closed_reports(cutoff: datetime) -> list[int]:
    """Number the next reports that were closed by then and need not be kept."""
    return _ids(
        f"SELECT id FROM report WHERE forgotten_at IS NULL "  # noqa: S608 - our own words
        f"AND NOT EXISTS ({KEPT}) AND NOT EXISTS ({OPEN}) LIMIT {BATCH}",
        {"cutoff": _text(cutoff)},
    )


def confirmed_reports() -> list[int]:
    """Number the next reports that say something and that the LEA has confirmed."""
    said = " OR ".join(f"{column} != ''" for column in WORDS)
    return _ids(
        f"SELECT id FROM report WHERE ({said}) "  # noqa: S608 - our own words
        f"AND NOT EXISTS ({KEPT}) AND NOT EXISTS ({UNCONFIRMED}) LIMIT {BATCH}",
        {},
    )


def forget_words(ids: list[int]) -> None:
    """Take out what a reporter wrote; the code and the exchange stay as they are."""
    blank = ", ".join(f"{column} = ''" for column in WORDS)
    with atomic():
        _run(f"UPDATE report SET {blank} WHERE id IN ({_marks(ids)})", ids)  # noqa: S608 - our own words


def forget_reports(ids: list[int], now: datetime) -> None:
    """Leave of a report its dates and codes: nothing that a person wrote or left."""
    marks = _marks(ids)
    blank = ", ".join(f"{column} = ''" for column in (*WORDS, "code_hash", "email"))
    with atomic():
        _take_out_of_letters(ids)
        _run(f"DELETE FROM message WHERE report_id IN ({marks})", ids)  # noqa: S608 - our own words
        _run(
            f"UPDATE report SET {blank}, seen_on = NULL, wants_reply = 0, "  # noqa: S608 - our own words
            "reference = '', police_may_ask = 0, forgotten_at = ?, "
            "sent_by = CASE WHEN source = 'list' THEN '' ELSE sent_by END "
            f"WHERE id IN ({marks})",
            [_text(now), *ids],
        )


def _take_out_of_letters(ids: list[int]) -> None:
    """An e-mail address the police were told with its owner's word goes as well."""
    query = (
        "SELECT DISTINCT e.letter_id, r.email FROM report r "  # noqa: S608 - our own words
        "JOIN sighting s ON s.report_id = r.id "
        "JOIN enclosure e ON e.item_id = s.item_id "
        f"WHERE r.police_may_ask = 1 AND r.email != '' AND r.id IN ({_marks(ids)})"
    )
    for letter, email in database.execute_sql(query, ids).fetchall():
        _run(
            "UPDATE writing SET body = replace(body, ?, ?), "
            "attachments = replace(attachments, ?, ?), sealed = NULL "
            "WHERE letter_id = (SELECT id FROM letter WHERE id = ? AND "
            "state NOT IN ('waiting', 'sending', 'handing_over', 'in_doubt'))",
            [email, FORGOTTEN, email, FORGOTTEN, letter],
        )


def old_items(cutoff: datetime) -> list[tuple[int, str]]:
    """Number and key of the next items that ended by then and need not be kept."""
    marks = _marks(ENDED)
    query = f"""
        SELECT id, address_key FROM item
        WHERE state IN ({marks}) AND waits_from <= ? AND forgotten_at IS NULL
        AND id NOT IN (SELECT item_id FROM preservation WHERE lifted_at IS NULL)
        ORDER BY id LIMIT {BATCH}
    """  # noqa: S608 - our own words
    found = database.execute_sql(query, [*ENDED, _text(cutoff)]).fetchall()
    return [(int(number), str(key)) for number, key in found]


def forget_items(rows: Iterable[tuple[int, str]], now: datetime) -> None:
    """Leave of items a keyed hash, codes and dates."""
    rows = list(rows)
    ids = [number for number, _ in rows]
    marks = _marks(ids)
    with atomic():
        for number, key in rows:
            _run(
                "UPDATE item SET address_as_reported = '', host = '', provider = '', "
                "address_key = ?, trace_trouble = '', taken_by = '', forgotten_at = ?, "
                "origin = '', origin_source = '', origin_proxy = '' WHERE id = ?",
                [blind(key), _text(now), number],
            )
        for table, blanks in BLANKS.items():
            changes = ", ".join(blanks)
            _run(f"UPDATE {table} SET {changes} WHERE item_id IN ({marks})", ids)  # noqa: S608 - our own words
        of_calls = f"SELECT id FROM call WHERE item_id IN ({marks})"  # noqa: S608 - our own words
        _run(f"DELETE FROM attempt WHERE call_id IN ({of_calls})", ids)  # noqa: S608 - our own words
        _run(f"DELETE FROM passed_on WHERE item_id IN ({marks})", ids)  # noqa: S608 - our own words
        # A filter somebody saved for a host of which nothing is left.
        _run(
            "DELETE FROM saved_filter WHERE field = 'host' AND NOT EXISTS "
            "(SELECT 1 FROM item WHERE item.host = saved_filter.value)",
            [],
        )


def delete_letters(cutoff: datetime) -> int:
    """Delete letters all of whose items are forgotten, and old ones without any."""
    query = f"""
        SELECT id FROM letter WHERE
        state NOT IN ('waiting', 'sending', 'handing_over', 'in_doubt') AND (
            CASE WHEN EXISTS (SELECT 1 FROM enclosure e WHERE e.letter_id = letter.id)
            THEN NOT EXISTS (
                SELECT 1 FROM enclosure e JOIN item i ON i.id = e.item_id
                WHERE e.letter_id = letter.id AND i.forgotten_at IS NULL)
            ELSE due_at <= ? END) LIMIT {BATCH}
    """  # noqa: S608 - our own words
    ids = _ids(query, [_text(cutoff)])
    with atomic():
        marks = _marks(ids)
        _run(f"DELETE FROM enclosure WHERE letter_id IN ({marks})", ids)  # noqa: S608 - our own words
        _run(f"DELETE FROM writing WHERE letter_id IN ({marks})", ids)  # noqa: S608 - our own words
        _run(f"DELETE FROM letter WHERE id IN ({marks})", ids)  # noqa: S608 - our own words
    return len(ids)


def delete_rows(table: str, condition: str, cutoff: datetime) -> int:
    """Delete the next rows of a table that meet a condition with one moment in it."""
    ids = _ids(
        f"SELECT id FROM {table} WHERE {condition} LIMIT {BATCH}",  # noqa: S608 - our own words
        [_text(cutoff)],
    )
    with atomic():
        if table == "upload":
            _run(f"DELETE FROM upload_line WHERE upload_id IN ({_marks(ids)})", ids)  # noqa: S608 - our own words
        _run(f"DELETE FROM {table} WHERE id IN ({_marks(ids)})", ids)  # noqa: S608 - our own words
    return len(ids)


def overwrite_what_is_deleted() -> None:
    """From now on SQLite overwrites what this connection deletes (secure_delete)."""
    database.execute_sql("PRAGMA secure_delete = ON").fetchall()


def empty_the_log() -> None:
    """Let the write-ahead log begin anew: what was deleted is in it no more."""
    database.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()


def _ids(query: str, values: Any) -> list[int]:  # noqa: ANN401 - by place or by name
    return [int(row[0]) for row in database.execute_sql(query, values).fetchall()]


def _run(query: str, values: list[Any]) -> None:
    database.execute_sql(query, values)


def _marks(values: Iterable[object]) -> str:
    return ", ".join("?" for _ in values)


def _text(moment: datetime) -> str | None:
    return MomentField().db_value(moment)
