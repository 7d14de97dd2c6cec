"""When a provider may be asked."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from reportbox.ntd.schedule import due_at
from reportbox.settings import Settings

JUDGED = datetime(2030, 1, 7, 9, tzinfo=UTC)


@pytest.mark.parametrize("hours", [0, 6, 24, 144])
def test_the_delay_runs_from_the_moment_the_lea_was_told(
    settings: Settings, hours: int
) -> None:
    told = JUDGED + timedelta(hours=3)
    agreed = replace(settings, ntd_delay_hours=hours)

    assert due_at(told, JUDGED, agreed) == told + timedelta(hours=hours)


def test_the_delay_runs_anew_from_a_clear_verdict_that_came_later(
    settings: Settings,
) -> None:
    told = JUDGED - timedelta(days=3)

    assert due_at(told, JUDGED, settings) == JUDGED + timedelta(hours=24)
