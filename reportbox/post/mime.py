"""From a letter's words to the bytes that go on the wire.

Encrypted letters are OpenPGP/MIME, signed and encrypted in one step (RFC 3156,
section 6.2). The real subject goes inside; outside stands a neutral one.

The library's older classes build a letter in a fifth of the time of its newer ones,
which read again every header that is set. Nothing here marks a letter as automatic or
as bulk mail: a person decided on each, and desks throw the others away.
"""

from base64 import encodebytes
from binascii import b2a_qp
from datetime import datetime
from email.header import Header
from email.message import Message
from email.policy import compat32
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from reportbox.post.token import reply_address
from reportbox.post.wording import SEALED_AT, say_when
from reportbox.records.letters import Letter, Writing
from reportbox.settings import Settings

NEUTRAL = "Message from the hotline"
URGENT = "URGENT: message from the hotline"
FEEDBACK = "message/feedback-report"

if TYPE_CHECKING:
    Part = Message[Any, Any]  # the class itself takes no brackets

POLICY = compat32.clone(linesep="\r\n", mangle_from_=False)


def secret_content(
    letter: Letter, said: Writing, at: datetime, settings: Settings
) -> bytes:
    """Return what is to be encrypted: the content with its real subject."""
    part = _content(said, at, settings)
    part["Subject"] = _one_line(letter.subject)
    return _bytes(part)


def plain(letter: Letter, said: Writing, at: datetime, settings: Settings) -> bytes:
    """Return a letter in the clear; raise ValueError for what no header can hold."""
    message = _content(said, at, settings)
    _address(message, letter, letter.subject, at, settings)
    return _bytes(message)


def encrypted(
    letter: Letter, armoured: bytes, at: datetime, settings: Settings
) -> bytes:
    """Wrap an OpenPGP message as RFC 3156, section 4, lays down."""
    version = _part("application/pgp-encrypted", "Version: 1\n")
    secret = _part('application/octet-stream; name="encrypted.asc"', armoured.decode())
    kind = 'multipart/encrypted; protocol="application/pgp-encrypted"'
    message = _parts(kind, [version, secret])
    subject = URGENT if letter.is_marked else NEUTRAL
    _address(message, letter, subject, at, settings)
    return _bytes(message)


def _content(said: Writing, at: datetime, settings: Settings) -> "Part":
    """Build text and attachments, with the moment of sending filled in."""
    moment = say_when(at, settings.zone)
    text = _text(said.body.replace(SEALED_AT, moment))
    files = [
        _file(name, kind, words.replace(SEALED_AT, moment))
        for name, kind, words in said.attachments
    ]
    reports = [file for file in files if file.get_content_type() == FEEDBACK]
    if reports:  # X-ARF version 3, README, “Mail structure”: in this order
        others = [file for file in files if file not in reports]
        kind = 'multipart/report; report-type="feedback-report"'
        return _parts(kind, [text, *reports, *others])
    return _parts("multipart/mixed", [text, *files]) if files else text


def _text(words: str) -> "Part":
    """Make a text whose lines no mail server breaks (RFC 2045, section 6.7)."""
    made = b2a_qp(words.encode(), istext=True).decode()
    return _part('text/plain; charset="utf-8"', made, "quoted-printable")


def _file(name: str, kind: str, words: str) -> "Part":
    if kind == FEEDBACK:
        return _part(kind, words)
    charset = '; charset="utf-8"' if kind.startswith("text/") else ""
    coded = encodebytes(words.encode()).decode()
    part = _part(f'{kind}{charset}; name="{name}"', coded, "base64")
    part.add_header("Content-Disposition", "attachment", filename=name)
    return part


def _part(kind: str, payload: str, encoding: str = "") -> "Part":
    part = Message(POLICY)
    part["Content-Type"] = kind
    if encoding:
        part["Content-Transfer-Encoding"] = encoding
    part.set_payload(payload)
    return part


def _parts(kind: str, parts: "list[Part | str]") -> "Part":
    whole = Message(POLICY)
    whole["Content-Type"] = f'{kind}; boundary="{uuid4().hex}"'
    whole.set_payload(parts)
    return whole


def _address(
    message: "Part", letter: Letter, subject: str, at: datetime, settings: Settings
) -> None:
    message["MIME-Version"] = "1.0"
    message["From"] = _one_line(letter.sender)
    if reply_to := reply_address(letter, settings):
        message["Reply-To"] = reply_to
    message["To"] = _one_line(letter.recipient)
    message["Subject"] = _one_line(subject)
    message["Date"] = format_datetime(at)
    message["Message-ID"] = letter.message_id
    if letter.is_marked:  # RFC 2156, section 5.3.6
        message["Importance"] = "high"
    if letter.in_reply_to:
        message["In-Reply-To"] = letter.in_reply_to
        message["References"] = letter.in_reply_to


def _one_line(text: str) -> str | Header:
    """Take what may stand in a header, or raise ValueError: a break would add one."""
    if not text.isprintable():
        raise ValueError("a header is one line without control characters")
    return text if text.isascii() else Header(text, "utf-8")


def _bytes(message: "Part") -> bytes:
    return message.as_bytes(policy=POLICY)
