"""Hosts of every shape there is, and what must be found of each, field by field.

A case brings its own networks, so that it can be traced alone and among all others.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from ipaddress import ip_network
from itertools import pairwise
from typing import Any

from reportbox.ports import NetworkRecord, Origin
from reportbox.practice.atlas import Atlas, Network
from reportbox.practice.rdap import ip_network_object
from reportbox.tracing.contacts import BOUNCED, INSIDE
from reportbox.tracing.finding import Conclusion, Hosting, untraceable

HOME = "EE"
FIRST_VIEW, SECOND_VIEW = "origin.asn.cymru.com", "asn.routeviews.org"
EDGE, FORM, MIXED = 64700, 64701, 64702  # of proxies.toml
EDGE_NAME, FORM_NAME = "Edge Proxy (practice)", "Form Proxy (practice)"
RDAP_DESK = "the network's abuse contact (RDAP)"
WHOIS_DESK = "the network's abuse contact (WHOIS)"
ABOVE = "the abuse contact of the network above it"
TECHNICAL = "a technical contact"
UNSURE = "unverified: a person decides"
BOOK = "the contact book"
REGISTRY, ROUTING = "the registry", "the routing"
NOBODY = "no registry knows its network"
PRIVATE = "an address of a private or reserved network"
PRIVATE_NAME = "a name of a private network"
LEADS_NOWHERE = "its name leads to a private or reserved network only"

RDAP_TYPES = {
    "arin": "DIRECT ASSIGNMENT",
    "ripencc": "ASSIGNED PA",
    "apnic": "ASSIGNED NON-PORTABLE",
    "lacnic": "ASSIGNED",
    "afrinic": "ASSIGNED PA",
}
WHOIS_TYPES = {
    "arin": "Direct Assignment",
    "ripencc": "ASSIGNED PA",
    "apnic": "ASSIGNED PA",
    "lacnic": "assigned",
    "afrinic": "ASSIGNED PA",
}

Contacts = Sequence[tuple[str, str, str]]  # mailbox, source, flag


@dataclass(frozen=True)
class Case:
    host: str
    networks: tuple[Network, ...] = ()
    addresses: tuple[str, ...] = ()
    found: Conclusion | None = None
    places: tuple[dict[str, Any], ...] = ()
    aliases: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    origin: str = ""  # the server behind the proxy, as somebody told
    trouble: str = ""
    is_gone: bool = False


@dataclass
class Table:
    cases: list[Case] = field(default_factory=list)

    def atlas(self) -> Atlas:
        """Lay out the one internet in which all of them live."""
        atlas = Atlas()
        for case in self.cases:
            new = [net for net in case.networks if net not in atlas.networks]
            atlas.networks += new
            if "." not in case.host or case.host in case.addresses:
                continue
            chain = (case.host, *case.aliases)
            atlas.aliases.update(pairwise(chain))
            if case.addresses or not (case.is_gone or case.found):
                atlas.hosts[chain[-1]] = case.addresses
        atlas.hosts["empty.example"] = ()
        atlas.registrars["ripe.example"] = "Registrar One"
        return atlas


def net(prefix: str, country: str, name: str, registry: str, **more: Any) -> Network:  # noqa: ANN401
    """Draw a network of its own: AS number from its place, desk from its name."""
    number = 64000 + int(prefix.split(".")[2]) if "." in prefix else 64500
    more = {
        "asn": number,
        "abuse": f"abuse@{name.lower()}.example",
        "provider": f"Provider {name}",
        **more,
    }
    return Network(prefix, country, name, registry=registry, **more)


def desk(mailbox: str, source: str = RDAP_DESK, flag: str = "") -> tuple[str, str, str]:
    return mailbox, source, flag


def place(
    address: str,
    net: Network,
    contacts: Contacts = (),
    *,
    agreement: str = "agreed",
    country: str | None = None,
    countries: dict[str, str] | None = None,
    provider: str = "",
    proxy: str = "",
    maybe_proxy: str = "",
    origins: tuple[Origin, ...] | None = None,
    **record: Any,  # noqa: ANN401
) -> dict[str, Any]:
    """Say what is kept of one address; left out is what is usual at its registry."""
    if origins is None:
        origins = usual_origins(net, address)
    by_whois = net.speaks == "whois"
    types = WHOIS_TYPES if by_whois else RDAP_TYPES
    has_handle = not by_whois or net.registry == "arin"
    wanted = {
        "network": net.prefix,
        "name": net.name,
        "handle": ip_network_object(net, "")["handle"] if has_handle else "",
        "type": net.kind or types[net.registry],
        "country": net.country,
        "registry": net.registry,
        "asns": tuple(dict.fromkeys(asn for o in origins for asn in o.asns)),
        "route": next((o.route for o in origins if o.route), ""),
        "source": net.speaks,
        "abuse_contacts": (net.abuse, *net.more_mails) if net.abuse else (),
        **record,
    }
    kept = NetworkRecord(address, origins=origins, **wanted)
    return {
        **asdict(kept),
        "registered_in": kept.country,
        "country": net.country if country is None else country,
        "countries": countries or {REGISTRY: net.country, ROUTING: net.country},
        "agreement": agreement,
        "proxy": proxy,
        "maybe_proxy": maybe_proxy,
        "contacts": [
            {"mailbox": mailbox, "source": source, "flag": flag}
            for mailbox, source, flag in contacts
        ],
        "provider": provider or net.provider,
    }


def usual_origins(net: Network, address: str) -> tuple[Origin, ...]:
    asns = tuple(sorted(map(str, (net.asn, *net.more_asns)), key=int))
    where = net.routed_in or net.country
    first = Origin(FIRST_VIEW, asns, net.prefix, where, net.registry)
    if ":" in address:
        return (first,)
    seen = str(net.seen_as or net.asn)
    return first, Origin(SECOND_VIEW, (seen,), net.prefix)


def noc(net: Network) -> str:
    return f"noc@{net.name.lower()}.example"


def unsure(net: Network) -> tuple[str, str, str]:
    return noc(net), TECHNICAL, UNSURE


def why(place: dict[str, Any], count: int = 1, *, where: str = "") -> str:
    asns = ", ".join(f"AS{asn}" for asn in place["asns"]) or "no origin AS known"
    said = list(place["countries"])
    verb = "say" if len(said) > 1 else "says"
    words = (
        f"{place['address']} ({count} found) lies in "
        f"{place['network'] or 'no known network'} “{place['name']}”, {asns}; "
        f"{' and '.join(said)} {verb} {where or place['country']}"
    )
    tail = f"; it may be a proxy of {place['maybe_proxy']}"
    return words + tail if place["maybe_proxy"] else words


def located(
    *places: dict[str, Any],
    contact: str,
    hosting: Hosting | None = None,
    abroad: tuple[str, ...] | None = None,
    at_home: tuple[tuple[str, str], ...] | None = None,
) -> Conclusion:
    """Conclude from the first place; the rest is said where it is not that simple."""
    first = places[0]
    is_home = first["country"] == HOME
    asked = (
        (((first["provider"], contact),) if is_home else ())
        if at_home is None
        else at_home
    )
    others = (() if is_home else (first["country"],)) if abroad is None else abroad
    return Conclusion(
        hosting or (Hosting.HOME if is_home else Hosting.ABROAD),
        country=first["country"],
        provider=first["provider"],
        contact=contact,
        abroad=others,
        at_home=asked,
        why=why(first, len(places)),
        agreement=first["agreement"],
    )


def proxied(name: str, contact: str) -> Conclusion:
    return Conclusion(
        Hosting.PROXIED,
        provider=name,
        contact=contact,
        at_home=((name, contact),),
        why=f"only the proxy {name} is visible: the country is unknown",
        proxy=name,
    )


TABLE = Table()


def add(
    host: str,
    net: Network,
    number: int | str,
    contacts: Contacts = (),
    /,
    *,
    contact: str | None = None,
    found: Conclusion | None = None,
    more: tuple[Network, ...] = (),
    aliases: tuple[str, ...] = (),
    missing: tuple[str, ...] = (),
    **said: Any,  # noqa: ANN401
) -> None:
    """Add a host with one address; its first contact that is not flagged is named."""
    block = ip_network(net.prefix)
    address = str(block[number]) if isinstance(number, int) else number
    here = place(address, net, contacts, **said)
    if contact is None:
        contact = next((mailbox for mailbox, _, flag in contacts if not flag), "")
    TABLE.cases.append(
        Case(
            host,
            (net, *more),
            (address,),
            found or located(here, contact=contact),
            (here,),
            aliases=aliases,
            missing=missing,
        )
    )


def _ripe() -> None:
    plain = net("100.80.1.0/24", "DE", "RIPE-ONE", "ripencc")
    add("ripe.example", plain, 10, [desk("abuse@ripe-one.example")])
    add("ripe-neighbour.example", plain, 11, [desk("abuse@ripe-one.example")])
    home = net("100.80.2.0/24", HOME, "RIPE-TWO", "ripencc")
    add("ripe-home.example", home, 10, [desk("abuse@ripe-two.example")])
    odd = net("100.80.3.0/24", "FR", "RIPE-THREE", "ripencc", is_odd=True)
    add("ripe-odd.example", odd, 10, [desk("abuse@ripe-three.example")])
    odd6 = net("3fff:80:3::/48", "FR", "RIPE-THREE-SIX", "ripencc", is_odd=True)
    add("ripe-odd-six.example", odd6, 10, [desk("abuse@ripe-three-six.example")])
    silent = net("100.80.4.0/24", "NL", "RIPE-FOUR", "ripencc", abuse=None)
    add("ripe-silent.example", silent, 10)
    over = "abuse@over-five.example"
    above = net("100.80.5.0/24", "NL", "RIPE-FIVE", "ripencc", abuse=None, above=over)
    add(
        "ripe-above.example",
        above,
        10,
        [desk(over, ABOVE)],
        parent_contacts=(over,),
    )
    text = net("100.80.6.0/24", HOME, "RIPE-SIX", "ripencc", speaks="whois")
    add(
        "ripe-whois.example",
        text,
        10,
        [desk("abuse@ripe-six.example", WHOIS_DESK), unsure(text)],
        other_contacts=(noc(text),),
    )
    mute = net(
        "100.80.7.0/24", "SE", "RIPE-SEVEN", "ripencc", speaks="whois", abuse=None
    )
    add(
        "ripe-whois-silent.example",
        mute,
        10,
        [unsure(mute)],
        other_contacts=(noc(mute),),
    )
    mails = ("second@ripe-eight.example", "third@ripe-eight.example")
    several = net("100.80.8.0/24", "PL", "RIPE-EIGHT", "ripencc", more_mails=mails)
    add(
        "ripe-mails.example",
        several,
        10,
        [desk("abuse@ripe-eight.example"), *map(desk, mails)],
    )
    cut = net("100.80.9.0/24", "PL", "RIPE-NINE", "ripencc", ends_at="100.80.9.200")
    add(
        "ripe-range.example",
        cut,
        10,
        [desk("abuse@ripe-nine.example")],
        network="100.80.9.0 - 100.80.9.200",
    )
    text6 = net("3fff:80:6::/48", "FI", "RIPE-TEN", "ripencc", speaks="whois")
    add(
        "ripe-whois-six.example",
        text6,
        10,
        [desk("abuse@ripe-ten.example", WHOIS_DESK), unsure(text6)],
        other_contacts=(noc(text6),),
    )
    part = net(
        "100.80.10.0/24",
        "FI",
        "RIPE-ELEVEN",
        "ripencc",
        speaks="whois",
        ends_at="100.80.10.99",
    )
    add(
        "ripe-whois-range.example",
        part,
        10,
        [desk("abuse@ripe-eleven.example", WHOIS_DESK), unsure(part)],
        network="100.80.10.0 - 100.80.10.99",
        other_contacts=(noc(part),),
    )


def _arin() -> None:
    def with_noc(host: str, one: Network, source: str = RDAP_DESK) -> None:
        contacts = [desk(str(one.abuse), source), unsure(one)]
        add(host, one, 10, contacts, other_contacts=(noc(one),))

    with_noc("arin.example", net("100.80.17.0/24", "US", "ARIN-ONE", "arin"))
    odd = net("100.80.18.0/24", "US", "ARIN-TWO", "arin", is_odd=True)
    with_noc("arin-odd.example", odd)
    with_noc("arin-north.example", net("100.80.19.0/24", "CA", "ARIN-THREE", "arin"))
    with_noc("arin-by-six.example", net("3fff:80:17::/48", "US", "ARIN-SIX", "arin"))
    tech = net("100.80.20.0/24", "US", "ARIN-FOUR", "arin", abuse=None)
    add("arin-technical.example", tech, 10, [unsure(tech)], other_contacts=(noc(tech),))
    over = "abuse@over-arin.example"
    for host, speaks, third in (
        ("arin-above.example", "rdap", 32),
        ("arin-whois-above.example", "whois", 48),
    ):
        child = net(
            f"100.80.{third}.0/24",
            "US",
            f"ARIN-CHILD-{third}",
            "arin",
            abuse=None,
            above=over,
            speaks=speaks,
        )
        add(
            host,
            child,
            10,
            [desk(over, ABOVE), unsure(child)],
            other_contacts=(noc(child),),
            parent_contacts=(over,),
        )
    text = net("100.80.21.0/24", "US", "ARIN-FIVE", "arin", speaks="whois")
    with_noc("arin-whois.example", text, WHOIS_DESK)
    way = net("100.80.64.0/24", "US", "ARIN-WAY", "arin", speaks="whois", above=over)
    with_noc("arin-whois-way.example", way, WHOIS_DESK)
    whole = net("100.80.80.0/22", "US", "ARIN-WHOLE", "arin", kind="DIRECT ALLOCATION")
    part = net("100.80.81.0/28", "US", "ARIN-PART", "arin", is_announced=False)
    announced = usual_origins(whole, "100.80.81.3")
    with_noc("arin-allocation.example", whole)
    add(
        "arin-assignment.example",
        part,
        3,
        [desk("abuse@arin-part.example"), unsure(part)],
        more=(whole,),
        other_contacts=(noc(part),),
        origins=announced,
    )
    add(
        "arin-beside.example",
        whole,
        "100.80.81.77",
        [desk("abuse@arin-whole.example"), unsure(whole)],
        more=(part,),
        other_contacts=(noc(whole),),
    )


def _apnic() -> None:
    one = net("100.80.33.0/24", "JP", "APNIC-ONE", "apnic")
    six = net("3fff:80:33::/48", "JP", "APNIC-SIX", "apnic", is_odd=True)
    for host, here in (("apnic.example", one), ("apnic-odd-six.example", six)):
        add(
            host,
            here,
            10,
            [desk(str(here.abuse)), unsure(here)],
            provider=here.name,  # it names no registrant
            other_contacts=(noc(here),),
        )
    tech = net("100.80.34.0/24", "AU", "APNIC-TWO", "apnic", abuse=None)
    add(
        "apnic-technical.example",
        tech,
        10,
        [unsure(tech)],
        provider="APNIC-TWO",
        other_contacts=(noc(tech),),
    )
    text = net("100.80.35.0/24", "JP", "APNIC-THREE", "apnic", speaks="whois")
    add(
        "apnic-whois.example",
        text,
        10,
        [desk("abuse@apnic-three.example", WHOIS_DESK), unsure(text)],
        other_contacts=(noc(text),),
    )


def _lacnic() -> None:
    one = net("100.80.49.0/24", "BR", "LACNIC-ONE", "lacnic")
    add("lacnic.example", one, 10, [desk("abuse@lacnic-one.example")])
    six = net("3fff:80:49::/48", "BR", "LACNIC-SIX", "lacnic")
    add("lacnic-by-six.example", six, 10, [desk("abuse@lacnic-six.example")])
    tech = net("100.80.50.0/24", "CL", "LACNIC-TWO", "lacnic", abuse=None)
    add("lacnic-person.example", tech, 10, [unsure(tech)], other_contacts=(noc(tech),))
    text = net("100.80.51.0/24", "AR", "LACNIC-THREE", "lacnic", speaks="whois")
    short = net(
        "100.80.52.0/24", "AR", "LACNIC-FOUR", "lacnic", speaks="whois", is_odd=True
    )
    for host, here in (("lacnic-whois.example", text), ("lacnic-short.example", short)):
        contacts = [desk(str(here.abuse), WHOIS_DESK)]
        add(host, here, 10, contacts, name=f"AR-{here.name}")
    mute = net(
        "100.80.53.0/24", "AR", "LACNIC-FIVE", "lacnic", speaks="whois", abuse=None
    )
    add(
        "lacnic-whois-silent.example",
        mute,
        10,
        [unsure(mute)],
        name="AR-LACNIC-FIVE",
        other_contacts=(noc(mute),),
    )


def _afrinic() -> None:
    one = net("100.80.65.0/24", "ZA", "AFRINIC-ONE", "afrinic")
    six = net("3fff:80:65::/48", "KE", "AFRINIC-SIX", "afrinic", is_odd=True)
    for host, here in (("afrinic.example", one), ("afrinic-odd-six.example", six)):
        contacts = [desk(str(here.abuse)), unsure(here)]
        add(host, here, 10, contacts, other_contacts=(noc(here),))
    old = net("100.80.66.0/24", "ZA", "AFRINIC-TWO", "afrinic", is_odd=True)
    add(
        "afrinic-old.example",
        old,
        10,
        provider="AFRINIC-TWO",  # without roles nobody is anything
        abuse_contacts=(),
    )
    text = net("100.80.67.0/24", "NG", "AFRINIC-THREE", "afrinic", speaks="whois")
    add(
        "afrinic-whois.example",
        text,
        10,
        [desk("abuse@afrinic-three.example", WHOIS_DESK), unsure(text)],
        other_contacts=(noc(text),),
    )
    tech = net("100.80.68.0/24", "NG", "AFRINIC-FOUR", "afrinic", abuse=None)
    add(
        "afrinic-technical.example",
        tech,
        10,
        [unsure(tech)],
        other_contacts=(noc(tech),),
    )


def _routing() -> None:
    def ripe(host: str, third: int, name: str, **more: Any) -> None:  # noqa: ANN401
        said = more.pop("said", {})
        here = net(f"100.80.{third}.0/24", "DE", name, "ripencc", **more)
        add(host, here, 10, [desk(f"abuse@{name.lower()}.example")], **said)

    ripe("announced-by-three.example", 96, "MANY", more_asns=(64001, 65001))
    prefix = "100.80.97.0/24"
    ripe(
        "told-twice.example",
        97,
        "TWICE",
        told=(
            f"64997 | {prefix} | DE | ripencc | 2020-01-01",
            f"64897 | {prefix} | DE | ripencc | 2020-01-01",
            "64797 | 100.80.96.0/20 | US | arin | 2020-01-01",
        ),
        said={
            "origins": (
                Origin(FIRST_VIEW, ("64897", "64997"), prefix, "DE", "ripencc"),
                Origin(SECOND_VIEW, ("64097",), prefix),
            )
        },
    )
    prefix = "100.80.98.0/24"
    ripe(
        "not-applicable.example",
        98,
        "NOTHING",
        told=(f"NA | {prefix} | NA | NA | NA",),
        said={
            "origins": (
                Origin(FIRST_VIEW, (), prefix),
                Origin(SECOND_VIEW, ("64098",), prefix),
            ),
            "countries": {REGISTRY: "DE"},
            "agreement": "single",
        },
    )
    prefix = "100.80.99.0/24"
    ripe(
        "announced-by-a-set.example",
        99,
        "SET",
        told=(f"{{64999,64899}} | {prefix} | DE | ripencc | 2020-01-01",),
        said={
            "origins": (
                Origin(FIRST_VIEW, ("64899", "64999"), prefix, "DE", "ripencc"),
                Origin(SECOND_VIEW, ("64099",), prefix),
            )
        },
    )
    ripe("seen-otherwise.example", 100, "OTHERWISE", seen_as=64444)
    # The wrong registry is asked, and sends us on.
    for host, third, abuse, over in (
        ("sent-on.example", 101, "abuse@sent-on-101.example", ""),
        ("sent-on-above.example", 102, None, "abuse@over-sent-on.example"),
    ):
        prefix = f"100.80.{third}.0/24"
        here = net(
            prefix,
            "JP",
            f"SENT-ON-{third}",
            "apnic",
            abuse=abuse,
            above=over,
            told=(f"{64000 + third} | {prefix} | JP | ripencc | 2020-01-01",),
        )
        asn = (str(here.asn),)
        add(
            host,
            here,
            10,
            [desk(abuse) if abuse else desk(over, ABOVE), unsure(here)],
            provider=here.name,
            parent_contacts=(over,) if over else (),
            other_contacts=(noc(here),),
            origins=(
                Origin(FIRST_VIEW, asn, prefix, "JP", "ripencc"),
                Origin(SECOND_VIEW, asn, prefix),
            ),
        )
    quiet = net("100.80.103.0/24", "DE", "QUIET", "ripencc", is_announced=False)
    add(
        "nobody-announces.example",
        quiet,
        10,
        [desk("abuse@quiet.example")],
        origins=(Origin(FIRST_VIEW), Origin(SECOND_VIEW)),
        countries={REGISTRY: "DE"},
        agreement="single",
    )
    # Where a prefix begins, a proxy announces a smaller one: not this host's.
    wide = net("100.80.112.0/22", "DE", "WIDE", "ripencc")
    start = net("100.80.112.0/24", "US", "START", "ripencc", asn=EDGE)
    add(
        "behind-the-start.example",
        wide,
        "100.80.114.9",
        [desk("abuse@wide.example")],
        more=(start,),
    )
    unknown = {
        **asdict(NetworkRecord("100.80.255.9", source="whois", missing=(NOBODY,))),
        "origins": tuple(asdict(Origin(view)) for view in (FIRST_VIEW, SECOND_VIEW)),
        "registered_in": "",
        "countries": {},
        "agreement": "none",
        "proxy": "",
        "maybe_proxy": "",
        "contacts": [],
    }
    TABLE.cases.append(
        Case(
            "unknown.example",
            addresses=("100.80.255.9",),
            found=untraceable("no source names a country for its addresses"),
            places=(unknown,),
            missing=(NOBODY, "100.80.255.9: no source names a country"),
        )
    )


# The contact book of this internet: match, pattern, mailbox, provider, country.
ENTRIES = [
    ("suffix", "platform.example", "desk@known-platform.example", "The Platform", ""),
    ("suffix", "own.platform.example", "own@known-platform.example", "", ""),
    ("prefix", "100.80.128.0/20", "wide@known-block.example", "", ""),
    ("prefix", "100.80.129.0/24", "near@known-block.example", "", ""),
    ("asn", "64131", "desk@known-as.example", "Known AS", "NL"),
    ("prefix", "100.80.136.0/24", "", "", "NL"),
    ("prefix", "100.80.137.0/24", "", "", "FR"),
    ("prefix", "100.80.134.0/24", "gone@known-block.example", "", ""),
]
BOUNCES = [
    "abuse@bounced-one.example",
    "abuse@bounced-two.example",
    "gone@known-block.example",
]


def _book() -> None:
    def ripe(third: int, name: str, **more: Any) -> Network:  # noqa: ANN401
        return net(f"100.80.{third}.0/24", "NL", name, "ripencc", **more)

    one = ripe(120, "BOOK-ONE")
    add(
        "www.platform.example",
        one,
        10,
        [desk("desk@known-platform.example", BOOK), desk("abuse@book-one.example")],
        provider="The Platform",
    )
    add(
        "www.own.platform.example",
        one,
        11,
        [desk("own@known-platform.example", BOOK), desk("abuse@book-one.example")],
    )
    add(
        "notplatform.example",
        one,
        12,
        [desk("abuse@book-one.example")],
    )
    two = ripe(129, "BOOK-TWO")
    add(
        "in-a-known-block.example",
        two,
        10,
        [desk("near@known-block.example", BOOK), desk("abuse@book-two.example")],
    )
    three = ripe(130, "BOOK-THREE")
    add(
        "in-a-wide-block.example",
        three,
        10,
        [desk("wide@known-block.example", BOOK), desk("abuse@book-three.example")],
    )
    four = net("100.80.131.0/24", "NL", "BOOK-FOUR", "ripencc")
    # A block is closer than an AS; only the AS of the other view is in the book.
    five = ripe(121, "BOOK-FIVE", seen_as=64131)
    add(
        "of-a-known-as.example",
        five,
        10,
        [desk("desk@known-as.example", BOOK), desk("abuse@book-five.example")],
        provider="Known AS",
        countries={REGISTRY: "NL", ROUTING: "NL", BOOK: "NL"},
    )
    add(
        "in-both.example",
        four,
        10,
        [desk("wide@known-block.example", BOOK), desk("abuse@book-four.example")],
    )
    mails = ("second@bounced-one.example",)
    bounced = ripe(122, "BOUNCED-ONE", more_mails=mails)
    add(
        "bounced-first.example",
        bounced,
        10,
        [desk(mails[0]), desk("abuse@bounced-one.example", flag=BOUNCED)],
    )
    last = ripe(123, "BOUNCED-TWO")
    add(
        "bounced-only.example",
        last,
        10,
        [desk("abuse@bounced-two.example", flag=BOUNCED)],
    )
    gone = ripe(134, "BOOK-SIX")
    add(
        "bounced-in-the-book.example",
        gone,
        10,
        [
            desk("abuse@book-six.example"),
            desk("gone@known-block.example", BOOK, BOUNCED),
        ],
    )
    inside = ripe(124, "INSIDE")
    add(
        "www.inside.example",
        inside,
        10,
        [desk("abuse@inside.example", flag=INSIDE)],
        contact="abuse@inside.example",
    )
    # Registry and routing name different countries; the book may settle it.
    for host, third, said in (
        ("disputed.example", 135, ""),
        ("settled.example", 136, "NL"),
        ("more-disputed.example", 137, "FR"),
    ):
        name = f"DISPUTED-{third}"
        moved = net(f"100.80.{third}.0/24", HOME, name, "ripencc", routed_in="NL")
        countries = {REGISTRY: HOME, ROUTING: "NL"} | ({BOOK: said} if said else {})
        mailbox = f"abuse@{name.lower()}.example"
        words = ", ".join(f"{who} says {where}" for who, where in countries.items())
        contacts = [desk("wide@known-block.example", BOOK)] * (not said)
        best = contacts[0][0] if contacts else mailbox
        is_open = said != "NL"
        add(
            host,
            moved,
            10,
            [*contacts, desk(mailbox)],
            found=Conclusion(
                Hosting.DISPUTED,
                provider=moved.provider,
                contact=best,
                why=f"100.80.{third}.10: {words}",
                agreement="disputed",
            )
            if is_open
            else None,
            country="" if is_open else "NL",
            countries=countries,
            agreement="disputed" if is_open else "book",
        )


def _several() -> None:
    def of(net: Network, number: int, **said: Any) -> dict[str, Any]:  # noqa: ANN401
        address = str(ip_network(net.prefix)[number])
        return place(address, net, [desk(str(net.abuse))], **said)

    def several(
        host: str,
        *here: tuple[Network, int],
        hosting: Hosting,
        abroad: tuple[str, ...] = (),
        decides: int = 0,
        at_home: tuple[tuple[str, str], ...] = (),
    ) -> None:
        places = tuple(of(net, number) for net, number in here)
        ranked = (places[decides], *(p for p in places if p is not places[decides]))
        first = here[decides][0]
        found = located(
            *ranked,
            contact=str(first.abuse),
            hosting=hosting,
            abroad=abroad,
            at_home=at_home,
        )
        nets = tuple(net for net, _ in here)
        TABLE.cases.append(
            Case(host, nets, tuple(p["address"] for p in places), found, places)
        )

    home = net("100.80.144.0/24", HOME, "HERE", "ripencc")
    home6 = net("3fff:80:144::/48", HOME, "HERE-SIX", "ripencc")
    second = net("100.80.146.0/24", HOME, "HERE-TOO", "ripencc")
    there = net("100.80.127.0/24", "DE", "THERE", "ripencc")
    there6 = net("3fff:80:147::/48", "FR", "THERE-SIX", "ripencc")
    at = (home.provider, "abuse@here.example")
    at6 = (home6.provider, "abuse@here-six.example")
    at2 = (second.provider, "abuse@here-too.example")
    both, only_home, abroad = Hosting.BOTH, Hosting.HOME, Hosting.ABROAD
    several(
        "both-kinds.example",
        (home, 1),
        (home6, 1),
        hosting=only_home,
        at_home=(at, at6),
    )
    several(
        "twice-here.example", (home, 2), (home, 3), hosting=only_home, at_home=(at,)
    )
    several(
        "two-here.example", (home, 4), (second, 4), hosting=only_home, at_home=(at, at2)
    )
    several(
        "here-and-there.example",
        (there, 1),
        (home, 5),
        hosting=both,
        abroad=("DE",),
        decides=1,
        at_home=(at,),
    )
    several(
        "six-here.example",
        (there, 2),
        (home6, 2),
        hosting=both,
        abroad=("DE",),
        decides=1,
        at_home=(at6,),
    )
    several(
        "two-abroad.example",
        (there, 3),
        (there6, 3),
        hosting=abroad,
        abroad=("DE", "FR"),
    )


def _proxies() -> None:
    def behind(
        host: str,
        third: int,
        name: str,
        asn: int,
        *,
        shown: str = EDGE_NAME,
        **more: Any,  # noqa: ANN401
    ) -> None:
        aliases = more.pop("aliases", ())
        here = net(f"100.80.{third}.0/24", "US", name, "ripencc", asn=asn, **more)
        mailbox = f"abuse@{name.lower()}.example"
        is_form = shown == FORM_NAME
        add(
            host,
            here,
            10,
            [] if is_form else [desk(mailbox)],
            found=proxied(shown, "" if is_form else mailbox),
            provider=shown,
            proxy=shown,
            country="",
            aliases=aliases,
        )

    behind("by-as.example", 160, "EDGE-ONE", EDGE)
    behind("by-form.example", 161, "FORM-ONE", FORM, shown=FORM_NAME)
    behind("by-second-view.example", 162, "EDGE-TWO", 64162, seen_as=EDGE)
    behind("by-second-as.example", 163, "EDGE-THREE", 64163, more_asns=(EDGE,))
    behind("by-name.example", 164, "EDGE-FOUR", 64164, aliases=("x1.edge.example",))
    behind(
        "by-a-longer-chain.example",
        165,
        "EDGE-FIVE",
        64165,
        aliases=("x2.edge.example", "real-server.example"),
    )
    behind(
        "by-mixed-name.example",
        166,
        "MIXED-ONE",
        64166,
        aliases=("x3.mixed-edge.example",),
        shown="Mixed Clouds (practice)",
    )
    behind("by-range.example", 240, "MIXED-TWO", MIXED, shown="Mixed Clouds (practice)")
    rented = net("100.80.167.0/24", "US", "MIXED-THREE", "ripencc", asn=MIXED)
    add(
        "rented.example",
        rented,
        10,
        [desk("abuse@mixed-three.example")],
        maybe_proxy="Mixed Clouds (practice)",
    )
    pages = net("100.80.168.0/24", "US", "EDGE-PAGES", "ripencc", asn=EDGE)
    add(
        "item.pages.edge.example",
        pages,
        10,
        [desk("abuse@edge-pages.example")],
    )
    add(
        "own-name-at-pages.example",
        pages,
        11,
        [desk("abuse@edge-pages.example")],
        aliases=("x4.pages.edge.example",),
    )
    edge = net("100.80.170.0/24", "US", "EDGE-SIX", "ripencc", asn=EDGE)
    real = net("100.80.171.0/24", HOME, "REAL", "ripencc")
    in_front = place(
        "100.80.170.10",
        edge,
        [desk("abuse@edge-six.example")],
        provider=EDGE_NAME,
        proxy=EDGE_NAME,
        country="",
    )
    server = place("100.80.171.10", real, [desk("abuse@real.example")])
    told = place("100.80.171.20", real, [desk("abuse@real.example")])
    TABLE.cases += [
        Case(
            "half-hidden.example",
            (edge, real),
            ("100.80.170.10", "100.80.171.10"),
            located(server, in_front, contact="abuse@real.example"),
            (in_front, server),
        ),
        Case(
            "uncovered.example",
            (edge, real),
            ("100.80.170.10",),
            located(told, in_front, contact="abuse@real.example"),
            (in_front, told),
            origin="100.80.171.20",
        ),
    ]


def _names() -> None:
    one = net("100.80.176.0/24", HOME, "NAMES", "ripencc")
    six = net("3fff:80:176::/48", HOME, "NAMES-SIX", "ripencc")
    contacts = [desk("abuse@names.example")]
    add("xn--bcher-kva.example", one, 10, contacts)
    add("100.80.176.11", one, 11, contacts)
    add("3fff:80:176::11", six, 0x11, [desk("abuse@names-six.example")])
    add(
        "chain.example",
        one,
        12,
        contacts,
        aliases=("a.chain.example", "b.chain.test", "c.chain.invalid"),
    )
    add("under_score.a--b.example", one, 13, contacts)
    half = place("100.80.176.14", one, contacts)
    TABLE.cases.append(
        Case(
            "half-private.example",
            (one,),
            ("10.1.2.3", "100.80.176.14", "64:ff9b::a00:1"),
            located(half, contact="abuse@names.example"),
            (half,),
        )
    )


DEAD_ENDS = {
    "a" * 56 + ".onion": "a Tor onion service: its server cannot be located",
    "item.i2p": "an I2P service: its server cannot be located",
    "printer.local": PRIVATE_NAME,
    "item.localhost": PRIVATE_NAME,
    "item.internal": PRIVATE_NAME,
    "localhost": PRIVATE_NAME,
    "item": PRIVATE_NAME,
    "127.0.0.1": PRIVATE,
    "10.1.2.3": PRIVATE,
    "172.16.0.1": PRIVATE,
    "192.168.1.1": PRIVATE,
    "169.254.1.1": PRIVATE,
    "100.64.0.1": PRIVATE,
    "0.0.0.0": PRIVATE,  # noqa: S104 - looked at, never bound
    "224.0.0.1": PRIVATE,
    "239.1.2.3": PRIVATE,
    "240.0.0.1": PRIVATE,
    "255.255.255.255": PRIVATE,
    "192.0.2.1": PRIVATE,
    "::": PRIVATE,
    "::1": PRIVATE,
    "::a00:1": PRIVATE,  # IPv4-compatible
    "fc00::1": PRIVATE,
    "fe80::1": PRIVATE,
    "fec0::1": PRIVATE,
    "ff02::1": PRIVATE,
    "4000::1": PRIVATE,
    "2001:db8::1": PRIVATE,
    "::ffff:10.0.0.1": PRIVATE,
    "2002:a00:1::": PRIVATE,  # 6to4
    "64:ff9b::a00:1": PRIVATE,  # NAT64
    "64:ff9b::e000:1": PRIVATE,
    "2001:0:a00:1::f5ff:fffe": PRIVATE,  # Teredo
}


def _nowhere() -> None:
    for host, reason in DEAD_ENDS.items():
        TABLE.cases.append(Case(host, found=untraceable(reason)))
    for host, addresses in (
        ("to-private.example", ("10.1.2.3", "192.168.1.1")),
        ("to-loopback.example", ("127.0.0.1", "::1")),
        ("to-six-to-four.example", ("2002:a00:1::",)),
        ("to-nat64.example", ("64:ff9b::a00:1",)),
        ("to-teredo.example", ("2001:0:a00:1::f5ff:fffe",)),
        ("to-multicast.example", ("224.0.0.1", "ff0e::1")),
    ):
        TABLE.cases.append(
            Case(host, addresses=addresses, found=untraceable(LEADS_NOWHERE))
        )
    missing = "the name does not exist (NXDOMAIN)"
    TABLE.cases += [
        Case("missing.example", trouble=missing, is_gone=True),
        Case(
            "dangling.example",
            aliases=("nowhere.example",),
            trouble=missing,
            is_gone=True,
        ),
        Case("empty.example", trouble="the name has no address", is_gone=True),
    ]


for _draw in (
    _ripe,
    _arin,
    _apnic,
    _lacnic,
    _afrinic,
    _routing,
    _book,
    _several,
    _proxies,
    _names,
    _nowhere,
):
    _draw()
