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
    others: tuple[str, ...] = ()  # its provider's mailboxes, in their order


@dataclass(frozen=True)
class Candidate:
    """Somebody who could be written to, and how we know."""

    mailbox: str
    source: str
    flag: str = ""  # why a person must look first


class Book:
    """The whole contact book; looked into for every address, so it is sorted once."""

    def __init__(self, entries: Iterable[Entry] = ()) -> None:
        self._suffixes: dict[str, Entry] = {}
        self._asns: dict[str, Entry] = {}
        self._blocks: dict[tuple[int, int], dict[int, Entry]] = {}
        known = list(entries)
        for entry in known:
            if entry.match is Match.SUFFIX:
                self._suffixes[entry.pattern] = entry
            elif entry.match is Match.ASN:
                self._asns[entry.pattern] = entry
            elif entry.match is Match.PREFIX:
                block = ip_network(entry.pattern)
                same = self._blocks.setdefault((block.version, block.prefixlen), {})
                same[int(block.network_address)] = entry
        self._lengths = sorted(self._blocks, reverse=True)
        self.bounced = {e.mailbox.lower() for e in known if e.has_bounced}
        self.approved = {
            e.mailbox.lower() for e in known if e.is_approved
        } - self.bounced

    def about(
        self, record: NetworkRecord, host: str, *, by_name: bool = True
    ) -> list[Entry]:
        """List the entries about this place, the closest first.

        What stands behind a proxy is not the proxy: then names do not count.
        """
        found: list[Entry] = []
        if by_name and self._suffixes:
            labels = host.split(".")
            ends = (".".join(labels[at:]) for at in range(len(labels)))
            found += [self._suffixes[end] for end in ends if end in self._suffixes]
        if self._blocks:
            found += self._around(record.address)
        return found + [self._asns[asn] for asn in record.asns if asn in self._asns]

    def _around(self, address: str) -> list[Entry]:
        plain = ip_address(address)
        found = []
        for version, length in self._lengths:
            if version == plain.version:
                first = int(plain) >> (plain.max_prefixlen - length)
                first <<= plain.max_prefixlen - length
                entry = self._blocks[(version, length)].get(first)
                found += [entry] if entry else []
        return found


def candidates(
    record: NetworkRecord, host: str, book: Book, proxy: Proxy | None = None
) -> tuple[Candidate, ...]:
    """List whom to write to, the best first; what has bounced comes last."""
    found: list[Candidate] = []
    known = book.about(record, host, by_name=proxy is None)[:1]  # the closest says all
    found += [
        Candidate(mailbox, "the contact book")
        for entry in known
        for mailbox in (entry.mailbox, *entry.others)
        if mailbox
    ]
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
