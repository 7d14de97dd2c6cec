"""Kill a box at random while letters are due and the post office misbehaves.

What must come out: every letter is accounted for; none arrived twice; none is marked
sent that did not arrive; whatever cannot be known is shown as in doubt.
"""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from reportbox import lifecycle
from reportbox.practice.box import set_up
from reportbox.practice.clock import MovableClock
from reportbox.practice.internet import PracticeInternet
from reportbox.practice.manners import Manners, drops_and_refusals
from reportbox.records import atomic, database
from reportbox.records.letters import Enclosure, Letter
from reportbox.records.tracks import LeaNotice
from reportbox.records.upgrade import open_ready_database
from tests.builders import a_judged_item, a_notice

# Leader and master by kill -9, most of all; orderly ends in between.
WAYS = ("leader", "leader", "leader", "master", "master", "term", "hup")
FINAL = {lifecycle.Letter.SENT, lifecycle.Letter.REFUSED, lifecycle.Letter.IN_DOUBT}
A_ROUND = timedelta(minutes=3)  # by the practice clock, from one kill to the next
PATIENCE = 600  # seconds until everything must be settled


@dataclass
class Outcome:
    letters: int = 0
    states: Counter[str] = field(default_factory=Counter)
    kills: Counter[str] = field(default_factory=Counter)
    lost: int = 0
    twice: int = 0
    sent_but_not_arrived: int = 0
    refused_but_arrived: int = 0
    notices_that_disagree: int = 0
    doubts_delivered: int = 0
    doubts_by_kill: int = 0
    second_attempts: int = 0
    slowest_stop: float = 0.0  # seconds from SIGTERM to the end

    @property
    def is_clean(self) -> bool:
        wrong = (
            self.lost,
            self.twice,
            self.sent_but_not_arrived,
            self.refused_but_arrived,
            self.notices_that_disagree,
        )
        return wrong == (0, 0, 0, 0, 0)


class Campaign:
    def __init__(self, folder: Path, internet: PracticeInternet, port: int) -> None:
        self.folder = folder
        self.internet = internet
        self.file, self.settings = set_up(folder, internet, port)
        self.clock = MovableClock(self.settings.data_dir / "practice-clock")
        self.outcome = Outcome()
        self.box: subprocess.Popen[bytes] | None = None

    def run(self, letters: int, kills: int, seed: int) -> Outcome:
        chance = random.Random(seed)
        self.internet.post_office.manners = slow(drops_and_refusals(seed), seed)
        self._prepare(letters, kills)
        with self._log() as log:
            for _ in range(kills):
                self._ensure_running(log)
                self._await_leader()
                time.sleep(chance.uniform(0.0, 0.8))
                self._kill(chance.choice(WAYS))
                self.clock.move(A_ROUND)
            self._settle(log)
        self._judge()
        return self.outcome

    def _prepare(self, letters: int, kills: int) -> None:
        """Put as many notices in the box, some due in every round of the campaign.

        Each is to a unit of its own, and waits for a trace that never comes, so it
        falls due when its wait is over.
        """
        now = self.clock.now()
        waits = {
            "state": lifecycle.Item.TO_TRACE,
            "trace_at": now + timedelta(days=999),
        }
        with atomic():
            for number in range(letters):
                a_notice(
                    now,
                    a_judged_item(now, **waits),
                    address=f"unit-{number}@police.example",
                    key=self.settings.lea_key,
                    latest_at=now + A_ROUND * (number * kills // letters),
                )
        database.close_file()
        self.outcome.letters = letters

    @contextmanager
    def _log(self) -> Iterator[int]:
        with (self.folder / "box.log").open("ab") as log:
            try:
                yield log.fileno()
            finally:
                self._end(signal.SIGKILL)

    def _ensure_running(self, log: int) -> None:
        if self.box is None or self.box.poll() is not None:
            command = [sys.executable, "-m", "reportbox", "--settings", str(self.file)]
            self.box = subprocess.Popen([*command, "serve"], stdout=log, stderr=log)

    def _await_leader(self) -> None:
        deadline = time.monotonic() + 30
        while not self._leader_is_alive():
            if time.monotonic() > deadline or self._box().poll() is not None:
                return  # the master lost a race for its port; the next round starts it
            time.sleep(0.02)

    def _leader(self) -> int:
        with suppress(OSError, ValueError):
            return int((self.settings.data_dir / "leader.lock").read_text())
        return 0

    def _leader_is_alive(self) -> bool:
        pid = self._leader()
        return bool(pid) and _parent(pid) == self._box().pid

    def _kill(self, way: str) -> None:
        self.outcome.kills[way] += 1
        match way:
            case "leader":
                with suppress(ProcessLookupError):
                    os.kill(self._leader(), signal.SIGKILL)
            case "master":
                self._end(signal.SIGKILL)
            case "term":
                began = time.monotonic()
                self._end(signal.SIGTERM)
                took = time.monotonic() - began
                self.outcome.slowest_stop = max(self.outcome.slowest_stop, took)
            case "hup":
                self._box().send_signal(signal.SIGHUP)

    def _end(self, how: signal.Signals) -> None:
        if self.box is not None:
            self.box.send_signal(how)
            self.box.wait()

    def _box(self) -> subprocess.Popen[bytes]:
        assert self.box is not None
        return self.box

    def _settle(self, log: int) -> None:
        """Let the box work in peace until every letter is in a final state."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline and not self._is_settled():
            self._ensure_running(log)
            self.clock.move(timedelta(minutes=5))
            time.sleep(1)
        self._end(signal.SIGTERM)

    def _is_settled(self) -> bool:
        open_ready_database(self.settings)
        try:
            done = Letter.select().where(Letter.state.in_(FINAL)).count()
            return bool(done == self.outcome.letters)
        finally:
            database.close_file()

    def _judge(self) -> None:
        open_ready_database(self.settings)
        arrived = Counter(self.internet.post_office.message_ids)
        found = self.outcome
        for letter in Letter.rows():
            count = arrived[letter.message_id]
            found.states[str(letter.state)] += 1
            found.twice += count > 1
            found.sent_but_not_arrived += letter.state == "sent" and count == 0
            found.refused_but_arrived += letter.state == "refused" and count > 0
            found.doubts_by_kill += "the box stopped" in letter.trouble
            found.second_attempts += letter.attempts > 1
            found.doubts_delivered += letter.state == "in_doubt" and count > 0
            found.notices_that_disagree += not _agrees(letter)
        final = sum(found.states[state] for state in FINAL)
        found.lost = found.letters - final
        database.close_file()


def slow(manners: Manners, seed: int) -> Manners:
    """Make every answer take a moment, so that a kill often comes in the middle."""
    chance = random.Random(seed)

    def slowly(point: str, recipient: str) -> str | None:
        time.sleep(chance.uniform(0.0, 0.03))
        return manners(point, recipient)

    return slowly


def _agrees(letter: Letter) -> bool:
    """A notice counts as told exactly when its letter is sent."""
    [enclosure] = Enclosure.rows(Enclosure.letter == letter.id)
    notice = LeaNotice.get_by_id(enclosure.track_id)
    told = notice.state in lifecycle.TOLD and notice.told_at is not None
    return bool(told == (letter.state == lifecycle.Letter.SENT))


def _parent(pid: int) -> int:
    with suppress(OSError, ValueError, IndexError):
        status = Path(f"/proc/{pid}/stat").read_text()
        return int(status.rpartition(")")[2].split()[1])
    return 0
