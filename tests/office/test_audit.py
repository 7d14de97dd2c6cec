"""The audit: complete, tamper-evident, and nobody's stop-watch."""

import csv
import io
from contextlib import suppress

import pytest

from reportbox.office.health import checks
from reportbox.records import atomic, audit, database
from reportbox.records.audit import Audit
from reportbox.records.upgrade import upgrade
from tests.house import House


class InnerTrouble(Exception):
    """Something broke, and whoever began the transaction goes on."""


@pytest.fixture
def worked(house: House) -> House:
    """A box in which something happened."""
    item = house.the_public_reports("https://item-one.example/1")
    house.does(f"/items/{item.id}/take")
    house.posts(f"/items/{item.id}/show-address")
    house.judges(item, "baseline")
    house.works()
    return house


def sql(statement: str) -> None:
    with atomic():
        database.execute_sql(statement)


def whats() -> list[str]:
    return [row.what for row in Audit.rows()]


def test_everything_that_changes_state_and_every_live_address_is_in_it(
    worked: House,
) -> None:
    expected = ["report", "take", "show_address", "judge_illegal", "locate", "deliver"]

    found = whats()

    assert [w for w in found if w in expected] == expected
    assert audit.faults() == []


def test_it_holds_numbers_and_codes_only(worked: House) -> None:
    rows = database.execute_sql("SELECT * FROM audit").fetchall()

    assert "item-one" not in str(rows)
    assert "Anna" not in str(rows)


def test_the_chain_holds_when_the_inner_part_of_a_transaction_is_taken_back(
    worked: House,
) -> None:
    def note_down(what: str) -> None:
        audit.record(worked.clock.now(), "box", 0, what, "item 1")

    with atomic():
        note_down("outer one")
        with suppress(InnerTrouble), atomic():
            note_down("inner one")
            raise InnerTrouble
        note_down("outer two")

    assert whats()[-2:] == ["outer one", "outer two"]
    assert audit.faults() == []
    with suppress(InnerTrouble), atomic():
        note_down("all of it")
        raise InnerTrouble
    with atomic():
        note_down("outer three")
    assert whats()[-1] == "outer three"
    assert audit.faults() == []


TAMPERING: dict[str, tuple[str, str]] = {
    "edited": ("UPDATE audit SET what = 'take' WHERE id = 3", "row 3 was changed"),
    "moment": ("UPDATE audit SET at = '2020' WHERE id = 4", "row 4 was changed"),
    "removed": ("DELETE FROM audit WHERE id = 3", "row 3 is missing"),
    "cut off": ("DELETE FROM audit WHERE id > 4", "rows 5 to "),
    "beginning": ("DELETE FROM audit WHERE id < 3", "rows 1 to 2 are missing"),
    "mac": ("UPDATE audit SET mac = 'ab' WHERE id = 2", "row 2 was changed"),
    "slipped in": (
        f"INSERT INTO audit SELECT -1, {audit.COLUMNS[4:]}, mac FROM audit LIMIT 1",  # noqa: S608
        "row -1 was slipped in",
    ),
    "head": ("UPDATE audit_head SET last = 2", "the head of the chain was changed"),
    "no head": ("DELETE FROM audit_head", "the head of the chain is missing"),
    "added": (
        f"INSERT INTO audit SELECT 99, {audit.COLUMNS[4:]}, mac FROM audit LIMIT 1",  # noqa: S608
        "are missing",
    ),
}


@pytest.mark.parametrize("name", TAMPERING)
def test_what_was_tampered_with_is_found_and_named(worked: House, name: str) -> None:
    statement, words = TAMPERING[name]
    assert audit.faults() == []

    sql(statement)

    assert words in "; ".join(audit.faults())


def test_an_end_cut_off_together_with_its_head_is_named(worked: House) -> None:
    sql("DELETE FROM audit WHERE id > 4")
    sql("UPDATE audit_head SET last = 4, mac = (SELECT mac FROM audit WHERE id = 4)")

    assert audit.faults() == ["the head of the chain was changed"]


def test_a_chain_that_vanished_whole_is_named(worked: House) -> None:
    sql("DELETE FROM audit")
    sql("DELETE FROM audit_head")

    assert audit.faults() == ["the head of the chain is missing"]


def test_a_chain_wiped_and_begun_anew_stays_named(worked: House) -> None:
    sql("DELETE FROM audit")
    sql("DELETE FROM audit_head")

    worked.the_public_reports("https://item-two.example/1")
    upgrade(worked.settings)

    assert "the chain was broken before row 1" in audit.faults()
    assert Audit.select().count() == 2


def test_rows_that_changed_places_are_named(worked: House) -> None:
    for start, end in ((2, -2), (3, 2), (-2, 3)):
        sql(f"UPDATE audit SET id = {end} WHERE id = {start}")  # noqa: S608

    found = "; ".join(audit.faults())

    assert "row 2 was changed, or moved from its place" in found
    assert "row 3 was changed, or moved from its place" in found


def test_whoever_lacks_the_key_cannot_mend_the_chain(worked: House) -> None:
    sql("UPDATE audit SET what = 'take' WHERE id = 3")
    audit.use_key("another key of the same length....")

    assert audit.faults()
    audit.use_key(worked.settings.secret("audit-key"))


def test_the_health_check_verifies_it(worked: House) -> None:
    def words() -> tuple[bool, str]:
        found = list(checks(worked.settings, worked.world))
        [check] = [c for c in found if c.name == "audit"]
        return check.is_ok, check.words

    assert words()[0]
    sql("DELETE FROM audit WHERE id = 3")
    assert words() == (False, "row 3 is missing")


def test_the_page_filters_and_verifies(worked: House) -> None:
    everything = worked.page("/audit/", "mira")
    one = worked.page("/audit/?item=RB-000001&what=take", "ida")
    none = worked.page("/audit/?item=99", "ida")
    wrong = worked.page("/audit/?item=soon", "ida")

    assert "judge illegal" in everything
    assert "<td>Anna</td>" not in everything
    assert "<td>Anna</td>" in one
    assert "judge illegal</td>" not in one
    assert "nothing like that" in none
    assert "such as RB-000042" in wrong
    assert "none is missing" in worked.posts("/audit/verify", as_="ida").text
    sql("DELETE FROM audit WHERE id = 3")
    assert "Row 3 is missing." in worked.posts("/audit/verify", as_="ida").text


@pytest.mark.parametrize("fields", [{}, {"item": "1"}, {"account": "1"}])
def test_the_export_is_complete_and_names_nobodys_pace(
    worked: House, fields: dict[str, str]
) -> None:
    answer = worked.posts("/audit/export", as_="mira", **fields)

    rows = list(csv.DictReader(io.StringIO(answer.text)))
    judged = [r for r in rows if r["what"] in {"judge_illegal", "take"}]
    assert all(r["who"] == "the desk" for r in judged)
    assert bool(judged) == ("account" not in fields)
    assert whats()[-1] == "export_audit"
    if not fields:
        assert len(rows) == Audit.select().count() - 1


def test_a_long_trail_is_read_page_by_page(house: House) -> None:
    already, _ = audit.head()
    with atomic():
        for number in range(already + 1, 251):
            audit.record(house.clock.now(), "box", None, "tick", f"item {number}")

    pages = [
        house.page(f"/audit/{query}", "ida")
        for query in ("", "?before=151", "?before=51")
    ]

    assert ["Earlier" in text for text in pages] == [True, True, False]
    assert "item 250<" in pages[0]
    assert "item 150<" in pages[1]
    assert "item 50<" in pages[2]
