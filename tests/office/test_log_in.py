"""Getting in and out of the desk: two steps, slowed guessing, sessions that end."""

from dataclasses import replace
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from reportbox.lifecycle import Actor
from reportbox.office.accounts import renew_recovery_codes
from reportbox.office.totp import code_to_show
from reportbox.records import atomic
from reportbox.records.journey import Deed
from reportbox.records.staff import Account, Session
from tests.conftest import Pattern, build_house
from tests.house import House, csrf_in

ANNAS = "a sentence of anna"


def account(username: str = "anna") -> Account:
    found = Account.find(username)
    assert found is not None
    return found


def a_deed(house: House) -> Deed:
    return Deed("Anna", Actor.ANALYST, house.clock.now(), account=account().id)


def first_step(
    house: House,
    password: str = ANNAS,
    username: str = "Anna ",
    client: FlaskClient | None = None,
    **more: Any,  # noqa: ANN401
) -> tuple[FlaskClient, TestResponse]:
    client = client or house.stranger()
    form = {
        "csrf_token": csrf_in(client.get("/log-in").text),
        "username": username,
        "password": password,
        "then": more.pop("then", ""),
    }
    return client, client.post("/log-in", data=form, **more)


def second_step(client: FlaskClient, code: str, then: str = "") -> TestResponse:
    page = client.get("/log-in/second", follow_redirects=True).text
    form = {"csrf_token": csrf_in(page), "code": code, "then": then}
    return client.post("/log-in/second", data=form)


def code_of(house: House, username: str = "anna") -> str:
    one = account(username)
    return code_to_show(one.totp_secret, house.clock.now(), one.totp_step)


def log_in(house: House) -> tuple[FlaskClient, TestResponse]:
    client, _ = first_step(house)
    return client, second_step(client, code_of(house))


def is_in(client: FlaskClient) -> bool:
    return client.get("/queue/").status_code == 200


def test_the_right_password_and_code_open_the_desk(house: House) -> None:
    client, answer = log_in(house)

    assert answer.status_code == 303
    assert is_in(client)


def test_the_password_alone_opens_nothing(house: House) -> None:
    client, answer = first_step(house)

    assert answer.location == "/log-in/second"
    assert not is_in(client)


def test_a_wrong_password_is_refused_and_the_name_kept(house: House) -> None:
    client, answer = first_step(house, "wrong password 123")

    assert answer.status_code == 422
    assert "do not belong together" in answer.text
    assert 'value="Anna "' in answer.text
    assert "wrong password" not in answer.text
    assert not is_in(client)


@pytest.mark.parametrize("code", ["", "000000", "abc", "1" * 5000, "١٢٣٤٥٦"])
def test_a_wrong_code_is_refused(house: House, code: str) -> None:
    client, _ = first_step(house)

    answer = second_step(client, code)

    assert answer.status_code == 422
    assert not is_in(client)


def test_a_code_is_good_for_one_log_in_only(house: House) -> None:
    code = code_of(house)
    first, _ = first_step(house)
    second, _ = first_step(house)

    assert second_step(first, code).status_code == 303
    assert second_step(second, code).status_code == 422
    assert not is_in(second)


def test_a_recovery_code_stands_in_once(house: House) -> None:
    code = renew_recovery_codes(account(), a_deed(house), keep="")[0]
    first, _ = first_step(house)
    second, _ = first_step(house)

    assert second_step(first, f" {code.upper()} ").status_code == 303
    assert second_step(second, code).status_code == 422


def test_half_a_log_in_ends_when_it_takes_too_long_or_the_password_changes(
    house: House,
) -> None:
    slow, _ = first_step(house)
    changed, _ = first_step(house)
    with atomic():
        Account.update(password_hash="another").execute()
    assert second_step(changed, code_of(house)).location == "/log-in"

    house.clock.advance(minutes=11)

    assert second_step(slow, code_of(house)).location == "/log-in"


def test_a_log_in_leads_back_to_the_page_asked_for_and_nowhere_else(
    house: House,
) -> None:
    for then, leads_to in (
        ("/items/7", "/items/7"),
        ("//other.example/", "/"),
        ("https://other.example/", "/"),
    ):
        client, _ = first_step(house, then=then)
        answer = second_step(client, code_of(house), then)
        assert answer.location == leads_to
        house.clock.advance(minutes=1)


def test_a_hundred_guesses_are_slowed_and_colleagues_are_not(house: House) -> None:
    answers = []
    for number in range(100):
        # Whatever the client writes into a forwarding header counts for nothing.
        forged = {"X-Forwarded-For": f"192.0.2.{number}", "Forwarded": "for=192.0.2.1"}
        answers.append(first_step(house, f"guess {number}", headers=forged)[1])
        house.clock.advance(seconds=1)

    looked_at = [a for a in answers if a.status_code == 422]
    assert len(looked_at) < 15
    assert "please wait" in answers[-1].text
    assert first_step(house)[1].status_code == 429  # the right one waits as well
    assert first_step(house, "a sentence of neb", "ben")[1].status_code == 303
    elsewhere = {"X-Real-IP": "203.0.113.9"}
    assert first_step(house, headers=elsewhere)[1].status_code == 303


def test_guesses_from_many_addresses_do_not_shut_out_a_known_browser(
    house: House,
) -> None:
    client, _ = log_in(house)
    token = csrf_in(client.get("/queue/").text)
    client.post("/log-out", data={"csrf_token": token})
    for number in range(40):
        where = {"X-Real-IP": f"203.0.{number}.9"}
        first_step(house, f"guess {number}", headers=where)

    stranger = {"X-Real-IP": "198.51.100.1"}
    assert first_step(house, headers=stranger)[1].status_code == 429
    assert first_step(house, client=client)[1].status_code == 303


def test_codes_cannot_be_guessed_quickly_either(house: House) -> None:
    client, _ = first_step(house)

    answers = [second_step(client, f"{n:06}").status_code for n in range(20)]

    assert answers.count(422) == 5
    assert answers[-1] == 429


def test_one_password_tried_on_many_names_is_slowed(house: House) -> None:
    answers = [
        first_step(house, "summer holidays", f"name{n}")[1].status_code
        for n in range(55)
    ]

    assert answers[-1] == 429


def test_no_file_holds_the_names_and_addresses_of_wrong_log_ins(house: House) -> None:
    first_step(house, "a guess", "anna", headers={"X-Real-IP": "203.0.113.77"})

    kept = b"".join(p.read_bytes() for p in house.settings.run_dir.iterdir())

    assert kept
    assert b"anna" not in kept
    assert b"203.0.113" not in kept


def test_a_session_stolen_before_log_out_is_worth_nothing_after(house: House) -> None:
    client, _ = log_in(house)
    stolen = client.get_cookie("reportbox")
    assert stolen is not None
    token = csrf_in(client.get("/queue/").text)
    client.post("/log-out", data={"csrf_token": token})

    thief = house.stranger()
    thief.set_cookie("reportbox", stolen.value)

    assert not is_in(thief)


def test_a_session_ends_when_it_is_idle(house: House) -> None:
    client, _ = log_in(house)

    house.clock.advance(minutes=house.settings.session_idle_minutes + 1)

    assert not is_in(client)


def test_a_session_ends_after_its_longest_time_even_in_use(house: House) -> None:
    client, _ = log_in(house)
    for _ in range(house.settings.session_hours * 2 + 1):
        house.clock.advance(minutes=30)
        last = client.get("/queue/")

    assert last.status_code == 303


@pytest.mark.parametrize(
    ("sender", "is_shown"),
    [("same-origin", True), ("", True), ("same-site", False), ("cross-site", False)],
)
def test_another_site_puts_no_words_on_a_page_of_ours(
    house: House,
    sender: str,
    is_shown: bool,
) -> None:
    headers = {"Sec-Fetch-Site": sender} if sender else {}
    form = {"reason": "half a thought"}

    answer = house.stranger().post("/items/1/judge", data=form, headers=headers)

    assert answer.status_code == 401
    assert ("half a thought" in answer.text) == is_shown


def test_a_page_may_ask_whether_its_session_lasts_and_that_is_no_use_of_it(
    house: House,
) -> None:
    client, _ = log_in(house)
    me, idle = str(account().id), house.settings.session_idle_minutes
    before = client.get("/log-in/here").json
    for _ in range(idle // 10 - 1):
        house.clock.advance(minutes=10)
        told = client.get("/log-in/here").json

    assert before is not None
    assert (before["here"], before["left"]) == (me, idle * 60)
    assert told is not None
    assert (told["here"], told["left"]) == (me, 600)
    house.clock.advance(minutes=11)
    assert client.get("/log-in/here").json == {"here": ""}


def test_what_a_page_is_told_opens_nothing_at_the_other_face(house: House) -> None:
    client, _ = log_in(house)
    portal = f"http://localhost:{house.settings.portal_port}"

    assert client.get("/log-in/here", base_url=portal).json == {"here": ""}
    assert house.stranger().get("/log-in/here").json == {"here": ""}


def test_a_page_is_told_at_once_that_its_session_was_ended(house: House) -> None:
    client, _ = log_in(house)
    with atomic():
        Session.end_all_of(account())

    assert client.get("/log-in/here").json == {"here": ""}


def test_the_cookies_are_kept_from_scripts_and_other_sites(house: House) -> None:
    _, answer = log_in(house)

    for cookie in answer.headers.getlist("Set-Cookie"):
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie
    assert len(answer.headers.getlist("Set-Cookie")) == 2


def test_a_form_from_another_site_is_refused(house: House) -> None:
    client, _ = log_in(house)
    item = house.the_public_reports("https://item-one.example/1")

    answer = client.post(
        f"/items/{item.id}/take", headers={"Origin": "https://other.example"}
    )

    assert answer.status_code == 400
    assert house.history(item) == []


def test_ending_a_log_in_asks_who_is_there_if_that_is_long_ago(house: House) -> None:
    mine = house.signed_in()
    other = house.signed_in(browser="another")
    [_, his] = Session.rows(Session.account == account().id)
    house.clock.advance(minutes=house.settings.step_up_minutes + 1)
    token = csrf_in(mine.get("/me").text)

    asked = mine.post(f"/me/sessions/{his.id}/end", data={"csrf_token": token})

    assert asked.status_code == 401
    assert is_in(other)


def test_one_can_end_ones_other_log_ins_and_nobody_elses(house: House) -> None:
    mine, _ = log_in(house)
    bens = house.signed_in("ben")
    [his] = Session.rows(Session.account == account("ben").id)
    token = csrf_in(mine.get("/me").text)

    mine.post(f"/me/sessions/{his.id}/end", data={"csrf_token": token})

    assert is_in(bens)
    [first] = Session.rows(Session.account == account().id)
    other = house.signed_in("anna")
    other.post(
        f"/me/sessions/{first.id}/end",
        data={"csrf_token": csrf_in(other.get("/me").text)},
    )
    assert not is_in(mine)
    assert is_in(other)


def test_only_a_practice_box_shows_the_code(house: House, pattern: Pattern) -> None:
    real = replace(house.settings, practice=False)
    honest = build_house(real, house.clock, house.internet, pattern)
    client, _ = first_step(honest)
    page = client.get("/log-in/second").text

    assert "Your second factor" in page
    assert "your app would show" not in page
    assert code_of(honest) not in page
    practice, _ = first_step(house)
    assert code_of(house) in practice.get("/log-in/second").text


def test_what_is_refused_is_logged_without_what_was_typed(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    first_step(house, "a guess nobody made", "anna")
    first_step(house, "a guess nobody made", "a password typed as a name")
    client, _ = first_step(house)
    second_step(client, "000000")
    house.signed_in("anna").get("/accounts/")
    house.signed_in("anna").post("/log-out")

    number = account("anna").id
    assert f"wrong password for account {number}" in caplog.text
    assert "wrong password for account 0" in caplog.text
    assert f"wrong second factor for account {number}" in caplog.text
    assert f"account {number} may not open people.show_accounts" in caplog.text
    assert "a form without its token at office.log_out" in caplog.text
    assert "guess" not in caplog.text
    assert "typed as a name" not in caplog.text


def test_over_tls_cookies_are_of_one_host_alone_and_nothing_goes_in_the_clear(
    house: House, pattern: Pattern
) -> None:
    safe = replace(
        house.settings,
        public_url="https://report.hotline.example",
        desk_url="https://desk.hotline.example",
        portal_url="https://portal.hotline.example",
    )
    there = build_house(safe, house.clock, house.internet, pattern)
    client, _ = first_step(there)

    answer = second_step(client, code_of(there))

    names = {c.partition("=")[0] for c in answer.headers.getlist("Set-Cookie")}
    assert names == {"__Host-reportbox", "__Host-reportbox-device"}
    for cookie in answer.headers.getlist("Set-Cookie"):
        assert "Secure" in cookie
        assert "Path=/" in cookie
        assert "Domain" not in cookie
    for somebody in (there.visitor(), there.stranger(), there.stranger("portal")):
        policy = somebody.get("/no-such-page").headers["Strict-Transport-Security"]
        assert policy == "max-age=31536000; includeSubDomains"


def test_logging_out_clears_what_the_browser_kept(house: House) -> None:
    client, _ = log_in(house)
    token = csrf_in(client.get("/queue/").text)

    answer = client.post("/log-out", data={"csrf_token": token})

    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
