"""The web server in front of the box, as installed, with a certificate of its own."""

import re
import socket
import ssl
from collections.abc import Iterator

import pytest

from tests.web_server import CONFIG, web_server

PORTS = {"public": 8581, "desk": 8582, "portal": 8583}
LISTENERS = {"public": 8585, "desk": 8586, "portal": 8587}  # nobody is there


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    folder = tmp_path_factory.mktemp("web") / "nginx"
    with web_server(folder, PORTS, LISTENERS, tls=True):
        yield


def client() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


def shakes_hands(port: int, context: ssl.SSLContext) -> tuple[str, str]:
    with (
        socket.create_connection(("127.0.0.1", port), 10) as line,
        context.wrap_socket(line) as wrapped,
    ):
        cipher = wrapped.cipher()
        assert cipher is not None
        return str(wrapped.version()), cipher[0]


def asks(port: int, line: str) -> bytes:
    with (
        socket.create_connection(("127.0.0.1", port), 10) as plain,
        client().wrap_socket(plain) as wrapped,
    ):
        wrapped.sendall(f"{line}\r\nHost: a\r\nConnection: close\r\n\r\n".encode())
        return wrapped.recv(1000)


@pytest.mark.usefixtures("server")
@pytest.mark.parametrize("port", PORTS.values())
def test_the_newest_tls_is_spoken_and_only_ciphers_that_keep_the_past(
    port: int,
) -> None:
    older = client()
    older.maximum_version = ssl.TLSVersion.TLSv1_2
    weak = client()
    weak.maximum_version = ssl.TLSVersion.TLSv1_2
    weak.set_ciphers("ECDHE-RSA-AES256-SHA384:AES256-GCM-SHA384:AES128-SHA")

    assert shakes_hands(port, client())[0] == "TLSv1.3"
    assert shakes_hands(port, older) == ("TLSv1.2", "ECDHE-RSA-AES256-GCM-SHA384")
    with pytest.raises(ssl.SSLError):
        shakes_hands(port, weak)


def test_each_site_names_the_versions_it_speaks() -> None:
    tls, sites = ((CONFIG / f"nginx{x}.conf").read_text() for x in ("-tls", ""))

    assert re.findall(r"ssl_protocols ([^;]+);", tls) == ["TLSv1.2 TLSv1.3"]
    assert sites.count(" ssl;\n    listen [::]:") == len(PORTS)
    assert sites.count("include /etc/reportbox/nginx/tls.conf;") == len(PORTS)


@pytest.mark.usefixtures("server")
def test_whoever_comes_without_tls_is_sent_on_to_it() -> None:
    with socket.create_connection(("127.0.0.1", PORTS["portal"] + 1), 10) as line:
        line.sendall(b"GET /follow HTTP/1.1\r\nHost: report.hotline.example\r\n\r\n")
        answer = line.recv(1000)

    assert b"\r\nLocation: https://report.hotline.example/follow\r\n" in answer


@pytest.mark.usefixtures("server")
@pytest.mark.parametrize("path", ["/api/reports", "/metrics", "/healthz"])
def test_a_program_that_comes_without_tls_is_not_led_on(path: str) -> None:
    with socket.create_connection(("127.0.0.1", PORTS["portal"] + 1), 10) as line:
        line.sendall(f"POST {path} HTTP/1.1\r\nHost: a\r\n\r\n".encode())
        answer = line.recv(1000)

    assert b" 403 " in answer.split(b"\r\n")[0]
    assert b"Location" not in answer


@pytest.mark.usefixtures("server")
def test_nobody_traces_through_it() -> None:
    answer = asks(PORTS["public"], "TRACE / HTTP/1.1")

    assert b" 405 " in answer.split(b"\r\n")[0]
