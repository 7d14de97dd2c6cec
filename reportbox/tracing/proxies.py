"""Networks that stand in front of somebody else's server, as one data file has them.

Their country says nothing about where material is hosted.
"""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum, auto
from functools import cache
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from pathlib import Path
from typing import Any

from reportbox.errors import Misconfigured
from reportbox.plain import is_mail_address
from reportbox.ports import NetworkRecord

FILE = Path(__file__).with_suffix(".toml")
KEYS = {"name", "kind", "asns", "ranges", "suffixes", "channel", "contact"}


class Kind(StrEnum):
    PROXY = auto()
    MIXED = auto()  # rents servers out as well: only its ranges and suffixes count
    HOST = auto()  # serves these names itself


class Channel(StrEnum):
    MAIL = auto()
    FORM = auto()
    API = auto()


@dataclass(frozen=True)
class Proxy:
    name: str
    kind: Kind
    channel: Channel
    contact: str = ""  # a mailbox; for a form, in words where it is
    asns: frozenset[str] = frozenset()
    ranges: tuple[IPv4Network | IPv6Network, ...] = ()
    suffixes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Proxies:
    dated: date
    networks: tuple[Proxy, ...]
    _by_suffix: dict[str, Proxy] = field(init=False, repr=False, compare=False)
    _by_asn: dict[str, Proxy] = field(init=False, repr=False, compare=False)
    _mixed: dict[str, str] = field(init=False, repr=False, compare=False)
    _ranged: list[Proxy] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        # Looked into for every address, so it is sorted once.
        by_suffix: dict[str, Proxy] = {}
        for proxy in self.networks:
            for end in proxy.suffixes:
                by_suffix.setdefault(end, proxy)
        proxies = [p for p in self.networks if p.kind is Kind.PROXY]
        object.__setattr__(self, "_by_suffix", by_suffix)
        object.__setattr__(self, "_by_asn", {a: p for p in proxies for a in p.asns})
        mixed = [p for p in self.networks if p.kind is Kind.MIXED]
        object.__setattr__(self, "_mixed", {a: p.name for p in mixed for a in p.asns})
        ranged = [p for p in self.networks if p.ranges and p.kind is not Kind.HOST]
        object.__setattr__(self, "_ranged", ranged)

    def in_front(self, record: NetworkRecord, names: Iterable[str]) -> Proxy | None:
        """Name the proxy at this address; ``names`` are the host and its aliases."""
        served = [proxy for name in names if (proxy := self._serving(name))]
        if any(p.kind is Kind.HOST for p in served):
            return None
        if served:
            return served[0]
        found = next((p for asn in record.asns if (p := self._by_asn.get(asn))), None)
        if found or not self._ranged:
            return found
        address = ip_address(record.address)
        return next(
            (p for p in self._ranged if any(address in r for r in p.ranges)), None
        )

    def _serving(self, name: str) -> Proxy | None:
        """Find who serves a name, by the longest end that is known."""
        labels = name.lower().rstrip(".").split(".")
        ends = (".".join(labels[at:]) for at in range(len(labels)))
        return next((p for end in ends if (p := self._by_suffix.get(end))), None)

    def maybe(self, record: NetworkRecord) -> str:
        """Name who rents servers and proxies out at this AS alike, or nothing."""
        return next((self._mixed[a] for a in record.asns if a in self._mixed), "")


@cache
def read_proxies(file: Path | None) -> Proxies:
    """Read the file the settings name, or the one that comes with the box.

    Raise Misconfigured naming the entry that cannot be read.
    """
    file = file or FILE
    try:
        content = tomllib.loads(file.read_text())
    except (OSError, ValueError) as trouble:
        raise Misconfigured(f"{file} cannot be read: {trouble}") from trouble
    dated, rows = content.get("dated"), content.get("network")
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        rows = None
    if not isinstance(dated, date) or rows is None:
        raise Misconfigured(f"{file} needs “dated” and at least one [[network]].")
    return Proxies(dated, tuple(_proxy(file, row) for row in rows))


def _proxy(file: Path, row: dict[str, Any]) -> Proxy:
    name = row.get("name", "without a name")
    try:
        _refuse_unknown(set(row) - KEYS)
        made = Proxy(
            name=str(row["name"]),
            kind=Kind(row["kind"]),
            channel=Channel(row["channel"]),
            contact=str(row.get("contact", "")),
            asns=frozenset(str(int(asn)) for asn in row.get("asns", ())),
            ranges=tuple(ip_network(text) for text in row.get("ranges", ())),
            suffixes=tuple(str(end).lower() for end in row.get("suffixes", ())),
        )
        if made.channel is Channel.MAIL and made.contact:
            _refuse_unless_mailbox(made.contact)
    except (KeyError, TypeError, ValueError) as trouble:
        raise Misconfigured(f"{file}: the network “{name}”: {trouble}") from trouble
    return made


def _refuse_unknown(keys: set[str]) -> None:
    if keys:
        raise ValueError(f"there is no “{min(keys)}”")


def _refuse_unless_mailbox(contact: str) -> None:
    if not is_mail_address(contact):
        raise ValueError(f"“{contact}” is no mail address")
