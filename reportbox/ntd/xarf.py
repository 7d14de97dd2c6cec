"""The machine's notice beside the human's: X-ARF v4, type “content/csam”.

One object per address, as the format wants it. Its classification list has no word for
what is illegal under national law only, so for that there is no object: saying
“baseline” would not be true.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import NAMESPACE_URL, uuid5

VERSION = "4.2.0"
BASELINE = "baseline"


@dataclass(frozen=True)
class Subject:
    number: str
    address: str
    source: str  # IP address where known, else the host
    classification: str
    verified_at: datetime


def xarf(subject: Subject, organisation: str, contact: str) -> dict[str, object] | None:
    """Return the object for one address; None where the format has no word for it."""
    if subject.classification != BASELINE:
        return None
    domain = contact.rpartition("@")[2]
    us = {"org": organisation, "contact": contact, "domain": domain}
    moment = subject.verified_at.astimezone(UTC)
    return {
        "xarf_version": VERSION,
        # The same address keeps its identifier in every reminder.
        "report_id": str(uuid5(NAMESPACE_URL, f"{domain}/{subject.number}")),
        "timestamp": moment.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "reporter": us,
        "sender": us,
        "source_identifier": subject.source,
        "category": "content",
        "type": "csam",
        "url": subject.address,
        "classification": BASELINE,
        "detection_method": "manual_review",
    }
