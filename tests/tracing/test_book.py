"""The provider book: whose a mailbox is, in which order, and how it is written to."""

from typing import Any

import pytest

from reportbox.errors import InvalidInput
from reportbox.lifecycle import Actor
from reportbox.ports import NetworkRecord
from reportbox.records import atomic, database
from reportbox.records.audit import Audit
from reportbox.records.contacts import Contact, ContactKey
from reportbox.records.journey import Deed
from reportbox.records.providers import (
    MOST_COUNTED,
    Provider,
    ProviderName,
    find_providers,
)
from reportbox.tracing import providers
from reportbox.tracing.book import approve, in_order, next_mailbox, read_book, waiting
from reportbox.tracing.contacts import Match, candidates
from reportbox.tracing.entry import NewEntry, change, enter, prefer, strike
from reportbox.tracing.provider import Facts, Kind
from tests.builders import an_item_at_home, an_ntd
from tests.clock import StillClock

NOW = StillClock().now()
ANNA = Deed("Anna", Actor.ANALYST, NOW)
WAY = {"channel": "mail", "language": "de", "zone": "Europe/Berlin", "format": "xarf"}
pytestmark = pytest.mark.usefixtures("empty_box")


def a_provider(name: str = "Provider One", *aliases: str) -> Provider:
    made = providers.enter_provider(Facts(name, Kind.HOSTING, ["EE"], ""), ANNA)
    for alias in aliases:
        providers.add_name(made, alias, ANNA)
    return made


def entered(provider: str = "Provider One", **more: str) -> Contact:
    form = {"match": "mailbox", "mailbox": "one@desk.example", "provider": provider}
    return enter(NewEntry.parse({**form, **more}), ANNA)


def desks(provider: Provider) -> list[str]:
    rows = in_order(Contact.rows(Contact.owner == provider.id))
    return [row.mailbox or row.pattern for row in rows]


# --- names ---


def test_a_provider_is_found_by_whatever_registries_call_it() -> None:
    made = a_provider("Provider One", "PROV-ONE-NET")

    for name in ("provider one", " Prov-One-Net ", "PROVIDER  ONE"):
        found = providers.find_provider(name)
        assert found is not None
        assert found.id == made.id
    assert providers.find_provider("Provider Two") is None


def test_no_two_providers_share_a_name() -> None:
    a_provider("Provider One", "PROV-ONE")
    other = a_provider("Provider Two")

    with pytest.raises(InvalidInput) as refusal:
        providers.add_name(other, "prov-one", ANNA)
    with pytest.raises(InvalidInput) as second:
        a_provider("PROVIDER ONE")

    assert "This is a name of Provider One" in refusal.value.problems["alias"]
    assert "merge them" in second.value.problems["name"]
    with pytest.raises(InvalidInput, match="already"):
        providers.add_name(other, "Provider  Two", ANNA)
    assert len(providers.names_of(other)) == 1


def test_a_provider_that_gets_another_name_keeps_the_old_one_beside_it() -> None:
    made = a_provider("Provider One")

    providers.change_provider(made, Facts("New Name", Kind.PROXY, [], ""), ANNA)

    assert providers.names_of(made) == ["Provider One", "New Name"]
    assert Provider.get_by_id(made.id).kind == "proxy"


def test_the_name_it_stands_under_cannot_be_taken_away() -> None:
    made = a_provider("Provider One", "PROV-ONE")
    own, alias = ProviderName.rows(ProviderName.provider == made.id)

    with pytest.raises(InvalidInput):
        providers.drop_name(own, ANNA)
    providers.drop_name(alias, ANNA)

    assert providers.names_of(made) == ["Provider One"]


def test_names_of_notices_to_its_mailboxes_are_proposed() -> None:
    made = a_provider("Provider One")
    entered(mailbox="abuse@host-one.example")
    with atomic():
        an_ntd(NOW, an_item_at_home(NOW, NOW), "Abuse@host-one.example")

    heard = providers.heard_names(made, providers.names_of(made))

    assert heard == ["Home Hosting One"]


# --- contacts ---


def test_an_entry_with_a_new_name_enters_the_provider_too() -> None:
    row = entered("Provider Nine", match="asn", pattern="64500")

    assert row.owner is not None
    assert (row.owner.name, row.owner.kind) == ("Provider Nine", "hosting")
    assert row.approved_by == "Anna"


def test_an_entry_joins_the_provider_that_goes_by_that_name() -> None:
    made = a_provider("Provider One", "PROV-ONE")

    row = entered("prov-one", match="prefix", pattern="192.0.2.0/24")

    assert (row.owner_id, row.provider) == (made.id, "Provider One")


def test_the_same_place_entered_again_is_replaced_and_keeps_its_number() -> None:
    first = entered(match="asn", pattern="64500")

    second = entered(match="asn", pattern="AS64500", mailbox="two@desk.example")

    assert (second.id, second.mailbox) == (first.id, "two@desk.example")


def test_how_a_mailbox_is_written_to_is_the_same_wherever_it_stands() -> None:
    first = entered(match="asn", pattern="64500")
    entered(match="prefix", pattern="192.0.2.0/24", **WAY)
    third = entered(match="suffix", pattern="platform.example")

    theirs = Contact.rows(Contact.mailbox == "one@desk.example")
    assert {(c.language, c.zone, c.format) for c in theirs} == {
        ("de", "Europe/Berlin", "xarf")
    }
    assert Contact.get_by_id(first.id).zone == third.zone


def test_a_provider_with_a_form_alone_needs_no_mailbox() -> None:
    made = a_provider()

    row = entered(mailbox="", **{**WAY, "channel": "form"}, note="on their site")

    assert (row.channel, row.mailbox, row.approved_at) == ("form", "", None)
    assert row.owner_id == made.id
    assert "" not in read_book().approved
    assert len(desks(made)) == 1


def test_contacts_are_asked_in_the_order_people_say() -> None:
    made = a_provider()
    for mailbox in ("one@desk.example", "two@desk.example", "three@desk.example"):
        last = entered(mailbox=mailbox)
    assert desks(made)[-1] == "three@desk.example"

    prefer(last, ANNA)
    prefer(Contact.get_by_id(last.id), ANNA)
    prefer(Contact.get_by_id(last.id), ANNA)  # first already

    assert [one.partition("@")[0] for one in desks(made)] == ["three", "one", "two"]


def test_a_mailbox_of_several_networks_stands_in_the_order_once() -> None:
    made = a_provider()
    entered(match="asn", pattern="64500")
    entered(mailbox="two@desk.example")
    row = entered(match="prefix", pattern="192.0.2.0/24", mailbox="ONE@desk.example")

    assert len(desks(made)) == 2
    prefer(Contact.get(Contact.mailbox == "two@desk.example"), ANNA)
    assert desks(made)[0] == "two@desk.example"
    assert Contact.get_by_id(row.id).rank == 1


def test_behind_what_bounced_comes_the_next_contact_of_the_same_provider() -> None:
    a_provider()
    entered(match="prefix", pattern="192.0.2.0/24")
    entered(mailbox="two@desk.example")
    record = NetworkRecord("192.0.2.7", abuse_contacts=("registry@desk.example",))
    assert next_mailbox("one@desk.example") == "two@desk.example"
    with atomic():
        Contact.note_bounce("one@desk.example", NOW)

    found = candidates(record, "item-one.example", read_book())

    assert [one.mailbox.partition("@")[0] for one in found] == [
        "two",
        "registry",
        "one",
    ]
    assert next_mailbox("two@desk.example") == ""
    assert next_mailbox("nobody@desk.example") == ""


def test_a_mailbox_that_is_approved_goes_to_whom_its_notices_name() -> None:
    with atomic():
        an_ntd(NOW, an_item_at_home(NOW, NOW), "new@desk.example")

    approve("new@desk.example", ANNA)

    row = Contact.get(Contact.mailbox == "new@desk.example")
    assert row.owner_id == Provider.get(Provider.name == "Home Hosting One").id


def test_another_mailbox_is_approved_by_whoever_enters_it_and_has_no_old_key() -> None:
    row = entered()
    with atomic():
        Contact.change(row.id, key="A" * 40, bounced_at=NOW)
    form = {"mailbox": "new@desk.example", "provider": "Provider One", **WAY}

    changed = change(Contact.get_by_id(row.id), form, ANNA)

    assert (changed.pattern, changed.key) == ("new@desk.example", "")
    assert changed.bounced_at is None


def test_what_stays_the_same_keeps_key_bounce_and_approval() -> None:
    row = entered()
    with atomic():
        Contact.change(row.id, key="A" * 40, bounced_at=NOW, approved_by="Lena")
    form = {"mailbox": "one@desk.example", "provider": "Provider One", **WAY}

    changed = change(Contact.get_by_id(row.id), form, ANNA)

    assert (changed.key, changed.approved_by, changed.zone) == (
        "A" * 40,
        "Lena",
        "Europe/Berlin",
    )
    assert changed.bounced_at == NOW


def test_a_mailbox_cannot_be_changed_into_one_that_stands_there_already() -> None:
    entered()
    second = entered(mailbox="two@desk.example")

    with pytest.raises(InvalidInput) as refusal:
        change(second, {"mailbox": "one@desk.example", **WAY}, ANNA)

    assert "stands in the book already" in refusal.value.problems["mailbox"]


def test_with_its_last_entry_a_mailbox_loses_its_keys() -> None:
    first = entered()
    second = entered(match="asn", pattern="64500")
    key = {"imported_by": "Anna", "imported_at": NOW, "fingerprint": "A" * 40}
    with atomic():
        ContactKey.create(mailbox="one@desk.example", **key)

    strike(first, ANNA)
    assert len(ContactKey.rows()) == 1
    strike(second, ANNA)

    assert ContactKey.rows() == []


# --- merging ---


def test_merging_moves_names_and_contacts_and_leaves_a_trace() -> None:
    kept = a_provider("Provider One")
    other = a_provider("Provider Two", "PROV-TWO")
    entered("Provider One")
    entered("Provider Two", mailbox="two@desk.example")

    providers.merge(kept, "prov-two", ANNA)

    assert providers.names_of(kept) == ["Provider One", "Provider Two", "PROV-TWO"]
    assert desks(kept) == ["one@desk.example", "two@desk.example"]
    assert Provider.get_or_none(Provider.id == other.id) is None
    assert Audit.get(Audit.what == "merge_provider").subject == f"provider {kept.id}"


@pytest.mark.parametrize(
    ("name", "words"),
    [("Provider Nine", "no provider of this name"), ("provider one", "the same")],
)
def test_a_provider_is_merged_with_another_one_that_is_known(
    name: str, words: str
) -> None:
    kept = a_provider("Provider One")

    with pytest.raises(InvalidInput) as refusal:
        providers.merge(kept, name, ANNA)

    assert words in refusal.value.problems["other"]


# --- the list ---


def without_practice() -> None:
    with atomic():
        Contact.update(owner=None).execute()
        Provider.delete().execute()


@pytest.mark.parametrize(
    "words",
    ["provider one", "PROV-ONE", "one@desk", "192.0.2", "as64500", "v_-o"],
)
def test_providers_are_found_by_name_mailbox_block_or_number(words: str) -> None:
    without_practice()
    made = a_provider("Provider One", "PROV-ONE", "prov_-one")
    a_provider("Provider Two", "PROVXX-ONE")
    entered(match="prefix", pattern="192.0.2.0/24")
    entered(match="asn", pattern="64500")

    found = providers.page(words).providers

    if words == "PROV-ONE":
        assert made.id in {row.id for row in found}
    else:
        assert [row.id for row in found] == [made.id]


def test_a_percent_sign_finds_only_itself() -> None:
    a_provider()

    assert providers.page("%").providers == []


def test_the_list_comes_in_pages_by_name_and_misses_nobody() -> None:
    without_practice()
    with atomic():
        made = [a_provider(f"Provider {n:03}").name for n in range(120)]

    seen: list[str] = []
    after = 0
    while page := providers.page(after=after):
        seen += [row.name for row in page.providers]
        after = page.after
        if not after:
            break

    assert seen == made


def test_the_list_counts_contacts_bounces_and_notices() -> None:
    without_practice()
    made = a_provider("Home Hosting One", "HOST-ONE")
    entered("HOST-ONE")
    bounced = entered("HOST-ONE", mailbox="two@desk.example")
    with atomic():
        Contact.change(bounced.id, bounced_at=NOW)
        an_ntd(NOW, an_item_at_home(NOW, NOW), "one@desk.example")
        second = an_ntd(NOW, an_item_at_home(NOW, NOW), "one@desk.example")
        type(second).change(second.id, provider="host-one")

    assert providers.page().tallies == {made.id: (2, 1, 2)}
    assert MOST_COUNTED == 1_000


def test_a_page_asks_the_same_few_questions_however_long_it_is() -> None:
    with atomic():
        for n in range(40):
            a_provider(f"Provider {n}")
            entered(f"Provider {n}", mailbox=f"desk{n}@desk.example")
            an_ntd(NOW, an_item_at_home(NOW, NOW), f"new{n}@desk.example")
    asked: list[Any] = []
    database.connection().set_trace_callback(asked.append)
    page, to_approve = providers.page(), waiting()
    database.connection().set_trace_callback(None)

    assert len(page.providers) > 40
    assert len(to_approve) == 40
    assert len(asked) < 10


def test_a_list_from_a_provider_that_is_gone_begins_anew() -> None:
    a_provider()

    assert find_providers("", 10**6, 5) == find_providers("", 0, 5)


def test_what_is_about_a_place_is_approved_with_its_mailbox() -> None:
    row = entered(match="asn", pattern="64500")

    assert row.match == Match.ASN
    assert "one@desk.example" in read_book().approved
