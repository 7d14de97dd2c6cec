"""The web server in front of the box: the sites as installed, on ports of a test."""

import re
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

CONFIG = Path(__file__).parents[1] / "config"
NGINX = """
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{}}
http {{
  access_log {folder}/access.log;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  include {folder}/site.conf;
}}
"""


@contextmanager
def web_server(
    folder: Path, ports: dict[str, int], listeners: dict[str, int], *, tls: bool
) -> Iterator[None]:
    """Run nginx in front of ``listeners``; both name a port for each face.

    The port after the last one is what port 80 is on a machine.
    """
    folder.mkdir()
    folder.parent.chmod(0o755)
    folder.chmod(0o777)  # its workers are somebody else
    (folder / "tls.conf").write_text(_tls(folder) if tls else "")
    (folder / "site.conf").write_text(_sites(folder, ports, listeners, tls=tls))
    (folder / "nginx.conf").write_text(NGINX.format(folder=folder))
    command = ["/usr/sbin/nginx", "-p", str(folder), "-c", str(folder / "nginx.conf")]
    server = subprocess.Popen(command)
    try:
        _wait(ports["portal"])
        yield
    finally:
        server.terminate()
        server.wait()


def _sites(
    folder: Path, ports: dict[str, int], listeners: dict[str, int], *, tls: bool
) -> str:
    text = (CONFIG / "nginx.conf").read_text()
    text = text.replace("/etc/reportbox/nginx", str(folder))
    text = text.replace("/run/reportbox-web", f"{folder}/web")
    text = re.sub(r" +listen \[::\].*\n", "", text)
    text = text.replace("listen 80", f"listen 127.0.0.1:{max(ports.values()) + 1}")
    for face, port in ports.items():
        listen = f"listen @{face.upper()}_PORT@ ssl"
        text = text.replace(listen, f"listen 127.0.0.1:{port}{' ssl' if tls else ''}")
        text = text.replace(f"@{face.upper()}_LISTENER@", str(listeners[face]))
    return re.sub(r"@[A-Z]+(_NAME)?@", "_", text.replace("@DESK_FROM@", ""))


def _tls(folder: Path) -> str:
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1"]
    certificate, key = f"{folder}/one.pem", f"{folder}/one.key"
    named = ["-subj", "/CN=report.hotline.example", "-out", certificate]
    subprocess.run([*made, *named, "-keyout", key], check=True, capture_output=True)
    text = (CONFIG / "nginx-tls.conf").read_text()
    return text.replace("@CERTIFICATE@", certificate).replace("@KEY@", key)


def _wait(port: int) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise TimeoutError(f"nothing listens on port {port}")
