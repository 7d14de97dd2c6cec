"""Kill the box under load from the public: every receipt a visitor saw must be kept.

Visitors are stubborn: whoever gets no answer sends the same form again, as a person
who presses reload does. What must come out: every receipt is in the database, and
nothing is there twice.
"""

import http.client
import os
import random
import signal
import subprocess
import sys
import threading
import time
from contextlib import closing, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode

from reportbox.intake.receipt import code_hash
from reportbox.intake.token import fresh_token
from reportbox.practice.box import set_up
from reportbox.practice.internet import PracticeInternet
from reportbox.records import database
from reportbox.records.items import Item
from reportbox.records.reports import Report
from reportbox.records.upgrade import open_ready_database
from reportbox.world import SETTINGS
from tests.bench.served import CONFIG, REAL
from tests.faults.campaign import free_port

HEADERS = {"Content-Type": "application/x-www-form-urlencoded"}
GIVES_UP = 60  # seconds after which a visitor would
BETWEEN_KILLS = 20  # forms that were answered


@dataclass
class Outcome:
    kills: int = 0
    sent: int = 0  # forms
    receipts: dict[str, str] = field(default_factory=dict)  # code -> address
    tries: int = 0
    lost: int = 0  # receipts that are not in the database
    twice: int = 0  # addresses counted more than once

    @property
    def is_clean(self) -> bool:
        return (self.lost, self.twice) == (0, 0)


class Campaign:
    def __init__(self, folder: Path, internet: PracticeInternet) -> None:
        self.port = free_port()
        self.file, self.settings = set_up(
            folder, internet, self.port, form_wait_seconds=0
        )
        database.close_file()
        self.log = folder / "box.log"
        self.secret = self.settings.secret("session-key")
        self.outcome = Outcome()
        self.over = threading.Event()
        self.lock = threading.Lock()

    def run(self, kills: int, visitors: int, seed: int) -> Outcome:
        chance = random.Random(seed)
        box = self._start()
        threads = [
            threading.Thread(target=self._visit, args=(number,))
            for number in range(visitors)
        ]
        for thread in threads:
            thread.start()
        for number in range(kills):
            self._wait_for(self.outcome.sent + BETWEEN_KILLS)
            time.sleep(chance.uniform(0, 2))
            self._kill(box, only_a_worker=bool(number % 2))
            self.outcome.kills += 1
            if box.poll() is not None:
                box = self._start()
        time.sleep(3)
        self.over.set()
        for thread in threads:
            thread.join()
        box.terminate()
        box.wait()
        self._judge()
        return self.outcome

    def _wait_for(self, forms: int) -> None:
        """Let the box work in between, however slow the machine is just now."""
        deadline = time.monotonic() + GIVES_UP
        while self.outcome.sent < forms and time.monotonic() < deadline:
            time.sleep(0.05)

    def _start(self) -> "subprocess.Popen[bytes]":
        command = [sys.executable, "-m", "gunicorn", "--config", str(CONFIG), REAL]
        environment = {**os.environ, SETTINGS: str(self.file)}
        with self.log.open("ab") as log:
            return subprocess.Popen(
                command, env=environment, stdout=log, stderr=log, start_new_session=True
            )

    @staticmethod
    def _kill(box: "subprocess.Popen[bytes]", *, only_a_worker: bool) -> None:
        """Pull the plug: of one worker, or of the whole box at once."""
        if only_a_worker:
            found = subprocess.run(
                ["pgrep", "-P", str(box.pid)],
                capture_output=True,
                text=True,
                check=False,
            )
            for worker in found.stdout.split()[:1]:
                with suppress(ProcessLookupError):
                    os.kill(int(worker), signal.SIGKILL)
        else:
            os.killpg(box.pid, signal.SIGKILL)
            box.wait()

    def _visit(self, visitor: int) -> None:
        number = 0
        while not self.over.is_set():
            number += 1
            address = f"https://item-one.example/{visitor}/{number}"
            a_minute_ago = datetime.now(UTC) - timedelta(minutes=1)
            form = {"token": fresh_token(self.secret, a_minute_ago), "address": address}
            code = self._insist(urlencode(form))
            with self.lock:
                self.outcome.sent += 1
                if code:
                    self.outcome.receipts[code] = address

    def _insist(self, body: str) -> str:
        """Send the same form until there is a receipt."""
        deadline = time.monotonic() + GIVES_UP
        while time.monotonic() < deadline:
            with self.lock:
                self.outcome.tries += 1
            with suppress(OSError, http.client.HTTPException):
                page = self._ask(body)
                found = page.partition('class="receipt"><strong>')[2]
                if found:
                    return found.partition("<")[0]
            time.sleep(0.05)
        return ""

    def _ask(self, body: str) -> str:
        """Send the form once; a broken answer leaves no socket behind."""
        with closing(
            http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        ) as connection:
            connection.request("POST", "/", body, HEADERS)
            with connection.getresponse() as answer:
                return answer.read().decode()

    def _judge(self) -> None:
        open_ready_database(self.settings)
        kept = {report.code_hash for report in Report.select(Report.code_hash)}
        seen = [code_hash(code) for code in self.outcome.receipts]
        self.outcome.lost = sum(one not in kept for one in seen)
        self.outcome.twice = Item.select().where(Item.times_seen > 1).count()
        self.outcome.twice += Report.select().count() - len(kept)
        database.close_file()
