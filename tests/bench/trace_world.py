"""A world to trace: 1,000 addresses over 300 hosts in 60 networks, on loopback.

Run as a process of its own (``python -m tests.bench.trace_world``), so that answering
costs the tracer no processor time. Name servers answer 50 ms late, registries 200 ms.
The first line it prints names its ports; every line it reads sets how it behaves from
then on, and is answered with what was counted so far.
"""

import asyncio
import json
import random
import sys
import threading
import time
from collections import Counter, deque
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Any

import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
import dns.rrset

from reportbox.practice.atlas import Atlas, Network
from reportbox.practice.rdap import ip_network_object

# Networks of each registry; forty-seven AS numbers announce them.
SHARES = {"ripencc": 24, "arin": 14, "apnic": 12, "lacnic": 5, "afrinic": 5}
COUNTRIES = {
    "ripencc": "NL",
    "arin": "US",
    "apnic": "JP",
    "lacnic": "BR",
    "afrinic": "ZA",
}
NETWORKS, HOSTS, ASNS = 60, 300, 47
NESTED = (0, 5, 24, 30, 38, 50)  # networks with two hosts in a smaller assignment
ALLOCATIONS = {
    "ripencc": "ALLOCATED PA",
    "arin": "DIRECT ALLOCATION",
    "apnic": "ALLOCATED PORTABLE",
    "lacnic": "ALLOCATED",
    "afrinic": "ALLOCATED PA",
}
DNS_DELAY, REGISTRY_DELAY = 0.050, 0.200  # seconds


def make_atlas(*, nested: bool, times: int = 1) -> Atlas:
    """Lay the world out; ``times`` as many networks and hosts for a larger one."""
    atlas = Atlas()
    registries = [name for name, share in SHARES.items() for _ in range(share)]
    for number in range(NETWORKS * times):
        registry = registries[number % NETWORKS]
        bits = 22 if times == 1 else 26
        first = int(ip_address("100.80.0.0")) + number * 2 ** (32 - bits)
        prefix = f"{ip_address(first)}/{bits}"
        is_split = nested and number % NETWORKS in NESTED
        net = Network(
            prefix,
            COUNTRIES[registry],
            f"NET-{number}",
            64500 + number % ASNS,
            registry,
            f"abuse@net-{number}.example",
            kind=ALLOCATIONS[registry] if is_split else "",
            provider=f"Provider {number}",
        )
        atlas.networks.append(net)
        for host in range(HOSTS // NETWORKS):
            own = first + 16 + host
            atlas.hosts[f"host-{number}-{host}.example"] = (str(ip_address(own)),)
        if is_split:
            small = first + 16
            atlas.networks.append(
                Network(
                    f"{ip_address(small)}/31",
                    net.country,
                    f"SMALL-{number}",
                    net.asn,
                    registry,
                    f"abuse@small-{number}.example",
                    provider=f"Small {number}",
                    is_announced=False,
                )
            )
    return atlas


def make_home(providers: int) -> Atlas:
    """Lay out as many networks in one country, one host in each."""
    atlas = Atlas()
    for number in range(providers):
        first = ip_address(int(ip_address("100.80.0.0")) + number * 64)
        net = Network(
            f"{first}/26",
            COUNTRIES["ripencc"],
            f"NET-{number}",
            64500 + number % ASNS,
            "ripencc",
            f"abuse@net-{number}.example",
            provider=f"Provider {number}",
        )
        atlas.networks.append(net)
        atlas.hosts[f"host-{number}.example"] = (str(first + 16),)
    return atlas


@dataclass
class World:
    """How it behaves, and what it counted."""

    atlas: Atlas = field(default_factory=Atlas)
    lost: float = 0.0  # share of questions to name servers that get no answer
    refused: float = 0.0  # share of registry answers that are 503
    limited: str = ""  # one registry takes four calls in ten seconds
    late: float = 1.0  # how many of the delays there are
    calls: Counter[str] = field(default_factory=Counter)
    at_once: Counter[str] = field(default_factory=Counter)
    peak: Counter[str] = field(default_factory=Counter)
    dice: random.Random = field(default_factory=lambda: random.Random(7))
    taken: deque[float] = field(default_factory=deque)

    def __post_init__(self) -> None:
        self.lock = threading.Lock()
        self.ready: dict[tuple[str, str], bytes] = {}
        self.objects: dict[str, bytes] = {}

    def set(self, said: dict[str, Any]) -> dict[str, Any]:
        counted = {
            "calls": sum(self.calls.values()),
            "by_registry": dict(self.calls),
            "peak": max(self.peak.values(), default=0),
        }
        if "nested" in said:
            self.atlas = make_atlas(nested=said["nested"], times=said.get("times", 1))
            self.ready, self.objects = {}, {}
            self.prepare()
        if "providers" in said:
            self.atlas = make_home(said["providers"])
            self.ready, self.objects = {}, {}
            self.prepare()
        self.late = said.get("late", 1.0)
        self.lost = said.get("lost", 0.0)
        self.refused = said.get("refused", 0.0)
        self.limited = said.get("limited", "")
        for counter in (self.calls, self.peak):
            counter.clear()
        self.taken.clear()
        return counted

    def prepare(self) -> None:
        """Write every answer now, so that answering takes no time of its own."""
        for host, addresses in self.atlas.hosts.items():
            self.ready[(f"{host}.", "A")] = _answer(f"{host}.", "A", *addresses)
            self.ready[(f"{host}.", "AAAA")] = _answer(f"{host}.", "AAAA")
            for address in addresses:
                self._prepare_views(address)
                net = self.atlas.network_of(address)
                assert net is not None
                page = ip_network_object(net, f"http://127.0.0.1/ip/{address}")
                self.objects[address] = json.dumps(page).encode()
        for net in self.atlas.networks:
            self._prepare_views(net.prefix.partition("/")[0])

    def _prepare_views(self, address: str) -> None:
        net = self.atlas.route_of(address)
        assert net is not None
        reverse = ".".join(reversed(address.split(".")))
        prefix, _, length = net.prefix.partition("/")
        first = (
            f"{net.asn} | {net.prefix} | {net.country} | {net.registry} | 2020-01-01"
        )
        name = f"{reverse}.origin.asn.cymru.com."
        self.ready[(name, "TXT")] = _answer(name, "TXT", f'"{first}"')
        name = f"{reverse}.asn.routeviews.org."
        text = f'"{net.asn}" "{prefix}" "{length}"'
        self.ready[(name, "TXT")] = _answer(name, "TXT", text)

    def begin(self, registry: str) -> None:
        with self.lock:
            self.calls[registry] += 1
            self.at_once[registry] += 1
            self.peak[registry] = max(self.peak[registry], self.at_once[registry])

    def end(self, registry: str) -> None:
        with self.lock:
            self.at_once[registry] -= 1

    def must_wait(self, registry: str) -> int:
        """Seconds until the limited registry takes a call again, or 0."""
        if registry != self.limited:
            return 0
        now = time.monotonic()
        with self.lock:
            while self.taken and self.taken[0] < now - 10:
                self.taken.popleft()
            if len(self.taken) < 4:
                self.taken.append(now)
                return 0
            return int(self.taken[0] + 10 - now) + 1


def _answer(name: str, kind: str, *records: str) -> bytes:
    query = dns.message.make_query(name, kind, use_edns=0)
    reply = dns.message.make_response(query, recursion_available=True)
    if records:
        reply.answer.append(dns.rrset.from_text(name, 60, "IN", kind, *records))
    return reply.to_wire()[2:]


class Names(asyncio.DatagramProtocol):
    def __init__(self, world: World) -> None:
        self.world = world

    def connection_made(self, transport: Any) -> None:  # noqa: ANN401
        self.transport = transport
        self.loop = asyncio.get_running_loop()

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        if self.world.lost and self.world.dice.random() < self.world.lost:
            return
        labels, at = [], 12
        while data[at]:
            labels.append(data[at + 1 : at + 1 + data[at]].decode())
            at += 1 + data[at]
        kind = {1: "A", 28: "AAAA", 16: "TXT"}.get(data[at + 2], "")
        ready = self.world.ready.get((".".join(labels) + ".", kind))
        if ready is None:
            query = dns.message.from_wire(data)
            reply = dns.message.make_response(query)
            reply.set_rcode(dns.rcode.NXDOMAIN)
            ready = reply.to_wire()[2:]
        self.loop.call_later(
            DNS_DELAY * self.world.late, self.transport.sendto, data[:2] + ready, addr
        )


async def serve_registry(
    world: World, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    try:
        while head := await reader.readuntil(b"\r\n\r\n"):
            path = head.split(b" ", 2)[1].decode().strip("/").split("/")
            registry, address = path[0], path[-1]
            world.begin(registry)
            try:
                wait = world.must_wait(registry)
                await asyncio.sleep(0.01 if wait else REGISTRY_DELAY * world.late)
                body, status, more = world.objects.get(address, b"{}"), "200 OK", ""
                if wait:
                    status, more = "429 Too Many", f"Retry-After: {wait}\r\n"
                elif world.refused and world.dice.random() < world.refused:
                    status = "503 Busy"
                elif address not in world.objects:
                    status = "404 Not Found"
            finally:
                world.end(registry)
            writer.write(
                f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n{more}"
                "Content-Type: application/rdap+json\r\n\r\n".encode()
                + body
            )
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        pass
    finally:
        writer.close()


async def main() -> None:
    world, loop = World(), asyncio.get_running_loop()
    ports = []
    for _ in range(2):
        transport, _ = await loop.create_datagram_endpoint(
            lambda: Names(world), ("127.0.0.1", 0)
        )
        ports.append(transport.get_extra_info("sockname")[1])
        line = transport.get_extra_info("socket")
        line.setsockopt(1, 8, 4_000_000)  # SO_RCVBUF: a burst of questions is not lost
    server = await asyncio.start_server(
        lambda r, w: serve_registry(world, r, w), "127.0.0.1", 0, backlog=512
    )
    ports.append(server.sockets[0].getsockname()[1])
    print(json.dumps(ports), flush=True)
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        print(json.dumps(world.set(json.loads(line))), flush=True)


if __name__ == "__main__":
    asyncio.run(main())
