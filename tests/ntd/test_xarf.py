"""The object for machines, held against the schema its makers publish."""

import json
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from jsonschema import Draft202012Validator, ValidationError
from referencing import Registry, Resource

from reportbox.ntd.subject import Subject
from reportbox.ntd.xarf import Reporter, xarf, xarf_v3
from tests.builders import a_subject

US = Reporter("Example Hotline", "desk@hotline.example", "+000 000 0000")
BARE = "192.0.2.7"
FOLDER = Path(__file__).with_name("xarf")


def _schema(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((FOLDER / name).read_text())
    return found


def validate(made: object) -> None:
    """Hold an object against core, content and content/csam as published."""
    names = ("xarf-core.json", "types/content-base.json", "types/content-csam.json")
    schemas = [_schema(name) for name in names]
    registry: Registry[Any] = Registry().with_resources(
        (schema["$id"], Resource.from_contents(schema)) for schema in schemas
    )
    checker = Draft202012Validator.FORMAT_CHECKER
    Draft202012Validator(
        schemas[-1], registry=registry, format_checker=checker
    ).validate(made)


FULL = a_subject(asn=64500, country="EE", hoster="Home Hosting One")


@pytest.mark.parametrize(
    "subject",
    [
        FULL,
        a_subject(),
        a_subject(ip_addresses=()),
        a_subject(ip_addresses=("2001:db8::7",), port=8080),
        a_subject(f"http://{BARE}/page", host=BARE, port=80),
        a_subject(
            "item-one.example/page two", key="https://item-one.example/page%20two"
        ),
        a_subject(host="sub_one.item-one.example"),
        a_subject(host="item.xn--p1ai.example"),
    ],
)
def test_every_object_is_valid_by_the_published_schema(subject: Subject) -> None:
    validate(xarf(subject, US))


@pytest.mark.parametrize(
    "wrong",
    [
        {"classification": "national"},
        {"type": "phishing"},
        {"asn": 0},
        {"country_code": "Estonia"},
        {"xarf_version": "3"},
        {"verification_method": "by eye"},
    ],
)
def test_the_schema_refuses_what_is_wrong(wrong: dict[str, object]) -> None:
    made = xarf(FULL, US)
    assert made is not None

    with pytest.raises(ValidationError):
        validate(made | wrong)


def test_it_says_all_that_is_known_of_the_place_and_how_it_was_verified() -> None:
    made: Any = xarf(FULL, US)

    assert made["source_identifier"] == "192.0.2.7"
    assert made["source_port"] == 443
    assert made["domain"] == "item-one.example"
    assert made["asn"] == 64500
    assert made["country_code"] == "EE"
    assert made["hosting_provider"] == "Home Hosting One"
    assert made["dns_records"] == {"a": ["192.0.2.7"], "aaaa": ["2001:db8::7"]}
    assert made["verified_at"] == made["timestamp"] == "2030-01-07T09:00:00Z"
    assert made["verification_method"] == "manual"


def test_it_leaves_out_what_nobody_knows() -> None:
    made: Any = xarf(a_subject(ip_addresses=()), US)

    assert made["source_identifier"] == "item-one.example"
    assert not {"asn", "country_code", "hosting_provider", "dns_records"} & set(made)


def test_it_neither_describes_nor_encloses_what_was_seen() -> None:
    made: Any = xarf(FULL, US)

    told = {"description", "evidence", "media_type", "hash_values", "screenshot_url"}
    assert not told & set(made)


def test_the_same_address_keeps_its_identifier_and_others_have_others() -> None:
    first: Any = xarf(FULL, US)
    again: Any = xarf(a_subject(), US)
    other: Any = xarf(a_subject(number="RB-000002"), US)

    assert first["report_id"] == again["report_id"] != other["report_id"]
    assert UUID(first["report_id"]).version == 4


def test_an_address_that_is_no_uri_stands_there_as_browsers_open_it() -> None:
    key = "https://item-one.example/page%20two"
    made: Any = xarf(a_subject("item-one.example/page two", key=key), US)

    assert made["url"] == key


def test_there_is_none_where_the_format_has_no_word() -> None:
    assert xarf(a_subject(classification="national"), US) is None
    assert xarf_v3(a_subject(classification="national"), US) is None


def test_version_3_has_the_keys_old_desks_read() -> None:
    assert xarf_v3(a_subject(), US) == {
        "Version": "3",
        "ReporterInfo": {
            "ReporterOrg": "Example Hotline",
            "ReporterOrgDomain": "hotline.example",
            "ReporterOrgEmail": "desk@hotline.example",
            "ReporterContactPhone": "+000 000 0000",
        },
        "Disclosure": True,
        "Report": {
            "ReportClass": "Content",
            "ReportType": "ChildAbuse",
            "Date": "2030-01-07T09:00:00Z",
            "SourceIp": "192.0.2.7",
            "SourcePort": 443,
            "SourceUrl": "https://item-one.example/page",
        },
    }
