"""Servers beside the box in its machine, seen from here: see beside.py."""

import json
import shlex
import time
from dataclasses import dataclass
from typing import Any, NamedTuple

from tests.machine.means import Machine

UNIT = "practice-internet"
FOLDER = "/root/n"  # short: a gpg home lies below it
PYTHON = "/opt/reportbox/current/.venv/bin/python"
ARRIVES = 60  # seconds for a letter


class Letter(NamedTuple):
    recipient: str
    subject: str
    sent_at: str
    is_encrypted: bool
    signed_by: str
    parts: list[tuple[str, str]]  # name, text

    def part(self, name: str) -> str:
        return dict(self.parts)[name]


@dataclass(frozen=True)
class Neighbours:
    machine: Machine
    checkout: str

    def begin(self) -> dict[str, Any]:
        """Start them; return the settings that lead a box to them."""
        self.end()
        unit = f"systemd-run -q --collect --unit={UNIT}"
        where = f"--working-directory={self.checkout}"
        self.machine.run(f"{unit} {where} {self._command('serve')}")
        wait = f"for _ in {{1..300}}; do [ ! -e {FOLDER}/settings ] || break; sleep 0.1"
        told: dict[str, Any] = json.loads(
            self.machine.run(f"{wait}; done; cat {FOLDER}/settings")
        )
        return told

    def end(self) -> None:
        self.machine.run(f"systemctl stop {UNIT}; rm -rf {FOLDER}", may_fail=True)

    def key(self) -> str:
        return self._say("key")

    def fingerprint(self) -> str:
        shown = f"gpg --homedir {FOLDER}/lea --with-colons --list-keys"
        return self.machine.run(f"{shown} | grep -m 1 ^fpr | cut -d : -f 10").strip()

    def know(self, key: str) -> None:
        self._say("know", key)

    def letter_to(self, recipient: str, words: str) -> Letter:
        """Wait for the latest letter to somebody whose subject has these words."""
        deadline = time.monotonic() + ARRIVES
        while time.monotonic() < deadline:
            for told in json.loads(self._say("letters")):
                letter = Letter(**told)
                if letter.recipient == recipient and words in letter.subject:
                    return letter
            time.sleep(1)
        subjects = [x["subject"] for x in json.loads(self._say("letters"))]
        raise AssertionError(f"no letter to {recipient}; these came: {subjects}")

    def _say(self, verb: str, given: str = "") -> str:
        line = f"cd {self.checkout} && {self._command(verb)} 2>/dev/null"
        return self.machine.run(line, given=given.encode())

    def _command(self, verb: str) -> str:
        return shlex.join([PYTHON, "-m", "tests.machine.beside", verb, FOLDER])
