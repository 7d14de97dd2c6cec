"""By when the LEA should have been told."""

from datetime import datetime, timedelta

import pytest

from reportbox.lea.schedule import is_late, told_by
from reportbox.settings import Settings


@pytest.mark.parametrize(
    ("judged", "by"),
    [
        ("2030-01-07T10:00", "2030-01-07T17:00"),
        ("2030-01-11T16:59", "2030-01-11T17:00"),  # Friday, one minute before the end
        ("2030-01-11T17:30", "2030-01-11T23:59"),  # Friday 17:30
        ("2030-01-12T10:00", "2030-01-12T23:59"),  # a Saturday
        ("2030-01-07T23:59", "2030-01-07T23:59"),
    ],
)
def test_the_lea_is_told_by_the_end_of_the_same_working_day(
    settings: Settings, judged: str, by: str
) -> None:
    judged_at = datetime.fromisoformat(judged).replace(tzinfo=settings.zone)

    deadline = told_by(judged_at, settings)

    assert deadline.isoformat()[:16] == by
    assert judged_at <= deadline


def test_a_notice_is_late_after_three_quarters_of_an_hour_or_at_the_days_end(
    settings: Settings,
) -> None:
    morning = datetime(2030, 1, 7, 10, tzinfo=settings.zone)
    evening = datetime(2030, 1, 7, 16, 50, tzinfo=settings.zone)

    assert not is_late(morning, morning + timedelta(minutes=44), settings)
    assert is_late(morning, morning + timedelta(minutes=45), settings)
    assert is_late(evening, evening + timedelta(minutes=10), settings)
