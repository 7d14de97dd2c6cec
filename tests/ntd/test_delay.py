"""Every hour between verdict and notice has one reason."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from reportbox.ntd.delay import Clock, Reason, Span, spans

JUDGED = datetime(2030, 1, 7, 9, tzinfo=UTC)
HOURS = st.integers(0, 400)


def at(hours: float) -> datetime:
    return JUDGED + timedelta(hours=hours)


def told(
    clock: Clock,
    holds: list[tuple[float, float | None]],
    until: float,
    closed: tuple[Span, ...] = (),
) -> object:
    moments = [(at(b), None if e is None else at(e)) for b, e in holds]
    return [(s.reason, s.hours) for s in spans(clock, moments, closed, at(until))]


def shut(reason: Reason, begin: float, end: float) -> Span:
    return Span(reason, at(begin), at(end))


def test_the_usual_notice_waits_for_the_lea_and_for_the_agreed_hours() -> None:
    clock = Clock(JUDGED, at(1), at(25))

    assert told(clock, [], 25.5) == [
        (Reason.LEA, 1),
        (Reason.AGREEMENT, 24),
        (Reason.OTHER, 0.5),
    ]


def test_a_hold_counts_before_the_agreement_and_the_window() -> None:
    clock = Clock(JUDGED, at(0), at(24))

    assert told(clock, [(10, 30)], 41, (shut(Reason.WINDOW, 24, 40),)) == [
        (Reason.AGREEMENT, 10),
        (Reason.HOLD, 20),
        (Reason.WINDOW, 10),
        (Reason.OTHER, 1),
    ]


def test_the_window_of_the_provider_is_named_as_its_own() -> None:
    clock = Clock(JUDGED, at(0), at(24))
    nights = (shut(Reason.PROVIDER, 24, 30), shut(Reason.PROVIDER, 38, 54))
    ours = shut(Reason.WINDOW, 28, 32)

    assert told(clock, [(30, 40)], 55, (*nights, ours)) == [
        (Reason.AGREEMENT, 24),
        (Reason.PROVIDER, 4),
        (Reason.WINDOW, 2),  # both were shut
        (Reason.HOLD, 10),
        (Reason.PROVIDER, 14),
        (Reason.OTHER, 1),
    ]


def test_an_open_hold_lasts_until_now() -> None:
    clock = Clock(JUDGED, at(0), at(6))

    assert told(clock, [(2, None)], 50) == [(Reason.AGREEMENT, 2), (Reason.HOLD, 48)]


def test_while_the_lea_was_not_told_nothing_else_counts() -> None:
    assert told(Clock(JUDGED, None, None), [(1, 2)], 5) == [(Reason.LEA, 5)]


@given(
    told_at=HOURS,
    delay=HOURS,
    nights=st.lists(st.tuples(HOURS, HOURS), max_size=3),
    holds=st.lists(st.tuples(HOURS, st.none() | HOURS), max_size=4),
    until=st.integers(1, 900),
)
def test_the_spans_meet_and_leave_no_hour_out(
    told_at: int,
    delay: int,
    nights: list[tuple[int, int]],
    holds: list[tuple[int, int | None]],
    until: int,
) -> None:
    free = told_at + delay
    clock = Clock(JUDGED, at(told_at), at(free))
    closed = [shut(Reason.PROVIDER, *night) for night in nights]
    moments = [(at(b), None if e is None else at(e)) for b, e in holds]

    found = spans(clock, moments, closed, at(until))

    assert found[0].begin == JUDGED
    assert found[-1].end == at(until)
    assert all(a.end == b.begin for a, b in pairwise(found))
    assert all(a.reason != b.reason for a, b in pairwise(found))
    assert sum(span.hours for span in found) == until
