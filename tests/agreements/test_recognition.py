"""The sheet on which an agency signs that the hotline is its partner."""

from dataclasses import replace
from datetime import date
from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader

from reportbox.agreements.recognition import Partners, as_pdf
from reportbox.agreements.terms import Terms
from tests.builders import agreed
from tests.house import House

TODAY = date(2030, 1, 7)
US = Partners(
    agency="Practice Police",
    hotline="Example Hotline",
    description="An association.",
    address="1 Example Street",
    email="desk@hotline.example",
    phone="+000 000 0100",
    country="Estonia",
    law="Penal Code, section 178",
)
TERMS = Terms(parties="One and Two", legal_basis="a decree", signed_on=TODAY)


def read(made: bytes) -> tuple[PdfReader, str]:
    pdf = PdfReader(BytesIO(made))
    text = "\n".join(page.extract_text() for page in pdf.pages)
    return pdf, " ".join(text.split())


def test_the_confirmation_is_one_tagged_sheet_with_all_that_is_known() -> None:
    pdf, text = read(as_pdf(US, TERMS, TODAY))

    root: Any = pdf.trailer["/Root"]
    assert len(pdf.pages) == 1
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en"
    for said in (*US, "One and Two", "a decree", "signed on 2030-01-07", "24"):
        assert said in text
    assert "Signature and stamp" in text


@pytest.mark.parametrize(
    ("terms", "said"),
    [
        (Terms(interim_channel="by courier"), "not signed yet; until then: by courier"),
        (replace(TERMS, terminated_on=TODAY), "terminated on 2030-01-07"),
    ],
)
def test_what_is_not_signed_is_not_said_to_be(terms: Terms, said: str) -> None:
    _, text = read(as_pdf(US, terms, TODAY))

    assert said in text
    assert "without an end date" not in text


def test_whoever_sees_the_agreement_can_print_it(house: House) -> None:
    agreed(house.clock.now(), parties="One and Two")
    assert "Confirmation of recognition (PDF)" in house.page("/agreement")

    answer = house.signed_in("mira").get("/agreement/recognition.pdf")

    assert answer.mimetype == "application/pdf"
    assert "One and Two" in read(answer.data)[1]
    assert "Practice Police" in read(answer.data)[1]
