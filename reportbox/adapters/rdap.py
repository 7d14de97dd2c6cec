"""Read one RDAP ``ip network`` answer (RFC 9083, section 5.4), nested entities too.

Registries are strangers: whatever has another shape than the standard's is passed over.
"""

from collections.abc import Iterator
from typing import Any

from reportbox.plain import is_mail_address, one_line


def read_network(raw: object) -> dict[str, Any]:
    """Return network, name, provider, country and abuse contacts, as far as given."""
    entities = list(_entities(raw))
    return {
        "network": _network(raw),
        "name": _text(raw, "name"),
        "provider": _provider(entities),
        "country": _text(raw, "country").upper()[:2],
        "abuse_contacts": tuple(dict.fromkeys(_abuse_mailboxes(entities))),
    }


def _entities(thing: object) -> Iterator[dict[str, Any]]:
    """Walk breadth first: a contact of the network itself goes before a nested one."""
    level = _dicts(thing, "entities")
    while level:
        yield from level
        level = [inner for entity in level for inner in _dicts(entity, "entities")]


def _abuse_mailboxes(entities: list[dict[str, Any]]) -> Iterator[str]:
    for entity in entities:
        if "abuse" in _list(entity, "roles"):
            yield from (v for v in _values(entity, "email") if is_mail_address(v))


def _provider(entities: list[dict[str, Any]]) -> str:
    for entity in entities:
        if "registrant" in _list(entity, "roles"):
            return next(_values(entity, "fn"), "")
    return ""


def _values(entity: dict[str, Any], name: str) -> Iterator[str]:
    """Yield the text values of one jCard property (RFC 7095, section 3.3)."""
    for part in _list(entity, "vcardArray")[1:2]:
        for field in part if isinstance(part, list) else ():
            # A property is its name, parameters, type, and then its values.
            if isinstance(field, list) and field[:1] == [name]:
                yield from (one_line(v) for v in field[3:] if isinstance(v, str))


def _network(raw: object) -> str:
    for block in _dicts(raw, "cidr0_cidrs"):
        prefix = _text(block, "v4prefix") or _text(block, "v6prefix")
        return f"{prefix}/{block.get('length')}"
    first, last = _text(raw, "startAddress"), _text(raw, "endAddress")
    return f"{first} - {last}" if first and last else ""


def _list(thing: object, name: str) -> list[Any]:
    value = thing.get(name) if isinstance(thing, dict) else None
    return value if isinstance(value, list) else []


def _dicts(thing: object, name: str) -> list[dict[str, Any]]:
    return [inner for inner in _list(thing, name) if isinstance(inner, dict)]


def _text(thing: object, name: str) -> str:
    value = thing.get(name) if isinstance(thing, dict) else None
    return one_line(value) if isinstance(value, str) else ""
