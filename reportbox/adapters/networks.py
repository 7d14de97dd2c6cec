"""Networks that registries told us of, kept for as long as they stay true.

An answer holds for the very address asked. It holds for its neighbours only when the
network was given out to its end user: below an allocation smaller networks may lie,
with desks of their own, and sharing it would send notices to the wrong one.
"""

import time
from bisect import bisect_right, insort
from collections import OrderedDict
from collections.abc import Callable
from functools import lru_cache
from ipaddress import ip_address
from typing import Any, NamedTuple

KEPT = 24 * 3600.0  # seconds
KEPT_MISSING = 3600.0  # seconds that “no such network” is believed
MOST_KEPT = 20_000  # addresses, and as many shared networks
# Addresses of the widest network that is shared: nobody assigns more than a /16 or an
# IPv6 /32 to one end user, whatever an answer says.
WIDEST = {4: 2**16, 6: 2**96}
NEAREST = 50  # shared networks looked at before an address


class Known(NamedTuple):
    """One answer; ``found`` is empty where the registry knows no such network."""

    found: dict[str, Any]
    source: str
    digest: str
    registry: str
    until: float = 0.0


Number = tuple[int, int]  # version and value of an address


class Networks:
    def __init__(self, seconds: Callable[[], float] = time.monotonic) -> None:
        self.seconds = seconds
        self._by_address: OrderedDict[Number, Known] = OrderedDict()
        self._starts: list[tuple[Number, Number]] = []
        self._shared: dict[tuple[Number, Number], Known] = {}

    def find(self, address: str) -> Known | None:
        number, now = _number(address), self.seconds()
        known = self._by_address.get(number)
        if known is not None and known.until > now:
            return known
        end = bisect_right(self._starts, (number, (99, 0)))
        for span in reversed(self._starts[max(0, end - NEAREST) : end]):
            if span[1] >= number and self._shared[span].until > now:
                return self._shared[span]
        return None

    def keep(self, address: str, known: Known) -> Known:
        """Keep an answer and return it with its end."""
        lasts = KEPT if known.found else KEPT_MISSING
        known = known._replace(until=self.seconds() + lasts)
        self._by_address[_number(address)] = known
        self._by_address.move_to_end(_number(address))
        if len(self._by_address) > MOST_KEPT:
            self._by_address.popitem(last=False)
        span = known.found.get("span")
        if span and is_leaf(known.found["type"]):
            ends = (_number(span[0]), _number(span[1]))
            if ends[1][1] - ends[0][1] < WIDEST[ends[0][0]]:
                self._share(ends, known)
        return known

    def _share(self, span: tuple[Number, Number], known: Known) -> None:
        if len(self._starts) >= MOST_KEPT:
            self._starts.clear()
            self._shared.clear()
        if span not in self._shared:
            insort(self._starts, span)
        self._shared[span] = known


def is_leaf(kind: str) -> bool:
    """Tell whether no smaller network can lie below one given out like this.

    ARIN's REASSIGNMENT and DIRECT ASSIGNMENT, the others' ASSIGNED …; an ALLOCATION,
    REALLOCATION, SUB-ALLOCATED or ALLOCATED-ASSIGNED may have smaller ones.
    """
    word = kind.upper()
    return "ASSIGN" in word and "ALLOC" not in word


@lru_cache(50_000)
def _number(address: str) -> Number:
    plain = ip_address(address)
    return plain.version, int(plain)
