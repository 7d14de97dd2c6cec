"""Nobody gets more than four letters about an address; a correction is one of them."""

import pytest

from reportbox.lifecycle import Ntd
from tests.house import House, text_of
from tests.story.test_the_ladder import (
    an_item_that_was_asked_for,
    days_pass,
    recipients,
)

PROVIDER = "abuse@host-one.example"
CHANGED = {"reason": "seen again"}


@pytest.fixture
def patient(house: House) -> House:
    """A house that reminds as often as settings allow."""
    object.__setattr__(house.settings, "ntd_reminders", 3)
    return house


def test_whoever_has_had_four_letters_is_told_by_telephone_that_the_verdict_changed(
    patient: House,
) -> None:
    item = an_item_that_was_asked_for(patient)
    days_pass(patient, 3)
    assert recipients(patient) == [PROVIDER] * 4

    patient.judges(item, "not_illegal", **CHANGED)
    patient.hours_pass(1)

    assert recipients(patient) == [PROVIDER] * 4
    assert "tell them by telephone that the verdict changed" in patient.page("/tasks")
    [ntd] = patient.ntds(item)
    assert "They know of the correction" in patient.page(f"/items/{item.id}")
    patient.does(f"/ntds/{ntd.id}/tell_correction", why="told their desk")
    patient.hours_pass(24)
    assert recipients(patient) == [PROVIDER] * 4
    assert "tell them by telephone" not in patient.page("/tasks")
    assert "Provider told by a person" in patient.page(f"/items/{item.id}")


def test_a_correction_is_one_of_the_four_letters(patient: House) -> None:
    item = an_item_that_was_asked_for(patient)
    days_pass(patient, 2)
    patient.judges(item, "uncertain", **CHANGED)
    patient.works()
    letters = patient.letters_to_providers()
    assert "disregard" in text_of(letters[3])

    patient.judges(item, "baseline", as_="ben")
    days_pass(patient, 5)

    assert recipients(patient) == [PROVIDER] * 4
    assert patient.ntds(item)[-1].state == Ntd.TO_FALL_DUE
    assert "It has had four letters" in patient.page(f"/items/{item.id}")


def test_nobody_is_told_twice_that_a_verdict_changed(patient: House) -> None:
    item = an_item_that_was_asked_for(patient)
    patient.judges(item, "not_illegal", **CHANGED)
    patient.works()

    [ntd] = patient.ntds(item)
    answer = patient.posts(f"/ntds/{ntd.id}/tell_correction", why="told their desk")

    assert answer.status_code == 409
    assert recipients(patient) == [PROVIDER] * 2
