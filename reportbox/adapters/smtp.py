"""Post letters through the mail server the operator named (RFC 5321).

The library's own ``data`` sends body and final dot in one go. Ours stops before the
dot and asks whether it may go on: that is the point of no return in
``lifecycle.Letter``. After the dot only the server's answer counts; no answer is doubt.
"""

import re
import select
import smtplib
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from reportbox.errors import PeerRejected, PeerSilent, PeerUnavailable
from reportbox.ports import Envelope

GO_AHEAD = 354
ACCEPTED = 250
SUCCESS = 2  # RFC 5321, section 4.2.1: any 2yz after the dot means it was taken
# RFC 3463, section 3.8: “relay access denied” says nothing of the mailbox.
OF_OURS = re.compile(r"5\d\d[ -]5\.7\.")
PERMANENT = 500  # RFC 5321, section 4.2.1: 5yz is a permanent failure


@dataclass(frozen=True)
class SmtpMailer:
    host: str
    port: int
    security: str = "none"  # "none", "starttls" or "tls"
    user: str = ""
    password: str = ""
    timeout: float = 30.0  # seconds for each answer

    @contextmanager
    def connect(self) -> Iterator["SmtpLine"]:
        try:
            server = self._open()
        except (OSError, smtplib.SMTPException) as trouble:
            message = (
                f"the mail server {self.host}:{self.port} cannot be used: {trouble}"
            )
            raise PeerUnavailable(message) from trouble
        try:
            yield SmtpLine(server)
        finally:
            with suppress(OSError, smtplib.SMTPException):
                server.quit()
            server.close()

    def _open(self) -> smtplib.SMTP:
        server: smtplib.SMTP
        if self.security == "tls":
            context = ssl.create_default_context()
            server = smtplib.SMTP_SSL(
                self.host, self.port, timeout=self.timeout, context=context
            )
        else:
            server = smtplib.SMTP(self.host, self.port, timeout=self.timeout)
        try:
            return self._prepare(server)
        except BaseException:
            server.close()
            raise

    def _prepare(self, server: smtplib.SMTP) -> smtplib.SMTP:
        # Without this the lone final dot waits for a delayed acknowledgement.
        assert server.sock is not None  # noqa: S101 - connected above
        server.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self.security == "starttls":
            server.starttls(context=ssl.create_default_context())
        if self.user:
            server.login(self.user, self.password)
        server.ehlo_or_helo_if_needed()
        return server


class SmtpLine:
    def __init__(self, server: smtplib.SMTP) -> None:
        self.server = server

    def send(self, envelope: Envelope, may_finish: Callable[[], bool]) -> str | None:
        try:
            self._ask("mail", *self.server.mail(envelope.sender))
            self._ask("rcpt", *self.server.rcpt(envelope.recipient))
            self._send_body(envelope.sealed)
        except (OSError, smtplib.SMTPException) as trouble:
            message = f"the connection broke before the letter was complete: {trouble}"
            raise PeerUnavailable(message) from trouble
        except ValueError as trouble:  # what smtplib will not put on the wire
            raise PeerRejected(f"this cannot be sent: {trouble}") from trouble
        if not may_finish():
            self.server.close()  # without its dot the letter does not exist
            return None
        return self._finish()

    def _send_body(self, sealed: bytes) -> None:
        self.server.putcmd("data")
        self._ask("data", *self.server.getreply(), wanted=GO_AHEAD)
        self.server.send(_stuffed(sealed))
        self._refuse_if_hung_up()

    def _refuse_if_hung_up(self) -> None:
        """A server that hung up or spoke during the body cannot take the letter.

        Noticing it here, before the point of no return, saves a person a doubt.
        """
        assert self.server.sock is not None  # noqa: S101 - the body just went out
        if isinstance(self.server.sock, ssl.SSLSocket):
            return  # TLS has messages of its own that make a socket readable
        spoke, _, _ = select.select([self.server.sock], [], [], 0)
        if spoke:
            raise smtplib.SMTPServerDisconnected("the server hung up during the letter")

    def _finish(self) -> str:
        try:
            self.server.send(b".\r\n")
            code, words = self.server.getreply()
        except (OSError, smtplib.SMTPException) as trouble:
            message = f"no answer after the final dot: {trouble}"
            raise PeerSilent(message) from trouble
        if code < 0:
            raise PeerSilent("no answer after the final dot")
        if code // 100 != SUCCESS:
            self._ask("end", code, words)
        return f"{code} {words.decode(errors='replace')}"

    def _ask(self, step: str, code: int, words: bytes, wanted: int = ACCEPTED) -> None:
        if code == wanted or (step == "rcpt" and code == 251):  # noqa: PLR2004 - will forward
            return
        said = f"{code} {words.decode(errors='replace')}"
        if code >= PERMANENT:
            with suppress(OSError, smtplib.SMTPException):
                self.server.rset()
            is_of_recipient = step == "rcpt" and not OF_OURS.match(said)
            raise PeerRejected(said, of_recipient=is_of_recipient)
        raise PeerUnavailable(said)


def _stuffed(sealed: bytes) -> bytes:
    """Double leading dots (RFC 5321, section 4.5.2) and end with a line break."""
    lines = sealed.replace(b"\r\n.", b"\r\n..")
    if lines.startswith(b"."):
        lines = b"." + lines
    return lines if lines.endswith(b"\r\n") else lines + b"\r\n"
