"""The part of a host name somebody bought, by the Public Suffix List.

The list comes with its library. Its ICANN part says where a registrar sells names.
"""

from functools import cache, lru_cache

from publicsuffixlist import PublicSuffixList

from reportbox.tracing.address import is_literal

# Read when the box starts, so that no trace waits for it.
SOLD_BY_REGISTRARS = PublicSuffixList(only_icann=True)


@lru_cache(10_000)
def registrable(host: str) -> str:
    """Return the name somebody bought from a registrar, or nothing."""
    if is_literal(host) or "." not in host:
        return ""
    return SOLD_BY_REGISTRARS.privatesuffix(host.lower().rstrip(".")) or ""


def is_rented(host: str, known: PublicSuffixList | None = None) -> bool:
    """Tell whether a name was given out below one that its owner had bought.

    The name that was bought is a platform's then, with many sites below it: the private
    part of the list knows the larger ones.
    """
    sold, name = registrable(host), host.lower().rstrip(".")
    return bool(sold) and (known or _all_suffixes()).privatesuffix(name) != sold


@cache
def _all_suffixes() -> PublicSuffixList:
    return PublicSuffixList()


def is_inside(mailbox: str, host: str) -> bool:
    """Tell whether a mailbox belongs to the reported domain itself."""
    own = registrable(host)
    name = mailbox.rpartition("@")[2].lower()
    return bool(own) and (name == own or name.endswith(f".{own}"))
