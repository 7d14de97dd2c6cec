"""The languages of the public form: complete, and never broken by a header."""

import re
from dataclasses import replace

import pytest
from babel.messages.pofile import read_po

from reportbox.errors import Misconfigured
from reportbox.languages import ALL, ENGLISH, FOLDER, catalogue, choose
from reportbox.settings import Settings
from tests.catalogues import sentences
from tests.house import House, token_in

OTHERS = [code for code in ALL if code != ENGLISH.code]
PLACES = re.compile(r"%\(\w+\)s")
# What may well be the same word in another language.
SAME = {"Code", "Pages"}


@pytest.mark.parametrize("code", OTHERS)
def test_a_catalogue_says_every_sentence_and_nothing_else(code: str) -> None:
    said = catalogue(code)

    assert sorted(said) == sentences()
    for english, other in said.items():
        assert sorted(PLACES.findall(english)) == sorted(PLACES.findall(other)), english
        assert other.strip() == other, english
        assert other != english or english in SAME, english


@pytest.mark.parametrize("code", OTHERS)
def test_a_catalogue_can_be_read_without_a_complaint(code: str) -> None:
    with (FOLDER / f"{code}.po").open("rb") as file:
        found = read_po(file, locale=code, abort_invalid=True)

    assert not any(message.fuzzy for message in found if message.id)
    assert list(found.check()) == []


def test_the_sentences_are_found_where_they_are_said() -> None:
    found = sentences()

    for sentence in (
        "Send report",  # a template
        "There is no such page.",  # code
        "A game",  # a list
        "Fraud",  # a data file
        "Please look at this once more.",  # what every form shares
    ):
        assert sentence in found
    assert len(found) > 100


@pytest.mark.parametrize("code", ALL)
def test_every_page_of_a_visitor_speaks_their_language(house: House, code: str) -> None:
    visitor = house.visitor()
    page = visitor.get(f"/?lang={code}").text

    assert f'<html lang="{code}" dir="{ALL[code].direction}">' in page
    words = catalogue(code).get("Send report", "Send report")
    assert f">{words}</button>" in page
    form = {"token": token_in(page), "address": "no address", "lang": code}
    refused = visitor.post("/", data=form).text
    assert f'<html lang="{code}"' in refused
    if code != "en":
        assert "This does not look like" not in refused
        assert "Please" not in refused


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ("de", "de"),
        ("de-AT,en;q=0.5", "de"),
        ("zh-Hant, uk;q=0.9, de;q=0.8", "uk"),
        ("zh_Hant", "en"),
        ("*", "en"),
        ("", "en"),
        (",;;q=,=;-", "en"),
        ("x" * 5_000, "en"),
        ("de;q=banana", "en"),
        ("e\u0301-\u202e, \x7f", "en"),
        ("-" * 100, "en"),
    ],
)
def test_no_header_of_any_shape_breaks_the_page(
    house: House, header: str, code: str
) -> None:
    answer = house.visitor().get(
        "/", headers={"Accept-Language": header.encode("utf-8").decode("latin-1")}
    )

    assert answer.status_code == 200
    assert re.search(r'<html lang="(\w+)"', answer.text)
    if header != "de;q=banana":
        assert f'<html lang="{code}"' in answer.text


def test_english_cannot_be_switched_off(house: House) -> None:
    only_german = replace(house.settings, languages=("de",))
    house.app.extensions["settings"] = only_german

    assert '<html lang="de"' in house.visitor().get("/").text
    assert '<html lang="en"' in house.visitor().get("/?lang=en").text
    assert 'lang="fr"' not in house.visitor().get("/").text
    assert choose("fr", [], ["de"]).code == "de"


def test_a_language_there_is_not_is_refused_in_the_settings(
    settings: Settings,
) -> None:
    file = settings.data_dir / "box.toml"
    file.write_text('languages = ["xx"]')

    with pytest.raises(Misconfigured, match="languages"):
        Settings.read(file)
