"""The three kinds of tracks that run side by side once an item is judged."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Self

from peewee import SQL, BooleanField, IntegerField, TextField

from reportbox import lifecycle
from reportbox.lifecycle import Kind, Move
from reportbox.records import JsonField, Link, MomentField, Record, WordField, database
from reportbox.records.agencies import Agency
from reportbox.records.items import Finding, Item


class Track(Record):
    """A track belongs to one appearance of its item: what comes back starts anew."""

    kind: Kind
    state: Any

    item = Link(Item)
    item_id: int
    appearance = IntegerField()
    opened_at = MomentField()

    @classmethod
    def of(cls, item: Item) -> list[Self]:
        return cls.rows_with(item=item.id, appearance=item.appearance)

    @classmethod
    def with_items(cls, numbers: Iterable[int]) -> list[Self]:
        """List these tracks, oldest first, their items read along with them."""
        tracks = cls.numbered(numbers)
        items = {x.id: x for x in Item.numbered({t.item_id for t in tracks})}
        for track in tracks:
            track.item = items[track.item_id]
        return tracks

    @classmethod
    def ids_in(cls, state: lifecycle.State) -> list[int]:
        """List the numbers of what stands in a state, the oldest first."""
        query = f"SELECT id FROM {cls._meta.table_name} WHERE state = ? ORDER BY id"  # noqa: S608 - our own names
        return [number for (number,) in database.execute_sql(query, (state,))]

    @classmethod
    def standing(cls, numbers: Iterable[int]) -> list[Self]:
        """List these tracks with their item and state alone, all that a move needs."""
        return cls.numbered(numbers, "item", "state")


class LeaNotice(Track):
    """One agency is told about one item."""

    kind = Kind.LEA

    state = WordField(lifecycle.Lea, default=lifecycle.Lea.TO_NOTIFY)
    unit = Link(Agency, null=True, backref="notices")
    unit_id: int | None  # none: no agency was known yet
    agency = TextField()  # its name and mailbox when it was told
    address = TextField()
    key = TextField(default="")  # OpenPGP fingerprint
    latest_at = MomentField()  # by then it leaves, whatever is still unknown
    has_news = BooleanField(default=False, index=True)  # it may not know all any more
    told = JsonField(default=dict)  # the facts of the last letter, see lea/facts.py
    told_at = MomentField(null=True)
    confirmed_at = MomentField(null=True)
    receipt = TextField(default="")
    code = TextField(default="", index=True)  # confirms the receipt; one per letter
    reference = TextField(default="")  # the agency's own number for it
    block = TextField(default="", index=True)  # the name of its block; empty: alone
    part = IntegerField(default=0)  # of that block, whenever it is sent (again)
    parts = IntegerField(default=0)
    chases = IntegerField(default=0)  # letters that asked for the receipt
    chased_at = MomentField(null=True)

    class Meta:
        indexes = ((("state", "told_at"), False),)

    @classmethod
    def has_told(cls, agency: Agency, *, is_confirmed: bool = False) -> bool:
        """Tell whether a notice left for its mailbox and key of today, or arrived."""
        told = (cls.unit == agency.id) & cls.told_at.is_null(is_null=False)
        told &= (cls.address == agency.mailbox) & (cls.key == agency.key)
        if is_confirmed:
            told &= cls.confirmed_at.is_null(is_null=False)
        return bool(cls.select().where(told).exists())

    @property
    def in_block(self) -> str:
        """Name the part of the block it was told in; empty if it was told alone."""
        part = f"part {self.part} of {self.parts} of " if self.parts > 1 else ""
        return f"{part}block {self.block}" if self.block else ""

    @classmethod
    def count_in(cls, block: str) -> int:
        """Count the reports of a block, without those that were withdrawn."""
        its = (cls.block == block) & (cls.state != lifecycle.Lea.WITHDRAWN)
        return int(cls.select().where(its).count())

    @classmethod
    def states_of(cls, items: Sequence[int]) -> list[tuple[int, int, lifecycle.Lea]]:
        """List (item, appearance, state) of the notices of a few items."""
        marks = ",".join("?" * len(items))
        rows = "SELECT item_id, appearance, state FROM lea_notice"
        query = f"{rows} WHERE item_id IN ({marks})"
        found = database.execute_sql(query, list(items)).fetchall()
        return [(item, nth, lifecycle.Lea(state)) for item, nth, state in found]


class Ntd(Track):
    """One provider is asked about one item."""

    kind = Kind.NTD

    state = WordField(lifecycle.Ntd, default=lifecycle.Ntd.TO_FALL_DUE)
    finding = Link(Finding)
    finding_id: int
    provider = TextField()
    contact = TextField()
    asks_origin = BooleanField(default=False)  # a proxy: whose server is behind it?
    due_at = MomentField(null=True)  # unknown until the LEA was told
    try_at = MomentField(null=True)  # not before, after a failed re-trace
    attempts = IntegerField(default=0)
    trouble = TextField(default="")
    asked_at = MomentField(null=True)
    lea_asked_at = MomentField(null=True)  # the LEA asked in our place
    reminders = IntegerField(default=0)
    reminded_at = MomentField(null=True)
    corrected_at = MomentField(null=True)  # told that the verdict changed
    called_at = MomentField(null=True)  # by telephone, after reminders in vain
    upstream_told_at = MomentField(null=True)  # whose network carries the provider
    escalated_at = MomentField(null=True)  # the LEA heard that nobody reacts
    last_asked_at = MomentField(null=True)  # the platform's operator, or the registrar
    watched_at = MomentField(null=True)  # its name and network
    # A person looks whether it is gone: when next, why already then, how often so far.
    check_at = MomentField(null=True)
    check_why = TextField(default="")
    checks = IntegerField(default=0)
    is_rechecked = BooleanField(default=False)  # the look after removal is planned
    ticket = TextField(default="")  # the provider's own number for it
    replied_at = MomentField(null=True)  # a person there first answered
    # For ntd/takedown.py, written by records/journey.py with the moves themselves.
    last_seen_at = MomentField(null=True)  # a person saw it online: verdict, or later
    first_gone_at = MomentField(null=True)  # a person saw it gone
    ended_at = MomentField(null=True)

    class Meta:
        indexes = (
            (("state", "due_at"), False),
            (("state", "asked_at"), False),
            (("state", "opened_at"), False),
            (("is_rechecked", "state"), False),
            (("state", "check_at"), False),
        )

    @classmethod
    def at(
        cls, mailboxes: Iterable[str], states: Iterable[lifecycle.Ntd]
    ) -> list[Self]:
        """List what is asked, or is to be asked, at a few mailboxes."""
        there = cls.contact.collate("NOCASE").in_(list(mailboxes))
        query = cls.select(cls, Finding).join(Finding)
        return list(query.where(there, cls.state.in_(list(states))).order_by(cls.id))

    @classmethod
    def traced_at_among(cls, numbers: Iterable[int]) -> dict[int, datetime]:
        """Return how old the traces behind a few of them are."""
        wanted = list(numbers)
        marks = ",".join("?" * len(wanted))
        both = "ntd JOIN finding ON finding.id = finding_id"
        query = f"SELECT ntd.id, traced_at FROM {both} WHERE ntd.id IN ({marks})"  # noqa: S608 - our own names
        found = database.execute_sql(query, wanted).fetchall()
        return {number: datetime.fromisoformat(at) for number, at in found}

    @classmethod
    def to_correct(cls) -> list[Self]:
        """List what was asked once and has ended, of which not all there heard yet."""
        ended = lifecycle.WANTED_WHILE[lifecycle.Paper.NTD_CORRECTION]
        query = (
            "SELECT ntd.id FROM ntd JOIN item ON item.id = ntd.item_id "
            "JOIN verdict ON verdict.id = item.verdict_id "
            "WHERE ntd.state IN (?, ?) AND ntd.corrected_at IS NULL "
            "AND verdict.move IN (?, ?) AND (ntd.asked_at IS NOT NULL OR EXISTS ("
            "SELECT 1 FROM enclosure JOIN letter ON letter.id = enclosure.letter_id "
            "WHERE enclosure.track_kind = ? AND enclosure.track_id = ntd.id "
            "AND letter.sent_at IS NOT NULL))"
        )
        changed = (Move.JUDGE_UNCERTAIN, Move.JUDGE_NOT_ILLEGAL)
        values = (*ended, *changed, Kind.NTD)
        return cls.numbered(n for (n,) in database.execute_sql(query, values))

    @classmethod
    def forget_checks_of_before(cls) -> None:
        """What came back is judged anew: nobody looks at its earlier appearance."""
        query = (
            "SELECT ntd.id FROM ntd JOIN item ON item.id = ntd.item_id "
            "WHERE ntd.state = ? AND check_at IS NOT NULL "
            "AND ntd.appearance < item.appearance"
        )
        found = database.execute_sql(query, (lifecycle.Ntd.REMOVED,)).fetchall()
        for (number,) in found:
            cls.change(number, check_at=None)


# Mail addresses and names are found however they are written.
Ntd.add_index(SQL("CREATE INDEX ntd_contact ON ntd (contact COLLATE NOCASE)"))
Ntd.add_index(SQL("CREATE INDEX ntd_provider ON ntd (provider COLLATE NOCASE)"))


# Somebody else is asked: nothing that was counted or said before is theirs.
ASKED_ANEW: dict[str, Any] = {
    "trouble": "",
    "asked_at": None,
    "reminders": 0,
    "reminded_at": None,
    "called_at": None,
    "escalated_at": None,
    "ticket": "",
    "replied_at": None,
    "checks": 0,
    "check_at": None,
    "check_why": "",
}


class Referral(Track):
    """One country's hotline takes over through ICCAM."""

    kind = Kind.REFERRAL

    state = WordField(
        lifecycle.Referral, default=lifecycle.Referral.TO_REFER, index=True
    )
    finding = Link(Finding)
    country = TextField()
    partner = TextField()
    referred_at = MomentField(null=True)
    iccam_number = TextField(default="")


TRACKS: dict[Kind, type[LeaNotice] | type[Ntd] | type[Referral]] = {
    Kind.LEA: LeaNotice,
    Kind.NTD: Ntd,
    Kind.REFERRAL: Referral,
}
