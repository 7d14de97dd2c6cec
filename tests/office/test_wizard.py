"""The wizard: from the code of the console to an open box, each step by itself."""

import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from socket import create_server
from typing import Any

import gnupg
import pytest
from flask.testing import FlaskClient

from reportbox.adapters.gpg import GpgKeyring, make_key
from reportbox.adapters.sftp import host_keys
from reportbox.intake.mails import fetch_mails
from reportbox.lifecycle import Actor
from reportbox.office import fields, opening, totp, wizard
from reportbox.office.choosing import choose
from reportbox.office.points import POINTS, Facts
from reportbox.office.steps import STEPS
from reportbox.ports import World
from reportbox.practice.internet import PracticeInternet
from reportbox.records.agencies import Agency, AgencyKey
from reportbox.records.audit import Audit
from reportbox.records.drafts import Draft
from reportbox.records.journey import Deed
from reportbox.records.settings_chosen import PasswordKept, SettingsChosen
from reportbox.records.staff import Account, Invitation
from reportbox.settings import Settings
from tests.clock import StillClock
from tests.conftest import Pattern, build_house
from tests.house import House, csrf_in
from tests.mail_server import MailServer, mail_server
from tests.sftp_server import SftpServer, sftp_server

US = {
    "hotline_name": "New Hotline",
    "hotline_email": "desk@hotline.example",
    "country": "EE",
    "time_zone": "Europe/Tallinn",
    "working_day_begins": "9",
    "working_day_ends": "17",
    "languages": ["et", "de"],
}


@pytest.fixture
def new_box(
    empty_box: Settings, clock: StillClock, internet: PracticeInternet, pattern: Pattern
) -> House:
    """A box as the installer leaves it: nobody's yet."""
    Account.update(is_active=False).execute()
    nobodys = replace(
        empty_box,
        hotline_name="",
        country="",
        country_name="",
        fixed=frozenset({"public_url", "desk_url", "portal_url"}),
    )
    return build_house(nobodys, clock, internet, pattern)


@pytest.fixture
def half_box(new_box: House) -> House:
    """A box whose administrator has joined and goes on."""
    whoever = with_code(new_box)
    sends(whoever, "/setup/hotline", **US)
    Account.update(is_active=True).where(Account.username == "adam").execute()
    return new_box


def with_code(house: House) -> FlaskClient:
    client = house.stranger()
    code = opening.new_code(house.settings, house.clock.now())
    sends(client, "/setup", code=code)
    return client


def sends(client: FlaskClient, path: str, **fields: Any) -> Any:  # noqa: ANN401
    """Send a form as somebody does who opened the page it stands on."""
    page = client.get(path).text
    version = page.partition('name="version" value="')[2].partition('"')[0]
    given = {"csrf_token": csrf_in(page), "version": version, **fields}
    return client.post(path, data=given)


def test_every_point_belongs_to_a_step_and_says_what_it_blocks() -> None:
    names = [step.name for step in STEPS]

    for point in POINTS:
        assert point.step in names, point.name
        assert not point.blocks.endswith("."), point.name
    assert len({point.name for point in POINTS}) == len(POINTS)


def test_a_fresh_box_lacks_everything_and_may_not_open(new_box: House) -> None:
    facts = Facts(settings=new_box.settings)

    assert wizard.next_step(facts).name == "hotline"
    assert not wizard.may_open(facts)
    assert wizard.state(facts, STEPS[0]) == "needed"


def test_somebody_goes_on_where_something_needed_is_missing(new_box: House) -> None:
    whole = replace(new_box.settings, hotline_name="One", country="EE")
    facts = Facts(settings=whole, known=frozenset({"time_zone"}))

    assert wizard.next_step(facts).name == "administrator"
    assert wizard.next_step(replace(facts, administrators=1)).name == "mail"
    ready = replace(facts, administrators=1, mail_is_skipped=True)
    assert wizard.may_open(ready)
    assert wizard.next_step(ready).name == "administrator"  # there is only one


def test_the_code_leads_to_the_hotline_then_to_the_first_administrator(
    new_box: House,
) -> None:
    whoever = with_code(new_box)
    assert whoever.get("/setup").location == "/setup/hotline"

    answer = sends(whoever, "/setup/hotline", **US)
    assert answer.location == "/setup/administrator"

    answer = sends(whoever, "/setup/administrator", username="carla", name="Carla")
    assert answer.location.startswith("/join/")
    invitation = Invitation.get(Invitation.username == "carla")
    code = totp.code_to_show(invitation.totp_secret, new_box.clock.now(), 0)
    page = sends(
        whoever, answer.location, password="a sentence nobody thinks of", code=code
    )
    assert "recovery codes" in page.text

    # From now on the code is worth nothing, and the log-in leads on.
    assert whoever.get("/setup/hotline").location == "/setup"
    assert whoever.get("/setup").location == "/log-in"
    carla = new_box.signed_in("carla")
    assert carla.get("/").location == "/setup"
    assert carla.get("/setup").location == "/setup/mail"


def test_a_stranger_gets_to_no_step(new_box: House) -> None:
    opening.new_code(new_box.settings, new_box.clock.now())

    for step in STEPS:
        answer = new_box.stranger().get(f"/setup/{step.name}")
        assert answer.location == "/setup", step.name


def test_the_code_opens_the_first_two_steps_and_no_other(new_box: House) -> None:
    whoever = with_code(new_box)

    for step in STEPS[2:]:
        answer = whoever.get(f"/setup/{step.name}")
        assert answer.location == "/setup", step.name
    assert whoever.get("/settings/").location == "/setup"


def test_a_code_that_ran_out_goes_no_further(new_box: House) -> None:
    whoever = with_code(new_box)

    new_box.clock.advance(hours=25)

    assert whoever.get("/setup/hotline").location == "/setup"
    assert "sudo reportbox setup-code" in whoever.get("/setup").text


def test_the_step_of_the_hotline_names_what_is_wrong_and_keeps_what_was_typed(
    new_box: House,
) -> None:
    wrong = {**US, "hotline_email": "nobody"}

    answer = sends(with_code(new_box), "/setup/hotline", **wrong)

    assert answer.status_code == 422
    assert "Write it like desk@hotline.example" in answer.text
    assert 'value="nobody"' in answer.text
    assert 'value="New Hotline"' in answer.text


def test_whoever_holds_the_code_stands_in_the_versions(half_box: House) -> None:
    [version] = SettingsChosen.rows()

    assert version.changed_by == "the setup code"
    assert version.chosen["country_name"] == "Estonia"


def test_a_name_in_another_language_greets_its_visitors(half_box: House) -> None:
    sends(half_box.signed_in("adam"), "/setup/hotline", **US, name_de="Die Hotline")
    finish(half_box)

    assert "Die Hotline" in half_box.visitor().get("/?lang=de").text
    assert "Die Hotline" not in half_box.visitor().get("/?lang=et").text


def finish(house: House) -> None:
    house.does("/setup/say/mail", as_="adam", is_so="yes")
    house.does("/setup/open", as_="adam")


def test_a_box_opens_when_nothing_needed_is_missing(half_box: House) -> None:
    refused = half_box.posts("/setup/open", as_="adam")
    assert refused.status_code == 409
    assert "Mail out is tried" in refused.text
    assert half_box.visitor().get("/").status_code == 503

    finish(half_box)

    assert half_box.visitor().get("/").status_code == 200
    assert half_box.stranger().get("/setup").location == "/"
    assert "A letter left" in half_box.page("/readiness", "adam")


def test_what_is_missing_says_what_it_blocks(half_box: House) -> None:
    page = half_box.page("/setup/summary", "adam")

    assert "Somebody who assesses" in page
    assert "reports wait: nobody may judge them" in page
    assert "Data-protection impact assessment" in page


def test_a_paper_counts_once_somebody_says_it_is_written(half_box: House) -> None:
    half_box.does("/setup/say/record", as_="adam", is_so="yes")
    assert "Not any more: Record of processing" in half_box.page(
        "/setup/summary", "adam"
    )
    half_box.does("/setup/say/record", as_="adam")

    assert "We have it: Record of processing" in half_box.page("/setup/summary", "adam")
    assert half_box.posts("/setup/say/anything", as_="adam").status_code == 404


def test_until_the_box_is_open_an_administrator_enters_agencies_and_never_after(
    half_box: House,
) -> None:
    new = {"name": "City Police", "level": "local", "channel": "mail"}
    half_box.does("/agencies/new", as_="adam", **new)
    assert "City Police" in half_box.page("/setup/agencies", "adam")

    finish(half_box)

    again = half_box.posts("/agencies/new", as_="adam", **{**new, "name": "Another"})
    assert again.status_code == 403
    assert not Agency.rows(Agency.name == "Another")
    assert "managers alone change" in half_box.page("/setup/agencies", "adam")


FIRST = {
    "name": "City Police",
    "mailbox": "unit@city.example",
    "phone": "+000 000 0101",
    "hours": "weekdays",
    "urgent_name": "The desk on duty",
    "urgent_phone": "+000 000 0102",
}


@pytest.fixture
def lonely_box(half_box: House) -> House:
    """Nobody is told of anything here yet."""
    Agency.update(is_active=False).execute()
    return half_box


def test_the_first_agency_is_entered_in_the_wizard_with_its_key(
    lonely_box: House, elsewhere: gnupg.GPG
) -> None:
    fingerprint = make_key(elsewhere, "City", "unit@city.example")
    public = str(elsewhere.export_keys(fingerprint))
    assert "The first agency" in lonely_box.page("/setup/agencies", "adam")

    answer = lonely_box.posts("/setup/agencies", as_="adam", **FIRST, armoured=public)

    made = Agency.get(Agency.name == "City Police")
    [key] = AgencyKey.rows(AgencyKey.agency == made.id)
    assert answer.location == f"/agencies/{made.id}"
    assert (made.mailbox, made.channel, made.urgent_name) == (
        "unit@city.example",
        "mail",
        "The desk on duty",
    )
    assert (key.fingerprint, key.verified_at, made.key) == (fingerprint, None, "")
    assert "The first agency" not in lonely_box.page("/setup/agencies", "adam")


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"name": ""}, "Please give its name."),
        ({"mailbox": ""}, "Please give the mailbox its letters go to."),
        ({"mailbox": "nobody"}, "Please write it like unit@police.example."),
        ({"urgent_phone": "soon"}, "with its country code"),
        ({"armoured": "no key"}, "There is no key in this text"),
    ],
)
def test_what_is_wrong_with_the_first_agency_is_said_and_nothing_is_lost(
    lonely_box: House, wrong: dict[str, str], sentence: str
) -> None:
    form = {**FIRST, **wrong}

    answer = lonely_box.posts("/setup/agencies", as_="adam", **form)

    assert answer.status_code == 422
    assert sentence in answer.text
    assert "The desk on duty" in answer.text
    assert not Agency.rows(Agency.name == "City Police")


@pytest.fixture(scope="module")
def server() -> Iterator[SftpServer]:
    with sftp_server() as running:
        yield running


def carried_to(house: House, where: str) -> None:
    those = house.settings.with_chosen(SettingsChosen.now())
    deed = Deed("Adam", Actor.ANALYST, house.clock.now())
    choose(those, {"backup_sftp": where}, deed)


def test_the_key_of_the_server_for_backups_is_shown_compared_and_kept(
    half_box: House, server: SftpServer
) -> None:
    page = "/setup/backups"
    carried_to(half_box, server.where)
    assert "before a person has compared its key" in half_box.page(page, "adam")

    shown = presses(half_box, "/setup/backups/host", page)
    [(key, fingerprint)] = host_keys(server.where)
    accept = "/setup/backups/host/accept"
    hasty = presses(half_box, accept, page, host_key=key)
    other = presses(half_box, accept, page, host_key=f"{key}A", same="yes")
    assert SettingsChosen.now().get("backup_host_key", "") == ""
    done = presses(half_box, accept, page, host_key=key, same="yes")

    assert key == server.host_key
    assert fingerprint in shown.text
    assert "compare the fingerprint" in hasty.text
    assert "one of the keys it shows now" in other.text
    assert done.status_code == 303
    assert SettingsChosen.now()["backup_host_key"] == server.host_key
    assert "somebody compared" in half_box.page(page, "adam")


def test_a_server_that_does_not_answer_is_said_in_words(half_box: House) -> None:
    with create_server(("127.0.0.1", 0)) as nobody:
        port = nobody.getsockname()[1]
    carried_to(half_box, f"box@127.0.0.1:{port}/x")

    answer = presses(half_box, "/setup/backups/host", "/setup/backups")

    assert answer.status_code == 422
    assert "does not answer as an SSH server would" in answer.text


def test_others_may_log_in_and_see_no_wizard(half_box: House) -> None:
    Account.update(is_active=True).where(Account.username == "mira").execute()
    mira = half_box.signed_in("mira")

    assert mira.get("/").location != "/setup"
    assert mira.get("/setup").location == "/"
    assert mira.get("/setup/mail").status_code == 403


def test_the_form_is_shown_in_a_frame_of_ours_alone(half_box: House) -> None:
    adam = half_box.signed_in("adam")

    step = adam.get("/setup/address").headers["Content-Security-Policy"]
    shown = adam.get("/setup/preview?lang=de")

    assert "frame-src 'self'" in step
    assert "frame-ancestors 'self'" in shown.headers["Content-Security-Policy"]
    assert "frame-src" not in adam.get("/me").headers["Content-Security-Policy"]
    assert "Adresse" in shown.text
    assert "disabled" in shown.text
    assert adam.get("/setup/preview/style").mimetype == "text/css"


def test_a_name_that_leads_nowhere_is_a_warning_and_no_wall(
    new_box: House, clock: StillClock, internet: PracticeInternet, pattern: Pattern
) -> None:
    names = replace(new_box.settings, public_url="https://nowhere.invalid")
    house = build_house(names, clock, internet, pattern)
    sends(with_code(house), "/setup/hotline", **US)
    Account.update(is_active=True).where(Account.username == "adam").execute()

    page = house.page("/setup/address", "adam")

    assert "nowhere.invalid leads nowhere yet" in page
    finish(house)


# --- mail ---


@pytest.fixture(scope="module")
def post() -> Iterator[MailServer]:
    with mail_server() as server:
        yield server


def mail(house: House, **more: str) -> dict[str, str]:
    base = house.settings
    return {
        "smtp_host": base.smtp_host,
        "smtp_port": str(base.smtp_port),
        "smtp_security": "none",
        "imap_port": "993",
        "imap_folder": "INBOX",
        "reply_tokens": "yes",
        "then": "stay",
        **more,
    }


def presses(house: House, path: str, page: str = "/setup/mail", **more: str) -> Any:  # noqa: ANN401
    client = house.signed_in("adam")
    token = csrf_in(client.get(page).text)
    return client.post(path, data={"csrf_token": token, **more})


def test_a_test_letter_leaves_and_is_found_in_the_mailbox(
    half_box: House,
    post: MailServer,
    clock: StillClock,
    internet: PracticeInternet,
    pattern: Pattern,
) -> None:
    own = replace(half_box.settings, imap_ca_file=post.ca_file)
    house = build_house(own, clock, internet, pattern)
    adam = house.signed_in("adam")
    reading = {"imap_host": "localhost", "imap_port": str(post.port), "imap_user": "us"}
    sends(adam, "/setup/mail", **mail(house, **reading), **{"imap-password": "secret"})

    sent = presses(house, "/setup/mail/test")
    assert sent.status_code == 303
    [letter] = house.letters()
    assert letter.recipient == "desk@hotline.example"

    late = presses(house, "/setup/mail/read")
    assert late.status_code == 422
    assert "not in the mailbox yet" in late.text

    post.deliver(internet.post_office.letters[-1].data)
    assert presses(house, "/setup/mail/read").status_code == 303
    assert "came back" in house.page("/setup/mail", "adam")

    # The round that reads the mailbox makes no draft of it.
    those = house.settings.with_chosen(SettingsChosen.now())
    outside = house.app.extensions["world_of"](those)
    fetch_mails(those, outside)
    assert not Draft.rows()


@pytest.mark.parametrize(
    ("server", "manners", "sentence"),
    [
        ({"smtp_port": "1"}, None, "Nobody listens at this port"),
        ({"smtp_security": "starttls"}, None, "It offers no STARTTLS"),
        ({"smtp_security": "tls"}, None, "It speaks no TLS from the start"),
        ({}, "550 5.7.1 relaying denied", "It refuses the letter"),
        ({}, "451 greylisted", "It refuses for now"),
    ],
)
def test_a_mail_server_that_refuses_is_explained(
    half_box: House, server: dict[str, str], manners: str | None, sentence: str
) -> None:
    half_box.internet.post_office.manners = lambda point, _: (
        manners if point == "rcpt" else None
    )
    sends(half_box.signed_in("adam"), "/setup/mail", **mail(half_box, **server))

    refused = presses(half_box, "/setup/mail/test")

    assert refused.status_code == 422
    assert sentence in refused.text
    assert 'value="INBOX"' in refused.text  # the settings stand in their fields


def test_another_mail_server_is_tried_anew(half_box: House) -> None:
    assert presses(half_box, "/setup/mail/test").status_code == 303
    assert "not tried with this server" not in half_box.page("/setup/mail", "adam")

    adam = half_box.signed_in("adam")
    sends(adam, "/setup/mail", **mail(half_box, smtp_host="localhost"))

    assert "not tried with this server" in half_box.page("/setup/mail", "adam")


def test_a_password_is_kept_until_somebody_forgets_it_and_shown_nowhere(
    half_box: House,
) -> None:
    adam = half_box.signed_in("adam")
    sends(adam, "/setup/mail", **mail(half_box), **{"smtp-password": "a secret"})
    sends(adam, "/setup/mail", **mail(half_box), **{"smtp-password": ""})

    page = adam.get("/setup/mail").text
    assert PasswordKept.find("smtp-password") == "a secret"
    assert "a secret" not in page
    sends(adam, "/setup/mail", **mail(half_box), **{"forget-smtp-password": "yes"})
    assert PasswordKept.find("smtp-password") == ""


def test_a_mailbox_must_be_named_before_it_is_read(half_box: House) -> None:
    presses(half_box, "/setup/mail/test")

    refused = presses(half_box, "/setup/mail/read")

    assert refused.status_code == 422
    assert "name the server of the mailbox first" in refused.text


# --- the box's own key ---


@pytest.fixture
def keyless(
    half_box: House, clock: StillClock, internet: PracticeInternet, pattern: Pattern
) -> Iterator[House]:
    """A box with a ring of its own, in which there is no key yet."""
    with tempfile.TemporaryDirectory(prefix="rbo-", ignore_cleanup_errors=True) as home:
        house = build_house(half_box.settings, clock, internet, pattern)

        def world_of(those: Settings) -> World:
            ring = GpgKeyring(Path(home), those.hotline_email)
            return replace(house.world, keyring=ring)

        house.app.extensions["world_of"] = world_of
        yield house
        subprocess.run(["gpgconf", "--homedir", home, "--kill", "all"], check=True)


def own_fingerprint(house: House) -> str:
    ring = house.app.extensions["world_of"](house.settings).keyring
    return str(ring.own_fingerprint())


def test_the_box_makes_its_own_key_and_hands_out_the_public_half(
    keyless: House,
) -> None:
    assert "Make the key" in keyless.page("/setup/key", "adam")

    keyless.does("/setup/key/make", as_="adam")

    page = keyless.page("/setup/key", "adam")
    assert own_fingerprint(keyless) in page
    assert "Download the public key" in page
    assert Audit.rows(Audit.what == "make_own_key")


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[gnupg.GPG]:
    """The operator's own gpg, with keys made there."""
    with tempfile.TemporaryDirectory(prefix="rbe-", ignore_cleanup_errors=True) as home:
        yield gnupg.GPG(gnupghome=home, options=["--pinentry-mode=loopback"])
        subprocess.run(["gpgconf", "--homedir", home, "--kill", "all"], check=True)


def exported(ring: gnupg.GPG, fingerprint: str, passphrase: str = "") -> str:
    return str(ring.export_keys(fingerprint, secret=True, passphrase=passphrase))


def made(ring: gnupg.GPG, *, address: str = "desk@hotline.example", **more: str) -> str:
    """Make a key at the operator's and return its private half."""
    given = {
        "key_type": "EDDSA",
        "key_curve": "ed25519",
        "key_usage": "sign",
        "name_real": "Hotline",
        "name_email": address,
        **more,
    }
    if "passphrase" not in given:
        given["no_protection"] = True  # type: ignore[assignment]
    key = ring.gen_key(ring.gen_key_input(**given))
    return exported(ring, key.fingerprint, more.get("passphrase", ""))


def test_a_key_that_agencies_know_is_brought(
    keyless: House, elsewhere: gnupg.GPG
) -> None:
    fingerprint = make_key(elsewhere, "Hotline", "desk@hotline.example")

    path, private = "/setup/key/import", exported(elsewhere, fingerprint)
    keyless.does(path, as_="adam", armoured=private)

    assert own_fingerprint(keyless) == fingerprint
    again = keyless.posts(path, as_="adam", armoured=private)
    assert "has its own key already" in again.text


SUBKEY = {
    "subkey_type": "ECDH",
    "subkey_curve": "cv25519",
    "subkey_usage": "encrypt",
}


@pytest.mark.parametrize(
    ("key", "sentence"),
    [
        ({}, "no subkey for encryption"),
        ({**SUBKEY, "passphrase": "secret words"}, "This key has a pass-phrase"),
        ({**SUBKEY, "address": "other@hotline.example"}, "does not carry the hotline"),
        ({**SUBKEY, "expire_date": "seconds=1"}, "This key has expired"),
        ({"key_type": "RSA", "key_length": "1024"}, "RSA with 1024 bits is too weak"),
    ],
)
def test_a_key_that_cannot_serve_is_refused_with_a_sentence(
    keyless: House, elsewhere: gnupg.GPG, key: dict[str, str], sentence: str
) -> None:
    private = made(elsewhere, **key)
    if "expire_date" in key:
        time.sleep(1.5)

    refused = keyless.posts("/setup/key/import", as_="adam", armoured=private)

    assert refused.status_code == 422
    assert sentence in refused.text
    assert own_fingerprint(keyless) == ""


def test_a_public_key_is_no_private_one(keyless: House, elsewhere: gnupg.GPG) -> None:
    fingerprint = make_key(elsewhere, "Hotline", "desk@hotline.example")
    public = str(elsewhere.export_keys(fingerprint))

    refused = keyless.posts("/setup/key/import", as_="adam", armoured=public)

    assert "This is no private key" in refused.text


# --- agreement, letters, look-ups, backups ---


def test_with_nothing_agreed_one_may_register_and_forward(half_box: House) -> None:
    adam = half_box.signed_in("adam")

    sends(adam, "/setup/agreement", mode="register_and_forward")

    assert SettingsChosen.now()["mode"] == "register_and_forward"


def test_the_texts_of_letters_can_be_tried_before_the_box_is_open(
    half_box: House,
) -> None:
    assert "/texts/ntd/en" in half_box.page("/setup/letters", "adam")
    assert half_box.signed_in("adam").get("/texts/ntd/en").status_code == 200

    finish(half_box)

    assert half_box.signed_in("adam").get("/texts/ntd/en").status_code == 403


def test_a_trace_of_the_forms_own_name_shows_its_evidence(
    new_box: House, clock: StillClock, internet: PracticeInternet, pattern: Pattern
) -> None:
    ours = replace(new_box.settings, public_url="https://item-one.example")
    house = build_house(ours, clock, internet, pattern)
    sends(with_code(house), "/setup/hotline", **US)
    Account.update(is_active=True).where(Account.username == "adam").execute()

    page = presses(house, "/setup/look-ups/try", "/setup/look-ups").text

    assert "traced" in page
    assert "sha256" in page
    assert "A trace that worked" not in house.page("/setup/look-ups", "adam")


def test_a_name_that_cannot_be_traced_says_why(half_box: House) -> None:
    page = presses(half_box, "/setup/look-ups/try", "/setup/look-ups").text

    assert "http://localhost:8081 cannot be traced" in page


def test_backups_go_to_a_key_that_its_owner_compared(
    half_box: House, elsewhere: gnupg.GPG
) -> None:
    fingerprint = make_key(elsewhere, "Operator", "operator@hotline.example")
    public = str(elsewhere.export_keys(fingerprint))
    path, page = "/setup/backups/key", "/setup/backups"

    wrong = presses(half_box, path, page, armoured=public, typed="A" * 16)
    assert wrong.status_code == 422
    assert "do not use it" in wrong.text
    private = exported(elsewhere, fingerprint)
    never = presses(half_box, path, page, armoured=private, typed=fingerprint[-16:])
    assert "This is a private key" in never.text

    presses(half_box, path, page, armoured=public, typed=fingerprint[-16:].lower())

    assert SettingsChosen.now()["backup_key"] == fingerprint
    assert fingerprint in half_box.page("/setup/backups", "adam")


def test_two_browsers_at_one_step_are_told_of_each_other(half_box: House) -> None:
    adam, other = (half_box.signed_in("adam", browser) for browser in ("", "two"))
    mine, theirs = (client.get("/setup/letters").text for client in (adam, other))
    names = next(step.keys for step in STEPS if step.name == "letters")
    given = {**fields.typed_of(half_box.settings, names), "legal_basis": "One law"}
    version = mine.partition('name="version" value="')[2].partition('"')[0]
    them = {**given, "legal_basis": "Another law", "version": version}
    other.post("/setup/letters", data={**them, "csrf_token": csrf_in(theirs)})

    us = {**given, "version": version, "csrf_token": csrf_in(mine)}
    late = adam.post("/setup/letters", data=us)

    assert late.status_code == 422
    assert "“The law” is now “Another law”" in late.text
    assert "One law" in late.text
