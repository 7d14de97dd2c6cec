"""How the form looks on a hotline's own web site: a colour, corners, a line of text.

Whatever is chosen, text stays readable: 4.5 to 1 on light and on dark paper (WCAG 2.2,
success criterion 1.4.3).
"""

import re
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

from reportbox.errors import InvalidInput
from reportbox.plain import one_line

COLOUR = re.compile(r"#[0-9a-f]{6}")
LIGHT, DARK = "#ffffff", "#16191d"  # the two papers of box.css
ENOUGH, ENOUGH_ON_DARK = 4.5, 7.0
CORNERS = {"round": ".375rem", "square": "0", "very_round": "1rem"}
LONGEST = 80  # characters of the line beside the name
SHEET = Path(__file__).parents[1] / "static" / "box.css"


@dataclass(frozen=True)
class Look:
    accent: str = "#0b4f8a"
    corners: str = "round"
    logo_text: str = ""

    @classmethod
    def of(cls, kept: dict[str, Any]) -> "Look":
        return cls(**kept.get("look", {}))

    @classmethod
    def parse(cls, accent: str, corners: str, logo_text: str) -> "Look":
        """Read what was chosen, or raise InvalidInput saying what helps."""
        problems: dict[str, str] = {}
        colour, text = accent.strip().lower(), one_line(logo_text).strip()
        if not COLOUR.fullmatch(colour):
            problems["accent"] = "Write a colour with six digits, such as #0b4f8a."
        elif contrast(colour, LIGHT) < ENOUGH:
            problems["accent"] = (
                f"This colour is too light to be read on white: its contrast is "
                f"{contrast(colour, LIGHT):.1f} to 1, and 4.5 is needed. Take a "
                "darker one."
            )
        if corners not in CORNERS:
            problems["corners"] = "Choose one of the list."
        if len(text) > LONGEST:
            problems["logo_text"] = f"Please keep this under {LONGEST} characters."
        if problems:
            raise InvalidInput(**problems)
        return cls(colour, corners, text)

    def as_data(self) -> dict[str, str]:
        return asdict(self)


def contrast(one: str, other: str) -> float:
    """Contrast of two colours, 1 to 21 (WCAG 2.2, “contrast ratio”)."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def on_dark(colour: str) -> str:
    """Lighten a colour until it can be read with ease on dark paper."""
    parts = _parts(colour)
    for step in range(101):
        mixed = [round(part + (255 - part) * step / 100) for part in parts]
        lighter = "#" + "".join(f"{part:02x}" for part in mixed)
        if contrast(lighter, DARK) >= ENOUGH_ON_DARK:
            return lighter
    return LIGHT


@cache
def style_sheet(look: Look) -> str:
    """The one style sheet of the public pages, with the hotline's own accent."""
    dark = on_dark(look.accent)
    return SHEET.read_text() + (
        f":root {{ --accent: light-dark({look.accent}, {dark}); "
        f"--on-accent: light-dark({LIGHT}, #0d1b2a); "
        f"--radius: {CORNERS[look.corners]}; }}\n"
    )


def _parts(colour: str) -> list[int]:
    return [int(colour[at : at + 2], 16) for at in (1, 3, 5)]


def _luminance(colour: str) -> float:
    """Relative luminance (WCAG 2.2)."""
    linear = []
    for part in _parts(colour):
        share = part / 255
        low = 0.04045
        linear.append(
            share / 12.92 if share <= low else ((share + 0.055) / 1.055) ** 2.4
        )
    red, green, blue = linear
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
