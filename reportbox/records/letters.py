"""The outbox: what was decided to be sent, its sealed bytes, and how far it got."""

import secrets
from base64 import b32encode
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any
from uuid import uuid4

from peewee import (
    SQL,
    BlobField,
    BooleanField,
    IntegerField,
    TextField,
    fn,
)

from reportbox import lifecycle
from reportbox.lifecycle import OUTCOMES, TELLING, TO_PROVIDERS, Kind, Move, Paper
from reportbox.records import JsonField, Link, MomentField, Record, WordField, database
from reportbox.records.agencies import Agency
from reportbox.records.items import Item
from reportbox.records.tracks import LeaNotice, Track

LONGEST_PAUSE = timedelta(minutes=15)  # between two attempts
TOKEN_LENGTH = 26  # characters of base32, 130 bits: guessed by nobody


def new_token() -> str:
    """Make what finds a letter again by the address of its answer, or its bounce."""
    return b32encode(secrets.token_bytes(TOKEN_LENGTH)).decode()[:TOKEN_LENGTH].lower()


class Letter(Record):
    kind = Kind.LETTER

    paper = WordField(Paper)
    state = WordField(lifecycle.Letter, default=lifecycle.Letter.WAITING)
    message_id = TextField(unique=True)
    in_reply_to = TextField(default="")
    token = TextField(default="", index=True)  # in the address of its answers
    # In the return path of its envelope alone: no letter shows it. Empty: it had none.
    return_token = TextField(default="", index=True)
    sender = TextField()
    recipient = TextField()
    url = TextField(default="")  # of the provider's API; empty: it goes by mail
    key = TextField(default="")  # OpenPGP fingerprint; empty: plain mail is allowed
    is_plain = BooleanField(default=False)  # the agreement allows it without a key
    subject = TextField()
    is_urgent = BooleanField(default=False)
    is_marked = BooleanField(default=False)  # urgent, and its subject may say so
    due_at = MomentField()
    attempts = IntegerField(default=0)
    trouble = TextField(default="")
    answer = TextField(default="")  # the mail server's words when it took the letter
    sealed_at = MomentField(null=True)  # since then its bytes never change
    passed_at = MomentField(null=True)  # the point of no return
    sent_at = MomentField(null=True)

    class Meta:
        indexes = ((("state", "is_urgent", "due_at"), False),)

    @cached_property
    def enclosed(self) -> list["Enclosure"]:
        """List what it carries: that is fixed when it is written."""
        return Enclosure.rows_with(letter=self.id)

    @classmethod
    def write(cls, tracks: Sequence[Track], **columns: Any) -> "Letter":  # noqa: ANN401 - column values
        """Put a letter in the outbox, in the transaction of the decision behind it.

        One letter may carry many items; its Message-ID is fixed here, its bytes are
        sealed later, outside any transaction.
        """
        domain = columns["sender"].rpartition("@")[2]
        columns["message_id"] = f"<{uuid4().hex}@{domain}>"
        if columns["paper"] in TO_PROVIDERS:
            columns["token"] = new_token()
        said = {name: columns.pop(name) for name in WRITTEN if name in columns}
        letter = cls.create(**columns)
        Writing.create(letter=letter.id, **said)
        Enclosure.create_alike(
            {"letter": letter.id},
            [
                {"item": x.item_id, "track_kind": x.kind, "track_id": x.id}
                for x in tracks
            ],
        )
        return letter

    @classmethod
    def leaves(cls, *, by_api: bool) -> Any:  # noqa: ANN401 - a peewee expression
        """Tell apart what goes to the API of a provider from what goes by mail."""
        return cls.url != "" if by_api else cls.url == ""

    @classmethod
    def due(cls, now: datetime, limit: int, *, by_api: bool = False) -> list["Letter"]:
        """List what may leave now: urgent first, then the LEA's, then the oldest."""
        # A letter is never due further ahead than its longest pause: such a row was
        # written before the clock was set back.
        is_due = (cls.due_at <= now) | (cls.due_at > now + LONGEST_PAUSE)
        to_the_lea = cls.paper.in_([*TELLING, Paper.LEA_SUPPLEMENT])
        order = (cls.is_urgent.desc(), to_the_lea.desc(), cls.due_at, cls.id)
        waiting = (cls.state == lifecycle.Letter.WAITING) & cls.leaves(by_api=by_api)
        return list(cls.select().where(waiting, is_due).order_by(*order).limit(limit))

    @classmethod
    def is_any_to_send(cls, *, by_api: bool = False) -> bool:
        """Tell cheaply whether any letter waits, or was left on its way by a crash."""
        states, way = "'waiting', 'sending', 'handing_over'", "<>" if by_api else "="
        query = (
            f"SELECT 1 FROM letter WHERE state IN ({states}) AND url {way} '' LIMIT 1"  # noqa: S608 - our own words
        )
        return database.execute_sql(query).fetchone() is not None

    @classmethod
    def first_due_at(cls) -> datetime | None:
        """Find since when the one that is due first waits, or will wait."""
        waiting = cls.state == lifecycle.Letter.WAITING
        first = cls.select().where(waiting).order_by(cls.due_at).first()
        return first.due_at if first else None

    @classmethod
    def put_off(cls, url: str, now: datetime, pause: timedelta, trouble: str) -> None:
        """Let whatever waits for an API wait as long as what just failed there."""
        waiting = (cls.state == lifecycle.Letter.WAITING) & (cls.url == url)
        moments = [row.due_at for row in cls.rows(waiting)]
        until = max([now + pause, *(m for m in moments if m <= now + LONGEST_PAUSE)])
        cls.update(due_at=until).where(waiting, cls.due_at < until).execute()
        cls.update(trouble=trouble).where(waiting, cls.trouble == "").execute()

    @classmethod
    def unseal(cls, mailbox: str) -> None:
        """Let what waits for this mailbox be sealed anew: its key is another one."""
        theirs = cls.recipient.collate("NOCASE") == mailbox
        waiting = theirs & (cls.state == lifecycle.Letter.WAITING)
        cls.update(sealed_at=None).where(waiting).execute()

    @classmethod
    def refused_for_good(cls) -> list["Letter"]:
        """List refused letters that no track looks after."""
        tracked = [paper for paper, move in OUTCOMES if move is Move.REFUSE]
        refused = cls.state == lifecycle.Letter.REFUSED
        return cls.rows(refused, cls.paper.not_in(tracked))

    @classmethod
    def counts(cls) -> dict[str, int]:
        """Count the letters by state."""
        query = cls.select(cls.state, fn.COUNT(cls.id)).group_by(cls.state)
        rows: Any = query.tuples()
        return {str(state): int(count) for state, count in rows}


# The few that go to an API are found among however many that go by mail.
Letter.add_index(SQL("CREATE INDEX letter_by_api ON letter (state) WHERE url <> ''"))
# Mail addresses are found however they are written.
Letter.add_index(
    SQL("CREATE INDEX letter_recipient ON letter (recipient COLLATE NOCASE)")
)


class Writing(Record):
    """What a letter says, and the bytes that leave.

    It stands apart because SQLite writes a whole row anew for each change of state.
    """

    letter = Link(Letter, unique=True, backref="writings")
    letter_id: int
    body = TextField()
    attachments = JsonField(default=list)  # [name, media type, text] each
    sealed = BlobField(null=True)  # they count from ``Letter.sealed_at`` on

    @classmethod
    def of(cls, letter: Letter) -> "Writing":
        return cls.rows_with(letter=letter.id)[0]

    @classmethod
    def sealed_of(cls, letter: Letter) -> bytes:
        """Return the bytes that leave, none before they were made."""
        query = "SELECT sealed FROM writing WHERE letter_id = ?"
        return bytes(database.execute_sql(query, (letter.id,)).fetchone()[0] or b"")

    @classmethod
    def seal(cls, letter_id: int, made: bytes) -> None:
        query = "UPDATE writing SET sealed = ? WHERE letter_id = ?"
        database.execute_sql(query, (made, letter_id))


WRITTEN = ("body", "attachments")


class Enclosure(Record):
    """One item carried by one letter, on behalf of one track."""

    letter = Link(Letter, backref="enclosures")
    letter_id: int
    item = Link(Item, backref="enclosures")
    item_id: int
    track_kind = WordField(Kind)
    track_id = IntegerField()

    class Meta:
        indexes = ((("letter", "item"), True), (("track_kind", "track_id"), False))

    @classmethod
    def read_for(cls, letters: Iterable[Letter]) -> None:
        """Read what several letters carry by one query."""
        by_number: dict[int, list[Enclosure]] = {x.id: [] for x in letters}
        for one in cls.rows(cls.letter.in_(list(by_number))):
            by_number[one.letter_id].append(one)
        for letter in letters:
            letter.enclosed = by_number[letter.id]

    @classmethod
    def crowded(cls, item_ids: Iterable[int], most: int) -> set[int]:
        """Tell which items stand in so many letters to providers, or in more."""
        mine = cls.item.in_(list(item_ids)) & (cls.track_kind == Kind.NTD)
        query = cls.select(cls.item).where(mine).group_by(cls.item)
        return {row.item_id for row in query.having(fn.COUNT(cls.id) >= most)}

    @classmethod
    def keys_of_agencies(cls, letter_ids: Sequence[int]) -> dict[int, str]:
        """Return the key of today of the first agency each letter goes out for."""
        on_behalf = (cls.track_kind == Kind.LEA) & (cls.track_id == LeaNotice.id)
        query = (
            cls.select(cls.letter, Agency.key)
            .join(LeaNotice, on=on_behalf)
            .join(Agency, on=LeaNotice.unit == Agency.id)
            .where(cls.letter.in_(list(letter_ids)))
            .order_by(cls.id)
        )
        keys: dict[int, str] = {}
        for letter_id, key in query.tuples():
            keys.setdefault(letter_id, key)
        return keys
