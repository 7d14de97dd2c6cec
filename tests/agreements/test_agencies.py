"""People keep agencies, keys and the agreement; the box goes by them at once."""

import subprocess
import tempfile
from collections.abc import Callable, Iterator
from datetime import timedelta

import gnupg
import pytest

from reportbox.adapters.gpg import make_key
from reportbox.agreements.reading import read_terms
from reportbox.lea.annex_one import switchable
from reportbox.lifecycle import Lea
from reportbox.practice.agreed import COUNTY_ID, POLICE_ID
from reportbox.records import atomic
from reportbox.records.agencies import Agency, AgencyKey
from reportbox.records.agreements import Agreement, Annex
from reportbox.records.answers import OwnAddress
from reportbox.records.tracks import LeaNotice
from tests.builders import agreed, as_typed
from tests.house import House, text_of

NEW = {
    "name": "City Police",
    "level": "local",
    "channel": "mail",
    "mailbox": "unit@city.example",
    "regions": "City, Harbour",
}


@pytest.fixture(scope="module")
def keys() -> Iterator[dict[str, str]]:
    """A public key, its fingerprint, and the private one."""
    # A short path: gpg's agent cannot live deep in pytest's folders.
    with tempfile.TemporaryDirectory(prefix="rbk-", ignore_cleanup_errors=True) as home:
        ring = gnupg.GPG(gnupghome=home, options=["--pinentry-mode=loopback"])
        lasting = make_key(ring, "City", "unit@city.example")
        yield {
            "lasting": lasting,
            "public": str(ring.export_keys(lasting)),
            "private": str(ring.export_keys(lasting, secret=True, passphrase="")),
        }
        subprocess.run(["gpgconf", "--homedir", home, "--kill", "all"], check=True)


def city(house: House, **more: str) -> Agency:
    house.does("/agencies/new", as_="mira", **{**NEW, **more})
    found: Agency = Agency.get(Agency.name == "City Police")
    return found


def test_a_key_is_used_once_a_person_has_compared_it(
    house: House, keys: dict[str, str]
) -> None:
    agency = city(house)
    item = house.the_public_reports("https://item-one.example/page")
    house.judges(item, "baseline", region="City")
    house.works()
    waiting = next(n for n in LeaNotice.of(item) if n.unit_id == agency.id)
    assert waiting.state == Lea.TO_SEND
    assert "No OpenPGP key" in house.page("/tasks")

    house.does(f"/agencies/{agency.id}/key", as_="mira", armoured=keys["public"])
    [key] = AgencyKey.rows(AgencyKey.agency == agency.id)
    house.hours_pass(0.5)
    assert LeaNotice.get_by_id(waiting.id).state == Lea.TO_SEND

    path = f"/keys/{key.id}/verify"
    wrong = house.posts(path, as_="mira", typed="A" * 16, how="by telephone")
    assert wrong.status_code == 422
    assert "do not use it" in wrong.text
    house.does(path, as_="mira", typed=keys["lasting"][-16:], how="by telephone")
    house.hours_pass(0.5)
    assert LeaNotice.get_by_id(waiting.id).state == Lea.TO_CONFIRM


def test_a_private_key_is_refused_and_never_enters_the_ring(
    house: House, keys: dict[str, str]
) -> None:
    path = f"/agencies/{POLICE_ID}/key"

    answer = house.posts(path, as_="mira", armoured=keys["private"])

    assert answer.status_code == 422
    assert "private key" in answer.text
    assert len(AgencyKey.rows(AgencyKey.agency == POLICE_ID)) == 1


def test_a_weak_key_is_refused_in_words_and_never_enters_the_ring(
    house: House, weak_key: Callable[[str, int], str]
) -> None:
    armoured, path = weak_key("RSA", 1024), f"/agencies/{POLICE_ID}/key"

    answer = house.posts(path, as_="mira", armoured=armoured)

    assert answer.status_code == 422
    assert "RSA with 1024 bits is too weak" in answer.text
    assert len(AgencyKey.rows(AgencyKey.agency == POLICE_ID)) == 1


def test_a_key_weaker_than_advised_is_taken_with_a_warning(
    house: House, weak_key: Callable[[str, int], str]
) -> None:
    armoured, path = weak_key("RSA", 2048), f"/agencies/{POLICE_ID}"

    house.does(f"{path}/key", as_="mira", armoured=armoured)

    page = house.page(path, "mira")
    assert page.count("RSA with 2048 bits is weaker than advised today") == 1


def test_a_weak_key_of_before_is_not_used_once_it_is_compared(
    house: House, weak_key: Callable[[str, int], str]
) -> None:
    [fingerprint] = house.world.keyring.import_key(weak_key("RSA", 1024))
    with atomic():
        key = AgencyKey.create(
            agency=POLICE_ID,
            fingerprint=fingerprint,
            imported_by="Mira",
            imported_at=house.clock.now(),
        )
    said = {"typed": fingerprint[-16:], "how": "by telephone"}

    answer = house.posts(f"/keys/{key.id}/verify", as_="mira", **said)

    assert answer.status_code == 409
    assert "too weak" in answer.text


def test_the_boxs_own_public_key_can_be_taken_to_the_agency(house: House) -> None:
    answer = house.signed_in("mira").get("/own_key")

    assert "BEGIN PGP PUBLIC KEY BLOCK" in answer.text
    assert "PRIVATE" not in answer.text


def test_what_is_no_key_is_refused_in_words(house: House) -> None:
    answer = house.posts(f"/agencies/{POLICE_ID}/key", as_="mira", armoured="hello")

    assert answer.status_code == 422
    assert "from BEGIN to END" in answer.text


@pytest.mark.parametrize(
    ("days", "words"),
    [(61, ""), (59, "Key runs out"), (29, "soon"), (6, "this week"), (-1, "ran out")],
)
def test_a_key_that_runs_out_is_announced_ever_more_plainly(
    house: House, days: int, words: str
) -> None:
    ends = house.clock.now() + timedelta(days=days, hours=1)
    with atomic():
        AgencyKey.update(expires_at=ends).execute()

    page = house.page("/tasks")

    assert words in page
    assert ("Key r" in page) == bool(words)


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("name", "", "Please give its name"),
        ("name", "Practice Police", "of this name already"),
        ("mailbox", "no address", "like unit@police.example"),
        ("urgent_phone", "call me", "with its country code"),
        ("level", "galactic", "choose its level"),
        ("channel", "pigeon", "choose a channel"),
    ],
)
def test_a_wrong_field_of_an_agency_is_named(
    house: House, field: str, typed: str, sentence: str
) -> None:
    form = {**NEW, field: typed}

    answer = house.posts("/agencies/new", as_="mira", **form)

    assert answer.status_code == 422
    assert sentence in answer.text
    assert "City, Harbour" in answer.text


def test_an_agency_never_stands_below_itself(house: House) -> None:
    form = {"name": "Practice Police", "level": "central", "channel": "mail"}

    answer = house.posts(
        f"/agencies/{POLICE_ID}/change", as_="mira", **form, parent=str(COUNTY_ID)
    )

    assert answer.status_code == 422
    assert "below itself" in answer.text


def test_a_test_letter_is_confirmed_by_its_code(house: House) -> None:
    house.does(f"/agencies/{POLICE_ID}/test", as_="mira")
    house.works()
    [letter] = house.letters_to_the_lea()
    code = Agency.get_by_id(POLICE_ID).test_code
    assert letter.is_encrypted
    assert f"/n/{code}" in text_of(letter)

    officer = house.stranger("portal")
    page = officer.get(f"/n/{code}").text
    assert Agency.get_by_id(POLICE_ID).test_confirmed_at is None
    token = page.partition('name="csrf_token" value="')[2].partition('"')[0]
    officer.post(f"/n/{code}/receive", data={"csrf_token": token})

    assert Agency.get_by_id(POLICE_ID).test_confirmed_at == house.clock.now()


def test_what_an_agency_was_before_a_change_can_still_be_read(house: House) -> None:
    agency = city(house)
    moved = {**NEW, "mailbox": "desk@city.example", "regions": "City"}
    house.does(f"/agencies/{agency.id}/change", as_="mira", **moved)
    house.does(f"/agencies/{agency.id}/change", as_="mira", **moved)  # nothing new
    house.does(f"/agencies/{agency.id}/switch", as_="mira")

    page = house.signed_in("mira").get(f"/agencies/{agency.id}").text

    _, _, before = page.partition("What it said before")
    assert before.count("when Mira changed it") == 2
    assert "<dt>Is active</dt><dd>yes</dd>" in before
    assert "<dt>Mailbox</dt><dd>unit@city.example</dd>" in before
    assert "<dt>Regions</dt><dd>City, Harbour</dd>" in before
    assert "Telephone" not in before


def test_every_agency_hears_of_our_own_addresses_and_again_after_each_change(
    house: House,
) -> None:
    house.does("/own_addresses", as_="mira", network="192.0.2.9/28", note="office")
    house.works()
    [first] = house.letters_to_the_lea()
    assert "192.0.2.0/28 (office)" in text_of(first)

    house.minutes_pass(5)
    assert len(house.letters_to_the_lea()) == 1
    [one] = OwnAddress.current()
    house.does(f"/own_addresses/{one.id}/remove", as_="mira")
    house.works()

    assert "none at the moment" in text_of(house.letters_to_the_lea()[1])
    wrong = house.posts("/own_addresses", as_="mira", network="the office")
    assert wrong.status_code == 422


def test_the_agreement_changes_by_versions_and_says_why(house: House) -> None:
    page = house.page("/agreement/change", as_="mira")
    assert "Annex II, § 3" in page
    before = len(Agreement.rows())
    form = as_typed(read_terms()) | {"ntd_delay_hours": "6"}
    form |= {f"field_{name}": "yes" for name, _, _ in switchable()}

    silent = house.posts("/agreement/change", as_="mira", **form)
    assert silent.status_code == 422
    assert "what was agreed" in silent.text
    house.does("/agreement/change", as_="mira", **form | {"why": "meeting of May"})

    assert len(Agreement.rows()) == before + 1
    item = house.the_public_reports("https://item-one.example/page")
    house.judges(item, "baseline")
    house.works()
    assert "planned 6 hours after" in dict(house.letters_to_the_lea()[0].parts)["text"]
    assert "meeting of May" in house.page("/agreement")
    then = house.page(f"/agreement/{Agreement.rows()[0].id}")
    assert "This is what was agreed from" in then
    assert "24" in then


def test_a_field_switched_off_is_in_no_letter(house: House) -> None:
    agreed(house.clock.now(), fields_off=("summary",))
    item = house.the_public_reports("https://item-one.example/page")
    house.judges(item, "baseline", summary="MARKED-SUMMARY")
    house.works()

    [letter] = house.letters_to_the_lea()
    assert all("MARKED-SUMMARY" not in text for _, text in letter.parts)


def test_annexes_have_versions_of_their_own(house: House) -> None:
    for text in ("first", "second"):
        annex = {"number": "Annex II", "title": "Times", "text": text}
        house.does("/agreement/annex", as_="mira", **annex)

    assert [a.version for a in Annex.rows()] == [1, 2]
    assert "Annex II, version 2: Times" in house.page("/agreement")


def test_an_annex_with_a_day_that_is_none_is_asked_for_again(house: House) -> None:
    annex = {"number": "Annex II", "title": "Times", "agreed_on": "in May"}

    wrong = house.posts("/agreement/annex", as_="mira", **annex)

    assert wrong.status_code == 422
    assert "Please write the day like 2026-11-22." in wrong.text
    assert not Annex.rows()


def test_plain_mail_leaves_only_if_the_agreement_says_so(house: House) -> None:
    with atomic():
        Agency.update(key="").where(Agency.id == POLICE_ID).execute()
    agreed(house.clock.now(), plain_mail=True)
    item = house.the_public_reports("https://item-one.example/page")
    house.judges(item, "baseline")
    house.works()

    [letter] = house.letters_to_the_lea()
    assert not letter.is_encrypted
