"""Illegal and hosted abroad: told at once, referred by hand, never asked for here."""

from reportbox.lifecycle import Item, Referral
from tests.house import House, annex_of, text_of


def test_an_item_hosted_abroad_is_referred_and_the_lea_gets_the_number(
    house: House,
) -> None:
    item = house.the_public_reports("https://page-de.example/item")
    house.judges(item, "baseline")
    house.works()

    # The police are informed at once, and told that ICCAM is on its way.
    [letter] = house.letters_to_the_lea()
    assert "for information" in letter.subject
    assert annex_of(letter)["location_and_tracking"]["country"] == "DE"
    assert (
        "INHOPE hotline in Germany"
        in annex_of(letter)["additional_information"]["iccam"]
    )

    # Anna carries it into ICCAM from a page made for copying.
    referral = house.referral(item)
    assert referral.state == Referral.TO_REFER
    page = house.page(f"/referrals/{referral.id}")
    assert "hxxps[:]//page-de[.]example/item" in page
    assert "https://page-de.example/item" not in page
    shown = house.posts(f"/referrals/{referral.id}/show-address").text
    assert "https://page-de.example/item" in shown
    house.does(f"/referrals/{referral.id}/refer", iccam_number="ICCAM-77")
    house.works()

    # A supplement brings the police the number; nobody asked the provider.
    supplement = house.letters_to_the_lea()[1]
    assert "ICCAM-77" in text_of(supplement)
    house.does(f"/notices/{house.notice(item).id}/confirm", receipt="by mail")
    assert house.item(item).state == Item.REFERRED
    house.hours_pass(100)
    assert house.letters_to_providers() == []


def test_a_referral_that_nobody_carries_raises_an_alarm(house: House) -> None:
    item = house.the_public_reports("https://page-nl.example/item")
    house.judges(item, "baseline")
    house.works()
    assert "late" not in house.page("/referrals/")

    house.hours_pass(25)

    assert "late: waiting 25 hours" in house.page("/referrals/")
    assert "Referral late" in house.page("/tasks")


def test_hosted_at_home_and_abroad_gives_both(house: House) -> None:
    item = house.the_public_reports("https://item-both.example/item")
    house.judges(item, "baseline")
    house.works()

    house.hours_pass(24)

    assert len(house.letters_to_providers()) == 1
    assert house.referral(item).country == "DE"
