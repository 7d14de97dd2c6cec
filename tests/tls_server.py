"""A real web server's greeting on loopback: each name gets a certificate of its own."""

import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from socket import create_server

import trustme


@contextmanager
def serving(**shown: trustme.LeafCert) -> Iterator[int]:
    """Greet by name: each gets the certificate that was made for it."""
    contexts = {}
    for name, leaf in shown.items():
        contexts[name] = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        leaf.configure_cert(contexts[name])

    def choose(line: ssl.SSLObject, name: str | None, _: object) -> None:
        line.context = contexts[(name or "").partition(".")[0]]

    first = next(iter(contexts.values()))
    first.sni_callback = choose
    with create_server(("127.0.0.1", 0)) as server:

        def greet() -> None:
            with suppress(OSError):
                while True:
                    line, _ = server.accept()
                    with suppress(OSError), line:
                        first.wrap_socket(line, server_side=True).close()

        thread = threading.Thread(target=greet, daemon=True)
        thread.start()
        yield server.getsockname()[1]
        server.shutdown(2)
    thread.join(5)
