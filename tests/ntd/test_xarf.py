"""The object for machines: what X-ARF v4 requires, and nothing untrue."""

import json
import re
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from reportbox.ntd.xarf import Subject, xarf
from tests.house import House

# The keys the core and the type “content/csam” require (xarf-spec, version 4).
REQUIRED = {
    "xarf_version",
    "report_id",
    "timestamp",
    "reporter",
    "sender",
    "source_identifier",
    "category",
    "type",
    "url",
    "classification",
    "detection_method",
}


def test_a_baseline_item_gives_every_required_key() -> None:
    made: Any = xarf(
        Subject(
            "RB-000001",
            "https://item-one.example/page",
            "100.80.0.10",
            "baseline",
            datetime(2030, 1, 7, 9, tzinfo=UTC),
        ),
        "Example Hotline",
        "desk@hotline.example",
    )

    assert set(made) == REQUIRED
    assert re.fullmatch(r"4\.\d+\.\d+", made["xarf_version"])
    assert str(UUID(made["report_id"])) == made["report_id"]
    assert made["timestamp"] == "2030-01-07T09:00:00Z"
    assert set(made["reporter"]) == {"org", "contact", "domain"}
    assert (made["category"], made["type"]) == ("content", "csam")


@pytest.mark.parametrize(("verdict", "objects"), [("baseline", 1), ("national", 0)])
def test_the_letter_carries_one_only_where_the_format_has_the_word(
    house: House, verdict: str, objects: int
) -> None:
    house.judges(house.the_public_reports("https://item-one.example/page"), verdict)
    house.works()
    house.hours_pass(24)

    [letter] = house.letters_to_providers()
    found = [json.loads(text) for name, text in letter.parts if "xarf" in name]

    assert len(found) == objects
    assert all(x["url"] == "https://item-one.example/page" for x in found)
    assert all(x["source_identifier"] == "100.80.0.10" for x in found)
