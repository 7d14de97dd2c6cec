"""One hand alone touches the tables, while others make letters and send them.

Each connection to the database keeps the pages that it has decrypted, for as long as
no other one writes; so two that write cost more than they gain. And a commit costs more
than what is in it: what may be written a moment later goes with what must be written
now.
"""

import logging
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from queue import Empty, SimpleQueue
from threading import Thread
from types import TracebackType
from typing import Any, NamedTuple, ParamSpec, Self, TypeVar

from reportbox.records import atomic, database

log = logging.getLogger(__name__)

A_MOMENT = 0.005  # seconds; whoever pulls the plug meanwhile leaves one more in doubt

P = ParamSpec("P")
T = TypeVar("T")


class _Order(NamedTuple):
    work: Callable[[], Any]
    answer: "Future[Any]"


class Clerk:
    """For one round of sending; ends with everything written that was left to it."""

    def __init__(self) -> None:
        self._orders: SimpleQueue[_Order | Callable[[], object] | None] = SimpleQueue()
        self._left: list[Callable[[], object]] = []
        self._trouble: BaseException | None = None
        self._thread = Thread(target=self._work, name="clerk", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Raise what kept it from writing, unless something else went wrong before."""
        self._orders.put(None)
        self._thread.join()
        if self._trouble is not None and error is None:
            raise self._trouble

    def asks(self, work: Callable[P, T], *given: P.args, **named: P.kwargs) -> T:
        """Have it done, after all that was left, and wait; raise what it raises."""
        return self._order(partial(self._after_left, work, *given, **named))

    def saves(self, work: Callable[P, T], *given: P.args, **named: P.kwargs) -> T:
        """Have it done in one transaction with all that was left; wait for its end.

        What fails in it must undo itself: what was left is kept all the same.
        """
        return self._order(partial(self._with_left, work, *given, **named))

    def reads(self, work: Callable[P, T], *given: P.args, **named: P.kwargs) -> T:
        """Have it looked up, and wait; what was left goes on waiting."""
        return self._order(partial(work, *given, **named))

    def leaves(self, work: Callable[[], object]) -> None:
        """Have it written in a moment, and go on. It sees to its own failures."""
        self._orders.put(work)

    def _order(self, work: Callable[[], T]) -> T:
        answer: Future[T] = Future()
        self._orders.put(_Order(work, answer))
        return answer.result()

    def _work(self) -> None:
        try:
            while (order := self._next()) is not None:
                if isinstance(order, _Order):
                    _answer(order.answer, order.work)
                else:
                    self._left.append(order)
            self._write_left()
        finally:
            database.close()

    def _next(self) -> "_Order | Callable[[], object] | None":
        while True:
            try:
                return self._orders.get(timeout=A_MOMENT if self._left else None)
            except Empty:
                self._write_left()

    def _after_left(self, work: Callable[P, T], *given: P.args, **named: P.kwargs) -> T:
        self._write_left()
        return work(*given, **named)

    def _with_left(self, work: Callable[P, T], *given: P.args, **named: P.kwargs) -> T:
        answer: Future[T] = Future()
        with atomic():
            self._write_left()
            _answer(answer, partial(work, *given, **named))
        return answer.result()

    def _write_left(self) -> None:
        """Write it all in one transaction; what cannot be is found by ``recover``."""
        left, self._left = self._left, []
        if not left:
            return
        try:
            with atomic():
                for work in left:
                    work()
        except Exception as trouble:  # noqa: BLE001 - raised at the end of the round
            log.warning("what became of %s letters could not be written", len(left))
            self._trouble = trouble


def _answer(answer: "Future[T]", work: Callable[[], T]) -> None:
    try:
        answer.set_result(work())
    except BaseException as trouble:  # noqa: BLE001 - whoever asked gets it
        answer.set_exception(trouble)
