"""A finding with its evidence, as a person at a terminal reads it."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from reportbox.ports import DomainRecord
from reportbox.tracing.address import Address, defang
from reportbox.tracing.finding import Location
from reportbox.tracing.look import Sight

WIDTH = 18  # characters of a label


def as_data(
    address: Address, sight: Sight, domain: DomainRecord | None
) -> dict[str, Any]:
    """Return everything for JSON, the address to the letter."""
    return {
        "address": address.as_reported,
        "host": address.host,
        "trouble": sight.trouble,
        **sight.columns(),
        "registrar": asdict(domain) if domain else None,
    }


def as_text(address: Address, sight: Sight, domain: DomainRecord | None) -> str:
    """Return a few lines, every address inert."""
    return "\n".join(_lines(address, sight, domain))


def _lines(
    address: Address, sight: Sight, domain: DomainRecord | None
) -> Iterator[str]:
    yield defang(address.as_reported)
    found = sight.conclusion
    if found is None:
        yield _line("not traced", sight.trouble)
    else:
        yield _line("hosted", ", ".join(filter(None, [found.hosting, found.country])))
        yield from _given("abroad", ", ".join(found.abroad))
        yield from _given("sources", found.agreement)
        yield from _given("proxy" if found.proxy else "provider", found.provider)
        yield from _given("contact", found.contact)
        yield _line("why", found.why)
    yield from _given("aliases", ", ".join(map(defang, sight.aliases)))
    for location in sight.locations:
        yield from _evidence(location)
    if domain is not None:
        said = domain.registrar or "its registry publishes none"
        yield _line("registrar", ", ".join([said, *domain.abuse_contacts]))
        yield from _given("name servers", ", ".join(map(defang, domain.name_servers)))
    yield from _given("not answered", "; ".join(sight.missing))
    yield from _given("asked", ", ".join(sight.servers))


def _evidence(location: Location) -> Iterator[str]:
    record = location.record
    yield f"  {defang(record.address)}"
    yield from _given(
        "  network", f"{record.network} {record.name} {record.type}".strip()
    )
    said = ", ".join(f"{who}: {where}" for who, where in location.countries.items())
    yield from _given("  country", said)
    for view in record.origins:
        yield _line("  origin AS", f"{' '.join(view.asns)} {view.route} ({view.view})")
    yield from _given("  proxy", location.proxy or location.maybe_proxy)
    for one in location.contacts:
        flag = f" ({one.flag})" if one.flag else ""
        yield _line("  contact", f"{one.mailbox}, {one.source}{flag}")
    source = f"{record.registry} {record.source}".strip()
    yield from _given("  answer", f"{source} sha256 {record.digest}")


def _given(label: str, text: str) -> Iterator[str]:
    if text:
        yield _line(label, text)


def _line(label: str, text: str) -> str:
    return f"  {label:<{WIDTH}}{text}"
