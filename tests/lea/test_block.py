"""Parts of a block, and the times of the day they leave at."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportbox.lea.annex_one import Part
from reportbox.lea.block import parts_of, waits_for_its_time

ZONE = ZoneInfo("Europe/Tallinn")
NOW = datetime(2030, 1, 7, 7, 50, tzinfo=UTC)  # 9:50 there


@given(st.integers(1, 500), st.integers(1, 200))
def test_the_parts_together_are_the_whole_block_each_once(
    count: int, size: int
) -> None:
    made = list(parts_of(range(count), size))

    assert [one for group, _ in made for one in group] == list(range(count))
    assert all(0 < len(group) <= size for group, _ in made)
    assert [part for _, part in made] == [
        Part(number + 1, len(made), count) for number in range(len(made))
    ]


@pytest.mark.parametrize(
    ("times", "minutes_left", "waits"),
    [
        ("10:00, 14:00", 30, True),  # ten minutes from now
        ("10:00", 5, False),  # it would be too late then
        ("09:00", 30, False),  # over for today
        ("", 30, False),
        ("10:00", 0, False),
    ],
)
def test_a_time_of_the_day_is_waited_for_only_while_it_makes_nothing_late(
    times: str, minutes_left: int, waits: bool
) -> None:
    latest = NOW + timedelta(minutes=minutes_left)

    assert waits_for_its_time(times, latest, NOW, ZONE) is waits
