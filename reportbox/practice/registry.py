"""The five regional registries on the loopback address: RDAP over HTTP, and WHOIS.

Each network is described the way its registry does it (RFC 9083 section 5.4 leaves
room), because reading those five shapes is what goes wrong in practice.
"""

import json
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from ipaddress import IPv4Network, IPv6Network, ip_network
from socketserver import StreamRequestHandler, ThreadingTCPServer
from threading import Thread
from typing import Self, cast
from urllib.parse import unquote, urlsplit

from reportbox.practice.atlas import Atlas, Network

Json = dict[str, object]

LONGEST_QUERY = 1024  # octets of a WHOIS line
COUNTRY_NAMES = {"CA": "Canada", "US": "United States"}  # ARIN writes them out


class Registry:
    """RDAP at `url`, WHOIS at `whois_port`; `calls` keeps each "rdap …", "whois …"."""

    def __init__(self, atlas: Atlas, http_port: int = 0, whois_port: int = 0) -> None:
        self.atlas = atlas
        self.calls: list[str] = []
        self._servers = (
            _Server(("127.0.0.1", http_port), _Rdap),
            _Server(("127.0.0.1", whois_port), _Whois),
        )
        for server in self._servers:
            server.registry = self
        http_port, self.whois_port = (int(s.server_address[1]) for s in self._servers)
        self.url = f"http://127.0.0.1:{http_port}"

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

    def rdap(self, path: str) -> tuple[HTTPStatus, Json]:
        """Answer a path that ends in ip/<address>."""
        self.calls.append(f"rdap {path}")
        if self.atlas.registry_down:
            return _refusal(HTTPStatus.SERVICE_UNAVAILABLE)
        *_, kind, address = ["", *unquote(urlsplit(path).path).split("/")]
        net = self._find(address) if kind == "ip" else None
        if net is None or net.speaks != "rdap":
            return _refusal(HTTPStatus.NOT_FOUND)
        return HTTPStatus.OK, _ip_network(net, f"{self.url}/ip/{address}")

    def whois(self, query: str) -> str:
        """Answer a query whose last word is the address, whatever flags precede it."""
        self.calls.append(f"whois {query}")
        if self.atlas.registry_down:
            return ""
        net = self._find(query.rsplit(" ", maxsplit=1)[-1])
        if net is None:
            return "%ERROR:101: no entries found\n"
        return _WHOIS[net.registry](net)

    def _find(self, address: str) -> Network | None:
        with suppress(ValueError):  # not an address
            return self.atlas.network_of(address)
        return None


class _Server(ThreadingTCPServer):
    allow_reuse_address = True
    request_queue_size = 128
    registry: Registry


class _Rdap(BaseHTTPRequestHandler):
    timeout = 2  # seconds a silent client may hold the server up when it stops

    def do_GET(self) -> None:
        status, page = cast("_Server", self.server).registry.rdap(self.path)
        body = json.dumps(page).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/rdap+json")
        self.send_header("Content-Length", str(len(body)))
        with suppress(ConnectionError):
            self.end_headers()
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - inherited
        """Stay silent; `calls` is the log."""


class _Whois(StreamRequestHandler):
    timeout = 2  # as above

    def handle(self) -> None:
        registry = cast("_Server", self.server).registry
        with suppress(OSError):
            query = self.rfile.readline(LONGEST_QUERY).decode(errors="replace")
            self.wfile.write(registry.whois(query.strip()).encode())


def _refusal(status: HTTPStatus) -> tuple[HTTPStatus, Json]:
    return status, {"errorCode": status.value, "title": status.phrase}


def _ip_network(net: Network, url: str) -> Json:
    block, (entities, kind) = ip_network(net.prefix), _RDAP[net.registry]
    page: Json = {
        "rdapConformance": ["rdap_level_0", "cidr0"],
        "objectClassName": "ip network",
        "handle": _handle(net, block),
        "startAddress": str(block[0]),
        "endAddress": str(block[-1]),
        "ipVersion": f"v{block.version}",
        "name": net.name,
        "type": kind,
        "country": net.country,
        "status": ["active"],
        "entities": entities(net),
        "cidr0_cidrs": [
            {
                f"v{block.version}prefix": str(block[0]),
                "length": block.prefixlen,
            }
        ],
        "links": [
            {"value": url, "rel": "self", "href": url, "type": "application/rdap+json"}
        ],
    }
    if net.registry == "arin":
        del page["country"]
    return page


def _handle(net: Network, block: IPv4Network | IPv6Network) -> str:
    if net.registry == "arin":
        start = str(block[0]).rstrip(":").replace(":", "-").replace(".", "-").upper()
        return f"NET{'6' * (block.version == 6)}-{start}-1"  # noqa: PLR2004 - IPv6
    if net.registry == "afrinic" and isinstance(block, IPv6Network):
        return f"{block[0].exploded} - {block[-1].exploded}"
    if net.registry == "lacnic" or isinstance(block, IPv6Network):
        return net.prefix
    return _span(net)


def _arin(net: Network) -> list[Json]:
    """Nest the desks in the registrant, whose label alone names the country."""
    country = COUNTRY_NAMES.get(net.country, net.country)
    label = f"1 Practice Street\nPractice Town\n{country}"
    registrant = _entity(_code(net), ["registrant"], "org", net.provider, label=label)
    desks = [
        _entity(f"{_code(net)}-NOC-ARIN", ["technical"], "group", "NOC", _noc(net)),
        *_abuse_desk(net, f"{_code(net)}-ABUSE-ARIN"),
    ]
    return [registrant | {"entities": desks}]


def _ripe(net: Network) -> list[Json]:
    """Leave every mail address out but the one of the abuse desk."""
    return [
        _entity(f"ORG-{_code(net)}-RIPE", ["registrant"], "org", net.provider),
        _entity(f"{_code(net)}-RIPE", ["administrative", "technical"], "group", "NOC"),
        *_abuse_desk(net, f"AR-{_code(net)}-RIPE"),
    ]


def _apnic(net: Network) -> list[Json]:
    roles = ["administrative", "technical"]
    return [
        *_abuse_desk(net, f"IRT-{_code(net)}-{net.country}"),
        _entity(f"{_code(net)}-AP", roles, "group", "NOC", _noc(net)),
    ]


def _lacnic(net: Network) -> list[Json]:
    """Let one person hold every role."""
    roles = ["technical", "administrative"] + ["abuse"] * bool(net.abuse)
    mail = net.abuse or _noc(net)
    return [
        _entity(f"{net.country}-{_code(net)}", ["registrant"], "org", net.provider),
        _entity(f"{_code(net)}1", roles, "individual", "Duty Officer", mail),
    ]


def _afrinic(net: Network) -> list[Json]:
    roles = ["administrative", "technical"]
    return [
        _entity(f"ORG-{_code(net)}-AFRINIC", ["registrant"], "org", net.provider),
        _entity(f"{_code(net)}-AFRINIC", roles, "individual", "NOC", _noc(net)),
        *_abuse_desk(net, f"ABUSE-{_code(net)}-AFRINIC"),
    ]


_RDAP: dict[str, tuple[Callable[[Network], list[Json]], str]] = {
    "arin": (_arin, "DIRECT ASSIGNMENT"),
    "ripencc": (_ripe, "ASSIGNED PA"),
    "apnic": (_apnic, "ASSIGNED NON-PORTABLE"),
    "lacnic": (_lacnic, "ASSIGNED"),
    "afrinic": (_afrinic, "ASSIGNED PA"),
}


def _abuse_desk(net: Network, handle: str) -> list[Json]:
    if net.abuse is None:
        return []
    return [_entity(handle, ["abuse"], "group", "Abuse Desk", net.abuse)]


def _entity(  # noqa: PLR0913, PLR0917 - the parts of RFC 9083 section 5.1
    handle: str,
    roles: list[str],
    kind: str,
    name: str,
    mail: str | None = None,
    label: str | None = None,
) -> Json:
    card: list[list[object]] = [
        ["version", {}, "text", "4.0"],
        ["fn", {}, "text", name],
        ["kind", {}, "text", kind],
    ]
    if label:
        card.append(["adr", {"label": label}, "text", [""] * 7])
    if mail:
        card.append(["email", {}, "text", mail])
    return {
        "objectClassName": "entity",
        "handle": handle,
        "roles": roles,
        "vcardArray": ["vcard", card],
    }


def _code(net: Network) -> str:
    return re.sub(r"[^A-Z0-9]+", "-", net.name.upper())


def _noc(net: Network) -> str:
    """Name a second mailbox, one that complaints must not go to."""
    return f"noc@{_code(net).lower()}.example"


def _span(net: Network) -> str:
    block = ip_network(net.prefix)
    return f"{block[0]} - {block[-1]}"


def _rpsl(net: Network) -> str:
    v4 = ip_network(net.prefix).version == 4  # noqa: PLR2004 - IPv4
    block = _span(net) if v4 else net.prefix
    if net.abuse:
        remark = f"% Abuse contact for '{block}' is '{net.abuse}'"
    else:
        remark = f"% No abuse contact registered for {block}"
    inetnum = {
        "inetnum" if v4 else "inet6num": block,
        "netname": net.name,
        "country": net.country,
        "org": f"ORG-{_code(net)}",
        "status": "ASSIGNED PA",
    }
    organisation = {"organisation": f"ORG-{_code(net)}", "org-name": net.provider}
    role = {"role": "Abuse Desk", "abuse-mailbox": net.abuse, "e-mail": _noc(net)}
    return f"{remark}\n\n" + _paragraphs(inetnum, organisation, role)


def _arin_text(net: Network) -> str:
    block = {
        "NetRange": _span(net),
        "CIDR": net.prefix,
        "NetName": net.name,
        "NetType": "Direct Assignment",
        "OriginAS": f"AS{net.asn}",
        "Organization": f"{net.provider} ({_code(net)})",
    }
    organisation = {
        "OrgName": net.provider,
        "OrgId": _code(net),
        "Country": net.country,
    }
    desks = {"OrgTechEmail": _noc(net), "OrgAbuseEmail": net.abuse}
    return _paragraphs(block, organisation, desks)


def _lacnic_text(net: Network) -> str:
    """Point from the block to a person by handle; the mail address is only there."""
    person = f"{_code(net)}1"
    block = {
        "inetnum": net.prefix,
        "status": "assigned",
        "aut-num": f"AS{net.asn}",
        "owner": net.provider,
        "ownerid": f"{net.country}-{_code(net)}",
        "country": net.country,
        "owner-c": person,
        "tech-c": person,
        "abuse-c": person if net.abuse else None,
    }
    mail = net.abuse or _noc(net)
    return _paragraphs(
        block, {"nic-hdl": person, "person": "Duty Officer", "e-mail": mail}
    )


_WHOIS: dict[str, Callable[[Network], str]] = {
    "arin": _arin_text,
    "ripencc": _rpsl,
    "apnic": _rpsl,
    "lacnic": _lacnic_text,
    "afrinic": _rpsl,
}


def _paragraphs(*paragraphs: Mapping[str, str | None]) -> str:
    """Write "key:   value" lines, leaving out what is None."""
    return "\n".join(
        "".join(f"{key + ':':<16}{value}\n" for key, value in lines.items() if value)
        for lines in paragraphs
    )
