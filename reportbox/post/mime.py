"""From a letter's words to the bytes that go on the wire.

Encrypted letters are OpenPGP/MIME, signed and encrypted in one step (RFC 3156,
section 6.2). The real subject goes inside; outside stands a neutral one.
"""

from datetime import datetime
from email.message import EmailMessage, MIMEPart
from email.policy import SMTP
from email.utils import format_datetime

from reportbox.post.wording import SEALED_AT, say_when
from reportbox.records.letters import Letter
from reportbox.settings import Settings

NEUTRAL = "Message from the hotline"
URGENT = "URGENT: message from the hotline"


def content(letter: Letter, at: datetime, settings: Settings) -> MIMEPart:
    """Build text and attachments, with the moment of sending filled in."""
    moment = say_when(at, settings.zone)
    part = EmailMessage(policy=SMTP)
    part.set_content(letter.body.replace(SEALED_AT, moment), cte="quoted-printable")
    for name, kind, text in letter.attachments:
        part.add_attachment(
            text.replace(SEALED_AT, moment).encode(),
            maintype=kind.partition("/")[0],
            subtype=kind.partition("/")[2],
            filename=name,
        )
    return part


def secret_content(letter: Letter, at: datetime, settings: Settings) -> bytes:
    """Return what is to be encrypted: the content with its real subject."""
    part = content(letter, at, settings)
    del part["MIME-Version"]
    part["Subject"] = letter.subject
    return part.as_bytes(policy=SMTP)


def plain(letter: Letter, at: datetime, settings: Settings) -> bytes:
    message = content(letter, at, settings)
    _address(message, letter, letter.subject, at)
    return message.as_bytes(policy=SMTP)


def encrypted(letter: Letter, armoured: bytes, at: datetime) -> bytes:
    """Wrap an OpenPGP message as RFC 3156, section 4, lays down."""
    message = EmailMessage(policy=SMTP)
    message["Content-Type"] = (
        'multipart/encrypted; protocol="application/pgp-encrypted"'
    )
    message.attach(_part("application/pgp-encrypted", b"Version: 1\r\n"))
    message.attach(_part('application/octet-stream; name="encrypted.asc"', armoured))
    _address(message, letter, URGENT if letter.is_marked else NEUTRAL, at)
    return message.as_bytes(policy=SMTP)


def _part(content_type: str, payload: bytes) -> EmailMessage:
    part = EmailMessage(policy=SMTP)
    part["Content-Type"] = content_type
    part.set_payload(payload.decode("ascii"))
    return part


def _address(message: MIMEPart, letter: Letter, subject: str, at: datetime) -> None:
    message["From"] = letter.sender
    message["To"] = letter.recipient
    message["Subject"] = subject
    message["Date"] = format_datetime(at)
    message["Message-ID"] = letter.message_id
    if letter.is_marked:  # RFC 2156, section 5.3.6
        message["Importance"] = "high"
    if letter.in_reply_to:
        message["In-Reply-To"] = letter.in_reply_to
        message["References"] = letter.in_reply_to
