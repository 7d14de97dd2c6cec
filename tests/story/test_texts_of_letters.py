"""A manager words a letter to providers, looks at it, tries it, and goes back."""

from reportbox.ntd.wording import Text, shipped
from reportbox.records.audit import Audit
from reportbox.records.letter_texts import LetterText
from tests.house import House, text_of

OWN = """Greetings of {{ hotline_name }}, {{ hotline_email }}. {{ good_faith }}
See {{ attachment }}.
{% for item in items %}
{{ item.number }}: {{ item.address }}
{% endfor %}
"""
SUBJECT = "[{{ number }}] In our own words"


def saves(house: House, body: str = OWN, **more: str) -> None:
    house.does("/texts/ntd/en", as_="mira", subject=SUBJECT, body=body, **more)


def a_letter_leaves(house: House) -> tuple[str, str]:
    item = house.the_public_reports("https://item-one.example/page")
    house.judges(item, "baseline")
    house.works()
    house.hours_pass(24)
    [letter] = house.letters_to_providers()
    return letter.subject, text_of(letter)


def test_the_next_letter_says_what_the_manager_wrote(house: House) -> None:
    saves(house)

    subject, body = a_letter_leaves(house)

    assert subject == "[RB-000001] In our own words"
    assert body.startswith("Greetings of Practice Hotline, desk@hotline.example.")
    assert "RB-000001: hxxps[:]//item-one[.]example/page" in body


def test_a_text_for_one_country_goes_before_the_text_for_any(house: House) -> None:
    saves(house, OWN.replace("Greetings", "To all"))
    saves(house, OWN.replace("Greetings", "At home"), country="EE")
    saves(house, OWN.replace("Greetings", "Elsewhere"), country="NL")

    _, body = a_letter_leaves(house)

    assert body.startswith("At home of Practice Hotline")


def test_a_preview_shows_how_it_would_leave_and_keeps_nothing(house: House) -> None:
    before = Audit.select().count()

    answer = house.posts("/texts/ntd/en/preview", as_="mira", subject=SUBJECT, body=OWN)

    assert "As it would leave" in answer.text
    assert "[RB-000001] In our own words" in answer.text
    assert "hxxps[:]//item-1[.]sample[.]example/page" in answer.text
    assert LetterText.rows() == []
    assert Audit.select().count() == before


def test_a_text_that_lacks_something_is_not_kept_and_what_was_typed_stays(
    house: House,
) -> None:
    body = OWN.replace("{{ good_faith }}", "typed words")

    answer = house.posts("/texts/ntd/en", as_="mira", subject=SUBJECT, body=body)

    assert answer.status_code == 422
    assert "Something is missing: the good faith" in answer.text
    assert "typed words" in answer.text
    assert LetterText.rows() == []


def test_every_version_stays_with_who_and_when_and_can_count_again(
    house: House,
) -> None:
    saves(house, OWN.replace("Greetings", "First"))
    house.clock.advance(hours=1)
    saves(house, OWN.replace("Greetings", "Second"))
    first, second = LetterText.rows()

    house.does(f"/texts/versions/{first.id}/again", as_="mira")
    page = house.page("/texts/ntd/en", as_="mira")

    assert page.count("Mira") >= 3
    assert "First of {{ hotline_name }}" in page
    versions = [row.body.split()[0] for row in LetterText.rows()]
    assert versions == ["First", "Second", "First"]
    assert "Second of" in house.page(f"/texts/versions/{second.id}", as_="mira")
    assert len([x for x in Audit.rows() if x.what == "change_text"]) == 3


def test_the_text_of_the_box_can_count_again(house: House) -> None:
    saves(house)

    house.does("/texts/ntd/en/drop", as_="mira")

    assert "as it comes with the box" in house.page("/texts/", as_="mira")
    subject, _ = a_letter_leaves(house)
    assert subject.startswith("[RB-000001] Notice and takedown: 1 address")


def test_a_language_of_ones_own_is_written_and_then_used(house: House) -> None:
    form = {"text": "ntd", "language": "et", "country": ""}
    answer = house.posts("/texts/", as_="mira", **form)
    assert answer.location == "/texts/ntd/et"

    house.does("/texts/ntd/et", as_="mira", subject=SUBJECT, body=OWN)

    page = house.page("/texts/", as_="mira")
    assert "Eesti" in page
    own = shipped(Text.NTD, "et")
    assert own is None


def test_there_is_no_text_in_a_language_or_country_nobody_knows(house: House) -> None:
    form = {"text": "ntd", "language": "xx", "country": "nowhere"}

    answer = house.posts("/texts/", as_="mira", **form)

    assert answer.status_code == 422
    assert "Please write the two letters of the country." in answer.text


def test_a_sample_of_what_is_in_force_arrives_at_the_hotline(house: House) -> None:
    saves(house)

    house.does("/texts/ntd/en/sample", as_="mira")
    house.works()

    [letter] = house.letters()
    assert letter.recipient == "desk@hotline.example"
    assert letter.subject == "[RB-000001] In our own words"
    assert [name for name, _ in letter.parts] == ["text", "addresses.csv"]
