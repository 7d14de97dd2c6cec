"""A provider's API on loopback, over TLS: it keeps whole requests, answers as told."""

import json
import socket
import ssl
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import trustme

# It hangs up on a whole request, takes three seconds for that, or reads no document.
HANG_UP, SILENT, CUT = "hang up", "silent", "cut"
Answer = int | str  # a status, or one of these words
ACTED_UPON = (200, 202, 500)  # and then it said so, or failed


@dataclass
class ApiServer:
    ca_file: Path
    port: int = 0
    manners: Answer | Callable[[], Answer] = 202
    posts: list[dict[str, Any]] = field(default_factory=list)  # the documents
    heads: list[dict[str, str]] = field(default_factory=list)
    # What it acted upon, whatever it said then: the request's key, and the address.
    taken: list[tuple[str, str]] = field(default_factory=list)
    answers: Counter[Answer] = field(default_factory=Counter)

    @property
    def url(self) -> str:
        return f"https://localhost:{self.port}/reports"

    def answer(self) -> Answer:
        answer = self.manners() if callable(self.manners) else self.manners
        self.answers[answer] += 1
        return answer


class _Server(ThreadingHTTPServer):
    def handle_error(self, *whose: Any) -> None:  # noqa: ANN401 - the library's own
        if not isinstance(sys.exception(), OSError):  # a box was killed meanwhile
            super().handle_error(*whose)


@contextmanager
def api_server(folder: Path) -> Iterator[ApiServer]:
    authority = trustme.CA()
    known = ApiServer(folder / "authority.pem")
    authority.cert_pem.write_to_path(known.ca_file)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            answer = known.answer()
            if answer == CUT:
                return
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if len(body) < int(self.headers["Content-Length"]):
                return  # not a whole request
            document = json.loads(body)
            known.posts.append(document)
            known.heads.append({"path": self.path, **dict(self.headers.items())})
            if isinstance(answer, str) or answer in ACTED_UPON:
                key = self.headers["Idempotency-Key"]
                known.taken.append((key, document["url"]))
            if answer == SILENT:
                time.sleep(3)
            if isinstance(answer, str):
                return
            self.send_response(answer)
            self.end_headers()
            self.wfile.write(b'{"case": "A-17"}')

        def log_message(self, *_: object) -> None:
            return

    server = _Server(("127.0.0.1", 0), Handler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    known.port = server.server_address[1]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield known
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def a_server_that_hangs() -> Iterator[tuple[str, list[socket.socket]]]:
    """Take calls and never answer; yield its address and the calls so far."""
    calls: list[socket.socket] = []
    with socket.create_server(("127.0.0.1", 0)) as there:

        def take() -> None:
            with suppress(OSError):  # closed at the end
                while True:
                    calls.append(there.accept()[0])

        threading.Thread(target=take, daemon=True).start()
        yield f"https://localhost:{there.getsockname()[1]}/reports", calls
        there.shutdown(socket.SHUT_RDWR)
    for call in calls:
        call.close()
