"""RDAP answers as the five regional registries really shape them."""

import re
from collections.abc import Callable
from ipaddress import IPv4Network, IPv6Network, ip_network

from reportbox.practice.atlas import Network

Json = dict[str, object]

COUNTRY_NAMES = {"CA": "Canada", "US": "United States"}  # ARIN writes them out


def ip_network_object(net: Network, url: str) -> Json:
    block, (entities, kind) = ip_network(net.prefix), _RDAP[net.registry]
    page: Json = {
        "rdapConformance": ["rdap_level_0", "cidr0"],
        "objectClassName": "ip network",
        "handle": _handle(net, block),
        **_ends(net, block),
        "ipVersion": f"v{block.version}",
        "name": net.name,
        "type": net.kind or kind,
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
    if net.above:
        up = {"rel": "up", "href": f"{url}/above", "type": "application/rdap+json"}
        page["links"] = [*page["links"], up]  # type: ignore[misc]
    if net.registry == "arin":
        del page["country"]
    if net.is_odd:
        del page["cidr0_cidrs"]
    return page


def parent_object(net: Network) -> Json:
    """Write the network above, of which little but its abuse desk is known."""
    return {
        "objectClassName": "ip network",
        "handle": f"ABOVE-{code(net)}",
        "type": "ALLOCATED PA",
        "entities": [
            _entity(f"ABOVE-{code(net)}", ["abuse"], "group", "Abuse", net.above)
        ],
    }


def domain_object(domain: str, registrar: str) -> Json:
    """Write a domain as ICANN's profile wants it: the abuse desk in the registrar."""
    desk = _entity("", ["abuse"], "group", "Abuse", "abuse@registrar-one.example")
    del desk["handle"]
    owner = _entity("OWNER", ["registrant"], "individual", "", f"me@{domain}")
    seller = _entity("1234", ["registrar"], "org", registrar) | {"entities": [desk]}
    return {
        "objectClassName": "domain",
        "ldhName": domain.upper(),
        "entities": [owner, seller],
        "nameservers": [
            {"objectClassName": "nameserver", "ldhName": f"NS{n}.{domain}".upper()}
            for n in (1, 2)
        ],
    }


def _ends(net: Network, block: IPv4Network | IPv6Network) -> Json:
    """Write first and last address, in the oddest way the registry has."""
    first, last = str(block[0]), net.ends_at or str(block[-1])
    if not net.is_odd:
        return {"startAddress": first, "endAddress": last}
    if net.registry == "arin" and "." in first:
        first, last = (
            ".".join(f"{int(part):03}" for part in end.split("."))
            for end in (first, last)
        )
    elif net.registry == "ripencc":
        first, last = f"{first}/32", f"{last}/32"
    elif "." not in first:
        first, last = block[0].exploded, block[-1].exploded
    return {"startAddress": first, "endAddress": last}


def _handle(net: Network, block: IPv4Network | IPv6Network) -> str:
    if net.registry == "arin":
        start = str(block[0]).rstrip(":").replace(":", "-").replace(".", "-").upper()
        return f"NET{'6' * (block.version == 6)}-{start}-1"  # noqa: PLR2004 - IPv6
    if net.registry == "afrinic" and isinstance(block, IPv6Network):
        return f"{block[0].exploded} - {block[-1].exploded}"
    if net.registry == "lacnic" or isinstance(block, IPv6Network):
        return net.prefix
    return span(net)


def _arin(net: Network) -> list[Json]:
    """Nest the desks in the registrant, whose label alone names the country."""
    country = COUNTRY_NAMES.get(net.country, net.country)
    label = f"1 Practice Street\nPractice Town\n{country}"
    registrant = _entity(code(net), ["registrant"], "org", net.provider, label=label)
    desks = [
        _entity(f"{code(net)}-NOC-ARIN", ["technical"], "group", "NOC", noc(net)),
        *_abuse_desk(net, f"{code(net)}-ABUSE-ARIN"),
    ]
    return [registrant | {"entities": desks}]


def _ripe(net: Network) -> list[Json]:
    """Leave every mail address out but the one of the abuse desk.

    Who maintains the entry may stand as a registrant, too, and before the real one.
    """
    keeper = f"{code(net)}-MNT"
    return [
        *[_entity(keeper, ["registrant"], "individual", keeper)] * net.is_odd,
        _entity(f"ORG-{code(net)}-RIPE", ["registrant"], "org", net.provider),
        _entity(f"{code(net)}-RIPE", ["administrative", "technical"], "group", "NOC"),
        *_abuse_desk(net, f"AR-{code(net)}-RIPE"),
    ]


def _apnic(net: Network) -> list[Json]:
    roles = ["administrative", "technical"]
    return [
        *_abuse_desk(net, f"IRT-{code(net)}-{net.country}"),
        _entity(f"{code(net)}-AP", roles, "group", "NOC", noc(net)),
    ]


def _lacnic(net: Network) -> list[Json]:
    """Let one person hold every role."""
    roles = ["technical", "administrative"] + ["abuse"] * bool(net.abuse)
    mail = net.abuse or noc(net)
    return [
        _entity(f"{net.country}-{code(net)}", ["registrant"], "org", net.provider),
        _entity(f"{code(net)}1", roles, "individual", "Duty Officer", mail),
    ]


def _afrinic(net: Network) -> list[Json]:
    """Leave the roles out of the oldest entries."""
    roles = ["administrative", "technical"]
    entities = [
        _entity(f"ORG-{code(net)}-AFRINIC", ["registrant"], "org", net.provider),
        _entity(f"{code(net)}-AFRINIC", roles, "individual", "NOC", noc(net)),
        *_abuse_desk(net, f"ABUSE-{code(net)}-AFRINIC"),
    ]
    if net.is_odd and "." in net.prefix:
        for entity in entities:
            del entity["roles"]
    return entities


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
    mails = (net.abuse, *net.more_mails)
    return [_entity(handle, ["abuse"], "group", "Abuse Desk", *mails)]


def _entity(  # the parts of RFC 9083 section 5.1
    handle: str,
    roles: list[str],
    kind: str,
    name: str,
    *mails: str,
    label: str | None = None,
) -> Json:
    card: list[list[object]] = [
        ["version", {}, "text", "4.0"],
        ["fn", {}, "text", name],
        ["kind", {}, "text", kind],
    ]
    if label:
        card.append(["adr", {"label": label}, "text", [""] * 7])
    card += [["email", {}, "text", mail] for mail in mails]
    return {
        "objectClassName": "entity",
        "handle": handle,
        "roles": roles,
        "vcardArray": ["vcard", card],
    }


def code(net: Network) -> str:
    return re.sub(r"[^A-Z0-9]+", "-", net.name.upper())


def noc(net: Network) -> str:
    """Name a second mailbox, one that complaints must not go to."""
    return f"noc@{code(net).lower()}.example"


def span(net: Network) -> str:
    block = ip_network(net.prefix)
    return f"{block[0]} - {net.ends_at or block[-1]}"
