"""What another make of OpenPGP, and the standard library, find in a letter of the box.

The police need not run gpg: PySequoia opens and verifies what gpg sealed.
"""

import json
import re
from base64 import b64decode
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from jsonschema import Draft202012Validator
from pysequoia import Cert, Tsk, decrypt

from reportbox.lea.annex_one import schema
from tests.house import House

ADDRESS = "https://item-one.example/page"
REFERENCE = "RB-000001"


@pytest.fixture
def raw(house: House) -> bytes:
    """A real notice, as the post office of the police has it."""
    house.judges(house.the_public_reports(ADDRESS), "baseline", summary="page one")
    house.works()
    [arrived] = house.internet.post_office.letters
    return arrived.data


@pytest.fixture
def outer(raw: bytes) -> EmailMessage:
    return message_from_bytes(raw, policy=policy.default)


@pytest.fixture
def sealed(outer: EmailMessage) -> bytes:
    """The OpenPGP message, as it stands in the letter."""
    [_, second] = outer.iter_parts()
    armoured: bytes = second.get_content()
    return armoured


@pytest.fixture
def police(house: House) -> Tsk:
    """Their secret key, outside gpg."""
    lea = house.internet.lea
    exported = lea.library.export_keys(
        lea.own_fingerprint(), secret=True, expect_passphrase=False
    )
    return Tsk.from_bytes(exported.encode())


@pytest.fixture
def hotline(house: House) -> Cert:
    """The box's public key, as the police were given it."""
    exported = house.world.keyring.export_own_key()
    return Cert.from_bytes(exported.encode())


def opened(sealed: bytes, police: Tsk, hotline: Cert) -> bytes:
    """Decrypt the message and insist on a good signature of the hotline."""
    found = decrypt(sealed, decryptor=police.decryptor(), store=lambda _: [hotline])
    [signature] = found.valid_sigs
    assert signature.certificate == hotline.fingerprint
    return found.bytes or b""


def dearmoured(sealed: bytes) -> bytes:
    """Take the armour off: base64 between an empty line and “=” (RFC 9580, 6.2)."""
    _, _, rest = sealed.replace(b"\r\n", b"\n").partition(b"\n\n")
    return b64decode(rest.partition(b"\n=")[0])


def test_the_letter_is_built_as_rfc_3156_lays_down(outer: EmailMessage) -> None:
    assert outer.defects == []
    assert outer.get_content_type() == "multipart/encrypted"
    assert outer.get_param("protocol") == "application/pgp-encrypted"
    [control, message] = outer.iter_parts()
    assert control.get_content_type() == "application/pgp-encrypted"
    assert str(control.get_payload()).strip() == "Version: 1"
    assert message.get_content_type() == "application/octet-stream"
    assert str(message.get_payload()).startswith("-----BEGIN PGP MESSAGE-----")
    assert [part.defects for part in (control, message)] == [[], []]


def test_nothing_outside_the_seal_tells_what_the_letter_is_about(
    raw: bytes, outer: EmailMessage
) -> None:
    assert outer["Subject"] == "Message from the hotline"
    headers = [*outer.items(), *(h for p in outer.iter_parts() for h in p.items())]
    said = "\n".join(f"{name}: {value}" for name, value in headers)
    assert REFERENCE not in said
    assert "item-one" not in said
    assert re.search(rb"https?://|www\.|item-one|RB-\d", raw) is None


def test_the_police_open_it_without_gpg_and_find_the_hotlines_signature(
    sealed: bytes, police: Tsk, hotline: Cert
) -> None:
    secret = opened(sealed, police, hotline)

    inner = message_from_bytes(secret, policy=policy.default)
    assert inner.defects == []
    assert REFERENCE in inner["Subject"]
    [text, annex] = inner.iter_parts()
    assert text.get_content_type() == "text/plain"
    assert REFERENCE in text.get_content()
    assert annex.get_content_type() == "application/json"
    assert annex.get_filename() == "annex-one.json"
    read = json.loads(annex.get_content())
    Draft202012Validator(schema()).validate(read)
    [report] = read["reports"]
    assert report["report"]["reference"] == REFERENCE
    assert report["location_and_tracking"]["address"] == ADDRESS
    assert report["content"]["summary"] == "page one"


def test_one_changed_byte_is_noticed(sealed: bytes, police: Tsk, hotline: Cert) -> None:
    packets = bytearray(dearmoured(sealed))
    packets[-100] ^= 1  # well inside what is encrypted

    opened(dearmoured(sealed), police, hotline)
    with pytest.raises(RuntimeError):
        opened(bytes(packets), police, hotline)


def test_nobody_else_can_open_it(sealed: bytes, hotline: Cert) -> None:
    with pytest.raises(RuntimeError):
        opened(sealed, Tsk.generate("Stranger <x@mail.example>"), hotline)


def test_the_hotlines_signature_is_not_taken_for_anybody_elses(
    sealed: bytes, police: Tsk
) -> None:
    stranger = Tsk.generate("Stranger <x@mail.example>").extract_certificate()

    with pytest.raises(RuntimeError):
        opened(sealed, police, stranger)
