"""When letters to a provider may leave: our own hours, and those of who reads them.

A window only ever holds a letter back; no urgency opens one. What an agency is told
knows none.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from reportbox.ntd.delay import Reason, Span
from reportbox.office.working_day import Calendar

MOST_TURNS = 40  # from one window to the other: two that never meet hold nothing back


class Window(NamedTuple):
    """``reason`` names whose it is, where the hours are accounted for."""

    reason: Reason
    calendar: Calendar


def opens(windows: Sequence[Window], moment: datetime) -> datetime:
    """Return the same moment, or the next at which every window is open."""
    then = moment
    for _ in range(MOST_TURNS):
        later = then
        for window in windows:
            later = window.calendar.opens(later)
        if later == then:
            return then
        then = later
    return windows[-1].calendar.opens(moment)


def closed(windows: Sequence[Window], begin: datetime, end: datetime) -> list[Span]:
    """List when which of the windows was shut."""
    return [
        Span(window.reason, *shut)
        for window in windows
        for shut in window.calendar.closed_between(begin, end)
    ]
