"""The hotline's working days: when the office is open, and when a day is over.

Weekends and public holidays come from the library ``holidays``, which knows the
countries and their regions. A country it does not know rests on Saturday and Sunday.

Clocks change, at midnight too: each end of a day is taken at the first moment the clock
shows it, or jumps over it, so that a deadline is never later than the rule.
"""

import re
from bisect import bisect_left
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from reportbox.settings import Settings

if TYPE_CHECKING:
    from holidays import HolidayBase

SATURDAY = 5  # date.weekday()
DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)
MIDNIGHT = 24  # the end of a day, in hours
CLOSED = re.compile(r"(?:\d{4}-)?\d\d-\d\d", re.ASCII)
LAST_SECOND = time(23, 59, 59)
LONGEST_CLOSURE = 366  # days; who is closed for longer holds nothing back
COUNTRIES_KEPT = 64
YEARS_KEPT = 256
MOMENTS_KEPT = 4096


@dataclass(frozen=True)
class Calendar:
    zone: ZoneInfo
    begins: int  # hours of the day
    ends: int
    country: str  # ISO 3166-1 alpha-2
    region: str = ""  # its subdivision, as ISO 3166-2 writes it behind the hyphen
    also_closed: tuple[date, ...] = ()
    closed_yearly: tuple[tuple[int, int], ...] = ()  # month and day

    def is_working_day(self, day: date) -> bool:
        return not (
            day in _days_off(self.country, self.region, day.year)
            or day in self.also_closed
            or (day.month, day.day) in self.closed_yearly
        )

    def told_by(self, judged_at: datetime) -> datetime:
        """Return the end of that working day; of that day itself, if work had ended.

        A clock set back may show the last second twice, and a verdict may fall into
        it: the first end that is not past counts.
        """
        day = judged_at.astimezone(self.zone).date()
        ends = [self._moment(day, LAST_SECOND), self._last_second(day)]
        if self.is_working_day(day):
            ends.insert(0, self._moment(day, time(self.ends)))
        return next((end for end in ends if judged_at < end), judged_at.astimezone(UTC))

    def opens(self, moment: datetime) -> datetime:
        """Return the same moment, or the next beginning of a working day."""
        day = moment.astimezone(self.zone).date()
        for _ in range(LONGEST_CLOSURE):
            if self.is_working_day(day):
                opened = max(moment, self._moment(day, time(self.begins)))
                if opened < self._closes(day):
                    return opened
            day += DAY
        return moment

    def closed_between(
        self, begin: datetime, end: datetime
    ) -> list[tuple[datetime, datetime]]:
        """List the spans of that time outside the hours."""
        found, at = [], begin
        while at < end:
            opened = self.opens(at)
            if opened > at:
                found.append((at, min(opened, end)))
            closes = self._closes(opened.astimezone(self.zone).date())
            at = closes if closes > opened else opened + DAY  # closed for too long
        return found

    def _closes(self, day: date) -> datetime:
        if self.ends == MIDNIGHT:
            return _first(self.zone, day + DAY, time())
        return self._moment(day, time(self.ends))

    def _moment(self, day: date, clock: time) -> datetime:
        """When the clock first shows this; never beyond that day."""
        return min(_first(self.zone, day, clock), self._last_second(day))

    def _last_second(self, day: date) -> datetime:
        return _first(self.zone, day + DAY, time()) - SECOND


def calendar_of(settings: Settings) -> Calendar:
    return calendar(
        settings.zone,
        settings.working_day_begins,
        settings.working_day_ends,
        settings.country,
        settings.holidays_region,
        settings.closed_on,
    )


def trouble_with(calendar: Calendar) -> str:
    """Say in one sentence what the library does not know, or nothing."""
    country, region = calendar.country, calendar.region
    regions = _regions(country)
    if regions is None:
        return f"none are known for {country}: name all of yours in “closed_on”"
    if not region or region in regions:
        return ""
    known = f"there is {', '.join(regions)}" if regions else "leave it empty"
    return f"{country} has no region “{region}” in “holidays_region”: {known}"


def read_days(text: str) -> tuple[str, ...]:
    """Read “12-24, 2026-12-27”, or raise ValueError."""
    days = tuple(part.strip() for part in text.split(",") if part.strip())
    for day in days:
        if not CLOSED.fullmatch(day):
            raise ValueError(f"“{day}” is no day")
        *_, year, month, number = "2000", *day.split("-")  # 2000 had a 29 February
        date(int(year), int(month), int(number))
    return days


@lru_cache
def calendar(  # noqa: PLR0913, PLR0917 - what is said of it
    zone: ZoneInfo,
    begins: int,
    ends: int,
    country: str,
    region: str,
    closed_on: tuple[str, ...],
) -> Calendar:
    """Make one; “12-24” is every year's, and “2026-12-24” is not."""
    once, yearly = [], []
    for text in closed_on:
        match [int(part) for part in text.split("-")]:
            case [month, day]:
                yearly.append((month, day))
            case [year, month, day]:
                once.append(date(year, month, day))
    return Calendar(zone, begins, ends, country, region, tuple(once), tuple(yearly))


@lru_cache(maxsize=MOMENTS_KEPT)
def _first(zone: ZoneInfo, day: date, clock: time) -> datetime:
    """When the clock first shows this, or has jumped over it."""
    wanted = datetime.combine(day, clock)
    once, again = (
        wanted.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)
    )
    if once <= again:
        return once

    # Never shown: the jump lies between the two guesses (PEP 495).
    def shown(second: int) -> datetime:
        return (again + SECOND * second).astimezone(zone).replace(tzinfo=None)

    return again + SECOND * bisect_left(
        range((once - again) // SECOND), wanted, key=shown
    )


@lru_cache(maxsize=YEARS_KEPT)
def _days_off(country: str, region: str, year: int) -> frozenset[date]:
    """List the weekends and public holidays of a year.

    Some weekends are worked in exchange for a longer holiday; the library knows.
    """
    has_region = region in (_regions(country) or ())
    known = _holidays(country, region if has_region else "", year)
    first, last = date(year, 1, 1), date(year, 12, 31)
    days = (first + DAY * count for count in range((last - first) // DAY + 1))
    if known is None:
        return frozenset(day for day in days if day.weekday() >= SATURDAY)
    return frozenset(day for day in days if not known.is_working_day(day))


@lru_cache(maxsize=COUNTRIES_KEPT)
def _regions(country: str) -> tuple[str, ...] | None:
    """Name the regions of a country; None if the library does not know it."""
    known = _holidays(country)
    return None if known is None else known.subdivisions


def _holidays(
    country: str, region: str = "", year: int | None = None
) -> "HolidayBase | None":
    from holidays import country_holidays  # noqa: PLC0415 - slow to load, seldom wanted

    try:
        return country_holidays(country, subdiv=region or None, years=year)
    except NotImplementedError:
        return None
