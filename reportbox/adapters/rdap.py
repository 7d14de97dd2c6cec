"""Read RDAP answers (RFC 9083): an ``ip network`` (5.4) or a ``domain`` (5.3).

Registries are strangers: whatever has another shape than the standard's is passed over.
What each of the five does in its own way is told in ``docs/tracing.md``.
"""

import re
from collections.abc import Iterable, Iterator
from ipaddress import ip_address, ip_network, summarize_address_range
from itertools import islice
from typing import Any

from reportbox.languages import country_code
from reportbox.plain import is_mail_address, one_line

DEEPEST = 6  # entities inside entities
MOST = 500  # entities read of one answer
MOST_TEXTS = 20  # mailboxes of one role, name servers
LONGEST = 200  # characters of one text
LABEL = 1  # where a jCard property keeps its parameters
CARD = 3  # where the values of a jCard property begin
COUNTRY_OF_ADDRESS = 6  # the place of the country in a structured address (RFC 6350)
# Who may be asked where nobody keeps an abuse mailbox; a person decides. Never the
# registrant nor an administrative contact: they may be the offender.
OTHERS = ("technical", "noc")


def read_network(raw: object) -> dict[str, Any]:
    """Return network, span, name, handle, type, provider, country and contacts."""
    entities = list(_entities(raw))
    span = _span(raw)
    abuse = some(_mailboxes(entities, ("abuse",)))
    others = some(_mailboxes(entities, OTHERS))
    return {
        "network": _network(raw, span),
        "span": span,
        "name": _text(raw, "name"),
        "handle": _text(raw, "handle"),
        "type": _text(raw, "type"),
        "provider": _provider(entities),
        "country": country_code(_text(raw, "country")) or _country_of(entities),
        "abuse_contacts": abuse,
        "other_contacts": tuple(one for one in others if one not in abuse),
        "parent": next(
            (_text(k, "href") for k in _dicts(raw, "links") if k.get("rel") == "up"), ""
        ),
    }


def read_domain(raw: object) -> dict[str, Any]:
    """Return registrar, its abuse mailboxes and the name servers.

    The abuse entity stands inside the registrar's (ICANN's response profile, 2.4.5).
    """
    registrars = [e for e in _entities(raw) if "registrar" in _list(e, "roles")][:1]
    inside = [inner for entity in registrars for inner in _entities(entity)]
    names = (_text(server, "ldhName") for server in _dicts(raw, "nameservers"))
    return {
        "registrar": next((v for e in registrars for v in _values(e, "fn")), ""),
        "abuse_contacts": some(_mailboxes(inside, ("abuse",))),
        "name_servers": tuple(sorted(some(n.lower().rstrip(".") for n in names if n))),
    }


def some(texts: Iterable[str]) -> tuple[str, ...]:
    """Keep the first few, each once: no honest answer has more."""
    return tuple(islice(dict.fromkeys(texts), MOST_TEXTS))


def span_of(text: str) -> tuple[str, str] | None:
    """Read “first - last” or a prefix; None where it is neither."""
    first, _, last = text.partition(" - ")
    try:
        if last:
            return _ordered(_plain(first), _plain(last))
        block = ip_network(first.strip(), strict=False)
    except ValueError:
        return None
    return str(block[0]), str(block[-1])


def covers(span: tuple[str, str] | None, address: str) -> bool:
    """Tell whether the address lies inside; a span nobody can read is no obstacle."""
    if span is None:
        return True
    first, plain, last = (ip_address(text) for text in (span[0], address, span[1]))
    is_same_kind = first.version == plain.version == last.version
    return is_same_kind and int(first) <= int(plain) <= int(last)


def written(span: tuple[str, str]) -> str:
    """Write a network as one prefix where it is one, else as “first - last”."""
    ends = [ip_address(address) for address in span]
    blocks = list(summarize_address_range(*ends))
    return str(blocks[0]) if len(blocks) == 1 else " - ".join(span)


def _entities(thing: object) -> Iterator[dict[str, Any]]:
    """Walk breadth first: a contact of the network itself goes before a nested one."""
    level, left = _dicts(thing, "entities"), MOST
    for _ in range(DEEPEST):
        yield from level[:left]
        left -= len(level)
        if left <= 0:
            return
        level = [inner for entity in level for inner in _dicts(entity, "entities")]


def _mailboxes(entities: list[dict[str, Any]], roles: tuple[str, ...]) -> Iterator[str]:
    for entity in entities:
        if set(roles) & set(map(str, _list(entity, "roles"))):
            yield from (v for v in _values(entity, "email") if is_mail_address(v))


def _provider(entities: list[dict[str, Any]]) -> str:
    """RIPE NCC calls the organisation and whoever maintains the entry registrants."""
    registrants = [e for e in entities if "registrant" in _list(e, "roles")]
    registrants.sort(key=lambda entity: "org" not in _values(entity, "kind"))
    return next((name for e in registrants[:1] for name in _values(e, "fn")), "")


def _country_of(entities: list[dict[str, Any]]) -> str:
    """Read the country of the organisation's postal address, as ARIN has it."""
    for entity in entities:
        if "registrant" not in _list(entity, "roles"):
            continue
        for field in _fields(entity, "adr"):
            parts = field[CARD] if len(field) > CARD else None
            label = (
                field[LABEL].get("label") if isinstance(field[LABEL], dict) else None
            )
            lines = label.splitlines() if isinstance(label, str) else []
            # Beside a label the structured address is there, and empty.
            if isinstance(parts, list):
                lines += filter(None, parts[COUNTRY_OF_ADDRESS:][:1])
            if (
                lines
                and isinstance(lines[-1], str)
                and (code := country_code(lines[-1]))
            ):
                return code
    return ""


def _fields(entity: dict[str, Any], name: str) -> Iterator[list[Any]]:
    """Yield the jCard properties of one name (RFC 7095, section 3.3)."""
    for part in _list(entity, "vcardArray")[1:2]:
        for field in part if isinstance(part, list) else ():
            # A property is its name, parameters, type, and then its values.
            if isinstance(field, list) and field[:1] == [name] and len(field) > CARD:
                yield field


def _values(entity: dict[str, Any], name: str) -> Iterator[str]:
    for field in _fields(entity, name):
        yield from (one_line(v[:LONGEST]) for v in field[CARD:] if isinstance(v, str))


def _span(raw: object) -> tuple[str, str] | None:
    """Read first and last address, zero-padded or with a length as some write them."""
    try:
        first = _plain(_text(raw, "startAddress"))
        last = _plain(_text(raw, "endAddress"))
    except ValueError:
        return next(filter(None, map(span_of, _blocks(raw))), None)
    return _ordered(first, last)


def _ordered(first: str, last: str) -> tuple[str, str] | None:
    ends = ip_address(first), ip_address(last)
    is_span = ends[0].version == ends[1].version and int(ends[0]) <= int(ends[1])
    return (first, last) if is_span else None


def _plain(text: str) -> str:
    text = text.strip().partition("/")[0]
    if re.fullmatch(r"\d{1,3}(\.\d{1,3}){3}", text):
        text = ".".join(str(int(part)) for part in text.split("."))
    return str(ip_address(text))


def _network(raw: object, span: tuple[str, str] | None) -> str:
    return written(span) if span else next(_blocks(raw), "")


def _blocks(raw: object) -> Iterator[str]:
    for block in _dicts(raw, "cidr0_cidrs"):
        prefix = _text(block, "v4prefix") or _text(block, "v6prefix")
        if prefix:
            yield f"{prefix}/{block.get('length')}"


def _list(thing: object, name: str) -> list[Any]:
    value = thing.get(name) if isinstance(thing, dict) else None
    return value if isinstance(value, list) else []


def _dicts(thing: object, name: str) -> list[dict[str, Any]]:
    return [inner for inner in _list(thing, name) if isinstance(inner, dict)]


def _text(thing: object, name: str) -> str:
    value = thing.get(name) if isinstance(thing, dict) else None
    return one_line(value[:LONGEST]) if isinstance(value, str) else ""
