"""Many reports at once: parts of an agreed size, at agreed times, numbered.

Guidelines, “timely manner”, tip: in smaller blocks, at several intervals of the day.
No block may make a notice late: its time of the day is waited for only while the last
moment of every report in it is not over.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TypeVar
from zoneinfo import ZoneInfo

from reportbox.agreements.terms import times_of
from reportbox.lea.annex_one import Part

T = TypeVar("T")


def parts_of(group: Sequence[T], size: int) -> Iterator[tuple[list[T], Part]]:
    """Cut a block into numbered parts of at most ``size`` reports."""
    count = -(-len(group) // size)
    for number in range(count):
        part = list(group[number * size : (number + 1) * size])
        yield part, Part(number + 1, count, len(group))


def waits_for_its_time(
    times: str, latest: datetime, now: datetime, zone: ZoneInfo
) -> bool:
    """Tell whether an agreed time of the day comes before the block must leave."""
    if now >= latest:
        return False
    today = now.astimezone(zone).date()
    slots = (datetime.combine(today, slot, zone) for slot in times_of(times))
    return any(now < slot <= latest for slot in slots)
