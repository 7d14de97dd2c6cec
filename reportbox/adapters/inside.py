"""What stands inside an encrypted mail: its words, and whether a machine wrote it.

Text parts alone, as of any other mail: what else was sealed in is not even decoded.
"""

import itertools
import re
from collections.abc import Iterator
from dataclasses import replace
from email import message_from_bytes
from email.message import Message
from typing import NamedTuple

from reportbox.adapters.imap import (
    LARGEST_TEXT,
    UNREADABLE,
    header_text,
    is_automatic,
)
from reportbox.adapters.imap_structure import DEEPEST, MOST_PARTS, Part
from reportbox.errors import PeerRejected
from reportbox.ports import Inside

SIGNED_MARKS = 3  # before what is signed, before the signature, and at the end


def read_inside(content: bytes) -> Inside:
    """Read a whole MIME entity (RFC 3156, section 4), or raise PeerRejected."""
    try:
        entity = message_from_bytes(content)
        found = list(_texts(entity, 0))[: MOST_PARTS * 2]
        parts = [part for part in found if _kind(part) == "plain"] or found
        text = "\n".join(_words(part) for part in parts[:MOST_PARTS])
        return Inside(text, header_text(entity["Subject"]), is_automatic(entity))
    except UNREADABLE as trouble:
        raise PeerRejected("what it holds cannot be read here") from trouble


class Detached(NamedTuple):
    """What is signed of a mail, byte for byte, and the signature beside it."""

    content: bytes
    signature: bytes


def read_detached(content: bytes) -> Detached | None:
    """Take what is encrypted apart from its signature, where it has one of its own.

    RFC 3156, section 6.1; section 5 says what is signed: the first part, with its
    headers, and without the end of line that belongs to the boundary.
    """
    try:
        entity = message_from_bytes(content)
        if entity.get_content_type() != "multipart/signed":
            return None
        mark = re.escape(str(entity.get_boundary("")).encode())
        pattern = rb"(?:\A|\r?\n)--" + mark + rb"(?:--)?[ \t]*(?=\r?\n|\Z)"
        marks = list(re.finditer(pattern, content))
        if not mark or len(marks) != SIGNED_MARKS:
            return Detached(b"", b"")
        first, second = (
            content[one.end() : other.start()].removeprefix(b"\r").removeprefix(b"\n")
            for one, other in itertools.pairwise(marks)
        )
        signature = message_from_bytes(second).get_payload(decode=True)
    except UNREADABLE as trouble:
        raise PeerRejected("what it holds cannot be read here") from trouble
    canonical = re.sub(rb"\r?\n", b"\r\n", first)
    return Detached(canonical, signature if isinstance(signature, bytes) else b"")


def read_signed(content: bytes, signed: Detached) -> Inside:
    """Read the words that are signed, and no others beside them."""
    around = read_inside(content)
    if not signed.signature:  # nothing to go by: a person reads all of it
        return around
    inside = read_inside(signed.content)
    return replace(
        inside,
        subject=around.subject or inside.subject,
        is_automatic=around.is_automatic or inside.is_automatic,
    )


def read_block(content: bytes) -> Inside:
    """Read what stood in a block of its own in the text of a mail."""
    return Inside(content[:LARGEST_TEXT].decode("utf-8", "replace"))


def _texts(entity: Message, depth: int) -> Iterator[Message]:
    """Find the parts that are words; none that is attached, none of another mail."""
    if entity.get_content_maintype() == "multipart" and depth < DEEPEST:
        for part in entity.get_payload():
            if isinstance(part, Message):
                yield from _texts(part, depth + 1)
    is_text = entity.get_content_type() in {"text/plain", "text/html"}
    if is_text and entity.get_content_disposition() != "attachment":
        yield entity


def _kind(part: Message) -> str:
    return str(part.get_content_subtype())


def _words(part: Message) -> str:
    raw = str(part.get_payload()).encode("ascii", "surrogateescape")
    charset = str(part.get_content_charset() or "utf-8")
    encoding = str(part["Content-Transfer-Encoding"] or "").strip().lower()
    return Part("", _kind(part), charset, encoding).decode(raw[:LARGEST_TEXT])
