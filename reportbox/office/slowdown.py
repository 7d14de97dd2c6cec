"""How long a log-in must wait after wrong attempts: slower and slower, never locked.

Three counts run side by side. The pair of account and address window is the strict
one, so a colleague at the next desk is not touched by somebody's guessing. The account
alone is counted for guesses from many addresses, the address alone for one password
tried on many names. A browser in which that person logged in before is counted by
itself: nobody else's guessing can keep its owner out.
"""

import hmac
from datetime import datetime
from ipaddress import IPv6Address, ip_address, ip_network
from typing import NamedTuple

FORGOTTEN_AFTER = 3600  # seconds without a wrong attempt


class Pace(NamedTuple):
    free: int  # wrong attempts without any wait
    longest: int  # seconds


PACES = {
    "pair": Pace(free=5, longest=900),
    "account": Pace(free=20, longest=10),
    "address": Pace(free=50, longest=60),
}


def seconds_to_wait(kind: str, failures: int, since_last: float) -> int:
    """Say how long until the next attempt is looked at; 0 is now."""
    pace = PACES[kind]
    if failures < pace.free or since_last > FORGOTTEN_AFTER or since_last < 0:
        return 0
    doubled = 1 << min(failures - pace.free, 20)
    return max(0, round(min(doubled, pace.longest) - since_last))


def window(address: str) -> str:
    """Widen an address to what one household or office has: a /24 or a /64."""
    plain = ip_address(address)
    mapped = plain.ipv4_mapped if isinstance(plain, IPv6Address) else None
    plain = mapped or plain
    bits = 64 if isinstance(plain, IPv6Address) else 24
    return str(ip_network(f"{plain}/{bits}", strict=False))


def keys(
    secret: str, now: datetime, username: str, address: str, device: str
) -> dict[str, str]:
    """Name the counts that matter, so that no file ever holds a name or an address."""
    where = window(address)
    named = {
        "pair": f"{username} {where}",
        "account": username,
        "address": where,
    }
    if device:
        named = {"pair": f"{username} device {device}"}
    return {kind: _blind(secret, f"{kind} {text}", now) for kind, text in named.items()}


def _blind(secret: str, text: str, now: datetime) -> str:
    """Hide a text behind a key of the day."""
    dated = f"{now:%Y-%m-%d} {text}"
    return hmac.digest(secret.encode(), dated.encode(), "sha256").hex()
