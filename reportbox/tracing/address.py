"""A reported address: kept to the letter, read as browsers read it, shown inert.

Parsing follows the WHATWG URL standard (ada), because that is what the visitor's
browser did; Python's own parser and browsers disagree about which host is meant.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network

from ada_url import URL

from reportbox.errors import InvalidInput
from reportbox.plain import Sentence, visible

LONGEST = 8_000  # characters
PORTS = {"http:": 80, "https:": 443, "ftp:": 21}
TRACEABLE = tuple(PORTS)
NOT_AN_ADDRESS = Sentence(
    "This does not look like an address. It usually starts with https:// and can be "
    "copied from the address bar of the browser."
)

NO_ADDRESS = Sentence("Please enter the address you want to report.")

# Look-up-only blocks of the practice internet; nothing ever connects to one.
PRACTICE_BLOCKS = (ip_network("100.80.0.0/16"), ip_network("3fff:80::/32"))
# Every dot that separates labels of a host name (UTS 46, section 2.3).
DOTS = re.compile("[.\u3002\uff0e\uff61]")
# Fragments by which a page written in script says what it shows.
ROUTES = ("#!", "#/")
# A second address behind the first: white space, then a scheme.
SEVERAL = re.compile(r"(?i)\s\S*(?:https?|hxxps?|ftp|fxp):")
# Where a pasted line goes on with another address.
NEXT_ADDRESS = re.compile(r"(?i)(?:https?|hxxps?|h\*\*ps?|ftp|fxp)\[?:")
# In one word: a scheme, or a dot between two other characters. Each word is asked once
# and in linear time; what a visitor writes must not keep the desk busy.
WORD = re.compile(r"\S+")
ADDRESS_LIKE = re.compile(
    r"(?i)(?:https?|ftp):|:[/\\]"
    r"|[^.\u3002\uff0e\uff61][.\u3002\uff0e\uff61](?=[^.])"
)
# An IPv6 address has 45 characters at the most; without the bound this is quadratic.
IN_BRACKETS = re.compile(r"\[([0-9A-Fa-f:.]{2,45})\]")
NAT64 = IPv6Network("64:ff9b::/96")  # RFC 6052, section 2.1


@dataclass(frozen=True)
class Address:
    as_reported: str  # less what nobody can see
    key: str  # the same for every spelling that opens the same page
    host: str
    typed: str = ""  # to the letter


def split_addresses(text: str) -> list[str]:
    """Take a pasted list apart: one address per line, or one behind the other."""
    found: list[str] = []
    for line in text.split("\n"):
        is_first = True
        for word in line.split():
            if is_first or NEXT_ADDRESS.match(word):
                found.append(word)
            else:
                found[-1] += f" {word}"
            is_first = False
    return found


def read_address(text: str) -> Address:
    """Read what a person typed or pasted, or raise InvalidInput saying what helps.

    The key is the address as a browser would open it (WHATWG URL standard), less what
    leads to the same page: the fragment (unless it is a route, “#!…” or “#/…”), the
    user information, an empty query, the root's dot behind the host.
    """
    typed = visible(text).strip()  # browsers drop tabs and line ends too
    if not typed:
        raise InvalidInput(
            address=Sentence("Please enter the address you want to report.")
        )
    if SEVERAL.search(typed):
        raise InvalidInput(
            address=Sentence("Please write one address per line, and nothing else.")
        )
    if len(typed) > LONGEST:
        raise InvalidInput(
            address=Sentence(
                "This address is longer than %(most)s characters. Please send the part "
                "up to the first question mark, and the rest under “Anything else”.",
                most=LONGEST,
            )
        )
    try:
        url = URL(_with_scheme(_refang(typed)))
    except ValueError as trouble:
        raise InvalidInput(address=NOT_AN_ADDRESS) from trouble
    host = url.hostname.strip("[]").rstrip(".")
    if url.protocol not in TRACEABLE or not _names_a_server(host):
        raise InvalidInput(address=NOT_AN_ADDRESS)
    exact = text.encode("utf-8", "replace").decode()
    return Address(as_reported=typed, key=_key(url), host=host, typed=exact)


def _key(url: URL) -> str:
    if not url.hash.startswith(ROUTES):
        url.hash = ""
    if url.username or url.password:
        url.username = url.password = ""
    if url.hostname.endswith("."):
        url.hostname = url.hostname.rstrip(".")
    if url.href.endswith("?"):
        url.search = ""
    return url.href


def port_of(key: str) -> int:
    """Return the port an address leads to: its own, or that of its scheme."""
    url = URL(key)
    return int(url.port or PORTS[url.protocol])


def dead_end(host: str, *, practice: bool = False) -> str:
    """Say why no name server or registry may be asked about this host, or nothing."""
    if host.endswith(".onion"):
        return "a Tor onion service: its server cannot be located"  # RFC 7686
    if host.endswith(".i2p"):
        return "an I2P service: its server cannot be located"
    literal = _literal(host)
    is_single = literal is None and "." not in host
    if is_single or host.endswith((".local", ".localhost", ".internal")):
        return "a name of a private network"
    if literal is not None and not is_public(str(literal), practice=practice):
        return "an address of a private or reserved network"
    return ""


@lru_cache(20_000)
def is_public(address: str, *, practice: bool = False) -> bool:
    """Tell whether registries can know this address, wrapped addresses included."""
    plain = ip_address(address)
    if practice and any(plain in block for block in PRACTICE_BLOCKS):
        return True
    inner = _unwrap(plain)
    return plain.is_global and _is_somebodys(inner or plain)


def _is_somebodys(address: IPv4Address | IPv6Address) -> bool:
    """Leave out what Python calls global and nobody can hold."""
    is_old = isinstance(address, IPv6Address) and address.is_site_local
    is_nobodys = address.is_multicast or address.is_reserved or is_old
    return address.is_global and not is_nobodys


def unwrapped(address: str) -> str:
    """Return the IPv4 address inside a wrapping IPv6 one, or the address itself."""
    return str(_unwrap(ip_address(address)) or address)


def is_literal(host: str) -> bool:
    return _literal(host) is not None


def defang(text: str) -> str:
    """Write the address so that nothing and nobody can open it by accident."""
    plain = _refang(text)
    inert = IN_BRACKETS.sub(_inert_v6, plain)
    inert = re.sub(r"(?i)\bhttp(?=s?:)", "hxxp", inert)
    inert = re.sub(r"(?i)\bftp(?=:)", "fxp", inert).replace("://", "[:]//")
    return DOTS.sub("[.]", inert)


def defang_prose(text: str) -> str:
    """Do the same to every address inside a text, and leave its sentences alone."""
    return WORD.sub(lambda word: _inert_word(word[0]), text)


def _inert_word(word: str) -> str:
    """Leave what ends a sentence behind an address as it is."""
    if not ADDRESS_LIKE.search(word):
        return word
    is_end = word[-1] in ".,;!?"
    return defang(word[:-1]) + word[-1] if is_end else defang(word)


def _inert_v6(found: re.Match[str]) -> str:
    return "[" + found[1].replace(":", "[:]") + "]"


def _refang(text: str) -> str:
    plain = re.sub(r"(?i)^h(xx|\*\*)p(s?)", r"http\2", text)
    plain = re.sub(r"(?i)^fxp", "ftp", plain).replace("[:]//", "://")
    return re.sub(r"(?i)\[\.\]|\(\.\)|\{\.\}|\[dot\]|\(dot\)", ".", plain)


def _with_scheme(text: str) -> str:
    has_one = re.match(r"(?i)[a-z][a-z0-9+.-]*:(?!\d)", text)
    return text if has_one else f"http://{text}"


def _names_a_server(host: str) -> bool:
    return bool(host) and ("." in host or ":" in host)


def _literal(host: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(host)
    except ValueError:
        return None


def _unwrap(address: IPv4Address | IPv6Address) -> IPv4Address | None:
    """Find the IPv4 address inside a mapped, 6to4, Teredo or NAT64 address."""
    if isinstance(address, IPv4Address):
        return None
    if address in NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    teredo = address.teredo[1] if address.teredo else None
    return address.ipv4_mapped or address.sixtofour or teredo
