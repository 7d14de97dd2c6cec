"""What a box needs before it opens, and what each missing point blocks.

The box opens when no needed point is missing; all others are listed, so that nobody
finds out by a notice that never left.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from reportbox.settings import Settings


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What the box knows of itself."""

    settings: Settings
    known: frozenset[str] = frozenset()  # settings of the file, and those chosen
    administrators: int = 0  # who can log in, with a second factor
    managers: int = 0
    assessors: int = 0
    mail_is_tried: bool = False  # a letter left by the mail server of now
    mail_is_skipped: bool = False
    mailbox_is_tried: bool = False
    own_key: str = ""  # its fingerprint
    agencies: int = 0
    agencies_reached: int = 0  # by a compared key, the portal or their tool
    agencies_tried: int = 0  # they confirmed a test letter
    is_agreed: bool = False
    trace_is_tried: bool = False
    papers: frozenset[str] = frozenset()  # those that somebody said are written


class Point(NamedTuple):
    step: str
    name: str
    title: str
    is_done: Callable[[Facts], bool]
    blocks: str  # what does not work without it
    is_needed: bool = False  # the box does not open without it


NOBODY_TOLD = "nobody is told of anything: notices wait"
GDPR = "General Data Protection Regulation"

# In the order of the steps.
POINTS = (
    Point(
        "hotline",
        "whose",
        "Name, mail address and country",
        lambda f: f.settings.is_complete,
        "the box takes no report",
        is_needed=True,
    ),
    Point(
        "hotline",
        "zone",
        "Time zone",
        lambda f: "time_zone" in f.known,
        "deadlines are counted by the wrong clock",
        is_needed=True,
    ),
    Point(
        "hotline",
        "phone",
        "Telephone",
        lambda f: bool(f.settings.hotline_phone),
        "officers and providers cannot call back",
    ),
    Point(
        "hotline",
        "emergency",
        "Text for an emergency",
        lambda f: bool(f.settings.emergency_text),
        "whoever says that a child is in danger now is not told whom to call",
    ),
    Point(
        "administrator",
        "administrator",
        "An administrator with a second factor",
        lambda f: f.administrators > 0,
        "nobody can log in",
        is_needed=True,
    ),
    Point(
        "administrator",
        "second",
        "A second administrator",
        lambda f: f.administrators > 1,
        "the machine's console alone helps if the only one is gone",
    ),
    Point(
        "administrator",
        "manager",
        "A manager",
        lambda f: f.managers > 0,
        "nobody may change agencies, agreement and texts once the box is open",
    ),
    Point(
        "administrator",
        "assessor",
        "Somebody who assesses",
        lambda f: f.assessors > 0,
        "reports wait: nobody may judge them",
    ),
    Point(
        "address",
        "public",
        "The public address",
        lambda f: bool(f.settings.public_url),
        "nobody can reach the form",
        is_needed=True,
    ),
    Point(
        "address",
        "https",
        "Encryption on the way (https)",
        lambda f: f.settings.public_url.startswith("https://"),
        "what visitors write can be read on the way",
    ),
    Point(
        "address",
        "portal",
        "The portal of the officers",
        lambda f: bool(f.settings.portal_url),
        "officers have no accounts, and letters name a code and no link",
    ),
    Point(
        "address",
        "embedding",
        "A web site that shows the form",
        lambda f: bool(f.settings.embed_on),
        "the form is reached by its link alone",
    ),
    Point(
        "mail",
        "mail",
        "Mail out is tried, or left for later on purpose",
        lambda f: f.mail_is_tried or f.mail_is_skipped,
        "nobody knows whether letters leave",
        is_needed=True,
    ),
    Point(
        "mail",
        "out",
        "A letter left",
        lambda f: f.mail_is_tried,
        "letters to agencies and providers may never leave",
    ),
    Point(
        "mail",
        "in",
        "The mailbox can be read",
        lambda f: f.mailbox_is_tried,
        "answers of agencies and providers are read by nobody here",
    ),
    Point(
        "key",
        "key",
        "The box's own key",
        lambda f: bool(f.own_key),
        "letters to agencies wait, as none leaves unsigned or in the clear",
    ),
    Point(
        "agencies",
        "agency",
        "An agency that is told",
        lambda f: f.agencies > 0,
        NOBODY_TOLD,
    ),
    Point(
        "agencies",
        "reached",
        "A key that somebody compared, or another channel, for each",
        lambda f: 0 < f.agencies == f.agencies_reached,
        "what such an agency should be told waits",
    ),
    Point(
        "agencies",
        "tried",
        "A test letter that each confirmed",
        lambda f: 0 < f.agencies == f.agencies_tried,
        "nobody knows whether they can read your letters",
    ),
    Point(
        "agreement",
        "agreed",
        "What was agreed, be it the interim channel",
        lambda f: f.is_agreed or f.settings.mode == "register_and_forward",
        "no provider is asked to remove anything",
    ),
    Point(
        "letters",
        "law",
        "The law that makes the material illegal",
        lambda f: bool(f.settings.legal_basis),
        "letters to providers name no law, and some will not act",
    ),
    Point(
        "look-ups",
        "servers",
        "Two name servers that do not depend on each other",
        lambda f: len(f.settings.resolvers) > 1,
        "that a name is gone is never believed",
    ),
    Point(
        "look-ups",
        "trace",
        "A trace that worked",
        lambda f: f.trace_is_tried,
        "nobody knows whether hosts can be found from here",
    ),
    Point(
        "backups",
        "backup",
        "A key for backups",
        lambda f: bool(getattr(f.settings, "backup_key", "")),
        "there is no backup, and with the machine all is lost",
    ),
    Point(
        "summary",
        "assessment",
        "Data-protection impact assessment",
        lambda f: "assessment" in f.papers,
        f"processing of this kind may not begin ({GDPR}, Article 35)",
    ),
    Point(
        "summary",
        "roles",
        "Who is controller, who is processor",
        lambda f: "roles" in f.papers,
        "nobody can say who answers to whom (the same, Articles 24 to 28)",
    ),
    Point(
        "summary",
        "record",
        "Record of processing",
        lambda f: "record" in f.papers,
        "nothing can be shown to the authority that asks (the same, Article 30)",
    ),
)
PAPERS = {point.name: point.title for point in POINTS if point.step == "summary"}
