"""Post a document to the API of a provider, once.

All but the last byte goes first; without it the request is not complete, and no server
can act on it. Then comes the question whether it may go on: that is the point of no
return in ``lifecycle.Letter``, as before the final dot of a mail. After it only a clear
answer counts; anything else is doubt.
"""

import http.client
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from urllib.parse import urlsplit

from reportbox.errors import (
    Misconfigured,
    PeerFailed,
    PeerRejected,
    PeerSilent,
    PeerUnavailable,
)
from reportbox.plain import api_token_name, is_api_url, one_line, visible
from reportbox.ports import Envelope

SECONDS = 15.0  # for all of it, and for each answer
LARGEST = 4_000  # bytes of an answer that are read
LONGEST = 200  # characters of it that are kept
LATER = {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE}
SUCCESS, REDIRECT, PERMANENT, BROKEN = 200, 300, 400, 500


@dataclass(frozen=True)
class HttpsApi:
    secret: Callable[[str], str]  # raises Misconfigured where there is none
    ca_file: Path | None = None  # none: whom the machine trusts
    timeout: float = SECONDS

    def line(self, url: str) -> "ApiLine":
        return ApiLine(self, url)

    @contextmanager
    def connected(self, url: str) -> Iterator[http.client.HTTPSConnection]:
        """Offer a connection that ends when its time is over, whoever it waits for."""
        there = http.client.HTTPSConnection(
            urlsplit(url).netloc, timeout=self.timeout, context=_context(self.ca_file)
        )
        watch = threading.Timer(self.timeout, _cut, (there,))
        watch.daemon = True
        watch.start()
        try:
            yield there
        finally:
            watch.cancel()
            there.close()


@dataclass(frozen=True)
class ApiLine:
    api: HttpsApi
    url: str

    def send(self, envelope: Envelope, may_finish: Callable[[], bool]) -> str | None:
        if not is_api_url(self.url):
            raise PeerRejected("this is no encrypted web address")
        with self.api.connected(self.url) as there:
            try:
                self._begin(there, envelope)
            except Misconfigured as trouble:
                raise PeerUnavailable(str(trouble)) from trouble
            except (OSError, http.client.HTTPException, ValueError) as trouble:
                message = f"the API of the provider cannot be reached: {trouble}"
                raise PeerUnavailable(message) from trouble
            if not may_finish():
                return None  # without its last byte the request does not exist
            return _finish(there, envelope.sealed[-1:])

    def _begin(self, there: http.client.HTTPSConnection, envelope: Envelope) -> None:
        """Send the head and all of the document but its last byte."""
        token, place = self.api.secret(api_token_name(self.url)), urlsplit(self.url)
        query = f"?{place.query}" if place.query else ""
        there.connect()
        there.auto_open = 0  # a line that was cut is not opened anew for the last byte
        path = f"{place.path or '/'}{query}"
        there.putrequest("POST", path, skip_accept_encoding=True)
        headers = {
            "Authorization": f"Bearer {token}",
            "Content-Type": "application/json",
            "Content-Length": str(len(envelope.sealed)),
            "Idempotency-Key": envelope.message_id.strip("<>"),
            "User-Agent": "ReportBox",
        }
        for name, value in headers.items():
            there.putheader(name, value)
        there.endheaders(envelope.sealed[:-1])
        assert there.sock is not None  # noqa: S101 - connected above
        there.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def _finish(there: http.client.HTTPSConnection, last: bytes) -> str:
    try:
        there.send(last)
        with there.getresponse() as answer:
            said = answer.read(LARGEST).decode(errors="replace")
    except (OSError, http.client.HTTPException) as trouble:
        raise PeerSilent(f"no answer after the last byte: {trouble}") from trouble
    words = one_line(visible(f"{answer.status} {answer.reason} {said}"))[:LONGEST]
    if failure := _failure(answer.status, words):
        raise failure
    return words


def _failure(status: int, words: str) -> PeerFailed | None:
    if SUCCESS <= status < REDIRECT:
        return None
    if status in LATER:
        return PeerUnavailable(f"the API of the provider asks to wait: {words}")
    if status < PERMANENT:
        return PeerRejected(f"the API has moved, and nobody is sent on: {words}")
    if status < BROKEN:
        return PeerRejected(f"the API refused it: {words}")
    return PeerSilent(f"the API failed, and may have taken it: {words}")


def _context(ca_file: Path | None) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(ca_file) if ca_file else None)


def _cut(there: http.client.HTTPSConnection) -> None:
    if there.sock is not None:
        with suppress(OSError):
            there.sock.shutdown(socket.SHUT_RDWR)
