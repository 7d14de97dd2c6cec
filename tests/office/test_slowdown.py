"""How long a log-in waits after wrong attempts."""

import threading
from pathlib import Path

import pytest

from reportbox.office.slowdown import seconds_to_wait, window
from reportbox.records.counters import Counters


@pytest.mark.parametrize(
    ("failures", "since", "expected"),
    [(0, 0, 0), (4, 0, 0), (5, 0, 1), (7, 0, 4), (7, 3, 1), (7, 5, 0), (30, 0, 900)],
)
def test_each_wrong_attempt_doubles_the_wait(
    failures: int, since: float, expected: int
) -> None:
    assert seconds_to_wait("pair", failures, since) == expected


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("192.0.2.77", "192.0.2.0/24"),
        ("::ffff:192.0.2.77", "192.0.2.0/24"),
        ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
    ],
)
def test_a_household_is_one_window(address: str, expected: str) -> None:
    assert window(address) == expected


def test_of_many_guesses_at_once_only_one_is_looked_at(tmp_path: Path) -> None:
    counters = Counters(tmp_path)
    for _ in range(7):
        counters.knock("k", 1000.0, lambda *_: 0, 3600)
    looked_at: list[int] = []

    def guess() -> None:
        wait = counters.knock("k", 1010.0, lambda *a: seconds_to_wait("pair", *a), 3600)
        looked_at.append(wait)

    threads = [threading.Thread(target=guess) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(looked_at)[:2] == [0, 8]
