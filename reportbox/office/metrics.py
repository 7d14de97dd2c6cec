"""What was found, as Prometheus reads it: counts and ages, no names and no addresses.

Text format 0.0.4 of prometheus.io, “exposition formats”.
"""

from collections.abc import Mapping
from itertools import groupby

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"


def text_of(figures: Mapping[str, float]) -> str:
    """Write each figure under its name, labels included; those of one name together."""
    lines = []
    for family, members in groupby(sorted(figures), key=_family):
        lines.append(f"# TYPE reportbox_{family} gauge")
        lines += [f"reportbox_{name} {_number(figures[name])}" for name in members]
    return "\n".join(lines) + "\n"


def _family(name: str) -> str:
    return name.partition("{")[0]


def _number(value: float) -> str:
    return str(int(value)) if value == int(value) else f"{value:.3f}"
