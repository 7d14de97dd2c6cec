"""The certificates of the faces: how long they last, and who trusts them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from socket import create_server

import pytest
import trustme

from reportbox.adapters.web_server import TlsWebServer
from reportbox.office.check import Check
from reportbox.office.machine_health import certificate
from reportbox.web import plug
from tests.house import House
from tests.tls_server import serving

ENDS_AT = datetime(2040, 1, 1, tzinfo=UTC)


def look(house: House, port: int, ca_file: Path | None) -> Check:
    settings = replace(
        house.settings,
        practice=False,
        public_url=f"https://report.hotline.example:{port}",
        desk_url=f"https://desk.hotline.example:{port}",
        portal_url="",
    )
    world = replace(house.world, web_server=TlsWebServer(ca_file=ca_file))
    return certificate(settings, world)


@pytest.fixture
def authority(tmp_path: Path) -> tuple[trustme.CA, Path]:
    made = trustme.CA()
    made.cert_pem.write_to_path(tmp_path / "ca.pem")
    return made, tmp_path / "ca.pem"


@pytest.mark.parametrize(
    ("days", "is_ok", "warning"),
    [(21, True, ""), (20, True, "20 days"), (7, False, "7 days"), (-1, False, "")],
)
def test_one_that_should_have_been_renewed_is_warned_of_then_bad(
    house: House,
    authority: tuple[trustme.CA, Path],
    days: int,
    is_ok: bool,
    warning: str,
) -> None:
    ca, file = authority
    house.clock.advance(
        seconds=(ENDS_AT - timedelta(days=days) - house.clock.now()).total_seconds()
    )
    desk = ca.issue_cert("desk.hotline.example", not_after=ENDS_AT)
    form = ca.issue_cert(
        "report.hotline.example", not_after=ENDS_AT + timedelta(days=50)
    )
    with serving(desk=desk, report=form) as port:
        check = look(house, port, file)

    assert (check.is_ok, check.warning) == (is_ok, warning)
    assert check.figures['certificate_days{face="desk"}'] == days
    assert check.figures['certificate_days{face="public"}'] == days + 50
    assert ("desk.hotline.example" in check.words) or is_ok


def row_in_wizard(house: House, port: int, ca_file: Path | None) -> tuple[str, str]:
    """Open the wizard's page; return the row of the form's name, and the page."""
    url = f"https://report.hotline.example:{port}"
    server = TlsWebServer(timeout=1, ca_file=ca_file)
    there = replace(house.settings, public_url=url)
    plug(house.app, there, replace(house.world, web_server=server))
    page = house.page("/setup/address", "adam")
    row = page.partition("<td>report.hotline.example</td>")[2].partition("</tr>")[0]
    return row, page


def test_the_wizard_says_who_signed_it_for_which_names_and_until_when(
    house: House, authority: tuple[trustme.CA, Path]
) -> None:
    ca, file = authority
    at = ENDS_AT - timedelta(days=40)
    house.clock.advance(seconds=(at - house.clock.now()).total_seconds())
    names = ("desk.hotline.example", "report.hotline.example")
    leaf = ca.issue_cert(*names, not_after=ENDS_AT)

    with serving(report=leaf) as port:
        row, _ = row_in_wizard(house, port, file)

    for words in (*names, "trustme", ">40<", "good"):
        assert words in row


def test_the_wizard_says_that_one_signed_itself_and_what_to_do(
    house: House, authority: tuple[trustme.CA, Path]
) -> None:
    ca, _ = authority
    own = trustme.LeafCert(ca.private_key_pem.bytes(), ca.cert_pem.bytes(), [])

    with serving(report=own) as port:
        row, page = row_in_wizard(house, port, None)

    assert ">itself<" in row
    assert "get one from an authority" in row
    assert "--certbot" in page


def test_the_wizard_says_that_nobody_shows_one(house: House) -> None:
    with create_server(("127.0.0.1", 0)) as server:
        nobody = server.getsockname()[1]

    row, _ = row_in_wizard(house, nobody, None)

    assert "is the web server running?" in row
    assert "bad" in row


def test_a_self_signed_one_is_warned_of_and_no_fault(
    house: House, authority: tuple[trustme.CA, Path]
) -> None:
    leaf = authority[0].issue_cert("desk.hotline.example", "report.hotline.example")
    with serving(desk=leaf, report=leaf) as port:
        check = look(house, port, None)

    assert check.is_ok
    assert "browsers warn of it" in check.words
    assert check.warning


def test_without_a_web_server_in_front_that_is_bad(house: House) -> None:
    check = look(house, 9, None)

    assert not check.is_ok
    assert "is the web server running?" in check.words


def test_a_face_without_tls_is_bad_except_as_an_onion_or_in_practice(
    house: House,
) -> None:
    onion = f"http://{'a' * 56}.onion"
    plain = "http://desk.hotline.example"
    found = {
        url: certificate(
            replace(
                house.settings,
                practice=False,
                public_url=url,
                desk_url=url,
                portal_url=url,
            ),
            house.world,
        ).is_ok
        for url in (onion, plain)
    }

    assert found == {onion: True, plain: False}
    assert certificate(house.settings, house.world).is_ok
