"""When a provider may be asked."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from reportbox.agreements.terms import Terms
from reportbox.ntd.delay import Reason
from reportbox.ntd.schedule import due_at
from reportbox.ntd.window import Window
from reportbox.office.working_day import calendar_of
from reportbox.settings import Settings

JUDGED = datetime(2030, 1, 7, 9, tzinfo=UTC)


@pytest.mark.parametrize("hours", [0, 6, 24, 144])
def test_the_delay_runs_from_the_moment_the_lea_was_told(hours: int) -> None:
    told = JUDGED + timedelta(hours=3)
    agreed = Terms(ntd_delay_hours=hours)

    assert due_at(told, JUDGED, agreed) == told + timedelta(hours=hours)


def test_the_delay_runs_anew_from_a_clear_verdict_that_came_later() -> None:
    told = JUDGED - timedelta(days=3)

    assert due_at(told, JUDGED, Terms()) == JUDGED + timedelta(hours=24)


@pytest.mark.parametrize(
    ("told", "due"),
    [
        ("2030-01-07T10:00", "2030-01-08T10:00"),  # within working hours: as agreed
        ("2030-01-07T18:30", "2030-01-09T09:00"),  # in the evening: next morning
        ("2030-01-07T07:00", "2030-01-08T09:00"),  # before work: the same morning
        ("2030-01-10T18:00", "2030-01-14T09:00"),  # Friday evening: Monday
        ("2030-01-11T12:00", "2030-01-14T09:00"),  # Saturday: Monday
        ("2032-02-23T12:00", "2032-02-25T09:00"),  # a public holiday: the day after
        ("2030-01-14T12:00", "2030-01-16T09:00"),  # closed: the day after
    ],
)
def test_where_agreed_an_ntd_leaves_in_working_hours_only(
    settings: Settings, told: str, due: str
) -> None:
    ours = replace(settings, country="EE", closed_on=("01-15",))
    windows = [Window(Reason.WINDOW, calendar_of(ours))]
    told_at = datetime.fromisoformat(told).replace(tzinfo=settings.zone)

    found = due_at(told_at, told_at - timedelta(days=1), Terms(), windows)

    assert found.astimezone(settings.zone).isoformat()[:16] == due
