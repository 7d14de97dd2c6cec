"""How a provider answers, counted from its notices and from nothing else."""

from datetime import timedelta
from typing import Any

import pytest

from reportbox.lifecycle import Ntd as NtdState
from reportbox.ntd.scorecard import PAGE, history, scorecard
from reportbox.records import atomic, database
from reportbox.records.providers import NEWEST, PASSAGES
from reportbox.records.tracks import Ntd
from tests.builders import an_item_at_home, an_ntd
from tests.clock import StillClock

NOW = StillClock().now()
NAMES = ["Home Hosting One", "HOST-ONE"]
pytestmark = pytest.mark.usefixtures("empty_box")


def a_notice_to_it(hours_ago: float, gone_after: float | None, **more: Any) -> Ntd:  # noqa: ANN401
    """Make a notice sent some hours ago and seen gone so many hours later."""
    asked = NOW - timedelta(hours=hours_ago)
    item = an_item_at_home(NOW, judged_at=asked)
    ntd = an_ntd(NOW, item, "abuse@host-one.example")
    gone = None if gone_after is None else asked + timedelta(hours=gone_after)
    columns = {
        "state": NtdState.TO_VERIFY if gone is None else NtdState.REMOVED,
        "asked_at": asked,
        "last_seen_at": asked,
        "first_gone_at": gone,
        "ended_at": gone,
        **more,
    }
    with atomic():
        Ntd.change(ntd.id, **columns)
    return Ntd.get_by_id(ntd.id)


def test_what_is_still_online_counts_for_as_long_as_it_is() -> None:
    for hours in (10, 30):
        a_notice_to_it(200, hours)
    a_notice_to_it(20, None)
    a_notice_to_it(100, None)

    card = scorecard(NAMES, NOW)

    assert card is not None
    assert (card.asked, card.gone) == (4, 2)
    assert card.median == 30
    shares = [(share.within, share.gone, share.known) for share in card.shares]
    assert shares[:2] == [(24, 1 / 4, 3), (72, 5 / 8, 3)]
    assert shares[2] == (168, None, 2)


def test_what_was_given_up_is_not_followed_any_longer() -> None:
    a_notice_to_it(300, 5)
    ended = NOW - timedelta(hours=200)
    a_notice_to_it(300, None, state=NtdState.UNRESOLVED, ended_at=ended)

    card = scorecard(NAMES, NOW)

    assert card is not None
    assert [share.gone for share in card.shares] == [1 / 2, 1 / 2, None]


def test_reminders_and_answers_are_counted_for_each_notice() -> None:
    a_notice_to_it(50, 5, reminders=0, replied_at=NOW)
    a_notice_to_it(50, 30, reminders=1)
    a_notice_to_it(50, None, reminders=2)
    a_notice_to_it(50, None, reminders=0)

    card = scorecard(NAMES, NOW)

    assert card is not None
    assert (card.reminders, card.unreminded, card.answered) == (0.75, 0.5, 0.25)
    assert card.gap == pytest.approx((5 + 30) / 2)


def test_the_clock_runs_from_whoever_asked_first() -> None:
    by_lea = NOW - timedelta(hours=100)
    a_notice_to_it(50, 10, lea_asked_at=by_lea)
    a_notice_to_it(200, 60, asked_at=None, lea_asked_at=NOW - timedelta(hours=200))

    card = scorecard(NAMES, NOW)

    assert card is not None
    assert (card.asked, card.median) == (2, 60)


@pytest.mark.parametrize(
    "more",
    [
        {"asks_origin": True},
        {"asked_at": None},
        {"asked_at": NOW - timedelta(days=366)},
        {"provider": "Home Hosting Two"},
    ],
)
def test_what_is_no_notice_to_it_of_the_last_year_does_not_count(
    more: dict[str, Any],
) -> None:
    a_notice_to_it(50, 5, **more)

    assert scorecard(NAMES, NOW) is None


@pytest.mark.parametrize("written", ["HOME HOSTING ONE", "host-one", "Host-One"])
def test_a_name_counts_however_a_registry_writes_it(written: str) -> None:
    a_notice_to_it(50, 5, provider=written)

    assert scorecard(NAMES, NOW) is not None
    assert len(history(NAMES)[0]) == 1


def test_capitals_outside_ascii_are_the_same_letters_as_well() -> None:
    a_notice_to_it(50, 5, provider="HÉBERGEUR UN")

    assert len(history(["Hébergeur Un"])[0]) == 1


def test_the_history_comes_page_by_page_with_the_newest_first() -> None:
    with atomic():
        made = [
            an_ntd(NOW, an_item_at_home(NOW, NOW), "abuse@host-one.example").id
            for _ in range(PAGE + 3)
        ]

    first, more = history(NAMES)
    second, end = history(NAMES, more)

    assert [n.id for n in first] + [n.id for n in second] == made[::-1]
    assert (len(second), end) == (3, 0)


def test_a_page_of_history_asks_the_same_few_questions_however_long_it_is() -> None:
    with atomic():
        for _ in range(30):
            an_ntd(NOW, an_item_at_home(NOW, NOW), "abuse@host-one.example")

    asked: list[str] = []
    database.connection().set_trace_callback(asked.append)
    shown = [(n.item.number, n.item.address_as_reported) for n in history(NAMES)[0]]
    database.connection().set_trace_callback(None)

    assert len(shown) == 30
    assert len(asked) < 10


@pytest.mark.parametrize(
    ("query", "values"),
    [
        (NEWEST, ("Home Hosting One", 10**9, 50)),
        (PASSAGES, ("Home Hosting One", "2026", "2026", 50)),
    ],
)
def test_notices_are_found_along_their_index(query: str, values: Any) -> None:  # noqa: ANN401
    plan = database.execute_sql(f"EXPLAIN QUERY PLAN {query}", values).fetchall()

    said = " ".join(str(row[-1]) for row in plan)
    assert "USING INDEX ntd_provider" in said or "COVERING INDEX ntd_provider" in said
    assert "TEMP B-TREE" not in said
