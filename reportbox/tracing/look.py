"""Look where a host is now: name servers, then registries, then one conclusion."""

import logging
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import asdict, dataclass
from typing import Any

from reportbox.errors import PeerUnavailable
from reportbox.ports import NetworkRecord, Resolution, World
from reportbox.settings import Settings
from reportbox.tracing.address import dead_end, is_literal, is_public
from reportbox.tracing.finding import Conclusion, conclude, untraceable

log = logging.getLogger(__name__)

MOST_ADDRESSES = 8  # looked up for one host
AT_ONCE = 8  # hosts looked at side by side: one slow registry must not stop the rest


@dataclass(frozen=True)
class Sight:
    """What one look found. Exactly one of ``conclusion`` and ``trouble`` is set."""

    conclusion: Conclusion | None = None
    trouble: str = ""
    is_gone: bool = False  # the name does not exist: a hint, never a removal
    records: tuple[NetworkRecord, ...] = ()
    aliases: tuple[str, ...] = ()

    def columns(self) -> dict[str, Any]:
        """Return the columns of a Finding this sight is worth."""
        columns = asdict(self.conclusion) if self.conclusion else {}
        locations = [asdict(record) for record in self.records]
        return {**columns, "locations": locations, "aliases": list(self.aliases)}


def look(host: str, settings: Settings, world: World) -> Sight:
    """Trace one host afresh; never raises for what the outside does."""
    reason = dead_end(host, practice=settings.practice)
    if reason:
        return Sight(conclusion=untraceable(reason))
    try:
        return _look_outside(host, settings, world)
    except PeerUnavailable as trouble:
        return Sight(trouble=str(trouble))


def look_at_all(
    hosts: Iterable[str], settings: Settings, world: World
) -> Iterator[tuple[str, Sight]]:
    """Trace many hosts side by side, each once; yield each as soon as it is done."""
    with ThreadPoolExecutor(max_workers=AT_ONCE) as pool:
        looks = {pool.submit(look, host, settings, world): host for host in set(hosts)}
        for done in as_completed(looks):
            yield looks[done], _sight_of(done)


def _sight_of(done: "Future[Sight]") -> Sight:
    """A host that breaks our own code must not stop the tracing of the others."""
    if (bug := done.exception()) is None:
        return done.result()
    log.error("a bug in tracing", exc_info=bug)
    return Sight(trouble=f"a fault of the box itself ({type(bug).__name__})")


def _look_outside(host: str, settings: Settings, world: World) -> Sight:
    found = _resolve(host, world)
    if not found.exists:
        return Sight(trouble="the name does not exist (NXDOMAIN)", is_gone=True)
    public = [a for a in found.addresses if is_public(a, practice=settings.practice)]
    if not found.addresses:
        return Sight(trouble="the name has no address", is_gone=True)
    if not public:
        why = "its name leads to a private or reserved network only"
        return Sight(conclusion=untraceable(why))
    asked = public[:MOST_ADDRESSES]
    records = tuple(world.registry.look_up(address) for address in asked)
    return Sight(
        conclusion=conclude(records, settings.country),
        records=records,
        aliases=found.aliases,
    )


def _resolve(host: str, world: World) -> Resolution:
    if is_literal(host):
        return Resolution(host=host, addresses=(host,))
    return world.resolver.resolve(host)
