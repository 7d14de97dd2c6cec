"""Look at the certificates that the web server in front shows, on this machine only.

The names of the box may lead anywhere; whoever answers here is asked, by the name in
the TLS greeting (RFC 6066, section 3). A certificate nobody would trust is read all the
same: then it is trusted for one more greeting, as OpenSSL reads only those.
"""

import socket
import ssl
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from reportbox.errors import PeerUnavailable
from reportbox.ports import Certificate

HERE = "127.0.0.1"
RAN_OUT = 10  # OpenSSL's X509_V_ERR_CERT_HAS_EXPIRED


@dataclass(frozen=True)
class TlsWebServer:
    timeout: float = 5.0  # seconds for each greeting
    ca_file: Path | None = None  # none: whom this machine trusts

    def certificate(self, host: str, port: int) -> Certificate:
        context = ssl.create_default_context(cafile=self.ca_file)
        try:
            return self._read(host, port, context)
        except ssl.SSLCertVerificationError as doubt:
            return self._distrusted(host, port, doubt)
        except OSError as silence:
            raise _unavailable(host, port, silence) from silence

    def _distrusted(
        self, host: str, port: int, doubt: ssl.SSLCertVerificationError
    ) -> Certificate:
        trouble = doubt.verify_message or "it cannot be trusted"
        if doubt.verify_code == RAN_OUT:
            return Certificate(None, trouble)
        try:
            shown = self._shown(host, port)
            alone = ssl.create_default_context(cadata=shown)
            alone.check_hostname = False
            alone.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
            return replace(self._read(host, port, alone), trouble=trouble)
        except ssl.SSLCertVerificationError:
            return Certificate(None, trouble)
        except OSError as silence:
            raise _unavailable(host, port, silence) from silence

    def _shown(self, host: str, port: int) -> bytes:
        anything = ssl.create_default_context()
        anything.check_hostname, anything.verify_mode = False, ssl.CERT_NONE
        with self._greet(host, port, anything) as line:
            return line.getpeercert(binary_form=True) or b""

    def _read(self, host: str, port: int, context: ssl.SSLContext) -> Certificate:
        with self._greet(host, port, context) as line:
            shown: dict[str, Any] = line.getpeercert() or {}
        ends = ssl.cert_time_to_seconds(shown["notAfter"])
        return Certificate(
            datetime.fromtimestamp(ends, UTC),
            issuer=_name_of(shown.get("issuer", ())),
            names=tuple(name for _, name in shown.get("subjectAltName", ())),
            is_self_signed=shown.get("issuer") == shown.get("subject"),
        )

    def _greet(self, host: str, port: int, context: ssl.SSLContext) -> ssl.SSLSocket:
        line = socket.create_connection((HERE, port), timeout=self.timeout)
        try:
            return context.wrap_socket(line, server_hostname=host)
        except BaseException:
            line.close()
            raise


def _name_of(issuer: Any) -> str:  # noqa: ANN401 - as the ssl module gives it
    """Return the organisation of an issuer, or whatever else it calls itself."""
    given = dict(pair for part in issuer for pair in part)
    names = (given.get("organizationName"), given.get("commonName"))
    return next((name for name in names if name), "")


def _unavailable(host: str, port: int, silence: OSError) -> PeerUnavailable:
    why = silence.strerror or type(silence).__name__
    return PeerUnavailable(f"nobody shows one for {host} at {HERE}:{port} ({why})")
