"""What a report may be about: data, not code, and a hotline may bring its own.

The neutral names follow the topics that European hotlines count.
"""

import tomllib
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from reportbox.errors import Misconfigured

OWN_FILE = Path(__file__).with_name("topics.toml")


@dataclass(frozen=True)
class Topic:
    """One entry; ``help`` is empty for what the hotline acts on."""

    code: str
    name: str
    help: str = ""
    names: dict[str, str] = field(default_factory=dict)  # other languages, by code
    helps: dict[str, str] = field(default_factory=dict)

    @property
    def is_ours(self) -> bool:
        return not self.help


@cache
def topics(file: Path | None = None) -> tuple[Topic, ...]:
    """Read the list, or raise Misconfigured naming the file and the fault."""
    source = file or OWN_FILE
    try:
        rows = tomllib.loads(source.read_text())["topic"]
        found = tuple(Topic(**row) for row in rows)
        codes = [topic.code for topic in found]
        texts = [text for topic in found for text in (topic.code, topic.name)]
    except (OSError, ValueError, KeyError, TypeError) as trouble:
        raise Misconfigured(f"the topics in {source} cannot be read: {trouble}") from (
            trouble
        )
    if not all(isinstance(text, str) and text for text in texts):
        raise Misconfigured(f"{source}: every topic needs a code and a name.")
    if len(set(codes)) != len(codes) or not any(topic.is_ours for topic in found):
        raise Misconfigured(
            f"{source}: each code stands once, and one topic at least has no “help”."
        )
    return found
