"""How long is long enough: breaks and the daily ceiling of assessing.

INHOPE asks for not more than four hours a day (“What is a hotline analyst?”).
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

# Without a sign of work for so long, somebody has stopped assessing.
STILL_AT_IT = timedelta(minutes=15)
A_BREAK = timedelta(minutes=10)


class Stretch(NamedTuple):
    began_at: datetime
    seen_at: datetime


class Load(NamedTuple):
    """What somebody's day was like so far."""

    today: timedelta
    since_break: timedelta


def load(stretches: Iterable[Stretch], now: datetime) -> Load:
    """Add up the stretches of one day; a pause of ten minutes is a break."""
    today = since_break = timedelta()
    last: datetime | None = None
    for one in sorted(stretches):
        if last is not None and one.began_at - last >= A_BREAK:
            since_break = timedelta()
        took = one.seen_at - one.began_at
        today += took
        since_break += took
        last = one.seen_at
    if last is not None and now - last >= A_BREAK:
        since_break = timedelta()
    return Load(today, since_break)


def minutes(span: timedelta) -> int:
    return int(span.total_seconds() // 60)
