"""One event loop in a thread of its own, there only while somebody waits for answers.

Many hundred questions to name servers and registries wait side by side in it. Jobs of
the same process share the loop, so what is promised to a registry (so many calls at a
time) holds for all of them together.
"""

import asyncio
import threading
from collections.abc import Callable, Coroutine, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from queue import SimpleQueue
from typing import Any, TypeVar

T = TypeVar("T")

MOST_CALLS = 64  # threads in which registries are waited for


class AnswersLoop:
    """Starts with the first user, ends with the last; leaves no thread behind."""

    def __init__(self, at_end: Callable[[], None] = lambda: None) -> None:
        self.at_end = at_end  # lets go of what was kept open for the next question
        self._lock = threading.Lock()
        self._users = 0
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None

    def each(
        self, work: Iterable[Coroutine[object, object, T]], at_once: int
    ) -> Iterator[T]:
        loop = self._enter()
        results: SimpleQueue[tuple[bool, Any]] = SimpleQueue()
        running = asyncio.run_coroutine_threadsafe(
            _work_through(work, at_once, results), loop
        )
        running.add_done_callback(lambda _: results.put((True, None)))
        try:
            while True:
                is_over, result = results.get()
                if is_over:
                    running.result()  # raises what a question raised
                    return
                yield result
        finally:
            running.cancel()
            self._leave()

    def _enter(self) -> asyncio.AbstractEventLoop:
        with self._lock:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                self._loop.set_default_executor(
                    ThreadPoolExecutor(MOST_CALLS, thread_name_prefix="registry")
                )
                self._thread = threading.Thread(
                    target=self._loop.run_forever, name="answers", daemon=True
                )
                self._thread.start()
            self._users += 1
            return self._loop

    def _leave(self) -> None:
        with self._lock:
            self._users -= 1
            if self._users or self._loop is None or self._thread is None:
                return
            asyncio.run_coroutine_threadsafe(_wind_up(), self._loop).result()
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()
            self._loop.close()
            self.at_end()
            self._loop = self._thread = None


async def _work_through(
    work: Iterable[Coroutine[object, object, T]],
    at_once: int,
    results: "SimpleQueue[tuple[bool, Any]]",
) -> None:
    """Keep so many questions running until there are no more."""
    waiting: set[asyncio.Task[T]] = set()
    try:
        for one in work:
            waiting.add(asyncio.ensure_future(one))
            if len(waiting) >= at_once:
                waiting = await _hand_out(waiting, results)
        while waiting:
            waiting = await _hand_out(waiting, results)
    finally:
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)


async def _hand_out(
    waiting: "set[asyncio.Task[T]]", results: "SimpleQueue[tuple[bool, Any]]"
) -> "set[asyncio.Task[T]]":
    done, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    for task in done:
        results.put((False, task.result()))
    return waiting


async def _wind_up() -> None:
    """Wait until the threads that spoke to registries have ended."""
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
    await asyncio.get_running_loop().shutdown_default_executor()
