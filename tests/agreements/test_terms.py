"""The agreement as a form and as plain data, and its milestones."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from reportbox.agreements.milestones import milestones, months_after
from reportbox.agreements.terms import Terms, read_form
from reportbox.errors import InvalidInput
from tests.builders import as_typed

SIGNED = Terms(
    parties="One and Two",
    first_contact_on=date(2029, 6, 1),
    signed_on=date(2029, 9, 1),
    fields_off=("self_generated",),
    paragraphs={"ntd_body": "§ 2"},
)


def form(**changes: str) -> dict[str, str]:
    return as_typed(SIGNED) | changes


def test_what_is_kept_is_what_was_agreed() -> None:
    assert Terms.from_data(SIGNED.to_data()) == SIGNED


def test_a_version_of_an_earlier_box_takes_the_usual_values_for_what_is_new() -> None:
    assert Terms.from_data({"ntd_delay_hours": 6, "gone": 1}) == Terms(
        ntd_delay_hours=6
    )


def test_the_form_changes_what_is_typed_and_nothing_else() -> None:
    read = read_form(
        form(ntd_delay_hours="6", paragraph_ntd_delay_hours="Annex II, § 3"),
        ["remarks"],
        SIGNED,
    )

    assert read.ntd_delay_hours == 6
    assert read.paragraphs["ntd_delay_hours"] == "Annex II, § 3"
    assert read.fields_off == ("remarks",)
    assert replace(
        read, ntd_delay_hours=24, fields_off=SIGNED.fields_off, paragraphs={}
    ) == replace(SIGNED, paragraphs={})


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("ntd_delay_hours", "145", "from 0 to 144"),
        ("ntd_delay_hours", "²", "from 0 to 144"),
        ("ntd_body", "nobody", "choose one"),
        ("signed_on", "last May", "like 2026-11-22"),
        ("block_times", "10 o'clock", "like 10:00, 14:00"),
        ("receipt_hours", "", "from 1 to 720"),
    ],
)
def test_a_wrong_field_is_named_with_what_helps(
    field: str, typed: str, sentence: str
) -> None:
    with pytest.raises(InvalidInput) as wrong:
        read_form(form(**{field: typed}), [], SIGNED)

    assert sentence in wrong.value.problems[field]


@pytest.mark.parametrize(
    ("today", "states"),
    [
        (date(2029, 6, 2), [(False, False), (False, False)]),
        (date(2029, 11, 20), [(True, False), (False, False)]),
        (date(2029, 12, 1), [(False, True), (False, False)]),
        (date(2031, 6, 1), [(False, True), (False, True)]),
    ],
)
def test_six_and_twenty_four_months_after_the_first_contact_are_alarms(
    today: date, states: list[tuple[bool, bool]]
) -> None:
    talking = replace(SIGNED, signed_on=None)

    found: list[Any] = [(m.is_near, m.is_over) for m in milestones(talking, today)]

    assert found == states
    assert milestones(SIGNED, today) == []


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [
        (date(2029, 8, 31), 6, date(2030, 2, 28)),
        (date(2027, 8, 31), 6, date(2028, 2, 29)),
        (date(2029, 11, 30), 24, date(2031, 11, 30)),
    ],
)
def test_months_end_where_the_calendar_ends(day: date, months: int, then: date) -> None:
    assert months_after(day, months) == then
