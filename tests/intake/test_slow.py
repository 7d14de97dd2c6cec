"""The form slows a flood down and refuses nobody."""

import base64
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import altcha
import pytest

from reportbox.intake import pace
from reportbox.records.items import FLOOD, Item
from reportbox.records.reports import Report
from reportbox.records.tally import Tally
from tests.house import House, token_in

ADDRESS = "https://item-one.example/page"


@pytest.fixture
def slow(house: House) -> House:
    """A house whose form waits, as it does everywhere but in the other tests."""
    house.settings = replace(house.settings, form_wait_seconds=5)
    house.app.extensions["settings"] = house.settings
    return house


def solved(visitor: Any, token: str) -> str:  # noqa: ANN401
    """Do what the page's worker does."""
    asked = visitor.get(f"/challenge?token={token}").json
    found = altcha.solve_challenge(altcha.Challenge.from_dict(asked))
    assert found is not None
    said = {"challenge": asked, "solution": found.to_dict()}
    return base64.b64encode(json.dumps(said).encode()).decode()


def test_a_form_sent_at_once_without_scripts_waits_and_loses_nothing(
    slow: House,
) -> None:
    visitor = slow.visitor()
    form = {"token": token_in(visitor.get("/").text), "address": ADDRESS}

    asked_to_wait = visitor.post("/", data={**form, "comments": "line one\nline two"})

    assert asked_to_wait.status_code == 429
    assert asked_to_wait.headers["Retry-After"] == "5"
    assert 'name="comments" value="line one\nline two"' in asked_to_wait.text
    assert Report.rows() == []

    slow.clock.advance(seconds=5)
    assert visitor.post("/", data=form).status_code == 200


def test_with_a_proof_of_work_nobody_waits(slow: House) -> None:
    visitor = slow.visitor()
    token = token_in(visitor.get("/").text)
    form = {"token": token, "address": ADDRESS, "work": solved(visitor, token)}

    assert visitor.post("/", data=form).status_code == 200


def test_a_spent_proof_counts_for_its_own_form_only(slow: House) -> None:
    visitor = slow.visitor()
    token = token_in(visitor.get("/").text)
    spent = solved(visitor, token)
    form = {"token": token, "address": ADDRESS, "work": spent}
    first = visitor.post("/", data=form)
    other = token_in(visitor.get("/").text)

    again = visitor.post("/", data=form)
    refused = visitor.post("/", data={**form, "token": other})

    assert again.text == first.text
    assert refused.status_code == 429
    assert len(Report.rows()) == 1


@pytest.mark.parametrize(
    "work",
    [
        "x",
        "e30=",
        "bnVsbA==",
        "W10=",
        "eyJjaGFsbGVuZ2UiOnt9fQ==",
        base64.b64encode(b'{"challenge":{"parameters":{"algorithm":1}}}').decode(),
        base64.b64encode(
            b'{"challenge":{"parameters":{"algorithm":"SHA-256","nonce":"0","salt":"",'
            b'"cost":"x","data":{"form":[]}}},"solution":{"counter":1,"derivedKey":1}}'
        ).decode(),
        "A" * 40_000,
    ],
)
def test_a_forged_proof_is_none(slow: House, work: str) -> None:
    visitor = slow.visitor()
    form = {"token": token_in(visitor.get("/").text), "address": ADDRESS}

    assert visitor.post("/", data={**form, "work": work}).status_code == 429


def test_a_proof_is_spent_by_the_first_report_of_its_form(slow: House) -> None:
    visitor = slow.visitor()
    token = token_in(visitor.get("/").text)
    form = {"token": token, "address": ADDRESS, "work": solved(visitor, token)}
    assert visitor.post("/", data=form).status_code == 200

    other = {**form, "address": "https://item-two.example/"}
    assert visitor.post("/", data=other).status_code == 429
    slow.clock.advance(seconds=5)
    assert visitor.post("/", data=other).status_code == 200  # late, never refused
    assert visitor.post("/", data={**other, "comments": "x"}).status_code == 429


def test_without_memory_under_run_the_box_counts_alone_and_goes_on(
    tmp_path: Path,
) -> None:
    (tmp_path / "no-folder").write_text("a file where a folder should be")
    tally = Tally(tmp_path / "no-folder")

    assert [tally.hit("a", NOW, 600) for _ in range(2)] == [1, 2]


def test_a_retry_gets_its_receipt_however_fast_or_late_it_comes(slow: House) -> None:
    visitor = slow.visitor()
    form = {"token": token_in(visitor.get("/").text), "address": ADDRESS}
    slow.clock.advance(seconds=5)
    first = visitor.post("/", data=form)
    slow.clock.advance(hours=30)

    assert visitor.post("/", data=form).text == first.text
    assert len(Report.rows()) == 1


def test_a_form_open_for_more_than_a_day_is_sent_by_one_more_press(
    slow: House,
) -> None:
    visitor = slow.visitor()
    form = {"token": token_in(visitor.get("/").text), "address": ADDRESS}
    slow.clock.advance(hours=25)

    old = visitor.post("/", data=form)
    slow.clock.advance(seconds=5)

    assert "open for more than a day" in old.text
    fresh = {**form, "token": token_in(old.text)}
    assert visitor.post("/", data=fresh).status_code == 200


def test_the_wait_and_the_work_grow_with_the_load_up_to_an_end() -> None:
    waits = [pace.wait(5, reports) for reports in (0, 61, 301, 1_001, 3_001, 99_999)]
    works = [pace.guesses(reports) for reports in (0, 61, 301, 1_001, 3_001)]

    assert waits == [5, 10, 20, 40, 60, 60]
    assert works == [150, 300, 600, 1_200, 2_400]


def test_what_comes_over_a_limit_is_kept_marked_and_last_in_the_queue(
    house: House,
) -> None:
    for number in range(pace.PER_NETWORK):
        house.the_public_reports(f"https://item-one.example/{number}")
    over = house.the_public_reports("https://item-two.example/over")

    assert house.item(over).urgency == FLOOD
    assert "Possible flood" in house.page(f"/items/{over.id}")
    flood = house.page("/queue/flood")
    assert over.number in flood
    assert f'name="item" value="{over.id}"' in flood  # ready to be judged in a heap

    house.the_public_reports("https://item-two.example/over")
    assert house.item(over).urgency == FLOOD  # a flood does not lift itself
    house.clock.advance(minutes=11)
    house.the_public_reports("https://item-two.example/over")
    assert house.item(over).urgency != FLOOD  # somebody else names it as well


def test_a_word_of_danger_is_not_lost_in_a_flood(house: House) -> None:
    for number in range(pace.PER_NETWORK):
        house.the_public_reports(f"https://item-one.example/{number}")

    house.the_public_reports("https://item-two.example/over", urgent="yes")

    assert "item-two[.]example" in house.page("/queue/urgent")


def test_many_reports_from_one_open_form_are_marked(house: House) -> None:
    visitor = house.visitor()
    token = token_in(visitor.get("/").text)
    for number in range(pace.PER_FORM + 1):
        form = {"token": token, "address": f"https://item-one.example/{number}"}
        assert visitor.post("/", data=form).status_code == 200

    assert [r.is_flood for r in Report.rows()] == [False] * pace.PER_FORM + [True]
    assert len(Item.rows()) == pace.PER_FORM + 1


NOW = datetime(2026, 11, 21, 23, 59, tzinfo=UTC)


def test_processes_share_a_count_and_a_new_stretch_begins_at_nothing(
    tmp_path: Path,
) -> None:
    one, other = Tally(tmp_path), Tally(tmp_path)

    assert [t.hit("a", NOW, 600) for t in (one, other, one)] == [1, 2, 3]
    assert other.count("a", NOW, 600) == 3
    assert other.count("b", NOW, 600) == 0
    assert one.count("a", NOW + timedelta(minutes=10), 600) == 0


def test_the_key_of_the_counts_is_gone_with_its_day(tmp_path: Path) -> None:
    tally = Tally(tmp_path)
    tally.hit("203.0.113.0/24", NOW, 600)
    key = (tmp_path / "tally-key").read_text()
    tally.hit("203.0.113.0/24", NOW + timedelta(minutes=2), 600)
    everything = b"".join(path.read_bytes() for path in tmp_path.iterdir())

    assert (tmp_path / "tally-key").read_text() != key
    assert key.split()[1].encode() not in everything
    assert b"203.0.113" not in everything
    assert sorted(path.name for path in tmp_path.iterdir()) == ["tally", "tally-key"]
