"""10,000 NTDs due in the same minute at 500 providers; one that is due at idle.

What is due at one provider goes in one letter, so 10,000 notices are 500 letters with
twenty addresses each; both are told. The items, their verdicts, the LEA's receipts and
the contacts are written directly, with findings of a real first trace; from there on
the real jobs work: plan, trace every host again without caches, write, seal, hand over.

Name servers and registries are processes of their own and answer at once: the limit of
real registries (calls a minute) is theirs, and not what is measured here. The mail
server is a real Postfix, the first hop of a box, that hands everything on; it needs
root and Debian's postfix, which installer/test.sh brings. What is told of ``sink`` was
measured with a server that keeps letters in memory and answers at once, as none can
that answers for a letter (RFC 5321, section 6.1).

The yardstick is smtplib: the same bytes down one connection to the same server, with
the same commits to a copy of the box's file, each letter's for itself; the box has one
for what several connections have to save at a time. What they write is ready made: the
rows of the letter, of its twenty notices, of the audit and of the history. A second
ratio is to a loop that writes down how far each letter got, and nothing of its notices.
The middle one of several runs counts, since a machine is not even.
"""

import smtplib
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

import sqlcipher3.dbapi2 as sqlcipher

from reportbox import lifecycle
from reportbox.adapters.clock import SystemClock
from reportbox.agreements.reading import read_terms, read_units
from reportbox.lea.owed import columns_of
from reportbox.lifecycle import Actor, Move
from reportbox.ntd.rounds import ask_due, plan_due
from reportbox.ports import World
from reportbox.post.deliver import BATCH, deliver_due
from reportbox.practice.box import set_up
from reportbox.practice.clock import MovableClock
from reportbox.practice.internet import PracticeInternet
from reportbox.records import Record, atomic, copy_database, database
from reportbox.records.gate import PRAGMAS
from reportbox.records.items import Finding, Item, Verdict
from reportbox.records.letters import Letter, Writing
from reportbox.records.reports import Report
from reportbox.records.tracks import LeaNotice, Ntd
from reportbox.settings import Settings
from reportbox.tracing.book import seed
from reportbox.tracing.look import Sight, Target, look_at_all
from reportbox.world import real_world
from tests.bench import many
from tests.bench.desk import PORT, Desk, percentile
from tests.bench.mail_sink import Sink, mail_sink
from tests.bench.served import REAL, served
from tests.bench.trace import Outside, the_outside
from tests.local_postfix import local_postfix

PROVIDERS = 500
NOTICES = 10_000
OTHERS = 10_000  # items that wait at the desk meanwhile
BARE_RUNS = 5
SINGLES = 6  # NTDs due one after the other at idle ...
APART = 1_000_000  # ... with numbers far behind what the jobs number meanwhile
COUNTRY = "NL"  # where trace_world has its home
PATIENCE = 600  # seconds
SWITCH = 0.0005  # seconds between threads, as in config/gunicorn.conf.py

Figure = tuple[str, float, str]


def run() -> Iterator[Figure]:
    sys.setswitchinterval(SWITCH)
    with the_outside() as outside, mail_sink() as sink:
        outside.tell(providers=PROVIDERS + SINGLES, late=0.0)
        with (
            local_postfix(sink.port) as postfix,
            _box(outside, postfix.port) as (_, settings),
        ):
            yield from _by_hand(settings, sink, postfix.has_letters)
        sink.ask(forget=True)
        with _box(outside, sink.port) as (_, settings):
            for name, value, unit in _by_hand(settings, sink):
                yield f"sink.{name}", value, unit
        sink.ask(forget=True)
        with _box(outside, sink.port) as (file, settings):
            yield from _served(file, settings, sink)


@contextmanager
def _box(outside: Outside, smtp_port: int) -> Iterator[tuple[Path, Settings]]:
    names, more_names, registry = outside.ports
    with tempfile.TemporaryDirectory(prefix="rbb-", ignore_cleanup_errors=True) as made:
        folder = Path(made)
        with PracticeInternet(folder) as internet:
            yield set_up(
                folder,
                internet,
                PORT,
                country=COUNTRY,
                resolvers=[f"127.0.0.1:{names}", f"127.0.0.1:{more_names}"],
                rdap_urls=[f"*=http://127.0.0.1:{registry}/ripencc"],
                smtp_port=smtp_port,
            )
            database.close_file()


def _by_hand(
    settings: Settings, sink: Sink, is_on_its_way: Callable[[], bool] = lambda: False
) -> Iterator[Figure]:
    """Run the jobs one after the other, with nothing else going on."""
    world = real_world(settings)
    now = world.clock.now()
    _fall_due(settings, world, range(PROVIDERS), NOTICES // PROVIDERS, now, first=1)
    planning, _ = _time(plan_due, settings, world)
    asking, sending, rounds = _ask_and_deliver(settings, world)
    _wait_while(is_on_its_way)
    arrived = sink.ask()
    assert arrived.is_one_each
    assert arrived.letters == PROVIDERS
    assert Ntd.select().where(Ntd.state == lifecycle.Ntd.TO_VERIFY).count() == NOTICES
    times = []
    for write in (_as_the_box, _states_alone) * BARE_RUNS:
        times.append(_bare(settings, write))
        _wait_while(is_on_its_way)  # each begins with an empty queue
    bare, alone = median(times[::2]), median(times[1::2])
    yield "letters_per_s", PROVIDERS / sending, "1/s"
    yield "notices_per_s", NOTICES / sending, "1/s"
    yield "ratio_to_smtp", bare / sending, "ratio"
    yield "ratio_to_smtp_and_states_alone", alone / sending, "ratio"
    yield "bare_letters_per_s", PROVIDERS / bare, "1/s"
    yield "plan_s", planning, "s"
    yield "trace_and_write_s", asking, "s"
    yield "hand_over_s", sending, "s"
    yield "rounds", rounds, "rounds"


def _served(file: Path, settings: Settings, sink: Sink) -> Iterator[Figure]:
    """Let the box as it is served do it, while an analyst works."""
    world = real_world(settings)
    desk = Desk(settings)
    many.load(OTHERS, world.clock.now())
    now, each = world.clock.now(), NOTICES // PROVIDERS
    _fall_due(settings, world, range(PROVIDERS), each, now, first=OTHERS + 1)
    plan_due(settings, world)  # in life that is done hours ahead
    began = time.perf_counter()
    with served(REAL, file, settings):
        desk.open()
        deadline = time.monotonic() + PATIENCE
        took = desk.measure_while(
            lambda: sink.ask().letters < PROVIDERS and time.monotonic() < deadline
        )
        wall = time.perf_counter() - began
        late = [
            _lateness(settings, world, sink, PROVIDERS + n, (n + 1) * APART)
            for n in range(SINGLES)
        ]
    arrived = sink.ask()
    assert arrived.is_one_each
    assert arrived.letters == PROVIDERS + SINGLES
    yield "served.all_handed_over_s", wall, "s"
    for name, times in took.items():
        yield f"served.{name}.p50_ms", percentile(times, 50), "ms"
        yield f"served.{name}.p95_ms", percentile(times, 95), "ms"
    yield "lateness_s", max(late), "s"
    yield "lateness_mean_s", sum(late) / len(late), "s"


def _lateness(
    settings: Settings, world: World, sink: Sink, provider: int, number: int
) -> float:
    """Say how long after it was due a single NTD was taken by the mail server."""
    # Not in step with the jobs, whose paces are whole seconds.
    due_at = world.clock.now() + timedelta(seconds=12.3 + 0.7 * (provider % 7))
    before = sink.ask().letters
    _fall_due(settings, world, [provider], 1, due_at, first=number)
    deadline = time.monotonic() + PATIENCE
    while sink.ask().letters == before and time.monotonic() < deadline:
        time.sleep(0.05)
    last = sink.ask().last
    assert last is not None
    return (last - due_at).total_seconds()


def _ask_and_deliver(settings: Settings, world: World) -> tuple[float, float, int]:
    """Let the two jobs take turns, as they do; say how long each worked.

    What a round does not get to rests for a minute; that passes on the practice clock
    and is told as the number of rounds.
    """
    clock = MovableClock(settings.data_dir / "practice-clock")
    asking, sending, sent, rounds = 0.0, 0.0, 0, 0
    while sent < PROVIDERS:
        asking += _time(ask_due, settings, world)[0]
        took, gone = _time(deliver_due, settings, world)
        sending, sent, rounds = sending + took, sent + gone, rounds + 1
        clock.move(timedelta(minutes=1))
    return asking, sending, rounds


def _time(
    job: Callable[[Settings, World], int], settings: Settings, world: World
) -> tuple[float, int]:
    """Let a job do what is due; say how long it took and how much that was."""
    began = time.perf_counter()
    done = job(settings, world)
    return time.perf_counter() - began, done


def _wait_while(is_on_its_way: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while is_on_its_way() and time.monotonic() < deadline:
        time.sleep(0.1)


def _bare(settings: Settings, write: "Write") -> float:
    """Say how long smtplib takes for the same bytes and the same durable commits."""
    letters = [(x, bytes(Writing.of(x).sealed or b"")) for x in Letter.rows()]
    path = settings.data_dir / "bare.db"
    path.unlink(missing_ok=True)
    copy_database(path)
    with _encrypted(path, settings.secret("database-key")) as base:
        began = time.perf_counter()
        with smtplib.SMTP("127.0.0.1", settings.smtp_port, timeout=30) as line:
            for start in range(0, len(letters), BATCH):
                batch = letters[start : start + BATCH]
                write(base, [("claim", letter) for letter, _ in batch])
                for letter, sealed in batch:
                    write(base, [("pass", letter)])
                    line.sendmail(letter.sender, [letter.recipient], sealed)
                    write(base, [("deliver", letter)])
        return time.perf_counter() - began


Write = Callable[[Any, list[tuple[str, Letter]]], None]
AUDIT = "INSERT INTO audit (at, actor, account, what, subject, start, finish, mac)"
EVENT = (
    "INSERT INTO event (item_id, at, who, actor, kind, track_id, move, start, end, why)"
)


def _states_alone(base: Any, steps: list[tuple[str, Letter]]) -> None:  # noqa: ANN401 - untyped
    """Write how far each letter got, and nothing that follows from it."""
    base.execute("BEGIN IMMEDIATE")
    for step, letter in steps:
        base.execute("UPDATE letter SET state = ? WHERE id = ?", (step, letter.id))
    base.execute("COMMIT")


def _as_the_box(base: Any, steps: list[tuple[str, Letter]]) -> None:  # noqa: ANN401 - untyped
    """Write the rows the box writes, ready made, so that nothing is worked out."""
    at = SystemClock().now().isoformat()
    base.execute("BEGIN IMMEDIATE")
    for step, letter in steps:
        base.execute("UPDATE letter SET state = ? WHERE id = ?", (step, letter.id))
        rows = [(f"letter {letter.id}", step)]
        if step == "deliver":
            tracks = [one.track_id for one in letter.enclosed]
            rows += [(f"ntd {track}", "hand_over") for track in tracks]
            columns = "asked_at = ?, checks = 0, check_why = '', state = 'to_verify'"
            marks = ",".join("?" * len(tracks))
            query = f"UPDATE ntd SET {columns} WHERE id IN ({marks})"  # noqa: S608 - our own words
            base.execute(query, (at, *tracks))
            events = [
                (e.item_id, at, "", "box", kind, number, step, "", "", "")
                for e in letter.enclosed
                for kind, number in (("letter", letter.id), ("ntd", e.track_id))
            ]
            base.executemany(f"{EVENT} VALUES (?,?,?,?,?,?,?,?,?,?)", events)
        said = [
            (at, "box", 0, what, subject, "", "", "0" * 64) for subject, what in rows
        ]
        base.executemany(f"{AUDIT} VALUES (?,?,?,?,?,?,?,?)", said)
    base.execute("UPDATE audit_head SET last = last + ?", (len(steps),))
    base.execute("COMMIT")


@contextmanager
def _encrypted(path: Path, key: str) -> Iterator[Any]:
    """Open a file as the box opens its own."""
    base = sqlcipher.connect(str(path), isolation_level=None)
    try:
        base.execute(f"PRAGMA key = \"x'{key}'\"")
        for name, value in PRAGMAS.items():
            base.execute(f"PRAGMA {name} = {value}")
        yield base
    finally:
        base.close()


def _fall_due(
    settings: Settings,
    world: World,
    providers: Any,  # noqa: ANN401 - numbers
    each: int,
    due_at: datetime,
    first: int,
) -> None:
    """Write what is due then: as many items at each provider's host, the LEA told."""
    seed([f"abuse@net-{n}.example" for n in providers], due_at)
    hosts = [Target(f"host-{n}.example") for n in providers]
    looking = real_world(settings)  # it remembers nothing for the jobs
    sights = [(t.host, s) for t, s in look_at_all(hosts, settings, looking)]
    told_at = due_at - timedelta(hours=read_terms().ntd_delay_hours)
    columns: dict[type[Record], list[dict[str, Any]]] = {}
    number = first
    for host, sight in sights:
        for _ in range(each):
            for table, row in _case(number, host, sight, told_at).items():
                columns.setdefault(table, []).append(row)
            number += 1
    with atomic():
        for table, rows in columns.items():
            for start in range(0, len(rows), 200):
                table.insert_many(rows[start : start + 200]).execute()


def _case(
    number: int, host: str, sight: Sight, told_at: datetime
) -> dict[type[Record], dict[str, Any]]:
    found = sight.conclusion
    assert found is not None
    [(provider, contact)] = found.at_home
    judged_at = told_at - timedelta(hours=1)
    moments = dict.fromkeys(
        ("reported_at", "appeared_at", "waits_from", "judged_at"), judged_at
    )
    address = dict.fromkeys(
        ("address_as_reported", "address_key"), f"https://{host}/{number}"
    )
    unit = columns_of(next(iter(read_units())))
    of_item = {"item": number, "appearance": 1, "opened_at": told_at}
    return {
        Report: {
            "id": number,
            "received_at": judged_at,
            "form_key": f"ntd {number}",
            "code_hash": f"ntd {number}",
        },
        Item: {
            "id": number,
            "report": number,
            "verdict": number,
            "finding": number,
            "state": lifecycle.Item.TO_FINISH,
            "host": host,
            **moments,
            **address,
        },
        Verdict: {
            "id": number,
            "item": number,
            "move": Move.JUDGE_ILLEGAL,
            "classification": "baseline",
            "given_by": "Anna",
            "actor": Actor.ANALYST,
            "given_at": judged_at,
        },
        Finding: {
            "id": number,
            "item": number,
            "traced_at": told_at,
            **sight.columns(),
        },
        LeaNotice: {
            **of_item,
            **unit,
            "state": lifecycle.Lea.CONFIRMED,
            "latest_at": told_at,
            "told_at": told_at,
        },
        Ntd: {**of_item, "finding": number, "provider": provider, "contact": contact},
    }
