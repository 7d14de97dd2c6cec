"""The list of proxies: what it says, and what it refuses in words."""

from pathlib import Path

import pytest

from reportbox.errors import Misconfigured
from reportbox.ports import NetworkRecord
from reportbox.tracing.contacts import Book
from reportbox.tracing.finding import Hosting, conclude, locate
from reportbox.tracing.proxies import FILE, read_proxies

GOOD = """
dated = 2026-01-01
[[network]]
name = "Range Proxy"
kind = "mixed"
asns = [64999]
ranges = ["100.80.7.0/24"]
suffixes = ["range.example"]
channel = "mail"
contact = "abuse@range.example"
"""


def record(address: str, asn: str = "64500") -> NetworkRecord:
    return NetworkRecord(
        address=address,
        network=f"{address}/32",
        country="EE",
        asns=(asn,),
        abuse_contacts=(f"abuse@as{asn}.example",),
        source="rdap",
    )


def test_the_list_that_comes_with_the_box_can_be_read() -> None:
    proxies = read_proxies(None)

    assert len(proxies.networks) > 20
    assert sum(len(proxy.ranges) for proxy in proxies.networks) > 40


def test_a_hotlines_own_list_takes_the_place_of_the_boxs(tmp_path: Path) -> None:
    file = tmp_path / "own.toml"
    file.write_text(GOOD)

    proxies = read_proxies(file)

    found = proxies.in_front(record("100.80.7.9"), ["item-one.example"])
    assert found is not None
    assert found.name == "Range Proxy"
    assert proxies.in_front(record("100.80.8.9", "64700"), ["item-one.example"]) is None
    # It rents servers as well: its AS alone is told, and decides nothing.
    rented = record("100.80.8.9", "64999")
    assert proxies.in_front(rented, ["item-one.example"]) is None
    assert proxies.maybe(rented) == "Range Proxy"


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("dated = 2026-01-01", "", "needs “dated”"),
        ('kind = "mixed"', 'kind = "wall"', "“Range Proxy”"),
        ('channel = "mail"', 'channel = "pigeon"', "“Range Proxy”"),
        ("100.80.7.0/24", "100.80.7.1/24", "“Range Proxy”"),
        ("abuse@range.example", "somebody", "“somebody” is no mail address"),
        ("asns = [64999]", "asn = [64999]", "there is no “asn”"),
        ("[[network]]", "[[network", "cannot be read"),
    ],
)
def test_a_list_with_a_mistake_is_refused_naming_the_entry(
    tmp_path: Path, old: str, new: str, sentence: str
) -> None:
    file = tmp_path / "own.toml"
    file.write_text(GOOD.replace(old, new))

    with pytest.raises(Misconfigured, match=sentence):
        read_proxies(file)


def test_a_list_of_anything_but_networks_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "own.toml"
    file.write_text("dated = 2026-01-01\nnetwork = ['x']\n")

    with pytest.raises(Misconfigured, match="needs “dated”"):
        read_proxies(file)


def test_the_practice_entries_are_marked_as_such() -> None:
    for proxy in read_proxies(FILE).networks:
        has_practice = {"64700", "64701", "64702"} & proxy.asns
        assert not has_practice or "(practice)" in proxy.name


def test_behind_two_proxies_each_is_asked_once() -> None:
    proxies = read_proxies(None)
    places = [
        locate(record(address, asn), ["item-one.example"], proxies, Book())
        for address, asn in (
            ("100.80.176.1", "64700"),
            ("100.80.176.2", "64700"),
            ("100.80.192.1", "64701"),
        )
    ]

    found = conclude(places, "EE")

    assert found.hosting is Hosting.PROXIED
    assert found.at_home == (
        ("Edge Proxy (practice)", "abuse@as64700.example"),
        ("Form Proxy (practice)", ""),
    )
    assert "Edge Proxy (practice) and Form Proxy (practice) are visible" in found.why
