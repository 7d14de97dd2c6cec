"""The campaign once more with a real Postfix between the box and the providers.

The wire to Postfix breaks around the final dot, the box is killed, and behind Postfix
stands a server that fails in every way it can. What must come out beside the rest:
Postfix took every letter once, and every doubt was settled by itself from its log.

A server that keeps a letter and dies before it answers gets it again from Postfix, as
from anybody (RFC 1047). That is counted by itself: the box handed it over once.
"""

import random
import re
import time
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from email import message_from_bytes
from pathlib import Path

from reportbox import lifecycle
from reportbox.adapters.postfix import PostfixLog
from reportbox.lifecycle import Actor, Kind, Move
from reportbox.practice.internet import PracticeInternet
from reportbox.practice.manners import DROP, LEAVE, Manners, drops_and_refusals
from reportbox.records import database
from reportbox.records.items import Event
from reportbox.records.letters import Letter
from reportbox.records.log_marks import LogMark
from reportbox.records.upgrade import open_ready_database
from tests.faults import campaign
from tests.faults.wire import Wire
from tests.local_postfix import Postfix

NAMED = re.compile(r"cleanup\[\d+\]: (\w+): message-id=(\S+)")
ACTIVE = re.compile(r"qmgr\[\d+\]: (\w+): from=<desk[@+].*\(queue active\)")
HANDED_ON = re.compile(r"\(Postfix\) with E?SMTP id (\w+)")
QUIET = 90  # seconds for the last doubts, and for Postfix's queue
HANG = 4  # seconds; Postfix waits three


@dataclass
class Outcome(campaign.Outcome):
    cuts_before: int = 0  # the wire broke before the final dot
    cuts_after: int = 0  # and after it
    doubts: int = 0
    found: int = 0  # by the box itself
    not_found: int = 0
    by_a_person: int = 0  # still in doubt at the end, and shown
    stranded: int = 0  # Postfix took it, and it neither went on nor bounced
    repeated_by_postfix: int = 0

    @property
    def is_clean(self) -> bool:
        return super().is_clean and not self.stranded


class Campaign(campaign.Campaign):
    outcome: Outcome
    share = 0.08  # of the letters, at which the wire breaks

    def __init__(
        self, folder: Path, internet: PracticeInternet, postfix: Postfix, wire: Wire
    ) -> None:
        log = str(postfix.log)
        super().__init__(folder, internet, smtp_port=wire.port, mail_log=log)
        self.postfix, self.wire = postfix, wire
        self.outcome = Outcome()

    def run(self, letters: int, kills: int, seed: int) -> Outcome:
        super().run(letters, kills, seed)
        return self.outcome

    def _misbehave(self, seed: int) -> None:
        chance = random.Random(seed)
        self.wire.cutting = lambda: (
            chance.choice(["before", "after"]) if chance.random() < self.share else None
        )
        self.internet.post_office.manners = campaign.slow(_hostile(seed), seed)

    def _prepare(self, letters: int, rounds: int) -> None:
        super()._prepare(letters, rounds)
        open_ready_database(self.settings)
        a_while_ago = self.clock.now() - timedelta(minutes=5)
        LogMark.put(a_while_ago, PostfixLog(self.postfix.log).end())
        database.close_file()

    def _settle(self, log: int) -> None:
        self._patient_until = time.monotonic() + QUIET
        super()._settle(log)
        while self.postfix.has_letters() and time.monotonic() < self._patient_until:
            time.sleep(0.5)

    def _is_settled(self) -> bool:
        """Wait for the doubts too, as long as they could still be settled."""
        if not super()._is_settled():
            self._patient_until = time.monotonic() + QUIET
            return False
        self.wire.cutting = lambda: None
        open_ready_database(self.settings)
        in_doubt = Letter.rows(Letter.state == lifecycle.Letter.IN_DOUBT)
        database.close_file()
        return not in_doubt or time.monotonic() > self._patient_until

    def _judge(self) -> None:
        super()._judge()
        open_ready_database(self.settings)
        found = self.outcome
        cuts = Counter(self.wire.cuts)
        found.cuts_before, found.cuts_after = cuts["before"], cuts["after"]
        told = Event.rows(Event.kind == Kind.LETTER, Event.actor == Actor.BOX)
        moves = Counter(event.move for event in told)
        found.doubts = moves[Move.DOUBT]
        found.found, found.not_found = moves[Move.FOUND], moves[Move.NOT_FOUND]
        found.by_a_person = found.states[lifecycle.Letter.IN_DOUBT]
        found.stranded = len(set(self._arrived()) - self._went_on())
        handed_on = Counter(self._handed_on())
        found.repeated_by_postfix = sum(handed_on.values()) - len(handed_on)
        database.close_file()

    def _arrived(self) -> Counter[str]:
        """Count how often Postfix took each letter of the box."""
        lines = self.postfix.log.read_text().splitlines()
        name_of: dict[str, str] = {}
        taken: Counter[str] = Counter()
        for line in lines:
            if named := NAMED.search(line):
                name_of[named[1]] = named[2]
            # Letters that are put off and tried again become active again.
            if (has := ACTIVE.search(line)) and has[1] in name_of:
                taken[name_of.pop(has[1])] += 1
        return taken

    def _to_whom(self) -> Counter[str]:
        """Count the letters to each recipient; Postfix's repetitions are no more."""
        return Counter(recipient for recipient, _ in set(self._handed_on()))

    def _handed_on(self) -> list[tuple[str, str]]:
        """List recipient and Postfix's queue id of whatever went on to the sink."""
        return [
            (letter.recipient, found[1])
            for letter in self.internet.post_office.letters
            if not letter.recipient.startswith(("desk@", "desk+"))  # a bounce
            and (found := HANDED_ON.search(_top_of(letter.data)))
        ]

    def _went_on(self) -> set[str]:
        """Name the letters that reached the sink, or came back as a bounce."""
        gone = set(self.internet.post_office.message_ids)
        for letter in self.internet.post_office.letters:
            if letter.recipient.startswith(("desk@", "desk+")):
                gone |= set(re.findall(rb"Message-ID: (\S+)", letter.data))
        return {x.decode() if isinstance(x, bytes) else x for x in gone}


def _top_of(data: bytes) -> str:
    return " ".join(str(message_from_bytes(data)["Received"]).split())


def _hostile(seed: int) -> Manners:
    """Make a server fail in every way: refuse, hang, die before its answer or after."""
    dice = random.Random(seed)
    usual = drops_and_refusals(seed)

    def manners(point: str, recipient: str) -> str | None:
        if recipient.startswith(("desk@", "desk+")):
            return None  # the bounces come home
        thrown = dice.random()
        if point == "dot" and thrown < 0.01:
            time.sleep(HANG)
            return DROP
        if point == "kept" and thrown < 0.03:
            return LEAVE
        return usual(point, recipient)

    return manners
