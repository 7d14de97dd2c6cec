"""What the box does by itself, and how often.

Every job asks the database for what is due; nothing lives only in memory, so a crash
at any moment loses nothing. One process among the gunicorn workers leads and runs
them: the one that holds the lock on ``leader.lock``.
"""

import fcntl
import logging
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from shutil import disk_usage
from typing import IO, NamedTuple

from apscheduler.schedulers.background import BackgroundScheduler

from reportbox import __version__
from reportbox.adapters.watchdog import tell_systemd
from reportbox.errand import start_ordered
from reportbox.intake.lists import forget_torn_lists, take_in_due
from reportbox.intake.mails import fetch_mails
from reportbox.lea.letters import list_due, own_addresses_due
from reportbox.lea.looks import ask_looks_due
from reportbox.lea.rounds import chase_due, lapse_due, notify_due, supplement_due
from reportbox.ntd.checks import plan_checks
from reportbox.ntd.elsewhere import pass_on_due
from reportbox.ntd.ladder import ask_last_due, tell_upstream_due
from reportbox.ntd.rounds import (
    ask_due,
    correct_due,
    escalate_due,
    plan_due,
    remind_due,
    watch_due,
)
from reportbox.office.alarm import alarm_due
from reportbox.office.retention import renew_counts, retain_due
from reportbox.office.rounds import look_after_due
from reportbox.office.sessions import forget_sessions
from reportbox.ports import World
from reportbox.post.deliver import deliver_due, post_due
from reportbox.post.doubts import resolve_doubts
from reportbox.records import CannotSave, atomic, database
from reportbox.records.beats import Heartbeat
from reportbox.routing.actions import route_due
from reportbox.settings import Settings
from reportbox.tracing.actions import register_due, trace_due

log = logging.getLogger(__name__)

Run = Callable[[Settings, World], int]


class Job(NamedTuple):
    run: Run
    every: int  # seconds
    may_rest: bool = True  # while nothing is written: not what is due on the minute


# In the order of the journey; those that deliver are last and know how to stop early.
TABLE = (
    Job(trace_due, 3),
    Job(route_due, 2),
    Job(register_due, 5),
    Job(notify_due, 2),
    Job(supplement_due, 5),
    Job(chase_due, 60),
    Job(lapse_due, 600),
    Job(list_due, 600),
    Job(own_addresses_due, 60),
    Job(plan_due, 5),
    Job(pass_on_due, 5),
    Job(ask_due, 2, may_rest=False),
    Job(remind_due, 30),
    Job(tell_upstream_due, 30),
    Job(correct_due, 30),
    Job(watch_due, 60),
    Job(escalate_due, 30),
    Job(ask_last_due, 30),
    Job(plan_checks, 5),
    Job(ask_looks_due, 60),
    Job(resolve_doubts, 10),
    Job(alarm_due, 2),
    Job(fetch_mails, 60),
    Job(take_in_due, 1),
    Job(forget_torn_lists, 600),
    Job(forget_sessions, 600),
    Job(start_ordered, 10),
    Job(retain_due, 600),
    Job(renew_counts, 60),
)
RESTLESS = {
    "deliver_due",  # whether the mail server is back stands in no table
    *(job.run.__name__ for job in TABLE if not job.may_rest),
}
DELIVER_EVERY = 2  # seconds
LOOK_AFTER_EVERY = 60  # seconds
LONGEST_STOP = 3  # seconds a stop waits for whoever waits for a peer
LONGEST_FAREWELL = 2  # of them for a look at the box
BEAT_EVERY = 10  # seconds
FULL = 1024**2  # bytes of free disk: with less, nothing more can be written
LONGEST_REST = timedelta(seconds=10)  # of a job while nothing is written
RETRY_LEAD = 0.5  # seconds between two tries to become the leader
LEAD_AGAIN = 5  # seconds after leading failed
RE_ARM_EVERY = 15  # seconds, by the monotonic clock


def run_once(settings: Settings, world: World, rounds: int = 3) -> None:
    """Run every job in order, often enough for one move to bring about the next."""
    for _ in range(rounds):
        for job in TABLE:
            job.run(settings, world)
        deliver_due(settings, world)
        post_due(settings, world)


@dataclass
class Pace:
    """How one job fares in this process, for the heartbeat and the next turn."""

    every: int  # seconds
    may_ever_rest: bool = True
    good_at: datetime | None = None
    busy_since: datetime | None = None
    failures: int = 0
    idle_since: tuple[int, datetime] | None = None  # it found nothing in this database

    def may_rest(self, written: int, now: datetime) -> bool:
        """Tell whether this turn can find no more than the one before it.

        Nothing was written since, and what falls due by the clock alone waits so long.
        """
        is_rare = self.every >= LONGEST_REST.total_seconds()
        if self.idle_since is None or is_rare or not self.may_ever_rest:
            return False
        then, at = self.idle_since
        return then == written and at <= now < at + LONGEST_REST

    def as_data(self) -> dict[str, object]:
        return {
            "every": self.every,
            "good_at": self.good_at.isoformat() if self.good_at else "",
            "busy_since": self.busy_since.isoformat() if self.busy_since else "",
            "failures": self.failures,
        }


@dataclass
class Leader:
    """Tries to lead until told to stop; leads at most once at a time, box-wide."""

    settings: Settings
    world: World
    stopping: threading.Event = field(default_factory=threading.Event)
    scheduler: BackgroundScheduler | None = None
    _thread: threading.Thread | None = None
    _errors: dict[str, str] = field(default_factory=dict)
    _paces: dict[str, Pace] = field(default_factory=dict)

    def start(self) -> None:
        self._thread = threading.Thread(target=self._lead, name="leader", daemon=True)
        self._thread.start()

    def stop(self) -> bool:
        """Abandon what has not passed the point of no return, then give up the lead.

        Say no if somebody still waits for a peer that hangs: this process keeps the
        lead until it ends, and whoever leads next puts right what was left behind.
        """
        self.stopping.set()
        if self._thread is None:
            return True
        self._thread.join(LONGEST_STOP)
        return not self._thread.is_alive()

    def _lead(self) -> None:
        """Try again whatever happens: a box without a leader does nothing by itself."""
        while not self.stopping.is_set():
            try:
                self._lead_once()
            except Exception:  # a bug here must not leave the box without a leader
                log.exception("leading failed")
                self.stopping.wait(LEAD_AGAIN)

    def _lead_once(self) -> None:
        # Opened here, in the worker: a lock inherited from the master would outlive us.
        with (self.settings.data_dir / "leader.lock").open("a") as lock:
            while not self._take(lock):
                if self.stopping.wait(RETRY_LEAD):
                    return
            log.info("process %s leads", os.getpid())
            self.scheduler = self._schedule()
            self.scheduler.start()
            try:
                with self._looking_after():
                    self._watch(self.scheduler)
            finally:
                self.scheduler.shutdown(wait=True)

    @staticmethod
    def _take(lock: IO[str]) -> bool:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        lock.truncate(0)
        lock.write(str(os.getpid()))  # for people who look
        lock.flush()
        return True

    def _watch(self, scheduler: BackgroundScheduler) -> None:
        """Re-arm the jobs by the monotonic clock.

        The scheduler counts on the wall clock: set back an hour, it would sleep one.
        """
        armed = time.monotonic()
        while not self.stopping.wait(1):
            if time.monotonic() - armed < RE_ARM_EVERY:
                continue
            armed = time.monotonic()
            re_arm(scheduler)

    @contextmanager
    def _looking_after(self) -> Iterator[None]:
        """Look after the box in a thread of its own: no stop waits for a slow peer."""
        over, name = threading.Event(), look_after_due.__name__
        look_after = lambda: look_after_due(self.settings, self.world, over.is_set)  # noqa: E731
        self._paces[name] = Pace(LOOK_AFTER_EVERY)
        self._guarded("beat", self._beat)  # what looks now must find a leader

        def look_on() -> None:
            while not over.is_set():
                self._guarded(name, look_after)
                over.wait(LOOK_AFTER_EVERY)

        looking = threading.Thread(target=look_on, name="look after", daemon=True)
        looking.start()
        try:
            yield
        finally:
            over.set()
            looking.join(LONGEST_FAREWELL)

    def _schedule(self) -> BackgroundScheduler:
        scheduler = BackgroundScheduler(
            timezone="UTC",
            job_defaults={
                "coalesce": True,
                "max_instances": 1,
                "misfire_grace_time": None,
            },
        )
        now = datetime.now(UTC)  # by the machine's clock, as the scheduler's is
        for name, run, every in self._runs():
            self._paces[name] = Pace(every, may_ever_rest=name not in RESTLESS)
            scheduler.add_job(
                self._guarded,
                "interval",
                (name, run),
                seconds=every,
                id=name,
                next_run_time=now,  # whoever takes over goes on at once
            )
        return scheduler

    def _runs(self) -> list[tuple[str, Callable[[], object], int]]:
        settings, world = self.settings, self.world
        runs: list[tuple[str, Callable[[], object], int]] = [
            (job.run.__name__, lambda run=job.run: run(settings, world), job.every)  # type: ignore[misc]
            for job in TABLE
        ]
        deliver = lambda: deliver_due(settings, world, self.stopping.is_set)  # noqa: E731
        post = lambda: post_due(settings, world, self.stopping.is_set)  # noqa: E731
        runs.append(("deliver_due", deliver, DELIVER_EVERY))
        runs.append(("post_due", post, DELIVER_EVERY))
        runs.append(("beat", self._beat, BEAT_EVERY))
        return runs

    def _guarded(self, name: str, run: Callable[[], object]) -> None:
        """Run one job; a bug in it must stop neither the others nor its next round."""
        pace, now = self._paces.setdefault(name, Pace(0)), self.world.clock.now()
        written = database.written_at()
        if self.stopping.is_set() or pace.may_rest(written, now):
            return
        pace.busy_since, pace.idle_since = now, None
        try:
            has_worked = run()
        except Exception as bug:  # what a job did not foresee ends here
            self._errors[name] = f"{name}: {type(bug).__name__}"
            pace.failures += 1
            log.exception("the job %s failed", name)
        else:
            self._errors.pop(name, None)
            pace.good_at = self.world.clock.now()
            pace.idle_since = None if has_worked or not written else (written, now)
        finally:
            pace.busy_since = None

    def _beat(self) -> None:
        try:
            self._write_beat()
        except CannotSave:
            # No restart makes room, and while it lasts the desk can at least be read.
            if disk_usage(self.settings.data_dir).free < FULL:
                tell_systemd()
            raise
        tell_systemd()

    def _write_beat(self) -> None:
        with atomic():
            errors = "; ".join(sorted(self._errors.values()))
            jobs = {name: pace.as_data() for name, pace in self._paces.items()}
            now, pid = self.world.clock.now(), os.getpid()
            Heartbeat.beat(now, pid, errors, __version__, jobs)


def re_arm(scheduler: BackgroundScheduler) -> None:
    """Make jobs run now whose next time lies further ahead than their interval."""
    for job in scheduler.get_jobs():
        now = job.next_run_time.now(job.next_run_time.tzinfo)
        if job.next_run_time - now > job.trigger.interval:
            job.modify(next_run_time=now)


logging.getLogger("apscheduler").setLevel(logging.ERROR)  # it warns of every long round
