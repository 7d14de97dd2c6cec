"""The practice name server, asked by dnspython's resolver."""

import random
import socket
from collections.abc import Iterator

import dns.message
import dns.nameserver
import dns.opcode
import dns.query
import dns.rcode
import dns.resolver
import dns.update
import pytest
from ipwhois import IPWhois

from reportbox.practice.atlas import Atlas, Network, practice_atlas
from reportbox.practice.name_server import NameServer


@pytest.fixture
def atlas() -> Atlas:
    return practice_atlas("EE")


@pytest.fixture
def server(atlas: Atlas) -> Iterator[NameServer]:
    with NameServer(atlas) as running:
        yield running


@pytest.fixture
def resolver(server: NameServer) -> dns.resolver.Resolver:
    asking = dns.resolver.Resolver(configure=False)
    asking.nameservers = [dns.nameserver.Do53Nameserver("127.0.0.1", server.port)]
    asking.timeout, asking.lifetime = 0.5, 2
    return asking


def answers(resolver: dns.resolver.Resolver, name: str, kind: str) -> list[str]:
    return [record.to_text() for record in resolver.resolve(name, kind)]


def test_a_host_has_addresses_of_both_kinds(resolver: dns.resolver.Resolver) -> None:
    assert answers(resolver, "item-one.example", "A") == ["100.80.0.10"]
    assert answers(resolver, "item-one.example", "AAAA") == ["3fff:80:1::10"]


def test_capital_letters_make_no_difference(resolver: dns.resolver.Resolver) -> None:
    assert answers(resolver, "Item-One.EXAMPLE", "A") == ["100.80.0.10"]


def test_tcp_answers_on_the_same_port(server: NameServer) -> None:
    query = dns.message.make_query("item-one.example", "A")

    reply = dns.query.tcp(query, "127.0.0.1", timeout=2, port=server.port)

    assert reply.answer[0][0].to_text() == "100.80.0.10"


def test_the_answer_holds_the_whole_chain(resolver: dns.resolver.Resolver) -> None:
    answer = resolver.resolve("page-alias.example", "A")

    assert [rrset.name.to_text() for rrset in answer.response.answer] == [
        "page-alias.example.",
        "pool.page-alias.example.",
        "page-de.example.",
    ]
    assert answer.canonical_name.to_text() == "page-de.example."


def test_a_question_for_an_alias_is_answered_with_it(
    resolver: dns.resolver.Resolver,
) -> None:
    assert answers(resolver, "page-alias.example", "CNAME") == [
        "pool.page-alias.example."
    ]


def test_a_loop_of_aliases_ends_without_an_address(
    atlas: Atlas, server: NameServer
) -> None:
    atlas.aliases |= {"a.example": "b.example", "b.example": "a.example"}

    query = dns.message.make_query("a.example", "A")
    reply = dns.query.udp(query, "127.0.0.1", timeout=2, port=server.port)

    assert reply.rcode() == dns.rcode.NOERROR
    assert len(reply.answer) == 2


def test_an_unknown_name_does_not_exist(resolver: dns.resolver.Resolver) -> None:
    with pytest.raises(dns.resolver.NXDOMAIN):
        resolver.resolve("nowhere.example", "A")


def test_a_known_name_without_that_type_is_an_empty_answer(
    resolver: dns.resolver.Resolver,
) -> None:
    with pytest.raises(dns.resolver.NoAnswer):
        resolver.resolve("item-v6.example", "A")


@pytest.mark.parametrize("broken", ["item-one.example", "*"])
def test_a_broken_name_is_a_server_failure(
    atlas: Atlas, resolver: dns.resolver.Resolver, broken: str
) -> None:
    atlas.broken.add(broken)

    with pytest.raises(dns.resolver.NoNameservers, match="SERVFAIL"):
        resolver.resolve("item-one.example", "A")


def test_a_host_that_moves_is_found_at_its_new_address(
    atlas: Atlas, resolver: dns.resolver.Resolver
) -> None:
    atlas.hosts["item-one.example"] = ("100.80.96.7",)

    assert answers(resolver, "item-one.example", "A") == ["100.80.96.7"]


@pytest.mark.parametrize(
    ("address", "asn", "prefix", "country"),
    [
        ("100.80.0.10", "64500", "100.80.0.0/20", "EE"),
        ("100.80.80.10", "64505", "100.80.80.0/20", "DE"),
        ("100.80.64.10", "64504", "100.80.64.0/20", "EE"),
    ],
)
def test_ipwhois_learns_the_network_of_an_address(
    resolver: dns.resolver.Resolver, address: str, asn: str, prefix: str, country: str
) -> None:
    box = IPWhois(address, timeout=2)
    box.net.dns_resolver = resolver

    found = box.ipasn.lookup(asn_methods=["dns"], retry_count=0)

    assert (found["asn"], found["asn_cidr"]) == (asn, prefix)
    assert found["asn_country_code"] == country
    assert found["asn_registry"] == "ripencc"
    assert found["asn_description"].endswith(f", {country}")


@pytest.mark.parametrize(
    "nibbles",
    [
        "0.8.0.0.0.8.0.0.f.f.f.3",  # ipwhois leaves trailing zero groups out
        "0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.0.0.0.8.0.0.f.f.f.3",
    ],
)
def test_the_network_of_an_ipv6_address_is_asked_by_nibbles(
    resolver: dns.resolver.Resolver, nibbles: str
) -> None:
    assert answers(resolver, f"{nibbles}.origin6.asn.cymru.com", "TXT") == [
        '"64505 | 3fff:80:80::/48 | DE | ripencc | 2020-01-01"'
    ]


def test_the_most_specific_network_wins(
    atlas: Atlas, resolver: dns.resolver.Resolver
) -> None:
    atlas.networks.append(
        Network("100.80.0.0/24", "NL", "RENTED", 64511, "ripencc", None)
    )

    assert answers(resolver, "10.0.80.100.origin.asn.cymru.com", "TXT") == [
        '"64511 | 100.80.0.0/24 | NL | ripencc | 2020-01-01"'
    ]


@pytest.mark.parametrize(
    "name",
    ["1.2.3.100.origin", "x.origin", "z.z.origin6", "origin6", "AS1", "ASX", "other"],
)
def test_the_zone_of_networks_knows_no_other_names(
    resolver: dns.resolver.Resolver, name: str
) -> None:
    with pytest.raises(dns.resolver.NXDOMAIN):
        resolver.resolve(f"{name}.asn.cymru.com", "TXT")


def test_each_question_is_remembered(
    server: NameServer, resolver: dns.resolver.Resolver
) -> None:
    resolver.resolve("item-one.example", "A")
    resolver.resolve("item-one.example", "AAAA")

    assert server.questions == [
        ("item-one.example", "A"),
        ("item-one.example", "AAAA"),
    ]


def test_an_update_is_not_implemented(server: NameServer) -> None:
    update = dns.update.UpdateMessage("example")

    reply = dns.query.udp(update, "127.0.0.1", timeout=2, port=server.port)

    assert reply.rcode() == dns.rcode.NOTIMP


def test_a_message_without_a_question_is_malformed(server: NameServer) -> None:
    query = dns.message.make_query("item-one.example", "A")
    query.question.clear()

    reply = dns.query.udp(query, "127.0.0.1", timeout=2, port=server.port)

    assert reply.rcode() == dns.rcode.FORMERR


def test_a_long_answer_goes_over_tcp(
    atlas: Atlas, server: NameServer, resolver: dns.resolver.Resolver
) -> None:
    atlas.hosts["item-many.example"] = tuple(f"100.80.1.{n}" for n in range(200))

    assert len(answers(resolver, "item-many.example", "A")) == 200


def test_garbage_does_not_stop_it(
    server: NameServer,
    resolver: dns.resolver.Resolver,
    capsys: pytest.CaptureFixture[str],
) -> None:
    dice = random.Random(7)
    wire = dns.message.make_query("item-one.example", "A", use_edns=True).to_wire()

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        for _ in range(50):
            spoilt = bytearray(wire)
            spoilt[dice.randrange(len(wire))] = dice.randrange(256)
            udp.sendto(spoilt[: dice.randrange(len(wire) + 1)], server_at(server))
            udp.sendto(spoilt, server_at(server))
    for garbage in (b"\x00", b"\x00\x05abc", b"\x00\x03abc", b"\xff\xff"):
        with socket.create_connection(server_at(server)) as tcp:
            tcp.sendall(garbage)

    assert answers(resolver, "item-one.example", "A") == ["100.80.0.10"]
    assert capsys.readouterr().err == ""


def server_at(server: NameServer) -> tuple[str, int]:
    return "127.0.0.1", server.port


def test_a_port_can_be_used_again_at_once(atlas: Atlas, server: NameServer) -> None:
    with NameServer(atlas) as first:
        port = first.port
        with socket.create_connection(("127.0.0.1", port)):
            pass

    with NameServer(atlas, port) as second:
        assert second.port == port
