"""What may be said of a provider, and of how its mailbox is written to."""

import pytest

from reportbox.errors import InvalidInput
from reportbox.tracing.contacts import Match
from reportbox.tracing.entry import NewEntry
from reportbox.tracing.provider import Facts, Way, folded, spellings

FACTS = {"name": "Provider One", "kind": "hosting", "countries": "", "note": ""}
WAY = {"channel": "mail", "language": "", "zone": "", "format": "csv"}
ENTRY = {"match": "suffix", "pattern": "platform.example", "mailbox": "a@desk.example"}


def problems(parse: object, form: dict[str, str]) -> dict[str, str]:
    with pytest.raises(InvalidInput) as refusal:
        parse(form)  # type: ignore[operator]
    return dict(refusal.value.problems)


@pytest.mark.parametrize(
    ("change", "field", "words"),
    [
        ({"name": " \u200b"}, "name", "the name it is known by"),
        ({"kind": "queen"}, "kind", "choose what it is"),
        ({"countries": "EE, Atlantis"}, "countries", "“Atlantis” is no country"),
        ({"countries": "EU"}, "countries", "“EU” is no country"),
    ],
)
def test_facts_that_cannot_be_are_refused_in_words(
    change: dict[str, str], field: str, words: str
) -> None:
    assert words in problems(Facts.parse, {**FACTS, **change})[field]


def test_countries_are_read_by_letters_or_name_and_each_once() -> None:
    said = Facts.parse({**FACTS, "countries": "ee, Germany,, EE"})

    assert said.countries == ["EE", "DE"]


@pytest.mark.parametrize(
    ("change", "field", "words"),
    [
        ({"channel": "pigeon"}, "channel", "how they take notices"),
        ({"language": "Klingon"}, "language", "two letters of the language"),
        ({"zone": "Europe/Atlantis"}, "zone", "no such time zone"),
        ({"zone": "../../etc/passwd"}, "zone", "no such time zone"),
        ({"format": "pdf"}, "format", "how the addresses are written"),
        ({"is_xarf_v3": "yes"}, "is_xarf_v3", "choose X-ARF"),
    ],
)
def test_a_way_that_cannot_be_is_refused_in_words(
    change: dict[str, str], field: str, words: str
) -> None:
    assert words in problems(Way.parse, {**WAY, **change})[field]


def test_a_way_is_english_in_the_hotlines_zone_unless_somebody_says_otherwise() -> None:
    assert Way.parse(WAY) == Way()
    said = {**WAY, "language": "German", "zone": "Europe/Berlin", "format": "xarf"}
    way = Way.parse({**said, "is_xarf_v3": "yes"})
    assert (way.language, way.zone, way.is_xarf_v3) == ("de", "Europe/Berlin", True)


@pytest.mark.parametrize(
    "number", ["", "0", "4294967296", "ASx", "1.5", "-3", "9" * 400, "٣"]
)
def test_a_wrong_as_number_is_refused(number: str) -> None:
    form = {**ENTRY, "match": "asn", "pattern": number}

    assert "an AS number such as 64500" in problems(NewEntry.parse, form)["pattern"]


@pytest.mark.parametrize(
    "block", ["", "word", "0.0.0.0/0", "192.0.2.0/4", "::/0", "2001:db8::/15"]
)
def test_a_block_that_is_none_or_half_the_internet_is_refused(block: str) -> None:
    form = {**ENTRY, "match": "prefix", "pattern": block}

    assert "such as 192.0.2.0/24" in problems(NewEntry.parse, form)["pattern"]


@pytest.mark.parametrize("name", ["", "example", "co.uk", "a..example", "a b.example"])
def test_a_name_that_nobody_bought_is_refused(name: str) -> None:
    form = {**ENTRY, "pattern": name}

    assert "such as platform.example" in problems(NewEntry.parse, form)["pattern"]


@pytest.mark.parametrize(
    ("match", "text", "pattern"),
    [
        ("suffix", "*.Platform.example.", "platform.example"),
        ("prefix", "192.0.2.77/24", "192.0.2.0/24"),
        ("asn", "AS 064500", "64500"),
        ("mailbox", "whatever", "a@desk.example"),
    ],
)
def test_what_an_entry_is_about_has_one_form(
    match: str, text: str, pattern: str
) -> None:
    said = NewEntry.parse({**ENTRY, "match": match, "pattern": text})

    assert (said.match, said.pattern) == (Match(match), pattern)


@pytest.mark.parametrize(
    ("change", "field", "words"),
    [
        ({"match": "mailbox", "mailbox": ""}, "mailbox", "enter the mailbox"),
        ({"match": "mailbox", "mailbox": "word"}, "mailbox", "a mail address"),
        (
            {**WAY, "match": "mailbox", "mailbox": "", "channel": "form"},
            "provider",
            "whose form or API",
        ),
        ({**WAY, "zone": "Mars"}, "zone", "no such time zone"),
    ],
)
def test_an_entry_that_names_nobody_is_refused(
    change: dict[str, str], field: str, words: str
) -> None:
    assert words in problems(NewEntry.parse, {**ENTRY, **change})[field]


def test_names_are_the_same_whatever_their_case_or_white_space() -> None:
    assert folded("  HÔTE\u00a0Un ") == folded("Hôte Un")
    assert folded("ＨＯＳＴ") == folded("host")
    assert spellings(["Hôte", "HOST"]) == ["Hôte", "HOST", "HÔTE", "hôte"]
