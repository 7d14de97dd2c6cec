"""Administrators hear what needs them: once, together, and when it is over."""

from dataclasses import replace

import pytest

from reportbox import __version__
from reportbox.lifecycle import Actor
from reportbox.office import opening
from reportbox.office.rounds import look_after_due
from reportbox.post.deliver import deliver_due
from reportbox.practice.manners import good_manners
from reportbox.records import atomic
from reportbox.records.agencies import Agency
from reportbox.records.beats import Heartbeat
from reportbox.records.health import Health
from reportbox.records.journey import Deed
from reportbox.records.openings import Opening
from tests.house import House, text_of

ADMINISTRATOR = "adam@hotline.example"


@pytest.fixture
def watched(house: House) -> House:
    house.settings = replace(house.settings, alarm_mail=(ADMINISTRATOR,))
    house.app.extensions["settings"] = house.settings
    minutes_pass(house, 0)
    assert letters(house) == []
    return house


def minutes_pass(house: House, minutes: int) -> None:
    """Let the leader look after the box each minute."""
    for minute in range(minutes + 1):
        if minute:
            house.clock.advance(minutes=1)
        with atomic():
            Heartbeat.beat(house.clock.now(), 1, "", __version__)
        look_after_due(house.settings, house.world)
        deliver_due(house.settings, house.world)


def letters(house: House) -> list[str]:
    return [x.subject for x in house.letters() if x.recipient == ADMINISTRATOR]


def last_letter(house: House) -> str:
    return text_of(next(x for x in house.letters()[::-1]))


def name_servers_fail(house: House) -> None:
    house.atlas.broken.add("*")


def agencies_are_gone(house: House) -> None:
    with atomic():
        Agency.update(is_active=False).execute()


def test_a_box_that_is_being_set_up_alarms_nobody(watched: House) -> None:
    watched.settings = replace(watched.settings, hotline_name="")
    name_servers_fail(watched)
    watched.clock.advance(hours=1)

    minutes_pass(watched, 10)

    assert letters(watched) == []


def test_what_was_amiss_before_a_box_opened_is_told_only_if_it_still_is(
    watched: House,
) -> None:
    with atomic():
        Opening.create(
            code_hash="", made_at=watched.clock.now(), expires_at=watched.clock.now()
        )
        Agency.update(is_active=False).execute()
    minutes_pass(watched, 70)
    with atomic():
        Agency.update(is_active=True).execute()
    watched.clock.advance(minutes=1)
    opening.finish(Deed("Adam", Actor.BOX, watched.clock.now()))

    minutes_pass(watched, 15)

    assert letters(watched) == []


def test_what_became_bad_together_is_one_letter_that_says_what_to_do(
    watched: House,
) -> None:
    watched.clock.advance(hours=1)
    name_servers_fail(watched)
    agencies_are_gone(watched)

    minutes_pass(watched, 3)

    assert letters(watched) == ["The box needs an administrator"]
    said = last_letter(watched)
    assert "name servers: " in said
    assert "LEA keys: no agency is entered" in said
    assert f"{watched.settings.desk_url}/health" in said


def test_a_trouble_that_lasts_is_told_once_and_then_once_a_day(watched: House) -> None:
    name_servers_fail(watched)
    minutes_pass(watched, 60)
    assert len(letters(watched)) == 1

    watched.clock.advance(hours=23)
    minutes_pass(watched, 10)

    assert len(letters(watched)) == 2
    assert "still needs" in last_letter(watched)


def test_a_second_trouble_is_a_second_letter_without_the_first_one(
    watched: House,
) -> None:
    name_servers_fail(watched)
    minutes_pass(watched, 10)
    watched.clock.advance(hours=1)
    agencies_are_gone(watched)

    minutes_pass(watched, 10)

    assert len(letters(watched)) == 2
    assert "LEA keys" in last_letter(watched)
    assert "name servers" not in last_letter(watched)


def test_when_all_is_well_again_that_is_said_once(watched: House) -> None:
    name_servers_fail(watched)
    minutes_pass(watched, 10)
    watched.atlas.broken.clear()

    minutes_pass(watched, 60)

    assert letters(watched) == [
        "The box needs an administrator",
        "The box is well again",
    ]


def test_what_comes_and_goes_writes_no_second_letter(watched: House) -> None:
    name_servers_fail(watched)
    minutes_pass(watched, 10)

    for _ in range(4):
        watched.atlas.broken.clear()
        minutes_pass(watched, 6)
        name_servers_fail(watched)
        minutes_pass(watched, 9)

    assert letters(watched) == ["The box needs an administrator"]


def test_a_hiccup_wakes_nobody(watched: House) -> None:
    watched.clock.advance(minutes=5)
    name_servers_fail(watched)
    minutes_pass(watched, 1)
    watched.atlas.broken.clear()

    minutes_pass(watched, 30)

    assert letters(watched) == []


def test_while_mail_is_broken_no_letter_is_written_and_the_desk_says_so(
    watched: House,
) -> None:
    watched.clock.advance(hours=1)
    watched.internet.post_office.manners = lambda *_: "drop"
    name_servers_fail(watched)
    minutes_pass(watched, 30)

    page = watched.page("/accounts/", as_="adam")
    assert "2 things of the box need an administrator" in page
    watched.internet.post_office.manners = good_manners
    minutes_pass(watched, 2)

    assert letters(watched) == ["The box needs an administrator"]
    assert "mail server" not in last_letter(watched)


def test_what_will_be_bad_is_told_once_at_each_step(watched: House) -> None:
    for warning in ("60 days", "60 days", "30 days"):
        with atomic():
            now = watched.clock.now()
            found = {"is_ok": True, "words": "…", "warning": warning, "figures": {}}
            Health.keep("own key", now, **found)
        minutes_pass(watched, 20)

    assert len(letters(watched)) == 2


def test_without_an_own_address_the_hotline_itself_is_told(watched: House) -> None:
    watched.settings = replace(watched.settings, alarm_mail=())
    name_servers_fail(watched)

    minutes_pass(watched, 10)

    [letter] = watched.letters()
    assert letter.recipient == watched.settings.hotline_email


def test_nothing_of_any_report_stands_in_such_a_letter(watched: House) -> None:
    item = watched.the_public_reports(
        "https://item-one.example/page", comments="WORDS-MARK"
    )
    watched.judges(item, "baseline")
    agencies_are_gone(watched)
    watched.clock.advance(hours=1)

    minutes_pass(watched, 10)

    assert "LEA notices: 1" in last_letter(watched)
    assert "item-one" not in last_letter(watched)
    assert "WORDS-MARK" not in last_letter(watched)


def test_a_clock_set_back_is_told_and_does_not_stop_the_looking(watched: House) -> None:
    watched.clock.advance(hours=-2)

    minutes_pass(watched, 5)

    assert "clock: was set back by 7200 seconds" in last_letter(watched)
    assert all(row.looked_at <= watched.clock.now() for row in Health.rows())


def test_a_box_that_is_being_set_up_writes_to_nobody(watched: House) -> None:
    watched.settings = replace(watched.settings, hotline_name="")
    name_servers_fail(watched)

    minutes_pass(watched, 10)

    assert letters(watched) == []
