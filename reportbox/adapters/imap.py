"""The hotline's mailbox, read over IMAP with TLS (RFC 9051, RFC 8314).

Only headers and text parts are ever asked for: the structure of a mail says which
parts are text (BODYSTRUCTURE), and nothing else is fetched. An attachment stays where
it is.
"""

import contextlib
import imaplib
import re
import ssl
import time
from collections import Counter
from collections.abc import Callable, Iterator
from email import message_from_bytes
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message
from email.utils import getaddresses, parsedate_to_datetime
from pathlib import Path
from typing import Any

from imap_tools import MailBox
from imap_tools.errors import ImapToolsError

from reportbox.adapters.delivery import read_report
from reportbox.adapters.imap_structure import (
    Part,
    read_structure,
    report_parts,
    sealed_part,
    text_parts,
)
from reportbox.errors import PeerRejected, PeerUnavailable
from reportbox.ports import DeliveryReport, Fate, Mail

LONGEST_VISIT = 50  # seconds; whoever is not read by then is in the next one
MOST_TRIES = 2  # then it is the mail that breaks the connection, and not the line
LARGEST_TEXT = 64 * 1024  # bytes of one text part
LARGEST_SEALED = 256 * 1024  # bytes of an encrypted mail; a larger one holds more
HEADERS = (
    "BODY.PEEK[HEADER.FIELDS (FROM TO CC DELIVERED-TO X-ORIGINAL-TO ENVELOPE-TO "
    "SUBJECT DATE IN-REPLY-TO REFERENCES RETURN-PATH AUTO-SUBMITTED PRECEDENCE "
    "X-AUTOREPLY X-AUTORESPOND X-FAILED-RECIPIENTS CONTENT-TYPE)]<0.16384>"
)
# What names the mailbox a mail came to, the address it was written to among them.
RECIPIENTS = ("Delivered-To", "X-Original-To", "Envelope-To", "To", "Cc")
MESSAGE_ID = re.compile(r"<[^<>\s]{3,250}>")
# How programs that set no header call what they send.
BY_A_MACHINE = re.compile(
    r"(?i)\s*(auto(matic)?[ -]?(reply|response)|out of (the )?office|abwesen|undeliver"
    r"|delivery (status|failure)|mail delivery|returned mail|failure notice"
    r"|automati(sche antwort|sch antwoord)|r[ée]ponse automatique|respuesta autom"
    r"|unzustellbar|onbestelbaar|non remis|no se puede entregar"
    r"|warning: (message|could not))"
)
MOST_NAMED = 20  # messages one mail says it answers, and mailboxes it came to


# What hostile headers and parts make the library raise.
UNREADABLE = (
    ValueError,
    LookupError,
    TypeError,
    AssertionError,
    RecursionError,
    MessageError,
)
CANNOT_BE_READ = "This mail cannot be read here. Look at it in the mailbox."


class _Broken(Exception):
    """A mail broke the connection."""


class ImapMailbox:
    def __init__(  # noqa: PLR0913 - an account is that much
        self,
        *,
        host: str,
        port: int,
        user: str,
        password: str,
        folder: str,
        timeout: int,
        ca_file: Path | None = None,
    ) -> None:
        self.host, self.port = host, port
        self.user, self.password = user, password
        self.folder, self.timeout = folder, timeout
        self.context = ssl.create_default_context(cafile=ca_file)

    def read(
        self, keep: Callable[[Mail], object], longest: float = LONGEST_VISIT
    ) -> None:
        until, tries = time.monotonic() + longest, Counter[str]()
        while self._has_broken(keep, until, tries):
            pass

    def _has_broken(
        self, keep: Callable[[Mail], object], until: float, tries: Counter[str]
    ) -> bool:
        """Read down one connection; say if a mail broke it, so that another is due."""
        try:
            with self._open() as box:
                self._read_all(box, keep, until, tries)
        except _Broken:
            return time.monotonic() <= until
        return False

    def _read_all(
        self,
        box: Any,  # noqa: ANN401 - as the library has it
        keep: Callable[[Mail], object],
        until: float,
        tries: Counter[str],
    ) -> None:
        found = box.client.uid("SEARCH", "UNSEEN")
        validity = box.folder.status(self.folder, ["UIDVALIDITY"])["UIDVALIDITY"]
        for uid in _first(found).decode().split():
            keep(self._try_to_read(box.client, uid, int(validity), tries))
            box.client.uid("STORE", uid, "+FLAGS.SILENT", "(\\Seen)")
            if time.monotonic() > until:
                return

    def _try_to_read(
        self,
        client: Any,  # noqa: ANN401
        uid: str,
        validity: int,
        tries: Counter[str],
    ) -> Mail:
        """Read a mail, or raise _Broken; what breaks every connection is only named."""
        if tries[uid] == MOST_TRIES:
            return Mail(f"{validity}:{uid}", "", "", None, CANNOT_BE_READ)
        tries[uid] += 1
        try:
            return self._read_or_say(client, uid, validity)
        except (OSError, imaplib.IMAP4.error) as trouble:
            raise _Broken from trouble

    def visit(self) -> None:
        with self._open():
            pass  # that opened the folder as well

    def has(self, message_id: str) -> bool:
        with self._open() as box:
            wanted = ("HEADER", "Message-ID", f'"{message_id}"')
            return bool(_first(box.client.uid("SEARCH", *wanted)).split())

    def _read_or_say(self, client: Any, uid: str, validity: int) -> Mail:  # noqa: ANN401
        """One mail nobody can read must not stop the others."""
        try:
            return self._read(client, uid, validity)
        except UNREADABLE:
            return Mail(f"{validity}:{uid}", "", "", None, CANNOT_BE_READ)

    def _read(self, client: Any, uid: str, validity: int) -> Mail:  # noqa: ANN401
        answer = client.uid("FETCH", uid, f"(BODYSTRUCTURE {HEADERS})")
        headers = message_from_bytes(_literal(answer))
        structure = read_structure(answer[1])
        parts = text_parts(structure)
        text = "\n".join(self._text(client, uid, part) for part in parts)
        report = self._report(client, uid, structure) or _failed(headers)
        return Mail(
            uid=f"{validity}:{uid}",
            sender=header_text(headers["From"]),
            subject=header_text(headers["Subject"]),
            sent_at=_date(headers["Date"]),
            text=text,
            answers=_answered(headers),
            is_automatic=is_automatic(headers),
            bounced=_bounced(report),
            to=_recipients(headers),
            report=report,
            sealed=self._seal_of(client, uid, structure),
        )

    def _seal_of(
        self,
        client: Any,  # noqa: ANN401
        uid: str,
        structure: Any,  # noqa: ANN401
    ) -> Callable[[], bytes] | None:
        """Offer to fetch what is encrypted (RFC 3156): that is the mail itself."""
        part, size = sealed_part(structure)
        if part is None:
            return None

        def fetch() -> bytes:
            if size > LARGEST_SEALED:
                raise PeerRejected("it is too large to be opened here")
            wanted = f"(BODY.PEEK[{part.path}]<0.{LARGEST_SEALED}>)"
            try:
                return part.raw(_literal(client.uid("FETCH", uid, wanted)))
            except (OSError, imaplib.IMAP4.error) as trouble:
                raise PeerRejected("it could not be fetched") from trouble

        return fetch

    def _report(self, client: Any, uid: str, structure: Any) -> DeliveryReport | None:  # noqa: ANN401
        """Fetch what a delivery report says, and the headers of what came back."""
        parts = report_parts(structure)
        if parts is None:
            return None
        wanted = f"(BODY.PEEK[{parts.status.path}]<0.8192>)"
        status = parts.status.decode(_literal(client.uid("FETCH", uid, wanted)))
        returned = b""
        if parts.headers:
            wanted = f"(BODY.PEEK[{parts.headers}]<0.16384>)"
            returned = _literal(client.uid("FETCH", uid, wanted))
        return read_report(status, returned.decode("utf-8", "replace"))

    def _text(self, client: Any, uid: str, part: Part) -> str:  # noqa: ANN401
        wanted = f"BODY.PEEK[{part.path}]<0.{LARGEST_TEXT}>"
        return part.decode(_literal(client.uid("FETCH", uid, f"({wanted})")))

    @contextlib.contextmanager
    def _open(self) -> Iterator[Any]:
        """Log in and choose the folder, or raise PeerUnavailable or PeerRejected."""
        try:
            box = MailBox(
                self.host, self.port, timeout=self.timeout, ssl_context=self.context
            )
            try:
                box.login(self.user, self.password, initial_folder=self.folder)
                yield box
                box.logout()
            finally:  # a refused log-in leaves its connection open
                with contextlib.suppress(OSError):
                    box.client.shutdown()
        except (OSError, imaplib.IMAP4.abort) as trouble:
            raise PeerUnavailable(f"the mailbox cannot be read: {trouble}") from trouble
        except (ImapToolsError, imaplib.IMAP4.error) as trouble:
            said = f"the mail server refused: {type(trouble).__name__}"
            raise PeerRejected(said) from trouble


def _bounced(report: DeliveryReport | None) -> tuple[str, ...]:
    """Name the messages that a delivery report says have failed for good."""
    if report is None or all(fate.action != "failed" for fate in report.fates):
        return ()
    return report.message_ids


def _failed(headers: Message) -> DeliveryReport | None:
    """Read the header with which Exim marks a bounce that is free text."""
    found = headers.get_all("X-Failed-Recipients", [])
    named = [address for _, address in getaddresses([str(one) for one in found])]
    fates = tuple(Fate("failed", recipient=address) for address in named if address)
    return DeliveryReport(fates[:MOST_NAMED]) if fates else None


def _recipients(headers: Message) -> tuple[str, ...]:
    said = [str(v) for name in RECIPIENTS for v in headers.get_all(name, [])]
    found = (address.lower() for _, address in getaddresses(said) if address)
    return tuple(dict.fromkeys(found))[:MOST_NAMED]


def _answered(headers: Message) -> tuple[str, ...]:
    said = f"{headers['In-Reply-To'] or ''} {headers['References'] or ''}"
    return tuple(dict.fromkeys(MESSAGE_ID.findall(said)))[-MOST_NAMED:]


def is_automatic(headers: Message) -> bool:
    """Tell what a machine wrote: RFC 3834, section 5, and what older ones say."""
    submitted = str(headers["Auto-Submitted"] or "no").strip().lower()
    return (
        not submitted.startswith("no")
        or str(headers["Precedence"] or "").strip().lower()
        in {"bulk", "junk", "list", "auto_reply"}
        or headers["X-Autoreply"] is not None
        or headers["X-Autorespond"] is not None
        or str(headers["Return-Path"] or "").strip() == "<>"
        or "multipart/report" in str(headers["Content-Type"] or "").lower()
        or bool(BY_A_MACHINE.match(header_text(headers["Subject"])))
    )


def _first(answer: Any) -> bytes:  # noqa: ANN401 - what imaplib returns
    found = answer[1][0]
    return found if isinstance(found, bytes) else b""


def _literal(answer: Any) -> bytes:  # noqa: ANN401 - what imaplib returns
    """Take the one literal out of an answer; empty if there is none."""
    found = next((part[1] for part in answer[1] if isinstance(part, tuple)), b"")
    return found if isinstance(found, bytes) else b""


def header_text(text: Any) -> str:  # noqa: ANN401 - a header or nothing
    try:
        return str(make_header(decode_header(str(text or ""))))
    except (ValueError, LookupError, MessageError):
        return str(text or "")


def _date(text: Any) -> Any:  # noqa: ANN401 - a header or nothing
    try:
        found = parsedate_to_datetime(str(text))
    except (ValueError, TypeError, OverflowError):
        return None
    return found if found.tzinfo else None
