"""Answers of a browser that are not what they should be."""

import json

import pytest

from reportbox.errors import InvalidInput
from reportbox.office.passkeys import Site, read_registration, read_use
from reportbox.records import atomic
from reportbox.records.staff import Account, Passkey
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
    form = {"csrf_token": csrf_in(anna.get("/me/passkeys/add").text), **house.proof()}

    answer = anna.post("/me/passkeys/add", data={**form, "credential": "{}"})

    assert answer.status_code == 422
    assert "Try again, or use a code" in answer.text


def test_nobody_removes_anybody_elses_passkey(house: House) -> None:
    anna = Account.find("anna")
    with atomic():
        key = Passkey.create(
            account=anna,
            name="the blue key",
            credential_id=b"1",
            public_key=b"2",
            sign_count=0,
            added_at=house.clock.now(),
        )

    house.does(f"/me/passkeys/{key.id}/remove", as_="ben", **house.proof("ben"))
    assert len(Passkey.rows()) == 1
    house.does(f"/me/passkeys/{key.id}/remove", as_="anna", **house.proof())
    assert Passkey.rows() == []
