"""Answers of a browser that are not what they should be."""

import json

import pytest

from reportbox.errors import InvalidInput
from reportbox.office.passkeys import Site, read_registration, read_use
from tests.house import House, csrf_in

SITE = Site.of("http://localhost:8082", "Practice Hotline")
MONSTERS = (
    "",
    "null",
    "[]",
    "{}",
    "[" * 20_000,
    "9" * 5_000,
    json.dumps({"id": "AA", "rawId": "AA", "type": "public-key", "response": {}}),
    "x" * 40_000,
)


@pytest.mark.parametrize("answer", MONSTERS, ids=range(len(MONSTERS)))
def test_a_broken_answer_is_refused_in_words(answer: str) -> None:
    with pytest.raises(InvalidInput, match="was not accepted"):
        read_registration(answer, b"challenge", SITE)
    with pytest.raises(InvalidInput, match="was not accepted"):
        read_use(answer, b"challenge", SITE, [])


def test_the_page_of_a_broken_answer_offers_another_try(house: House) -> None:
    anna = house.signed_in()
    form = {"csrf_token": csrf_in(anna.get("/me/passkeys/add").text)}

    answer = anna.post("/me/passkeys/add", data={**form, "credential": "{}"})

    assert answer.status_code == 422
    assert "Try again, or use a code" in answer.text
