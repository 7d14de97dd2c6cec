"""Health for people at the desk, for a watchdog, and for Prometheus."""

import re
from dataclasses import replace

import pytest

from reportbox import __version__
from reportbox.office.rounds import look_after_due
from reportbox.records import atomic
from reportbox.records.audit import Audit
from reportbox.records.beats import Heartbeat
from tests.house import House

TOKEN = "a-token-that-nobody-guesses"


def looks_after_itself(house: House) -> None:
    with atomic():
        Heartbeat.beat(house.clock.now(), 1, "", __version__)
    look_after_due(house.settings, house.world)


@pytest.fixture
def looked(house: House) -> House:
    looks_after_itself(house)
    return house


def settle(house: House, **changes: object) -> None:
    house.settings = replace(house.settings, **changes)  # type: ignore[arg-type]
    house.app.extensions["settings"] = house.settings


def test_the_page_says_of_each_thing_how_it_is(looked: House) -> None:
    page = looked.page("/health", as_="adam")

    assert "Everything that was looked at is well" in page
    assert "Mail server" in page
    assert "need an administrator" not in page


def test_the_page_says_first_what_is_bad_and_every_page_counts_it(
    looked: House,
) -> None:
    looked.atlas.broken.add("*")
    looked.clock.advance(minutes=5)
    looks_after_itself(looked)

    page = looked.page("/health", as_="mira")

    assert "1 thing needs an administrator" in page
    assert page.index("Name servers") < page.index("Faults")
    assert "1 thing of the box needs" in looked.page("/queue/assess", as_="mira")
    assert "1 thing of the box needs" not in looked.page("/queue/assess", as_="anna")


def test_no_page_and_no_scrape_looks_afresh(looked: House) -> None:
    asked = len(looked.internet.names.questions)

    looked.page("/health", as_="adam")
    looked.stranger().get("/healthz")
    looked.stranger().get("/metrics")

    assert len(looked.internet.names.questions) == asked


def test_a_watchdog_reads_one_word(looked: House) -> None:
    well = looked.stranger().get("/healthz")
    looked.atlas.broken.add("*")
    looked.clock.advance(minutes=5)
    looks_after_itself(looked)
    unwell = looked.stranger().get("/healthz")

    assert (well.status_code, well.text) == (200, "well\n")
    assert (unwell.status_code, unwell.text) == (503, "unwell\n")


def test_a_result_that_has_grown_old_is_bad(looked: House) -> None:
    settle(looked, practice=False)
    looked.clock.advance(minutes=7)

    assert looked.stranger().get("/healthz").status_code == 503
    said = "nobody has looked for 7 minutes: is the service up?"
    assert said in looked.page("/health", as_="adam")


def test_a_box_that_never_looked_is_not_called_well(house: House) -> None:
    settle(house, practice=False)

    assert house.stranger().get("/healthz").status_code == 503
    assert "1 thing of the box needs" in house.page("/accounts/", as_="adam")


def test_prometheus_reads_counts_and_ages(looked: House) -> None:
    answer = looked.stranger().get("/metrics")

    assert answer.content_type.startswith("text/plain; version=0.0.4")
    assert 'reportbox_check_ok{check="disk"} 1\n' in answer.text
    assert 'reportbox_letters{state="waiting"} 0\n' in answer.text
    assert "reportbox_heartbeat_age_seconds 0\n" in answer.text
    line = re.compile(r'# TYPE [a-z_]+ gauge|[a-z_]+(\{[a-z]+="[^"]*"\})? -?[\d.]+')
    lines = answer.text.splitlines()
    assert all(line.fullmatch(one) for one in lines)
    types = [one for one in lines if one.startswith("#")]
    assert len(types) == len(set(types))


def test_the_metrics_name_nobody_and_no_address(looked: House) -> None:
    item = looked.the_public_reports("https://item-one.example/page")
    looked.judges(item, "baseline")
    looked.works()
    looked.clock.advance(days=1, minutes=1)
    looks_after_itself(looked)

    text = looked.stranger().get("/metrics").text.lower()

    for word in ("item-one", "example", "police", "anna", "@", "127.0.0.1"):
        assert word not in text, word


def test_with_a_token_only_its_bearer_reads_the_metrics(looked: House) -> None:
    settle(looked, metrics_token=TOKEN)
    stranger = looked.stranger()

    given = {"Authorization": f"Bearer {TOKEN}"}
    wrong = {"Authorization": "Bearer another"}

    assert stranger.get("/metrics").status_code == 401
    assert stranger.get("/metrics", headers=wrong).status_code == 401
    assert stranger.get("/metrics", headers=given).status_code == 200


def test_neither_stands_at_another_face(looked: House) -> None:
    for path in ("/healthz", "/metrics", "/health"):
        assert looked.visitor().get(path).status_code == 404
        assert looked.stranger("portal").get(path).status_code == 404


def test_the_whole_audit_is_verified_once_a_day(looked: House) -> None:
    with atomic():
        Audit.delete().where(Audit.id == 1).execute()
    looked.clock.advance(hours=23)
    looks_after_itself(looked)
    before = looked.stranger().get("/healthz").text

    looked.clock.advance(hours=1)
    looks_after_itself(looked)

    assert (before, looked.stranger().get("/healthz").text) == ("well\n", "unwell\n")
    assert "row 1 is missing" in looked.page("/health", as_="adam")
