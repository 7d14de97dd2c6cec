"""Make the bytes of letters side by side, and of the next ones while these are sent.

What is made ahead is a guess: which letters leave, and in which order, is read anew
for every batch. No hand touches a table, and nothing made here counts before ``seal``
has kept it.
"""

import os
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Self

from reportbox.ports import World
from reportbox.post.seal import make
from reportbox.records.letters import Letter, Writing
from reportbox.settings import Settings


class Workshop:
    """As many hands as there are cores, for one round of sending."""

    def __init__(self, settings: Settings, world: World) -> None:
        self.settings = settings
        self.world = world
        self._hands = ThreadPoolExecutor(max_workers=os.cpu_count())
        self._made: dict[tuple[str, str], Future[bytes]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Whoever stops does not wait for what was only made ahead."""
        self._hands.shutdown(cancel_futures=True)

    def begin(self, letters: Iterable[Letter]) -> None:
        """Put letters in work, unless they are: sealed, or with the same key."""
        now = self.world.clock.now()
        for letter in letters:
            if letter.sealed_at is None and _name(letter) not in self._made:
                said, keyring = Writing.of(letter), self.world.keyring
                self._made[_name(letter)] = self._hands.submit(
                    make, letter, said, keyring, now, self.settings
                )

    def take(self, letter: Letter) -> bytes:
        """Wait for what was begun, and hand it out once; raise what ``make`` raises."""
        return self._made.pop(_name(letter)).result()


def _name(letter: Letter) -> tuple[str, str]:
    """What was made for another key than that of today is left lying."""
    return letter.message_id, letter.key
