"""What an agency encrypts to the box's key, read from a real Dovecot by a real gpg."""

from collections.abc import Iterator
from email.message import EmailMessage, Message
from email.mime.application import MIMEApplication
from email.mime.multipart import MIMEMultipart
from pathlib import Path

import pytest

from reportbox.adapters.gpg import LARGEST_INSIDE, GpgKeyring, make_key
from reportbox.adapters.imap import LARGEST_SEALED
from reportbox.lifecycle import Lea
from reportbox.records.drafts import Draft
from reportbox.records.items import Item
from tests.house import House
from tests.lea.test_replies import a_reply, arrives
from tests.mail_server import MailServer, mail_server

MARK = "MARK-OF-AN-ATTACHMENT"


@pytest.fixture(scope="module")
def server() -> Iterator[MailServer]:
    with mail_server() as running:
        yield running


@pytest.fixture
def told(house: House) -> Item:
    item = house.the_public_reports("https://item-one.example/page")
    house.judges(item, "baseline")
    house.works()
    return house.item(item)


def ours(house: House) -> str:
    """The box's own key, as the ring of the practice police knows it."""
    lea = house.internet.lea
    lea.import_key(house.world.keyring.export_own_key())
    return house.world.keyring.own_fingerprint()


def sealed(
    house: House, inside: bytes, ring: GpgKeyring | None = None, *, sign: bool = True
) -> bytes:
    """Encrypt to the box, as the police do, or somebody else with a ring of theirs."""
    to = ours(house)
    ring = ring or house.internet.lea
    ring.import_key(house.world.keyring.export_own_key())
    own = ["--local-user", ring.own_fingerprint()]
    made = ring.library.encrypt(
        inside, [to], sign=sign, always_trust=True, extra_args=own if sign else []
    )
    assert made.ok, made.stderr
    return bytes(made.data)


def pgp_mime(armoured: bytes, *, is_mixed: bool = False, **headers: str) -> Message:
    """Write the mail of RFC 3156 around what is encrypted."""
    mail = MIMEMultipart("mixed" if is_mixed else "encrypted")
    if not is_mixed:
        mail.set_param("protocol", "application/pgp-encrypted")
    given = {"From": "Duty <unit@police.example>", "Subject": "...", **headers}
    for name, value in given.items():
        mail[name.replace("_", "-")] = value
    mail.attach(MIMEApplication("Version: 1\n", "pgp-encrypted", _encoder=_as_it_is))
    mail.attach(MIMEApplication(armoured.decode(), "octet-stream", _encoder=_as_it_is))
    return mail


def _as_it_is(_: Message) -> None:
    """Leave the part as the text it is."""


def an_entity(text: str, **headers: str) -> bytes:
    entity = EmailMessage()
    for name, value in headers.items():
        entity[name.replace("_", "-")] = value
    entity.set_content(text)
    return entity.as_bytes()


def comes(house: House, server: MailServer, mail: Message) -> Draft:
    return arrives(house, server, mail.as_bytes())


@pytest.fixture
def stranger(tmp_path: Path) -> GpgKeyring:
    ring = GpgKeyring(tmp_path / "ring", "stranger@police.example")
    make_key(ring.library, "Somebody", "stranger@police.example")
    return ring


@pytest.mark.parametrize("is_mixed", [False, True], ids=["rfc-3156", "as-rewritten"])
def test_an_encrypted_reply_with_the_code_is_a_receipt_and_says_who_signed_it(
    house: House, told: Item, server: MailServer, *, is_mixed: bool
) -> None:
    inside = an_entity(f"Received. {house.notice(told).code}")

    draft = comes(house, server, pgp_mime(sealed(house, inside), is_mixed=is_mixed))

    assert house.notice(told).state == Lea.CONFIRMED
    assert draft.about == (
        "receipt of RB-000001 recorded; encrypted, and signed by the key of "
        "Practice Police"
    )
    assert "Received." in draft.text


def test_a_block_in_the_text_is_opened_as_well(
    house: House, told: Item, server: MailServer
) -> None:
    block = sealed(house, f"Received. {house.notice(told).code}".encode())

    draft = arrives(house, server, a_reply(f"Hello\n\n{block.decode()}\n"))

    assert house.notice(told).state == Lea.CONFIRMED
    assert "Hello" in draft.text
    assert "BEGIN PGP" not in draft.text


@pytest.mark.parametrize(
    "mark",
    [{"Auto_Submitted": "auto-replied"}, {"Subject": "Automatic reply: away"}],
    ids=str,
)
def test_an_automatic_reply_inside_encryption_is_never_a_receipt(
    house: House, told: Item, server: MailServer, mark: dict[str, str]
) -> None:
    inside = an_entity(f"I am away. {house.notice(told).code}", **mark)

    comes(house, server, pgp_mime(sealed(house, inside)))

    assert house.notice(told).state == Lea.TO_CONFIRM


def test_an_automatic_reply_around_encryption_is_never_a_receipt(
    house: House, told: Item, server: MailServer
) -> None:
    inside = sealed(house, an_entity(f"I am away. {house.notice(told).code}"))

    comes(house, server, pgp_mime(inside, Auto_Submitted="auto-replied"))

    assert house.notice(told).state == Lea.TO_CONFIRM


def test_what_somebody_else_signed_confirms_nothing_and_is_shown(
    house: House, told: Item, server: MailServer, stranger: GpgKeyring
) -> None:
    inside = an_entity(f"Received. {house.notice(told).code}")

    draft = comes(house, server, pgp_mime(sealed(house, inside, stranger)))

    assert house.notice(told).state == Lea.TO_CONFIRM
    assert "somebody else signed" in draft.about
    assert "could not be verified" in draft.about


def test_an_encrypted_reply_without_a_signature_counts_as_a_plain_one_does(
    house: House, told: Item, server: MailServer
) -> None:
    inside = an_entity(f"Received. {house.notice(told).code}")

    draft = comes(house, server, pgp_mime(sealed(house, inside, sign=False)))

    assert house.notice(told).state == Lea.CONFIRMED
    assert "encrypted, and not signed" in draft.about


def signed_beside(
    ring: GpgKeyring, entity: bytes, *, lines: bytes = b"\r\n", after: bytes = b""
) -> bytes:
    """Write the mail of RFC 3156, section 6.1: signed first, then encrypted."""
    content = entity.rstrip(b"\n").replace(b"\n", b"\r\n")
    own = ring.own_fingerprint()
    made = ring.library.sign(content, keyid=own, detach=True, clearsign=False)
    assert made, made.stderr
    signature = bytes(made.data).replace(b"\n", b"\r\n")
    whole = (
        b"Content-Type: multipart/signed; micalg=pgp-sha256;\r\n"
        b' protocol="application/pgp-signature"; boundary="one"\r\n\r\n'
        b"--one\r\n" + content + b"\r\n--one\r\n"
        b"Content-Type: application/pgp-signature\r\n\r\n" + signature + b"\r\n"
        + after + b"--one--\r\n"
    )  # fmt: skip
    return whole.replace(b"\r\n", lines)


@pytest.mark.parametrize("lines", [b"\r\n", b"\n"], ids=["crlf", "lf"])
def test_a_signature_of_its_own_inside_encryption_is_verified(
    house: House, told: Item, server: MailServer, lines: bytes
) -> None:
    entity = an_entity(f"Received. {house.notice(told).code}")
    inside = signed_beside(house.internet.lea, entity, lines=lines)

    draft = comes(house, server, pgp_mime(sealed(house, inside, sign=False)))

    assert house.notice(told).state == Lea.CONFIRMED
    assert "encrypted, and signed by the key of Practice Police" in draft.about


@pytest.mark.parametrize("how", ["changed", "added to", "cut", "somebody else's"])
def test_a_signature_of_its_own_that_is_not_good_confirms_nothing(
    house: House, told: Item, server: MailServer, stranger: GpgKeyring, how: str
) -> None:
    ring = stranger if how == "somebody else's" else house.internet.lea
    entity = an_entity(f"Received. {house.notice(told).code}")
    more = b"--one\r\nContent-Type: text/plain\r\n\r\nAnd more.\r\n"
    inside = signed_beside(ring, entity, after=more if how == "added to" else b"")
    if how == "changed":
        inside = inside.replace(b"Received.", b"Deceived.")
    if how == "cut":
        inside = inside.partition(b"Content-Type: application/pgp-signature")[0]

    draft = comes(house, server, pgp_mime(sealed(house, inside, sign=False)))

    assert house.notice(told).state == Lea.TO_CONFIRM
    assert "could not be verified" in draft.about
    assert "ceived." in draft.text  # for whoever reads it


def test_an_attachment_inside_encryption_is_kept_nowhere(
    house: House, told: Item, server: MailServer
) -> None:
    entity = EmailMessage()
    entity.set_content("Received.")
    entity.add_attachment(MARK.encode(), maintype="image", subtype="png", filename="a")
    entity.add_attachment(MARK, filename="a.txt")

    draft = comes(house, server, pgp_mime(sealed(house, entity.as_bytes())))

    assert "Received." in draft.text
    assert MARK not in draft.text


def test_what_is_too_large_or_not_for_us_waits_in_the_mailbox(
    house: House, told: Item, server: MailServer, stranger: GpgKeyring
) -> None:
    code = house.notice(told).code
    large = pgp_mime(sealed(house, an_entity(f"{code}\n" + "x" * LARGEST_SEALED)))
    bomb = f"{code}\n".encode() + b"x" * (LARGEST_INSIDE + 1)
    packed = stranger.library.encrypt(
        bomb, ours(house), always_trust=True, extra_args=["--compress-algo=zip"]
    )
    ours_to_them = stranger.sign_and_encrypt(b"word", stranger.own_fingerprint())

    said = [
        comes(house, server, mail).about
        for mail in (
            large,
            pgp_mime(bytes(packed.data) or b"x"),
            pgp_mime(ours_to_them),
        )
    ]

    assert house.notice(told).state == Lea.TO_CONFIRM
    assert "too large to be opened" in said[0]
    assert all("encrypted, and not opened" in words for words in said)


def test_what_strangers_encrypt_is_not_even_fetched(
    house: House, told: Item, server: MailServer
) -> None:
    armoured = sealed(house, an_entity("Hello."))
    mail = pgp_mime(armoured, From="Somebody <somebody@elsewhere.example>")

    draft = comes(house, server, mail)

    assert draft.text == "This mail is encrypted. Look at it in the mailbox."
    assert armoured.splitlines()[3] not in server.sent()
