"""One thing of the box that was looked at, and how it was found."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

NONE: Mapping[str, float] = MappingProxyType({})


class Check(NamedTuple):
    """``figures`` are counts for /metrics, named as there without “reportbox_”."""

    name: str
    is_ok: bool
    words: str  # in a lay operator's words; what to do if it is not well
    warning: str = ""  # not bad yet, and told once: another word for each step nearer
    figures: Mapping[str, float] = NONE


def runs_out(days: int, *, steps: tuple[int, ...]) -> str:
    """Name the nearest of some days that is reached; empty when the end is far."""
    reached = [step for step in sorted(steps) if days <= step]
    return f"{reached[0]} days" if reached else ""
