"""Annex I holds every field of the template, in text, in JSON and as a list."""

import csv
import json
from io import StringIO
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, ValidationError

from reportbox.lea.annex_one import (
    BLOCKS,
    CATALOGUE,
    FIELDS,
    URL_LIST,
    Case,
    Part,
    as_data,
    as_json,
    as_text,
    blocks,
    schema,
    switchable,
    url_list,
)
from reportbox.plain import uncomputed
from tests.house import House, annex_of, text_of
from tests.lea.cases import CASE, HOSTILE, a_case, a_hostile_case

# The template in the order of the guidelines' Annex I (rows X1 to X24).
TEMPLATE = {
    "report": ["hotline", "received_at", "iccam_received", "forwarded_at", "urgent"],
    "content": [
        "offender_identifiable",
        "victim_identifiable",
        "victim_identified",
        "content_type",
        "self_generated",
        "summary",
        "useful_information",
    ],
    "location_and_tracking": [
        "address",
        "password",
        "ip_addresses",
        "provider",
        "details",
    ],
    "additional_information": ["screenshots", "remarks", "proxy", "ntd", "iccam"],
    "contact_information": [
        "hotline_description",
        "email",
        "phone",
        "physical_address",
    ],
}
SWITCHABLE = [name for name, _, _ in switchable()]
KEEPS_TO = Draft202012Validator(schema())


def report_of(case: Case, *off: str) -> dict[str, dict[str, Any]]:
    [report] = as_data([case], off=frozenset(off))["reports"]
    found: dict[str, dict[str, Any]] = report
    return found


def rows_of(text: str) -> list[list[str]]:
    return list(csv.reader(StringIO(text, newline="")))


# --- what is in it ---


def test_every_field_of_the_template_is_there() -> None:
    report = report_of(CASE)

    for block, names in TEMPLATE.items():
        assert set(names) <= set(report[block]), block


def test_no_two_fields_share_a_name() -> None:
    assert len(FIELDS) == sum(len(fields) for fields in CATALOGUE.values())


def test_whether_the_victim_is_identified_is_asked_only_if_identifiable() -> None:
    answers = {"victim_identifiable": "yes", "victim_identified": "no"}
    others = {"victim_identifiable": "no", "victim_identified": "no"}

    asked = report_of(a_case(answers=answers))["content"]
    not_asked = report_of(a_case(answers=others))["content"]

    assert asked["victim_identified"] == "no"
    assert "victim_identified" not in not_asked


def test_nobody_is_named_who_did_not_agree_to_be_asked() -> None:
    assert "reporter" not in report_of(a_case(reporter=""))["additional_information"]


def test_what_is_not_known_yet_says_so() -> None:
    bare = a_case(hosting="", country="", provider="", details="", ip_addresses=())

    location = report_of(bare)["location_and_tracking"]
    assert "supplement" in location["provider"]
    assert location["ip_addresses"] == []
    assert "IP address: not yet known; a supplement" in as_text(bare)


def test_the_box_holds_no_screenshots() -> None:
    said = report_of(a_case(answers={}))["additional_information"]["screenshots"]

    assert said == "none held in the box"


def test_text_and_data_say_the_same() -> None:
    report = report_of(CASE)

    for (title, fields), (block, its_title) in zip(
        blocks(CASE), BLOCKS.items(), strict=True
    ):
        assert title == its_title
        assert list(report[block]) == [name for name, _, _ in fields]
        for name, label, value in fields:
            said = report[block][name]
            assert (", ".join(said) if isinstance(said, list) else said) == value
            first, *_ = value.splitlines()
            assert f"\n  {label}: {first}" in as_text(CASE)


# --- what may be left out ---


@pytest.mark.parametrize("name", SWITCHABLE)
def test_a_field_switched_off_is_in_none_of_them(name: str) -> None:
    its = FIELDS[name]
    value = its.value(CASE)
    assert value

    assert all(name not in fields for fields in report_of(CASE, name).values())
    off = frozenset({name})
    assert name not in {n for _, fields in blocks(CASE, off) for n, _, _ in fields}
    assert f"  {its.label}: {value.splitlines()[0]}\n" not in as_text(CASE, off) + "\n"
    assert name not in url_list([CASE], off)
    KEEPS_TO.validate(as_data([CASE], off=off))


def test_what_names_a_report_and_tells_where_it_is_is_never_left_out() -> None:
    stays = {"reference", "hotline", "forwarded_at", "urgent", "verdict", "address"}

    assert set(FIELDS) - set(SWITCHABLE) == stays
    assert blocks(CASE, stays) == blocks(CASE)


def test_a_block_with_nothing_in_it_has_no_title() -> None:
    bare = as_text(CASE, frozenset(SWITCHABLE))

    assert "CONTACT INFORMATION" not in bare
    assert bare.startswith("REPORT\n")


# --- JSON ---


def test_the_schema_and_the_catalogue_are_the_same() -> None:
    report = schema()["$defs"]["report"]

    assert report["required"] == list(CATALOGUE)
    assert list(report["properties"]) == list(CATALOGUE)
    for name, fields in CATALOGUE.items():
        block = report["properties"][name]
        assert block["title"] == BLOCKS[name]
        assert block["additionalProperties"] is False
        assert block["required"] == [its.name for its in fields if its.stays]
        assert block["properties"] == {
            its.name: {"title": its.label, **kind(listed=its.values is not None)}
            for its in fields
        }


def kind(*, listed: bool) -> dict[str, Any]:
    one = {"type": "string"}
    return {"type": "array", "items": one} if listed else one


def test_one_report_and_a_block_of_many_keep_to_the_schema() -> None:
    Draft202012Validator.check_schema(schema())

    one, many = as_data([CASE]), as_data([CASE] * 3, Part(2, 5, 1000))

    KEEPS_TO.validate(one)
    KEEPS_TO.validate(many)
    assert one["part"] == {"number": 1, "of": 1, "reports": 1}
    assert many["part"] == {"number": 2, "of": 5, "reports": 1000}
    assert len(many["reports"]) == 3


@pytest.mark.parametrize(
    "wrong",
    [
        {"format": "another"},
        {"version": 2},
        {"part": {"number": 0, "of": 1, "reports": 1}},
        {"part": {"number": 1, "of": 1}},
        {"reports": []},
        {"reports": [report_of(CASE) | {"more": {}}]},
        {"reports": [report_of(CASE) | {"report": {"reference": "RB-000001"}}]},
        {"reports": [report_of(CASE) | {"contact_information": {"fax": "+000"}}]},
        {"reports": [report_of(CASE) | {"content": {"summary": 7}}]},
        {"more": ""},
    ],
)
def test_data_of_another_shape_does_not_pass(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        KEEPS_TO.validate(as_data([CASE]) | wrong)


def test_the_annex_of_a_real_notice_keeps_to_the_schema(house: House) -> None:
    item = house.the_public_reports("https://item-one.example/page")
    house.judges(item, "baseline", summary="item one\r\n  URL address: item two")
    house.works()

    [letter] = house.letters_to_the_lea()
    KEEPS_TO.validate(json.loads(dict(letter.parts)["annex-one.json"]))
    assert annex_of(letter)["report"]["reference"] == item.number
    lines = text_of(letter).splitlines()
    assert [x for x in lines if x.startswith("  URL address:")] == [
        "  URL address: https://item-one.example/page"
    ]


# --- the list of addresses ---


def test_the_list_has_one_line_for_each_report() -> None:
    two = a_case(number="RB-000002", urgent="", address="https://item-two.example/")

    assert rows_of(url_list([CASE, two])) == [
        list(URL_LIST),
        [
            "RB-000001",
            CASE.address,
            "192.0.2.7, 2001:db8::7",
            "YES: it says tonight",
            "country one",
            "Host One",
        ],
        [
            "RB-000002",
            "https://item-two.example/",
            "192.0.2.7, 2001:db8::7",
            "no",
            "country one",
            "Host One",
        ],
    ]


# --- values that would be something else ---


@pytest.mark.parametrize("value", HOSTILE)
def test_a_hostile_value_is_only_a_value(value: str) -> None:
    case = a_hostile_case(value)

    said = json.loads(as_json([case]))
    listed = rows_of(url_list([case]))
    KEEPS_TO.validate(said)
    assert said["reports"][0]["location_and_tracking"]["address"] == value
    assert said["reports"][0]["content"]["summary"] == value
    assert len(listed) == 2
    assert listed[1][1] == uncomputed(value)
    assert_every_line_is_its_field(case)


words = st.text()


@given(address=words, summary=words, urgent=words, provider=words, ip=st.lists(words))
def test_any_words_survive_the_json_and_the_list(
    address: str, summary: str, urgent: str, provider: str, ip: list[str]
) -> None:
    case = a_case(
        address=address,
        answers={"summary": summary},
        urgent=urgent,
        provider=provider,
        ip_addresses=tuple(ip),
    )

    sent = as_json([case]).encode()
    _, row = rows_of(url_list([case]))

    assert json.loads(sent) == as_data([case])
    assert report_of(case)["location_and_tracking"]["address"] == address
    assert report_of(case)["content"]["summary"] == summary
    assert row[1] == uncomputed(address)
    assert row[1].removeprefix("'") == address.removeprefix("'")
    assert not row[1].startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
    assert_every_line_is_its_field(case)


def assert_every_line_is_its_field(case: Case) -> None:
    """No line of a value starts where a title or a label does."""
    expected = [
        line
        for title, fields in blocks(case)
        for line in (title, *(f"  {label}: " for _, label, _ in fields))
    ]
    lines = [x for x in as_text(case).splitlines() if x and not x.startswith(" " * 6)]

    assert len(lines) == len(expected)
    for line, start in zip(lines, expected, strict=True):
        assert line.startswith(start)
