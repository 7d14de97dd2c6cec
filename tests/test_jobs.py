"""The jobs in their own threads: one leader, a heartbeat, a clock that steps back."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from apscheduler.schedulers.background import BackgroundScheduler

from reportbox import __version__
from reportbox.adapters.api import HttpsApi
from reportbox.jobs import LONGEST_REST, RESTLESS, TABLE, Leader, Pace, re_arm
from reportbox.office.health import LOOKS
from reportbox.records import atomic
from reportbox.records.beats import Heartbeat
from reportbox.records.health import Health
from reportbox.records.letters import Letter, Writing
from tests.api_server import a_server_that_hangs
from tests.builders import a_letter
from tests.house import House


def eventually(is_true: Callable[[], object], seconds: float = 10) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if is_true():
            return True
        time.sleep(0.02)
    return False


@pytest.fixture
def leaders(house: House) -> Iterator[list[Leader]]:
    made = [Leader(house.settings, house.world) for _ in range(3)]
    yield made
    assert eventually(lambda: all(leader.stop() for leader in made), 60)


def test_of_several_processes_one_leads_and_the_next_takes_over(
    leaders: list[Leader],
) -> None:
    for leader in leaders:
        leader.start()
    assert eventually(lambda: sum(x.scheduler is not None for x in leaders) == 1)
    time.sleep(1.2)  # two rounds of trying: nobody else may get in
    [first] = [x for x in leaders if x.scheduler is not None]

    first.stop()

    assert eventually(lambda: sum(x.scheduler is not None for x in leaders) == 2)


def test_the_leader_leaves_a_heartbeat(leaders: list[Leader]) -> None:
    leaders[0].start()

    assert eventually(Heartbeat.last)


def test_systemd_hears_of_a_heartbeat_only_after_it_was_written(
    house: House,
    leaders: list[Leader],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(tmp_path / "notify"))
        systemd.settimeout(10)

        leaders[0].start()

        assert systemd.recv(100) == b"WATCHDOG=1"
        assert Heartbeat.last()


def test_a_job_that_fails_is_named_and_the_others_go_on(
    leaders: list[Leader],
) -> None:
    def broken() -> None:
        raise KeyError("a live address must not be repeated here")

    leaders[0]._guarded("broken", broken)  # noqa: SLF001 - the guard itself
    leaders[0]._beat()  # noqa: SLF001

    beat = Heartbeat.last()
    assert beat is not None
    assert beat.last_error == "broken: KeyError"


def test_the_heartbeat_says_of_each_job_how_it_fares(leaders: list[Leader]) -> None:
    def broken() -> None:
        raise KeyError

    leaders[0]._guarded("broken", broken)  # noqa: SLF001 - the guard itself
    leaders[0]._guarded("fine", lambda: 0)  # noqa: SLF001
    leaders[0]._beat()  # noqa: SLF001

    beat = Heartbeat.last()
    assert beat is not None
    assert beat.version == __version__
    assert beat.jobs["broken"]["failures"] == 1
    assert not beat.jobs["broken"]["good_at"]
    assert beat.jobs["fine"]["failures"] == 0
    assert beat.jobs["fine"]["good_at"]
    assert not beat.jobs["fine"]["busy_since"]


@pytest.fixture
def turns(leaders: list[Leader]) -> Callable[[object], int]:
    """Give a job one turn after the other, and count how often it really ran."""
    ran: list[object] = []
    leader = leaders[0]
    leader._paces["job"] = Pace(every=2)  # noqa: SLF001 - as the schedule does

    def turn(found: object) -> int:
        time.sleep(0.15)  # what was written is written
        leader._guarded("job", lambda: ran.append(1) or found)  # type: ignore[func-returns-value]  # noqa: SLF001
        return len(ran)

    return turn


def write_something(house: House) -> None:
    with atomic():
        Heartbeat.beat(house.clock.now(), 1, "")


def test_a_job_that_found_nothing_rests_until_something_is_written(
    house: House, turns: Callable[[object], int]
) -> None:
    assert [turns(0), turns(0), turns(0)] == [1, 1, 1]

    write_something(house)

    assert [turns(0), turns(0)] == [2, 2]


def test_a_job_that_found_work_gets_its_next_turn_at_once(
    house: House, turns: Callable[[object], int]
) -> None:
    write_something(house)

    assert [turns(1), turns(1), turns(0), turns(0)] == [1, 2, 3, 3]


def test_whatever_is_due_on_the_minute_never_waits_for_a_rest() -> None:
    now = datetime(2030, 1, 7, 9, 0, tzinfo=UTC)
    asking = Pace(2, may_ever_rest=False, idle_since=(1, now))

    assert "ask_due" in RESTLESS
    assert not asking.may_rest(1, now)


def test_no_job_rests_for_long_for_time_passes_as_well(
    house: House, turns: Callable[[object], int]
) -> None:
    assert [turns(0), turns(0)] == [1, 1]

    house.clock.advance(seconds=LONGEST_REST.total_seconds())
    assert turns(0) == 2
    house.clock.advance(hours=-1)
    assert turns(0) == 3


def test_after_the_clock_stepped_back_an_hour_the_jobs_run_again() -> None:
    ran = threading.Event()
    scheduler = BackgroundScheduler(timezone="UTC")
    scheduler.add_job(ran.set, "interval", seconds=1, id="job")
    scheduler.start()
    try:
        # To the scheduler, a clock set back is a next run that lies far ahead.
        ahead = datetime.now(scheduler.timezone) + timedelta(hours=1)
        scheduler.modify_job("job", next_run_time=ahead)
        ran.clear()

        re_arm(scheduler)

        assert ran.wait(3)
    finally:
        scheduler.shutdown()


def test_a_stop_is_quick_even_while_the_mail_server_is_silent(
    house: House, leaders: list[Leader]
) -> None:
    item = house.the_public_reports("https://item-one.example/page")
    house.judges(item, "baseline")
    slow = threading.Event()
    house.internet.post_office.manners = lambda at, _: (
        "451 too late" if at == "data" and slow.wait(20) else None
    )
    leaders[0].start()
    assert eventually(lambda: [x.state for x in Letter.rows()] == ["sending"])

    began = time.monotonic()
    leaders[0].stop()
    took = time.monotonic() - began
    slow.set()

    assert took < 5
    assert eventually(lambda: [x.state for x in Letter.rows()] == ["waiting"])
    assert house.letters() == []


def test_a_stop_waits_for_no_api_that_hangs_and_nobody_leads_meanwhile(
    house: House, leaders: list[Leader]
) -> None:
    with a_server_that_hangs() as (url, calls):
        api = HttpsApi(lambda _: "token")
        first = Leader(house.settings, replace(house.world, api=api))
        letter = a_letter(house.clock.now())
        with atomic():
            Letter.change(letter.id, url=url)
            Writing.update(attachments=[["xarf.json", "application/json", "{}"]]).where(
                Writing.letter == letter.id
            ).execute()
        first.start()
        assert eventually(lambda: calls)

        began = time.monotonic()
        is_over = first.stop()
        took = time.monotonic() - began

        assert took < 5
        assert not is_over
        leaders[0].start()
        time.sleep(1)
        assert leaders[0].scheduler is None
        assert not first.stop()  # it is over as soon as nobody hangs any more
    assert eventually(first.stop)
    assert eventually(lambda: leaders[0].scheduler)
    assert [x.state for x in Letter.rows()] == ["waiting"]


def test_every_job_has_a_name_and_a_pace() -> None:
    names = [job.run.__name__ for job in TABLE]

    assert len(names) == len(set(names))
    assert all(0 < job.every <= 600 for job in TABLE)


def test_the_leader_looks_after_the_box(leaders: list[Leader]) -> None:
    leaders[0].start()

    assert eventually(lambda: len(Health.rows()) == len(LOOKS))

    jobs = Health.by_name()["jobs"]
    assert jobs.is_ok, jobs.words


def test_a_stop_waits_for_no_silent_server_that_health_asks(
    house: House, leaders: list[Leader]
) -> None:
    asked, answers = threading.Event(), threading.Event()

    def silent(at: str, _: str) -> str | None:
        if at == "connect":
            asked.set()
            answers.wait(20)
        return None

    house.internet.post_office.manners = silent
    leaders[0].start()
    assert asked.wait(10)

    began = time.monotonic()
    leaders[0].stop()
    took = time.monotonic() - began
    answers.set()

    assert took < 5
