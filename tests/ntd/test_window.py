"""Windows for sending: ours, the provider's, and both at once."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reportbox.ntd.delay import Reason
from reportbox.ntd.window import Window, closed, opens
from reportbox.office.working_day import Calendar, calendar

TALLINN, NEW_YORK = ZoneInfo("Europe/Tallinn"), ZoneInfo("America/New_York")
OURS = Window(Reason.WINDOW, Calendar(TALLINN, 9, 17, "EE"))
THEIRS = Window(Reason.PROVIDER, Calendar(NEW_YORK, 9, 17, "US"))
MOMENTS = st.datetimes(datetime(2029, 1, 1), datetime(2031, 12, 1)).map(  # noqa: DTZ001
    lambda moment: moment.replace(tzinfo=UTC)
)


def in_tallinn(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=TALLINN)


def test_without_a_window_it_is_always_open() -> None:
    moment = in_tallinn("2030-01-06T03:00")

    assert opens([], moment) == moment
    assert closed([], moment, moment + timedelta(days=3)) == []


@pytest.mark.parametrize(
    ("asked", "then"),
    [
        ("2030-01-07T10:00", "2030-01-07T16:00"),  # nine o'clock over there
        ("2030-01-07T16:30", "2030-01-07T16:30"),  # both read
        ("2030-01-07T17:30", "2030-01-08T16:00"),  # we have gone home
        ("2030-01-11T18:00", "2030-01-14T16:00"),  # Friday evening
        ("2030-01-20T12:00", "2030-01-22T16:00"),  # Monday is a holiday over there
    ],
)
def test_both_windows_are_open_before_a_letter_leaves(asked: str, then: str) -> None:
    found = opens([OURS, THEIRS], in_tallinn(asked))

    assert found.astimezone(TALLINN).isoformat()[:16] == then


def test_windows_that_never_meet_leave_the_providers_own() -> None:
    night = Window(Reason.PROVIDER, Calendar(TALLINN, 20, 24, "EE"))

    found = opens([OURS, night], in_tallinn("2030-01-07T10:00"))

    assert found.astimezone(TALLINN).isoformat()[:16] == "2030-01-07T20:00"


def test_the_whole_day_may_be_open_on_working_days_alone() -> None:
    days = Window(Reason.PROVIDER, calendar(TALLINN, 0, 24, "EE", "", ("01-09",)))

    late = in_tallinn("2030-01-08T23:59")
    assert opens([days], late) == late
    closed_on = in_tallinn("2030-01-09T00:00")
    assert opens([days], closed_on) == in_tallinn("2030-01-10T00:00")


@settings(deadline=None)  # the first look at a year reads its holidays
@given(begin=MOMENTS, hours=st.integers(1, 400), ends=st.integers(10, 24))
def test_a_window_is_either_open_or_shut(
    begin: datetime, hours: int, ends: int
) -> None:
    window = Window(Reason.PROVIDER, Calendar(NEW_YORK, 9, ends, "US"))
    end = begin + timedelta(hours=hours)

    shut = closed([window], begin, end)

    for at in (begin + timedelta(minutes=30 * n) for n in range(2 * hours)):
        is_shut = any(span.begin <= at < span.end for span in shut)
        assert is_shut == (opens([window], at) > at)
