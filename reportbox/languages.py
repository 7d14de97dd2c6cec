"""The languages of the public form: catalogues are data files, English is the source.

A catalogue is a gettext file (``translations/de.po``); its keys are the English
sentences. What a catalogue lacks is shown in English, and a test keeps that from
happening.
"""

from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import NamedTuple

from babel import Locale
from babel.messages.pofile import read_po

# Unions, the world's seas, and codes made for tests; AP is not among them at all.
LETTERS = 2  # of a code
NO_COUNTRIES = {"EU", "EZ", "UN", "QO", "XA", "XB", "ZZ"}
FOLDER = Path(__file__).with_name("translations")


class Language(NamedTuple):
    code: str  # ISO 639-1
    name: str  # as its speakers write it
    direction: str = "ltr"


ENGLISH = Language("en", "English")
ALL = {
    language.code: language
    for language in (
        ENGLISH,
        Language("de", "Deutsch"),
        Language("fr", "Français"),
        Language("es", "Español"),
        Language("nl", "Nederlands"),
        Language("et", "Eesti"),
        Language("lt", "Lietuvių"),
        Language("el", "Ελληνικά"),
        Language("sv", "Svenska"),
        Language("ar", "العربية", "rtl"),
        Language("uk", "Українська"),
    )
}


def translate(code: str, text: str) -> str:
    """Say an English sentence in another language, or in English if it must be."""
    return text if code == ENGLISH.code else catalogue(code).get(text, text)


@cache
def catalogue(code: str) -> dict[str, str]:
    """Read one catalogue: English sentence -> the same in that language."""
    path = FOLDER / f"{code}.po"
    if not path.exists():
        return {}
    with path.open("rb") as file:
        found = read_po(file, locale=code)
    return {str(m.id): str(m.string) for m in found if m.id and m.string}


def offered(codes: Iterable[str]) -> list[Language]:
    """List the languages a hotline offers; English is always among them."""
    chosen = list(dict.fromkeys([*codes, ENGLISH.code]))
    return [ALL[code] for code in chosen]


def choose(asked: str, accepted: Iterable[str], codes: Iterable[str]) -> Language:
    """Take the language asked for, else the first acceptable one, else the first."""
    known = {language.code: language for language in offered(codes)}
    for wish in (asked, *accepted):
        found = known.get(wish.strip().lower().replace("_", "-").partition("-")[0])
        if found is not None:
            return found
    return next(iter(known.values()))


def country_code(name: str) -> str:
    """Return the two letters of a country given as such or in English, or nothing.

    Registries also write EU and AP, which are no countries.
    """
    word = " ".join(name.split()).casefold()
    return word.upper() if word.upper() in _codes() else _countries().get(word, "")


def language_code(name: str) -> str:
    """Return the two letters of a language given as such or in English, or nothing."""
    word = " ".join(name.split()).casefold()
    return word if word in _languages().values() else _languages().get(word, "")


def language_name(code: str) -> str:
    """Return a language's English name, or the letters where there is none."""
    return str(Locale(ENGLISH.code).languages.get(code, code))


def countries() -> list[tuple[str, str]]:
    """List every country as its two letters and its English name, by name."""
    return sorted(((code, country_name(code)) for code in _codes()), key=lambda x: x[1])


def country_name(code: str) -> str:
    """Return a country's English name, or the letters where there is none."""
    return str(Locale(ENGLISH.code).territories.get(code, code))


@cache
def _codes() -> frozenset[str]:
    """The codes of ISO 3166-1, with Kosovo's, less what only looks like one."""
    given = map(str, Locale(ENGLISH.code).territories)
    codes = {code for code in given if code.isalpha() and len(code) == LETTERS}
    return frozenset(codes - NO_COUNTRIES)


@cache
def _countries() -> dict[str, str]:
    names = Locale(ENGLISH.code).territories
    return {names[code].casefold(): code for code in _codes()}


@cache
def _languages() -> dict[str, str]:
    """The languages of ISO 639-1, by their English names."""
    given = Locale(ENGLISH.code).languages
    codes = [code for code in map(str, given) if len(code) == LETTERS]
    return {str(given[code]).casefold(): code for code in codes}
