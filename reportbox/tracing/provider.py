"""What people say of a provider, and of how one of its mailboxes is written to."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum, auto
from functools import cache
from zoneinfo import available_timezones

from reportbox.errors import InvalidInput
from reportbox.languages import ENGLISH, country_code, language_code
from reportbox.office.working_day import MIDNIGHT, read_days
from reportbox.plain import is_api_url, is_mail_address, one_line
from reportbox.tracing.proxies import Channel

LONGEST = 200  # characters of a field
MOST_COUNTRIES = 30
SPAN = re.compile(r"\d{1,2}-\d{1,2}", re.ASCII)


class Kind(StrEnum):
    """What a provider is to the address that was reported."""

    HOSTING = auto()
    PROXY = auto()
    PLATFORM = auto()
    REGISTRAR = auto()
    SITE_OWNER = auto()
    SEARCH_ENGINE = auto()


KINDS = {
    Kind.HOSTING: "Hosting provider",
    Kind.PROXY: "Proxy",
    Kind.PLATFORM: "Platform",
    Kind.REGISTRAR: "Registrar",
    Kind.SITE_OWNER: "Site owner",
    Kind.SEARCH_ENGINE: "Search engine",
}


class Format(StrEnum):
    """How the exact addresses stand in a letter."""

    TEXT = auto()
    CSV = auto()
    XARF = auto()


FORMATS = {
    Format.CSV: "A table (CSV) beside the text",
    Format.XARF: "X-ARF, for a machine, beside the text",
    Format.TEXT: "Text alone",
}
CHANNELS = {
    Channel.MAIL: "Mail",
    Channel.FORM: "Their web form, filled in by one of you",
    Channel.API: "Their API; without its address by one of you",
}


def folded(name: str) -> str:
    """Write a name as it is compared: no case, no odd white space, plain forms."""
    return one_line(unicodedata.normalize("NFKC", name)).casefold()


def spellings(names: list[str]) -> list[str]:
    """List how registries may have written the names; the database folds ASCII only."""
    odd = [name for name in names if not name.isascii()]
    loud, quiet = [n.upper() for n in odd], [n.lower() for n in odd]
    return list(dict.fromkeys([*names, *loud, *quiet]))


@dataclass(frozen=True)
class Facts:
    """What a person enters of a provider."""

    name: str
    kind: Kind
    countries: list[str]
    note: str
    upstream: str = ""  # a name of whose network carries it

    @classmethod
    def parse(cls, form: Mapping[str, str]) -> "Facts":
        """Read the form, or raise InvalidInput saying what helps."""
        said = {name: one_line(text)[:LONGEST] for name, text in form.items()}
        problems = {}
        if not folded(said.get("name", "")):
            problems["name"] = "Please give the name it is known by."
        if said.get("kind") not in list(Kind):
            problems["kind"] = "Please choose what it is."
        words = [w.strip() for w in said.get("countries", "").split(",") if w.strip()]
        unknown = [word for word in words if not country_code(word)]
        if unknown:
            problems["countries"] = (
                f"“{unknown[0]}” is no country: please write two letters each, "
                "such as EE, DE."
            )
        elif len(words) > MOST_COUNTRIES:
            problems["countries"] = f"Please name {MOST_COUNTRIES} countries at most."
        if problems:
            raise InvalidInput(**problems)
        countries = list(dict.fromkeys(country_code(word) for word in words))
        note, upstream = said.get("note", ""), said.get("upstream", "")
        return cls(said["name"], Kind(said["kind"]), countries, note, upstream)


@dataclass(frozen=True)
class Way:
    """How a mailbox is written to; the columns of a Contact have the same names."""

    channel: Channel = Channel.MAIL
    language: str = ENGLISH.code
    zone: str = ""
    format: Format = Format.CSV
    is_xarf_v3: bool = False
    hours: str = ""  # such as “9-17”, in its zone; empty: at any time
    closed_on: str = ""  # such as “12-24, 2026-12-27”
    api_url: str = ""  # where the box posts X-ARF; empty: a person asks there

    @classmethod
    def parse(cls, form: Mapping[str, str]) -> "Way":
        """Read the form, or raise InvalidInput saying what helps."""
        problems = {}
        if form.get("channel") not in list(Channel):
            problems["channel"] = "Please choose how they take notices."
        if form.get("format") not in list(Format):
            problems["format"] = "Please choose how the addresses are written."
        language = language_code(form.get("language", "") or ENGLISH.code)
        if not language:
            problems["language"] = (
                "Please write the two letters of the language, such as en."
            )
        zone = form.get("zone", "").strip()
        if zone and zone not in _zones():
            problems["zone"] = (
                "There is no such time zone; write it like Europe/Tallinn, or nothing."
            )
        hours = form.get("hours", "").replace("–", "-").replace(" ", "")
        if hours and not _is_span(hours):
            problems["hours"] = "Please write full hours, such as 9-17, or nothing."
        closed_on = form.get("closed_on", "").strip()
        if closed_on and (problem := _wrong_days(closed_on, hours)):
            problems["closed_on"] = problem
        api_url = form.get("api_url", "").strip()
        if api_url and (problem := _wrong_api(api_url, form)):
            problems["api_url"] = problem
        is_old = form.get("is_xarf_v3") == "yes"
        if is_old and form.get("format") != Format.XARF:
            problems["is_xarf_v3"] = "The old version is one of X-ARF: choose X-ARF."
        if problems:
            raise InvalidInput(**problems)
        return cls(
            Channel(form["channel"]),
            language,
            zone,
            Format(form["format"]),
            is_old,
            hours,
            ", ".join(read_days(closed_on)),
            api_url,
        )


def span(hours: str) -> tuple[int, int]:
    """Take “9-17” apart."""
    begins, _, ends = hours.partition("-")
    return int(begins), int(ends)


def _wrong_api(url: str, form: Mapping[str, str]) -> str:
    if form.get("channel") != Channel.API:
        return "Only an API is posted to: choose that they take notices by their API."
    if not is_mail_address(form.get("mailbox", "").strip()):
        return (
            "Please give their mailbox too: by it the box knows whose notices go here."
        )
    if not is_api_url(url):
        return "Please write it like https://api.host.example/reports."
    return ""


def _is_span(hours: str) -> bool:
    if not SPAN.fullmatch(hours):
        return False
    begins, ends = span(hours)
    return begins < ends <= MIDNIGHT


def _wrong_days(days: str, hours: str) -> str:
    if not hours:
        return "Please give the hours too; 0-24 is the whole day."
    try:
        read_days(days)
    except ValueError:
        return "Please write each like 2026-12-24, or 12-24 for every year."
    return ""


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())
