"""How long removal takes: examples worked by hand, and promises about all of them."""

from datetime import UTC, datetime, timedelta
from statistics import median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportbox.ntd.takedown import (
    Course,
    course,
    gap,
    gone_after,
    share_gone,
    survival,
)

ASKED = datetime(2026, 11, 2, 9, tzinfo=UTC)
HOURS = st.integers(0, 700).map(float)
GONE = st.lists(HOURS.map(lambda hours: Course(hours, is_gone=True)), min_size=1)
ANY = st.lists(st.builds(Course, HOURS, st.booleans()), min_size=1)


def gone(*hours: float) -> list[Course]:
    return [Course(h, is_gone=True) for h in hours]


def online(*hours: float) -> list[Course]:
    return [Course(h, is_gone=False) for h in hours]


# Freireich and others, 1963: 21 patients in remission under treatment, and 21 without.
TREATED = gone(6, 6, 6, 7, 10, 13, 16, 22, 23) + online(
    6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35
)
UNTREATED = gone(
    *(1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23)
)


def test_the_textbooks_example_comes_out_as_in_the_textbook() -> None:
    steps = {step.hours: round(step.online, 3) for step in survival(TREATED)}

    assert steps == {
        6: 0.857,
        7: 0.807,
        10: 0.753,
        13: 0.690,
        16: 0.627,
        22: 0.538,
        23: 0.448,
    }
    assert [step.at_risk for step in survival(TREATED)] == [21, 17, 15, 12, 11, 7, 6]
    assert gone_after(TREATED) == 23
    assert gone_after(UNTREATED) == 8


def test_four_notices_worked_by_hand() -> None:
    """Gone after 10 h: 3/4 left. After 30 h, of two: 3/8. One is online after 20 h."""
    courses = gone(10, 30) + online(20, 100)

    assert [step.online for step in survival(courses)] == [3 / 4, 3 / 8]
    assert gone_after(courses) == 30
    assert share_gone(courses, 24) == (24, 1 / 4, 3, 4)
    assert share_gone(courses, 72) == (72, 5 / 8, 3, 4)


def test_what_is_still_online_is_not_left_out() -> None:
    fast_or_never = gone(1, 1, 1) + online(500, 500, 500, 500)

    assert gone_after(gone(1, 1, 1)) == 1
    assert gone_after(fast_or_never) is None
    assert share_gone(fast_or_never, 168).gone == pytest.approx(3 / 7)


def test_a_median_that_is_not_reached_yet_is_not_made_up() -> None:
    assert gone_after(gone(5) + online(50, 50)) is None
    assert gone_after([]) is None


def test_a_share_nobody_was_followed_long_enough_for_is_not_known_yet() -> None:
    young = gone(2) + online(3, 4)

    assert share_gone(young, 24) == (24, None, 1, 3)
    assert share_gone([], 24) == (24, None, 0, 0)
    assert share_gone(gone(2, 3), 24).gone == 1


def test_what_left_in_the_same_hour_was_still_at_risk() -> None:
    assert survival(gone(24) + online(24))[0].at_risk == 2


@pytest.mark.parametrize(
    ("gone_at", "until", "expected"),
    [
        (ASKED + timedelta(hours=30), ASKED + timedelta(days=9), gone(30)),
        (None, ASKED + timedelta(days=2), online(48)),
        (ASKED - timedelta(hours=1), ASKED, gone(0)),
        (None, ASKED - timedelta(hours=1), online(0)),
    ],
)
def test_a_notice_is_followed_to_the_look_that_found_it_gone_or_until_now(
    gone_at: datetime | None, until: datetime, expected: list[Course]
) -> None:
    assert [course(ASKED, gone_at, until)] == expected


def test_the_gap_between_the_looks_is_told() -> None:
    hours = [(0, 10), (5, 7), (0, 40)]
    looks = [
        (ASKED + timedelta(hours=seen), ASKED + timedelta(hours=gone))
        for seen, gone in hours
    ]

    assert gap(looks) == 10
    assert gap([]) is None


@given(GONE)
def test_with_nothing_left_online_it_is_the_plain_median(courses: list[Course]) -> None:
    assert gone_after(courses) == pytest.approx(median(c.hours for c in courses))


@given(GONE, HOURS.map(int))
def test_with_nothing_left_online_a_share_is_the_plain_share(
    courses: list[Course], within: int
) -> None:
    plain = sum(c.hours <= within for c in courses) / len(courses)

    assert share_gone(courses, within).gone == pytest.approx(plain)


@given(ANY)
def test_what_is_online_only_ever_becomes_less_and_never_less_than_nothing(
    courses: list[Course],
) -> None:
    curve = [1.0, *(step.online for step in survival(courses))]

    assert curve == sorted(curve, reverse=True)
    assert all(0 <= share <= 1 for share in curve)


@given(ANY, st.randoms())
def test_the_order_of_the_notices_does_not_matter(
    courses: list[Course],
    chance: object,
) -> None:
    mixed = list(courses)
    chance.shuffle(mixed)  # type: ignore[attr-defined]

    assert survival(mixed) == survival(courses)
    assert gone_after(mixed) == gone_after(courses)
    assert share_gone(mixed, 72) == share_gone(courses, 72)


@given(ANY)
def test_the_longer_it_stays_online_the_less_is_gone(courses: list[Course]) -> None:
    longer = [c if c.is_gone else Course(c.hours + 200, is_gone=False) for c in courses]
    before, after = share_gone(courses, 72), share_gone(longer, 72)

    assert before.gone is None or (after.gone or 0) <= before.gone + 1e-9


@given(ANY, st.floats(0.05, 0.95), st.floats(0.05, 0.95))
def test_more_is_never_gone_sooner_than_less(
    courses: list[Course], one: float, other: float
) -> None:
    less, more = sorted((one, other))
    sooner, later = gone_after(courses, less), gone_after(courses, more)

    assert later is None or (sooner is not None and sooner <= later)


@given(ANY)
def test_more_is_never_gone_in_a_day_than_in_a_week(courses: list[Course]) -> None:
    day, week = share_gone(courses, 24), share_gone(courses, 168)

    assert day.known >= week.known
    assert day.gone is None or week.gone is None or day.gone <= week.gone
