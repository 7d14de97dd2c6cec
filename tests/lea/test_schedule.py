"""By when the LEA should have been told."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as tries
from hypothesis import strategies as st

from reportbox.lea.schedule import at_risk, is_late, told_by
from reportbox.settings import Settings

ZONES = (
    "Europe/Tallinn",
    "America/New_York",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",  # half an hour of summer time
    "America/Asuncion",  # a clock that changed at midnight
    "Pacific/Kiritimati",
    "Pacific/Pago_Pago",
)


@pytest.mark.parametrize(
    ("judged", "by"),
    [
        ("2030-01-07T10:00", "2030-01-07T17:00"),
        ("2030-01-11T16:59", "2030-01-11T17:00"),  # Friday, one minute before the end
        ("2030-01-11T17:30", "2030-01-11T23:59"),  # Friday 17:30
        ("2030-01-12T10:00", "2030-01-12T23:59"),  # a Saturday
        ("2030-01-07T23:59", "2030-01-07T23:59"),
        ("2030-01-08T10:00", "2030-01-08T23:59"),  # closed that day
        ("2030-02-25T10:00", "2030-02-25T17:00"),
        ("2032-02-24T10:00", "2032-02-24T23:59"),  # Independence Day, a Tuesday
    ],
)
def test_the_lea_is_told_by_the_end_of_the_same_working_day(
    settings: Settings, judged: str, by: str
) -> None:
    here = replace(settings, country="EE", closed_on=("2030-01-08",))
    judged_at = datetime.fromisoformat(judged).replace(tzinfo=here.zone)

    deadline = told_by(judged_at, here)

    assert deadline.astimezone(here.zone).isoformat()[:16] == by
    assert judged_at <= deadline


def test_a_notice_is_late_after_three_quarters_of_an_hour_or_at_the_days_end(
    settings: Settings,
) -> None:
    morning = datetime(2030, 1, 7, 10, tzinfo=settings.zone)
    evening = datetime(2030, 1, 7, 16, 50, tzinfo=settings.zone)

    assert not is_late(morning, morning + timedelta(minutes=44), settings)
    assert is_late(morning, morning + timedelta(minutes=45), settings)
    assert is_late(evening, evening + timedelta(minutes=10), settings)


@pytest.mark.parametrize(
    ("judged", "minutes"),
    [
        ("2030-01-07T10:00", 30),  # two thirds of three quarters of an hour
        ("2030-01-07T16:50", 400 / 60),  # two thirds of what is left of the working day
        ("2030-01-07T23:59:59", 0),
    ],
)
def test_a_notice_is_at_risk_when_two_thirds_of_its_time_are_gone(
    settings: Settings, judged: str, minutes: float
) -> None:
    judged_at = datetime.fromisoformat(judged).replace(tzinfo=settings.zone)
    then = judged_at + timedelta(minutes=minutes)

    assert not at_risk(judged_at, then - timedelta(seconds=1), settings)
    assert at_risk(judged_at, then, settings)


def test_the_hour_that_a_clock_repeats_counts(settings: Settings) -> None:
    here = replace(settings, time_zone="Europe/Berlin")
    before = datetime.fromisoformat("2026-10-25T02:50+02:00").astimezone(here.zone)
    soon, later = (
        datetime.fromisoformat(f"2026-10-25T02:{minute}+01:00").astimezone(here.zone)
        for minute in (34, 35)
    )

    assert not is_late(before, soon, here)
    assert is_late(before, later, here)


# The days on which clocks change, in one half of the earth or the other; any others.
DAYS = (
    st.sampled_from([date(2030, 3, 31), date(2030, 10, 27), date(2030, 4, 7)])
    | st.sampled_from([date(2030, 10, 6), date(2030, 3, 10), date(2030, 1, 11)])
    | st.dates(date(2029, 1, 1), date(2032, 12, 31))
)
# Any moment of a day, its last minute often among them.
SECONDS = st.integers(0, 86_399) | st.integers(86_340, 86_399)


@tries(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    hotline=st.sampled_from(ZONES),
    agency=st.sampled_from(ZONES),
    day=DAYS,
    second=SECONDS,
    fold=st.sampled_from([0, 1]),
)
def test_the_deadline_is_the_hotlines_wherever_the_agency_is(
    settings: Settings, hotline: str, agency: str, day: date, second: int, fold: int
) -> None:
    here, there = replace(settings, time_zone=hotline), ZoneInfo(agency)
    shown = datetime.combine(day, time(), here.zone) + timedelta(seconds=second)
    judged_at = shown.replace(fold=fold).astimezone(UTC)

    deadline = told_by(judged_at, here)

    # The seed's rule: the end of the same working day, as the hotline's clock has it.
    its_day = judged_at.astimezone(here.zone).date()
    assert judged_at <= deadline
    assert deadline.astimezone(here.zone).date() == its_day
    # The same moment, written as the agency writes it, is the same moment.
    theirs = judged_at.astimezone(there)
    assert told_by(theirs, here) == deadline
    for then in (deadline - timedelta(seconds=1), deadline):
        for_them = then.astimezone(there)
        assert is_late(theirs, for_them, here) is is_late(judged_at, then, here)
        assert at_risk(theirs, for_them, here) is at_risk(judged_at, then, here)
    assert is_late(judged_at, deadline, here)
