"""Nothing goes to the wrong desk, however things change on the way."""

from reportbox.lifecycle import Item as State
from reportbox.lifecycle import Ntd as NtdState
from reportbox.practice.atlas import Network
from reportbox.records.contacts import Contact
from reportbox.records.items import Item
from reportbox.tracing.finding import Agreement
from tests.house import House, text_of
from tests.story.test_where_it_is_hosted import CORRECTION, judged


def test_a_corrected_contact_is_the_one_that_is_written_to(house: House) -> None:
    item = judged(house, "item-one.example")
    said = {
        **CORRECTION,
        "provider": "Home Hosting One",
        "contact": "right@desk.example",
    }

    house.does(f"/items/{item.id}/correct", **said)
    house.works()
    house.does("/contacts/approve", mailbox="right@desk.example", item="")
    house.hours_pass(24)

    [letter] = house.letters_to_providers()
    assert letter.recipient == "right@desk.example"


def test_a_desk_that_changed_since_the_verdict_is_asked_instead_of_the_old_one(
    house: House,
) -> None:
    item = judged(house, "item-two.example")
    house.atlas.networks.append(
        Network(
            "100.80.16.0/24",
            "EE",
            "HOST-TWO",
            64501,
            "ripencc",
            "new@desk.example",
            provider="Home Hosting Two",
        )
    )
    house.hours_pass(24)
    assert house.letters_to_providers() == []  # nobody approved the new one yet

    house.does("/contacts/approve", mailbox="new@desk.example", item="")
    house.works()

    [letter] = house.letters_to_providers()
    assert letter.recipient == "new@desk.example"
    assert house.ntd(item).contact == "new@desk.example"


def test_a_contact_named_for_one_notice_survives_the_next_trace(house: House) -> None:
    item = judged(house, "item-one.example")
    house.does(
        f"/ntds/{house.ntd(item).id}/name_contact",
        contact="named@desk.example",
        why="by telephone",
    )
    house.does(f"/items/{item.id}/trace_again", why="")
    house.works()

    house.hours_pass(24)

    assert [x.recipient for x in house.letters_to_providers()] == ["named@desk.example"]


def test_a_reminder_goes_to_nobody_who_was_struck_from_the_book(house: House) -> None:
    judged(house, "item-one.example")
    house.hours_pass(24)
    assert len(house.letters_to_providers()) == 1
    [row] = Contact.rows(Contact.mailbox == "abuse@host-one.example")
    house.does(f"/contacts/{row.id}/strike")

    house.hours_pass(25)

    assert len(house.letters_to_providers()) == 1
    assert "Letter cannot leave" in house.page("/tasks")


def test_a_proxy_asked_in_its_form_is_never_reminded_by_mail(house: House) -> None:
    item = judged(house, "page-form.example")
    house.hours_pass(24)
    house.does(f"/items/{item.id}/trace_again", why="")
    house.works()
    house.does(f"/ntds/{house.ntd(item).id}/ask_by_hand", why="number 1")

    house.hours_pass(25)

    assert house.letters_to_providers() == []
    assert house.ntd(item).reminders == 0


def test_our_own_mail_servers_refusal_is_no_bounce(house: House) -> None:
    house.internet.post_office.manners = lambda point, who: (
        "554 spam" if point == "dot" and "host-one" in who else None
    )
    item = judged(house, "item-one.example")
    house.hours_pass(24)

    assert house.ntd(item).state == NtdState.TO_REACH
    [row] = Contact.rows(Contact.mailbox == "abuse@host-one.example")
    assert row.bounced_at is None


def test_what_a_person_said_of_an_unknown_network_stands_at_the_last_look(
    house: House,
) -> None:
    house.atlas.hosts["item-one.example"] = ("100.80.250.9",)  # in nobody's network
    item = judged(house, "item-one.example")
    said = {**CORRECTION, "provider": "X Ltd", "contact": "abuse@host-two.example"}
    house.does(f"/items/{item.id}/correct", **said)
    house.works()

    house.hours_pass(24)

    [letter] = house.letters_to_providers()
    assert letter.recipient == "abuse@host-two.example"
    assert "100.80.250.9" in text_of(letter)


def test_a_word_said_while_nothing_was_known_is_weighed_against_what_comes(
    house: House,
) -> None:
    house.atlas.registry_down = True
    item = judged(house, "page-de.example")
    house.does(f"/items/{item.id}/correct", **CORRECTION)
    house.works()
    house.atlas.registry_down = False

    house.hours_pass(24)

    item = house.item(item)
    assert item.state == State.TO_SETTLE
    assert house.letters_to_providers() == []
    page = house.page(f"/items/{item.id}")
    assert "home EE by hand" in page
    assert "the sources say abroad DE" in page


def test_an_origin_means_nothing_behind_another_proxy(house: House) -> None:
    item = judged(house, "page-proxied.example")
    house.does(f"/items/{item.id}/origin", address="100.80.16.99", source="the proxy")
    house.works()
    assert house.item(item).finding.hosting == "home"

    house.atlas.hosts["page-proxied.example"] = ("100.80.192.77",)
    house.hours_pass(24)

    finding = house.item(item).finding
    assert (finding.hosting, finding.proxy) == ("proxied", "Form Proxy (practice)")
    assert house.letters_to_providers() == []


def test_an_origin_and_a_persons_word_end_with_the_appearance(house: House) -> None:
    item = judged(house, "page-proxied.example")
    house.does(f"/items/{item.id}/origin", address="100.80.16.99", source="the proxy")
    house.works()
    house.does(f"/items/{item.id}/confirm_removal", why="looked: gone")
    house.does(f"/notices/{house.notice(item).id}/confirm", receipt="by mail")
    assert house.item(item).state == State.REMOVED

    house.the_public_reports("https://page-proxied.example/item")
    house.judges(house.item(item), "baseline")
    house.works()

    assert house.item(item).appearance == 2
    assert house.item(item).finding.hosting == "proxied"


def test_a_vanished_name_withdraws_no_running_ntd(house: House) -> None:
    item = judged(house, "item-one.example")
    house.hours_pass(24)
    assert house.ntd(item).state == NtdState.TO_VERIFY
    del house.atlas.hosts["item-one.example"]
    house.does(f"/items/{item.id}/trace_again", why="")
    for _ in range(8):
        house.hours_pass(13)

    assert house.item(item).state == State.TO_FINISH
    assert house.item(item).finding.hosting == "home"
    assert house.ntd(item).state == NtdState.TO_VERIFY
    assert "what was found before stands" in house.page(f"/items/{item.id}")


def test_removal_confirmed_while_the_sources_disagree_ends_the_wait(
    house: House,
) -> None:
    item = judged(house, "page-moved.example")
    house.does(f"/items/{item.id}/confirm_removal", why="looked: gone")
    house.works()
    house.minutes_pass(31)
    house.does(f"/notices/{house.notice(item).id}/confirm", receipt="by mail")

    assert house.item(item).state == State.REMOVED
    assert "Hosting to settle" not in house.page("/tasks")


def test_an_ended_item_can_still_be_traced_when_its_origin_is_named(
    house: House,
) -> None:
    object.__setattr__(house.settings, "ask_proxies", False)
    item = judged(house, "page-proxied.example")
    house.does(f"/notices/{house.notice(item).id}/confirm", receipt="by mail")
    assert house.item(item).state == State.HANDED_OVER

    house.does(f"/items/{item.id}/origin", address="100.80.16.99", source="the LEA")
    house.works()

    assert house.item(item).state == State.TO_FINISH
    assert house.ntds(item)[-1].provider == "Home Hosting Two"


def test_a_union_of_countries_is_no_country(house: House) -> None:
    house.atlas.networks.append(
        Network("100.80.0.0/24", "EU", "UNION", 64500, "ripencc", None, routed_in="EE")
    )

    item = judged(house, "page-gone.example")

    assert item.finding.country == "EE"
    assert item.finding.agreement == Agreement.SINGLE


def test_an_origin_named_while_a_trace_is_under_way_is_not_lost(house: House) -> None:
    item = judged(house, "page-proxied.example")
    Item.update(state=State.TO_TRACE, origin="100.80.16.99", origin_appearance=1).where(
        Item.id == item.id
    ).execute()

    house.works()

    assert house.item(item).finding.provider == "Home Hosting Two"
