"""A provider with an API gets each address as one X-ARF document, and gets it once."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from reportbox.adapters.api import HttpsApi
from reportbox.lifecycle import Letter, Ntd
from reportbox.post.deliver import deliver_due, post_due
from reportbox.records import atomic
from reportbox.records.contacts import Contact
from reportbox.records.items import Item
from reportbox.records.letters import Letter as Row
from tests.api_server import (
    HANG_UP,
    SILENT,
    ApiServer,
    a_server_that_hangs,
    api_server,
)
from tests.house import House
from tests.ntd.test_xarf import validate
from tests.story.test_law_enforcement import (
    FOR_THE_LEA,
    NEVER_THE_LEA,
    OF_THE_REPORTER,
    ONLY_THE_DESK,
    holding,
)

DESK = "abuse@host-one.example"
WAY = {"channel": "api", "language": "en", "zone": "", "format": "xarf"}


@pytest.fixture
def api(house: House, tmp_path: Path) -> Iterator[ApiServer]:
    """The API of a provider, entered in the book, and its token among the secrets."""
    folder = tmp_path / "api-secrets"
    folder.mkdir()
    (folder / "api-token-localhost").write_text("token-one\n")
    with api_server(tmp_path) as server:
        secret = replace(house.settings, secrets_dir=folder).secret
        ours = HttpsApi(secret, server.ca_file, timeout=1)
        house.world = replace(house.world, api=ours)
        assert enters(house, server.url).status_code == 303
        yield server


def enters(house: House, url: str, **more: str) -> Any:  # noqa: ANN401 - an answer
    row = Contact.get(Contact.mailbox == DESK)
    said = {"mailbox": DESK, "provider": "Home Hosting One", "country": "", "note": ""}
    return house.posts(
        f"/contacts/{row.id}/change", **{**said, **WAY, "api_url": url, **more}
    )


def judged(
    house: House, page: str = "1", choice: str = "baseline", host: str = "item-one"
) -> Item:
    item = house.the_public_reports(f"https://{host}.example/{page}")
    house.judges(item, choice)
    house.works()
    house.does(f"/notices/{house.notice(item).id}/confirm", receipt="case 7")
    return item


def letters(state: Letter) -> list[Row]:
    return Row.rows(Row.url != "", Row.state == state)


def test_each_address_is_one_document_with_the_token_and_no_mail(
    house: House, api: ApiServer
) -> None:
    items = [judged(house, page) for page in "12"]
    house.hours_pass(24)

    assert [post["url"] for post in api.posts] == [
        f"https://item-one.example/{page}" for page in "12"
    ]
    assert {post["type"] for post in api.posts} == {"csam"}
    assert {head["Authorization"] for head in api.heads} == {"Bearer token-one"}
    assert {head["path"] for head in api.heads} == {"/reports"}
    assert len({head["Idempotency-Key"] for head in api.heads}) == 2
    assert house.letters_to_providers() == []
    assert {house.ntd(item).state for item in items} == {Ntd.TO_VERIFY}
    assert all('{"case": "A-17"}' in x.answer for x in letters(Letter.SENT))


def test_a_reminder_is_the_same_report_with_a_mark(
    house: House, api: ApiServer
) -> None:
    judged(house)
    house.hours_pass(24)
    house.hours_pass(24)

    first, second = api.posts
    assert second["report_id"] == first["report_id"]
    assert "tags" not in first
    assert second["tags"] == ["reminder:1"]


@pytest.mark.parametrize("status", [400, 401, 404, 301])
def test_what_an_api_refuses_is_a_decision_in_the_queue_of_whom_to_ask(
    house: House, api: ApiServer, status: int
) -> None:
    api.manners = status
    item = judged(house)
    house.hours_pass(24)
    house.hours_pass(1)

    assert house.ntd(item).state == Ntd.TO_REACH
    assert len(api.posts) == 1
    assert f'/items/{item.id}"' in house.page("/queue/changed")


@pytest.mark.parametrize("manners", [500, 502, HANG_UP, SILENT])
def test_what_an_api_may_have_taken_is_in_doubt_and_never_posted_again(
    house: House, api: ApiServer, manners: int | str
) -> None:
    api.manners = manners
    item = judged(house)
    house.hours_pass(24)
    api.manners = 202
    house.hours_pass(2)

    assert len(api.posts) == 1
    [doubt] = letters(Letter.IN_DOUBT)
    assert "It is not known whether the notice arrived" in house.page(
        f"/items/{item.id}"
    )
    house.does(f"/letters/{doubt.id}/found", why="they have it as A-17")
    assert house.ntd(item).state == Ntd.TO_VERIFY


@pytest.mark.parametrize("manners", [429, 503])
def test_what_an_api_did_not_take_is_posted_later_and_once(
    house: House, api: ApiServer, manners: int
) -> None:
    api.manners = manners
    item = judged(house)
    house.hours_pass(24)
    refused = len(api.posts)
    assert house.ntd(item).state == Ntd.TO_SEND
    assert "cannot leave" in house.page("/tasks")

    api.manners = 202
    for _ in range(3):
        house.minutes_pass(3)

    assert len(api.posts) == refused + 1
    assert house.ntd(item).state == Ntd.TO_VERIFY


def test_an_api_that_is_away_is_tried_again_and_at_its_new_address(
    house: House, api: ApiServer
) -> None:
    enters(house, "https://localhost:1/reports")
    item = judged(house)
    house.hours_pass(24)
    assert house.ntd(item).state == Ntd.TO_SEND
    assert "cannot be reached" in house.page("/tasks")

    enters(house, api.url)
    house.minutes_pass(20)
    house.works()

    assert len(api.posts) == 1
    assert house.ntd(item).state == Ntd.TO_VERIFY


def test_a_server_that_nobody_vouches_for_gets_neither_token_nor_report(
    house: House, api: ApiServer
) -> None:
    secret = house.world.api.secret  # type: ignore[union-attr]
    house.world = replace(house.world, api=HttpsApi(secret, timeout=1))
    judged(house)
    house.hours_pass(24)

    assert api.posts == []
    assert "certificate" in house.page("/tasks").lower()


def test_an_api_that_does_not_answer_holds_up_no_mail(
    house: House, api: ApiServer
) -> None:
    api.manners = 503
    judged(house)
    other = judged(house, host="item-two")
    house.hours_pass(24)

    assert [x.recipient for x in house.letters_to_providers()] == [
        "abuse@host-two.example"
    ]
    assert house.ntd(other).state == Ntd.TO_VERIFY


def test_a_hold_stops_a_post_and_its_release_lets_it_go(
    house: House, api: ApiServer
) -> None:
    item = judged(house)
    house.does(f"/items/{item.id}/hold", why="as the LEA asked", officer="Otto")
    house.hours_pass(48)
    assert api.posts == []

    house.releases(item)
    house.works()
    assert len(api.posts) == 1


def test_without_its_token_it_waits_and_says_which_secret_is_missing(
    house: House, api: ApiServer, tmp_path: Path
) -> None:
    (tmp_path / "api-secrets" / "api-token-localhost").unlink()
    judged(house)
    house.hours_pass(24)

    assert api.posts == []
    assert "api-token-localhost" in house.page("/tasks")


def test_what_x_arf_has_no_word_for_is_asked_by_a_person(
    house: House, api: ApiServer
) -> None:
    item = judged(house, choice="national")
    house.hours_pass(24)

    assert api.posts == []
    assert "X-ARF has no word for this" in house.page(f"/items/{item.id}")
    assert f'/items/{item.id}"' in house.page("/queue/changed")


def test_nothing_is_ever_posted_to_a_host_that_was_reported(
    house: House, api: ApiServer
) -> None:
    item = judged(house)
    Item.update(host="localhost").where(Item.id == judged(house, "2").id).execute()
    house.hours_pass(24)

    assert api.posts == []
    assert house.ntd(item).state == Ntd.TO_REACH


@pytest.mark.parametrize(
    ("url", "more", "wrong"),
    [
        ("https://item-one.example/api", {}, "was reported"),
        ("http://api.host-one.example/", {}, "https://"),
        ("https://a:b@api.host-one.example/", {}, "https://"),
        ("https://api.host-one.example/", {"channel": "mail"}, "Only an API"),
        ("https://api.host-one.example/", {"mailbox": ""}, "mailbox too"),
    ],
)
def test_an_address_of_an_api_that_cannot_be_is_refused_in_words(
    house: House, url: str, more: dict[str, str], wrong: str
) -> None:
    house.the_public_reports("https://item-one.example/page")

    answer = enters(house, url, **more)

    assert answer.status_code == 422
    assert wrong in answer.text


def test_the_page_of_a_contact_names_the_secret_of_its_api(
    house: House, api: ApiServer
) -> None:
    row = Contact.get(Contact.mailbox == DESK)

    assert "api-token-localhost" in house.page(f"/contacts/{row.id}")
    assert "token-one" not in house.page(f"/contacts/{row.id}")


def the_mail_server_is(house: House, port: int) -> int:
    """Let the mail server be at another port; return where it was."""
    mailer: Any = house.world.mailer
    house.world = replace(house.world, mailer=replace(mailer, port=port))
    was: int = mailer.port
    return was


def test_while_the_mail_server_is_down_an_api_gets_what_waits_behind_many_mails(
    house: House, api: ApiServer
) -> None:
    with atomic():  # an old desk, which takes one address a letter
        old = {"format": "xarf", "is_xarf_v3": True}
        mine = Contact.mailbox == "abuse@host-two.example"
        Contact.update(**old).where(mine).execute()
    items = [judged(house, str(page), host="item-two") for page in range(11)]
    judged(house)
    here = the_mail_server_is(house, 1)
    house.hours_pass(24)

    assert len(api.posts) == 1
    assert {house.ntd(item).state for item in items} == {Ntd.TO_SEND}
    the_mail_server_is(house, here)
    house.works()
    assert {house.ntd(item).state for item in items} == {Ntd.TO_VERIFY}


def test_an_api_that_hangs_costs_the_others_its_time_out_once(
    house: House, api: ApiServer
) -> None:
    with a_server_that_hangs() as (url, calls):
        enters(house, url)
        many = [judged(house, str(page)) for page in range(5)]
        house.hours_pass(24)
        house.works()

        assert len(calls) == 1
        assert {house.ntd(item).state for item in many} == {Ntd.TO_SEND}
        assert house.page("/tasks").count("does not answer now") == 4
        house.minutes_pass(1)
        assert len(calls) == 2

    enters(house, api.url)
    house.minutes_pass(20)
    house.works()
    assert len(api.posts) == 5


def test_what_a_crash_left_at_an_api_is_put_right_by_who_posts_there(
    house: House, api: ApiServer
) -> None:
    judged(house)
    enters(house, "https://localhost:1/reports")
    house.hours_pass(24)
    [row] = letters(Letter.WAITING)
    with atomic():
        Row.change(row.id, state=Letter.HANDING_OVER)

    deliver_due(house.settings, house.world)
    assert letters(Letter.HANDING_OVER)
    post_due(house.settings, house.world)

    assert letters(Letter.IN_DOUBT)


def test_a_correction_goes_to_the_api_as_the_same_report_with_a_mark(
    house: House, api: ApiServer
) -> None:
    item = judged(house)
    house.hours_pass(24)
    house.judges(item, "not_illegal", reason="seen again")
    house.works()
    house.hours_pass(24)

    first, correction = api.posts
    assert correction["report_id"] == first["report_id"]
    assert correction["tags"] == ["correction:disregard"]
    assert "Please disregard" in correction["description"]
    assert correction["confidence"] == 0
    validate(correction)
    assert house.ntds(item)[0].corrected_at
    assert house.letters_to_providers() == []


def test_whoever_was_asked_in_its_form_is_corrected_by_a_person(
    house: House, api: ApiServer
) -> None:
    item = judged(house, choice="national")
    house.hours_pass(24)
    house.does(f"/items/{item.id}/trace_again", why="look again")
    house.works()
    house.does(f"/ntds/{house.ntd(item).id}/ask_by_hand", why="their form, 7")
    house.judges(item, "not_illegal", reason="seen again")
    house.works()

    assert api.posts == []
    [ntd] = house.ntds(item)
    assert not ntd.corrected_at
    house.does(f"/ntds/{ntd.id}/tell_correction", why="in their form")
    assert house.ntds(item)[0].corrected_at


def test_an_api_hears_nothing_of_a_reporter_and_nothing_meant_for_the_lea(
    house: House, api: ApiServer
) -> None:
    item = house.the_public_reports(
        "https://item-one.example/1", **OF_THE_REPORTER, police_may_ask="yes"
    )
    house.judges(item, "baseline", reason=ONLY_THE_DESK, **FOR_THE_LEA)
    house.works()
    house.hours_pass(24)
    house.hours_pass(24)
    house.judges(item, "not_illegal", reason=ONLY_THE_DESK)
    house.works()

    posted = {str(n): str(both) for n, both in enumerate([*api.posts, *api.heads])}
    assert len(api.posts) == 3  # the notice, its reminder, its correction
    for mark in (*NEVER_THE_LEA, *FOR_THE_LEA.values(), "mark-email", ONLY_THE_DESK):
        assert holding(mark, posted) == [], mark
