"""The classification lists: ICCAM's names and numbers, as data."""

from pathlib import Path

import pytest

from reportbox.assessment.classification import scheme
from reportbox.assessment.snippets import expand
from reportbox.errors import InvalidInput, Misconfigured
from reportbox.lea.case import facts_of
from reportbox.records.items import Verdict
from tests.house import House


def entries(name: str) -> dict[int, str]:
    return next(c.entries for c in scheme().lists if c.name == name)


@pytest.mark.parametrize(
    ("name", "number", "title"),
    [
        ("site_type", 2, "Website"),
        ("site_type", 24, "Not applicable"),
        ("gender", 4, "Both"),
        ("age_group", 3, "Pre-pubescent"),
        ("commerciality", 3, "Non-commercial"),
        ("payment", 13, "Bitcoin"),
        ("content_type", 0, "Image"),
        ("virtual", 1, "Yes"),
        ("user_generated", 0, "No"),
        ("modelling", 1, "Yes"),
    ],
)
def test_names_and_numbers_are_iccams(name: str, number: int, title: str) -> None:
    assert entries(name)[number] == title


def test_the_reasons_are_iccams(house: House) -> None:
    assert set(scheme().reasons["not_illegal"].entries) == {*range(14, 22), 1}
    assert set(scheme().reasons["not_assessed"].entries) == {*range(1, 14)}


def test_a_verdict_keeps_its_labels_and_the_version_they_are_of(house: House) -> None:
    item = house.the_public_reports("https://item-one.example/1")

    house.judges(
        item,
        "baseline",
        label_site_type="6",
        label_content_type="0",
        label_user_generated="1",
        label_modelling="0",
    )

    [verdict] = Verdict.rows()
    assert verdict.labels == {
        "site_type": 6,
        "content_type": 0,
        "user_generated": 1,
        "modelling": 0,
    }
    assert verdict.scheme == scheme().version
    # Annex I asks two of them in its own words.
    assert verdict.answers == {"content_type": "image", "self_generated": "yes"}
    assert "Site type: Forum" in house.page(f"/items/{item.id}")
    assert facts_of(house.item(item))["verdict"]


@pytest.mark.parametrize("given", ["99", "-1", "x", "1" * 50, "²"])
def test_a_label_that_is_not_on_the_list_is_refused(given: str) -> None:
    with pytest.raises(InvalidInput, match="Choose one of the list"):
        scheme().read({"label_gender": given})


def test_not_illegal_needs_a_reason_of_the_list_or_in_words(house: House) -> None:
    item = house.the_public_reports("https://item-one.example/1")

    assert house.tries_to_judge(item, "not_illegal").status_code == 422
    assert (
        house.tries_to_judge(item, "not_illegal", reason_not_illegal="2").status_code
        == 422
    )
    house.judges(item, "not_illegal", reason_not_illegal="18", reason="a drawing")

    [verdict] = Verdict.rows()
    assert (verdict.reason_code, verdict.reason) == (18, "Virtual material: a drawing")


def test_a_hotline_may_bring_lists_of_its_own(tmp_path: Path) -> None:
    own = tmp_path / "lists.toml"
    own.write_text(
        'version = "ours-1"\n[[list]]\nname = "topic"\ntitle = "Topic"\n'
        'entries = [[1, "one"], [2, "two"]]\n[[reasons]]\nname = "not_illegal"\n'
        'entries = [[1, "Other"]]\n'
    )

    ours = scheme(own)

    assert ours.version == "ours-1"
    assert ours.read({"label_topic": "2"}) == {"topic": 2}


TWICE = """
version = "1"
[[list]]
name = "a"
title = "A"
entries = [[1, "a"], [1, "b"]]
[[reasons]]
name = "not_illegal"
entries = []
"""


@pytest.mark.parametrize(
    "text",
    [
        "",
        "version = 1",
        '[[list]]\nname = "x"',
        TWICE,
    ],
)
def test_a_broken_file_of_lists_is_named(tmp_path: Path, text: str) -> None:
    own = tmp_path / "lists.toml"
    own.write_text(text)

    with pytest.raises(Misconfigured, match=r"lists\.toml cannot be used"):
        scheme(own)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (";a", "ALPHA"),
        ("see ;a.", "see ALPHA."),
        (";a ;b", "ALPHA ;b"),
        ("x;a", "x;a"),
        (";a;a", "ALPHA;a"),
        ("; a", "; a"),
    ],
)
def test_short_codes_are_written_out_where_they_stand_alone(
    text: str, expected: str
) -> None:
    assert expand(text, {"a": "ALPHA"}) == expected
