"""A name server on the loopback address that answers from the atlas.

It knows the hosts and aliases of the pretend internet, and the two questions
Team Cymru's zone answers: which network an address is in, and whose an AS number is.
"""

import struct
from collections.abc import Iterator
from contextlib import suppress
from ipaddress import IPv6Address, ip_address
from socketserver import (
    BaseServer,
    DatagramRequestHandler,
    StreamRequestHandler,
    ThreadingTCPServer,
    ThreadingUDPServer,
)
from threading import Thread
from typing import Self, cast

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.opcode
import dns.rcode
import dns.rdataclass
import dns.rdatatype
import dns.rrset

from reportbox.practice.atlas import Atlas

# The two views of the routing: the only names here that are not reserved.
ZONE = "asn.cymru.com"
SECOND_ZONE = "asn.routeviews.org"
REGISTERED_ON = "2020-01-01"
TTL = 60  # seconds
SMALLEST_DATAGRAM = 512  # RFC 1035 section 4.2.1, for a question without EDNS


class NameServer:
    """UDP and TCP on one port; `questions` keeps the (name, type) of each asked."""

    def __init__(self, atlas: Atlas, port: int = 0) -> None:
        self.atlas = atlas
        self.questions: list[tuple[str, str]] = []
        self._servers = _same_port(self, port)
        self.port = int(self._servers[0].server_address[1])

    def __enter__(self) -> Self:
        self._threads = [
            Thread(target=server.serve_forever, args=(0.01,))
            for server in self._servers
        ]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        for server, thread in zip(self._servers, self._threads, strict=True):
            server.shutdown()
            server.server_close()
            thread.join()

    def reply_to(self, wire: bytes) -> dns.message.Message:
        """Answer one packet; DNSException if it is not a question."""
        query = dns.message.from_wire(wire)
        reply = dns.message.make_response(query, recursion_available=True)
        reply.flags |= dns.flags.AA
        if query.opcode() != dns.opcode.QUERY:
            reply.set_rcode(dns.rcode.NOTIMP)
        elif len(query.question) != 1:
            reply.set_rcode(dns.rcode.FORMERR)
        else:
            self._fill(reply, query.question[0])
        return reply

    def _fill(self, reply: dns.message.Message, question: dns.rrset.RRset) -> None:
        name = question.name.to_text(omit_final_dot=True).lower()
        kind = dns.rdatatype.to_text(question.rdtype)
        self.questions.append((name, kind))
        chain = [name] if kind == "CNAME" else self.atlas.chain_of(name)
        records = self._records(chain[-1], kind)
        if self.atlas.broken & {"*", *chain}:
            reply.set_rcode(dns.rcode.SERVFAIL)
            return
        reply.answer += [
            _rrset(link, "CNAME", self.atlas.aliases[link] + ".")
            for link in chain
            if link in self.atlas.aliases
        ]
        if records is None:
            reply.set_rcode(dns.rcode.NXDOMAIN)
        elif records:
            reply.answer.append(_rrset(chain[-1], kind, *records))

    def _records(self, name: str, kind: str) -> list[str] | None:
        """Find the records of one type; None where the name does not exist."""
        if name.endswith("." + ZONE):
            lines = _cymru(self.atlas, name.removesuffix("." + ZONE))
            return lines and [f'"{line}"' for line in lines if kind == "TXT"]
        if name.endswith("." + SECOND_ZONE):
            text = _routeviews(self.atlas, name.removesuffix("." + SECOND_ZONE))
            return None if text is None else [text] * (kind == "TXT")
        if name in self.atlas.aliases:
            return []
        if name not in self.atlas.hosts:
            return None
        version = {"A": 4, "AAAA": 6}.get(kind)
        addresses = self.atlas.hosts[name]
        return [ip for ip in addresses if ip_address(ip).version == version]


def _cymru(atlas: Atlas, name: str) -> list[str] | None:
    """Find Team Cymru's lines for a name inside its zone."""
    labels = name.split(".")
    with suppress(ValueError):  # not an address, not a number
        match labels[-1]:
            case "origin":
                return _origin(atlas, ".".join(reversed(labels[:-1])))
            case "origin6":
                return _origin(atlas, _address_of_nibbles(labels[:-1]))
            case number if number.startswith("as") and len(labels) == 1:
                return _holder(atlas, int(number.removeprefix("as")))
    return None


def _address_of_nibbles(labels: list[str]) -> str:
    """Rebuild an address from nibbles; ipwhois leaves trailing zero groups out."""
    return str(IPv6Address(int("".join(reversed(labels)).ljust(32, "0"), 16)))


def _origin(atlas: Atlas, address: str) -> list[str] | None:
    net = atlas.route_of(address)
    if net is None:
        return None
    if net.told:
        return list(net.told)
    asns = " ".join(map(str, (net.asn, *net.more_asns)))
    country = net.routed_in or net.country
    return [f"{asns} | {net.prefix} | {country} | {net.registry} | {REGISTERED_ON}"]


def _routeviews(atlas: Atlas, name: str) -> str | None:
    with suppress(ValueError):  # not an address
        net = atlas.route_of(".".join(reversed(name.split("."))))
        if net is not None:
            prefix, _, length = net.prefix.partition("/")
            return f'"{net.seen_as or net.asn}" "{prefix}" "{length}"'
    return None


def _holder(atlas: Atlas, asn: int) -> list[str] | None:
    net = next((net for net in atlas.networks if net.asn == asn), None)
    if net is None:
        return None
    holder = f"{net.name} - {net.provider}, {net.country}"
    return [" | ".join((str(asn), net.country, net.registry, REGISTERED_ON, holder))]


def _rrset(name: str, kind: str, *records: str) -> dns.rrset.RRset:
    return dns.rrset.from_text(f"{name}.", TTL, dns.rdataclass.IN, kind, *records)


class _Tcp(ThreadingTCPServer):
    allow_reuse_address = True
    request_queue_size = 128
    box: NameServer


class _Udp(ThreadingUDPServer):
    box: NameServer


class _OverTcp(StreamRequestHandler):
    timeout = 2  # seconds a silent client may hold the server up when it stops
    disable_nagle_algorithm = True

    def handle(self) -> None:
        with suppress(OSError, dns.exception.DNSException):
            for packet in self._packets():
                wire = _box_of(self.server).reply_to(packet).to_wire()
                self.wfile.write(struct.pack("!H", len(wire)) + wire)

    def _packets(self) -> Iterator[bytes]:
        """Read packets, each behind its length (RFC 1035 section 4.2.2)."""
        while len(size := self.rfile.read(2)) == 2:  # noqa: PLR2004 - two octets
            yield self.rfile.read(struct.unpack("!H", size)[0])


class _OverUdp(DatagramRequestHandler):
    def handle(self) -> None:
        with suppress(dns.exception.DNSException):
            packet = self.rfile.read()
            reply = _box_of(self.server).reply_to(packet)
            self.wfile.write(
                reply.to_wire(
                    max_size=max(reply.request_payload, SMALLEST_DATAGRAM),
                    prefer_truncation=True,
                )
            )


def _box_of(server: BaseServer) -> NameServer:
    return cast("_Tcp | _Udp", server).box


def _same_port(box: NameServer, port: int) -> tuple[_Tcp, _Udp]:
    """Bind both; when any port will do, try another if UDP has this one taken."""
    tcp = _Tcp(("127.0.0.1", port), _OverTcp)
    try:
        udp = _Udp(tcp.server_address, _OverUdp)
    except OSError:
        tcp.server_close()
        if port:
            raise
        return _same_port(box, port)
    tcp.box = udp.box = box
    return tcp, udp
