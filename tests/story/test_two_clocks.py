"""The clock of the answer and the clock of the removal run apart."""

import pytest

from reportbox.lifecycle import Item, Ntd
from reportbox.ntd.phrases import Says
from reportbox.ntd.replies import hear
from reportbox.ntd.scorecard import Scorecard, scorecard
from reportbox.ports import Mail
from reportbox.records import atomic
from reportbox.records.items import Item as Row
from reportbox.records.journey import box, letters_of
from reportbox.records.provider_answers import ProviderAnswer
from tests.house import House

PROVIDER, DESK = "Home Hosting One", "abuse@host-one.example"


@pytest.fixture
def asked(house: House) -> Row:
    """An item whose provider was asked a moment ago."""
    item = house.the_public_reports("https://item-one.example/page")
    house.judges(item, "baseline")
    house.works()
    house.does(f"/notices/{house.notice(item).id}/confirm", receipt="case 7")
    house.hours_pass(24)
    return item


def writes(house: House, item: Row, words: str) -> None:
    """Let the provider answer our first letter."""
    token = letters_of(house.ntd(item))[0].token
    mail = Mail(
        uid="7",
        sender=DESK,
        subject="Re: your notice",
        sent_at=house.clock.now(),
        text=words,
        to=(f"desk+{token}@hotline.example",),
    )
    with atomic():
        hear(mail, box(house.clock.now()))


def card(house: House) -> Scorecard:
    found = scorecard([PROVIDER], house.clock.now())
    assert found is not None
    return found


def test_removed_without_a_word_is_success_and_nothing_more_is_sent(
    house: House, asked: Row
) -> None:
    house.hours_pass(20)
    house.does(f"/items/{asked.id}/confirm_removal", why="looked: gone")
    house.hours_pass(24 * 5)

    ntd = house.ntd(asked)
    assert (ntd.state, house.item(asked).state) == (Ntd.REMOVED, Item.REMOVED)
    assert ntd.replied_at is None
    assert len(house.letters_to_providers()) == 1
    assert (card(house).gone, card(house).answered) == (1, 0)
    assert card(house).median == 20


def test_an_answer_that_is_no_removal_stops_neither_reminders_nor_the_notice_to_the_lea(
    house: House, asked: Row
) -> None:
    before = len(house.letters_to_the_lea())
    house.hours_pass(2)
    writes(house, asked, "Please send us more details about the exact address.")
    [answer] = ProviderAnswer.rows()
    house.does(f"/provider-answers/{answer.id}/needs_more")
    answered_at = house.ntd(asked).replied_at

    for _ in range(3):
        house.hours_pass(24)
    house.works()

    assert answer.says == Says.NEEDS_MORE
    assert len(house.letters_to_providers()) == 3
    assert len(house.letters_to_the_lea()) == before + 1
    assert house.ntd(asked).replied_at == answered_at
    assert house.ntd(asked).first_gone_at is None
    assert (card(house).gone, card(house).answered) == (0, 1)


def test_a_word_of_removal_is_an_answer_and_the_look_is_the_removal(
    house: House, asked: Row
) -> None:
    house.hours_pass(2)
    writes(house, asked, "It has been removed.")
    [answer] = ProviderAnswer.rows()
    house.does(f"/provider-answers/{answer.id}/removed")
    replied_at = house.ntd(asked).replied_at
    house.hours_pass(10)
    assert card(house).gone == 0

    house.does(f"/items/{asked.id}/check/gone")

    ntd = house.ntd(asked)
    assert ntd.replied_at == replied_at
    assert (ntd.first_gone_at - ntd.replied_at).total_seconds() == 10 * 3600
    assert card(house).median == 12
