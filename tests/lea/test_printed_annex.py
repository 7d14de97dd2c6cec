"""Annex I on paper says what the case says, in HTML and in PDF, and fetches nothing."""

import socket
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from reportbox.languages import ALL
from reportbox.lea.annex_one import Case, Part, blocks, switchable
from reportbox.lea.printed_annex import as_html, as_pdf, direction, paper, shown
from tests.lea.cases import ARABIC, CASE, HOSTILE, a_case, a_hostile_case

SWITCHABLE = frozenset(name for name, _, _ in switchable())
FRAME = {"html", "head", "meta", "title", "style", "body", "header", "main"}
TAGS = {"article", "section", "p", "bdi", "h1", "h2", "h3", "table", "tbody", "tr"}
TAGS |= {"th", "td", *FRAME}


class Page(HTMLParser):
    """The document as a browser sees it: its tags, its headings, its rows."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.headings: list[str] = []
        self.rows: list[list[str]] = []
        self._into: list[str] | None = None
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag == "tr":
            self.rows.append([])
        if tag in {"th", "td"}:
            self._into = self.rows[-1]
        if tag in {"h1", "h2", "h3"}:
            self._into = self.headings
        if tag in {"th", "td", "h1", "h2", "h3"} and self._into is not None:
            self._into.append("")

    def handle_endtag(self, tag: str) -> None:
        if tag in {"th", "td", "h1", "h2", "h3"}:
            self._into = None

    def handle_data(self, data: str) -> None:
        if self._into is not None:
            self._into[-1] += data


def expected_rows(case: Case) -> list[list[str]]:
    return [
        [label, shown(name, value) or "–"]
        for _, fields in blocks(case)
        for name, label, value in fields
    ]


def read(pdf: bytes) -> PdfReader:
    return PdfReader(BytesIO(pdf))


def squeezed(text: str) -> str:
    """Return the text without white space: paper breaks lines where it likes."""
    return "".join(text.split())


def text_on(pdf: bytes) -> str:
    return squeezed("".join(page.extract_text() for page in read(pdf).pages))


# --- HTML ---


def test_the_page_has_a_row_for_every_field() -> None:
    page = Page(as_html([CASE]))

    assert page.rows == expected_rows(CASE)
    assert page.headings == [
        "Report to law enforcement",
        "RB-000001",
        *(title for title, _ in blocks(CASE)),
    ]


def test_the_page_is_accessible_and_says_its_language() -> None:
    page = Page(as_html([CASE]))

    assert page.tags[0] == ("html", {"lang": "en", "dir": "ltr"})
    assert [tag for tag, _ in page.tags].count("h1") == 1
    assert all(its == {"scope": "row"} for tag, its in page.tags if tag == "th")


def test_a_page_of_many_says_which_part_it_is() -> None:
    two = a_case(number="RB-000002")

    text = as_html([CASE, two], Part(2, 5, 1000))

    assert "Part 2 of 5" in text
    assert "RB-000001 – RB-000002</title>" in text
    assert Page(text).rows == expected_rows(CASE) + expected_rows(two)
    assert "Part 1" not in as_html([CASE])


def test_an_address_runs_left_to_right_and_is_never_a_link() -> None:
    text = as_html([CASE], language=ALL["ar"])

    assert '<bdi dir="ltr" class="exact">https://item-one.example/' in text
    assert "a" not in {tag for tag, _ in Page(text).tags}


def test_a_page_of_the_desk_links_its_style_and_carries_none() -> None:
    page = Page(as_html([CASE], style_url="/static/annex.css"))

    tags = [tag for tag, _ in page.tags]
    assert "style" not in tags
    assert ("link", {"rel": "stylesheet", "href": "/static/annex.css"}) in page.tags
    assert not [its for _, its in page.tags if "style" in its]


# --- PDF ---


def test_the_paper_says_every_field_as_the_case_does() -> None:
    text = text_on(as_pdf([CASE]))

    for label, value in expected_rows(CASE):
        assert squeezed(label + value) in text


def test_the_paper_is_tagged_and_says_its_language_and_title() -> None:
    pdf = read(as_pdf([CASE]))

    root: Any = pdf.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/StructTreeRoot"]["/K"]
    assert root["/Lang"] == "en"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert b'pdfuaid:part="1"' in root["/Metadata"].get_data()
    assert pdf.metadata is not None
    assert pdf.metadata.title == "Report to law enforcement RB-000001"


def test_the_same_case_makes_the_same_bytes() -> None:
    assert as_pdf([CASE]) == as_pdf([CASE])


def test_every_sheet_names_its_report_its_part_and_its_page() -> None:
    two = a_case(number="RB-000002")

    sheets = read(as_pdf([CASE, two], Part(2, 5, 1000))).pages

    for number, sheet in enumerate(sheets, 1):
        text = sheet.extract_text()
        assert ("RB-000001" in text) != ("RB-000002" in text)
        assert "Part 2 of 5" in text
        assert f"{number}/{len(sheets)}" in text


def test_a_paper_that_runs_right_to_left_keeps_its_words_and_addresses() -> None:
    case = a_case(
        hotline=f"{ARABIC} (item one)",
        hotline_description="",
        answers={"summary": ARABIC},
    )

    pdf = as_pdf([case], language=ALL["ar"])

    root: Any = read(pdf).trailer["/Root"]
    text = text_on(pdf)
    assert root["/Lang"] == "ar"
    assert all(squeezed(word) in text for word in ARABIC.split())
    assert squeezed(case.address) in text
    assert "21Nov2026,17:30" in text


@pytest.mark.parametrize(
    ("value", "way"),
    [
        ("21 Nov 2026", "ltr"),
        (ARABIC, "rtl"),
        (f"1. {ARABIC} (item one)", "rtl"),
        (f"item one: {ARABIC}", "ltr"),
        ("", "ltr"),
    ],
)
def test_a_value_runs_the_way_of_its_first_letter(value: str, way: str) -> None:
    assert direction("summary", value) == way
    assert direction("address", value) == "ltr"


def test_a_long_summary_goes_on_over_the_pages() -> None:
    case = a_case(answers={"summary": "item one, " * 1000})

    assert squeezed("item one, " * 3) in text_on(as_pdf([case]))
    assert len(read(as_pdf([case])).pages) > 2


# --- what is left out, and what would be something else ---


def test_a_field_switched_off_is_not_on_the_paper() -> None:
    on = text_on(as_pdf([CASE]))
    html, pdf = as_html([CASE], off=SWITCHABLE), text_on(as_pdf([CASE], off=SWITCHABLE))

    for _, fields in blocks(CASE):
        for name, label, value in fields:
            here = squeezed(label + value)
            assert here in on
            assert (here in pdf) == (name not in SWITCHABLE)
            assert ([label, value] in Page(html).rows) == (name not in SWITCHABLE)


@pytest.mark.parametrize("value", HOSTILE)
def test_a_hostile_value_is_only_words_on_paper(value: str) -> None:
    case = a_hostile_case(value)

    page, pdf = Page(as_html([case])), as_pdf([case])

    assert page.rows == expected_rows(case)
    assert {tag for tag, _ in page.tags} <= TAGS
    assert not [its for _, its in page.tags if {"src", "href", "style"} & set(its)]
    assert squeezed(shown("address", value)) in text_on(pdf)
    root: Any = read(pdf).trailer["/Root"]
    assert not {"/Names", "/OpenAction", "/AA", "/AcroForm", "/AF"} & set(root)
    assert not [sheet for sheet in read(pdf).pages if "/Annots" in sheet]


def test_what_nobody_would_see_is_written_out() -> None:
    assert shown("address", "a\u202eb\u200cc\r\n") == (
        "a‹U+202E›b‹U+200C›c‹U+000D›‹U+000A›"
    )
    assert shown("summary", "a\u202eb\u200cc\r\nd") == "a‹U+202E›b\u200cc\nd"
    assert shown("summary", "\ud800") == "‹U+D800›"


# --- nothing is ever fetched ---

_watched: list[tuple[str, str]] = []
_is_watching = False


def _note(event: str, args: tuple[object, ...]) -> None:
    if _is_watching and (event == "open" or event.startswith("socket.")):
        _watched.append((event, str(args[0])))


@pytest.fixture
def touched() -> Iterator[list[tuple[str, str]]]:
    """Every file and socket that the interpreter touches from here on."""
    global _is_watching  # noqa: PLW0603 - an audit hook can never be taken off
    as_pdf([CASE])  # what WeasyPrint itself loads is loaded
    sys.addaudithook(_note)
    _watched.clear()
    _is_watching = True
    yield _watched
    _is_watching = False


TEMPTATIONS = (
    '<img src="{}">',
    '<style>@import url("{}");</style>',
    '<link rel="stylesheet" href="{}">',
    '<link rel="attachment" href="{}">',
    '<a rel="attachment" href="{}">item one</a>',
    '<p style="background: url({})">item one</p>',
    '<style>@font-face {{ font-family: x; src: url("{}") }} p {{ font: 9pt x }}',
    '<object data="{}"></object>',
    '<embed src="{}">',
    '<svg xmlns="http://www.w3.org/2000/svg"><image href="{}"/></svg>',
    '<style>p::before {{ content: url("{}") }}</style>',
)


@pytest.mark.parametrize("temptation", TEMPTATIONS)
def test_a_document_that_names_something_outside_gets_nothing(
    temptation: str, tmp_path: Path, touched: list[tuple[str, str]]
) -> None:
    secret = tmp_path / "secret.svg"
    drawing = '<svg xmlns="http://www.w3.org/2000/svg"><text y="9">secret</text></svg>'
    secret.write_text(drawing)
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0)
        port = server.getsockname()[1]
        touched.clear()
        for address in (
            f"http://127.0.0.1:{port}/x.svg",
            secret.as_uri(),
            str(secret),
            "data:text/plain,secret",
        ):
            body = f"<p>item one</p>{temptation.format(address)}"
            document = f'<html lang="en"><title>One</title><body>{body}'

            pdf = paper(document)

            assert "itemone" in text_on(pdf)
            assert "secret" not in text_on(pdf)
            assert not read(pdf).attachments
        assert not [what for what in touched if what[0].startswith("socket.")]
        assert not [what for what in touched if "secret" in what[1]]
        with pytest.raises(BlockingIOError):
            server.accept()


@pytest.mark.parametrize("value", ["file:///etc/hostname", "http://127.0.0.1:9/"])
def test_a_value_that_is_an_address_is_not_opened(
    value: str, touched: list[tuple[str, str]]
) -> None:
    pdf = as_pdf([a_hostile_case(value)])

    assert squeezed(value) in text_on(pdf)
    assert not [what for what in touched if what[0].startswith("socket.")]
    assert not [what for what in touched if "hostname" in what[1]]
