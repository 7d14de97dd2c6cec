"""From answers to one conclusion, the same every time."""

import random

import pytest

from reportbox.ports import NetworkRecord
from reportbox.tracing.contacts import Book
from reportbox.tracing.finding import Conclusion, Hosting, locate
from reportbox.tracing.finding import conclude as conclude_locations
from reportbox.tracing.proxies import read_proxies


def record(
    address: str, country: str, provider: str, asn: str = "64500"
) -> NetworkRecord:
    return NetworkRecord(
        address=address,
        network=f"{address}/32",
        name=provider.upper(),
        provider=provider,
        country=country,
        asns=(asn,),
        abuse_contacts=(f"abuse@{provider}.example", f"second@{provider}.example"),
        source="rdap",
    )


def conclude(records: list[NetworkRecord], home: str) -> Conclusion:
    proxies = read_proxies(None)
    places = [locate(r, ["item-one.example"], proxies, Book()) for r in records]
    return conclude_locations(places, home)


HOME = record("100.80.0.1", "EE", "home")
ALSO_HOME = record("100.80.16.1", "EE", "also-home")
ABROAD = record("100.80.128.1", "DE", "abroad")
PROXY = record("100.80.176.1", "US", "proxy", "64700")
NOWHERE = record("100.80.200.1", "", "nowhere")


@pytest.mark.parametrize(
    ("records", "hosting", "country", "provider", "abroad"),
    [
        ([HOME], Hosting.HOME, "EE", "home", ()),
        ([HOME, ALSO_HOME], Hosting.HOME, "EE", "home", ()),
        ([ABROAD], Hosting.ABROAD, "DE", "abroad", ("DE",)),
        ([ABROAD, HOME], Hosting.BOTH, "EE", "home", ("DE",)),
        ([PROXY], Hosting.PROXIED, "", "Edge Proxy (practice)", ()),
        ([PROXY, ABROAD], Hosting.ABROAD, "DE", "abroad", ("DE",)),
        ([NOWHERE], Hosting.UNTRACEABLE, "", "", ()),
        ([NOWHERE, ABROAD], Hosting.ABROAD, "DE", "abroad", ("DE",)),
    ],
)
def test_the_conclusion_follows_the_fixed_order_however_answers_arrive(
    records: list[NetworkRecord],
    hosting: Hosting,
    country: str,
    provider: str,
    abroad: tuple[str, ...],
) -> None:
    for seed in range(5):
        shuffled = random.Random(seed).sample(records, len(records))

        found = conclude(shuffled, "EE")

        assert (found.hosting, found.country) == (hosting, country)
        assert (found.provider, found.abroad) == (provider, abroad)


def test_every_provider_at_home_is_to_be_asked_once() -> None:
    twin = record("100.80.0.2", "EE", "home")

    found = conclude([HOME, ALSO_HOME, twin, ABROAD], "EE")

    assert found.at_home == (
        ("home", "abuse@home.example"),
        ("also-home", "abuse@also-home.example"),
    )


def test_ipv4_decides_before_ipv6() -> None:
    v6 = record("3fff:80:1::1", "EE", "six")

    assert conclude([v6, HOME], "EE").provider == "home"
