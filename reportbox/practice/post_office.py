"""A mail server on the loopback address that keeps what it is given.

It behaves unless it is taught other manners: to answer something else, or to hang
up, at any point of a letter. A folder makes it remember letters over a restart.
"""

import os
import re
import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes
from itertools import count
from pathlib import Path
from socketserver import StreamRequestHandler, ThreadingTCPServer
from typing import Any, Self, cast

from reportbox.practice.manners import DROP, LEAVE, Manners, good_manners


@dataclass(frozen=True)
class Arrived:
    """One accepted letter as it came, for one of its recipients."""

    sender: str
    recipient: str
    data: bytes
    arrived_at: datetime


class PostOffice(ThreadingTCPServer):
    """SMTP (RFC 5321) without log-in; `letters` grows with every accepted one."""

    allow_reuse_address = True
    request_queue_size = 128

    def __init__(self, port: int = 0, folder: Path | None = None) -> None:
        super().__init__(("127.0.0.1", port), _Conversation)
        self.port = int(self.server_address[1])
        self.manners: Manners = good_manners
        self._folder = folder
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        files = _files_in(folder) if folder else []
        self.letters = [_read(file) for file in files]
        self._numbers = count(int(files[-1].stem) + 1 if files else 1)

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self.serve_forever, args=(0.01,))
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        for connection in self._open.copy():
            with suppress(OSError):  # it has just closed by itself
                connection.shutdown(socket.SHUT_RDWR)
        self.server_close()
        self._thread.join()

    @property
    def message_ids(self) -> list[str]:
        headers = (message_from_bytes(letter.data) for letter in self.letters)
        return [str(h["Message-ID"]) for h in headers if "Message-ID" in h]

    def keep(self, sender: str, recipients: list[str], data: bytes) -> None:
        """Keep a letter for each recipient, on disk first if there is a folder."""
        for recipient in recipients:
            letter = Arrived(sender, recipient, data, datetime.now(UTC))
            with self._lock:
                if self._folder:
                    _write(letter, self._folder / f"{next(self._numbers)}.eml")
                self.letters.append(letter)

    def get_request(self) -> tuple[socket.socket, Any]:
        connection, address = super().get_request()
        self._open.add(connection)
        return connection, address

    def close_request(self, request: Any) -> None:  # noqa: ANN401 - as inherited
        self._open.discard(request)
        super().close_request(request)


def _files_in(folder: Path) -> list[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    return sorted(folder.glob("*.eml"), key=lambda file: int(file.stem))


def _read(file: Path) -> Arrived:
    sender, recipient, data = file.read_bytes().split(b"\r\n", 2)
    return Arrived(
        sender.decode().removeprefix("X-Envelope-From: "),
        recipient.decode().removeprefix("X-Envelope-To: "),
        data,
        datetime.fromtimestamp(file.stat().st_mtime, UTC),
    )


def _write(letter: Arrived, file: Path) -> None:
    """Write and rename, so that a file is whole or is not there."""
    draft = file.with_suffix(".part")
    envelope = (
        f"X-Envelope-From: {letter.sender}\r\nX-Envelope-To: {letter.recipient}\r\n"
    )
    draft.write_bytes(envelope.encode() + letter.data)
    _sync(draft)
    draft.rename(file)
    _sync(file.parent)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class _HungUp(Exception):
    """The conversation is over."""


class _Conversation(StreamRequestHandler):
    """One connection with any number of letters."""

    disable_nagle_algorithm = True

    def setup(self) -> None:
        super().setup()
        self._office = cast("PostOffice", self.server)
        self._forget()

    def handle(self) -> None:
        with suppress(_HungUp, ConnectionError):
            self._greet()
            for line in self.rfile:
                self._obey(line.decode(errors="replace").strip())

    def _greet(self) -> None:
        refusal = self._instead("connect", "")
        self._say(refusal or "220 post office")
        if refusal:
            raise _HungUp

    def _obey(self, line: str) -> None:
        match line[:4].upper():
            case "EHLO":
                self._forget()
                # RFC 1870 section 4: SIZE 0 means there is no largest letter
                self._say("250-post office\r\n250-8BITMIME\r\n250 SIZE 0")
            case "HELO" | "RSET":
                self._forget()
                self._say("250 OK")
            case "MAIL":
                self._say(self._mail(line))
            case "RCPT":
                self._say(self._rcpt(line))
            case "DATA":
                self._say(self._data())
                self._forget()
            case "NOOP":
                self._say("250 OK")
            case "QUIT":
                self._say("221 bye")
                raise _HungUp
            case _:
                self._say("500 unknown command")

    def _forget(self) -> None:
        self._sender: str | None = None
        self._recipients: list[str] = []

    def _mail(self, line: str) -> str:
        if self._sender is not None:
            return "503 one sender a letter"
        if not (path := re.match(r"MAIL FROM: ?<([^<>]*)>", line, re.IGNORECASE)):
            return "501 MAIL FROM:<address>"
        self._sender = path[1]
        return "250 OK"

    def _rcpt(self, line: str) -> str:
        if self._sender is None:
            return "503 first MAIL"
        if not (path := re.match(r"RCPT TO: ?<([^<>]+)>", line, re.IGNORECASE)):
            return "501 RCPT TO:<address>"
        if refusal := self._instead("rcpt", path[1]):
            return refusal
        self._recipients.append(path[1])
        return "250 OK"

    def _data(self) -> str:
        if not self._recipients:
            return "503 first RCPT"
        if refusal := self._instead("data", *self._recipients):
            return refusal
        self._say("354 go on")
        return self._letter()

    def _letter(self) -> str:
        """Read a letter, keep it unless there is an answer against it."""
        lines = self._body()
        beginning = next(lines, b"")
        refusal = self._instead("body", *self._recipients)
        data = beginning + b"".join(lines)
        if refusal := refusal or self._instead("dot", *self._recipients):
            return refusal
        self._office.keep(str(self._sender), self._recipients, data)
        return self._instead("kept", *self._recipients) or "250 kept"

    def _body(self) -> Iterator[bytes]:
        """Read to <CRLF>.<CRLF> and undo dot-stuffing (RFC 5321 section 4.5.2)."""
        fresh = True  # the line before ended in CRLF, not in a bare LF
        while (line := self.rfile.readline()) != b".\r\n" or not fresh:
            if not line:
                raise _HungUp
            yield line.removeprefix(b".") if fresh else line
            fresh = line.endswith(b"\r\n")

    def _instead(self, point: str, *recipients: str) -> str | None:
        """Ask the manners for an answer; hang up if they say so."""
        answers = (self._office.manners(point, recipient) for recipient in recipients)
        answer = next(filter(None, answers), None)
        if answer == DROP:
            raise _HungUp
        return answer

    def _say(self, text: str) -> None:
        self.wfile.write(text.encode() + b"\r\n")
        # RFC 5321 section 3.8: after a 421 it hangs up
        if text.startswith("421") or text == LEAVE:
            raise _HungUp
