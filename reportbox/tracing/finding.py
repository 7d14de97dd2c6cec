"""From what name servers and registries said to one conclusion: who hosts it where.

The order is fixed, so that two traces of the same answers agree: servers before
proxies, home before abroad, IPv4 before IPv6, the lowest address first.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum, auto
from ipaddress import ip_address

from reportbox.ports import NetworkRecord
from reportbox.tracing.proxies import proxy_name


class Hosting(StrEnum):
    HOME = auto()
    ABROAD = auto()
    BOTH = auto()  # some servers at home, some abroad
    PROXIED = auto()  # only proxies are visible
    UNTRACEABLE = auto()


@dataclass(frozen=True)
class Conclusion:
    hosting: Hosting
    country: str = ""  # of the deciding location; never a proxy's
    provider: str = ""
    contact: str = ""
    abroad: tuple[str, ...] = ()  # countries other than home, in alphabetical order
    at_home: tuple[
        tuple[str, str], ...
    ] = ()  # (provider, contact) to be asked, each once
    why: str = ""

    @property
    def place(self) -> tuple[object, ...]:
        """What must be equal for two traces to mean the same place."""
        return (self.hosting, self.country, self.provider, self.abroad, self.at_home)


def untraceable(why: str) -> Conclusion:
    return Conclusion(Hosting.UNTRACEABLE, why=why)


def conclude(records: Sequence[NetworkRecord], home: str) -> Conclusion:
    """Weigh every location; ``home`` is the hotline's country (ISO 3166-1 alpha-2)."""
    ranked = sorted(records, key=lambda record: _rank(record, home))
    servers = [record for record in ranked if not proxy_name(record.asns)]
    if not servers:
        return _proxied(ranked[0])
    countries = {record.country for record in servers if record.country}
    if not countries:
        return untraceable("no registry names a country for its addresses")
    best = servers[0]
    abroad = tuple(sorted(countries - {home}))
    hosting = _hosting(countries, home)
    return Conclusion(
        hosting=hosting,
        country=best.country,
        provider=best.provider or best.name,
        contact=_contact(best),
        abroad=abroad,
        at_home=_at_home(servers, home),
        why=_why(best, len(records)),
    )


def _rank(record: NetworkRecord, home: str) -> tuple[bool, bool, bool, int, int]:
    address = ip_address(record.address)
    return (
        bool(proxy_name(record.asns)),
        not record.country,
        record.country != home,
        address.version,
        int(address),
    )


def _hosting(countries: set[str], home: str) -> Hosting:
    if countries == {home}:
        return Hosting.HOME
    return Hosting.BOTH if home in countries else Hosting.ABROAD


def _at_home(
    servers: Sequence[NetworkRecord], home: str
) -> tuple[tuple[str, str], ...]:
    asked = ((s.provider or s.name, _contact(s)) for s in servers if s.country == home)
    return tuple(dict.fromkeys(asked))


def _proxied(record: NetworkRecord) -> Conclusion:
    name = proxy_name(record.asns)
    why = f"only the proxy {name} is visible; the server behind it is not known"
    return Conclusion(Hosting.PROXIED, provider=name, contact=_contact(record), why=why)


def _contact(record: NetworkRecord) -> str:
    """Take the registry's abuse contact; the registrant may be the offender."""
    return record.abuse_contacts[0] if record.abuse_contacts else ""


def _why(best: NetworkRecord, found: int) -> str:
    asns = ", ".join(f"AS{asn}" for asn in best.asns) or "no origin AS known"
    return (
        f"{best.address} ({found} found) lies in {best.network} “{best.name}”, {asns}, "
        f"registered in {best.country} with {best.registry or 'the registry'} "
        f"({best.source.upper()})"
    )
