"""Agencies as a tree: which of them is told, and whether we know all we should.

Guidelines, “collaboration on multiple levels”, “establish a contact person” and “use
safe communication channels”.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum, auto

OLD_AFTER = timedelta(days=365)  # then somebody checks numbers and addresses again


class Level(StrEnum):
    CENTRAL = auto()
    FEDERAL = auto()
    STATE = auto()
    REGIONAL = auto()
    LOCAL = auto()


class Channel(StrEnum):
    MAIL = auto()  # OpenPGP mail
    PORTAL = auto()  # officers read it in the box; a neutral note says so
    BOTH = auto()
    WEB_TOOL = auto()  # their own; a person enters it there


@dataclass(frozen=True)
class Unit:
    """One agency as the rules see it."""

    id: int
    name: str
    parent: int | None = None
    mailbox: str = ""
    channel: Channel = Channel.MAIL
    key: str = ""
    tool: str = ""
    phone: str = ""
    hours: str = ""
    languages: str = ""
    contact_name: str = ""
    urgent_name: str = ""
    urgent_phone: str = ""
    deputy_name: str = ""
    deputy_phone: str = ""
    regions: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    gets_copies: bool = False
    verified_on: date | None = None

    @property
    def is_general(self) -> bool:
        """Tell whether nothing in particular is routed to it."""
        return not (self.regions or self.topics)

    @property
    def call(self) -> str:
        """Whom to call when it is urgent, and who stands in."""
        first = " ".join(x for x in (self.urgent_name, self.urgent_phone) if x)
        other = " ".join(x for x in (self.deputy_name, self.deputy_phone) if x)
        said = first or self.phone
        return f"{said}, or {other}" if said and other else said or other


def told_of(units: Sequence[Unit], region: str, topics: Iterable[str]) -> list[Unit]:
    """List who is told of an item: whoever it is routed to, and who gets copies.

    What is routed to nobody goes to the general units at the top of the tree; if there
    is none, to every unit: better told twice than not at all.
    """
    chosen = responsible(units, region, topics)
    by_id = {u.id: u for u in units}
    told = {u.id: u for u in chosen}
    for unit in chosen:
        for above in _above(unit, by_id):
            if above.gets_copies:
                told[above.id] = above
    return [u for u in units if u.id in told]


def responsible(
    units: Sequence[Unit], region: str, topics: Iterable[str]
) -> list[Unit]:
    """List whose an item is; whoever gets a copy beside them is only informed."""
    wanted = set(topics)
    chosen = [
        u for u in units if (region and region in u.regions) or wanted & set(u.topics)
    ]
    chosen = chosen or [u for u in units if u.is_general and u.parent is None]
    return chosen or [u for u in units if u.is_general] or list(units)


def _above(unit: Unit, by_id: dict[int, Unit]) -> list[Unit]:
    """List the units above one, nearest first; a ring in the tree ends the walk."""
    found: list[Unit] = []
    at = by_id.get(unit.parent or 0)
    while at is not None and at not in found and at.id != unit.id:
        found.append(at)
        at = by_id.get(at.parent or 0)
    return found


def missing(unit: Unit, today: date) -> list[str]:
    """Say what somebody should still find out about this agency."""
    wants_mail = unit.channel in {Channel.MAIL, Channel.BOTH}
    checks = (
        (unit.channel != Channel.WEB_TOOL and not unit.mailbox, "the unit's mailbox"),
        (wants_mail and not unit.key, "an OpenPGP key that a person has compared"),
        (unit.channel == Channel.WEB_TOOL and not unit.tool, "the name of its tool"),
        (not unit.phone, "a telephone number"),
        (not unit.hours, "its hours"),
        (not unit.urgent_name or not unit.urgent_phone, "the urgent contact"),
        (not unit.deputy_name or not unit.deputy_phone, "the deputy"),
        (not unit.languages, "its languages"),
        (unit.verified_on is None, "a first check of all this by telephone"),
        (
            unit.verified_on is not None and unit.verified_on + OLD_AFTER < today,
            "a new check: the last one is more than a year old",
        ),
    )
    return [what for is_so, what in checks if is_so]


# Words by which units call themselves; anything else before the “@” may be a person.
OF_A_UNIT = re.compile(
    r"(?i)unit|desk|group|team|office|duty|cyber|crime|police|csam|report|child|hotline"
    r"|contact|info|abuse|mail|central|dept|section|service|liaison|admin"
)
OF_A_PERSON = re.compile(r"(?i)[a-z]+[._-][a-z]{2,}[0-9]*")


def may_be_personal(mailbox: str) -> bool:
    """Guess whether the address is somebody's own: it should be a unit's (B55)."""
    name = mailbox.partition("@")[0]
    return bool(OF_A_PERSON.fullmatch(name)) and not OF_A_UNIT.search(name)
