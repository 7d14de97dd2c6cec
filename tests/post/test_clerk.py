"""One hand writes what becomes of letters, and what waits is written in a moment."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest

from reportbox.post.clerk import Clerk
from reportbox.records import atomic, database
from reportbox.records.snippets import Snippet

pytestmark = pytest.mark.usefixtures("empty_box")


def keep(code: str) -> None:
    with atomic():
        Snippet.create(code=code, text="words")


def kept() -> list[str]:
    return [one.code for one in Snippet.rows()]


def test_what_is_left_is_written_in_a_moment_without_anybody_asking() -> None:
    with Clerk() as clerk:
        clerk.leaves(lambda: keep("one"))
        deadline = time.monotonic() + 5
        while not kept() and time.monotonic() < deadline:
            time.sleep(0.01)
        assert kept() == ["one"]


def test_what_is_left_is_written_before_the_round_ends() -> None:
    with Clerk() as clerk:
        for code in ("one", "two", "three"):
            clerk.leaves(partial(keep, code))
    assert kept() == ["one", "two", "three"]


def test_what_is_left_comes_in_the_same_transaction_as_what_must_be_saved() -> None:
    begun: list[bool] = []

    def leave() -> None:
        begun.append(database.in_transaction())
        keep("one")

    with Clerk() as clerk:
        clerk.leaves(leave)
        said = clerk.saves(lambda: (kept(), database.transaction_depth()))
    assert said == (["one"], 1)
    assert begun == [True]


def test_what_several_have_saved_at_a_time_is_one_transaction() -> None:
    go_on = threading.Event()
    seen_outside: list[list[str]] = []

    with Clerk() as clerk, ThreadPoolExecutor(3) as hands, ThreadPoolExecutor(1) as eye:

        def save(code: str) -> None:
            keep(code)
            seen_outside.append(eye.submit(kept).result())

        waits = hands.submit(clerk.asks, go_on.wait, 5)
        time.sleep(0.1)
        saved = [hands.submit(clerk.saves, save, code) for code in ("one", "two")]
        deadline = time.monotonic() + 5
        while clerk._orders.qsize() < len(saved) and time.monotonic() < deadline:  # noqa: SLF001 - both wait
            time.sleep(0.01)
        go_on.set()
        assert waits.result()
        for one in saved:
            one.result()
        assert seen_outside == [[], []]  # neither before both
        assert eye.submit(kept).result() == ["one", "two"]
        eye.submit(database.close).result()


def test_what_is_looked_up_writes_nothing_that_was_left() -> None:
    with Clerk() as clerk:
        clerk.leaves(lambda: keep("one"))
        assert clerk.reads(kept) == []
    assert kept() == ["one"]


def test_whoever_asks_for_anything_else_finds_written_what_was_left() -> None:
    with Clerk() as clerk:
        clerk.leaves(lambda: keep("one"))
        assert clerk.asks(kept) == ["one"]


def test_who_asked_hears_of_the_failure_and_what_was_left_is_written_all_the_same() -> (
    None
):
    def fail() -> None:
        keep("two")
        raise LookupError("not there")

    with Clerk() as clerk:
        clerk.leaves(lambda: keep("one"))
        with pytest.raises(LookupError, match="not there"):
            clerk.saves(fail)
    assert "one" in kept()


def test_what_could_not_be_written_is_raised_at_the_end_of_the_round() -> None:
    def fail() -> None:
        raise OSError("no room")

    with pytest.raises(OSError, match="no room"), Clerk() as clerk:
        clerk.leaves(lambda: keep("one"))
        clerk.leaves(fail)
    assert kept() == []  # both are found by the next round, and left in doubt
