"""Illegal and hosted at home: from the form to confirmed removal."""

from reportbox.lifecycle import Item, Lea, Ntd
from tests.house import House, annex_of, text_of


def test_an_item_hosted_at_home_travels_from_the_form_to_removal(house: House) -> None:
    # Somebody reports an address; nobody asks who.
    item = house.the_public_reports(
        "https://item-one.example/page", where_found="a forum", comments="third link"
    )
    assert item.state == Item.TO_ASSESS

    # Nothing is traced before a person has judged it; Anna judges.
    house.works()
    assert house.internet.names.questions == []
    house.judges(item, "baseline", victim_identifiable="not sure", summary="item one")
    house.works()

    # The box found the host at home and told the police at once, in their form.
    assert house.item(item).finding.provider == "Home Hosting One"
    [letter] = house.letters_to_the_lea()
    assert letter.is_encrypted
    assert "Practice Hotline" in letter.signed_by
    annex = annex_of(letter)
    assert annex["location_and_tracking"]["address"] == "https://item-one.example/page"
    assert annex["location_and_tracking"]["provider"] == "Home Hosting One"
    assert annex["content"]["victim_identifiable"] == "not sure"
    assert (
        "planned 24 hours after this notice" in annex["additional_information"]["ntd"]
    )

    # The provider hears nothing before the agreed delay is over.
    house.hours_pass(23)
    assert house.letters_to_providers() == []
    house.hours_pass(2)
    [notice] = house.letters_to_providers()
    assert notice.recipient == "abuse@host-one.example"
    assert "item-one.example" not in text_of(notice)
    assert "https://item-one.example/page" in dict(notice.parts)["addresses.csv"]

    # A day later the provider is reminded, in the same thread.
    house.hours_pass(24)
    assert [x.subject for x in house.letters_to_providers()][1].startswith("Re: ")

    # The police confirm the receipt; Anna sees that it is gone; the item is closed.
    house.does(f"/notices/{house.notice(item).id}/confirm", receipt="by mail, case 7")
    house.does(f"/items/{item.id}/confirm_removal", why="looked: gone")
    assert house.item(item).state == Item.REMOVED
    assert house.notice(item).state == Lea.CONFIRMED
    assert house.ntd(item).state == Ntd.REMOVED

    # The police, asked for their receipt meanwhile, hear that it is gone; after that
    # nothing more is ever sent, and the whole way stands in the history.
    house.hours_pass(24 * 30)
    assert len(house.letters_to_providers()) == 2
    subjects = [letter.subject for letter in house.letters_to_the_lea()]
    assert ["confirm the receipt" in s for s in subjects] == [False, True, False]
    assert "found removed on" in text_of(house.letters_to_the_lea()[2])
    page = house.page(f"/items/{item.id}")
    for words in (
        "Judged illegal",
        "Traced",
        "LEA notice written",
        "Provider reminded",
        "looked: gone",
    ):
        assert words in page


def test_the_provider_says_removed_and_a_person_finds_it_still_there(
    house: House,
) -> None:
    item = house.the_public_reports("https://item-one.example/page")
    house.judges(item, "national")
    house.works()
    house.hours_pass(24)
    house.does(f"/ntds/{house.ntd(item).id}/claim_removal", why="answered: removed")

    # A provider's word is a claim: reminders pause and a person is asked to look.
    house.hours_pass(48)
    assert len(house.letters_to_providers()) == 1
    assert "Check due" in house.page("/tasks")

    house.does(f"/ntds/{house.ntd(item).id}/still_there", why="looked: still there")
    house.works()
    assert len(house.letters_to_providers()) == 2


def test_the_lea_finds_it_removed_before_the_notice_was_due(house: House) -> None:
    item = house.the_public_reports("https://item-one.example/page")
    house.judges(item, "baseline")
    house.works()

    house.does(f"/items/{item.id}/confirm_removal", by_lea="yes", why="by telephone")
    house.hours_pass(48)

    assert house.letters_to_providers() == []
    assert "Practice Police (recorded by Anna)" in house.page(f"/items/{item.id}")
