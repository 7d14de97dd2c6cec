"""The practice box shows every state a trainee may meet."""

from dataclasses import replace
from typing import Any

from reportbox.lifecycle import STATES as STATES_OF
from reportbox.lifecycle import Item, Kind, Lea, Letter, Ntd
from reportbox.practice.cases import Weeks
from reportbox.practice.clock import MovableClock
from reportbox.records import items, letters, tracks
from reportbox.records.provider_answers import ProviderAnswer
from tests.house import House

TABLE_OF: dict[Kind, Any] = {
    Kind.ITEM: items.Item,
    Kind.LEA: tracks.LeaNotice,
    Kind.NTD: tracks.Ntd,
    Kind.REFERRAL: tracks.Referral,
    Kind.LETTER: letters.Letter,
}
# States the box itself passes through within seconds.
PASSING = {
    Item.TO_ROUTE,
    Lea.TO_NOTIFY,
    Lea.TO_SEND,
    Lea.WITHDRAWN,
    Ntd.TO_SEND,
    Letter.WAITING,
    Letter.SENDING,
    Letter.HANDING_OVER,
}


def test_the_practice_items_are_in_every_state_that_lasts(house: House) -> None:
    clock = MovableClock(house.settings.data_dir / "practice-clock")
    world = replace(house.world, clock=clock)

    Weeks(house.settings, world, house.internet, clock).play()

    for kind, states in STATES_OF.items():
        found = {row.state for row in TABLE_OF[kind].rows()}
        missing = set(states) - found - PASSING
        assert not missing, (kind, missing)
    assert clock.ahead().total_seconds() == 0
    numbered, waiting = ProviderAnswer.rows()
    assert (numbered.ticket, numbered.is_open) == ("123-456", False)
    assert (waiting.says, waiting.is_open) == ("removed", True)
