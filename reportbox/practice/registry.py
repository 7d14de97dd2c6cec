"""The five regional registries on the loopback address: RDAP over HTTP, and WHOIS.

Each network is described the way its registry does it (RFC 9083 section 5.4 leaves
room), because reading those five shapes is what goes wrong in practice.
"""

import json
from contextlib import suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from socketserver import StreamRequestHandler, ThreadingTCPServer
from threading import Thread
from typing import Self, cast
from urllib.parse import unquote, urlsplit

from reportbox.practice.atlas import Atlas, Network
from reportbox.practice.rdap import Json, ip_network_object
from reportbox.practice.whois import DIALECTS

LONGEST_QUERY = 1024  # octets of a WHOIS line


class Registry:
    """RDAP at `url`, WHOIS at `whois_port`; `calls` keeps each "rdap …", "whois …"."""

    def __init__(self, atlas: Atlas, http_port: int = 0, whois_port: int = 0) -> None:
        self.atlas = atlas
        self.calls: list[str] = []
        self._servers = (
            _Server(("127.0.0.1", http_port), _Rdap),
            _Server(("127.0.0.1", whois_port), _Whois),
        )
        for server in self._servers:
            server.registry = self
        http_port, self.whois_port = (int(s.server_address[1]) for s in self._servers)
        self.url = f"http://127.0.0.1:{http_port}"

    def __enter__(self) -> Self:
        self._threads = [
            Thread(target=server.serve_forever, args=(0.01,))
            for server in self._servers
        ]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        for server, thread in zip(self._servers, self._threads, strict=True):
            server.shutdown()
            server.server_close()
            thread.join()

    def rdap(self, path: str) -> tuple[HTTPStatus, Json]:
        """Answer a path that ends in ip/<address>."""
        self.calls.append(f"rdap {path}")
        if self.atlas.registry_down:
            return _refusal(HTTPStatus.SERVICE_UNAVAILABLE)
        *_, kind, address = ["", *unquote(urlsplit(path).path).split("/")]
        net = self._find(address) if kind == "ip" else None
        if net is None or net.speaks != "rdap":
            return _refusal(HTTPStatus.NOT_FOUND)
        return HTTPStatus.OK, ip_network_object(net, f"{self.url}/ip/{address}")

    def whois(self, query: str) -> str:
        """Answer a query whose last word is the address, whatever flags precede it."""
        self.calls.append(f"whois {query}")
        if self.atlas.registry_down:
            return ""
        net = self._find(query.rsplit(" ", maxsplit=1)[-1])
        if net is None:
            return "%ERROR:101: no entries found\n"
        return DIALECTS[net.registry](net)

    def _find(self, address: str) -> Network | None:
        with suppress(ValueError):  # not an address
            return self.atlas.network_of(address)
        return None


class _Server(ThreadingTCPServer):
    allow_reuse_address = True
    request_queue_size = 128
    registry: Registry


class _Rdap(BaseHTTPRequestHandler):
    timeout = 2  # seconds a silent client may hold the server up when it stops

    def do_GET(self) -> None:
        status, page = cast("_Server", self.server).registry.rdap(self.path)
        body = json.dumps(page).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/rdap+json")
        self.send_header("Content-Length", str(len(body)))
        with suppress(ConnectionError):
            self.end_headers()
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - inherited
        """Stay silent; `calls` is the log."""


class _Whois(StreamRequestHandler):
    timeout = 2  # as above

    def handle(self) -> None:
        registry = cast("_Server", self.server).registry
        with suppress(OSError):
            query = self.rfile.readline(LONGEST_QUERY).decode(errors="replace")
            self.wfile.write(registry.whois(query.strip()).encode())


def _refusal(status: HTTPStatus) -> tuple[HTTPStatus, Json]:
    return status, {"errorCode": status.value, "title": status.phrase}
