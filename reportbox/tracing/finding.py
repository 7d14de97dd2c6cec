"""From what name servers and registries said to one conclusion: who hosts it where.

The order is fixed, so that two traces of the same answers agree: servers before
proxies, home before abroad, IPv4 before IPv6, the lowest address first. Where sources
name different countries nobody guesses: a person decides.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum, auto
from functools import lru_cache
from ipaddress import ip_address
from typing import Any

from reportbox.ports import NetworkRecord
from reportbox.tracing.contacts import Book, Candidate, best, candidates
from reportbox.tracing.proxies import Channel, Proxies, Proxy


class Hosting(StrEnum):
    HOME = auto()
    ABROAD = auto()
    BOTH = auto()  # some servers at home, some abroad
    PROXIED = auto()  # only proxies are visible
    UNTRACEABLE = auto()
    DISPUTED = auto()  # the sources name different countries: a person decides


class Agreement(StrEnum):
    AGREED = auto()  # at least two sources name the same country
    SINGLE = auto()  # one source alone names one
    BOOK = auto()  # they differ, and the contact book settles it
    DISPUTED = auto()
    NONE = auto()  # nobody names one
    BY_HAND = auto()


@dataclass(frozen=True)
class Location:
    """One address of the host, and what each source says of it."""

    record: NetworkRecord
    countries: dict[str, str]  # source -> country; sources that are silent are left out
    country: str  # what they agree on; empty while they do not
    agreement: Agreement
    proxy: str = ""
    maybe_proxy: str = ""
    contacts: tuple[Candidate, ...] = ()
    provider: str = ""

    def columns(self) -> dict[str, Any]:
        """Return what is kept of it; the name of each key stands in the item page."""
        return {
            **asdict(self.record),
            "registered_in": self.record.country,
            "country": self.country,
            "countries": self.countries,
            "agreement": self.agreement,
            "proxy": self.proxy,
            "maybe_proxy": self.maybe_proxy,
            "contacts": [asdict(one) for one in self.contacts],
            "provider": self.provider,
        }


@dataclass(frozen=True)
class Conclusion:
    hosting: Hosting
    country: str = ""  # of the deciding location; never a proxy's
    provider: str = ""
    contact: str = ""
    abroad: tuple[str, ...] = ()  # countries other than home, in alphabetical order
    at_home: tuple[
        tuple[str, str], ...
    ] = ()  # (provider, contact) to be asked, each once
    why: str = ""
    agreement: str = ""  # a word of Agreement
    proxy: str = ""  # its name, when only proxies are visible
    basis: str = field(default="", compare=False)  # the same for the same evidence

    @property
    def place(self) -> tuple[object, ...]:
        """What must be equal for two traces to mean the same place."""
        return (self.hosting, self.country, self.provider, self.abroad, self.at_home)


def untraceable(why: str) -> Conclusion:
    return Conclusion(Hosting.UNTRACEABLE, why=why)


def locate(
    record: NetworkRecord, names: Sequence[str], proxies: Proxies, book: Book
) -> Location:
    """Weigh what the sources say of one address; ``names`` begin with the host."""
    proxy = proxies.in_front(record, names)
    known = book.about(record, names[0])[:1] if not proxy else []
    said = {
        "the registry": record.country,
        "the routing": next((o.country for o in record.origins if o.country), ""),
        "the contact book": next((e.country for e in known if e.country), ""),
    }
    countries = {source: country for source, country in said.items() if country}
    country, agreement = _agree(countries)
    named = next((e.provider for e in known if e.provider), "")
    provider = proxy.name if proxy else named
    return Location(
        record,
        countries,
        "" if proxy else country,
        agreement,
        proxy=proxy.name if proxy else "",
        maybe_proxy="" if proxy else proxies.maybe(record),
        contacts=_contacts(record, names[0], book, proxy),
        provider=provider or record.provider or record.name,
    )


def conclude(locations: Sequence[Location], home: str) -> Conclusion:
    """Weigh every location; ``home`` is the hotline's country (ISO 3166-1 alpha-2)."""
    ranked = sorted(locations, key=lambda location: _rank(location, home))
    basis = _basis(locations)
    servers = [location for location in ranked if not location.proxy]
    if not servers:
        return replace(_proxied(ranked), basis=basis)
    disputed = [x for x in servers if x.agreement is Agreement.DISPUTED]
    countries = {location.country for location in servers if location.country}
    if disputed:
        return replace(_disputed(disputed), basis=basis)
    if not countries:
        nobody = untraceable("no source names a country for its addresses")
        return replace(nobody, basis=basis)
    first = servers[0]
    return Conclusion(
        hosting=_hosting(countries, home),
        country=first.country,
        provider=first.provider,
        contact=best(first.contacts),
        abroad=tuple(sorted(countries - {home})),
        at_home=_at_home(servers, home),
        why=_why(first, len(locations)),
        agreement=first.agreement,
        basis=basis,
    )


def differences(
    before: Conclusion | Any,  # noqa: ANN401 - a Finding has the same columns
    after: Conclusion | Any,  # noqa: ANN401
) -> list[str]:
    """Say in words what changed from one trace to the next: “moved from X to Y”."""
    if before.hosting == after.hosting == Hosting.UNTRACEABLE:
        return []
    changes = []
    places = [_place_in_words(one) for one in (before, after)]
    if before.hosting == Hosting.DISPUTED != after.hosting:
        changes.append(f"settled: {places[1]}")
    elif places[0] != places[1]:
        changes.append(f"moved from {places[0]} to {places[1]}")
    if before.contact != after.contact and (before.contact or after.contact):
        old, new = before.contact or "nobody", after.contact or "nobody"
        changes.append(f"the contact was {old} and is {new}")
    return changes


def _place_in_words(one: Conclusion | Any) -> str:  # noqa: ANN401 - as above
    if one.hosting in {Hosting.UNTRACEABLE, Hosting.DISPUTED}:
        return str(one.hosting)
    where = ", ".join(dict.fromkeys(filter(None, [one.country, *one.abroad])))
    return f"{one.provider or 'an unknown provider'} ({where or one.hosting})"


def _agree(countries: dict[str, str]) -> tuple[str, Agreement]:
    values = set(countries.values())
    if not values:
        return "", Agreement.NONE
    if len(values) == 1:
        several = len(countries) > 1
        return values.pop(), Agreement.AGREED if several else Agreement.SINGLE
    book = countries.get("the contact book", "")
    if list(countries.values()).count(book) > 1:  # a person knew, and another agrees
        return book, Agreement.BOOK
    return "", Agreement.DISPUTED


def _contacts(
    record: NetworkRecord, host: str, book: Book, proxy: Proxy | None
) -> tuple[Candidate, ...]:
    """List whom to write to; a proxy that wants a form has nobody to write to."""
    if proxy and proxy.channel is not Channel.MAIL:
        return ()
    return candidates(record, host, book, proxy)


def _rank(location: Location, home: str) -> tuple[bool, bool, bool, int, int]:
    return (
        bool(location.proxy),
        not location.country,
        location.country != home,
        *_number(location.record.address),
    )


@lru_cache(20_000)
def _number(address: str) -> tuple[int, int]:
    plain = ip_address(address)
    return plain.version, int(plain)


def _hosting(countries: set[str], home: str) -> Hosting:
    if countries == {home}:
        return Hosting.HOME
    return Hosting.BOTH if home in countries else Hosting.ABROAD


def _at_home(servers: Sequence[Location], home: str) -> tuple[tuple[str, str], ...]:
    """Name each provider once, with the contact of its first address."""
    asked: dict[str, str] = {}
    for server in servers:
        if server.country == home:
            asked.setdefault(server.provider, best(server.contacts))
    return tuple(asked.items())


def _proxied(ranked: Sequence[Location]) -> Conclusion:
    asked: dict[str, str] = {}  # who is asked for the origin: each proxy once
    for location in ranked:
        asked.setdefault(location.proxy, best(location.contacts))
    names = " and ".join(asked)
    verb = "is" if len(asked) == 1 else "are"
    first = ranked[0].proxy
    return Conclusion(
        Hosting.PROXIED,
        provider=first,
        contact=asked[first],
        at_home=tuple(asked.items()),
        why=f"only the proxy {names} {verb} visible: the country is unknown",
        proxy=first,
    )


def _disputed(locations: Sequence[Location]) -> Conclusion:
    parts = []
    for location in locations:
        said = ", ".join(
            f"{who} says {where}" for who, where in location.countries.items()
        )
        parts.append(f"{location.record.address}: {said}")
    return Conclusion(
        Hosting.DISPUTED,
        provider=locations[0].provider,
        contact=best(locations[0].contacts),
        why="; ".join(parts),
        agreement=Agreement.DISPUTED,
    )


def _why(first: Location, found: int) -> str:
    record = first.record
    asns = ", ".join(f"AS{asn}" for asn in record.asns) or "no origin AS known"
    said = " and ".join(first.countries) or "nobody"
    say = "say" if len(first.countries) > 1 else "says"
    words = (
        f"{record.address} ({found} found) lies in "
        f"{record.network or 'no known network'} “{record.name}”, {asns}; "
        f"{said} {say} {first.country}"
    )
    return (
        f"{words}; it may be a proxy of {first.maybe_proxy}"
        if first.maybe_proxy
        else words
    )


def _basis(locations: Sequence[Location]) -> str:
    """Name the evidence, whichever of a network's addresses answered this time."""
    facts = sorted(
        {
            (
                x.record.network,
                x.provider,
                json.dumps(x.countries, sort_keys=True),
                x.proxy,
            )
            for x in locations
        }
    )
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:32]
