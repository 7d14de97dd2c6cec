"""Letters per second to the practice post office, signed, encrypted, handed over."""

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from reportbox.post.deliver import deliver_due
from reportbox.practice.box import set_up
from reportbox.practice.internet import PracticeInternet
from reportbox.records import database
from reportbox.world import real_world
from tests.builders import a_letter

LETTERS = 300
BODY = "Practice notice, line by line.\n" * 60

Figure = tuple[str, float, str]


def run() -> Iterator[Figure]:
    with tempfile.TemporaryDirectory(prefix="rbb-", ignore_cleanup_errors=True) as made:
        folder = Path(made)
        with PracticeInternet(folder) as internet:
            _, settings = set_up(folder, internet, 8530)
            world = real_world(settings)
            for _ in range(LETTERS):
                a_letter(world.clock.now(), body=BODY)
            began = time.perf_counter()
            sent = deliver_due(settings, world)
            took = time.perf_counter() - began
            database.close_file()
    assert sent == LETTERS
    yield "letters_per_s", sent / took, "1/s"
