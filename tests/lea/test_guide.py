"""The officer's guide: one text in the docs, in the portal and on paper."""

from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from reportbox.languages import ALL, ENGLISH
from reportbox.lea.guide import Us, as_pdf, read_guide
from tests.house import House

DOCS = Path(__file__).parents[2] / "docs"
PACKAGE = Path(__file__).parents[2] / "reportbox"
US = Us("Example Hotline", "+372 600 0000", "desk@hotline.example")


def words(text: str) -> list[str]:
    """Read the words alone: a page sets them in lines of its own."""
    return "".join(c for c in text if c not in "#*`|–-").split()


def test_docs_and_portal_have_one_text() -> None:
    source = (PACKAGE / "lea" / "guide.en.md").read_text()

    assert (DOCS / "officer.md").read_text() == source


@pytest.mark.parametrize("language", ALL.values(), ids=lambda one: one.code)
def test_where_there_is_no_translation_it_is_english(language: Any) -> None:  # noqa: ANN401
    guide = read_guide(language)

    assert guide.title
    assert [block.kind for block in guide.blocks].count("table") == 1
    assert (PACKAGE / "lea" / f"guide.{language.code}.md").exists() or (
        guide == read_guide(ENGLISH)
    )


def test_the_paper_is_one_tagged_sheet_with_every_word() -> None:
    pdf = PdfReader(BytesIO(as_pdf(US)))

    root: Any = pdf.trailer["/Root"]
    assert len(pdf.pages) == 1
    assert root["/MarkInfo"]["/Marked"]
    assert root["/StructTreeRoot"]["/K"]
    assert root["/Lang"] == "en"
    assert pdf.metadata is not None
    assert pdf.metadata.title == read_guide().title
    found = words(pdf.pages[0].extract_text())
    missing = set(words((DOCS / "officer.md").read_text())) - set(found)
    assert missing == set()
    assert {"Example", "600", "desk@hotline.example"} <= set(found) | {
        word.strip(",") for word in found
    }


def test_a_hotline_with_a_long_name_still_has_one_sheet() -> None:
    long = Us("Example Hotline " * 10, "+372 600 0000", US.email)

    assert len(PdfReader(BytesIO(as_pdf(long))).pages) == 1


def test_an_officer_reads_it_in_the_portal_and_takes_it_away(house: House) -> None:
    otto = house.signed_in("otto")

    page = otto.get("/lea/guide").text
    taken = otto.get("/lea/guide.pdf")

    assert "<h2>What we ask of you</h2>" in page
    assert '<th scope="row"><strong>Confirm the receipt</strong></th>' in page
    assert house.settings.hotline_email in page
    assert taken.mimetype == "application/pdf"
    assert "guide-for-officers.pdf" in taken.headers["Content-Disposition"]
    assert taken.data.startswith(b"%PDF")


def test_it_is_for_officers_alone(house: House) -> None:
    assert house.signed_in("anna").get("/lea/guide").status_code == 404
    assert house.stranger("portal").get("/lea/guide.pdf").status_code == 303
