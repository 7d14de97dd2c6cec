"""Ask the regional registries whose network an address is in: RDAP, then WHOIS.

ipwhois knows the registries and fetches what they say; the line it fetches over is
ours (``fetch.py``), with an end to every wait. Contacts are read from the raw answer by
``rdap.py``: at its own depth the library loses abuse mailboxes that are nested in the
registrant, and it would ask a second time for what it already has. Its WHOIS reads
without an end in time or size, so only its list of servers is used for that.

Measured for `make bench trace`: through ipwhois one RDAP answer costs about 2 ms of
processor time, so sixty networks cost 0.15 s and the library stays on this path.
"""

import asyncio
import email.utils
import hashlib
import json
import time
from collections.abc import Callable, Collection, Mapping
from datetime import UTC, datetime
from http import HTTPStatus
from io import BytesIO
from random import Random
from typing import Any, TypeVar
from urllib.parse import urlsplit
from urllib.request import OpenerDirector, Request

from ipwhois import exceptions
from ipwhois.net import Net
from ipwhois.rdap import BOOTSTRAP_URL, RIR_RDAP
from ipwhois.whois import RIR_WHOIS

from reportbox.adapters import rdap, whois
from reportbox.adapters.courtesy import Courtesy
from reportbox.adapters.dns import KEPT_ORIGINS, DnsResolver
from reportbox.adapters.fetch import Call, Lines, to_nobody_else
from reportbox.adapters.networks import MOST_KEPT, Known, Networks
from reportbox.errors import PeerUnavailable
from reportbox.plain import one_line
from reportbox.ports import DomainRecord, NetworkRecord, Origin

T = TypeVar("T")

TRIES = 3  # after a fault that may pass
PAUSE = 0.2  # seconds before the second try; it doubles
# Who sends a question on to the right registry, where nobody says which one that is,
# and to the registry of a top level domain.
ANY, DOMAINS = "any", "domains"
# Calls a minute; what the registries publish or block at, with room to spare.
PER_MINUTE = {"lacnic": 9, "afrinic": 60, ANY: 60, DOMAINS: 60}
USUAL_PER_MINUTE = 300
AT_ONCE = {"lacnic": 2, ANY: 2, DOMAINS: 2}
USUAL_AT_ONCE = 4
ONE_BATCH = 5.0  # seconds in which an answer is still as fresh as it can be
# LACNIC sends us on to Brazil's own; those of APNIC lie below its name.
NATIONAL = ("rdap.registro.br",)
LONGEST_NAME = 253  # characters of a host (RFC 1035, section 2.3.4)
PASSING = {408, 500, 502, 503, 504}


class IpwhoisRegistry:
    """Settings by registry: ``urls`` of RDAP, ``whois_servers``, pace; “*” is all."""

    def __init__(  # noqa: PLR0913 - each a setting of its own
        self,
        resolver: DnsResolver,
        *,
        timeout: float,
        urls: Mapping[str, str],
        whois_servers: Mapping[str, str],
        at_once: Mapping[str, int],
        per_minute: Mapping[str, int],
        hosts: tuple[str, ...] = (),
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        self.seconds = seconds  # for what is kept and for rests, not for time-outs
        self.resolver = resolver
        self.timeout = timeout
        self.urls = {**_urls(), **urls}
        self.whois_servers = {**_whois_servers(), **whois_servers}
        servers = map(host_of, self.urls.values())
        self._known_hosts = {*servers, *NATIONAL, *map(str.lower, hosts)}
        self._at_once = {"*": USUAL_AT_ONCE, **AT_ONCE, **at_once}
        self._per_minute = {"*": USUAL_PER_MINUTE, **PER_MINUTE, **per_minute}
        self._courtesies: dict[str, Courtesy] = {}
        self._networks = Networks(seconds)
        self._records: dict[str, tuple[float, NetworkRecord]] = {}
        self._asked_afresh: dict[str, asyncio.Event | tuple[float, Known]] = {}
        self._leaders: dict[str, asyncio.Event] = {}
        self._failed: dict[str, PeerUnavailable] = {}
        self._lines = Lines()

    async def look_up(self, address: str, *, fresh: bool = False) -> NetworkRecord:
        until, kept = self._records.get(address, (0.0, None))
        if kept and not fresh and until > self.seconds():
            return kept
        origins = await self.resolver.origins(address, fresh=fresh)
        registry = next((o.registry for o in origins if o.registry), ANY)
        route = next((o.route for o in origins if o.route), "")
        if fresh:
            known = await self._afresh(address, registry)
        else:
            known = await self._known(address, registry, route)
        record = _record(address, origins, known)
        if not record.missing:
            until = min(known.until, self.seconds() + KEPT_ORIGINS)
            self._records[address] = (until, record)
            if len(self._records) > MOST_KEPT:
                self._records.pop(next(iter(self._records)))
        return record

    async def _afresh(self, address: str, registry: str) -> Known:
        """Ask about this very address; hosts that share it share what comes."""
        while address in self._asked_afresh:
            asked = self._asked_afresh[address]
            if not isinstance(asked, asyncio.Event):
                if asked[0] > self.seconds():
                    return asked[1]
                break
            await asked.wait()
        done = self._asked_afresh[address] = asyncio.Event()
        try:
            known = await self._ask(address, registry)
        except BaseException:
            self._asked_afresh.pop(address, None)
            raise
        else:
            self._asked_afresh[address] = (self.seconds() + ONE_BATCH, known)
            return known
        finally:
            done.set()
            if len(self._asked_afresh) > MOST_KEPT:
                self._asked_afresh.clear()

    async def look_up_domain(self, domain: str) -> DomainRecord:
        names = await self.resolver.name_servers(domain)
        url = f"{self.urls[DOMAINS]}/domain/{domain}"

        def fetch(call: Call) -> bytes:
            call.follows = lambda one, other: self._may_lead_for(domain, one, other)
            return call.get(url)

        content = await self._by_rdap(DOMAINS, fetch)
        if content is None:
            return DomainRecord(domain, name_servers=names)
        try:
            raw = json.loads(content)
        except (ValueError, RecursionError) as trouble:
            message = "the registry of the domain answers with something else than RDAP"
            raise PeerUnavailable(message) from trouble
        found = rdap.read_domain(raw)
        return DomainRecord(
            domain,
            **{**found, "name_servers": names or found["name_servers"]},
            source="rdap",
            digest=_digest(content),
        )

    def left_alone(self) -> list[str]:
        return sorted(c.name for c in self._courtesies.values() if c.is_left_alone())

    def close(self) -> None:
        """Let go of the lines that were kept open."""
        self._lines.close()

    async def _known(self, address: str, registry: str, route: str) -> Known:
        """Ask once for neighbours: one leads, the others look what came of it.

        First one address of each announced prefix is asked about; what its answer
        does not cover is then asked about address by address.
        """
        key = route or address
        while True:
            known = self._networks.find(address)
            if known is not None:
                return known
            leader = self._leaders.get(key)
            if leader is None:
                break
            await leader.wait()
            trouble = self._failed.get(key)
            if trouble and trouble.again_in:  # the registry's, not this network's
                raise PeerUnavailable(str(trouble), trouble.again_in)
            key = address
        done = self._leaders[key] = asyncio.Event()
        self._failed.pop(key, None)
        try:
            return await self._ask(address, registry)
        except PeerUnavailable as trouble:
            self._failed[key] = trouble
            raise
        finally:
            done.set()
            del self._leaders[key]
            asyncio.get_running_loop().call_later(0.1, self._failed.pop, key, None)

    async def _ask(self, address: str, registry: str) -> Known:
        """Ask about this very address, and keep what comes for those after us."""
        known = await self._by_rdap_or_whois(address, registry)
        return self._networks.keep(address, known)

    async def _by_rdap_or_whois(self, address: str, registry: str) -> Known:
        opener = _Opener()
        url = f"{self.urls[registry]}/ip/{address}"

        def fetch(call: Call) -> dict[str, Any]:
            opener.call = call
            net = Net(address, timeout=self.timeout, proxy_opener=opener)
            raw = net.get_http_json(url=url, retry_count=0, rate_limit_timeout=0)
            if not isinstance(raw, dict) or raw.get("objectClassName") != "ip network":
                raise OSError("something else than a network")
            found = rdap.read_network(raw)
            if not rdap.covers(found["span"], address):
                raise OSError("another network than the one asked about")
            return found

        said = "it knows no such network"
        try:
            found = await self._by_rdap(registry, fetch)
        except PeerUnavailable as trouble:
            if trouble.again_in:
                raise
            found, said = None, str(trouble)
        if found is not None:
            digest = _digest(opener.content)
            registry = self._who_answers(opener.call.url) or registry
            parents = await self._above(registry, found)
            return Known(
                {**found, "parent_contacts": parents}, "rdap", digest, registry
            )
        return await self._by_whois(address, registry, said)

    def _may_lead(self, one: str, other: str) -> bool:
        """Let a registry send us on to another one that we know, and to nobody else.

        Some let whoever holds a network answer for it, and that is whom we look into.
        """
        return to_nobody_else(one, other) or is_of(host_of(other), self._known_hosts)

    def _may_lead_for(self, domain: str, one: str, other: str) -> bool:
        """Let the guide, and it alone, name the registry of a top level domain.

        Nobody but IANA has the list of those. It is never the domain itself.
        """
        if self._may_lead(one, other):
            return True
        name = (urlsplit(other).hostname or "").rstrip(".")
        is_guide = one.startswith(f"{self.urls[DOMAINS]}/")
        is_asked_about = f".{name}".endswith(f".{domain.lower()}")
        return is_guide and not is_asked_about and other.startswith("https:")

    def _who_answers(self, url: str) -> str:
        """Name the registry we were sent on to, or nothing."""
        bases = ((name, self.urls[name]) for name in RIR_RDAP)
        return next((name for name, base in bases if url.startswith(f"{base}/")), "")

    async def _above(self, registry: str, found: dict[str, Any]) -> tuple[str, ...]:
        """Ask for the network above where this one has no abuse mailbox of its own.

        Only at the same registry: an answer must not send us anywhere it likes.
        """
        url = found["parent"]
        if found["abuse_contacts"] or not url.startswith(f"{self.urls[registry]}/"):
            return ()
        try:
            content = await self._by_rdap(registry, lambda call: call.get(url))
            above = rdap.read_network(json.loads(content or b"{}"))
        except (PeerUnavailable, ValueError, RecursionError):
            return ()  # good to have, never a blocker
        return tuple(above["abuse_contacts"])

    async def _by_rdap(self, registry: str, fetch: Callable[[Call], T]) -> T | None:
        """Ask until there is an answer, None being “I know no such thing”."""
        courtesy = self._courtesy(registry)
        trouble, again_in = "does not answer", 0.0
        for attempt in range(TRIES):
            if attempt:
                dice = Random()  # noqa: S311 - spreads the tries, no secret
                await asyncio.sleep(
                    PAUSE * 2 ** (attempt - 1) * (0.75 + dice.random() / 2)
                )
            await courtesy.may_ask()
            async with courtesy.turn():
                call = Call(self._lines, self.timeout, self._may_lead)
                try:
                    answer = await self._in_time(call, fetch)
                except _TROUBLE as failure:
                    trouble = _words(failure, call)
                else:
                    courtesy.succeeded()
                    return answer
                if call.status == HTTPStatus.NOT_FOUND:
                    courtesy.succeeded()
                    return None
                if call.sent_to:
                    courtesy.succeeded()
                    again_in = 0.0
                    break
                if call.status == HTTPStatus.TOO_MANY_REQUESTS:
                    again_in = _seconds(call.retry_after, PAUSE * 10 * 2**attempt)
                    courtesy.rest(again_in)
                    continue
                again_in = 0.0
                courtesy.failed()
                if call.status and call.status not in PASSING:
                    break  # it says no, or something we cannot read
                if not call.status and attempt:
                    break  # silent twice
        raise PeerUnavailable(f"{_name(registry)} {trouble}", again_in)

    async def _by_whois(self, address: str, registry: str, said: str) -> Known:
        if registry not in self.whois_servers:
            raise PeerUnavailable(f"RDAP: {said}; no WHOIS server is known for it")
        host, _, port = self.whois_servers[registry].partition(":")
        query = f"n + {address}" if registry == "arin" else address
        courtesy = self._courtesy(registry, "WHOIS")
        await courtesy.may_ask()
        async with courtesy.turn():
            call = Call(self._lines, self.timeout)
            try:
                answer = await self._in_time(
                    call, lambda c: c.whois((host, int(port or 43)), query)
                )
            except _TROUBLE as failure:
                courtesy.failed()
                message = f"RDAP: {said}; WHOIS: {_words(failure, call)}"
                raise PeerUnavailable(message) from failure
        text = answer.decode("utf-8", "replace")
        if whois.is_refusal(text):
            courtesy.rest(60.0)
            raise PeerUnavailable(f"{_name(registry)} asked us to wait", 60.0)
        found = whois.read_network(text)
        is_unread = found["network"] and found["span"] is None
        is_other = is_unread or not rdap.covers(found["span"], address)
        if is_other or not (found["network"] or whois.knows_nothing(text)):
            courtesy.failed()
            message = f"RDAP: {said}; WHOIS: answers with something else"
            raise PeerUnavailable(message)
        courtesy.succeeded()
        if not found["network"]:
            found = {}
        return Known(found, "whois", _digest(answer), registry)

    async def _in_time(self, call: Call, fetch: Callable[[Call], T]) -> T:
        """Run the call in a thread; take the line away when its time is over."""
        loop = asyncio.get_running_loop()
        end = loop.call_later(self.timeout, call.abort)
        try:
            return await loop.run_in_executor(None, fetch, call)
        except asyncio.CancelledError:
            call.abort()  # nobody waits any more, so nobody else would end it
            raise
        finally:
            end.cancel()

    def _courtesy(self, registry: str, how: str = "") -> Courtesy:
        """Find the manners for one registry; its RDAP and its WHOIS fail apart."""
        key = f"{registry} {how}".strip()
        if key not in self._courtesies:
            self._courtesies[key] = Courtesy(
                f"{_name(registry)} {how}".strip(),
                self._at_once.get(registry, self._at_once["*"]),
                self._per_minute.get(registry, self._per_minute["*"]),
                self.timeout,
                self.seconds,
            )
        return self._courtesies[key]


class _Opener(OpenerDirector):
    """What ipwhois opens: one call over our line."""

    call: Call
    content: bytes = b""

    def open(  # type: ignore[override]  # the library reads the reply and nothing else
        self, fullurl: Request, data: None = None, timeout: float | None = None
    ) -> BytesIO:
        del data, timeout
        self.content = self.call.get(fullurl.full_url)
        return BytesIO(self.content)


_TROUBLE = (
    OSError,
    exceptions.HTTPLookupError,
    exceptions.HTTPRateLimitError,
    exceptions.IPDefinedError,
)


def _record(address: str, origins: list[Origin], known: Known) -> NetworkRecord:
    skip = {"span", "parent"}
    found = {name: value for name, value in known.found.items() if name not in skip}
    seen = list(dict.fromkeys(asn for origin in origins for asn in origin.asns))
    missing = [] if origins else ["nobody says which AS announces it"]
    missing += [] if found else ["no registry knows its network"]
    return NetworkRecord(
        address=address,
        registry=known.registry if known.registry != ANY else "",
        asns=tuple(seen),
        route=next((o.route for o in origins if o.route), ""),
        origins=tuple(origins),
        source=known.source,
        digest=known.digest,
        missing=tuple(missing),
        **found,
    )


def _urls() -> dict[str, str]:
    known = {
        name: row["ip_url"].removesuffix("/ip/{0}") for name, row in RIR_RDAP.items()
    }
    return {**known, ANY: BOOTSTRAP_URL, DOMAINS: BOOTSTRAP_URL}


def _whois_servers() -> dict[str, str]:
    return {name: row["server"] for name, row in RIR_WHOIS.items()}


def is_of(host: str, known: Collection[str]) -> bool:
    """Tell whether a server is one of these, or lies below one by its name."""
    return any(f".{host}".endswith(f".{one}") for one in known)


def host_of(url: str) -> str:
    """Name a server, with its port where that is not the usual one."""
    return urlsplit(url).netloc.lower().removesuffix(":443")


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _name(registry: str) -> str:
    words = {ANY: "the registries' guide", DOMAINS: "the registry of the domain"}
    return words.get(registry, f"the registry {registry.upper()}")


def _words(failure: Exception, call: Call) -> str:
    """Say what went wrong in a few words; the library hides the cause."""
    if call.is_aborted or "TimeoutError" in {type(failure).__name__, call.trouble}:
        return "does not answer in time"
    if call.status == HTTPStatus.TOO_MANY_REQUESTS:
        return "asked us to wait"
    if call.sent_to:
        name = one_line(host_of(call.sent_to)[:LONGEST_NAME])
        return f"sends us on to {name}, no registry we know: it was not asked"
    if call.status and call.status != HTTPStatus.OK:
        return f"answers HTTP {call.status}"
    if call.status:
        return "answers with something else than RDAP"
    return f"cannot be reached ({call.trouble or type(failure).__name__})"


def _seconds(retry_after: str, otherwise: float) -> float:
    """Read Retry-After: seconds or a date (RFC 9110, section 10.2.3)."""
    if retry_after.isascii() and retry_after.strip().isdigit():
        return float(min(int(retry_after.strip()[:9]), 86_400))
    try:
        moment = email.utils.parsedate_to_datetime(retry_after)
    except (TypeError, ValueError, OverflowError):
        return otherwise
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(1.0, (moment - datetime.now(UTC)).total_seconds())
