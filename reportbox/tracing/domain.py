"""The part of a host name somebody registered, by the Public Suffix List.

The list comes with its library. Its ICANN part says where a registrar sells names; its
private part names platforms that give names away, whose own desk is then the right one.
"""

from functools import cache, lru_cache

from publicsuffixlist import PublicSuffixList

from reportbox.tracing.address import is_literal


@lru_cache(10_000)
def registrable(host: str) -> str:
    """Return the name somebody bought from a registrar, or nothing."""
    if is_literal(host) or "." not in host:
        return ""
    return _icann().privatesuffix(host.lower().rstrip(".")) or ""


def platform(host: str) -> str:
    """Return the platform that gave the name away, such as ``pages.example``."""
    if is_literal(host):
        return ""
    name = host.lower().rstrip(".")
    suffix = _whole().publicsuffix(name)
    bought = registrable(name)
    return suffix if suffix and bought and suffix.endswith(bought) else ""


def is_inside(mailbox: str, host: str) -> bool:
    """Tell whether a mailbox belongs to the reported domain itself."""
    own = registrable(host)
    name = mailbox.rpartition("@")[2].lower()
    return bool(own) and (name == own or name.endswith(f".{own}"))


@cache
def _icann() -> PublicSuffixList:
    return PublicSuffixList(only_icann=True)


@cache
def _whole() -> PublicSuffixList:
    return PublicSuffixList()
