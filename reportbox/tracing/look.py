"""Look where a host is now: name servers, then registries, then one conclusion."""

import asyncio
import logging
from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from reportbox.errors import PeerUnavailable
from reportbox.ports import DomainRecord, NetworkRecord, Resolution, World
from reportbox.records.items import Item
from reportbox.settings import Settings
from reportbox.tracing.address import dead_end, is_literal, is_public, unwrapped
from reportbox.tracing.book import read_book
from reportbox.tracing.contacts import Book
from reportbox.tracing.finding import (
    Agreement,
    Conclusion,
    Hosting,
    Location,
    conclude,
    locate,
    untraceable,
)
from reportbox.tracing.proxies import Proxies, read_proxies

log = logging.getLogger(__name__)

MOST_ADDRESSES = 64  # looked up for one host
AT_ONCE = 2_000  # hosts looked at side by side; most of them wait for an answer


@dataclass(frozen=True)
class Target:
    """What is looked at: a host, and the server behind its proxy if that is known."""

    host: str
    origin: str = ""  # an IP address ...
    proxy: str = ""  # ... named for this proxy: behind another one it means nothing


def target_of(item: Item) -> Target:
    """Say what to look at; an origin of an earlier appearance is forgotten."""
    if not item.origin or item.origin_appearance != item.appearance:
        return Target(item.host)
    return Target(item.host, item.origin, item.origin_proxy)


@dataclass(frozen=True)
class Sight:
    """What one look found: a ``conclusion``, or the ``trouble`` that kept it back."""

    conclusion: Conclusion | None = None
    trouble: str = ""
    is_gone: bool = False  # the name does not exist: a hint, never a removal
    again_in: float = 0  # seconds a registry asked us to wait; no try is lost by it
    partly: Conclusion | None = None  # from those who did answer
    is_half: bool = False  # IPv4 or IPv6 alone was answered by the name servers
    locations: tuple[Location, ...] = ()
    aliases: tuple[str, ...] = ()
    servers: tuple[str, ...] = ()  # name servers that answered: from where we looked
    missing: tuple[str, ...] = ()  # what nobody answered, in words

    @property
    def records(self) -> tuple[NetworkRecord, ...]:
        return tuple(location.record for location in self.locations)

    def columns(self) -> dict[str, Any]:
        """Return the columns of a Finding this sight is worth."""
        found = self.conclusion
        columns = {
            name: getattr(found, name)
            for name in (Conclusion.__dataclass_fields__ if found else ())
        }
        return {
            **columns,
            "locations": [location.columns() for location in self.locations],
            "aliases": list(self.aliases),
            "seen_from": ", ".join(self.servers),
            "missing": list(self.missing),
        }


@dataclass(frozen=True)
class Weighing:
    """What answers are weighed with, the same for a whole batch."""

    home: str
    practice: bool
    proxies: Proxies
    book: Book = field(repr=False)
    fresh: bool = False  # pass every cache over: right before a notice leaves


def look_at_all(
    subjects: Iterable[Target],
    settings: Settings,
    world: World,
    *,
    fresh: bool = False,
) -> Generator[tuple[Target, Sight], None, None]:
    """Trace many hosts side by side, each once; yield each as soon as it is done.

    Never raises for what the outside does.
    """
    once = dict.fromkeys(subjects)
    if not once:
        return
    weighing = Weighing(
        settings.country,
        settings.practice,
        read_proxies(settings.proxies_file),
        read_book(),
        fresh,
    )
    looks = (_guarded(target, weighing, world) for target in once)
    yield from world.loop.each(looks, AT_ONCE)


async def _guarded(
    target: Target, weighing: Weighing, world: World
) -> tuple[Target, Sight]:
    """A host that breaks our own code must not stop the tracing of the others."""
    try:
        return target, await look(target, weighing, world)
    except Exception as bug:
        log.exception("a bug in tracing")
        words = f"a fault of the box itself ({type(bug).__name__})"
        return target, Sight(trouble=words)


async def look(target: Target, weighing: Weighing, world: World) -> Sight:
    """Trace one host; nothing is asked about what cannot be traced."""
    reason = dead_end(target.host, practice=weighing.practice)
    if reason:
        return Sight(conclusion=untraceable(reason))
    try:
        found = await _resolve(target.host, weighing, world)
    except PeerUnavailable as trouble:
        return Sight(trouble=str(trouble), again_in=trouble.again_in)
    if not found.addresses:
        return _nowhere(found)
    public = [a for a in found.addresses if is_public(a, practice=weighing.practice)]
    if not public:
        why = "its name leads to a private or reserved network only"
        return Sight(conclusion=untraceable(why), servers=found.servers)
    return await _look_up(target, found, public, weighing, world)


def _nowhere(found: Resolution) -> Sight:
    """Say why there is no address: gone, or not answered."""
    if found.missing:
        return Sight(trouble=found.missing[0], servers=found.servers)
    words = "the name has no address"
    if not found.exists:
        words = "the name does not exist (NXDOMAIN)"
    return Sight(trouble=words, is_gone=True, servers=found.servers)


async def _resolve(host: str, weighing: Weighing, world: World) -> Resolution:
    if is_literal(host):
        return Resolution(host=host, addresses=(host,))
    return await world.resolver.resolve(host, fresh=weighing.fresh)


async def _look_up(
    target: Target,
    found: Resolution,
    public: list[str],
    weighing: Weighing,
    world: World,
) -> Sight:
    """Ask about every address, then draw the conclusion."""
    names = (target.host, *found.aliases)
    # What is wrapped in an IPv6 address (NAT64, 6to4, mapped) stands at the inner one.
    inner = list(dict.fromkeys(map(unwrapped, public)))
    asked = inner[:MOST_ADDRESSES]
    locations, troubles = await _locations(asked, names, weighing, world)
    proxies = {location.proxy for location in locations}
    is_proxied = bool(locations) and "" not in proxies
    is_meant = target.proxy in {"", *proxies}
    if target.origin and is_proxied and is_meant and not troubles:
        behind, troubles = await _locations(
            [target.origin], (target.origin,), weighing, world
        )
        locations += behind
    conclusion = conclude(locations, weighing.home) if locations else None
    missing = [*found.missing, *(str(trouble) for trouble in troubles)]
    missing += [words for x in locations for words in x.record.missing]
    missing += [
        f"{x.record.address}: no source names a country"
        for x in locations
        if x.agreement is Agreement.NONE and not x.proxy
    ]
    if len(inner) > len(asked):
        missing.append(f"{len(inner) - len(asked)} more addresses were not looked up")
    sight = Sight(
        conclusion=conclusion,
        locations=tuple(locations),
        aliases=found.aliases,
        servers=found.servers,
        missing=tuple(dict.fromkeys(missing)),
    )
    if troubles:
        return _held_back(sight, troubles)
    if found.missing:  # the other half may be the one that decides
        half = _held_back(sight, [PeerUnavailable(found.missing[0])])
        return replace(half, is_half=True, partly=sight.conclusion)
    return sight


async def _locations(
    addresses: list[str], names: tuple[str, ...], weighing: Weighing, world: World
) -> tuple[list[Location], list[PeerUnavailable]]:
    answers = await asyncio.gather(
        *(world.registry.look_up(a, fresh=weighing.fresh) for a in addresses),
        return_exceptions=True,
    )
    locations, troubles = [], []
    for answer in answers:
        if isinstance(answer, PeerUnavailable):
            troubles.append(answer)
        elif isinstance(answer, BaseException):
            raise answer
        else:
            locations.append(locate(answer, names, weighing.proxies, weighing.book))
    return locations, troubles


def _held_back(sight: Sight, troubles: list[PeerUnavailable]) -> Sight:
    """Conclude nothing while a location is unknown: it may be the one that decides."""
    again_in = max(trouble.again_in for trouble in troubles)
    is_proxied = sight.conclusion and sight.conclusion.hosting is Hosting.PROXIED
    return Sight(
        trouble=str(troubles[0]),
        again_in=again_in,
        partly=None if is_proxied else sight.conclusion,
        locations=sight.locations,
        aliases=sight.aliases,
        servers=sight.servers,
        missing=sight.missing,
    )


def look_up_domains(
    domains: Iterable[str], world: World
) -> Iterator[tuple[str, DomainRecord | PeerUnavailable]]:
    """Ask who registered each domain; say what stood in the way."""

    async def one(domain: str) -> tuple[str, DomainRecord | PeerUnavailable]:
        try:
            return domain, await world.registry.look_up_domain(domain)
        except PeerUnavailable as trouble:
            return domain, trouble
        except Exception as bug:  # one registry must not stop the others
            log.exception("a bug in asking for a domain")
            return domain, PeerUnavailable(type(bug).__name__)

    wanted = [domain for domain in domains if domain]
    if wanted:
        yield from world.loop.each(map(one, wanted), AT_ONCE)
