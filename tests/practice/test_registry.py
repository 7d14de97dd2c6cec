"""The practice registries, asked by ipwhois as the box asks them."""

import http.client
import json
import socket
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from ipaddress import ip_address, ip_network
from typing import Any

import pytest
from ipwhois import IPWhois
from ipwhois.exceptions import HTTPLookupError
from ipwhois.rdap import RDAP
from ipwhois.whois import Whois

from reportbox.practice.atlas import Atlas, Network, practice_atlas
from reportbox.practice.registry import Registry

REGISTRIES = {
    "ripencc": "100.80.80.10",
    "arin": "100.80.112.10",
    "lacnic": "100.80.128.10",
    "apnic": "100.80.144.10",
    "afrinic": "100.80.160.10",
}
COUNTRIES = {
    "ripencc": "DE",
    "arin": "US",
    "lacnic": "BR",
    "apnic": "JP",
    "afrinic": "ZA",
}
HANDLES = {  # of one IPv6 network
    "ripencc": "3fff:80:9::/48",
    "arin": "NET6-3FFF-80-9-1",
    "lacnic": "3fff:80:9::/48",
    "apnic": "3fff:80:9::/48",
    "afrinic": "3fff:0080:0009:0000:0000:0000:0000:0000"
    " - 3fff:0080:0009:ffff:ffff:ffff:ffff:ffff",
}
WHOIS_ONLY = "100.80.48.10"
NO_CONTACT = "100.80.64.10"
EVERY_REGISTRY = pytest.mark.parametrize("registry", REGISTRIES)


@pytest.fixture
def atlas() -> Atlas:
    return practice_atlas("EE")


@pytest.fixture
def server(atlas: Atlas) -> Iterator[Registry]:
    with Registry(atlas) as running:
        yield running


class ToPractice(urllib.request.HTTPSHandler):
    """Lead every https:// request to the practice registry, its Host kept."""

    def __init__(self, server: Registry) -> None:
        super().__init__()
        self.port = int(server.url.rpartition(":")[2])

    def https_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        def connection(_host: str, **options: Any) -> http.client.HTTPConnection:  # noqa: ANN401
            return http.client.HTTPConnection("127.0.0.1", self.port, **options)

        return self.do_open(connection, req)


def rdap(server: Registry, address: str, registry: str = "ripencc") -> dict[str, Any]:
    opener = urllib.request.build_opener(ToPractice(server))
    box = IPWhois(address, timeout=2, proxy_opener=opener)
    found: dict[str, Any] = RDAP(box.net).lookup(
        inc_raw=True,
        retry_count=0,
        rate_limit_timeout=0,
        asn_data={"asn_registry": registry},
    )
    return found


def net_at(server: Registry, address: str) -> Any:  # noqa: ANN401 - ipwhois is untyped
    net = IPWhois(address, timeout=2).net
    net.get_whois = partial(net.get_whois, server="127.0.0.1", port=server.whois_port)
    return net


def whois(server: Registry, address: str, registry: str = "ripencc") -> str:
    net = net_at(server, address)
    return str(net.get_whois(asn_registry=registry, retry_count=0))


def ask(server: Registry, path: str) -> tuple[int, dict[str, Any]]:
    connection = http.client.HTTPConnection(server.url.split("/")[2], timeout=2)
    with closing(connection):
        connection.request("GET", path)
        reply = connection.getresponse()
        return reply.status, json.load(reply)


def read(server: Registry, address: str) -> dict[str, Any]:
    status, page = ask(server, f"/ip/{address}")
    assert status == 200
    return page


def with_role(entities: list[dict[str, Any]], role: str) -> list[dict[str, Any]]:
    return [entity for entity in entities if role in entity["roles"]]


def mails(entity: dict[str, Any]) -> list[str]:
    return [line[3] for line in entity["vcardArray"][1] if line[0] == "email"]


@EVERY_REGISTRY
def test_ipwhois_reads_the_network_at_every_registry(
    server: Registry, registry: str
) -> None:
    found = rdap(server, REGISTRIES[registry], registry)

    start = REGISTRIES[registry].removesuffix("10") + "0"
    assert found["network"]["cidr"] == f"{start}/20"
    assert found["network"]["name"] == f"HOST-{COUNTRIES[registry]}"
    assert found["network"]["start_address"] == start


@EVERY_REGISTRY
def test_only_arin_leaves_the_country_out(server: Registry, registry: str) -> None:
    country = read(server, REGISTRIES[registry]).get("country")

    assert country == (None if registry == "arin" else COUNTRIES[registry])


@pytest.mark.parametrize("registry", ["ripencc", "lacnic", "apnic", "afrinic"])
def test_the_abuse_desk_stands_at_the_top(server: Registry, registry: str) -> None:
    (desk,) = with_role(read(server, REGISTRIES[registry])["entities"], "abuse")

    assert mails(desk) == [f"abuse@host-{COUNTRIES[registry].lower()}.example"]


def test_arin_nests_the_abuse_desk_in_the_registrant(server: Registry) -> None:
    (registrant,) = read(server, REGISTRIES["arin"])["entities"]

    assert registrant["roles"] == ["registrant"]
    (desk,) = with_role(registrant["entities"], "abuse")
    assert mails(desk) == ["abuse@host-us.example"]


def test_arin_names_the_country_in_the_registrants_label(server: Registry) -> None:
    (registrant,) = read(server, REGISTRIES["arin"])["entities"]

    (address,) = [line for line in registrant["vcardArray"][1] if line[0] == "adr"]
    assert address[1]["label"].splitlines()[-1] == "United States"


def test_ripe_gives_no_address_but_the_abuse_desks(server: Registry) -> None:
    entities = read(server, REGISTRIES["ripencc"])["entities"]

    assert [mail for entity in entities for mail in mails(entity)] == [
        "abuse@host-de.example"
    ]


def test_apnic_calls_the_abuse_desk_an_incident_team(server: Registry) -> None:
    (desk,) = with_role(read(server, REGISTRIES["apnic"])["entities"], "abuse")

    assert desk["handle"].startswith("IRT-")


def test_lacnic_gives_one_person_several_roles(server: Registry) -> None:
    (desk,) = with_role(read(server, REGISTRIES["lacnic"])["entities"], "abuse")

    assert desk["roles"] == ["technical", "administrative", "abuse"]


@EVERY_REGISTRY
def test_an_ipv6_network_is_described_too(
    atlas: Atlas, server: Registry, registry: str
) -> None:
    atlas.networks.append(
        Network("3fff:80:9::/48", "NL", "NINE", 64511, registry, None)
    )

    page = read(server, "3fff:80:9::1")

    assert page["ipVersion"] == "v6"
    assert page["startAddress"] == "3fff:80:9::"
    assert page["cidr0_cidrs"] == [{"v6prefix": "3fff:80:9::", "length": 48}]
    assert page["handle"] == HANDLES[registry]


@EVERY_REGISTRY
def test_a_network_may_have_no_abuse_desk(
    atlas: Atlas, server: Registry, registry: str
) -> None:
    atlas.networks = [Network("100.80.0.0/16", "NL", "QUIET", 64511, registry, None)]

    assert '"abuse"' not in json.dumps(read(server, "100.80.0.1"))
    assert "abuse@" not in whois(server, "100.80.0.1", registry)


@pytest.mark.parametrize("address", [WHOIS_ONLY, "100.81.0.1"])
def test_a_network_rdap_does_not_know_is_not_found(
    server: Registry, address: str
) -> None:
    with pytest.raises(HTTPLookupError):
        rdap(server, address)


@pytest.mark.parametrize("path", ["/", "/ip/", "/ip/x", "/entity/100.80.0.1", "//["])
def test_any_other_path_is_not_found(server: Registry, path: str) -> None:
    status, page = ask(server, path)

    assert status == page["errorCode"] == 404


def test_a_registry_that_is_down_is_unavailable(atlas: Atlas, server: Registry) -> None:
    atlas.registry_down = True

    assert ask(server, "/ip/100.80.0.1")[0] == 503
    assert whois(server, "100.80.0.1") == ""


@EVERY_REGISTRY
def test_ipwhois_reads_the_whois_text_of_every_registry(
    server: Registry, registry: str
) -> None:
    address, country = REGISTRIES[registry], COUNTRIES[registry]

    found = Whois(net_at(server, address)).lookup(
        inc_raw=True, retry_count=0, asn_data={"asn_registry": registry}
    )

    (net,) = found["nets"]
    assert ip_address(address) in ip_network(net["cidr"])
    assert net["country"] == country
    assert f"abuse@host-{country.lower()}.example" in found["raw"]


def test_the_network_rdap_does_not_know_is_known_to_whois(server: Registry) -> None:
    text = whois(server, WHOIS_ONLY)

    assert "abuse-mailbox:  abuse@host-four.example\n" in text
    assert text.startswith(
        "% Abuse contact for '100.80.48.0 - 100.80.63.255'"
        " is 'abuse@host-four.example'\n"
    )


def test_whois_says_when_there_is_no_contact(server: Registry) -> None:
    assert whois(server, NO_CONTACT).startswith("% No abuse contact registered")


def test_whois_has_no_entry_for_other_addresses(server: Registry) -> None:
    assert "no entries found" in whois(server, "100.81.0.1")


@pytest.mark.parametrize("query", ["", "x", "-r", "AS64500"])
def test_whois_has_no_entry_for_what_is_no_address(
    server: Registry, query: str
) -> None:
    with socket.create_connection(("127.0.0.1", server.whois_port), 2) as connection:
        connection.sendall(query.encode() + b"\r\n")

        assert b"no entries found" in connection.recv(1024)


def test_each_call_is_remembered(server: Registry) -> None:
    rdap(server, REGISTRIES["lacnic"], "lacnic")
    whois(server, "100.80.112.10", "arin")

    assert server.calls == ["rdap /rdap/ip/100.80.128.10", "whois n + 100.80.112.10"]
