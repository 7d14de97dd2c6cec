"""The hotline's working days, told by tables and by chance."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import settings as tries
from hypothesis import strategies as st

from reportbox.office.working_day import Calendar, calendar_of, trouble_with
from reportbox.settings import Settings

DAY = timedelta(days=1)
QUARTER = timedelta(minutes=15)  # every clock of these zones changes on one
SECOND = timedelta(seconds=1)
YEARS = range(2024, 2029)
ZONES = [
    "UTC",
    "Africa/Cairo",
    "Africa/Casablanca",
    "America/Asuncion",
    "America/Havana",
    "America/New_York",
    "America/Nuuk",
    "America/Santiago",
    "America/Scoresbysund",
    "America/St_Johns",
    "Asia/Amman",
    "Asia/Beirut",
    "Asia/Gaza",
    "Asia/Jerusalem",
    "Asia/Kathmandu",
    "Asia/Kolkata",
    "Atlantic/Azores",
    "Australia/Lord_Howe",
    "Etc/GMT+12",
    "Europe/Dublin",
    "Europe/Tallinn",
    "Pacific/Apia",
    "Pacific/Chatham",
    "Pacific/Kiritimati",
    "Pacific/Marquesas",
]
COUNTRIES = [
    *("BN", "CN", "DE", "EE", "HU", "IL", "IN", "IR", "JP", "LB", "MY", "NP", "NZ"),
    *("SA", "US", "ZZ", ""),
]
TALLINN = Calendar(ZoneInfo("Europe/Tallinn"), 9, 17, "EE")
BERLIN = Calendar(ZoneInfo("Europe/Berlin"), 9, 17, "DE", "BE")
MUNICH = replace(BERLIN, region="BY")
BEIRUT = Calendar(ZoneInfo("Asia/Beirut"), 9, 17, "LB")


@pytest.mark.parametrize(
    ("calendar", "day", "works"),
    [
        (TALLINN, "2026-01-09", True),  # a Friday
        (TALLINN, "2026-01-10", False),  # a Saturday
        (TALLINN, "2026-02-24", False),  # Independence Day, a Tuesday
        (MUNICH, "2026-01-06", False),  # Epiphany, in Bavaria
        (BERLIN, "2026-01-06", True),  # and not in Berlin
        (replace(BERLIN, region="XX"), "2026-01-06", True),  # nor in no such region
        (replace(BERLIN, region="XX"), "2026-10-03", False),  # German Unity Day
        (replace(TALLINN, also_closed=(date(2026, 1, 9),)), "2026-01-09", False),
        (replace(TALLINN, also_closed=(date(2026, 1, 9),)), "2025-01-09", True),
        (replace(TALLINN, closed_yearly=((1, 9),)), "2026-01-09", False),
        (replace(TALLINN, closed_yearly=((1, 9),)), "2025-01-09", False),
        (replace(TALLINN, country="SA"), "2026-07-10", False),  # a Friday
        (replace(TALLINN, country="SA"), "2026-07-11", False),  # a Saturday
        (replace(TALLINN, country="SA"), "2026-07-12", True),  # a Sunday
        (replace(TALLINN, country="MY", region="03"), "2026-07-10", False),  # Friday
        (replace(TALLINN, country="MY", region="14"), "2026-07-10", True),
        (replace(TALLINN, country="HU"), "2026-08-08", True),  # a Saturday worked
        (replace(TALLINN, country="ZZ"), "2026-02-24", True),  # nobody knows it
        (replace(TALLINN, country="ZZ"), "2026-01-10", False),
        (replace(TALLINN, country="EE"), "9999-12-31", True),
    ],
)
def test_a_working_day_is_no_weekend_no_holiday_and_no_closed_day(
    calendar: Calendar, day: str, works: bool
) -> None:
    assert calendar.is_working_day(date.fromisoformat(day)) is works


@pytest.mark.parametrize(
    ("calendar", "judged", "by"),
    [
        (TALLINN, "2026-01-09T03:00+02:00", "2026-01-09T17:00+02:00"),
        (TALLINN, "2026-01-09T16:59:59.9+02:00", "2026-01-09T17:00+02:00"),
        (TALLINN, "2026-01-09T17:00+02:00", "2026-01-09T23:59:59+02:00"),
        (TALLINN, "2026-01-09T17:30+02:00", "2026-01-09T23:59:59+02:00"),  # Friday
        (TALLINN, "2026-01-09T23:59+02:00", "2026-01-09T23:59:59+02:00"),
        (TALLINN, "2026-01-09T23:59:59.5+02:00", "2026-01-09T23:59:59.5+02:00"),
        (TALLINN, "2026-01-10T10:00+02:00", "2026-01-10T23:59:59+02:00"),  # Saturday
        (TALLINN, "2026-02-24T10:00+02:00", "2026-02-24T23:59:59+02:00"),  # holiday
        (MUNICH, "2026-01-06T10:00+01:00", "2026-01-06T23:59:59+01:00"),
        (BERLIN, "2026-01-06T10:00+01:00", "2026-01-06T17:00+01:00"),
        # Friday evening in New York, where the LEA sits, is Saturday in Tallinn.
        (TALLINN, "2026-01-09T17:30-05:00", "2026-01-10T23:59:59+02:00"),
        # Sunday evening there is Monday here.
        (TALLINN, "2026-01-11T19:00-05:00", "2026-01-12T17:00+02:00"),
        # Sunday is a working day in Jerusalem's country, and here the clock changes.
        (replace(BERLIN, country="IL"), "2026-03-29T00:30Z", "2026-03-29T17:00+02:00"),
        (replace(BERLIN, country="IL"), "2026-10-25T00:30Z", "2026-10-25T17:00+01:00"),
        # Two o'clock is never shown that day, or shown twice: the first one counts.
        (
            replace(BERLIN, country="IL", begins=1, ends=2),
            "2026-03-29T00:59:59Z",
            "2026-03-29T01:00Z",
        ),
        (
            replace(BERLIN, country="IL", begins=1, ends=2),
            "2026-10-24T23:59:59Z",
            "2026-10-25T00:00Z",
        ),
        (
            replace(BERLIN, country="IL", begins=1, ends=2),
            "2026-10-25T00:30Z",
            "2026-10-25T22:59:59Z",
        ),
        # Midnight jumps to one o'clock.
        (BEIRUT, "2026-03-28T23:30+02:00", "2026-03-28T23:59:59+02:00"),
        (BEIRUT, "2026-03-29T01:00+03:00", "2026-03-29T23:59:59+03:00"),
        # Midnight falls back to eleven: the first last second, then the second one.
        (BEIRUT, "2026-10-24T23:30+03:00", "2026-10-24T23:59:59+03:00"),
        (BEIRUT, "2026-10-24T23:30+02:00", "2026-10-24T23:59:59+02:00"),
        # Three o'clock lies inside a jump from 02:45 to 03:45.
        (
            Calendar(ZoneInfo("Pacific/Chatham"), 1, 3, "IL"),
            "2027-09-26T02:30+12:45",
            "2027-09-26T03:45+13:45",
        ),
        # Eleven to midnight is left out: the day ends at eleven.
        (
            Calendar(ZoneInfo("America/Scoresbysund"), 9, 23, "BN"),
            "2026-03-28T22:30-02:00",
            "2026-03-28T22:59:59-02:00",
        ),
    ],
)
def test_the_lea_is_told_by_closing_time_or_by_the_end_of_the_day(
    calendar: Calendar, judged: str, by: str
) -> None:
    deadline = calendar.told_by(datetime.fromisoformat(judged))

    assert deadline == datetime.fromisoformat(by)


@pytest.mark.parametrize(
    ("calendar", "moment", "opens"),
    [
        (TALLINN, "2026-01-09T09:00+02:00", "2026-01-09T09:00+02:00"),
        (TALLINN, "2026-01-09T16:59:59+02:00", "2026-01-09T16:59:59+02:00"),
        (TALLINN, "2026-01-09T08:59+02:00", "2026-01-09T09:00+02:00"),
        (TALLINN, "2026-01-09T17:00+02:00", "2026-01-12T09:00+02:00"),  # Friday
        (TALLINN, "2026-02-23T18:00+02:00", "2026-02-25T09:00+02:00"),  # a holiday
        (TALLINN, "2026-12-23T18:00+02:00", "2026-12-28T09:00+02:00"),  # Christmas
        (TALLINN, "2026-03-27T18:00+02:00", "2026-03-30T09:00+03:00"),  # clock change
        (TALLINN, "2026-10-23T18:00+03:00", "2026-10-26T09:00+02:00"),
        (replace(TALLINN, country="SA"), "2026-07-09T18:00Z", "2026-07-12T06:00Z"),
        # Not open at all: three o'clock is the end and the beginning of a jump.
        (
            replace(BERLIN, country="IL", begins=2, ends=3),
            "2026-03-29T00:30Z",
            "2026-03-30T00:00Z",
        ),
    ],
)
def test_an_office_opens_at_the_next_beginning_of_a_working_day(
    calendar: Calendar, moment: str, opens: str
) -> None:
    found = calendar.opens(datetime.fromisoformat(moment))

    assert found == datetime.fromisoformat(opens)


def test_an_office_that_never_opens_holds_nothing_back() -> None:
    days = tuple(date(2024, 1, 1) + DAY * count for count in range(366))
    never = replace(TALLINN, closed_yearly=tuple((d.month, d.day) for d in days))
    moment = datetime(2026, 1, 9, 20, tzinfo=UTC)

    assert never.opens(moment) == moment


@pytest.mark.parametrize(
    ("country", "region", "words"),
    [
        ("EE", "", ""),
        ("DE", "BY", ""),
        ("GB", "SCT", ""),
        ("ZZ", "", "none are known for ZZ"),
        ("ZZ", "BY", "none are known for ZZ"),
        ("GB", "XX", "GB has no region “XX” in “holidays_region”: there is ENG, NIR"),
        ("EE", "37", "EE has no region “37” in “holidays_region”: leave it empty"),
    ],
)
def test_what_nobody_knows_of_a_country_is_said_in_one_sentence(
    country: str, region: str, words: str
) -> None:
    trouble = trouble_with(replace(TALLINN, country=country, region=region))

    assert trouble.startswith(words)
    assert bool(trouble) is bool(words)


def test_the_calendar_is_the_one_of_the_settings_and_made_once(
    settings: Settings,
) -> None:
    here = replace(
        settings,
        time_zone="Europe/Berlin",
        country="DE",
        holidays_region="BY",
        working_day_begins=8,
        working_day_ends=18,
        closed_on=("2026-12-24", "12-31", "02-29"),
    )

    assert calendar_of(here) == Calendar(
        BERLIN.zone, 8, 18, "DE", "BY", (date(2026, 12, 24),), ((12, 31), (2, 29))
    )
    assert calendar_of(here) is calendar_of(replace(here, hotline_name="Another"))


# What follows looks at every quarter of an hour instead of reckoning.


@lru_cache
def quarters(zone: ZoneInfo, day: date) -> list[datetime]:
    """List the quarters of an hour of a local day, as the clock on the wall has it."""
    begins = datetime.combine(day, time(), UTC) - timedelta(hours=14)
    around = (begins + QUARTER * count for count in range(4 * 50))
    local = (moment.astimezone(zone) for moment in around)
    return [moment for moment in local if moment.date() == day]


def reached(zone: ZoneInfo, day: date, hour: int) -> datetime:
    """When the clock of that day stood at this hour first, or at its last second."""
    seen = quarters(zone, day)
    last = seen[-1].astimezone(UTC) + QUARTER - SECOND
    return next((q.astimezone(UTC) for q in seen if q.hour >= hour), last)


def is_open(calendar: Calendar, moment: datetime) -> bool:
    day = moment.astimezone(calendar.zone).date()
    begins = reached(calendar.zone, day, calendar.begins)
    ends = reached(calendar.zone, day, calendar.ends)
    return calendar.is_working_day(day) and begins <= moment < ends


@lru_cache
def changes(zone: ZoneInfo) -> list[datetime]:
    """List noon of the days around which the clock changes."""
    noon = datetime(YEARS[0], 1, 1, 12, tzinfo=UTC)
    noons = [noon + DAY * count for count in range(366 * len(YEARS))]
    offsets = [moment.astimezone(zone).utcoffset() for moment in noons]
    by_day = pairwise(zip(noons, offsets, strict=True))
    return [then for (_, before), (then, after) in by_day if before != after] or [noon]


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    begins = draw(st.integers(0, 22))
    country = draw(st.sampled_from(COUNTRIES))
    return Calendar(
        zone=ZoneInfo(draw(st.sampled_from(ZONES))),
        begins=begins,
        ends=draw(st.integers(begins + 1, 23)),
        country=country,
        region=draw(st.sampled_from(["", "BY", "03", "nowhere"])),
        also_closed=tuple(draw(st.lists(st.dates(), max_size=2))),
    )


@st.composite
def moments(draw: st.DrawFn, zone: ZoneInfo) -> datetime:
    """Draw any moment, one around a change of the clock, or a last half second."""
    first, last = datetime(YEARS[0], 1, 1), datetime(YEARS[-1], 12, 31)  # noqa: DTZ001 - hypothesis adds the zone
    anywhen = draw(st.datetimes(first, last, timezones=st.just(UTC)))
    about = st.timedeltas(-2 * DAY, DAY)
    by_quarter = st.integers(-200, 100).map(lambda count: QUARTER * count)
    by_change = draw(st.sampled_from(changes(zone))) + draw(about | by_quarter)
    day = anywhen.astimezone(zone).date()
    at_the_end = quarters(zone, day)[-1].astimezone(UTC) + QUARTER - SECOND / 2
    return draw(st.sampled_from([by_change, anywhen, at_the_end]))


@st.composite
def verdicts(draw: st.DrawFn) -> tuple[Calendar, datetime]:
    calendar = draw(calendars())
    return calendar, draw(moments(calendar.zone))


@tries(max_examples=250, deadline=None)
@given(verdicts())
def test_a_deadline_lies_between_the_verdict_and_the_end_of_its_day(
    verdict: tuple[Calendar, datetime],
) -> None:
    calendar, judged_at = verdict

    deadline = calendar.told_by(judged_at)

    day = judged_at.astimezone(calendar.zone).date()
    assert deadline >= judged_at
    assert deadline.tzinfo is UTC
    assert deadline.astimezone(calendar.zone).date() == day


@tries(max_examples=250, deadline=None)
@given(verdicts())
def test_before_closing_time_of_a_working_day_the_deadline_is_closing_time(
    verdict: tuple[Calendar, datetime],
) -> None:
    calendar, judged_at = verdict
    day = judged_at.astimezone(calendar.zone).date()
    closing = reached(calendar.zone, day, calendar.ends)
    last = quarters(calendar.zone, day)[-1].astimezone(UTC) + QUARTER - SECOND

    deadline = calendar.told_by(judged_at)

    if calendar.is_working_day(day) and judged_at < closing:
        assert deadline == closing
    else:
        shown = deadline.astimezone(calendar.zone).time().replace(microsecond=0)
        assert deadline == max(judged_at, last) or shown == time(23, 59, 59)


@tries(max_examples=250, deadline=None)
@given(verdicts(), st.lists(st.floats(0, 1), min_size=2, max_size=5))
def test_of_two_verdicts_of_a_day_the_earlier_is_told_no_later(
    verdict: tuple[Calendar, datetime], shares: list[float]
) -> None:
    calendar, judged_at = verdict
    seen = quarters(calendar.zone, judged_at.astimezone(calendar.zone).date())
    begins, span = seen[0].astimezone(UTC), QUARTER * len(seen) - SECOND / 100
    judged = [begins + span * share for share in sorted(shares)]

    told = [calendar.told_by(moment) for moment in judged]

    assert told == sorted(told)


@tries(max_examples=250, deadline=None)
@given(verdicts())
def test_an_office_opens_once_and_in_its_hours(
    verdict: tuple[Calendar, datetime],
) -> None:
    calendar, moment = verdict

    opened = calendar.opens(moment)

    assert opened >= moment
    assert is_open(calendar, opened)
    assert calendar.opens(opened) == opened
    assert not any(is_open(calendar, then) for then in _between(moment, opened))


def _between(moment: datetime, opened: datetime) -> Iterator[datetime]:
    """Walk from the one to the other, by quarters of an hour."""
    while moment < opened:
        yield moment
        moment += QUARTER
