"""The officer's guide: one text for the docs, the portal and the paper.

It is written in a small part of Markdown: headings, paragraphs, one kind of table, and
in a line bold, slanted and code. Everything else stands there as it is typed.
"""

import re
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from markupsafe import Markup, escape

from reportbox.languages import ENGLISH, Language
from reportbox.lea.printed_annex import PACKAGE, paper, sheets

HERE = Path(__file__).parent
STYLE = PACKAGE / "static" / "guide.css"
RULER = re.compile(r"\|[-|]+\|")  # between the head of a table and its rows
MARKS = ((r"\*\*(.+?)\*\*", "strong"), (r"\*(.+?)\*", "em"), (r"`(.+?)`", "code"))

_pages = sheets("portal")


class Block(NamedTuple):
    kind: str  # "heading", "text" or "table"
    lines: tuple[Markup, ...] = ()
    rows: tuple[tuple[Markup, ...], ...] = ()


class Guide(NamedTuple):
    title: str
    blocks: tuple[Block, ...]


class Us(NamedTuple):
    """Whom an officer reaches: as the settings name it, empty where they do not."""

    name: str
    phone: str
    email: str


def read_guide(language: Language = ENGLISH) -> Guide:
    """Read the guide in a language, or in English where there is none in it."""
    own = HERE / f"guide.{language.code}.md"
    text = (own if own.exists() else HERE / "guide.en.md").read_text(encoding="utf-8")
    head, _, rest = text.partition("\n")
    return Guide(head.removeprefix("# "), tuple(_blocks(rest)))


def as_pdf(us: Us, language: Language = ENGLISH) -> bytes:
    """Print the guide on A4, tagged, the same bytes for the same hotline."""
    return paper(
        _pages.get_template("guide_paper.html").render(
            guide=read_guide(language),
            us=us,
            language=language,
            style=Markup(STYLE.read_text(encoding="utf-8")),  # noqa: S704 - our own
        )
    )


def _blocks(text: str) -> Iterator[Block]:
    for is_empty, group in groupby(text.split("\n"), key=lambda line: not line):
        lines = list(group)
        if is_empty:
            continue
        if lines[0].startswith("## "):
            yield Block("heading", (_in_line(lines[0].removeprefix("## ")),))
        elif lines[0].startswith("|"):
            rows = [line for line in lines if not RULER.fullmatch(line)]
            yield Block("table", rows=tuple(_cells(line) for line in rows))
        else:
            yield Block("text", tuple(_in_line(line) for line in lines))


def _cells(line: str) -> tuple[Markup, ...]:
    return tuple(_in_line(cell.strip()) for cell in line.strip("|").split("|"))


def _in_line(text: str) -> Markup:
    said = str(escape(text))
    for mark, tag in MARKS:
        said = re.sub(mark, rf"<{tag}>\1</{tag}>", said)
    return Markup(said)  # noqa: S704 - escaped above, and our own text
