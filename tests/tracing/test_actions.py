"""Tracing over real DNS, RDAP and WHOIS on loopback."""

import pytest

from reportbox.lifecycle import Item as State
from tests.house import House


@pytest.mark.parametrize(
    ("host", "hosting", "country", "provider", "contact"),
    [
        (
            "item-one.example",
            "home",
            "EE",
            "Home Hosting One",
            "abuse@host-one.example",
        ),
        (
            "item-four.example",
            "home",
            "EE",
            "Home Hosting Four",
            "abuse@host-four.example",
        ),
        ("item-five.example", "home", "EE", "Home Hosting Five", ""),
        ("item-v6.example", "home", "EE", "Home Hosting One", "abuse@host-one.example"),
        (
            "item-both.example",
            "both",
            "EE",
            "Home Hosting One",
            "abuse@host-one.example",
        ),
        ("page-alias.example", "abroad", "DE", "Hosting DE", "abuse@host-de.example"),
        ("page-us.example", "abroad", "US", "Hosting US", "abuse@host-us.example"),
        ("page-br.example", "abroad", "BR", "Hosting BR", "abuse@host-br.example"),
        ("page-jp.example", "abroad", "JP", "HOST-JP", "abuse@host-jp.example"),
        ("page-za.example", "abroad", "ZA", "Hosting ZA", "abuse@host-za.example"),
        ("100.80.0.10", "home", "EE", "Home Hosting One", "abuse@host-one.example"),
        (
            "page-proxied.example",
            "proxied",
            "",
            "Edge Proxy (practice)",
            "abuse@host-edge.example",
        ),
    ],
)
def test_each_kind_of_host_is_found_with_its_contact(
    house: House, host: str, hosting: str, country: str, provider: str, contact: str
) -> None:
    item = house.the_public_reports(f"https://{host}/item")
    house.judges(item, "baseline")

    house.works()

    finding = house.item(item).finding
    assert (finding.hosting, finding.country) == (hosting, country)
    assert (finding.provider, finding.contact) == (provider, contact)
    assert all(place["digest"] for place in finding.locations)


def test_a_name_that_does_not_exist_is_believed_only_after_patient_retries(
    house: House,
) -> None:
    item = house.the_public_reports("https://item-unknown.invalid/item")
    house.judges(item, "baseline")
    house.works()
    assert house.item(item).state == State.TO_TRACE
    assert "does not exist" in house.page(f"/items/{item.id}")

    for hours in (0.1, 0.3, 1.1, 4.1, 12.1):
        house.hours_pass(hours)

    assert house.item(item).finding.hosting == "untraceable"


def test_the_pauses_between_tries_grow(house: House) -> None:
    house.atlas.broken.add("*")
    item = house.the_public_reports("https://item-one.example/page")
    house.judges(item, "baseline")

    pauses = []
    for _ in range(4):
        house.works()
        waiting = house.item(item)
        pauses.append((waiting.trace_at - house.clock.now()).total_seconds() / 60)
        house.clock.set(waiting.trace_at)

    assert pauses == [1, 5, 15, 60]
