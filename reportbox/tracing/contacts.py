"""Whom to write to: the hotline's own contact book first, then what registries publish.

Never the registrant or an administrative contact of anything: for this crime they may
be the offender. Never a mailbox made up from a name.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum, auto
from ipaddress import ip_address, ip_network

from reportbox.ports import NetworkRecord
from reportbox.tracing.domain import is_inside
from reportbox.tracing.proxies import Proxy


class Match(StrEnum):
    """What an entry of the contact book is about, the closest first."""

    SUFFIX = auto()  # the end of a host name: a platform with a desk of its own
    PREFIX = auto()  # a block of addresses
    ASN = auto()  # everything an AS announces
    MAILBOX = auto()  # nothing but that this mailbox may be written to


@dataclass(frozen=True)
class Entry:
    """One entry of the hotline's contact book, as rules see it."""

    match: Match
    pattern: str
    mailbox: str = ""
    provider: str = ""
    country: str = ""  # ISO 3166-1 alpha-2, if a person knows it
    is_approved: bool = False
    has_bounced: bool = False

    def covers(self, record: NetworkRecord, host: str) -> bool:
        match self.match:
            case Match.SUFFIX:
                return host == self.pattern or host.endswith(f".{self.pattern}")
            case Match.PREFIX:
                return ip_address(record.address) in ip_network(self.pattern)
            case Match.ASN:
                return self.pattern in record.asns
        return False


@dataclass(frozen=True)
class Candidate:
    """Somebody who could be written to, and how we know."""

    mailbox: str
    source: str
    flag: str = ""  # why a person must look first


class Book:
    """The whole contact book; looked into many times, so it is sorted once."""

    def __init__(self, entries: Iterable[Entry] = ()) -> None:
        order = list(Match)
        known = sorted(entries, key=lambda e: (order.index(e.match), -_closeness(e)))
        self.entries = [e for e in known if e.match is not Match.MAILBOX]
        self.bounced = {e.mailbox.lower() for e in known if e.has_bounced}
        self.approved = {
            e.mailbox.lower() for e in known if e.is_approved and not e.has_bounced
        }

    def entry(self, record: NetworkRecord, host: str) -> Entry | None:
        """Find the closest entry about this place, approved or not."""
        return next((e for e in self.entries if e.covers(record, host)), None)


def _closeness(entry: Entry) -> int:
    """Measure a block by its length: a wider one can be written as long."""
    if entry.match is Match.PREFIX:
        return ip_network(entry.pattern).prefixlen
    return len(entry.pattern)


def candidates(
    record: NetworkRecord, host: str, book: Book, proxy: Proxy | None = None
) -> tuple[Candidate, ...]:
    """List whom to write to, the best first; what has bounced comes last."""
    found: list[Candidate] = []
    entry = book.entry(record, host)
    if entry and entry.mailbox:
        found.append(Candidate(entry.mailbox, "the contact book"))
    if proxy and "@" in proxy.contact:
        found.append(Candidate(proxy.contact, "the list of proxies"))
    source = f"the network's abuse contact ({record.source.upper()})"
    found += [Candidate(mailbox, source) for mailbox in record.abuse_contacts]
    found += [
        Candidate(m, "the abuse contact of the network above it")
        for m in record.parent_contacts
    ]
    found += [
        Candidate(mailbox, "a technical contact", "unverified: a person decides")
        for mailbox in record.other_contacts
    ]
    flagged = [_flagged(one, host, book) for one in found]
    once = {one.mailbox.lower(): one for one in reversed(flagged)}
    unique = [one for one in flagged if once[one.mailbox.lower()] is one]
    return tuple(sorted(unique, key=lambda one: one.flag == BOUNCED))


BOUNCED = "it bounced"


def best(found: Sequence[Candidate]) -> str:
    """Name whom to write to, or nobody where a person must find out first."""
    first = next((c for c in found if not c.flag or c.flag == INSIDE), None)
    return first.mailbox if first else ""


INSIDE = "it lies inside the reported domain itself: tell the LEA first"


def _flagged(one: Candidate, host: str, book: Book) -> Candidate:
    if one.mailbox.lower() in book.bounced:
        return Candidate(one.mailbox, one.source, BOUNCED)
    if is_inside(one.mailbox, host):
        return Candidate(one.mailbox, one.source, INSIDE)
    return one
