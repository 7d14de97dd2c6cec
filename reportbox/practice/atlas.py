"""The pretend internet as data: networks, host names and what is broken today.

The practice servers read it at every question, so a test or a demonstration moves
a host or takes a server down by changing it. Nothing ever connects to an address
named here.
"""

from dataclasses import dataclass, field, replace
from ipaddress import ip_address, ip_network


@dataclass(frozen=True)
class Network:
    """One block of addresses; `registry` is spelled as Team Cymru spells it."""

    prefix: str
    country: str
    name: str
    asn: int
    registry: str
    abuse: str | None
    speaks: str = "rdap"  # or "whois": the registry answers RDAP with 404
    provider: str = ""
    kind: str = ""  # how the registry gave it out; empty for its usual assignment
    routed_in: str = ""  # the country the routing's view names, if another
    more_asns: tuple[int, ...] = ()  # announced by several
    seen_as: int = 0  # the AS that the second view sees, if another
    above: str = ""  # the abuse mailbox of the network above it
    is_announced: bool = True  # a smaller one inside an announced prefix need not be
    is_odd: bool = False  # written in its registry's oddest way
    ends_at: str = ""  # its last address, where it is no whole prefix
    more_mails: tuple[str, ...] = ()  # of the same abuse desk
    told: tuple[str, ...] = ()  # the texts of the first view, if not its usual one

    def __post_init__(self) -> None:
        object.__setattr__(self, "provider", self.provider or self.name)


@dataclass
class Atlas:
    """Everything the practice servers know; host names are in lower case."""

    networks: list[Network] = field(default_factory=list)
    hosts: dict[str, tuple[str, ...]] = field(default_factory=dict)
    aliases: dict[str, str] = field(default_factory=dict)
    broken: set[str] = field(default_factory=set)  # "*" breaks every name
    registry_down: bool = False
    registrars: dict[str, str] = field(default_factory=dict)  # domain -> its name

    def network_of(self, address: str) -> Network | None:
        """Find the most specific network; ValueError if this is no address."""
        wanted = ip_address(address)
        around = [n for n in self.networks if wanted in ip_network(n.prefix)]
        return max(around, key=lambda n: ip_network(n.prefix).prefixlen, default=None)

    def route_of(self, address: str) -> Network | None:
        """Find the most specific network whose prefix is announced."""
        wanted = ip_address(address)
        around = [
            n
            for n in self.networks
            if n.is_announced and wanted in ip_network(n.prefix)
        ]
        return max(around, key=lambda n: ip_network(n.prefix).prefixlen, default=None)

    def chain_of(self, host: str) -> list[str]:
        """Follow the aliases from a host; a loop ends before it repeats a name."""
        chain = [host.lower()]
        while (target := self.aliases.get(chain[-1])) and target not in chain:
            chain.append(target)
        return chain

    def addresses_of(self, host: str) -> tuple[str, ...]:
        return self.hosts.get(self.chain_of(host)[-1], ())


NEW_CONTACT = "abuse@host-six.example"  # nobody has written there yet

_REGISTRIES = {
    "BR": "lacnic",
    "CA": "arin",
    "JP": "apnic",
    "US": "arin",
    "ZA": "afrinic",
}

# country, third number of its /20, AS number
_ABROAD = (
    ("DE", 80, 64505),
    ("NL", 96, 64506),
    ("US", 112, 64507),
    ("BR", 128, 64508),
    ("JP", 144, 64509),
    ("ZA", 160, 64510),
)

_HOSTS = {
    "item-one.example": ("100.80.0.10", "3fff:80:1::10"),
    "item-two.example": ("100.80.16.10",),
    "item-three.example": ("100.80.32.10",),
    "item-four.example": ("100.80.48.10",),
    "item-five.example": ("100.80.64.10",),
    "item-six.example": ("100.80.0.16",),
    "page-gone.example": ("100.80.0.30",),
    "page-claimed.example": ("100.80.16.31",),
    "page-asked.example": ("100.80.16.32",),
    "page-lost.example": ("100.80.0.33",),
    "page-kept.example": ("100.80.0.34",),
    "page-vanished.example": ("100.80.0.35",),
    "page-silent.example": ("100.80.16.36",),
    "page-unsaid.example": ("100.80.16.37",),
    "page-stopped.example": ("100.80.0.38",),
    "item-seven.example": ("100.80.16.17",),
    "item-eight.example": ("100.80.0.18",),
    "item-both.example": ("100.80.0.20", "100.80.80.20"),
    "item-v6.example": ("3fff:80:1::20",),
    "page-de.example": ("100.80.80.10", "3fff:80:80::10"),
    "page-nl.example": ("100.80.96.10",),
    "page-us.example": ("100.80.112.10",),
    "page-br.example": ("100.80.128.10",),
    "page-jp.example": ("100.80.144.10",),
    "page-za.example": ("100.80.160.10",),
    "page-proxied.example": ("100.80.176.10",),
    "page-hidden.example": ("100.80.176.11",),
    "page-form.example": ("100.80.192.10",),
    "page-moved.example": ("100.80.208.10",),
    "page-new.example": ("100.80.224.10",),
}

_ALIASES = {
    "page-alias.example": "pool.page-alias.example",
    "pool.page-alias.example": "page-de.example",
}


def practice_atlas(home: str) -> Atlas:
    """Draw the neutral world a new hotline trains on; `home` is its country code."""
    return Atlas(
        [*_networks_at(home), *_networks_abroad(home)],
        dict(_HOSTS),
        dict(_ALIASES),
        registrars={
            name: "Registrar One"
            for name in _HOSTS
            if name.startswith(("item-", "page-"))
        },
    )


def approved_contacts(home: str) -> list[str]:
    """List the mailboxes a practice hotline has written to before; one is new."""
    known = {net.abuse for net in practice_atlas(home).networks if net.abuse}
    return sorted(known - {NEW_CONTACT})


def known_providers(home: str) -> list[tuple[str, str, str]]:
    """List the providers a practice hotline knows: name, handle, mailbox."""
    networks = practice_atlas(home).networks
    return [(net.provider, net.name, net.abuse or "") for net in networks]


def _networks_at(home: str) -> list[Network]:
    whois_only = _hosting("100.80.48.0/20", home, "four", 64503, "Home Hosting Four")
    no_contact = _hosting("100.80.64.0/20", home, "five", 64504, "Home Hosting Five")
    return [
        _hosting("100.80.0.0/20", home, "one", 64500, "Home Hosting One"),
        _hosting("3fff:80:1::/48", home, "one", 64500, "Home Hosting One"),
        _hosting("100.80.16.0/20", home, "two", 64501, "Home Hosting Two"),
        _hosting("100.80.32.0/20", home, "three", 64502, "Home Hosting Three"),
        replace(whois_only, speaks="whois"),
        replace(no_contact, abuse=None),
        replace(
            _hosting("100.80.224.0/20", home, "six", 64512, "Home Hosting Six"),
            abuse=NEW_CONTACT,
        ),
    ]


def _networks_abroad(home: str) -> list[Network]:
    return [
        *(
            _hosting(
                f"100.80.{third}.0/20", country, country, asn, f"Hosting {country}"
            )
            for country, third, asn in _ABROAD
        ),
        _hosting("3fff:80:80::/48", "DE", "DE", 64505, "Hosting DE"),
        _hosting("100.80.176.0/20", "US", "edge", 64700, "Edge Proxy"),
        _hosting("100.80.192.0/20", "US", "form", 64701, "Form Proxy"),
        # The registry and the routing name different countries.
        replace(
            _hosting("100.80.208.0/20", home, "moved", 64511, "Moved Hosting"),
            routed_in="NL",
        ),
    ]


def _hosting(prefix: str, country: str, word: str, asn: int, provider: str) -> Network:
    return Network(
        prefix,
        country,
        f"HOST-{word.upper()}",
        asn,
        _REGISTRIES.get(country, "ripencc"),
        f"abuse@host-{word.lower()}.example",
        provider=provider,
    )
