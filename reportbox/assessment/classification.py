"""The classification lists: data with a version, not code.

Names and numbers are ICCAM's (version 3), so that a referral loses nothing.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from reportbox.errors import InvalidInput, Misconfigured

OWN_FILE = Path(__file__).with_name("classification.toml")


@dataclass(frozen=True)
class Choices:
    """One list to choose from: number -> name, in the order of the file."""

    name: str
    title: str
    entries: dict[int, str]


@dataclass(frozen=True)
class Scheme:
    version: str
    lists: tuple[Choices, ...]
    reasons: dict[str, Choices]

    def read(self, form: Mapping[str, str]) -> dict[str, int]:
        """Take the labels from a form, or raise InvalidInput."""
        found: dict[str, int] = {}
        problems: dict[str, str] = {}
        for choices in self.lists:
            given = form.get(f"label_{choices.name}", "")
            if given and _number(given) not in choices.entries:
                problems[f"label_{choices.name}"] = "Choose one of the list."
            elif given:
                found[choices.name] = _number(given)
        if problems:
            raise InvalidInput(**problems)
        return found

    def reason(self, kind: str, given: str) -> str:
        """Name a reason by its number; empty if it is none of the list."""
        choices = self.reasons.get(kind)
        return choices.entries.get(_number(given), "") if choices else ""

    def words(self, labels: Mapping[str, int]) -> dict[str, str]:
        """Say the labels of a verdict in words: title -> name."""
        return {
            choices.title: choices.entries.get(labels[choices.name], "")
            for choices in self.lists
            if choices.name in labels
        }


@cache
def scheme(file: Path | None = None) -> Scheme:
    """Read the lists, or raise Misconfigured saying what is wrong with the file."""
    path = file or OWN_FILE
    try:
        data = tomllib.loads(path.read_text())
        lists = tuple(_choices(one, one["title"]) for one in data["list"])
        reasons = {one["name"]: _choices(one, "") for one in data["reasons"]}
        return Scheme(str(data["version"]), lists, reasons)
    except (OSError, ValueError, KeyError, TypeError) as trouble:
        message = f"the classification file {path} cannot be used: {trouble!r}."
        raise Misconfigured(message) from trouble


def _choices(data: Mapping[str, Any], title: str) -> Choices:
    entries = {int(number): str(name) for number, name in data["entries"]}
    if len(entries) != len(data["entries"]):
        raise ValueError(f"two entries of {data['name']} have the same number")
    return Choices(data["name"], title, entries)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else -1  # noqa: PLR2004 - longer is none
