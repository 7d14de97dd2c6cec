"""What people do when sources disagree, hide behind a proxy, or are simply wrong."""

import pytest

from reportbox.lifecycle import Item as State
from reportbox.lifecycle import Ntd as NtdState
from reportbox.practice.atlas import NEW_CONTACT, Network
from reportbox.records.contacts import Contact
from reportbox.records.items import Event, Finding, Item
from reportbox.records.tracks import Ntd
from tests.house import House, annex_of, text_of

CORRECTION = {
    "hosting": "home",
    "countries": "EE",
    "provider": "Moved Hosting",
    "contact": "abuse@host-moved.example",
    "network": "",
    "asn": "",
    "why": "the provider said so by telephone",
}


def judged(house: House, host: str) -> Item:
    item = house.the_public_reports(f"https://{host}/item")
    house.judges(item, "baseline")
    house.works()
    return house.item(item)


def test_where_the_sources_disagree_nobody_guesses_and_the_lea_still_hears(
    house: House,
) -> None:
    item = judged(house, "page-moved.example")

    assert item.state == State.TO_SETTLE
    assert item.finding is None
    page = house.page(f"/items/{item.id}")
    assert "the registry says EE, the routing says NL" in page
    assert "Hosting to settle" in house.page("/tasks")
    assert item.number in house.page("/queue/by_hand")
    house.minutes_pass(30)
    [letter] = house.letters_to_the_lea()
    location = annex_of(letter)["location_and_tracking"]
    assert "not yet known" in location["hosting"]
    assert "the sources disagree" in str(location)
    house.hours_pass(48)
    assert house.letters_to_providers() == []


def test_what_a_person_settles_is_routed_and_stands_at_the_last_look(
    house: House,
) -> None:
    item = judged(house, "page-moved.example")

    house.does(f"/items/{item.id}/correct", **CORRECTION)
    house.works()
    house.hours_pass(24)

    finding = house.item(item).finding
    assert (finding.hosting, finding.country) == ("home", "EE")
    settled = Finding.rows(Finding.item == item.id)[1]
    assert settled.changes == "settled: Moved Hosting (EE)"
    assert "by_hand" not in settled.locations[0]  # only what was changed says so
    assert finding.by_hand == "Anna: the provider said so by telephone"
    [letter] = house.letters_to_providers()
    assert letter.recipient == "abuse@host-moved.example"
    assert "said by a person" in house.page(f"/items/{item.id}")


def test_new_evidence_ends_what_a_person_said_of_the_old(house: House) -> None:
    item = judged(house, "page-moved.example")
    house.does(f"/items/{item.id}/correct", **CORRECTION)
    house.works()
    house.atlas.hosts["page-moved.example"] = ("100.80.80.77",)

    house.hours_pass(25)

    finding = house.item(item).finding
    assert (finding.hosting, finding.country, finding.by_hand) == ("abroad", "DE", "")
    assert "moved from Moved Hosting (EE) to Hosting DE (DE)" in finding.changes
    assert house.letters_to_providers() == []


def test_a_country_in_the_contact_book_settles_it_for_the_next_item_too(
    house: House,
) -> None:
    house.does(
        "/contacts/enter",
        match="prefix",
        pattern="100.80.208.0/20",
        country="NL",
        provider="Moved Hosting",
        mailbox="",
        note="its manager told us",
    )

    item = judged(house, "page-moved.example")

    finding = item.finding
    assert (finding.hosting, finding.country) == ("abroad", "NL")
    assert finding.agreement == "book"


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"hosting": ""}, "Please choose where it is hosted."),
        ({"countries": "Atlantis"}, "Please write each country as its two letters."),
        ({"hosting": "abroad", "countries": ""}, "Please name the country abroad."),
        ({"hosting": "home", "countries": "EE, NL"}, "At home means EE alone."),
        ({"hosting": "abroad", "countries": "EE, NL"}, "choose “at home and abroad”"),
        ({"provider": ""}, "Please name who is to be asked."),
        ({"contact": "word"}, "Please enter a mail address, or nothing."),
        ({"network": "a/b"}, "Please write it like 192.0.2.0/24"),
        ({"asn": "many"}, "Please write the number alone"),
        ({"why": " "}, "Please say how you know"),
    ],
)
def test_a_correction_that_does_not_fit_together_is_refused_in_words(
    house: House, change: dict[str, str], sentence: str
) -> None:
    item = judged(house, "page-moved.example")

    answer = house.posts(f"/items/{item.id}/correct", **{**CORRECTION, **change})

    assert answer.status_code == 422
    assert sentence in answer.text
    assert house.item(item).state == State.TO_SETTLE


def test_a_located_item_can_be_corrected_too_and_its_ntd_follows(house: House) -> None:
    item = judged(house, "item-one.example")
    said = {**CORRECTION, "hosting": "abroad", "countries": "NL", "asn": "AS64999"}

    house.does(f"/items/{item.id}/correct", **said)
    house.works()

    assert house.ntd(item).state == NtdState.WITHDRAWN
    assert house.referral(item).country == "NL"
    assert house.item(item).finding.locations[0]["asns"] == ["64999"]
    supplement = text_of(house.letters_to_the_lea()[1])
    assert "NL" in supplement


def test_an_item_is_traced_again_at_a_click_and_says_where_it_moved(
    house: House,
) -> None:
    item = judged(house, "item-one.example")
    house.atlas.hosts["item-one.example"] = ("100.80.80.77",)
    house.clock.advance(hours=1)

    house.does(f"/items/{item.id}/trace_again", why="a reporter says it moved")
    house.works()

    finding = house.item(item).finding
    assert finding.changes.startswith("moved from Home Hosting One (EE) to Hosting DE")
    assert house.ntd(item).state == NtdState.WITHDRAWN
    assert house.referral(item).country == "DE"
    page = house.page(f"/items/{item.id}")
    assert "All 2 traces" in page
    assert finding.seen_from in page.replace("[.]", ".")


def test_what_was_only_forwarded_is_not_traced_at_a_click(house: House) -> None:
    item = house.the_public_reports("https://item-one.example/item")
    Item.update(state=State.TO_DECIDE).where(Item.id == item.id).execute()

    answer = house.posts(f"/items/{item.id}/trace_again", why="")

    assert "Nobody has judged it yet" in answer.text
    assert Finding.select().count() == 0


def test_a_proxy_is_asked_for_the_origin_after_the_delay_and_not_during_a_hold(
    house: House,
) -> None:
    item = judged(house, "page-proxied.example")
    assert "country unknown" in house.page(f"/items/{item.id}")
    house.hours_pass(23)
    assert house.letters_to_providers() == []
    house.does(f"/items/{item.id}/hold", by_lea="yes", why="a case of theirs")
    house.hours_pass(48)
    assert house.letters_to_providers() == []

    house.releases(house.item(item))
    house.works()

    [letter] = house.letters_to_providers()
    assert letter.subject.startswith(f"[{item.number}] Request for the origin")
    assert "100.80.176.10" in text_of(letter)


def test_the_agreement_may_forbid_to_ask_proxies(house: House) -> None:
    object.__setattr__(house.settings, "ask_proxies", False)
    item = judged(house, "page-proxied.example")

    assert house.ntds(item) == []


def test_a_proxy_with_a_form_is_asked_by_a_person_and_only_when_due(
    house: House,
) -> None:
    item = judged(house, "page-form.example")
    ntd = house.ntd(item)
    early = house.posts(f"/ntds/{ntd.id}/ask_by_hand", why="their form, number 1")
    assert "The agreed time is not over yet" in early.text
    house.hours_pass(24)
    assert "This proxy takes no mail" in house.page("/tasks")

    old = house.page(f"/ntds/{ntd.id}/text")
    assert "The last trace is older than an hour" in old
    house.does(f"/items/{item.id}/trace_again", why="")
    house.works()
    text = house.page(f"/ntds/{ntd.id}/text")
    assert "Request for the origin of 1 address" in text
    assert "https://page-form.example/item" not in text
    shown = house.posts(f"/ntds/{ntd.id}/text").text
    assert "https://page-form.example/item" in shown
    house.does(f"/ntds/{ntd.id}/ask_by_hand", why="their form, number 1")

    assert house.ntd(item).state == NtdState.TO_VERIFY
    moves = [e.move for e in Event.rows(Event.item == item.id)]
    assert {"show_address", "ask_by_hand"} <= set(moves)


def test_a_proxy_is_not_asked_by_hand_during_a_hold(house: House) -> None:
    item = judged(house, "page-form.example")
    house.hours_pass(24)
    house.does(f"/items/{item.id}/hold", by_lea="yes", why="a case of theirs")

    refused = house.posts(
        f"/ntds/{house.ntd(item).id}/ask_by_hand", why="their form, number 1"
    )

    assert "The item is on hold" in refused.text
    assert house.ntd(item).state == NtdState.TO_FALL_DUE


def test_an_origin_once_named_is_traced_and_the_item_follows_it(house: House) -> None:
    item = judged(house, "page-proxied.example")

    house.does(
        f"/items/{item.id}/origin", address="100[.]80[.]16[.]99", source="the proxy"
    )
    house.works()

    item = house.item(item)
    assert (item.origin, item.origin_source) == ("100.80.16.99", "the proxy")
    assert (item.finding.hosting, item.finding.provider) == ("home", "Home Hosting Two")
    old, new = house.ntds(item)
    assert (old.state, new.provider) == (NtdState.WITHDRAWN, "Home Hosting Two")
    house.hours_pass(24)
    [letter] = house.letters_to_providers()
    assert letter.recipient == "abuse@host-two.example"
    assert "100.80.16.99" in text_of(letter)


@pytest.mark.parametrize(
    ("address", "source", "sentence"),
    [
        ("item-one.example", "the proxy", "Please enter the IP address of the server."),
        ("100.80.16.99", "", "Please say who named it, and how."),
        ("10.0.0.1", "the proxy", "This address lies in a private network"),
    ],
)
def test_an_origin_that_cannot_be_one_is_refused(
    house: House, address: str, source: str, sentence: str
) -> None:
    item = judged(house, "page-proxied.example")

    answer = house.posts(f"/items/{item.id}/origin", address=address, source=source)

    assert sentence in answer.text
    assert house.item(item).origin == ""


def test_nobody_is_written_to_before_a_person_approved_the_contact_once(
    house: House,
) -> None:
    item = judged(house, "page-new.example")
    house.hours_pass(24)
    assert house.letters_to_providers() == []
    assert "Nobody has approved this contact yet" in house.page("/tasks")
    assert NEW_CONTACT in house.page("/contacts")

    house.does("/contacts/approve", mailbox=NEW_CONTACT, item=str(item.id))
    house.works()
    [letter] = house.letters_to_providers()
    assert letter.recipient == NEW_CONTACT

    # Once is enough: the next item at that provider goes by itself.
    house.the_public_reports("https://page-new.example/another")
    house.judges(house.newest_item(), "baseline")
    house.works()
    house.hours_pass(24)
    assert len(house.letters_to_providers()) >= 2


def test_a_contact_that_bounced_is_passed_over_from_then_on(house: House) -> None:
    house.atlas.networks.append(
        Network(
            "100.80.16.0/24",
            "EE",
            "TWO-DESKS",
            64501,
            "ripencc",
            "abuse@gone.example",
            provider="Two Desks",
        )
    )
    house.does("/contacts/approve", mailbox="abuse@gone.example", item="")
    house.internet.post_office.manners = lambda point, who: (
        "550 no such mailbox" if point == "rcpt" and "gone" in who else None
    )
    item = judged(house, "item-two.example")
    house.hours_pass(24)
    assert house.ntd(item).state == NtdState.TO_REACH

    other = judged(house, "page-asked.example")

    assert other.finding.contact == ""
    [row] = Contact.rows(Contact.mailbox == "abuse@gone.example")
    assert row.bounced_at is not None
    assert "it bounced" in str(other.finding.locations)


def test_an_abuse_desk_inside_the_reported_domain_is_flagged(house: House) -> None:
    house.atlas.networks.append(
        Network(
            "100.80.0.10/32", "EE", "OWN", 64500, "ripencc", "abuse@item-one.example"
        )
    )
    house.atlas.hosts["item-one.example"] = ("100.80.0.10",)

    item = judged(house, "item-one.example")

    assert "inside the reported domain itself" in house.page(f"/items/{item.id}")
    house.hours_pass(48)
    assert house.letters_to_providers() == []  # nobody has approved it


@pytest.mark.parametrize(
    ("entry", "sentence"),
    [
        ({"match": ""}, "Please choose what the entry is about."),
        ({"match": "prefix", "pattern": "word"}, "a block such as"),
        ({"match": "asn", "pattern": "ASx"}, "an AS number such as"),
        ({"match": "suffix", "pattern": "word"}, "a name such as platform.example"),
        ({"mailbox": "word"}, "Please enter a mail address, or nothing."),
        ({"country": "Atlantis"}, "the two letters of the country"),
        ({"mailbox": "", "provider": ""}, "Please say at least one thing"),
    ],
)
def test_an_entry_that_says_nothing_useful_is_refused_in_words(
    house: House, entry: dict[str, str], sentence: str
) -> None:
    good = {
        "match": "suffix",
        "pattern": "platform.example",
        "mailbox": "abuse@platform.example",
        "provider": "Platform",
        "country": "",
        "note": "",
    }

    answer = house.posts("/contacts/enter", **{**good, **entry})

    assert answer.status_code == 422
    assert sentence in answer.text


def test_the_book_goes_before_what_registries_publish_until_it_is_struck(
    house: House,
) -> None:
    house.does(
        "/contacts/enter",
        match="asn",
        pattern="AS64500",
        mailbox="desk@one.example",
        provider="",
        country="",
        note="",
    )
    item = judged(house, "item-one.example")
    assert item.finding.contact == "desk@one.example"

    [row] = Contact.rows(Contact.match == "asn")
    house.does(f"/contacts/{row.id}/strike")

    other = judged(house, "page-kept.example")
    assert other.finding.contact == "abuse@host-one.example"


def test_the_registrar_is_told_to_people_and_nothing_waits_for_it(house: House) -> None:
    del house.atlas.registrars["item-two.example"]
    item, other = (judged(house, h) for h in ("item-one.example", "item-two.example"))

    assert item.finding.registrar["registrar"] == "Registrar One"
    assert item.finding.registrar["abuse_contacts"] == ["abuse@registrar-one.example"]
    assert "Registrar One" in house.page(f"/items/{item.id}")
    assert other.finding.registrar["source"] == ""
    asked = [c for c in house.internet.registry.calls if "/domain/" in c]
    assert len(asked) == 2
    assert Ntd.select().count() == 2


def asked_in_its_form(house: House) -> Item:
    """An item behind a proxy that takes no mail, which a person has asked."""
    item = judged(house, "page-form.example")
    house.hours_pass(24)
    house.does(f"/items/{item.id}/trace_again", why="")
    house.works()
    house.does(f"/ntds/{house.ntd(item).id}/ask_by_hand", why="their form, number 1")
    return item


def test_a_proxy_that_is_asked_in_a_form_is_reminded_there_and_then_telephoned(
    house: House,
) -> None:
    item = asked_in_its_form(house)
    early = house.posts(f"/ntds/{house.ntd(item).id}/remind_by_hand", why="again")
    assert "The box reminds them by itself" in early.text

    for count in (1, 2):
        house.hours_pass(24)
        assert "what follows cannot be sent" in house.page("/tasks")
        assert "Reminded in their form" in house.page(f"/items/{item.id}")
        house.does(f"/ntds/{house.ntd(item).id}/remind_by_hand", why="number 1 again")
        assert house.ntd(item).reminders == count
        assert "what follows cannot be sent" not in house.page("/tasks")

    house.works()
    assert "does not say what stands behind it, after 2 reminders" in house.page(
        "/tasks"
    )
    house.hours_pass(24)
    house.works()
    told = text_of(house.letters_to_the_lea()[-1])
    assert "reminded 2 times" in told
    assert house.letters_to_providers() == []


def test_a_proxy_is_not_reminded_in_its_form_during_a_hold(house: House) -> None:
    item = asked_in_its_form(house)
    house.hours_pass(24)
    house.does(f"/items/{item.id}/hold", by_lea="yes", why="a case of theirs")

    refused = house.posts(f"/ntds/{house.ntd(item).id}/remind_by_hand", why="again")

    assert "The item is on hold" in refused.text
    assert house.ntd(item).reminders == 0
