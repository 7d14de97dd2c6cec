"""A practice post office in a process of its own, as a hotline's mail server is.

    with elsewhere() as office:   # office.port; office.letters once it has closed

``python -m tests.bench.office FILE``: say the port, run until the input ends, and
leave in the file what arrived.
"""

import pickle
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from reportbox.practice.post_office import Arrived, PostOffice

LONGEST_CLOSE = 30  # seconds


@dataclass
class Office:
    port: int
    letters: list[Arrived] = field(default_factory=list)


@contextmanager
def elsewhere() -> Iterator[Office]:
    with tempfile.NamedTemporaryFile(prefix="rbb-") as file:
        command = [sys.executable, "-m", "tests.bench.office", file.name]
        pipe = subprocess.PIPE
        with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as process:
            assert process.stdout is not None
            office = Office(int(process.stdout.readline()))
            try:
                yield office
            finally:
                process.communicate(timeout=LONGEST_CLOSE)
        office.letters = pickle.loads(Path(file.name).read_bytes())  # noqa: S301 - our own


def main() -> None:
    with PostOffice() as post_office:
        print(post_office.port, flush=True)
        sys.stdin.read()
        Path(sys.argv[1]).write_bytes(pickle.dumps(post_office.letters))


if __name__ == "__main__":
    main()
