"""A test letter to oneself: by the mail server of the settings, and read back.

It holds nothing but a number, so it leaves in the clear and outside the outbox; the
round that fetches mails knows it and makes no draft of it.
"""

import secrets
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import NamedTuple

from reportbox.ports import Envelope, Mail, Mailer, MailSearch
from reportbox.records import atomic
from reportbox.records.choices import Choice
from reportbox.records.journey import Deed, put_on_record
from reportbox.settings import Settings

TRIAL = "mail_trial"
SUBJECT = "Test letter {number} of a Report Box"
TEXT = """\
This is a test letter of the box to its own mailbox. There is no report in it.

It left by {server}. If you read this, mail works in this direction.
"""


class Trial(NamedTuple):
    message_id: str = ""
    sent_at: str = ""
    is_sent: bool = False  # by the mail server that the settings name now
    is_read: bool = False  # in the mailbox that the settings name now


def last(settings: Settings) -> Trial:
    """Say how the last test letter fared; another server counts as none."""
    kept = Choice.read(TRIAL)
    is_sent = kept.get("server") == server_of(settings)
    is_read = kept.get("mailbox") == mailbox_of(settings) != ""
    message_id, sent_at = kept.get("message_id", ""), kept.get("at", "")
    return Trial(message_id, sent_at, is_sent, is_read)


def send_trial(settings: Settings, mailer: Mailer, deed: Deed) -> str:
    """Send it and return the server's words; raise PeerFailed if it did not leave."""
    number = secrets.token_hex(6)
    letter = _letter(number, settings, deed.at)
    with mailer.connect() as line:
        words = line.send(letter, lambda: True) or ""
    kept = {
        **Choice.read(TRIAL),
        "number": number,
        "message_id": letter.message_id,
        "at": deed.at.isoformat(),
        "server": server_of(settings),
    }
    with atomic():
        Choice.write(TRIAL, kept)
        put_on_record(deed, "try_mail", "mail server")
    return words


def find_trial(settings: Settings, mailbox: MailSearch, deed: Deed) -> bool:
    """Look whether the last test letter came; raise PeerFailed if nobody can."""
    if not mailbox.has(last(settings).message_id):
        return False
    with atomic():
        kept = {**Choice.read(TRIAL), "mailbox": mailbox_of(settings)}
        Choice.write(TRIAL, kept)
        put_on_record(deed, "try_mailbox", "mailbox")
    return True


def is_ours(mail: Mail) -> bool:
    """Tell whether a mail is the last test letter."""
    number = Choice.read(TRIAL).get("number")
    return bool(number) and mail.subject == SUBJECT.format(number=number)


def server_of(settings: Settings) -> str:
    s = settings
    return f"{s.smtp_host}:{s.smtp_port} {s.smtp_security} {s.smtp_user}".strip()


def mailbox_of(settings: Settings) -> str:
    s = settings
    where = f"{s.imap_user}@{s.imap_host}:{s.imap_port}/{s.imap_folder}"
    return where if s.imap_host else ""


def _letter(number: str, settings: Settings, at: datetime) -> Envelope:
    us = settings.hotline_email
    message = EmailMessage(policy=SMTP)
    message["From"] = message["To"] = us
    message["Subject"] = SUBJECT.format(number=number)
    message["Date"] = format_datetime(at)
    message["Message-ID"] = f"<{number}@{us.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody should answer
    message.set_content(TEXT.format(server=f"{settings.smtp_host}"))
    return Envelope(message["Message-ID"], us, us, message.as_bytes())
