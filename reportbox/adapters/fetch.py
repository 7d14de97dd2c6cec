"""Fetch one small answer over HTTP or WHOIS, within limits nobody can stretch.

The library's own ways wait for each read anew and read as much as comes, so a server
that drips or never ends would hold them for ever. Here a call ends when its time is
over: ``abort`` takes the line away from under it.
"""

import http.client
import select
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cached_property
from http import HTTPStatus
from urllib.parse import SplitResult, urljoin, urlsplit

LARGEST = 1_000_000  # bytes of one answer; real ones have a few thousand
MOST_REDIRECTS = 3
MOST_IDLE = 8  # lines kept open to one server
MOVED = {301, 302, 303, 307, 308}
HEADERS = {
    "Accept": "application/rdap+json, application/json",
    "User-Agent": "ReportBox",
}

Place = tuple[str, str]  # scheme and authority


class Lines:
    """Lines to servers that stay open between calls; each is used by one at a time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._idle: dict[Place, list[http.client.HTTPConnection]] = {}

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        return ssl.create_default_context()  # reading the machine's list takes a while

    def take(self, place: Place, seconds: float) -> http.client.HTTPConnection:
        with self._lock:
            kept = self._idle.get(place)
            if kept:
                return kept.pop()
        scheme, authority = place
        if scheme == "https":
            return http.client.HTTPSConnection(
                authority, timeout=seconds, context=self._tls
            )
        return http.client.HTTPConnection(authority, timeout=seconds)

    def give_back(self, place: Place, line: http.client.HTTPConnection) -> None:
        with self._lock:
            kept = self._idle.setdefault(place, [])
            if len(kept) < MOST_IDLE:
                kept.append(line)
                return
        line.close()

    def close(self) -> None:
        with self._lock:
            lines = [line for kept in self._idle.values() for line in kept]
            self._idle.clear()
        for line in lines:
            line.close()


# May the one server, by its address, send us on to the other?
Follows = Callable[[str, str], bool]


def to_nobody_else(one: str, other: str) -> bool:
    """Let a server send us on to another of its own pages alone."""
    return urlsplit(one)[:2] == urlsplit(other)[:2]


class Call:
    """One call; after it ended, ``status``, ``retry_after`` and ``url`` say how.

    ``sent_to`` is the address we were sent on to and did not go.
    """

    def __init__(
        self, lines: Lines, seconds: float, follows: Follows = to_nobody_else
    ) -> None:
        self.lines = lines
        self.seconds = seconds
        self.follows = follows
        self.sent_to = ""
        self.status = 0
        self.retry_after = ""
        self.trouble = ""
        self.url = ""  # what answered, after being sent on
        self.is_aborted = False
        self._line: socket.socket | None = None

    def abort(self) -> None:
        """End the call from another thread."""
        self.is_aborted = True
        if self._line is not None:
            with suppress(OSError):
                self._line.shutdown(socket.SHUT_RDWR)

    def get(self, url: str) -> bytes:
        """Fetch, following a registry that sends us on; raise OSError otherwise."""
        try:
            return self._get(url)
        except OSError as trouble:
            self.trouble = type(trouble).__name__
            raise
        except (http.client.HTTPException, ValueError) as trouble:
            self.trouble = type(trouble).__name__
            raise OSError(f"no HTTP: {self.trouble}") from trouble

    def _get(self, url: str) -> bytes:
        for _ in range(MOST_REDIRECTS + 1):
            place, path = _split(urlsplit(url))
            self.url, self.status = url, 0
            with self._line_to(place) as line:
                line.request("GET", path, headers=HEADERS)
                self._check()
                with line.getresponse() as reply:
                    self.status = reply.status
                    if reply.status not in MOVED:
                        return self._read(reply)
                    target = urljoin(url, reply.headers.get("Location", ""))
                    self._read(reply)
            if url.startswith("https:") and not target.startswith("https:"):
                raise OSError("sent on to a place without encryption")
            _split(urlsplit(target))
            if not self.follows(url, target):
                self.sent_to = target
                raise OSError("sent on to a stranger")
            url = target
        raise OSError("sent on too often")

    def whois(self, server: tuple[str, int], query: str) -> bytes:
        """Ask one line and read until the server hangs up (RFC 3912)."""
        with self._connect(server) as line:
            self._check()
            line.sendall(query.encode() + b"\r\n")
            answer = b""
            while part := line.recv(65536):
                self._check()
                answer += part
                if len(answer) > LARGEST:
                    raise OSError("the answer is larger than any real one")
        self._check()
        return answer

    def _read(self, reply: http.client.HTTPResponse) -> bytes:
        content = b""
        # Part by part: told to read a chunk of -1 bytes, ``read`` takes all that comes.
        while len(content) <= LARGEST and (part := reply.read1(65536)):
            self._check()
            content += part
        self._check()
        if len(content) > LARGEST:
            raise OSError("the answer is larger than any real one")
        self.retry_after = reply.headers.get("Retry-After", "")
        if reply.status != HTTPStatus.OK and reply.status not in MOVED:
            raise OSError(f"HTTP {reply.status}")
        return content

    @contextmanager
    def _line_to(self, place: Place) -> Iterator[http.client.HTTPConnection]:
        """Use a line; it is kept only when its answer was read to the end."""
        line = self.lines.take(place, self.seconds)
        try:
            if line.sock is None or _is_stale(line.sock):
                line.close()
                # Its only way to bound all addresses of a name together.
                line._create_connection = self._connect  # type: ignore[attr-defined]  # noqa: SLF001
                line.connect()
            line.sock.settimeout(self.seconds)
            self._line = line.sock
            self._check()
            yield line
        except BaseException as trouble:
            is_whole = str(trouble).startswith("HTTP ")  # refused, and read
            if is_whole and line.sock is not None:
                self.lines.give_back(place, line)
            else:
                line.close()
            raise
        else:
            self._line = None
            if line.sock is None:  # the server wants to hang up
                line.close()
            else:
                self.lines.give_back(place, line)

    def _connect(
        self, place: tuple[str, int], *_more: object, **_named: object
    ) -> socket.socket:
        """Try the server's addresses one after the other, all within our time."""
        ended = time.monotonic() + self.seconds
        last: OSError = TimeoutError("no address answers")
        ends = socket.getaddrinfo(*place, type=socket.SOCK_STREAM)
        for family, kind, _, _, end in ends:
            self._check()
            left = ended - time.monotonic()
            if left <= 0:
                break
            line = socket.socket(family, kind)
            self._line = line
            line.settimeout(min(left, max(self.seconds / 2, 0.05)))
            try:
                line.connect(end)
            except OSError as trouble:
                line.close()
                last = trouble
            else:
                line.settimeout(self.seconds)
                return line
        raise last

    def _check(self) -> None:
        if self.is_aborted:
            raise TimeoutError("out of time")


def _split(url: SplitResult) -> tuple[Place, str]:
    if url.scheme not in {"http", "https"} or not url.hostname:
        raise OSError("sent on to what is no web address")
    path = url.path or "/"
    return (url.scheme, url.netloc), f"{path}?{url.query}" if url.query else path


def _is_stale(line: socket.socket) -> bool:
    """Tell whether the server has hung up, or speaks unasked, while the line was idle.

    The bare socket is looked at: one with TLS cannot be peeked into.
    """
    try:
        return bool(select.select([line.fileno()], [], [], 0)[0])
    except (OSError, ValueError):
        return True
