"""A wire between the box and its mail server that can be cut at the worst moments."""

import select
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from socketserver import BaseRequestHandler, ThreadingTCPServer
from typing import Self

DOT = b".\r\n"
# Where to cut: "before" the final dot gets through, "after" it did and before the
# answer comes back; None lets the letter pass.
Cutting = Callable[[], str | None]


class Wire(ThreadingTCPServer):
    """Passes on what comes, one conversation a connection."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, to_port: int) -> None:
        super().__init__(("127.0.0.1", 0), _Conversation)
        self.port = int(self.server_address[1])
        self.to_port = to_port
        self.cutting: Cutting = lambda: None
        self.cuts: list[str] = []

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self.serve_forever, args=(0.01,))
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self.server_close()
        self._thread.join()


class _Conversation(BaseRequestHandler):
    server: Wire

    def handle(self) -> None:
        box = self.request
        with (
            suppress(OSError),
            socket.create_connection(("127.0.0.1", self.server.to_port), 5) as mta,
        ):
            for one in (box, mta):
                one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            while True:
                spoke, _, _ = select.select([box, mta], [], [], 60)
                for one in spoke:
                    said = one.recv(65536)
                    if not said or (one is box and self._is_cut(said, mta)):
                        return
                    (mta if one is box else box).sendall(said)

    def _is_cut(self, said: bytes, mta: socket.socket) -> bool:
        """The box sends the final dot by itself, but it may come with what was before.

        Nothing else looks like it: dots in a letter are doubled.
        """
        is_end = said == DOT or said.endswith(b"\r\n" + DOT)
        cut = self.server.cutting() if is_end else None
        if cut is None:
            return False
        self.server.cuts.append(cut)
        mta.sendall(said if cut == "after" else said.removesuffix(DOT))
        return True
