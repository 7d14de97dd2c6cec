"""Certificates as the web server on this machine really shows them."""

import datetime as dt
from pathlib import Path
from socket import create_server

import pytest
import trustme

from reportbox.adapters.web_server import TlsWebServer
from reportbox.errors import PeerUnavailable
from tests.tls_server import serving

DESK, FORM = "desk.hotline.example", "report.hotline.example"


@pytest.fixture
def authority(tmp_path: Path) -> tuple[trustme.CA, Path]:
    made = trustme.CA()
    made.cert_pem.write_to_path(tmp_path / "ca.pem")
    return made, tmp_path / "ca.pem"


def test_each_name_shows_a_certificate_of_its_own(
    authority: tuple[trustme.CA, Path],
) -> None:
    ca, file = authority
    late = dt.datetime(2031, 1, 1, tzinfo=dt.UTC)
    later = dt.datetime(2032, 1, 1, tzinfo=dt.UTC)
    desk = ca.issue_cert(DESK, not_after=late)
    form = ca.issue_cert(FORM, not_after=later)
    with serving(desk=desk, report=form) as port:
        looking = TlsWebServer(ca_file=file)

        ends = [looking.certificate(name, port).ends_at for name in (DESK, FORM)]

    assert ends == [late, later]


def test_one_that_no_browser_trusts_is_read_all_the_same(
    authority: tuple[trustme.CA, Path],
) -> None:
    late = dt.datetime(2031, 1, 1, tzinfo=dt.UTC)
    with serving(desk=authority[0].issue_cert(DESK, not_after=late)) as port:
        found = TlsWebServer().certificate(DESK, port)

    assert found.ends_at == late
    assert "certificate" in found.trouble


def test_one_for_another_name_is_named_as_such(
    authority: tuple[trustme.CA, Path],
) -> None:
    ca, file = authority
    with serving(desk=ca.issue_cert(FORM)) as port:
        found = TlsWebServer(ca_file=file).certificate(DESK, port)

    assert "Hostname mismatch" in found.trouble
    assert found.ends_at


def test_one_that_ran_out_is_named_as_such(authority: tuple[trustme.CA, Path]) -> None:
    ca, file = authority
    gone = ca.issue_cert(DESK, not_after=dt.datetime(2020, 1, 1, tzinfo=dt.UTC))
    with serving(desk=gone) as port:
        found = TlsWebServer(ca_file=file).certificate(DESK, port)

    assert found.ends_at is None
    assert "expired" in found.trouble


def test_where_nobody_answers_that_is_said() -> None:
    with create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

    with pytest.raises(PeerUnavailable, match=f"{DESK} at 127.0.0.1:{port}"):
        TlsWebServer().certificate(DESK, port)


def test_a_server_that_does_not_speak_tls_is_not_waited_for() -> None:
    with (
        create_server(("127.0.0.1", 0)) as server,
        pytest.raises(PeerUnavailable),
    ):
        TlsWebServer(timeout=0.2).certificate(DESK, server.getsockname()[1])
