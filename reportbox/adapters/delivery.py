"""A delivery report (RFC 3464) or a read receipt (RFC 8098), read into our words."""

import re
from email import message_from_string
from email.message import Message
from email.utils import getaddresses

from reportbox.ports import DeliveryReport, Fate

MESSAGE_ID = re.compile(r"<[^<>\s]{3,250}>")
STATUS = re.compile(r"[245]\.\d{1,3}\.\d{1,3}")  # RFC 3463, section 2
MOST = 20  # recipients of one report
LONGEST = 500  # characters of what a server said


def read_report(status: str, returned: str) -> DeliveryReport:
    """Read the fields of a report and the headers of the mail it is about."""
    blocks = [_fields(b) for b in re.split(r"\n\s*\n", _plain(status)) if b.strip()]
    headers = _fields(_plain(returned))
    fates = [_fate(block) for block in blocks if _action(block)]
    given = [str(block["Original-Message-ID"] or "") for block in blocks]
    ids = MESSAGE_ID.findall(" ".join([str(headers["Message-ID"] or ""), *given]))
    wanted = [str(headers[n] or "") for n in ("Reply-To", "Return-Path", "From")]
    named = (str(block["Original-Envelope-Id"] or "") for block in blocks)
    return DeliveryReport(
        fates=tuple(fates[:MOST]),
        envelope_id=next(filter(None, named), "").strip()[:LONGEST],
        message_ids=tuple(dict.fromkeys(ids))[:MOST],
        addresses=tuple(a.lower() for _, a in getaddresses(wanted) if a)[:MOST],
    )


def _fate(block: Message) -> Fate:
    said = STATUS.search(str(block["Status"] or ""))
    return Fate(
        action=_action(block),
        status=said[0] if said else "",
        recipient=_value(block, "Final-Recipient")
        or _value(block, "Original-Recipient"),
        diagnostic=_value(block, "Diagnostic-Code"),
    )


def _action(block: Message) -> str:
    """Return “failed” and the like, or what a reader did: “displayed”, “deleted”."""
    if not block["Action"] and block["Disposition"]:
        done = str(block["Disposition"]).rpartition(";")[2].partition("/")[0]
        said = done.strip().lower()
        return (
            "" if said == "failed" else said
        )  # of a reader's program, not of a server
    done = str(block["Action"] or "")
    return done.rpartition(";")[2].partition("/")[0].strip().lower()


def _value(block: Message, name: str) -> str:
    """Return what stands behind the type: “rfc822; abuse@host.example”."""
    text = " ".join(str(block[name] or "").split())
    kind, is_typed, value = text.partition(";")
    return (value if is_typed else kind).strip().strip("<>")[:LONGEST]


def _fields(text: str) -> Message:
    return message_from_string(text.lstrip("\n"))


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")
