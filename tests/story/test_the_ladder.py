"""The whole ladder: provider, network above, LEA, registrar or platform, no more."""

from typing import Any

import pytest

from reportbox.lifecycle import Item, Letter, Ntd, Paper
from reportbox.ntd.phrases import Says
from reportbox.ntd.replies import hear
from reportbox.ports import Mail
from reportbox.records import atomic
from reportbox.records.contacts import Contact
from reportbox.records.items import Item as Row
from reportbox.records.journey import box
from reportbox.records.letters import Letter as LetterRow
from reportbox.records.provider_answers import FoundBy, ProviderAnswer
from reportbox.records.providers import Provider
from tests.builders import agreed
from tests.house import House, text_of
from tests.story.test_where_it_is_hosted import CORRECTION

ADDRESS = "https://item-one.example/page"
UPSTREAM, SELLER = "noc@transit-one.example", "desk@registrar-one.example"
PLATFORM = "trust@platform-one.example"
WAY = {"channel": "mail", "language": "en", "zone": "", "format": "csv"}


def enters(house: House, name: str, mailbox: str, kind: str, **about: str) -> Provider:
    """Enter a provider with a mailbox, which is approved by that."""
    house.does("/providers/new", name=name, kind=kind, countries="", note="")
    said = {"match": "mailbox", "pattern": "", "country": "", "note": "", **about}
    house.does("/contacts/enter", mailbox=mailbox, provider=name, **said, **WAY)
    made: Provider = Provider.get(Provider.name == name)
    return made


def carries(house: House, name: str, provider: str = "Home Hosting One") -> None:
    row = Provider.get(Provider.name == provider)
    said = {"name": provider, "kind": "hosting", "countries": "", "note": ""}
    house.does(f"/providers/{row.id}/change", **said, upstream=name)


@pytest.fixture
def ladder(house: House) -> House:
    """A house where every rung is agreed, allowed and entered in the book."""
    agreed(house.clock.now(), upstream_copies=True)
    object.__setattr__(house.settings, "ntd_registrar_hours", 24)
    enters(house, "Transit One", UPSTREAM, "hosting")
    carries(house, "Transit One")
    enters(house, "Registrar One", SELLER, "registrar")
    return house


@pytest.fixture
def asked(ladder: House) -> Row:
    return an_item_that_was_asked_for(ladder)


def an_item_that_was_asked_for(house: House, address: str = ADDRESS) -> Row:
    item = house.the_public_reports(address)
    house.judges(item, "baseline")
    house.works()
    house.does(f"/notices/{house.notice(item).id}/confirm", receipt="case 7")
    house.hours_pass(24)
    assert house.ntd(item).state == Ntd.TO_VERIFY
    return item


def days_pass(house: House, days: int) -> None:
    for _ in range(days):
        house.hours_pass(24)


def recipients(house: House) -> list[str]:
    return [letter.recipient for letter in house.letters_to_providers()]


PROVIDER = "abuse@host-one.example"
RUNGS = [  # hours after the notice, and who has had a letter by then
    (24, [PROVIDER] * 2),
    (48, [PROVIDER] * 3 + [UPSTREAM]),
    (72, [PROVIDER] * 3 + [UPSTREAM]),  # and the LEA
    (96, [PROVIDER] * 3 + [UPSTREAM, SELLER]),
]


def test_the_ladder_has_these_rungs_and_ends(ladder: House, asked: Row) -> None:
    before = len(ladder.letters_to_the_lea())
    for _, had in RUNGS:
        ladder.hours_pass(24)
        ladder.works()
        assert recipients(ladder) == had

    ladder.hours_pass(24 * 28)

    assert recipients(ladder) == RUNGS[-1][1]
    told = ladder.letters_to_the_lea()[before:]
    assert len(told) == 2  # that nobody reacts, and that the registrar is asked
    assert "Provider does not react: Home Hosting One" in text_of(told[0])
    assert "the platform or the registrar asked" in text_of(told[1])
    assert ladder.item(asked).state == Item.TO_FINISH
    assert "was asked 28 days ago and it is still there" in ladder.page("/tasks")


def test_the_network_above_gets_a_letter_of_its_own_that_says_that_it_is_a_copy(
    ladder: House, asked: Row
) -> None:
    ladder.hours_pass(48)

    [copy] = [x for x in ladder.letters_to_providers() if x.recipient == UPSTREAM]
    assert "This is a copy for you" in text_of(copy)
    assert "we asked Home Hosting One" in text_of(copy)
    assert f"[{asked.number}]" in copy.subject
    assert ADDRESS not in text_of(copy)
    assert ADDRESS in dict(copy.parts)["addresses.csv"]
    assert "Copy to the network above" in ladder.page(f"/items/{asked.id}")


@pytest.mark.parametrize("hours", [hours for hours, _ in RUNGS])
def test_on_every_rung_a_hold_stops_what_comes_next_until_it_is_released(
    ladder: House, asked: Row, hours: int
) -> None:
    days_pass(ladder, hours // 24 - 1)
    ladder.hours_pass(23)
    so_far, told = recipients(ladder), len(ladder.letters_to_the_lea())
    ladder.does(f"/items/{asked.id}/hold", why="as the LEA asked", officer="Otto")

    days_pass(ladder, 3)

    assert recipients(ladder) == so_far
    assert len(ladder.letters_to_the_lea()) == told

    ladder.releases(asked)
    days_pass(ladder, 4)
    assert sorted(recipients(ladder)) == sorted(RUNGS[-1][1])


@pytest.mark.parametrize(("hours", "had"), RUNGS)
def test_from_every_rung_removal_ends_the_ladder(
    ladder: House, asked: Row, hours: int, had: list[str]
) -> None:
    days_pass(ladder, hours // 24)
    assert recipients(ladder) == had

    ladder.does(f"/items/{asked.id}/confirm_removal", why="looked: gone")
    days_pass(ladder, 5)

    assert recipients(ladder) == had
    assert ladder.ntd(asked).state == Ntd.REMOVED
    assert ladder.item(asked).state == Item.REMOVED


@pytest.mark.parametrize(("hours", "had"), RUNGS)
def test_on_every_rung_a_claim_pauses_the_ladder_until_somebody_has_looked(
    ladder: House, asked: Row, hours: int, had: list[str]
) -> None:
    days_pass(ladder, hours // 24)
    ladder.does(f"/ntds/{ladder.ntd(asked).id}/claim_removal", why="they wrote: gone")
    days_pass(ladder, 4)
    assert recipients(ladder) == had

    ladder.does(f"/ntds/{ladder.ntd(asked).id}/still_there", why="looked")
    days_pass(ladder, 5)

    assert recipients(ladder).count(SELLER) == 1


@pytest.mark.parametrize("hours", [24, 48, 72, 96])
def test_on_every_rung_not_ours_stops_the_ladder_at_that_desk(
    ladder: House, asked: Row, hours: int
) -> None:
    days_pass(ladder, hours // 24)
    had = recipients(ladder)

    not_ours(ladder, asked)
    days_pass(ladder, 4)

    assert recipients(ladder).count(PROVIDER) == had.count(PROVIDER)
    assert recipients(ladder).count(UPSTREAM) == had.count(UPSTREAM)
    assert recipients(ladder).count(SELLER) == had.count(SELLER)
    assert ladder.ntd(asked).state == Ntd.TO_REACH


def test_a_copy_that_waits_when_the_hold_comes_is_written_anew_after_it(
    ladder: House, asked: Row
) -> None:
    ladder.internet.post_office.manners = lambda point, who: (
        "451 later" if point == "rcpt" and who == UPSTREAM else None
    )
    ladder.hours_pass(48)
    [waiting] = copies(Letter.WAITING)
    ladder.does(f"/items/{asked.id}/hold", why="as the LEA asked", officer="Otto")
    ladder.internet.post_office.manners = lambda *_: None
    ladder.hours_pass(1)

    assert [x.id for x in copies(Letter.STOPPED)] == [waiting.id]
    assert ladder.ntd(asked).upstream_told_at is None

    ladder.releases(asked)
    ladder.hours_pass(1)
    assert recipients(ladder).count(UPSTREAM) == 1


def test_without_the_agreement_nobody_above_hears_of_it(
    ladder: House, asked: Row
) -> None:
    agreed(ladder.clock.now(), upstream_copies=False)
    days_pass(ladder, 4)

    assert UPSTREAM not in recipients(ladder)


def test_where_the_country_does_not_allow_it_no_registrar_is_asked(
    ladder: House, asked: Row
) -> None:
    object.__setattr__(ladder.settings, "ntd_registrar_hours", 0)
    days_pass(ladder, 5)

    assert SELLER not in recipients(ladder)


def test_nobody_above_is_ever_found_in_registration_data(house: House) -> None:
    agreed(house.clock.now(), upstream_copies=True)
    object.__setattr__(house.settings, "ntd_registrar_hours", 24)
    item = an_item_that_was_asked_for(house)
    days_pass(house, 5)

    registrar = house.item(item).finding.registrar
    assert registrar["abuse_contacts"] == ["abuse@registrar-one.example"]
    assert set(recipients(house)) == {PROVIDER}


@pytest.mark.parametrize("mailbox", [UPSTREAM, SELLER])
def test_a_contact_above_that_bounced_or_was_struck_out_gets_nothing(
    ladder: House, asked: Row, mailbox: str
) -> None:
    [row] = Contact.rows(Contact.mailbox == mailbox)
    ladder.does(f"/contacts/{row.id}/strike")
    days_pass(ladder, 5)

    assert mailbox not in recipients(ladder)


def test_a_registrar_is_asked_only_if_the_book_knows_it_as_one(
    ladder: House, asked: Row
) -> None:
    row = Provider.get(Provider.name == "Registrar One")
    said = {"name": "Registrar One", "countries": "", "note": "", "upstream": ""}
    ladder.does(f"/providers/{row.id}/change", **said, kind="hosting")
    days_pass(ladder, 5)

    assert SELLER not in recipients(ladder)


def test_who_announces_the_address_is_above_whom_the_book_has_for_its_block(
    ladder: House,
) -> None:
    said = {"pattern": "", "country": "", "note": "", "provider": "Home Hosting Two"}
    block = {"match": "prefix", "mailbox": "abuse@host-two.example"}
    ladder.does("/contacts/enter", **{**said, **block, "pattern": "100.80.16.0/20"})
    network = {"match": "asn", "pattern": "64501", "provider": "Transit One"}
    ladder.does("/contacts/enter", **{**said, **network, "mailbox": UPSTREAM})
    an_item_that_was_asked_for(ladder, "https://item-two.example/page")

    ladder.hours_pass(48)

    assert recipients(ladder).count(UPSTREAM) == 1


def enters_platform(house: House) -> None:
    enters(house, "Platform One", PLATFORM, "platform")
    place = {"match": "suffix", "pattern": "item-one.example", "mailbox": ""}
    said = {"country": "", "note": "", "provider": "Platform One"}
    house.does("/contacts/enter", **place, **said)


def test_the_operator_of_a_platform_is_asked_at_the_last_and_not_the_registrar(
    ladder: House,
) -> None:
    enters_platform(ladder)
    item = ladder.the_public_reports(ADDRESS)
    ladder.judges(item, "baseline")
    ladder.works()
    at_home = {"provider": "Home Hosting One", "contact": PROVIDER}
    ladder.does(f"/items/{item.id}/correct", **{**CORRECTION, **at_home})
    days_pass(ladder, 6)

    assert recipients(ladder) == [*RUNGS[1][1], PLATFORM]
    last = ladder.letters_to_providers()[-1]
    assert "To the abuse desk of Platform One" in text_of(last)
    assert "We will remind you" not in text_of(last)


def test_where_a_platform_is_asked_the_registrar_of_its_name_never_is(
    ladder: House,
) -> None:
    enters_platform(ladder)
    an_item_that_was_asked_for(ladder)
    days_pass(ladder, 5)

    assert recipients(ladder) == [PLATFORM] * 3


def test_the_lea_hears_of_a_silent_provider_with_the_proof(
    ladder: House, asked: Row
) -> None:
    before = len(ladder.letters_to_the_lea())
    ladder.hours_pass(24)
    ladder.does(f"/ntds/{ladder.ntd(asked).id}/claim_removal", why="they wrote: gone")
    ladder.works()
    ladder.does(f"/items/{asked.id}/check/there")
    ladder.hours_pass(24)
    ladder.does(f"/ntds/{ladder.ntd(asked).id}/call", why="spoke to the desk")
    ladder.hours_pass(24)
    ladder.works()

    [letter] = ladder.letters_to_the_lea()[before:]
    proof = dict(letter.parts)[f"proof-{asked.number}-1.txt"]
    [first] = LetterRow.rows(LetterRow.paper == Paper.NTD)
    assert first.message_id in proof
    assert "SHA-256" in proof
    assert "the server said: 250" in proof
    assert "still there" in proof
    assert "telephoned" in proof
    assert "copy to the network above" in text_of(letter)


def test_what_the_network_above_answers_is_not_the_providers_answer(
    ladder: House, asked: Row
) -> None:
    days_pass(ladder, 2)
    [copy] = copies(Letter.SENT)
    mail = Mail(
        uid="7",
        sender=UPSTREAM,
        subject="Re: your copy [Ticket#2030010901]",
        sent_at=ladder.clock.now(),
        text="It has been removed.",
        to=(f"desk+{copy.token}@hotline.example",),
    )
    with atomic():
        hear(mail, box(ladder.clock.now()))

    [answer] = ProviderAnswer.rows()
    assert ladder.ntd(asked).replied_at is None
    assert ladder.ntd(asked).ticket == ""

    ladder.does(f"/provider-answers/{answer.id}/removed")
    assert ladder.ntd(asked).state == Ntd.TO_CHECK
    assert ladder.ntd(asked).replied_at is None


def test_whoever_was_written_to_above_is_told_when_the_verdict_changes(
    ladder: House, asked: Row
) -> None:
    days_pass(ladder, 5)
    before = len(recipients(ladder))

    ladder.judges(asked, "not_illegal", reason="an error of ours")
    ladder.works()

    assert sorted(recipients(ladder)[before:]) == sorted([PROVIDER, UPSTREAM, SELLER])
    for letter in ladder.letters_to_providers()[before:]:
        assert "Please disregard" in text_of(letter)


def test_a_provider_to_which_it_comes_back_never_gets_a_fifth_letter(
    ladder: House, asked: Row
) -> None:
    days_pass(ladder, 3)
    assert recipients(ladder).count(PROVIDER) == 3
    home = ladder.atlas.hosts["item-one.example"]
    for there in (("100.80.16.10",), home):
        ladder.atlas.hosts["item-one.example"] = there
        ladder.hours_pass(13)
        ladder.works()
    days_pass(ladder, 5)

    assert recipients(ladder).count(PROVIDER) == 4


def copies(state: Letter) -> list[Any]:
    mine = LetterRow.paper == Paper.UPSTREAM_COPY
    return LetterRow.rows(mine, LetterRow.state == state)


def not_ours(house: House, item: Row) -> None:
    """The provider wrote that it is not theirs; nobody else is known."""
    [first] = LetterRow.rows(LetterRow.paper == Paper.NTD)
    with atomic():
        answer = ProviderAnswer.create(
            uid="1",
            item=item,
            ntd=house.ntd(item),
            letter=first,
            at=house.clock.now(),
            sender=PROVIDER,
            found_by=FoundBy.TOKEN,
            says=Says.NOT_OURS,
            is_open=True,
        )
    house.does(f"/provider-answers/{answer.id}/not_ours")
