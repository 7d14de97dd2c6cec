"""A provider's API on loopback, over TLS: it keeps whole requests, answers as told."""

import json
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import trustme

HANG_UP, SILENT = "hang up", "silent"


@dataclass
class ApiServer:
    ca_file: Path
    port: int = 0
    manners: int | str = 202  # a status, or one of the words above
    posts: list[dict[str, Any]] = field(default_factory=list)  # the documents
    heads: list[dict[str, str]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"https://localhost:{self.port}/reports"


@contextmanager
def api_server(folder: Path) -> Iterator[ApiServer]:
    authority = trustme.CA()
    known = ApiServer(folder / "authority.pem")
    authority.cert_pem.write_to_path(known.ca_file)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if len(body) < int(self.headers["Content-Length"]):
                return  # not a whole request
            known.posts.append(json.loads(body))
            known.heads.append({"path": self.path, **dict(self.headers.items())})
            if known.manners == SILENT:
                time.sleep(3)
            if isinstance(known.manners, str):
                return
            self.send_response(known.manners)
            self.end_headers()
            self.wfile.write(b'{"case": "A-17"}')

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
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
