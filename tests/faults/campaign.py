"""Kill a box at random while letters are due and the post office misbehaves.

What must come out: every letter is accounted for; none arrived twice; none is marked
sent that did not arrive; whatever cannot be known is shown as in doubt. Half of the
letters go to the LEA, half to providers; each has a recipient of its own, so that a
second letter for the same matter is seen even under another Message-ID. Every third
provider is asked by its API, if there is one, which breaks off before it has read a
document and after, asks to wait, refuses, and fails.
"""

import os
import random
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from reportbox import lifecycle
from reportbox.agreements.reading import read_terms, unit_of
from reportbox.lea.owed import columns_of
from reportbox.lifecycle import Paper
from reportbox.practice.agreed import POLICE_ID
from reportbox.practice.box import set_up
from reportbox.practice.clock import MovableClock
from reportbox.practice.internet import PracticeInternet
from reportbox.practice.manners import Manners, drops_and_refusals
from reportbox.records import atomic, database
from reportbox.records.agencies import Agency
from reportbox.records.contacts import Contact
from reportbox.records.letters import Enclosure, Letter
from reportbox.records.tracks import LeaNotice, Ntd
from reportbox.records.upgrade import open_ready_database
from tests.api_server import CUT, HANG_UP, Answer, ApiServer
from tests.builders import a_case_at_home, a_judged_item, a_notice

# Leader and master by kill -9, most of all; orderly ends in between.
WAYS = ("leader", "leader", "leader", "master", "master", "term", "hup")
FINAL = {lifecycle.Letter.SENT, lifecycle.Letter.REFUSED, lifecycle.Letter.IN_DOUBT}
OVERTAKEN = {lifecycle.Letter.STOPPED}  # an NTD traced and written anew
WAYS_OF_AN_API: list[Answer] = [*[202] * 11, *[HANG_UP] * 3, *[CUT] * 3, 503, 400, 500]
PAPERS = [Paper.LEA_NOTICE, Paper.NTD]
FOR_ONE = re.compile(r"(abuse|unit)-\d+@")
A_ROUND = timedelta(seconds=20)  # by the practice clock, from one kill to the next
PATIENCE = 600  # seconds until everything must be settled


@dataclass
class Outcome:
    letters: int = 0
    states: Counter[str] = field(default_factory=Counter)
    kills: Counter[str] = field(default_factory=Counter)
    lost: int = 0
    twice: int = 0
    sent_but_not_arrived: int = 0
    arrived_but_not_sent: int = 0  # and not in doubt either
    tracks_that_disagree: int = 0
    doubts_delivered: int = 0
    doubts_by_kill: int = 0
    second_attempts: int = 0
    by_api: Counter[str] = field(default_factory=Counter)  # of the letters
    said_by_api: Counter[Answer] = field(default_factory=Counter)
    slowest_stop: float = 0.0  # seconds from SIGTERM to the end

    @property
    def kills_dead(self) -> int:
        """How many kill -9 hit a living leader or master."""
        return self.kills["leader"] + self.kills["master"]

    @property
    def is_clean(self) -> bool:
        wrong = (
            self.lost,
            self.twice,
            self.sent_but_not_arrived,
            self.arrived_but_not_sent,
            self.tracks_that_disagree,
        )
        return wrong == (0, 0, 0, 0, 0)


class Campaign:
    def __init__(
        self,
        folder: Path,
        internet: PracticeInternet,
        api: ApiServer | None = None,
        **more: object,
    ) -> None:
        self.folder = folder
        self.internet = internet
        self.api = api
        self.file, self.settings = set_up(
            folder, internet, free_port(), ntd_reminders=0, **more
        )
        self.clock = MovableClock(self.settings.data_dir / "practice-clock")
        self.outcome = Outcome()
        self.box: subprocess.Popen[bytes] | None = None

    def run(self, letters: int, kills: int, seed: int) -> Outcome:
        """Go on until so many kill -9 have hit."""
        chance = random.Random(seed)
        self._misbehave(seed)
        self._prepare(letters, rounds=kills)
        with self._log() as log:
            for _ in range(kills * 20):
                if self.outcome.kills_dead == kills:
                    break
                self._ensure_running(log)
                self._await_leader()
                time.sleep(chance.uniform(0.0, 0.8))
                self._kill(chance.choice(WAYS))
                self.clock.move(A_ROUND)
            self._settle(log)
        self._judge()
        return self.outcome

    def _misbehave(self, seed: int) -> None:
        self.internet.post_office.manners = slow(drops_and_refusals(seed), seed)
        if self.api is not None:
            self.api.manners = breaks_and_refusals(seed)
            token = self.settings.secrets_dir / "api-token-localhost"
            token.write_text("token-one")

    def _prepare(self, letters: int, rounds: int) -> None:
        """Put as many letters in the box, some falling due in every round."""
        now = self.clock.now()
        self.internet.atlas.broken.add(SILENT)
        with atomic():
            for number in range(letters):
                due_at = now + A_ROUND * (number * rounds // letters)
                if number % 2:
                    self._prepare_ntd(number, now, due_at)
                else:
                    self._prepare_notice(number, now, due_at)
        database.close_file()
        self.outcome.letters = letters

    def _prepare_notice(self, number: int, now: datetime, due_at: datetime) -> None:
        """A notice that leaves when its wait for a silent name server is over."""
        state = lifecycle.Item.TO_TRACE
        a_notice(
            now,
            a_judged_item(now, host=SILENT, state=state),
            **columns_of(unit_of(_unit(number))),
            latest_at=min(due_at, now + timedelta(minutes=30)),
        )

    def _prepare_ntd(self, number: int, now: datetime, due_at: datetime) -> None:
        """An NTD whose LEA was told just so long ago that it falls due then."""
        delay = timedelta(hours=read_terms().ntd_delay_hours)
        contact = f"abuse-{number}@host-one.example"
        a_case_at_home(now, told_at=due_at - delay, contact=contact)
        if self.api is not None and number % 3 == 0:
            way = {"channel": "api", "format": "xarf", "api_url": self.api.url}
            Contact.update(**way).where(Contact.mailbox == contact).execute()

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
            env = dict(os.environ)
            if self.api is not None:
                env["SSL_CERT_FILE"] = str(self.api.ca_file)
            self.box = subprocess.Popen(
                [*command, "serve"], stdout=log, stderr=log, env=env
            )

    def _await_leader(self) -> None:
        deadline = time.monotonic() + 30
        while not self._leader():
            if time.monotonic() > deadline or self._box().poll() is not None:
                return  # the master lost a race for its port; the next round starts it
            time.sleep(0.02)

    def _leader(self) -> int:
        """The process that leads now; 0 when none of this box does."""
        with suppress(OSError, ValueError):
            pid = int((self.settings.data_dir / "leader.lock").read_text())
            return pid if _parent(pid) == self._box().pid else 0
        return 0

    def _kill(self, way: str) -> None:
        if self._box().poll() is not None:
            return  # nobody there to be hit
        match way:
            case "leader":
                leader = self._leader()
                if not leader:
                    return
                os.kill(leader, signal.SIGKILL)
            case "master":
                self._end(signal.SIGKILL)
            case "term":
                began = time.monotonic()
                self._end(signal.SIGTERM)
                took = time.monotonic() - began
                self.outcome.slowest_stop = max(self.outcome.slowest_stop, took)
            case "hup":
                self._box().send_signal(signal.SIGHUP)
        self.outcome.kills[way] += 1

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
            self.clock.move(A_ROUND)
            time.sleep(1)
        self._end(signal.SIGTERM)

    def _is_settled(self) -> bool:
        open_ready_database(self.settings)
        try:
            under_way = Letter.rows(
                Letter.state.not_in(list(FINAL | OVERTAKEN)), Letter.paper.in_(PAPERS)
            )
            return not under_way and _ended() >= self.outcome.letters
        finally:
            database.close_file()

    def _judge(self) -> None:
        open_ready_database(self.settings)
        letters = Letter.rows(Letter.paper.in_(PAPERS))
        arrived = self._arrived()
        found = self.outcome
        for letter in letters:
            found.states[str(letter.state)] += 1
            found.by_api[str(letter.state)] += bool(letter.url)
            self._judge_letter(letter, arrived[letter.message_id])
        found.twice += sum(count > 1 for count in self._to_whom().values())
        found.said_by_api = self.api.answers if self.api else Counter()
        found.lost = found.letters - _ended()
        found.tracks_that_disagree = _disagreeing_tracks()
        database.close_file()

    def _arrived(self) -> Counter[str]:
        """Count what the mail server took, by Message-ID, and what the API did."""
        by_api = (f"<{key}>" for key, _ in self._taken())
        return Counter([*self.internet.post_office.message_ids, *by_api])

    def _to_whom(self) -> Counter[str]:
        """Count by the mailboxes that were made for one letter each.

        An API is asked about many addresses, and about each of them once.
        """
        arrived = (x.recipient for x in self.internet.post_office.letters)
        mails = (name for name in arrived if FOR_ONE.match(name))
        return Counter([*mails, *(address for _, address in self._taken())])

    def _taken(self) -> list[tuple[str, str]]:
        return [] if self.api is None else self.api.taken

    def _judge_letter(self, letter: Letter, count: int) -> None:
        found, state = self.outcome, letter.state
        told = {lifecycle.Letter.SENT, lifecycle.Letter.IN_DOUBT}
        found.twice += count > 1
        found.sent_but_not_arrived += state == lifecycle.Letter.SENT and count == 0
        found.arrived_but_not_sent += state not in told and count > 0
        found.doubts_by_kill += "the box stopped" in letter.trouble
        found.second_attempts += letter.attempts > 1
        found.doubts_delivered += state == lifecycle.Letter.IN_DOUBT and count > 0


def _ended() -> int:
    """Count the matters of which a letter came to an end.

    There may be more letters: what one mailbox refuses goes to the next contact.
    """
    ended = Letter.state.in_(list(FINAL)) & Letter.paper.in_(PAPERS)
    matters = Enclosure.select(Enclosure.track_kind, Enclosure.track_id).join(Letter)
    return int(matters.where(ended).distinct().count())


def _unit(number: int) -> Agency:
    """An agency with a mailbox of its own; nothing else is routed to it."""
    made: Agency = Agency.create(
        name=f"Unit {number}",
        level="central",
        mailbox=f"unit-{number}@police.example",
        channel="both",
        key=Agency.get_by_id(POLICE_ID).key,
        is_active=False,
    )
    return made


def free_port() -> int:
    """Find three ports in a row that nobody listens on."""
    for port in range(8400, 8490, 3):
        with suppress(OSError):
            for number in range(port, port + 3):
                with socket.socket() as probe:
                    probe.bind(("127.0.0.1", number))
            return port
    raise OSError("no ports are free from 8400 to 8490")


SILENT = "item-silent.example"  # the name server never answers for it


def slow(manners: Manners, seed: int) -> Manners:
    """Make every answer take a moment, so that a kill often comes in the middle."""
    chance = random.Random(seed)

    def slowly(point: str, recipient: str) -> str | None:
        time.sleep(chance.uniform(0.0, 0.03))
        return manners(point, recipient)

    return slowly


def breaks_and_refusals(seed: int) -> Callable[[], Answer]:
    """Let an API go wrong in every way among any twenty calls, and not be quick."""
    chance, deck, dealer = random.Random(seed), list[Answer](), threading.Lock()

    def manners() -> Answer:
        time.sleep(chance.uniform(0.0, 0.05))
        with dealer:
            if not deck:
                deck.extend(chance.sample(WAYS_OF_AN_API, len(WAYS_OF_AN_API)))
            return deck.pop()

    return manners


def _disagreeing_tracks() -> int:
    """Count tracks that say anything else than what became of their letters."""
    sent = {
        (e.track_kind, e.track_id)
        for letter in Letter.rows(Letter.state == lifecycle.Letter.SENT)
        for e in letter.enclosures  # type: ignore[attr-defined]
    }
    wrong = 0
    for notice in LeaNotice.rows(LeaNotice.address != "unit@police.example"):
        told = notice.state in lifecycle.TOLD and notice.told_at is not None
        wrong += told != ((notice.kind, notice.id) in sent)
    for ntd in Ntd.rows():
        asked = ntd.state == lifecycle.Ntd.TO_VERIFY and ntd.asked_at is not None
        wrong += asked != ((ntd.kind, ntd.id) in sent)
    return wrong


def _parent(pid: int) -> int:
    with suppress(OSError, ValueError, IndexError):
        status = Path(f"/proc/{pid}/stat").read_text()
        return int(status.rpartition(")")[2].split()[1])
    return 0
