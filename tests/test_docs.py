"""The docs are true today."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from reportbox.cli import main

ROOT = Path(__file__).parents[1]
TEXTS = [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")]


def test_the_printed_journey_is_the_journey() -> None:
    printed = CliRunner().invoke(main, ["journey"]).output

    assert printed.strip() in (ROOT / "docs" / "journey.md").read_text()


@pytest.mark.parametrize("text", TEXTS, ids=lambda path: path.name)
def test_every_file_a_text_names_is_there(text: Path) -> None:
    links = re.findall(r"\]\(([^)#:]+)\)", text.read_text())
    named = re.findall(
        r"`((?:reportbox|config|docs|tests)/[\w/.-]+)`", text.read_text()
    )

    for link in links:
        assert (text.parent / link).exists(), link
    for name in named:
        assert (ROOT / name).exists(), name


def test_every_command_the_docs_name_is_there() -> None:
    words = " ".join(path.read_text() for path in TEXTS)
    named = set(re.findall(r"`reportbox(?: --settings FILE)? ([a-z-]+)", words))

    assert len(named) >= 5
    assert named <= set(main.commands)


KINDS = {".py", ".md", ".html", ".txt", ".sh", ".toml", ".js", ".css"}
RESERVED = re.compile(r"(^|\.)(example|test|invalid|localhost|onion)$|^127\.0\.0\.1$")
# The registries the adapter's library knows by itself, a namespace, and numbers that
# browsers read as loopback.
OTHERS = {"rdap.db.ripe.net", "www.w3.org", "0x7f.1", "2130706433", "a", "host", "item"}


def test_only_reserved_names_stand_anywhere() -> None:
    texts = [
        path
        for folder in ("reportbox", "tests", "docs", "config", "installer")
        for path in (ROOT / folder).rglob("*")
        if path.suffix in KINDS and "axe" not in path.parts
    ]
    for path in [*texts, *ROOT.glob("*.md")]:
        for host in re.findall(
            r"https?://([a-z0-9][\w-]*(?:\.\w[\w-]*)*)", path.read_text()
        ):
            assert RESERVED.search(host) or host in OTHERS, (path, host)
