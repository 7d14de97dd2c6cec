"""The docs are true today."""

import re
from pathlib import Path
from typing import NamedTuple

import pytest
from click.testing import CliRunner

from reportbox.assessment.queues import QUEUES
from reportbox.cli import main
from reportbox.intake.presence import snippets
from reportbox.settings import Settings

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


def test_the_page_for_analysts_names_every_queue_and_every_key() -> None:
    analyst = (ROOT / "docs" / "analyst.md").read_text()
    lists = analyst.partition("| to do | holds |")[2].partition("\n*Next item*")[0]
    named = re.findall(r"^\| \*([^*]+)\* \|", lists, re.MULTILINE)
    keys = (ROOT / "reportbox" / "templates" / "office" / "keys.html").read_text()
    work = [queue.title for queue in QUEUES.values() if queue.is_work]
    watch = [queue.title for queue in QUEUES.values() if not queue.is_work]

    assert named == work + watch
    for key in re.findall(r"[\[(]\(?\"([^\"]+)\", \"", keys):
        for letter in key.split(" to "):
            assert f"`{letter}`" in analyst, letter


# What looks like a setting and is none: names in code, and of other programs.
NO_SETTINGS = {
    "facts_of",
    "handing_over",
    "inet_interfaces",
    "put_on_record",
    "read_box",
    "recipient_delimiter",
    "register_and_forward",
}


def test_every_setting_stands_in_the_reference_once() -> None:
    operator = (ROOT / "docs" / "operator.md").read_text()
    reference = operator.partition("\n## Settings\n")[2]
    named = re.findall(r"`([a-z_]+)`", reference)

    assert sorted(named) == sorted(Settings.names())


def test_no_text_names_a_setting_that_is_not_there() -> None:
    for text in TEXTS:
        if text.name == "CHANGELOG.md":  # it tells of settings that are gone
            continue
        named = set(
            re.findall(r"`([a-z]+(?:_[a-z0-9]+)+)(?: = [^`]*)?`", text.read_text())
        )
        measures = {name for name in named if name.startswith("reportbox_")}
        assert named - measures - NO_SETTINGS <= set(Settings.names()), text.name


def test_the_page_for_web_sites_prints_the_snippets_of_the_desk() -> None:
    page = (ROOT / "docs" / "embedding.md").read_text()

    made = snippets(Settings.read(ROOT / "config" / "reportbox.toml"))

    assert f"\n{made.script}\n" in page
    assert f"\n{made.frame}\n" in page
    assert made.link in page


# The requirements of levels 1 and 2, by section (OWASP ASVS 5.0.0).
ASVS = """
1.1: 1-2, 1.2: 1-9, 1.3: 1-11, 1.4: 1-3, 1.5: 1-2, 2.1: 1-3, 2.2: 1-3, 2.3: 1-4,
2.4: 1-1, 3.2: 1-2, 3.3: 1-4, 3.4: 1-6, 3.5: 1-5, 3.7: 1-2, 4.1: 1-3, 4.2: 1-1,
4.3: 1-2, 4.4: 1-4, 5.1: 1-1, 5.2: 1-3, 5.3: 1-2, 5.4: 1-3, 6.1: 1-3, 6.2: 1-12,
6.3: 1-4, 6.4: 1-4, 6.5: 1-5, 6.6: 1-3, 6.8: 1-4, 7.1: 1-3, 7.2: 1-4, 7.3: 1-2,
7.4: 1-5, 7.5: 1-2, 7.6: 1-2, 8.1: 1-2, 8.2: 1-3, 8.3: 1-1, 8.4: 1-1, 9.1: 1-3,
9.2: 1-4, 10.1: 1-2, 10.2: 1-2, 10.3: 1-4, 10.4: 1-11, 10.5: 1-5, 10.6: 1-2,
10.7: 1-3, 11.1: 1-2, 11.2: 1-3, 11.3: 1-3, 11.4: 1-4, 11.5: 1-1, 11.6: 1-1,
12.1: 1-3, 12.2: 1-2, 12.3: 1-4, 13.1: 1-1, 13.2: 1-5, 13.3: 1-2, 13.4: 1-5,
14.1: 1-2, 14.2: 1-4, 14.3: 1-3, 15.1: 1-3, 15.2: 1-3, 15.3: 1-7, 16.1: 1-1,
16.2: 1-5, 16.3: 1-4, 16.4: 1-3, 16.5: 1-3, 17.1: 1-1, 17.2: 1-4, 17.3: 1-2
"""
VERDICTS = ("met", "not applicable", "not met", "the operator's")


class Requirement(NamedTuple):
    number: str
    level: str
    asks_for: str
    verdict: str
    why: str


def requirements() -> list[Requirement]:
    page = (ROOT / "docs" / "asvs.md").read_text()
    rows = re.findall(r"^\| (\d+\.\d+\.\d+) \|(.*)\|$", page, re.MULTILINE)
    return [Requirement(n, *(c.strip() for c in rest.split("|"))) for n, rest in rows]


def test_each_requirement_of_the_standard_is_answered_once() -> None:
    sections = re.findall(r"(\d+\.\d+): 1-(\d+)", ASVS)
    wanted = [f"{s}.{n}" for s, last in sections for n in range(1, int(last) + 1)]

    assert len(wanted) == 253
    assert [row.number for row in requirements()] == wanted
    assert sum(row.level == "1" for row in requirements()) == 70


def test_whatever_is_met_names_where_and_what_it_names_is_there() -> None:
    for row in requirements():
        named = re.findall(r"`([\w/.-]+\.\w+)(?:::(test_\w+))?`", row.why)
        assert row.why, row.number
        assert row.verdict in VERDICTS, row.number
        assert named or row.verdict != "met", row.number
        for file, test in named:
            text = (ROOT / file).read_text()
            assert not test or f"\ndef {test}(" in text, (row.number, test)


def test_what_is_not_met_stands_at_the_top_and_the_counts_are_right() -> None:
    head = (ROOT / "docs" / "asvs.md").read_text().partition("\n## V1 ")[0]
    rows = requirements()

    for verdict in ("not met", "the operator's"):
        title = verdict.capitalize()
        part = head.partition(f"## {title}\n")[2].partition("\n## ")[0]
        listed = re.findall(r"^\* \*\*([\d.]+)\*\*", part, re.MULTILINE)
        assert listed == [row.number for row in rows if row.verdict == verdict]
    counts = [str(sum(row.verdict == verdict for row in rows)) for verdict in VERDICTS]
    assert f"| {' | '.join(counts)} |" in head
