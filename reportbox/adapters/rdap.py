"""Read one RDAP ``ip network`` answer (RFC 9083, section 5.4), nested entities too."""

from collections.abc import Iterator
from typing import Any


def read_network(raw: dict[str, Any]) -> dict[str, Any]:
    """Return network, name, provider, country and abuse contacts, as far as given."""
    entities = list(_entities(raw))
    return {
        "network": _network(raw),
        "name": str(raw.get("name") or ""),
        "provider": _provider(entities),
        "country": str(raw.get("country") or "").upper(),
        "abuse_contacts": tuple(dict.fromkeys(_abuse_mailboxes(entities))),
    }


def _entities(thing: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Walk breadth first: a contact of the network itself goes before a nested one."""
    level = [e for e in thing.get("entities") or () if isinstance(e, dict)]
    while level:
        yield from level
        level = [
            inner
            for entity in level
            for inner in entity.get("entities") or ()
            if isinstance(inner, dict)
        ]


def _abuse_mailboxes(entities: list[dict[str, Any]]) -> Iterator[str]:
    for entity in entities:
        if "abuse" in (entity.get("roles") or ()):
            yield from (v for v in _values(entity, "email") if "@" in v)


def _provider(entities: list[dict[str, Any]]) -> str:
    for entity in entities:
        if "registrant" in (entity.get("roles") or ()):
            return next(_values(entity, "fn"), "")
    return ""


def _values(entity: dict[str, Any], name: str) -> Iterator[str]:
    """Yield the text values of one jCard property (RFC 7095, section 3.3)."""
    card: list[Any] = list(entity.get("vcardArray") or ())
    for field in card[1] if len(card) > 1 else ():
        if len(field) > 3 and field[0] == name:  # noqa: PLR2004 - name, parameters, type, value
            yield from (value for value in field[3:] if isinstance(value, str))


def _network(raw: dict[str, Any]) -> str:
    for block in raw.get("cidr0_cidrs") or ():
        prefix = block.get("v4prefix") or block.get("v6prefix")
        return f"{prefix}/{block.get('length')}"
    first, last = raw.get("startAddress"), raw.get("endAddress")
    return f"{first} - {last}" if first and last else ""
