"""The one place that writes a state."""

import pytest

from reportbox import lifecycle
from reportbox.errors import IllegalMove
from reportbox.lifecycle import Actor, Move
from reportbox.records import atomic
from reportbox.records.items import Event, Item
from reportbox.records.journey import (
    Deed,
    are_told,
    box,
    is_lea_told,
    move,
    move_all,
    told_among,
)
from tests.builders import a_notice, an_item
from tests.clock import StillClock

NOW = StillClock().now()
pytestmark = pytest.mark.usefixtures("empty_box")
ANNA = Deed("Anna", Actor.ANALYST, NOW, "looked")


def test_a_move_writes_state_and_history_together() -> None:
    item = an_item(NOW)

    with atomic():
        move(item, Move.SET_ASIDE, ANNA)

    [event] = Event.rows(Event.item == item.id)
    assert (event.who, event.why, event.at) == ("Anna", "looked", NOW)
    assert (event.start, event.end) == ("to_assess", "set_aside")


def test_a_move_outside_a_transaction_is_a_bug() -> None:
    with pytest.raises(RuntimeError, match="transaction"):
        move(an_item(NOW), Move.SET_ASIDE, ANNA)


def test_a_stale_row_cannot_move_what_has_moved_on() -> None:
    item = an_item(NOW)
    stale = Item.get_by_id(item.id)
    with atomic():
        move(item, Move.SET_ASIDE, ANNA)

    with pytest.raises(IllegalMove), atomic():
        move(stale, Move.JUDGE_ILLEGAL, ANNA)

    assert Item.get_by_id(item.id).state == lifecycle.Item.SET_ASIDE


def test_a_refused_move_changes_nothing() -> None:
    item = an_item(NOW)

    with pytest.raises(IllegalMove), atomic():
        move(item, Move.JUDGE_ILLEGAL, box(NOW))

    assert Item.get_by_id(item.id).state == lifecycle.Item.TO_ASSESS
    assert Event.rows() == []


def test_an_appearance_that_nobody_was_told_of_is_not_told_by_an_earlier_one() -> None:
    item = an_item(NOW)
    a_notice(NOW, item, state=lifecycle.Lea.CONFIRMED)
    a_notice(NOW, item, appearance=2)

    assert are_told([(item.id, 1)])
    assert not are_told([(item.id, 1), (item.id, 2)])
    assert told_among([(item.id, 1), (item.id, 2)]) == {(item.id, 1)}


def test_several_move_together_or_not_at_all() -> None:
    one, other = an_item(NOW), an_item(NOW)
    with atomic():
        move(other, Move.SET_ASIDE, ANNA)

    with atomic(), pytest.raises(IllegalMove):
        move_all([one, other], Move.SET_ASIDE, ANNA)

    assert Item.get_by_id(one.id).state == lifecycle.Item.TO_ASSESS
    with atomic():
        move_all([one, an_item(NOW)], Move.SET_ASIDE, ANNA)
    assert {item.state for item in Item.rows()} == {lifecycle.Item.SET_ASIDE}
    assert len(Event.rows()) == len(Item.rows())


@pytest.mark.parametrize(
    ("states", "told"),
    [
        ([], False),
        ([lifecycle.Lea.TO_NOTIFY], False),
        ([lifecycle.Lea.TO_SEND], False),
        ([lifecycle.Lea.TO_REACH], False),
        ([lifecycle.Lea.TO_CONFIRM], True),
        ([lifecycle.Lea.CONFIRMED, lifecycle.Lea.TO_REACH], False),
        ([lifecycle.Lea.CONFIRMED, lifecycle.Lea.WITHDRAWN], True),
        ([lifecycle.Lea.WITHDRAWN], False),
    ],
)
def test_an_ntd_is_written_only_when_every_agency_was_told(
    states: list[lifecycle.Lea], told: bool
) -> None:
    item = an_item(NOW, state=lifecycle.Item.TO_FINISH)
    for state in states:
        a_notice(NOW, item, state=state)

    assert is_lea_told(item) == told
