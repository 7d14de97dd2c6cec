"""The settings file with every setting in it, read as the manual of the pages.

What a setting does is said in one place, ``config/reportbox.toml``: the pages group and
explain the settings as it does.
"""

import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

FILE = Path(__file__).parents[2] / "config" / "reportbox.toml"
GROUP = re.compile(r"# --- (.+) ---")
SETTING = re.compile(r"(?:# )?(\w+) = ")


class Block(NamedTuple):
    """Some settings that one paragraph explains; it may be empty."""

    words: str
    keys: tuple[str, ...]


class Group(NamedTuple):
    name: str  # as it stands in the address of its page
    title: str
    blocks: tuple[Block, ...]


@cache
def manual() -> tuple[Group, ...]:
    """Read the file, in its order."""
    _, *parts = GROUP.split(FILE.read_text())
    pairs = zip(parts[::2], parts[1::2], strict=True)
    return tuple(_group(title, text) for title, text in pairs)


def _group(heading: str, text: str) -> Group:
    title = heading.partition(";")[0]
    name = re.sub(r"\W+", "-", title.partition(" (")[0].lower())
    return Group(name, title[:1].upper() + title[1:], tuple(_blocks(text)))


def _blocks(text: str) -> list[Block]:
    """A paragraph and the settings below it; the next words begin the next one."""
    found: list[Block] = []
    words: list[str] = []
    keys: list[str] = []
    for line in [*text.splitlines(), ""]:
        setting = SETTING.match(line)
        if setting:
            keys.append(setting[1])
            continue
        if keys:
            found.append(Block(" ".join(words), tuple(keys)))
        if keys or not line:  # a paragraph of no setting speaks of the whole group
            words, keys = [], []
        if line.startswith("# "):
            words.append(line.removeprefix("# "))
    return found
