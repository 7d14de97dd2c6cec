"""“A child is in danger now” wakes somebody."""

from dataclasses import replace

import pytest

from reportbox.records.alarms import Alarm
from reportbox.records.audit import Audit
from tests.house import House, text_of

DUTY = ("mail:duty-one@hotline.example", "mail:duty-two@hotline.example")


@pytest.fixture
def watched(house: House) -> House:
    house.settings = replace(house.settings, duty_list=DUTY)
    house.app.extensions["settings"] = house.settings
    return house


def alarms(house: House) -> list[str]:
    return [x.recipient for x in house.letters() if x.recipient.startswith("duty")]


def test_everybody_on_duty_is_woken_and_learns_nothing_of_what(watched: House) -> None:
    watched.the_public_reports(
        "https://item-one.example/page", urgent="yes", comments="WORDS-MARK"
    )
    watched.works()

    assert sorted(alarms(watched)) == [x.partition(":")[2] for x in DUTY]
    said = "".join(text_of(letter) for letter in watched.letters())
    assert "WORDS-MARK" not in said
    assert "item-one" not in said
    assert "/tasks" in said


def test_the_alarm_comes_again_until_somebody_is_on_it(watched: House) -> None:
    watched.the_public_reports("https://item-one.example/page", urgent="yes")
    watched.works()
    watched.minutes_pass(9)
    assert len(alarms(watched)) == 2
    watched.minutes_pass(1)
    assert len(alarms(watched)) == 4
    assert "I am on it" in watched.page("/tasks")

    watched.does("/reports/acknowledge")
    watched.minutes_pass(60)

    assert len(alarms(watched)) == 4
    assert Alarm.rows()[0].ended_by == "Anna"
    assert [a.what for a in Audit.rows(Audit.what == "end_alarm")] == ["end_alarm"]


def test_ten_urgent_reports_wake_once_and_a_new_one_wakes_again(watched: House) -> None:
    for number in range(10):
        watched.the_public_reports(f"https://item-one.example/{number}", urgent="yes")
    watched.works()
    assert len(alarms(watched)) == 2
    watched.the_public_reports("https://item-one.example/more", urgent="yes")
    watched.works()
    assert len(alarms(watched)) == 2

    watched.does("/reports/acknowledge")
    watched.the_public_reports("https://item-two.example/page", urgent="yes")
    watched.works()
    assert len(alarms(watched)) == 4


def test_a_verdict_ends_the_alarm_as_well(watched: House) -> None:
    item = watched.the_public_reports("https://item-one.example/page", urgent="yes")
    watched.works()
    watched.judges(item, "not_illegal", reason="adult", threat="no")

    watched.minutes_pass(60)

    assert len(alarms(watched)) == 2
    assert Alarm.rows()[0].ended_by == "the verdict"


def test_without_a_duty_list_the_form_says_when_it_is_read(house: House) -> None:
    page = house.visitor().get("/").text
    assert "working days from 9 to 17 o'clock" in page
    assert "call the police" in page

    house.the_public_reports("https://item-one.example/page", urgent="yes")
    house.works()
    assert house.letters() == []
    assert "Alarm" in house.page("/tasks")


def test_with_a_duty_list_the_form_promises_no_hours(watched: House) -> None:
    assert "working days" not in watched.visitor().get("/").text
