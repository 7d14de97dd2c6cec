"""One hand alone touches the tables, while others make letters and send them.

Each connection to the database keeps the pages that it has decrypted, for as long as
no other one writes; so two that write cost more than they gain. And a commit costs more
than what is in it: what may be written a moment later goes with what must be written
now.
"""

import logging
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import suppress
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
    goes_along: bool = False  # with what else is to be saved


Note = Callable[[], object]  # what may be written a moment later


class Clerk:
    """For one round of sending; ends with everything written that was left to it."""

    def __init__(self) -> None:
        self._orders: SimpleQueue[_Order | Note | None] = SimpleQueue()
        self._first: deque[_Order | None] = deque()  # taken out, and yet to be done
        self._left: list[Note] = []
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

        What others have to save at that moment goes along. What fails in it must undo
        itself: all the rest is kept all the same.
        """
        return self._order(partial(work, *given, **named), goes_along=True)

    def reads(self, work: Callable[P, T], *given: P.args, **named: P.kwargs) -> T:
        """Have it looked up, and wait; what was left goes on waiting."""
        return self._order(partial(work, *given, **named))

    def leaves(self, work: Note) -> None:
        """Have it written in a moment, and go on. It sees to its own failures."""
        self._orders.put(work)

    def _order(self, work: Callable[[], T], *, goes_along: bool = False) -> T:
        answer: Future[T] = Future()
        self._orders.put(_Order(work, answer, goes_along))
        return answer.result()

    def _work(self) -> None:
        try:
            while (order := self._next()) is not None:
                if not isinstance(order, _Order):
                    self._left.append(order)
                elif order.goes_along:
                    self._save([order, *self._to_go_along()])
                else:
                    _answer(order.answer, order.work)
            self._write_left()
        finally:
            database.close()

    def _next(self) -> _Order | Note | None:
        if self._first:
            return self._first.popleft()
        while True:
            try:
                return self._orders.get(timeout=A_MOMENT if self._left else None)
            except Empty:
                self._write_left()

    def _after_left(self, work: Callable[P, T], *given: P.args, **named: P.kwargs) -> T:
        self._write_left()
        return work(*given, **named)

    def _to_go_along(self) -> Iterator[_Order]:
        """Take what else is to be saved by now, up to what is not."""
        with suppress(Empty):
            while True:
                order = self._orders.get_nowait()
                if isinstance(order, _Order) and order.goes_along:
                    yield order
                elif order is None or isinstance(order, _Order):
                    self._first.append(order)
                    return
                else:
                    self._left.append(order)

    def _save(self, orders: list[_Order]) -> None:
        """Do them in one transaction; nobody hears of it before that has ended."""
        said: list[Future[Any]] = [Future() for _ in orders]
        try:
            with atomic():
                self._write_left()
                for order, answer in zip(orders, said, strict=True):
                    _answer(answer, order.work)
        except BaseException as trouble:  # noqa: BLE001 - whoever asked gets it
            for order in orders:
                order.answer.set_exception(trouble)
        else:
            for order, answer in zip(orders, said, strict=True):
                _answer(order.answer, answer.result)

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
