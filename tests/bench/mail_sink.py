"""The practice post office as a process of its own, so that it costs the box no time.

Its first line names the port; every line it reads is answered with what arrived.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from reportbox.practice.post_office import PostOffice


@dataclass(frozen=True)
class Arrivals:
    letters: int  # to providers
    ids: int  # different Message-IDs
    recipients: int
    last: datetime | None

    @property
    def is_one_each(self) -> bool:
        return self.letters == self.ids == self.recipients


class Sink:
    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.process = process
        self.port = int(self._hear())

    def ask(self, *, forget: bool = False) -> Arrivals:
        assert self.process.stdin
        self.process.stdin.write("forget\n" if forget else "count\n")
        self.process.stdin.flush()
        letters, ids, recipients, last = json.loads(self._hear())
        moment = datetime.fromisoformat(last) if last else None
        return Arrivals(letters, ids, recipients, moment)

    def _hear(self) -> str:
        assert self.process.stdout
        return self.process.stdout.readline()


@contextmanager
def mail_sink() -> Iterator[Sink]:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.bench.mail_sink"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield Sink(process)
    finally:
        assert process.stdin
        process.stdin.close()
        process.wait(10)


def main() -> None:
    with PostOffice() as office:
        print(office.port, flush=True)
        for said in sys.stdin:
            if said == "forget\n":
                office.letters.clear()
            theirs = [x for x in office.letters if x.recipient.startswith("abuse@")]
            ids = {x.data.partition(b"Message-ID: ")[2][:60] for x in theirs}
            last = str(theirs[-1].arrived_at) if theirs else ""
            recipients = len({x.recipient for x in theirs})
            print(json.dumps([len(theirs), len(ids), recipients, last]), flush=True)


if __name__ == "__main__":
    main()
