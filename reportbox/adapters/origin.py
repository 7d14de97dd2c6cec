"""The two zones that tell by DNS who announces an address: questions and answers.

Team Cymru answers one text per prefix, “20738 20773 | 94.136.40.0/24 | GB | ripencc |
2008-08-05”; RouteViews answers three strings, “20738” “94.136.40.0” “24”. Neither says
where a server stands. (Both formats as their keepers document them.)
"""

import re
from collections.abc import Iterable
from ipaddress import ip_address, ip_network

from reportbox.languages import country_code
from reportbox.ports import Origin

REGISTRIES = ("arin", "ripencc", "apnic", "lacnic", "afrinic")
FIELDS = 3  # of an answer of RouteViews
ASN = re.compile(r"[0-9]{1,10}")


def question(address: str, zone: str) -> str:
    """Name what to ask for, or nothing where the zone knows no IPv6.

    The dot at the end keeps search domains out of it.
    """
    plain = ip_address(address)
    labels = plain.reverse_pointer.rsplit(".", 2)[0]
    if plain.version == 4:  # noqa: PLR2004 - IPv4
        return f"{labels}.{zone}."
    if zone.startswith("origin."):
        return f"{labels}.origin6.{zone.removeprefix('origin.')}."
    return ""


def read(texts: Iterable[tuple[str, ...]], zone: str) -> Origin:
    """Take the longest prefix of all answers and every AS that announces it."""
    rows = [row for text in texts if (row := _row(text))]
    if not rows:
        return Origin(zone)
    longest = max(_length(route) for _, route, _, _ in rows)
    best = [row for row in rows if _length(row[1]) == longest]
    # Answers come in any order; the finding must not depend on it.
    asns = sorted({asn for row in best for asn in row[0]}, key=int)
    _, route, country, registry = min(best, key=lambda row: row[1:])
    return Origin(zone, tuple(asns), route, country, registry)


def covers(said: Origin, address: str) -> bool:
    """Tell whether what a view said of a prefix can be said of the address."""
    if not said.route:
        return True
    return ip_address(address) in ip_network(said.route, strict=False)


def _row(text: tuple[str, ...]) -> tuple[list[str], str, str, str] | None:
    """Return AS numbers, prefix, country and registry of one answer."""
    whole = "".join(text)
    if "|" in whole:
        parts = [part.strip() for part in whole.split("|")] + [""] * 4
        asns, route, country, registry = parts[:4]
    elif len(text) == FIELDS:
        asns, route, country, registry = text[0], f"{text[1]}/{text[2]}", "", ""
    else:
        return None
    if _length(route) < 0:
        return None
    known = registry if registry in REGISTRIES else ""
    # Cymru writes NA where it knows nothing; an AS set stands in braces.
    numbers = [
        n for n in asns.replace(",", " ").strip("{}").split() if ASN.fullmatch(n)
    ]
    return numbers, route, "" if country == "NA" else country_code(country), known


def _length(route: str) -> int:
    try:  # a scope (“%…”) is no part of an announced prefix
        return -1 if "%" in route else ip_network(route, strict=False).prefixlen
    except ValueError:
        return -1
