"""The web server in front of the box, as shipped, with a certificate of its own."""

import re
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

SITE = Path(__file__).parents[1] / "config" / "nginx.conf"
PORTS = (8561, 8562, 8563)  # public, desk, portal
NGINX = """
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{}}
http {{
  access_log off;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  include {folder}/site.conf;
}}
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    folder = tmp_path_factory.mktemp("nginx")
    certificate, key = folder / "one.pem", folder / "one.key"
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes"]
    named = ["-subj", "/CN=report.hotline.example", "-days", "1"]
    files = ["-out", str(certificate), "-keyout", str(key)]
    subprocess.run([*made, *named, *files], check=True, capture_output=True)
    site = re.sub(r"(ssl_certificate) [^;]+", rf"\1 {certificate}", SITE.read_text())
    site = re.sub(r"(ssl_certificate_key) [^;]+", rf"\1 {key}", site)
    for port in PORTS:
        site = site.replace("listen 443 ssl", f"listen 127.0.0.1:{port} ssl", 1)
    (folder / "site.conf").write_text(site)
    (folder / "nginx.conf").write_text(NGINX.format(folder=folder))
    command = ["/usr/sbin/nginx", "-p", str(folder), "-c", str(folder / "nginx.conf")]
    running = subprocess.Popen(command)
    try:
        _wait(PORTS[-1])
        yield
    finally:
        running.terminate()
        running.wait()


def _wait(port: int) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise TimeoutError(f"nothing listens on port {port}")


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


@pytest.mark.usefixtures("server")
@pytest.mark.parametrize("port", PORTS)
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
    spoken = re.findall(r"ssl_protocols ([^;]+);", SITE.read_text())

    assert spoken == ["TLSv1.2 TLSv1.3"] * 3


@pytest.mark.usefixtures("server")
def test_nobody_traces_through_it() -> None:
    with (
        socket.create_connection(("127.0.0.1", PORTS[0]), 10) as line,
        client().wrap_socket(line) as wrapped,
    ):
        wrapped.sendall(b"TRACE / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        answer = wrapped.recv(1000)

    assert b" 405 " in answer.split(b"\r\n")[0]
