"""The five regional registries on the loopback address: RDAP over HTTP, and WHOIS.

Each has a folder of its own on one server, and sends on whoever asks the wrong one.
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
from reportbox.practice.rdap import (
    Json,
    domain_object,
    ip_network_object,
    parent_object,
)
from reportbox.practice.whois import DIALECTS

FOLDERS = ("arin", "ripencc", "apnic", "lacnic", "afrinic", "any", "domains")
BARE = 2  # parts of a path that names no registry
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

    @property
    def urls(self) -> list[str]:
        """The settings that name every registry."""
        return [f"{name}={self.url}/{name}" for name in FOLDERS]

    def rdap(self, path: str) -> tuple[HTTPStatus, Json]:
        """Answer <registry>/ip/<address> or domains/domain/<name>."""
        self.calls.append(f"rdap {path}")
        if self.atlas.registry_down:
            return _refusal(HTTPStatus.SERVICE_UNAVAILABLE)
        parts = unquote(urlsplit(path).path).strip("/").split("/")
        parts = ["", *parts] if len(parts) == BARE else parts
        folder, kind, name = [*parts, "", ""][:3]
        if kind == "domain":
            return self._domain(name)
        net = self._find(name) if kind == "ip" else None
        if net is None or net.speaks != "rdap":
            return _refusal(HTTPStatus.NOT_FOUND)
        here = f"{self.url}/{net.registry}/ip/{name}"
        if folder in FOLDERS and folder != net.registry:
            return HTTPStatus.FOUND, {"Location": here}
        page = (
            parent_object(net) if parts[-1] == "above" else ip_network_object(net, here)
        )
        return HTTPStatus.OK, page

    def _domain(self, name: str) -> tuple[HTTPStatus, Json]:
        registrar = self.atlas.registrars.get(name)
        if registrar is None:
            return _refusal(HTTPStatus.NOT_FOUND)
        return HTTPStatus.OK, domain_object(name, registrar)

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
    protocol_version = "HTTP/1.1"  # lines stay open, as at the real ones

    def do_GET(self) -> None:
        status, page = cast("_Server", self.server).registry.rdap(self.path)
        body = json.dumps(page).encode()
        self.send_response(status)
        if status is HTTPStatus.FOUND:
            self.send_header("Location", str(page["Location"]))
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
