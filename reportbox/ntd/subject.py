"""What a provider may know of one item: never when or by whom it was reported.

Every moment in it is one of verification, by a trained person: the time of a report
could be found again in a provider's logs, and would point at the reporter.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

BASELINE = "baseline"


@dataclass(frozen=True)
class Subject:
    number: str
    address: str  # to the letter
    key: str  # as a browser opens it
    host: str
    port: int
    classification: str  # “baseline” or “national”
    first_seen: datetime
    verified_at: datetime
    ip_addresses: tuple[str, ...] = ()
    asn: int = 0  # none known
    country: str = ""  # of its server, ISO 3166-1 alpha-2
    hoster: str = ""  # empty behind a proxy: nobody knows it yet


def moment(at: datetime) -> str:
    """Write a moment the same for every reader: “2026-11-21 15:30 UTC”."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def stamp(at: datetime) -> str:
    """Write a moment for machines (RFC 3339)."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
