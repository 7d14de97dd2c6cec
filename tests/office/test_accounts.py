"""Invitations, roles, passwords, and the second look before a grave move."""

import re

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from reportbox.office.passwords import is_right
from reportbox.office.totp import code_to_show
from reportbox.records.items import Hold
from reportbox.records.staff import Account, Invitation, RecoveryCode, Session
from tests.house import House, csrf_in

PASSWORD = "four quiet words here"


def account(username: str) -> Account:
    found = Account.find(username)
    assert found is not None
    return found


def invites(house: House, **changes: str) -> TestResponse:
    form = {"name": "Carla", "username": "carla", "role": "analyst", **changes}
    answer: TestResponse = house.posts("/accounts/invite", as_="adam", **form)
    return answer


def link_in(page: str) -> str:
    found = re.search(r"/join/[\w-]+", page)
    assert found
    return found[0]


def joins(house: House, link: str, password: str = PASSWORD) -> TestResponse:
    client = house.stranger()
    page = client.get(link).text
    [invitation] = Invitation.waiting(house.clock.now())
    code = code_to_show(invitation.totp_secret, house.clock.now(), 0)
    form = {"csrf_token": csrf_in(page), "password": password, "code": code}
    return client.post(link, data=form)


def is_in(client: FlaskClient) -> bool:
    return client.get("/me").status_code == 200


def test_an_invitation_opens_one_account_once(house: House) -> None:
    link = link_in(invites(house).text)

    page = joins(house, link).text
    again = house.stranger().get(link)

    codes = re.findall(r"<code>(\w{4}(?:-\w{4}){6})</code>", page)
    carla = account("carla")
    assert len(codes) == 10
    assert len(RecoveryCode.rows(RecoveryCode.account == carla.id)) == 10
    assert carla.role == "analyst"
    assert again.status_code == 409
    assert "no longer good" in again.text


def test_an_invitation_runs_out(house: House) -> None:
    link = link_in(invites(house).text)

    house.clock.advance(hours=house.settings.invitation_hours + 1)

    assert house.stranger().get(link).status_code == 409


def test_an_invitation_replaced_by_a_newer_one_is_worth_nothing(house: House) -> None:
    first = link_in(invites(house).text)
    second = link_in(invites(house).text)

    assert house.stranger().get(first).status_code == 409
    assert house.stranger().get(second).status_code == 200


def test_a_weak_password_and_a_wrong_code_open_no_account(house: House) -> None:
    link = link_in(invites(house).text)

    name = house.settings.hotline_name
    guessed = (f"{name} 2026", "Hotline-Police-1", "passphrase123")
    for weak in ("short", "carla carla carla", "aaaaaaaaaaaaaaaa", *guessed):
        assert joins(house, link, weak).status_code == 422
    client = house.stranger()
    form = {"csrf_token": csrf_in(client.get(link).text), "password": PASSWORD}
    wrong = client.post(link, data={**form, "code": "123"})

    assert "This code is not right" in wrong.text
    assert Account.find("carla") is None


def test_a_password_that_was_stolen_elsewhere_opens_no_account(house: House) -> None:
    link = link_in(invites(house).text)

    for stolen in ("1qaz2wsx3edc", "1QAZ2wsx3edc", "finalfantasy"):
        answer = joins(house, link, stolen)
        assert answer.status_code == 422
        assert "stands on lists that are tried first" in answer.text
    assert Account.find("carla") is None


def test_nobody_changes_to_a_password_that_was_stolen_elsewhere(house: House) -> None:
    words = {"today": "a sentence of anna", "password": "q1w2e3r4t5y6", "code": "1"}

    answer = house.posts("/me/password", as_="anna", **words)

    assert answer.status_code == 422
    assert "stands on lists that are tried first" in answer.text


def test_names_that_are_taken_or_impossible_are_said(house: House) -> None:
    taken = invites(house, username="anna")
    namesake = invites(house, name="Anna")
    odd = invites(house, username="no name", name="", role="queen")

    assert "There is an account “anna” already." in taken.text
    assert "Somebody is called “Anna” already" in namesake.text
    for sentence in ("letters, digits", "give the name", "choose a role"):
        assert sentence in odd.text


def test_a_role_taken_away_ends_the_session_at_once(house: House) -> None:
    anna = house.signed_in("anna")

    house.does(
        f"/accounts/{account('anna').id}/change_role", as_="adam", role="auditor"
    )

    assert not is_in(anna)
    assert house.posts("/items/1/take", as_="anna").status_code == 403


def test_an_account_switched_off_is_out_at_once_and_may_return(house: House) -> None:
    anna, number = house.signed_in("anna"), account("anna").id

    house.does(f"/accounts/{number}/switch_off", as_="adam")

    assert not is_in(anna)
    assert not is_in(house.signed_in("anna"))
    house.does(f"/accounts/{number}/switch_on", as_="adam")
    assert is_in(house.signed_in("anna"))


def test_the_last_administrator_stays(house: House) -> None:
    number = account("adam").id

    off = house.posts(f"/accounts/{number}/switch_off", as_="adam")
    less = house.posts(f"/accounts/{number}/change_role", as_="adam", role="auditor")

    assert off.status_code == less.status_code == 409
    assert "last administrator" in off.text


def test_a_new_invitation_renews_both_factors_and_ends_sessions(house: House) -> None:
    anna, before = house.signed_in("anna"), account("anna")

    page = house.posts(f"/accounts/{before.id}/reinvite", as_="adam").text
    assert not is_in(anna)
    joins(house, link_in(page))

    after = account("anna")
    assert after.id == before.id
    assert after.totp_secret != before.totp_secret
    assert after.password_hash != before.password_hash


def test_a_changed_password_ends_all_other_sessions(house: House) -> None:
    other = house.signed_in("anna", browser="another")
    proof = house.proof()
    form = {"today": proof["today"], "code": proof["second_factor"]}

    wrong = house.posts("/me/password", today="no idea", password="short")
    alone = house.posts("/me/password", **{**form, "password": PASSWORD, "code": ""})
    house.does("/me/password", **form, password=PASSWORD)

    assert wrong.status_code == alone.status_code == 422
    assert "not your password of today" in wrong.text
    assert "This code is not right" in alone.text
    assert not is_in(other)
    assert Session.select().count() == 1


def test_new_recovery_codes_make_the_old_ones_worthless(house: House) -> None:
    house.posts("/me/codes", **house.proof())
    old = {code.code_hash for code in RecoveryCode.rows()}

    house.posts("/me/codes", **house.proof())

    assert len(RecoveryCode.rows()) == 10
    assert not old & {code.code_hash for code in RecoveryCode.rows()}


@pytest.mark.parametrize(
    "path", ["/me/codes", "/me/passkeys/add", "/me/passkeys/1/remove"]
)
def test_whoever_changes_a_factor_shows_password_and_factor_each_time(
    house: House, path: str
) -> None:
    asked = house.posts(path)
    half = house.posts(path, second_factor=house.proof()["second_factor"])
    words = house.posts(path, today="a sentence of anna", second_factor="000000")
    done = house.posts(path, **house.proof())
    again = house.posts(path)

    assert asked.status_code == again.status_code == 401
    assert "asked for each time" in asked.text
    assert half.status_code == words.status_code == 422
    assert "not your password of today" in half.text
    assert "This code is not right" in words.text
    assert done.status_code != 401
    assert "Is it you?" not in done.text


def test_a_code_is_not_used_up_while_the_password_is_wrong(house: House) -> None:
    proof = house.proof()

    house.posts("/me/codes", **{**proof, "today": "no idea"})

    assert house.posts("/me/codes", **proof).status_code == 200


def test_guessing_the_password_of_a_desk_left_open_is_slowed(house: House) -> None:
    answers = [
        house.posts("/me/codes", today="no", second_factor="1") for _ in range(9)
    ]

    assert answers[-1].status_code == 429


def test_a_forged_form_is_refused_before_the_second_factor_is_asked_for(
    house: House,
) -> None:
    adam = house.signed_in("adam")
    house.clock.advance(minutes=house.settings.step_up_minutes + 1)
    form = {"name": "Eve", "username": "eve", "role": "administrator"}
    me = account("adam")
    code = code_to_show(me.totp_secret, house.clock.now(), me.totp_step)

    forged = adam.post("/accounts/invite", data={**form, "second_factor": code})

    assert forged.status_code == 400
    assert "eve" not in forged.text
    assert account("adam").totp_step == me.totp_step
    assert Invitation.waiting(house.clock.now()) == []


def test_recording_the_leas_decision_asks_for_the_second_factor(house: House) -> None:
    item = house.the_public_reports("https://item-one.example/1")
    house.judges(item, "uncertain")
    house.works()
    anna = house.signed_in()
    house.clock.advance(minutes=house.settings.step_up_minutes + 1)
    form = {"csrf_token": csrf_in(anna.get("/me").text), "by_lea": "yes"}

    asked = anna.post(f"/items/{item.id}/judge", data={**form, "choice": "baseline"})

    assert asked.status_code == 401


def test_nobody_changes_their_own_role(house: House) -> None:
    number = account("adam").id
    anna = account("anna").id
    house.does(f"/accounts/{anna}/change_role", as_="adam", role="administrator")

    refused = house.posts(f"/accounts/{number}/change_role", as_="adam", role="manager")

    assert refused.status_code == 409
    assert account("adam").role == "administrator"


def test_two_invitations_with_one_name_make_one_account(house: House) -> None:
    first = link_in(invites(house).text)
    joins(house, first)

    second = invites(house, username="carla2")

    assert second.status_code == 422
    assert "Somebody is called “Carla” already" in second.text


def test_a_grave_move_asks_again_and_loses_nothing_typed(house: House) -> None:
    item = house.the_public_reports("https://item-one.example/1")
    house.judges(item, "baseline")
    house.does(f"/items/{item.id}/hold", why="asked by telephone")
    [hold] = Hold.open_on(item.id)
    anna = house.signed_in()
    house.clock.advance(minutes=house.settings.step_up_minutes + 1)
    path = f"/holds/{hold.id}/release"
    form = {"csrf_token": csrf_in(anna.get("/me").text), "why": "they rang “again”"}

    asked = anna.post(path, data=form)
    wrong = anna.post(path, data={**form, "second_factor": "000000"})
    assert Hold.open_on(item.id)
    me = account("anna")
    code = code_to_show(me.totp_secret, house.clock.now(), me.totp_step)
    done = anna.post(path, data={**form, "second_factor": code})

    assert asked.status_code == 401
    assert 'value="they rang “again”"' in asked.text
    assert wrong.status_code == 422
    assert done.status_code == 303
    assert Hold.open_on(item.id) == []


def test_any_characters_make_a_password_and_all_of_them_count(house: House) -> None:
    link = link_in(invites(house).text)
    long = "Ünïque \u05d0\u05d1 \U0001f33f " + "0123456789" * 10

    joins(house, link, long)

    carla = account("carla")
    assert is_right(carla.password_hash, long)
    assert not is_right(carla.password_hash, long[:-1])
    assert not is_right(carla.password_hash, long.lower())


def test_proving_the_second_factor_again_ends_the_old_token(house: House) -> None:
    adam = house.signed_in("adam")
    before = adam.get_cookie("reportbox")
    house.clock.advance(minutes=house.settings.step_up_minutes + 1)
    form = {"csrf_token": csrf_in(adam.get("/me").text)}

    done = adam.post("/me/codes", data={**form, **house.proof("adam")})
    thief = house.stranger()
    assert before is not None
    thief.set_cookie("reportbox", before.value)

    assert done.status_code == 200
    assert is_in(adam)
    assert not is_in(thief)


def test_new_recovery_codes_cannot_be_guessed_from_their_hashes(house: House) -> None:
    page = house.posts("/me/codes", **house.proof()).text

    for code in re.findall(r"<code>([a-z2-7-]+)</code>", page):
        assert len(code.replace("-", "")) * 5 >= 128  # bits
