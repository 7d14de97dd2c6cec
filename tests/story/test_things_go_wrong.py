"""Hosts move, mail servers refuse, name servers are silent: the journey goes on."""

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from reportbox.jobs import TABLE
from reportbox.lifecycle import Item, Lea, Ntd
from tests.conftest import Pattern, build_house
from tests.house import House, annex_of, text_of


def test_what_moved_between_verdict_and_notice_is_not_sent_to_the_old_provider(
    house: House,
) -> None:
    item = house.the_public_reports("https://item-one.example/page")
    house.judges(item, "baseline")
    house.works()

    house.atlas.hosts["item-one.example"] = ("100.80.16.77",)
    house.hours_pass(24)

    # Traced again right before sending; routed again; the LEA hears of the move.
    [letter] = house.letters_to_providers()
    assert letter.recipient == "abuse@host-two.example"
    assert "Home Hosting Two" in text_of(house.letters_to_the_lea()[1])
    assert [n.state for n in house.ntds(item)] == [Ntd.WITHDRAWN, Ntd.TO_VERIFY]


def test_what_moved_abroad_is_referred_instead(house: House) -> None:
    item = house.the_public_reports("https://item-one.example/page")
    house.judges(item, "baseline")
    house.works()

    house.atlas.hosts["item-one.example"] = house.atlas.hosts["page-de.example"]
    house.hours_pass(24)

    assert house.letters_to_providers() == []
    assert house.referral(item).country == "DE"
    assert "abroad" in text_of(house.letters_to_the_lea()[1])


def test_a_reminder_never_goes_to_a_provider_that_no_longer_hosts_it(
    house: House,
) -> None:
    item = house.the_public_reports("https://item-one.example/page")
    house.judges(item, "baseline")
    house.works()
    house.hours_pass(24)

    house.atlas.hosts["item-one.example"] = ("100.80.16.77",)
    house.hours_pass(24)
    house.hours_pass(1)

    recipients = [letter.recipient for letter in house.letters_to_providers()]
    assert recipients == ["abuse@host-one.example", "abuse@host-two.example"]


def test_what_is_partly_abroad_now_is_also_referred_before_the_notice_leaves(
    house: House,
) -> None:
    item = house.the_public_reports("https://item-one.example/page")
    house.judges(item, "baseline")
    house.works()

    house.atlas.hosts["item-one.example"] += house.atlas.hosts["page-de.example"]
    house.hours_pass(24)
    house.works()

    assert house.referral(item).country == "DE"
    assert len(house.letters_to_providers()) == 1
    assert "home" in text_of(house.letters_to_the_lea()[1])


def test_the_last_look_before_the_notice_is_kept_and_its_addresses_are_told(
    house: House,
) -> None:
    item = house.the_public_reports("https://item-one.example/page")
    house.judges(item, "baseline")
    house.works()

    house.atlas.hosts["item-one.example"] = ("100.80.0.99",)
    house.hours_pass(24)

    [letter] = house.letters_to_providers()
    assert "100.80.0.99" in str(letter.parts)
    assert "Traced again: still there" in house.page(f"/items/{item.id}")
    assert house.ntd(item).finding.traced_at == house.clock.now()


def test_a_written_notice_that_waited_through_a_stop_is_traced_anew(
    house: House,
) -> None:
    item = house.the_public_reports("https://item-one.example/page")
    house.judges(item, "baseline")
    house.works()
    house.clock.advance(hours=24)
    for job in TABLE:
        job.run(house.settings, house.world)  # written, then the box stops
    house.atlas.hosts["item-one.example"] = house.atlas.hosts["page-de.example"]

    house.hours_pass(48)
    house.works()

    assert house.letters_to_providers() == []
    assert house.referral(item).country == "DE"


def test_a_provider_that_refuses_mail_is_asked_at_another_contact(house: House) -> None:
    house.internet.post_office.manners = lambda point, to: (
        "550 no such mailbox"
        if to == "abuse@host-one.example" and point == "rcpt"
        else None
    )
    item = house.the_public_reports("https://item-one.example/page")
    house.judges(item, "baseline")
    house.works()
    house.hours_pass(24)
    assert house.ntd(item).state == Ntd.TO_REACH
    assert "Provider not reached" in house.page("/tasks")

    house.does(f"/ntds/{house.ntd(item).id}/resend", contact="noc@host-one.example")
    house.works()

    [letter] = house.letters_to_providers()
    assert letter.recipient == "noc@host-one.example"


def test_a_notice_the_lea_did_not_get_stops_the_ntd_and_calls_a_person(
    house: House,
) -> None:
    house.internet.post_office.manners = lambda point, to: (
        "550 mailbox full" if "police" in to and point == "rcpt" else None
    )
    item = house.the_public_reports("https://item-one.example/page")
    house.judges(item, "baseline")
    house.works()
    assert house.notice(item).state == Lea.TO_REACH
    assert "LEA not reached" in house.page("/tasks")
    house.hours_pass(24 * 4)
    assert house.letters() == []

    # Anna calls them; from then on the agreed delay runs.
    house.does(
        f"/notices/{house.notice(item).id}/tell_otherwise", why="called the desk"
    )
    house.hours_pass(23)
    assert house.letters() == []
    house.hours_pass(2)
    assert len(house.letters_to_providers()) == 1


def test_a_notice_can_be_sent_again_once_the_lea_takes_mail(house: House) -> None:
    house.internet.post_office.manners = lambda point, to: (
        "550 mailbox full" if "police" in to and point == "rcpt" else None
    )
    item = house.the_public_reports("https://item-one.example/page")
    house.judges(item, "baseline")
    house.works()
    house.internet.post_office.manners = lambda *_: None

    house.does(f"/notices/{house.notice(item).id}/resend", why="they made room")
    house.works()

    assert house.notice(item).state == Lea.TO_CONFIRM
    assert len(house.letters_to_the_lea()) == 1


def test_an_urgent_item_is_told_at_once_even_untraced(house: House) -> None:
    house.atlas.broken.add("*")
    item = house.the_public_reports("https://item-one.example/page", urgent="yes")
    house.judges(item, "baseline", is_urgent="yes", urgent_reason="it says tonight")
    house.works()

    assert "Urgent: it says tonight" in house.page(f"/items/{item.id}")
    [letter] = house.letters_to_the_lea()
    assert letter.subject.startswith("URGENT")
    assert annex_of(letter)["report"]["urgent"] == "YES: it says tonight"
    assert "not yet known" in annex_of(letter)["location_and_tracking"]["hosting"]
    assert item.number in house.page("/queue/trace")


@pytest.mark.parametrize("what", ["name server", "registry"])
def test_when_nobody_answers_the_lea_hears_after_half_an_hour_and_the_rest_follows(
    house: House, what: str
) -> None:
    if what == "registry":
        house.atlas.registry_down = True
    else:
        house.atlas.broken.add("*")
    item = house.the_public_reports("https://item-one.example/page")
    house.judges(item, "baseline")
    house.works()
    house.minutes_pass(29)
    assert house.letters() == []
    assert "Cannot be traced yet" in house.page("/tasks")

    house.minutes_pass(1)
    [letter] = house.letters_to_the_lea()
    assert "not yet known" in annex_of(letter)["location_and_tracking"]["hosting"]

    house.atlas.registry_down = False
    house.atlas.broken.clear()
    house.hours_pass(1)
    assert "Home Hosting One" in text_of(house.letters_to_the_lea()[1])
    house.hours_pass(24)
    assert len(house.letters_to_providers()) == 1


def test_one_host_without_an_answer_does_not_hold_up_the_others(house: House) -> None:
    house.atlas.broken.add("item-one.example")
    silent = house.the_public_reports("https://item-one.example/page")
    other = house.the_public_reports("https://item-two.example/page")
    for item in (silent, other):
        house.judges(item, "baseline")

    house.works()

    assert house.item(silent).state == Item.TO_TRACE
    assert house.item(other).state == Item.TO_FINISH


def test_a_vanished_name_asks_for_a_look_before_any_letter(house: House) -> None:
    item = house.the_public_reports("https://item-one.example/page")
    house.judges(item, "baseline")
    house.works()

    del house.atlas.hosts["item-one.example"]
    house.hours_pass(24)

    assert house.ntd(item).state == Ntd.TO_CHECK_FIRST
    assert house.letters_to_providers() == []
    assert house.item(item).state == Item.TO_FINISH


@pytest.mark.parametrize(
    "moment",
    [
        datetime(2030, 1, 11, 17, 30, tzinfo=ZoneInfo("Europe/Tallinn")),  # a Friday
        datetime(2030, 2, 24, 11, 0, tzinfo=ZoneInfo("Europe/Tallinn")),  # a holiday
    ],
)
def test_the_lea_notice_knows_no_weekend_no_holiday_and_no_pause(
    house: House, pattern: Pattern, moment: datetime
) -> None:
    paused = replace(house.settings, ntd_paused=True)
    house = build_house(paused, house.clock, house.internet, pattern)
    house.clock.set(moment)
    item = house.the_public_reports("https://item-one.example/page")
    house.judges(item, "baseline")

    house.works()

    assert len(house.letters_to_the_lea()) == 1
    house.hours_pass(24 * 3)
    assert house.letters_to_providers() == []


def test_a_tor_service_is_told_to_the_lea_and_nobody_is_asked(house: House) -> None:
    asked = len(house.internet.names.questions)
    item = house.the_public_reports(f"http://{'a' * 56}.onion/page")
    house.judges(item, "baseline")
    house.works()

    [letter] = house.letters_to_the_lea()
    assert "untraceable" in annex_of(letter)["location_and_tracking"]["hosting"]
    assert len(house.internet.names.questions) == asked
    house.does(f"/notices/{house.notice(item).id}/confirm", receipt="by mail")
    assert house.item(item).state == Item.HANDED_OVER


def test_behind_a_proxy_the_country_is_not_the_proxys(house: House) -> None:
    item = house.the_public_reports("https://page-proxied.example/item")
    house.judges(item, "baseline")
    house.works()

    location = annex_of(house.letters_to_the_lea()[0])["location_and_tracking"]
    assert location["hosting"] == "proxied"
    assert location["country"] == "none found"
    assert house.letters_to_providers() == []
    house.hours_pass(24)
    [letter] = house.letters_to_providers()
    assert letter.recipient == "abuse@host-edge.example"
    assert "who hosts the address" in text_of(letter)
