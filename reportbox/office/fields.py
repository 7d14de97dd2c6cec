"""Settings as fields of a page: how each is called, asked for, read and shown."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields as parts_of
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import available_timezones

from reportbox import languages
from reportbox.errors import InvalidInput
from reportbox.office.labels import CHOICES, LABELS, LONG, MACHINE
from reportbox.office.manual import manual
from reportbox.plain import one_line, visible
from reportbox.settings import Settings

LONGEST = 2_000  # characters of one field
MOST_LINES = 200


class Field(NamedTuple):
    name: str
    label: str
    kind: str  # "text", "area", "number", "tick", "lines", "choice" or "languages"
    choices: tuple[tuple[str, str], ...] = ()


class Block(NamedTuple):
    """Fields that one paragraph of the manual explains."""

    words: str
    fields: tuple[Field, ...]


class Page(NamedTuple):
    name: str
    title: str
    blocks: tuple[Block, ...]

    @property
    def names(self) -> list[str]:
        return [field.name for block in self.blocks for field in block.fields]

    @property
    def labels(self) -> list[str]:
        return [field.label for block in self.blocks for field in block.fields]


@cache
def pages() -> dict[str, Page]:
    """Return the pages of settings as the manual groups them, by their names."""
    made = (Page(g.name, g.title, blocks_of(g.blocks)) for g in manual())
    return {page.name: page for page in made if page.blocks}


def blocks_of(blocks: Iterable[Any]) -> tuple[Block, ...]:
    found = (
        Block(words, tuple(field_of(key) for key in keys if is_chosen_here(key)))
        for words, keys in blocks
    )
    return tuple(block for block in found if block.fields)


@cache
def some_of(names: tuple[str, ...]) -> tuple[Block, ...]:
    """Return some settings with what the manual says of them, in its order."""
    all_blocks = (block for group in manual() for block in group.blocks)
    chosen = ((b.words, [k for k in b.keys if k in names]) for b in all_blocks)
    return blocks_of(chosen)


def is_chosen_here(key: str) -> bool:
    return key not in MACHINE and _kinds()[key] not in {Path, Path | None}


def field_of(key: str) -> Field:
    return Field(key, label_of(key), _kind(key), _choices(key))


def label_of(key: str) -> str:
    return LABELS.get(key) or key.replace("_", " ").capitalize()


def typed_of(settings: Settings, names: Iterable[str]) -> dict[str, Any]:
    """Return the values as they stand in fields."""
    return {name: _typed(name, getattr(settings, name)) for name in names}


def spelt(settings: Settings, name: str) -> Any:  # noqa: ANN401 - as TOML has it
    """Return a value as it would stand in the file."""
    value = getattr(settings, name)
    return list(value) if isinstance(value, tuple) else value


def in_words(name: str, value: Any) -> str:  # noqa: ANN401 - as TOML has it
    """Say a value to a person."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "–"
    return dict(_choices(name)).get(str(value), str(value)) if value != "" else "–"


def as_typed(form: Mapping[str, Sequence[str]], names: Iterable[str]) -> dict[str, Any]:
    """Give back what somebody typed, for the page drawn again."""
    return {
        name: list(form.get(name, ()))
        if _kind(name) == "languages"
        else next(iter(form.get(name, ())), "")
        for name in names
    }


def read(form: Mapping[str, Sequence[str]], names: Iterable[str]) -> dict[str, Any]:
    """Take the fields as TOML spells them, or raise InvalidInput for each wrong one.

    Whether a value makes sense is for ``choosing`` to say.
    """
    values: dict[str, Any] = {}
    problems: dict[str, str] = {}
    for name in names:
        given = list(form.get(name, ()))
        if any(len(text) > LONGEST for text in given):
            problems[name] = f"Please keep this under {LONGEST} characters."
            continue
        try:
            values[name] = _value(name, given)
        except ValueError:
            problems[name] = "Please write a number."
    if problems:
        raise InvalidInput(**problems)
    return values


def _value(name: str, given: list[str]) -> Any:  # noqa: ANN401 - as TOML has it
    text = given[0].strip() if given else ""
    match _kind(name):
        case "tick":
            return text == "yes"
        case "number":
            return int(text)
        case "lines":
            lines = (one_line(line) for line in text.splitlines()[:MOST_LINES])
            return [line for line in lines if line]
        case "languages":
            return list(dict.fromkeys(filter(None, given)))
        case "area":
            return visible(text.replace("\r", ""), keep="\n")
        case _:
            return one_line(text)


def _typed(name: str, value: object) -> Any:  # noqa: ANN401 - a text, or a list
    if isinstance(value, tuple) and _kind(name) == "languages":
        return list(value)
    if isinstance(value, bool):
        return "yes" if value else ""
    if isinstance(value, tuple):
        return "\n".join(value)
    return str(value)


def _kind(name: str) -> str:
    if name == "languages":
        return name
    if _choices(name):
        return "choice"
    kind = _kinds()[name]
    if kind is str and name in LONG:
        return "area"
    return {bool: "tick", int: "number", tuple[str, ...]: "lines"}.get(kind, "text")


@cache
def _choices(name: str) -> tuple[tuple[str, str], ...]:
    match name:
        case "country":
            return (("", "Please choose"), *languages.countries())
        case "time_zone":
            zones = (z for z in available_timezones() if "/" in z)
            return (("UTC", "UTC"), *((z, z) for z in sorted(zones) if z[:4] != "Etc/"))
        case "languages":
            return tuple((one.code, one.name) for one in languages.ALL.values())
    return CHOICES.get(name, ())


@cache
def _kinds() -> dict[str, Any]:
    return {part.name: part.type for part in parts_of(Settings)}
