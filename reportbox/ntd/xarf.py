"""The machine's notice beside the human's: X-ARF, of version 4 and for old desks of 3.

One object per address, as the format wants it. Its classification list has no word for
what is illegal under national law only, so for that there is no object: saying
“baseline” would not be true. What the material shows is not said here either.
"""

import re
from dataclasses import dataclass
from hashlib import sha256
from ipaddress import ip_address
from uuid import UUID

from reportbox.ntd.subject import BASELINE, Subject, stamp

VERSION = "4.2.0"
LONGEST_NAME = 200  # characters of an organisation's name (xarf-core, contact_info)
DOMAIN = re.compile(r"([a-z0-9]+(-[a-z0-9]+)*\.)+[a-z]{2,}")  # as content-base has it
# What is an absolute URI to the letter (RFC 3986, section 2); a browser reads the rest.
URI = re.compile(r"(?i)(https?|ftp)://[A-Z0-9\-._~:/?#\[\]@!$&'()*+,;=%]+")


@dataclass(frozen=True)
class Reporter:
    """The hotline, as a report names it."""

    name: str
    mailbox: str
    phone: str = ""

    @property
    def domain(self) -> str:
        return self.mailbox.rpartition("@")[2]


def xarf(subject: Subject, us: Reporter) -> dict[str, object] | None:
    """Return the object for one address; None where the format has no word for it."""
    if subject.classification != BASELINE:
        return None
    contact = {
        "org": us.name[:LONGEST_NAME],
        "contact": us.mailbox,
        "domain": us.domain,
    }
    made: dict[str, object] = {
        "xarf_version": VERSION,
        "report_id": _report_id(subject, us),
        "timestamp": stamp(subject.verified_at),
        "reporter": contact,
        "sender": contact,
        "source_identifier": _source(subject),
        "source_port": subject.port,
        "category": "content",
        "type": "csam",
        "url": _uri(subject),
        "classification": BASELINE,
        "detection_method": "manual_review",
        "verified_at": stamp(subject.verified_at),
        "verification_method": "manual",
    }
    known: dict[str, object] = {
        "domain": subject.host if DOMAIN.fullmatch(subject.host) else "",
        "asn": subject.asn,
        "country_code": subject.country,
        "hosting_provider": subject.hoster,
        "dns_records": _records(subject),
    }
    return made | {name: value for name, value in known.items() if value}


def xarf_v3(subject: Subject, us: Reporter) -> dict[str, object] | None:
    """Return the same in version 3, archived and still read by old desks."""
    if subject.classification != BASELINE:
        return None
    info = {
        "ReporterOrg": us.name,
        "ReporterOrgDomain": us.domain,
        "ReporterOrgEmail": us.mailbox,
    }
    phone = {"ReporterContactPhone": us.phone} if us.phone else {}
    return {
        "Version": "3",
        "ReporterInfo": info | phone,
        "Disclosure": True,
        "Report": {
            "ReportClass": "Content",
            "ReportType": "ChildAbuse",
            "Date": stamp(subject.verified_at),
            "SourceIp": _source(subject),
            "SourcePort": subject.port,
            "SourceUrl": _uri(subject),
        },
    }


def _report_id(subject: Subject, us: Reporter) -> str:
    """The same address keeps its identifier in every reminder."""
    digest = sha256(f"{us.domain}/{subject.number}".encode()).digest()
    return str(UUID(bytes=digest[:16], version=4))


def _source(subject: Subject) -> str:
    return next(iter(subject.ip_addresses), subject.host)


def _uri(subject: Subject) -> str:
    return subject.address if URI.fullmatch(subject.address) else subject.key


def _records(subject: Subject) -> dict[str, list[str]]:
    if not DOMAIN.fullmatch(subject.host):
        return {}  # nobody asked a name server for a bare IP address
    plain = [ip_address(address) for address in subject.ip_addresses]
    kinds = {4: "a", 6: "aaaa"}
    found = {
        name: [str(address) for address in plain if address.version == version]
        for version, name in kinds.items()
    }
    return {name: addresses for name, addresses in found.items() if addresses}
