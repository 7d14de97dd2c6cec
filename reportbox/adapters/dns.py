"""Ask name servers, many questions side by side, and believe no single “no”.

dnspython writes and reads the packets. Who is asked, when, and what an answer is worth
is decided here: a missing name counts only when a second server agrees, an answer that
was cut off is fetched whole over TCP, and a question that got lost is asked again soon,
of the next server. Each question leaves from a socket of its own, whose port nobody can
guess (RFC 5452, section 9.2).
"""

import asyncio
import ipaddress
import secrets
import socket
import struct
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import TypeVar

import dns.asyncquery
import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
import dns.resolver

from reportbox.adapters import origin
from reportbox.errors import PeerUnavailable
from reportbox.ports import Origin, Resolution

LONGEST_NAME, LONGEST_LABEL = 253, 63  # characters
LONGEST_CHAIN = 10  # CNAMEs followed
AT_ONCE = 128  # questions on the way, of hosts and of views each
# The shares of the time-out that one try after the other may take.
TRIES = (0.1, 0.2, 0.3, 0.4)
LARGEST = 1232  # bytes of a datagram that no network cuts up (RFC 9715, appendix A)
KEPT = (5, 300)  # seconds an answer is kept, whatever its own time to live
KEPT_ORIGINS = 4 * 3600  # seconds; the views are renewed as often
KEPT_MISSING = 3600  # seconds
MOST_KEPT = 50_000  # answers

RECURSION_WANTED, IN = 0x0100, 1
NOERROR, NXDOMAIN = dns.rcode.NOERROR, dns.rcode.NXDOMAIN
A, AAAA, CNAME, TXT, NS = (
    dns.rdatatype.A,
    dns.rdatatype.AAAA,
    dns.rdatatype.CNAME,
    dns.rdatatype.TXT,
    dns.rdatatype.NS,
)
Kind = dns.rdatatype.RdataType
K = TypeVar("K")
V = TypeVar("V")
Question = tuple[str, Kind]


@dataclass(frozen=True)
class Answer:
    """One answer, as far as it is worth anything."""

    rcode: dns.rcode.Rcode
    records: tuple[tuple[str, ...], ...] = ()  # the strings of each
    aliases: tuple[str, ...] = ()
    seconds: int = 0  # to live
    servers: tuple[str, ...] = ()
    is_confirmed: bool = True  # a second server says there is no such name


class DnsResolver:
    """``servers`` are “address” or “address:port”; none means the system's own.

    ``views`` are the zones that tell who announces an address, the trusted one first.
    """

    def __init__(
        self,
        servers: tuple[str, ...],
        timeout: float,
        views: tuple[str, ...] = (),
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        self.seconds = seconds  # for what is kept, not for time-outs
        self.servers = [_server(text) for text in servers] or _system_servers()
        self.timeout = timeout
        self.views = views
        self._kept: OrderedDict[Question, tuple[float, Answer]] = OrderedDict()
        self._resolved: OrderedDict[str, tuple[float, Resolution]] = OrderedDict()
        self._flights: dict[Question, list[asyncio.Future[Answer]]] = {}
        self._turns: dict[bool, tuple[object, asyncio.Semaphore]] = {}

    @property
    def count(self) -> int:
        return len(self.servers)

    async def resolve(self, host: str, *, fresh: bool = False) -> Resolution:
        if not _fits(host):
            return Resolution(host=host, addresses=(), exists=False)
        until, known = self._resolved.get(host, (0.0, None))
        if known and not fresh and until > self.seconds():
            return known
        asked = (self.ask(host, kind, fresh=fresh) for kind in (A, AAAA))
        both = await asyncio.gather(*asked, return_exceptions=True)
        found = [answer for answer in both if isinstance(answer, Answer)]
        missing = [str(x) for x in both if isinstance(x, PeerUnavailable)]
        _raise_bugs(both)
        if not found:
            raise PeerUnavailable(missing[0])
        doubtful = [x for x in found if x.rcode == NXDOMAIN and not x.is_confirmed]
        if len(doubtful) == len(found):
            raise PeerUnavailable(
                f"{doubtful[0].servers[0]} says the name does not exist, and no "
                "second name server confirms it"
            )
        addresses = {ip for x in found for record in x.records for ip in record}
        resolution = Resolution(
            host=host,
            addresses=tuple(sorted(addresses, key=_rank)),
            aliases=max((x.aliases for x in found), key=len),
            exists=any(x.rcode != NXDOMAIN for x in found),
            servers=tuple(sorted({s for x in found for s in x.servers})),
            missing=tuple(missing),
        )
        if addresses and not missing:
            lasts = min(_bounded(x.seconds) for x in found)
            _remember(self._resolved, host, self.seconds() + lasts, resolution)
        return resolution

    async def silent(self) -> dict[str, str]:
        """Ask each server for the servers of the root, which all of them know."""
        said = await asyncio.gather(*map(self._trouble_with, self.servers))
        found = zip(self.servers, said, strict=True)
        return {_named(server): trouble for server, trouble in found if trouble}

    async def _trouble_with(self, server: tuple[str, int]) -> str:
        try:
            answer = await _exchange(dns.name.root, NS, server, self.timeout)
        except TimeoutError:
            return "does not answer in time"
        except (dns.exception.DNSException, OSError, EOFError) as silence:
            return f"answers with {type(silence).__name__}"
        if answer.rcode in {NOERROR, NXDOMAIN}:  # “no such name” is an answer as well
            return ""
        return f"answers {dns.rcode.to_text(answer.rcode)}"

    async def origins(self, address: str, *, fresh: bool = False) -> list[Origin]:
        """Ask every view who announces the address; one that fails is left out.

        Raise PeerUnavailable when a view failed and no other names an AS: without one
        a proxy cannot be told from a host.

        The second view is asked about the prefix that the first one names, so that
        neighbours share its answer; where a smaller one begins there, it is asked
        about the address itself.
        """
        found: list[Origin] = []
        failed: PeerUnavailable | None = None
        for zone in self.views:
            about = found[0].route.partition("/")[0] if found else ""
            try:
                said = await self._origin(about or address, zone, fresh=fresh)
                if said and about and not origin.covers(said, address):
                    said = await self._origin(address, zone, fresh=fresh)
            except PeerUnavailable as trouble:
                failed = PeerUnavailable(f"the view {zone}: {trouble}")
            else:
                if said:
                    found.append(said)
        if failed and not any(one.asns for one in found):
            raise failed
        return found

    async def _origin(self, address: str, zone: str, *, fresh: bool) -> Origin | None:
        """Ask one view; None where it knows no such addresses."""
        name = origin.question(address, zone)
        if not name:
            return None
        answer = await self.ask(name, TXT, fresh=fresh, keep=KEPT_ORIGINS)
        if answer.rcode == NXDOMAIN and not answer.is_confirmed:
            raise PeerUnavailable("one name server alone says there is no such prefix")
        return origin.read(answer.records, zone)

    async def name_servers(self, domain: str) -> tuple[str, ...]:
        """Name the servers of a zone; empty where nobody says."""
        try:
            answer = await self.ask(domain, NS)
        except (PeerUnavailable, dns.exception.DNSException):
            return ()
        return tuple(sorted(text for record in answer.records for text in record))

    async def ask(
        self, name: str, kind: Kind, *, fresh: bool = False, keep: int = 0
    ) -> Answer:
        """Ask one question; whoever asks the same meanwhile shares the answer.

        ``keep`` are the seconds the answer is kept, if not by its own time to live.
        Raise PeerUnavailable when no server answers.
        """
        question = (name, kind)
        if not fresh and (kept := self._find(question)):
            return kept
        if (others := self._flights.get(question)) is not None:
            mine: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
            others.append(mine)
            return await mine
        self._flights[question] = []
        try:
            answer = await self._ask(dns.name.from_text(name), kind)
        except BaseException as trouble:
            self._land(question, trouble)
            raise
        self._keep(question, answer, keep)
        self._land(question, answer)
        return answer

    def _land(self, question: Question, outcome: Answer | BaseException) -> None:
        """Tell those who waited for the same answer."""
        for other in self._flights.pop(question):
            if other.done():
                continue
            if isinstance(outcome, Answer):
                other.set_result(outcome)
            elif isinstance(outcome, PeerUnavailable):
                other.set_exception(PeerUnavailable(str(outcome)))
            else:  # whoever asked was stopped
                other.set_exception(PeerUnavailable("the question was given up"))

    def _find(self, question: Question) -> Answer | None:
        until, answer = self._kept.get(question, (0.0, None))
        return answer if until > self.seconds() else None

    def _keep(self, question: Question, answer: Answer, keep: int) -> None:
        """Keep what was found by its own time to live, within bounds; never an error.

        That a name does not exist is kept in the views alone: whether a host is there
        is asked each time.
        """
        if not answer.is_confirmed:
            return
        seconds = keep or _bounded(answer.seconds)
        if not answer.records:
            seconds = min(keep, KEPT_MISSING)
        if not seconds:
            return
        _remember(self._kept, question, self.seconds() + seconds, answer)

    async def _ask(self, name: dns.name.Name, kind: Kind) -> Answer:
        """Ask one server after the other until what they say can be believed."""
        missing: Answer | None = None
        trouble = "no name server is known"
        ended = time.monotonic() + self.timeout
        for number, share in enumerate(TRIES):
            said = missing.servers if missing else ()
            others = [s for s in self.servers if _named(s) not in said]
            left = ended - time.monotonic()
            if not others or left <= 0:
                break
            server = others[number % len(others)]
            try:
                async with self._turn(is_view=kind == TXT):
                    seconds = min(share * self.timeout, ended - time.monotonic())
                    answer = await _exchange(name, kind, server, max(seconds, 0.05))
            except TimeoutError:
                trouble = "does not answer in time"
            except (dns.exception.DNSException, OSError, EOFError) as silence:
                trouble = f"answers with {type(silence).__name__}"
            else:
                if answer.rcode == NOERROR:
                    return answer
                if answer.rcode != NXDOMAIN:
                    trouble = f"answers {dns.rcode.to_text(answer.rcode)}"
                elif missing:
                    return replace(missing, servers=missing.servers + answer.servers)
                else:
                    missing = answer
        if missing is not None:
            return replace(missing, is_confirmed=False)
        message = (
            f"the name server {trouble} when asked for {dns.rdatatype.to_text(kind)}"
        )
        raise PeerUnavailable(message)

    def _turn(self, *, is_view: bool) -> asyncio.Semaphore:
        """Let the views be asked beside the hosts: registries wait for them."""
        loop = asyncio.get_running_loop()
        known = self._turns.get(is_view)
        if known is None or known[0] is not loop:
            known = self._turns[is_view] = (loop, asyncio.Semaphore(AT_ONCE))
        return known[1]


def _fits(host: str) -> bool:
    """Tell whether a name server can hold the name (RFC 1035, section 2.3.4)."""
    labels = host.rstrip(".").split(".")
    return len(host) <= LONGEST_NAME and all(
        0 < len(x) <= LONGEST_LABEL for x in labels
    )


def _bounded(seconds: int) -> int:
    least, most = KEPT
    return max(least, min(seconds, most))


def _remember(
    kept: OrderedDict[K, tuple[float, V]], key: K, until: float, value: V
) -> None:
    """Put a value in front; the oldest ones make room."""
    kept[key] = (until, value)
    kept.move_to_end(key)
    while len(kept) > MOST_KEPT:
        kept.popitem(last=False)


async def _exchange(
    name: dns.name.Name, kind: Kind, server: tuple[str, int], seconds: float
) -> Answer:
    async with asyncio.timeout(seconds):
        reply = await _by_datagram(name, kind, server)
        if reply.flags & dns.flags.TC:
            query = dns.message.make_query(name, kind)
            reply = await dns.asyncquery.tcp(query, server[0], port=server[1])
    return _read(reply, name, kind, server)


async def _by_datagram(
    name: dns.name.Name, kind: Kind, server: tuple[str, int]
) -> dns.message.Message:
    """Send the question from a fresh port; whatever is no answer to it is dropped."""
    loop = asyncio.get_running_loop()
    family = socket.AF_INET6 if ":" in server[0] else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK) as line:
        line.connect(server)  # the kernel drops what others send
        number = secrets.randbits(16)
        # Written by hand, in a fifth of the library's time: recursion wanted, one
        # question, and EDNS with our size (RFC 1035, 4.1; RFC 6891, 6.1.2).
        line.send(
            struct.pack("!6H", number, RECURSION_WANTED, 1, 0, 0, 1)
            + name.to_digestable()
            + struct.pack("!2H", kind, IN)
            + struct.pack("!BHHIH", 0, dns.rdatatype.OPT, LARGEST, 0, 0)
        )
        while True:
            wire = await loop.sock_recv(line, 65535)
            try:
                reply = dns.message.from_wire(wire, ignore_trailing=True)
            except dns.message.Truncated as cut:
                reply = cut.message()  # type: ignore[no-untyped-call]
            except dns.exception.DNSException:
                await asyncio.sleep(0)  # a flood must not stop the clock of this loop
                continue
            asked = reply.question[0] if reply.question else None
            is_ours = reply.id == number and reply.flags & dns.flags.QR
            if (
                is_ours
                and asked is not None
                and (asked.name, asked.rdtype) == (name, kind)
            ):
                return reply
            await asyncio.sleep(0)


def _read(
    reply: dns.message.Message, name: dns.name.Name, kind: Kind, server: tuple[str, int]
) -> Answer:
    """Follow the aliases from the name to the records, and no others."""
    said = _named(server)
    if reply.rcode() != NOERROR:
        return Answer(reply.rcode(), servers=(said,))
    answer = [rrset for rrset in reply.answer if rrset.rdclass == IN]
    links = {rrset.name: rrset[0].target for rrset in answer if rrset.rdtype == CNAME}
    aliases: list[dns.name.Name] = []
    while (target := links.get(aliases[-1] if aliases else name)) is not None:
        if target in aliases or target == name or len(aliases) == LONGEST_CHAIN:
            raise dns.resolver.NoAnswer  # a loop, or a chain without an end
        aliases.append(target)
    last = aliases[-1] if aliases else name
    rrsets = [r for r in answer if r.name == last and r.rdtype == kind]
    times = [rrset.ttl for rrset in answer]
    return Answer(
        NOERROR,
        records=tuple(_strings(record) for rrset in rrsets for record in rrset),
        aliases=tuple(alias.to_text(omit_final_dot=True) for alias in aliases),
        seconds=min(times, default=0),
        servers=(said,),
    )


def _strings(record: object) -> tuple[str, ...]:
    if hasattr(record, "strings"):
        return tuple(text.decode(errors="replace") for text in record.strings)
    return (str(record).rstrip("."),)


def _rank(address: str) -> tuple[int, int]:
    plain = ipaddress.ip_address(address)
    return plain.version, int(plain)


def _raise_bugs(outcomes: Iterable[object]) -> None:
    for outcome in outcomes:
        if isinstance(outcome, BaseException) and not isinstance(
            outcome, PeerUnavailable
        ):
            raise outcome


def _server(text: str) -> tuple[str, int]:
    if text.startswith("["):
        address, _, port = text[1:].partition("]")
        return address, int(port.removeprefix(":") or 53)
    address, _, port = text.partition(":") if text.count(":") == 1 else (text, "", "")
    return address, int(port or 53)


def _named(server: tuple[str, int]) -> str:
    address, port = server
    return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"


def _system_servers() -> list[tuple[str, int]]:
    try:
        return [(str(s), 53) for s in dns.resolver.Resolver().nameservers]
    except dns.resolver.NoResolverConfiguration:
        return []
