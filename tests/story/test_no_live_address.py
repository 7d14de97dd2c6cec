"""A marked address is planted, the whole desk is used, and everything is searched.

It may stand in the letters and in the answer to the copy action, and nowhere else: in
no page, no header, no cookie, no log line and no file.
"""

import base64
import logging
import re
import zlib
from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.house import House, csrf_in
from tests.test_pages import PEOPLE, face_of, one_who_may, rules

MARK = "page-de.example"  # hosted abroad, so that it meets ICCAM too
ADDRESS = f"https://{MARK}/marked/path?of=it"
WORDS = f"see {ADDRESS} and www.{MARK}/other"
# Answers that hand the address out, deliberately and on record.
HANDS_OUT = {
    "assessment.copy_address",
    "assessment.copy_addresses",
    "assessment.show_address",
    "iccam.show_copy_page",
    "lea.take_annex",
    "portal.show_address",
    "portal.take_annex",
    "portal.take_proof",
    "quality.copy_address",
    "quality.show_address",
}
FIELDS = {
    "why": WORDS,
    "reason": WORDS,
    "summary": WORDS,
    "remarks": WORDS,
    "receipt": WORDS,
    "words": ADDRESS,
    "field": "host",
    "value": MARK,
    "name": "a filter",
    "code": "mark",
    "text": "a text",
    "item": "1",
    "choice": "baseline",
    "contact": "abuse@host-one.example",
}


@pytest.fixture
def marked(house: House) -> House:
    """The marked item has been through the whole journey; another one just came in."""
    item = house.the_public_reports(ADDRESS, comments=WORDS, where_found=WORDS)
    house.judges(item, "baseline", summary=WORDS, reason=WORDS, remarks=WORDS)
    house.works()
    house.hours_pass(1)
    house.the_public_reports(f"https://{MARK}/second", comments=WORDS, urgent="yes")
    return house


def is_live(text: str) -> bool:
    """Tell whether the marked address can be read as it would be opened."""
    return MARK in text


def shown(answer: TestResponse) -> str:
    """Read a page; one that asks who it is carries what was just typed, unseen."""
    page = str(answer.data.decode(errors="replace"))
    if answer.status_code == 401:
        page = re.sub(r'<input type="hidden"[^>]*>', "", page)
    return page


def cookies(answer: TestResponse) -> str:
    """Read what the session cookie holds: it is signed, not secret."""
    found = []
    for cookie in answer.headers.getlist("Set-Cookie"):
        payload = cookie.partition("=")[2].partition(";")[0].lstrip(".").split(".")[0]
        raw = base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4))
        try:
            found.append(zlib.decompress(raw).decode())
        except zlib.error:
            found.append(raw.decode(errors="replace"))
    return " ".join(found)


def posts(house: House) -> Iterator[tuple[str, TestResponse]]:
    """Send every form of desk and portal, filled in with the marked address."""
    for rule, path in rules(house, "POST"):
        face = face_of(house, rule)
        if face == "public" or rule.endpoint in HANDS_OUT:
            continue
        person = PEOPLE["lead"] if "team" in rule.endpoint else one_who_may(rule)
        person = PEOPLE["officer"] if face == "portal" else person
        for number in ("1", "2"):
            client = house.signed_in(person)
            yield path, send(client, re.sub(r"/1(?=/|$)", f"/{number}", path))


def send(client: FlaskClient, path: str) -> TestResponse:
    page = client.get("/me").text
    seen = {"seen": "to_assess 0 1", "seen_2": "to_assess 0 1"}
    form = {"csrf_token": csrf_in(page), **FIELDS, **seen}
    answer: TestResponse = client.post(path, data=form)
    return answer


def test_the_marked_address_is_live_nowhere_but_in_the_copy_action(
    marked: House, caplog: pytest.LogCaptureFixture
) -> None:
    house = marked
    caplog.set_level(logging.DEBUG)
    handed_out = house.posts("/items/2/copy").text
    assert is_live(handed_out)

    asked = 0
    for path, answer in posts(house):
        asked += 1
        assert answer.status_code < 500, path
        assert not is_live(shown(answer)), path
        assert not is_live(str(answer.headers)), path
        assert not is_live(cookies(answer)), path
    for rule, path in rules(house, "GET"):
        if face_of(house, rule) == "public":
            continue
        for person in PEOPLE.values():
            for number in ("1", "2"):
                where = re.sub(r"/1(?=/|$)", f"/{number}", path)
                answer = house.signed_in(person).get(where)
                asked += 1
                assert not is_live(answer.data.decode(errors="replace")), (
                    person,
                    where,
                )
                assert not is_live(str(answer.headers)), (person, where)
    house.works()
    house.hours_pass(30)

    assert asked > 200
    assert not is_live(caplog.text)
    for file in house.settings.data_dir.rglob("*"):
        if file.is_file():
            assert MARK.encode() not in file.read_bytes(), file
    for file in house.settings.run_dir.rglob("*"):
        assert MARK.encode() not in file.read_bytes(), file


def test_a_stranger_who_sends_it_gets_it_back_inert(marked: House) -> None:
    answer = marked.stranger().post("/items/1/judge", data=FIELDS)

    assert answer.status_code == 401
    assert "page-de[.]example" in answer.text
    assert not is_live(answer.text)
