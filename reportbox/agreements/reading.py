"""What is agreed now, as every rule that depends on it reads it."""

import json
from functools import lru_cache

from reportbox.agreements.terms import Terms
from reportbox.lea.agency import Channel, Unit
from reportbox.records.agencies import Agency
from reportbox.records.agreements import Agreement
from reportbox.settings import Settings

OF_A_UNIT = (
    "id",
    "name",
    "mailbox",
    "key",
    "tool",
    "phone",
    "hours",
    "languages",
    "contact_name",
    "urgent_name",
    "urgent_phone",
    "deputy_name",
    "deputy_phone",
    "gets_copies",
    "verified_on",
)


def read_terms() -> Terms:
    """Return the newest version; before the first one, the interim defaults."""
    words = Agreement.newest_terms()
    return _terms(words) if words else Terms()


@lru_cache(maxsize=2)
def _terms(words: str) -> Terms:
    """Read a version once: every letter asks for it again."""
    return Terms.from_data(json.loads(words))


def is_agreed() -> bool:
    """Tell whether anything was entered; nobody is asked by defaults alone."""
    return Agreement.newest() is not None


def read_units() -> list[Unit]:
    """List the agencies that are told, in the order they were entered."""
    return [unit_of(row) for row in Agency.rows(Agency.is_active == True)]  # noqa: E712


def unit_of(row: Agency) -> Unit:
    return Unit(
        **{name: getattr(row, name) for name in OF_A_UNIT},
        parent=row.parent_id,
        channel=Channel(row.channel),
        regions=tuple(row.regions),
        topics=tuple(row.topics),
    )


def lookers(settings: Settings) -> tuple[int, ...]:
    """Number the agencies that look whether it is gone, in place of the desk.

    They must be able to say what they saw: in the portal, or by the link of a letter.
    """
    if read_terms().removal_checker != "lea" or not settings.portal_url:
        return ()
    return tuple(u.id for u in read_units() if u.channel is not Channel.WEB_TOOL)


def name_of_lea() -> str:
    """Name whom letters to others speak of: the first agency at the top."""
    units = read_units()
    top = [u for u in units if u.parent is None] or units
    return top[0].name if top else "the police"
