"""Providers: whom notices go to, under every name that registries have for them."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from peewee import SQL, TextField

from reportbox.records import JsonField, Link, MomentField, Record, database

MOST_COUNTED = 1_000  # notices; beyond that a list says “1000+”


class Provider(Record):
    """``kind`` is a word of tracing.provider.Kind; its mailboxes are Contact rows."""

    name = TextField(collation="NOCASE")
    kind = TextField()
    countries = JsonField(default=list)  # ISO 3166-1 alpha-2
    upstream = Link("self", null=True, backref="carried")  # whose network carries it
    upstream_id: int | None
    note = TextField(default="")
    entered_by = TextField()
    entered_at = MomentField()


# Not “provider_name”, as peewee would call it: that is a table.
Provider.add_index(SQL("CREATE INDEX provider_in_order ON provider (name, id)"))


class ProviderName(Record):
    """One name of a provider; its own is among them, so no two share any."""

    provider = Link(Provider, backref="names", on_delete="CASCADE")
    provider_id: int
    name = TextField()  # as a registry writes it
    folded = TextField(unique=True)  # the same by tracing.provider.folded


class Tally(NamedTuple):
    """What a list says of one provider."""

    contacts: int = 0
    bounced: int = 0  # of them
    notices: int = 0  # counting stops behind MOST_COUNTED


class Passage(NamedTuple):
    """What became of one notice, in moments."""

    asked_at: datetime
    last_seen_at: datetime | None
    first_gone_at: datetime | None
    ended_at: datetime | None
    replied_at: datetime | None
    reminders: int


FIND = """
    SELECT id FROM provider WHERE (name, id) > (?, ?) AND (? = '' OR id IN (
        SELECT provider_id FROM provider_name WHERE folded LIKE ? ESCAPE '\\'
        UNION
        SELECT owner_id FROM contact
        WHERE pattern LIKE ? ESCAPE '\\' OR mailbox LIKE ? ESCAPE '\\'
    )) ORDER BY name, id LIMIT ?
"""
COUNT_CONTACTS = """
    SELECT owner_id, count(*), count(bounced_at) FROM contact
    WHERE owner_id IN ({marks}) GROUP BY owner_id
"""
COUNT_NOTICES = """
    SELECT provider_id, (SELECT count(*) FROM (
        SELECT 1 FROM ntd WHERE ntd.provider = known.name COLLATE NOCASE LIMIT {most}
    )) FROM provider_name AS known WHERE provider_id IN ({marks})
"""
NEWEST = """
    SELECT id FROM ntd WHERE provider = ? COLLATE NOCASE AND id < ?
    ORDER BY id DESC LIMIT ?
"""
# An origin that was asked for is no removal that was asked for.
PASSAGES = """
    SELECT id, asked_at, lea_asked_at, last_seen_at, first_gone_at, ended_at,
        replied_at, reminders
    FROM ntd WHERE provider = ? COLLATE NOCASE
    AND (asked_at >= ? OR lea_asked_at >= ?) AND asks_origin = 0
    ORDER BY id DESC LIMIT ?
"""
HEARD = """
    SELECT DISTINCT provider FROM (
        SELECT provider FROM ntd WHERE contact COLLATE NOCASE IN ({marks})
        ORDER BY id DESC LIMIT {most}
    )
"""


def find_providers(words: str, after: int, most: int) -> list[Provider]:
    """List providers by name behind the one numbered ``after``, or from the first.

    ``words`` is looked for, folded, in names, mailboxes and what contacts are about.
    """
    last = Provider.get_or_none(Provider.id == after) if after else None
    like = f"%{_escaped(words)}%"
    values = [last.name if last else "", after, words, like, like, like, most]
    ids = [row[0] for row in database.execute_sql(FIND, values).fetchall()]
    known = {row.id: row for row in Provider.rows(Provider.id.in_(ids))}
    return [known[number] for number in ids]


def tallies(ids: Iterable[int]) -> dict[int, Tally]:
    """Count contacts and notices of a page of providers, in two questions."""
    ids = list(ids)
    found = {number: Tally() for number in ids}
    query = COUNT_CONTACTS.format(marks=_marks(ids))
    for number, contacts, bounced in database.execute_sql(query, ids).fetchall():
        found[number] = Tally(contacts, bounced)
    query = COUNT_NOTICES.format(marks=_marks(ids), most=MOST_COUNTED + 1)
    for number, notices in database.execute_sql(query, ids).fetchall():
        so_far = found[number]
        found[number] = so_far._replace(notices=so_far.notices + notices)
    return found


def newest_notices(names: Iterable[str], before: int, most: int) -> list[int]:
    """Number the newest NTDs under any of the names, each read along its index."""
    ids: set[int] = set()
    for name in names:
        found = database.execute_sql(NEWEST, (name, before, most)).fetchall()
        ids |= {int(row[0]) for row in found}
    return sorted(ids, reverse=True)[:most]


def passages(names: Iterable[str], since: datetime, most: int) -> list[Passage]:
    """Tell what became of the newest notices under these names, asked since then."""
    cutoff, found = MomentField().db_value(since), {}
    for name in names:
        values = (name, cutoff, cutoff, most)
        for number, *row in database.execute_sql(PASSAGES, values).fetchall():
            found[number] = row
    newest = sorted(found, reverse=True)[:most]
    return [_passage(found[number]) for number in newest]


def names_heard(mailboxes: Iterable[str]) -> list[str]:
    """List under which names the latest notices went to these mailboxes."""
    mailboxes = list(mailboxes)
    query = HEARD.format(marks=_marks(mailboxes), most=MOST_COUNTED)
    return [str(row[0]) for row in database.execute_sql(query, mailboxes).fetchall()]


def _passage(row: list[Any]) -> Passage:
    """Whoever asked first, the hotline or the LEA in its place, started the clock."""
    *moments, reminders = row
    asked, by_lea, seen, gone, ended, answered = (
        datetime.fromisoformat(moment) if moment else None for moment in moments
    )
    begun = min(moment for moment in (asked, by_lea) if moment)
    return Passage(begun, seen, gone, ended, answered, reminders)


def _escaped(words: str) -> str:
    for sign in ("\\", "%", "_"):
        words = words.replace(sign, f"\\{sign}")
    return words


def _marks(values: list[int] | list[str]) -> str:
    return ", ".join("?" * len(values))
