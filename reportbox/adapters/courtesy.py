"""How one registry is asked: so many at once, so many a minute, and not while it rests.

Registries block who asks too fast, some for a year. Whoever would have to rest longer
than ``patience`` is told at once when to come back, so that a registry that is slow
or closed for now keeps its own items waiting and nobody else's.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from reportbox.errors import PeerUnavailable

FAILURES = 5  # in a row, then it is left alone
REST = 60.0  # seconds until one question tries whether it is back
LONGEST_REST = 3600.0  # seconds, whatever Retry-After says
LONGEST_QUEUE = 60.0  # seconds in the queue of a registry that does answer


@dataclass
class Courtesy:
    """One registry's; used by one loop at a time. Times are seconds, monotonic."""

    name: str
    at_once: int
    per_minute: int  # 0: as fast as it answers
    patience: float
    seconds: Callable[[], float] = time.monotonic
    _turns: tuple[object, asyncio.Semaphore] | None = None
    _free_at: float = 0.0  # when the next call of the minute's allowance is due
    _rests_until: float = 0.0
    _failures: int = 0
    _failed_at: float = 0.0
    _probing: asyncio.Event | None = field(default=None, repr=False)

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait for one's turn; raise PeerUnavailable if that takes too long."""
        try:
            async with asyncio.timeout(LONGEST_QUEUE):
                await self._gate().acquire()
        except TimeoutError:
            message = f"{self.name} has many questions before ours"
            raise PeerUnavailable(message, LONGEST_QUEUE) from None
        try:
            await self._wait_for_the_minute()
            self._refuse_while_resting()
            async with self._probe():
                yield
        finally:
            self._gate().release()

    def succeeded(self) -> None:
        self._failures = 0
        self._rests_until = 0.0

    def failed(self) -> None:
        """Count a failure; after some in a row the registry is left alone."""
        self._failures += 1
        self._failed_at = self.seconds()
        if self._failures >= FAILURES:
            self._rests_until = self.seconds() + REST

    def rest(self, seconds: float) -> None:
        """Obey what the registry asked for: it rests, not only this question."""
        until = self.seconds() + min(max(seconds, 1.0), LONGEST_REST)
        self._rests_until = max(self._rests_until, until)

    async def may_ask(self) -> None:
        """Wait out a short rest; raise PeerUnavailable when it is a long one."""
        left = self._rests_until - self.seconds()
        if 0 < left <= self.patience and not self._is_closed():
            await asyncio.sleep(left)
        self._refuse_while_resting()

    def is_left_alone(self) -> bool:
        """Tell whether it failed several times, the last time not long ago."""
        return self._is_closed() and self.seconds() - self._failed_at < LONGEST_REST

    def _is_closed(self) -> bool:
        return self._failures >= FAILURES

    def _refuse_while_resting(self) -> None:
        left = self._rests_until - self.seconds()
        if left > 0:
            if self._is_closed():  # nobody asked us to wait: this counts as a try
                raise PeerUnavailable(f"{self.name} does not answer: it is left alone")
            message = f"{self.name} asked us to wait for {left:.0f} seconds"
            raise PeerUnavailable(message, left)

    @asynccontextmanager
    async def _probe(self) -> AsyncIterator[None]:
        """After a rest one question finds out for all whether the registry is back."""
        while self._is_closed() and self._probing is not None:
            await self._probing.wait()
            self._refuse_while_resting()
        if not self._is_closed():
            yield
            return
        self._probing = asyncio.Event()
        try:
            yield
        finally:
            self._probing.set()
            self._probing = None

    async def _wait_for_the_minute(self) -> None:
        """Take the next place of the minute's allowance; a pause earns a few back."""
        if not self.per_minute:
            return
        gap = 60.0 / self.per_minute
        now = self.seconds()
        # What was not asked in the last half minute may be asked in one go.
        place = max(self._free_at, now - 30.0) + gap
        if place - now > self.patience:
            message = f"{self.name} takes {self.per_minute} questions a minute"
            raise PeerUnavailable(message, place - now)
        self._free_at = place
        if place > now:
            await asyncio.sleep(place - now)

    def _gate(self) -> asyncio.Semaphore:
        loop = asyncio.get_running_loop()
        if self._turns is None or self._turns[0] is not loop:
            self._turns = (loop, asyncio.Semaphore(self.at_once))
        return self._turns[1]
