"""The item: one reported address, what was judged, found and done about it."""

from collections.abc import Iterable
from datetime import UTC, datetime, time
from typing import Any

from peewee import (
    SQL,
    BooleanField,
    IntegerField,
    TextField,
)

from reportbox import lifecycle
from reportbox.lifecycle import Actor, Kind, Move, State
from reportbox.records import (
    DayField,
    JsonField,
    Link,
    LinkAhead,
    MomentField,
    Record,
    WordField,
    database,
)
from reportbox.records.agencies import Agency
from reportbox.records.blinding import blind
from reportbox.records.reports import Report

# In this order items are worked on.
URGENCIES = (0, 1, 2, 3, 4)
# An imminent threat was declared; a reporter says so; several reports name it; the
# rest; what came in over a limit.
DECLARED, SAID, REPEATED, USUAL, FLOOD = URGENCIES
MOST_DECLARED = 500  # that are lifted in a list; nobody ever has as many


def item_number(number: int) -> str:
    return f"RB-{number:06d}"


class Item(Record):
    """``address_as_reported`` is kept to the letter; ``address_key`` finds it again."""

    kind = Kind.ITEM

    # Numbers nobody searches by have no index: each one costs the public form time.
    report = Link(Report, backref="items", index=False)
    address_as_reported = TextField()
    address_key = TextField(index=True)
    host = TextField(index=True)
    state = WordField(lifecycle.Item, default=lifecycle.Item.TO_ASSESS)
    is_urgent = BooleanField(default=False)  # an analyst declared an imminent threat
    says_urgent = BooleanField(default=False)  # a reporter's hint, for the queue only
    is_flood = BooleanField(default=False)  # named by reports over a limit only
    reported_at = MomentField()
    appeared_at = MomentField()  # reported first, or again after an ending
    times_seen = IntegerField(default=1)
    appearance = IntegerField(default=1)  # counts up when it comes back after an ending
    verdict = LinkAhead("Verdict", null=True, index=False)
    verdict_id: int | None
    finding = LinkAhead("Finding", null=True, index=False)
    judged_at = MomentField(null=True)
    comes_back_on = DayField(null=True)  # retry date, or review date while undecided
    trace_at = MomentField(null=True)  # not before
    trace_attempts = IntegerField(default=0)
    trace_trouble = TextField(default="")
    origin = TextField(default="")  # IP address of the server behind its proxy, ...
    origin_source = TextField(default="")  # ... who named it ...
    origin_on = DayField(null=True)  # ... and when ...
    origin_proxy = TextField(default="")  # ... for which proxy ...
    origin_appearance = IntegerField(default=0)  # ... and which time it was there
    removed_at = MomentField(null=True)
    taken_by = TextField(default="")  # whoever assesses it now
    taken_at = MomentField(null=True)
    # Written by records/journey.py with every move: how it stands at the desk.
    urgency = IntegerField(default=USUAL)
    waits_from = MomentField()
    provider = TextField(default="", collation="NOCASE", index=True)  # as last found
    hosted_in = TextField(default="")  # two letters, as last found
    forgotten_at = MomentField(null=True)  # its key is a keyed hash since then

    class Meta:
        # One ascending index for every queue, and one for every filter offered.
        indexes = (
            (("state", "urgency", "waits_from"), False),
            (("host", "state", "urgency", "waits_from"), False),
            (("provider", "state", "urgency", "waits_from"), False),
            (("hosted_in", "state", "urgency", "waits_from"), False),
            (("taken_by", "taken_at"), False),
        )

    @classmethod
    def known(cls, key: str) -> int | None:
        """Find the item of an address, even one of which only a hash is left."""
        query = "SELECT id FROM item WHERE address_key IN (?, ?) LIMIT 1"
        found = database.execute_sql(query, (key, blind(key))).fetchone()
        return None if found is None else int(found[0])

    @classmethod
    def open_and_declared(cls) -> list[int]:
        """Number the open items with an imminent threat: a handful at any time."""
        states = [x for x in lifecycle.Item if not lifecycle.is_ended(Kind.ITEM, x)]
        marks = ",".join("?" * len(states))
        query = f"SELECT id FROM item WHERE state IN ({marks}) AND urgency = ? LIMIT ?"  # noqa: S608 - our own names
        found = database.execute_sql(query, [*states, DECLARED, MOST_DECLARED])
        return [number for (number,) in found.fetchall()]

    @classmethod
    def places_among(cls, numbers: Iterable[int]) -> list[tuple[int, int, State]]:
        """List (item, appearance, state) of a few; a tenth of the cost of the rows."""
        wanted = list(numbers)
        marks = ",".join("?" * len(wanted))
        query = f"SELECT id, appearance, state FROM item WHERE id IN ({marks})"  # noqa: S608 - our own names
        found = database.execute_sql(query, wanted).fetchall()
        return [(item, nth, lifecycle.Item(state)) for item, nth, state in found]

    @property
    def number(self) -> str:
        """The reference people use, such as RB-000042."""
        return item_number(self.id)

    def place(self, now: datetime) -> dict[str, Any]:
        """Say where it stands at the desk: urgent first, then since when it waits.

        What comes back on a day waits from the beginning of that day, written in UTC.
        """
        ended = lifecycle.is_ended(Kind.ITEM, self.state)
        return {
            "urgency": USUAL if ended else self._urgency(),
            "waits_from": now if ended else self._waits_from(),
            "provider": self.finding.provider if self.finding else "",
            "hosted_in": self.finding.country if self.finding else "",
        }

    def _urgency(self) -> int:
        if self.is_urgent:
            return DECLARED
        if self.state not in lifecycle.UNJUDGED:
            return USUAL
        if self.says_urgent:
            return SAID
        if self.is_flood:  # however often: a flood must not lift itself
            return FLOOD
        # More than once since it came (back).
        return REPEATED if self.times_seen > self.appearance else USUAL

    def _waits_from(self) -> datetime:
        comes_back = {lifecycle.Item.TO_ASSESS_AGAIN, lifecycle.Item.TO_DECIDE}
        if self.state in comes_back and self.comes_back_on:
            return datetime.combine(self.comes_back_on, time(), UTC)
        judged = None if self.state == lifecycle.Item.TO_ASSESS else self.judged_at
        since: datetime = judged or self.appeared_at
        return since

    @property
    def urgent_reason(self) -> str:
        """The sentence that says why it is urgent; empty when it is not."""
        if not self.is_urgent:
            return ""
        urgent = Verdict.rows(Verdict.item == self.id, Verdict.is_urgent == True)  # noqa: E712
        return urgent[-1].urgent_reason if urgent else ""

    @property
    def is_held(self) -> bool:
        return Hold.is_open_on(self.id)

    def is_held_by(self, unit: int | None) -> bool:
        """Tell whether this agency holds it already."""
        return any(hold.unit_id == unit for hold in Hold.open_on(self.id))


class Sighting(Record):
    """One report naming one item; the same address may be sent many times."""

    report = Link(Report, backref="sightings", index=False)  # see below
    report_id: int
    item = Link(Item, backref="sightings")
    item_id: int
    address = TextField(default="")  # to the letter, as this report spelt it

    class Meta:
        indexes = ((("report", "item"), True),)


class Verdict(Record):
    """What a person decided, with the answers Annex I asks for."""

    item = Link(Item, backref="verdicts")
    move = WordField(Move)
    classification = TextField(default="")  # "baseline" or "national" when illegal
    reason = TextField(default="")
    given_by = TextField()
    actor = WordField(Actor)
    given_at = MomentField()
    is_urgent = BooleanField(default=False)
    urgent_reason = TextField(default="")
    answers = JsonField(default=dict)  # Annex I fields by name, see lea/annex_one.py
    labels = JsonField(default=dict)  # numbers by list, see assessment/classification
    scheme = TextField(default="")  # the version of those lists
    reason_code = IntegerField(default=0)
    is_proposal = BooleanField(default=False)  # a second analyst had yet to agree
    is_undone = BooleanField(default=False)  # taken back


class Finding(Record):
    """Where an item was hosted at one moment, and how we know."""

    item = Link(Item, backref="findings")
    item_id: int
    traced_at = MomentField()
    hosting = TextField()  # a word of tracing.finding.Hosting
    country = TextField(default="")  # of the location that decides
    provider = TextField(default="")
    contact = TextField(default="")  # where a notice would go
    abroad = JsonField(default=list)  # countries other than ours, in order
    at_home = JsonField(default=list)  # [provider, contact] each, to be asked at home
    locations = JsonField(
        default=list
    )  # one NetworkRecord per address, as a dictionary
    aliases = JsonField(default=list)
    why = TextField(default="")
    traced_by = TextField(default="")  # a name, or the box's
    seen_from = TextField(default="")  # the name servers asked: it depends on them
    agreement = TextField(default="")  # a word of tracing.finding.Agreement
    proxy = TextField(default="")  # the proxy alone is visible
    missing = JsonField(default=list)  # what nobody answered, in words
    basis = TextField(default="")  # the same for the same evidence
    by_hand = TextField(default="")  # why a person said otherwise than the sources
    changes = TextField(default="")  # since the trace before
    registrar = JsonField(default=dict)  # a DomainRecord, once it was asked for
    registrar_at = MomentField(null=True, index=True)  # when to ask (again)
    registrar_tries = IntegerField(default=0)

    @classmethod
    def last_traced_at(cls) -> datetime | None:
        """Find when the newest trace was made."""
        query = "SELECT traced_at FROM finding ORDER BY id DESC LIMIT 1"
        found = database.execute_sql(query).fetchone()
        return datetime.fromisoformat(found[0]) if found else None

    @classmethod
    def newest_of(cls, item_id: int) -> "Finding | None":
        """Return the newest one of an item, settled or not."""
        query = "SELECT max(id) FROM finding WHERE item_id = ?"
        number = database.execute_sql(query, (item_id,)).fetchone()[0]
        return None if number is None else cls.get_by_id(number)

    @property
    def place(self) -> tuple[object, ...]:
        """Comparable with tracing.finding.Conclusion.place."""
        at_home = tuple((provider, contact) for provider, contact in self.at_home)
        abroad = tuple(self.abroad)
        return (self.hosting, self.country, self.provider, abroad, at_home)


SCOPES = ("item", "host", "domain", "provider")
THE_ITEM, ITS_HOST, ITS_DOMAIN, ITS_PROVIDER = SCOPES


def names_above(host: str) -> list[str]:
    """List a host and every name it lies under, such as its domain."""
    labels = host.split(".")
    return [".".join(labels[at:]) for at in range(len(labels))]


COVERED = """
    SELECT hold.id, item.id FROM hold JOIN item ON (
        (hold.scope = 'item' AND hold.item_id = item.id)
        OR (hold.scope = 'host' AND hold.value = item.host)
        OR (hold.scope = 'domain' AND
            substr('.' || item.host, -1 - length(hold.value)) = '.' || hold.value)
        OR (hold.scope = 'provider' AND (hold.value = item.provider OR EXISTS (
            SELECT 1 FROM ntd
            WHERE ntd.item_id = item.id AND ntd.provider = hold.value COLLATE NOCASE
        )))
    )
    WHERE hold.released_at IS NULL AND item.id IN ({marks})
"""


class Hold(Record):
    """An agency asked that nothing be done that outsiders could notice."""

    item = Link(Item, backref="holds")
    item_id: int
    placed_at = MomentField()
    placed_by = TextField()
    why = TextField()
    scope = TextField(
        default=THE_ITEM
    )  # or one of SCOPES: what is reported later as well
    value = TextField(default="", collation="NOCASE")  # that host, domain or provider
    is_urgent = BooleanField(default=False)  # the box's own, until the LEA answers
    unit = Link(Agency, null=True)  # whose it is; only they lift it
    unit_id: int | None
    review_on = DayField(null=True)  # reminds, never releases
    released_at = MomentField(null=True)
    released_by = TextField(default="")

    class Meta:
        indexes = ((("released_at", "placed_at"), False),)

    @classmethod
    def open_ones(cls) -> list["Hold"]:
        return cls.rows(cls.released_at.is_null())

    @classmethod
    def stands(cls, scope: str, value: str, unit: int | None) -> bool:
        """Tell whether an agency holds this host, domain or provider already."""
        same = (cls.scope == scope) & (cls.value == value) & (cls.unit == unit)
        wide = cls.rows(same, cls.released_at.is_null()) if value and unit else []
        return bool(wide)

    @classmethod
    def open_on(cls, item_id: int) -> list["Hold"]:
        """List the holds that cover an item, wide ones included."""
        mine = cls.open_among([item_id])
        return cls.rows(cls.id.in_(list(mine))) if mine else []

    @classmethod
    def ever_on(cls, item: Item) -> list["Hold"]:
        """List the holds that cover an item or covered it, the oldest first."""
        on_host = (cls.scope == ITS_HOST) & (cls.value == item.host)
        on_domain = (cls.scope == ITS_DOMAIN) & cls.value.in_(names_above(item.host))
        on_provider = (cls.scope == ITS_PROVIDER) & (cls.value == item.provider)
        now = cls.id.in_(list(cls.open_among([item.id])))
        mine = (cls.scope == THE_ITEM) & (cls.item == item.id)
        return cls.rows(mine | on_host | on_domain | on_provider | now)

    @classmethod
    def among(cls, item_ids: Iterable[int]) -> set[int]:
        """Tell which of the items are on hold."""
        return set().union(*cls.open_among(item_ids).values())

    @classmethod
    def is_open_on(cls, *item_ids: int) -> bool:
        return bool(cls.open_among(item_ids))

    @classmethod
    def open_among(cls, item_ids: Iterable[int]) -> dict[int, set[int]]:
        """Return the open holds that cover any of the items, each with those items.

        A hold on a provider covers whatever is hosted there, or asked for there.
        """
        wanted = list(item_ids)
        if not wanted:
            return {}
        marks = ", ".join("?" * len(wanted))
        found = database.execute_sql(COVERED.format(marks=marks), wanted).fetchall()
        covered: dict[int, set[int]] = {}
        for hold_id, item_id in found:
            covered.setdefault(hold_id, set()).add(item_id)
        return covered


class Event(Record):
    """One line of an item's history: who moved what, when and why."""

    item = Link(Item, backref="events")
    at = MomentField(index=True)
    who = TextField()
    actor = WordField(Actor)
    kind = WordField(Kind)
    track_id = IntegerField(null=True)
    move = TextField()  # a lifecycle.Move, or what was done without moving anything
    start = TextField()
    end = TextField()
    why = TextField(default="")


Event.add_index(
    SQL("CREATE INDEX event_host_moved ON event (item_id) WHERE move = 'move_host'")
)


class PassedOn(Record):
    """Somebody would rather not assess this item; nobody asks why."""

    item = Link(Item, backref="passed_on")
    item_id: int
    account = IntegerField()

    class Meta:
        indexes = ((("item", "account"), True),)
