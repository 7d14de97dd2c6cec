"""Getting in and out of the desk."""

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.house import House, csrf_in


def log_in(
    house: House, password: str = "password of anna"
) -> tuple[FlaskClient, TestResponse]:
    client = house.stranger()
    token = csrf_in(client.get("/log-in").text)
    form = {"csrf_token": token, "username": "Anna ", "password": password}
    return client, client.post("/log-in", data=form)


def test_the_right_password_opens_the_desk(house: House) -> None:
    client, answer = log_in(house)

    assert answer.status_code == 303
    assert "To assess" in client.get("/queue/").text


def test_a_wrong_password_is_refused_and_the_name_kept(house: House) -> None:
    client, answer = log_in(house, "wrong password 123")

    assert answer.status_code == 422
    assert "do not belong together" in answer.text
    assert 'value="Anna "' in answer.text
    assert "wrong password" not in answer.text
    assert client.get("/queue/").status_code == 303


def test_a_session_stolen_before_log_out_is_worth_nothing_after(house: House) -> None:
    client, _ = log_in(house)
    stolen = client.get_cookie("reportbox")
    assert stolen is not None
    token = csrf_in(client.get("/queue/").text)
    client.post("/log-out", data={"csrf_token": token})

    thief = house.stranger()
    thief.set_cookie("reportbox", stolen.value)

    assert thief.get("/queue/").status_code == 303


def test_a_session_ends_when_it_is_idle(house: House) -> None:
    client, _ = log_in(house)

    house.clock.advance(minutes=house.settings.session_idle_minutes + 1)

    assert client.get("/queue/").status_code == 303


def test_a_session_ends_after_its_longest_time_even_in_use(house: House) -> None:
    client, _ = log_in(house)
    for _ in range(house.settings.session_hours * 2 + 1):
        house.clock.advance(minutes=30)
        last = client.get("/queue/")

    assert last.status_code == 303


def test_the_cookie_is_kept_from_scripts_and_other_sites(house: House) -> None:
    _, answer = log_in(house)

    cookie = answer.headers["Set-Cookie"]

    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
