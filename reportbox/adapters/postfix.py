"""Read in the log of this machine's Postfix what became of a letter.

The log, not the queue: the queue knows no Message-IDs, and what was taken leaves it
within a second. Only ids are looked at, and the moments in it are not believed: the
order of the lines says everything.

smtpd opens a letter (“client=”), cleanup names it (“message-id=”), qmgr has it (“queue
active”): from then on the server answers for it. A letter whose conversation broke
“after DATA” never had its final dot, so it does not exist (RFC 5321, section 4.1.1.4).
"""

import re
from dataclasses import dataclass
from pathlib import Path

from reportbox.adapters.log_file import LogFile
from reportbox.ports import Passage, Place, Reception

# As syslog has written it since 1983, or as rsyslog does nowadays. What strangers say
# stands behind the colon, so that nobody can write such a line by mail.
STAMP = r"(?:[A-Z][a-z]{2} [ \d]\d [\d:]{8}|\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d))"
LINE = re.compile(
    rf"{STAMP} \S+ (?:[\w.-]+/)+(?P<who>smtpd|cleanup|qmgr|master)"
    r"\[(?P<process>\d+)\]: (?P<words>.*)\n"
)
HERE = r"\S*\[(?:127\.[\d.]+|::1)\]"  # this machine
BEGINS = re.compile(rf"connect from {HERE}")
OPENS = re.compile(rf"(?P<id>\w+): client={HERE}(?:,.*)?")
CUTS_OFF = re.compile(r"(?:lost connection|timeout) after DATA \(\d+ bytes\) from .*")
NAMES = re.compile(r"(?P<id>\w+): message-id=(?P<name>.*)")
HAS = re.compile(r"(?P<id>\w+): from=<.*>, size=\d+, nrcpt=\d+ \(queue active\)")
STARTS = "daemon started"
# As rsyslog and journald say that they wrote less than they were told: “imuxsock: 4
# messages lost due to rate-limiting”, “Suppressed 4 messages from postfix.service”.
# They say so afterwards, or when it begins; either way somewhere here lines are gone.
LOSES = re.compile(
    rf"{STAMP} \S+ (?:rsyslogd|systemd-journald|journal|syslog-ng)(?:\[\d+\])?: "
    r"(?:.*\b(?i:rate[- ]?limit|suppressed|lost|dropp?(?:ed|ing)?)\b.*)\n"
)


@dataclass(frozen=True)
class PostfixLog:
    path: Path

    def end(self) -> Place:
        return LogFile(self.path).end()

    def search(
        self, message_id: str, since: Place | None, until: Place | None
    ) -> Passage:
        story, is_near = _Story(message_id), False
        for place, text in LogFile(self.path).lines(since):
            if until is not None:
                is_near = is_near or place.file == until.file
                is_there = place.file == until.file
                if is_near and (place.offset >= until.offset or not is_there):
                    story.turn_late()
            story.read(text)
        return story.ending()


@dataclass
class _Try:
    """One letter somebody on this machine began to hand over."""

    name: str = ""  # its Message-ID, once it is known
    is_cut_off: bool = False
    is_taken: bool = False


class _Story:
    """What a stretch of the log says about one letter."""

    def __init__(self, message_id: str) -> None:
        self.message_id = message_id
        self.tries: dict[str, _Try] = {}  # by queue id; others' are dropped
        self.talking: dict[str, str] = {}  # smtpd's process -> queue id it has open
        self.late_talkers: set[str] | None = None  # still talking when it turned late
        self.is_whole = True
        self.is_heard = False  # a conversation of this machine began and ended late

    def turn_late(self) -> None:
        """Whoever handed the letter over has been gone for a while."""
        if self.late_talkers is None:
            self.late_talkers = set(self.talking)

    def read(self, text: str) -> None:
        if not text:
            self.is_whole = False
        if LOSES.fullmatch(text):
            self.is_whole = False
        if line := LINE.fullmatch(text):
            reader = {
                "smtpd": self._read_smtpd,
                "cleanup": self._read_cleanup,
                "qmgr": self._read_qmgr,
                "master": self._read_master,
            }[line["who"]]
            reader(line["process"], line["words"])

    def _read_smtpd(self, process: str, words: str) -> None:
        if BEGINS.fullmatch(words):
            # It has not said how its last conversation ended: lines are missing.
            self.is_whole = self.is_whole and process not in self.talking
            self.talking[process] = ""
        elif opens := OPENS.fullmatch(words):
            self.talking[process] = opens["id"]
            self.tries[opens["id"]] = _Try()
        elif CUTS_OFF.fullmatch(words):
            if begun := self.tries.get(self.talking.get(process, "")):
                begun.is_cut_off = True
        elif words.startswith("disconnect from "):
            self._hang_up(process)

    def _hang_up(self, process: str) -> None:
        was_talking = self.talking.pop(process, None) is not None
        if self.late_talkers is None:
            return
        if process in self.late_talkers:
            self.late_talkers.remove(process)
        elif was_talking:
            self.is_heard = True

    def _read_cleanup(self, _process: str, words: str) -> None:
        named = NAMES.fullmatch(words)
        if not named:
            return
        if named["name"] == self.message_id:
            self.tries.setdefault(named["id"], _Try()).name = self.message_id
        else:
            self.tries.pop(named["id"], None)

    def _read_qmgr(self, _process: str, words: str) -> None:
        has = HAS.fullmatch(words)
        if has and has["id"] in self.tries:
            self.tries[has["id"]].is_taken = True

    def _read_master(self, _process: str, words: str) -> None:
        # What was written before a crash may never have reached the disk.
        self.is_whole = self.is_whole and not words.startswith(STARTS)

    def ending(self) -> Passage:
        ours = {id_: x for id_, x in self.tries.items() if x.name}
        for id_, begun in ours.items():
            if begun.is_taken:
                return Passage(
                    Reception.TAKEN, f"the mail server's log has it as {id_}"
                )
        if trouble := self._doubt(ours):
            return Passage(Reception.UNSURE, trouble)
        # What was cut off early had told its name to nobody.
        cut_off = ours or [id_ for id_, x in self.tries.items() if x.is_cut_off]
        ids = ", ".join(sorted(cut_off))
        return Passage(Reception.NOT_TAKEN, f"the mail server's log: {ids} was cut off")

    def _doubt(self, ours: dict[str, _Try]) -> str:
        """Say what keeps the log from proving that the letter was not taken."""
        nameless = [x for x in self.tries.values() if not x.name]
        if not self.is_whole or any(x.is_taken for x in nameless):
            return "lines are missing in the mail server's log"
        if not self.is_heard or self.late_talkers:
            return "the mail server has not said everything yet"
        if not all(x.is_cut_off for x in ours.values()):
            return "the mail server's log does not tell its end"
        if not ours and not any(x.is_cut_off for x in nameless):
            return "the mail server's log does not know it"
        return ""
