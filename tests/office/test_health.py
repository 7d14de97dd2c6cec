"""`reportbox check` tells the truth."""

import os
import re
import shutil
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from reportbox import __version__
from reportbox.adapters.imap import ImapMailbox
from reportbox.adapters.machine import LinuxMachine
from reportbox.intake.mails import fetch_mails
from reportbox.office.check import Check
from reportbox.office.health import LOOKS, checks
from reportbox.practice.agreed import POLICE_ID
from reportbox.records import atomic, database
from reportbox.records.agencies import Agency, AgencyKey
from reportbox.records.beats import Heartbeat
from reportbox.records.choices import Choice
from reportbox.records.health import Health
from reportbox.records.letters import Letter
from reportbox.tracing.look import Target, look_at_all
from tests.builders import a_letter
from tests.house import House
from tests.mail_server import mail_server

MANUAL = Path(__file__).parents[2] / "docs" / "operator.md"


@pytest.fixture
def healthy(house: House) -> House:
    with atomic():
        Heartbeat.beat(house.clock.now(), 1, "", __version__)
    return house


def every(house: House) -> dict[str, Check]:
    return {check.name: check for check in checks(house.settings, house.world)}


def bad(house: House) -> dict[str, str]:
    return {name: c.words for name, c in every(house).items() if not c.is_ok}


def beats(house: House, **job: object) -> None:
    usual = {"every": 2, "good_at": "", "busy_since": "", "failures": 0}
    with atomic():
        now, jobs = house.clock.now(), {"trace_due": {**usual, **job}}
        Heartbeat.beat(now, 1, "", __version__, jobs)


def test_a_working_box_is_healthy(healthy: House) -> None:
    assert bad(healthy) == {}


def test_every_check_stands_in_the_manual_with_what_to_do(healthy: House) -> None:
    table = MANUAL.read_text().partition("## Is it well?")[2].partition("\n## ")[0]
    named = set(re.findall(r"^\| `([^:`]+)", table, re.MULTILINE))

    assert named == {look.name for look in LOOKS}
    assert [check.name for check in checks(healthy.settings, healthy.world)] == [
        look.name for look in LOOKS
    ]


def test_a_bug_in_one_check_is_shown_and_hides_no_other(healthy: House) -> None:
    with atomic():
        Choice.write("disk", {"no day": 1})

    assert bad(healthy) == {
        "disk": "cannot be checked (ValueError): tell the maintainers"
    }


# --- jobs ---


def test_an_old_heartbeat_is_an_alarm(healthy: House) -> None:
    healthy.clock.advance(minutes=2)

    assert "last seen 120 seconds ago" in bad(healthy)["jobs"]


def test_a_failing_job_is_named(healthy: House) -> None:
    with atomic():
        Heartbeat.beat(healthy.clock.now(), 1, "trace_due: KeyError")

    assert "trace_due: KeyError" in bad(healthy)["jobs"]


def test_a_job_that_does_not_come_to_an_end_is_named(healthy: House) -> None:
    beats(healthy, busy_since=(healthy.clock.now() - timedelta(hours=1)).isoformat())

    assert "trace_due has been at it for 60 minutes" in bad(healthy)["jobs"]


def test_a_job_that_does_not_get_its_turn_is_named(healthy: House) -> None:
    beats(healthy, good_at=(healthy.clock.now() - timedelta(hours=1)).isoformat())

    assert "trace_due last went well 60 minutes ago" in bad(healthy)["jobs"]


def test_a_program_that_was_upgraded_and_not_restarted_is_named(healthy: House) -> None:
    with atomic():
        Heartbeat.beat(healthy.clock.now(), 1, "", "0.0.1")

    assert "but 0.0.1 runs: restart the service" in bad(healthy)["version"]


def test_a_database_of_a_newer_release_is_named(healthy: House) -> None:
    [table] = [
        name
        for (name,) in database.execute_sql(
            "SELECT name FROM sqlite_master WHERE name LIKE '%migration%' "
            "AND type = 'table'"
        ).fetchall()
    ]
    with atomic():
        columns = [c[1] for c in database.execute_sql(f"PRAGMA table_info({table})")]
        kept = ", ".join(c for c in columns if c not in {"id", "name"})
        database.execute_sql(
            f"INSERT INTO {table} (name, {kept}) "  # noqa: S608 - SQLite's own names
            f"SELECT '0999_of_tomorrow', {kept} FROM {table} LIMIT 1"
        )

    assert "0999_of_tomorrow: install the newer" in bad(healthy)["version"]


# --- law enforcement ---


def test_a_missing_lea_key_is_named(healthy: House) -> None:
    with atomic():
        Agency.update(key="A" * 40).execute()

    assert "import it at" in bad(healthy)["LEA keys"]


def test_a_box_without_an_agency_is_not_healthy(healthy: House) -> None:
    with atomic():
        Agency.update(is_active=False).execute()

    assert "no agency is entered" in bad(healthy)["LEA keys"]


@pytest.mark.parametrize(
    ("days", "is_ok", "warning"),
    [
        (61, True, ""),
        (60, True, "60 days"),
        (30, True, "30 days"),
        (7, False, "7 days"),
    ],
)
def test_a_key_that_runs_out_is_warned_of_in_steps_and_bad_in_its_last_week(
    healthy: House, days: int, is_ok: bool, warning: str
) -> None:
    ends_at = healthy.clock.now() + timedelta(days=days, hours=1)
    agency = Agency.get_by_id(POLICE_ID)
    with atomic():
        AgencyKey.delete().execute()
        AgencyKey.create(
            agency=agency,
            fingerprint=agency.key,
            imported_by="Mira",
            imported_at=healthy.clock.now(),
            expires_at=ends_at,
        )

    check = every(healthy)["LEA keys"]

    assert (check.is_ok, check.warning) == (is_ok, warning)


def test_a_notice_at_risk_is_counted_before_it_is_late(healthy: House) -> None:
    with atomic():
        Agency.update(is_active=False).execute()
    item = healthy.the_public_reports("https://item-one.example/page")
    healthy.judges(item, "baseline")
    healthy.minutes_pass(31)
    assert "1 will be late soon" in bad(healthy)["LEA notices"]

    healthy.minutes_pass(60)

    assert "1 are late" in bad(healthy)["LEA notices"]


def test_holds_are_counted_and_are_no_fault(healthy: House) -> None:
    item = healthy.the_public_reports("https://item-one.example/page")
    healthy.judges(item, "baseline")
    healthy.works()
    healthy.does(f"/items/{item.id}/hold", why="asked by telephone")

    check = every(healthy)["holds"]

    assert check.is_ok
    assert check.figures == {"holds": 1}


# --- mail ---


def test_a_mail_server_that_does_not_answer_is_named(healthy: House) -> None:
    healthy.internet.post_office.manners = lambda *_: "drop"

    assert "cannot be used" in bad(healthy)["mail server"]


def test_a_letter_in_doubt_and_a_notice_not_told_are_counted(healthy: House) -> None:
    a_letter(healthy.clock.now())
    healthy.internet.post_office.manners = lambda at, _: "drop" if at == "dot" else None
    healthy.works()
    healthy.internet.post_office.manners = lambda *_: None

    assert bad(healthy)["letters"].startswith("1 in doubt, 0 refused, 0 late: see")
    assert "1 wait" in bad(healthy)["LEA notices"]


def test_a_letter_tried_again_and_again_is_late_though_its_next_try_is_not(
    healthy: House,
) -> None:
    a_letter(healthy.clock.now())
    healthy.internet.post_office.manners = lambda at, _: (
        "451 not now" if at == "data" else None
    )
    for _ in range(5):
        healthy.minutes_pass(16)
    assert Letter.rows()[0].due_at > healthy.clock.now()

    assert "0 in doubt, 0 refused, 1 late" in bad(healthy)["letters"]


def test_a_mailbox_is_read_or_it_is_said_why_not(healthy: House) -> None:
    with mail_server() as server:
        mailbox = ImapMailbox(
            host="localhost",
            port=server.port,
            user="desk",
            password="secret",
            folder="INBOX",
            timeout=5,
            ca_file=server.ca_file,
        )
        healthy.world = replace(healthy.world, mailbox=mailbox)
        assert "but the jobs do not read it" in bad(healthy)["mailbox"]
        fetch_mails(healthy.settings, healthy.world)
        assert "mailbox" not in bad(healthy)
        mailbox.password = "wrong"
        healthy.clock.advance(minutes=11)
        assert "refused" in bad(healthy)["mailbox"]

    mailbox.password = "secret"
    assert "the mailbox cannot be read" in bad(healthy)["mailbox"]


# --- what tracing asks ---


def test_a_name_server_that_is_silent_is_named_and_the_others_are_not(
    healthy: House,
) -> None:
    [one, _] = healthy.settings.resolvers
    resolver = type(healthy.world.resolver)((one, "127.0.0.1:9"), 1)  # type: ignore[call-arg]
    healthy.world = replace(healthy.world, resolver=resolver)

    words = bad(healthy)["name servers"]

    assert "127.0.0.1:9 answers with ConnectionRefusedError" in words
    assert one not in words


def test_a_name_server_that_cannot_find_out_is_named(healthy: House) -> None:
    healthy.atlas.broken.add("*")

    assert bad(healthy)["name servers"].count("answers SERVFAIL") == 2


def test_one_name_server_alone_is_warned_of(healthy: House) -> None:
    one = healthy.settings.resolvers[:1]
    resolver = type(healthy.world.resolver)(one, 1)  # type: ignore[call-arg]
    healthy.world = replace(healthy.world, resolver=resolver)

    check = every(healthy)["name servers"]

    assert check.is_ok
    assert "name two" in check.words
    assert check.warning


def test_a_registry_that_is_left_alone_is_named_and_none_is_asked_for_it(
    healthy: House,
) -> None:
    healthy.atlas.registry_down = True
    for _ in range(3):
        target = Target("item-one.example")
        list(look_at_all([target], healthy.settings, healthy.world, fresh=True))
    calls = len(healthy.internet.registry.calls)

    words = bad(healthy)["registries"]

    assert "failed again and again" in words
    assert len(healthy.internet.registry.calls) == calls


def test_the_console_repeats_what_the_leader_alone_can_know(healthy: House) -> None:
    now = healthy.clock.now()
    with atomic():
        Health.keep("registries", now, is_ok=False, words="KEPT-MARK", figures={})

    assert bad(healthy) == {"registries": "KEPT-MARK"}


def test_a_region_whose_holidays_nobody_knows_is_named(healthy: House) -> None:
    healthy.settings = replace(healthy.settings, country="DE", holidays_region="XX")

    assert "no region “XX”" in bad(healthy)["holidays"]


# --- the machine ---


def test_a_disk_that_fills_up_is_seen_days_before(healthy: House) -> None:
    free = every(healthy)["disk"].figures["disk_free_bytes"]
    used = _used(healthy)
    week_ago = (healthy.clock.now() - timedelta(days=7)).date().isoformat()
    with atomic():  # in a week twice what is free now was written
        Choice.write("disk", {week_ago: used - 2 * int(free)})
    assert re.search(r"it is full in about [34] days", bad(healthy)["disk"])

    with atomic():  # ... or a third of it
        Choice.write("disk", {week_ago: used - int(free) // 3})

    assert every(healthy)["disk"].is_ok
    assert every(healthy)["disk"].warning == "in sight"


def _used(house: House) -> int:
    return shutil.disk_usage(house.settings.data_dir).used


def test_a_clock_nobody_keeps_right_is_named(healthy: House, tmp_path: Path) -> None:
    healthy.settings = replace(healthy.settings, practice=False)
    seen = tmp_path / "synchronized"
    seen.touch()
    machine = LinuxMachine(seen, "no-such-command")
    healthy.world = replace(healthy.world, machine=machine)
    assert every(healthy)["clock"].words == "is kept right"

    long_ago = (datetime.now(UTC) - timedelta(days=2)).timestamp()
    os.utime(seen, (long_ago, long_ago))
    assert "is not kept right" in bad(healthy)["clock"]

    seen.unlink()
    assert "nothing here says" in every(healthy)["clock"].words
