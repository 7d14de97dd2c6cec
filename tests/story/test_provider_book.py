"""The provider book as people use it: who is in it, and how they answer notices."""

import subprocess
import tempfile
from collections.abc import Iterator

import gnupg
import pytest

from reportbox.adapters.gpg import make_key
from reportbox.records.audit import Audit
from reportbox.records.contacts import Contact, ContactKey
from reportbox.records.providers import Provider, ProviderName
from reportbox.tracing.address import defang
from tests.house import DONE, House
from tests.story.test_where_it_is_hosted import judged

WAY = {"channel": "mail", "language": "et", "zone": "Europe/Tallinn", "format": "csv"}
NEW = {"name": "Provider Nine", "kind": "platform", "countries": "EE, LV", "note": ""}


@pytest.fixture(scope="module")
def keys() -> Iterator[dict[str, str]]:
    """A public key, its fingerprint, one that can only sign, and a private one."""
    # A short path: gpg's agent cannot live deep in pytest's folders.
    with tempfile.TemporaryDirectory(prefix="rbk-", ignore_cleanup_errors=True) as home:
        ring = gnupg.GPG(gnupghome=home, options=["--pinentry-mode=loopback"])
        lasting = make_key(ring, "Desk", "desk@provider-nine.example")
        request = ring.gen_key_input(
            key_type="EDDSA",
            key_curve="ed25519",
            key_usage="sign",
            name_email="sign@provider-nine.example",
            no_protection=True,
        )
        signing = str(ring.gen_key(request).fingerprint)
        yield {
            "lasting": lasting,
            "public": str(ring.export_keys(lasting)),
            "signing": str(ring.export_keys(signing)),
            "private": str(ring.export_keys(lasting, secret=True, passphrase="")),
        }
        subprocess.run(["gpgconf", "--homedir", home, "--kill", "all"], check=True)


def nine(house: House) -> Provider:
    """Enter a provider with one mailbox."""
    house.does("/providers/new", **NEW)
    made: Provider = Provider.get(Provider.name == "Provider Nine")
    desk = "desk@provider-nine.example"
    said = {"match": "mailbox", "mailbox": desk, "provider": "Provider Nine"}
    house.does("/contacts/enter", **said, **WAY, owner=str(made.id))
    return made


def contact_of(provider: Provider) -> Contact:
    [row] = Contact.rows(Contact.owner == provider.id)
    return row


def test_a_provider_is_entered_with_all_that_is_known_of_it(house: House) -> None:
    made = nine(house)

    house.does(f"/providers/{made.id}/name", alias="PROV-NINE-NET")
    place = {"match": "asn", "pattern": "AS64509", "provider": "prov-nine-net"}
    house.does("/contacts/enter", **place, country="EE", mailbox="")

    page = house.page(f"/providers/{made.id}", as_="mira")
    for words in (
        "Platform",
        "Estonia, Latvia",
        "PROV-NINE-NET",
        "AS64509",
        "desk@provider-nine.example",
        "Estonian, Europe/Tallinn",
        "It got no notice in the last year.",
    ):
        assert words in page
    assert "Provider Nine" in house.page("/contacts")
    what = {row.what for row in Audit.rows()}
    assert {"enter_provider", "name_provider", "enter_contact"} <= what


def test_it_is_found_by_what_a_caller_can_name(house: House) -> None:
    made = nine(house)
    there = f'href="/providers/{made.id}"'

    for words in ("provider nine", "desk@provider-nine", "NINE"):
        assert there in house.posts("/providers/find", words=words).text
    nothing = house.posts("/providers/find", words="nobody & co").text

    assert there not in nothing
    assert "Nothing in the book fits “nobody &amp; co”." in nothing


def test_the_notices_of_a_provider_stand_on_its_page_with_how_it_answered(
    house: House,
) -> None:
    first = judged(house, "item-one.example")
    second = judged(house, "item-six.example")
    house.hours_pass(24)
    house.hours_pass(25)  # one reminder each
    house.does(f"/items/{first.id}/confirm_removal", why="looked: gone")
    house.hours_pass(50)
    provider: Provider = Provider.get(Provider.name == "Home Hosting One")

    page = house.page(f"/providers/{provider.id}")

    assert "1 seen gone, 1 not" in page
    assert "<dt>Within 24 hours</dt><dd>0 %</dd>" in page
    assert "<dt>Within 72 hours</dt><dd>50 %</dd>" in page
    assert "<dt>Within 7 days</dt><dd>not known yet" in page
    assert "known for certain of 1 of 2" in page
    assert page.index(f"RB-{second.id:06d}") < page.index(f"RB-{first.id:06d}")
    assert defang("https://item-one.example/item") in page
    assert "https://item-one.example" not in page


def test_an_items_page_leads_to_its_provider(house: House) -> None:
    item = judged(house, "item-one.example")
    provider: Provider = Provider.get(Provider.name == "Home Hosting One")

    page = house.page(f"/items/{item.id}")

    assert f'<a href="/providers/{provider.id}">Home Hosting One</a>' in page


def test_two_that_are_one_are_merged_and_their_notices_count_together(
    house: House,
) -> None:
    judged(house, "item-one.example")
    judged(house, "item-two.example")
    house.hours_pass(24)
    kept: Provider = Provider.get(Provider.name == "Home Hosting One")
    other: Provider = Provider.get(Provider.name == "Home Hosting Two")

    house.does(f"/providers/{kept.id}/merge", other="host-two")

    page = house.page(f"/providers/{kept.id}")
    assert "2 since" in page
    assert "abuse@host-two.example" in page
    assert house.signed_in().get(f"/providers/{other.id}").status_code == 404


def test_a_merge_with_nobody_is_refused_on_its_own_page(house: House) -> None:
    made = nine(house)

    answer = house.posts(f"/providers/{made.id}/merge", other="Provider Ten")

    assert answer.status_code == 422
    assert "The book has no provider of this name." in answer.text


@pytest.mark.parametrize(
    ("path", "form", "words"),
    [
        ("/providers/new", {**NEW, "name": "HOST-ONE"}, "a name of Home Hosting One"),
        ("/providers/new", {**NEW, "kind": ""}, "Please choose what it is."),
        ("/providers/1/change", {**NEW, "countries": "Mars"}, "“Mars” is no country"),
        ("/providers/1/name", {"alias": "HOST-TWO"}, "a name of Home Hosting Two"),
        ("/providers/1/name", {"alias": ""}, "Please give a name."),
        ("/names/1/drop", {}, "This is the name it stands under"),
        (
            "/contacts/enter",
            {"owner": "1", "match": "asn", "pattern": "word", "provider": "HOST-ONE"},
            "an AS number such as",
        ),
        (
            "/contacts/1/change",
            {**WAY, "mailbox": "abuse@host-one.example", "zone": "Europe/Atlantis"},
            "There is no such time zone",
        ),
    ],
)
def test_what_cannot_be_is_refused_beside_what_was_typed(
    house: House, path: str, form: dict[str, str], words: str
) -> None:
    before = [Provider.rows(), ProviderName.rows(), Contact.rows()]

    answer = house.posts(path, **form)

    assert answer.status_code == 422
    assert words in answer.text
    assert [Provider.rows(), ProviderName.rows(), Contact.rows()] == before


def test_who_only_reads_is_offered_no_button_and_refused(house: House) -> None:
    made = nine(house)
    desk = contact_of(made)

    for person in ("mira", "ida"):
        for path in ("/providers", f"/providers/{made.id}", f"/contacts/{desk.id}"):
            page = house.page(path, as_=person)
            assert "Provider Nine" in page
            assert "Take out" not in page
            assert "Save" not in page
        answer = house.posts(f"/contacts/{desk.id}/strike", as_=person)
        assert answer.status_code == 403
    assert house.signed_in("adam").get("/providers").status_code == 403
    assert house.signed_in("otto").get("/providers").status_code == 404


def test_a_contact_is_changed_struck_and_put_in_order(house: House) -> None:
    made = nine(house)
    desk = contact_of(made)
    said = {
        "mailbox": desk.mailbox,
        "provider": "Provider Nine",
        "note": "office hours",
    }
    house.does(f"/contacts/{desk.id}/change", **said, **{**WAY, "language": "German"})
    second = {"match": "mailbox", "mailbox": "two@provider-nine.example"}
    house.does("/contacts/enter", **second, provider="Provider Nine")
    newer = Contact.get(Contact.mailbox == "two@provider-nine.example")

    house.does(f"/contacts/{newer.id}/prefer")

    page = house.page(f"/providers/{made.id}")
    assert "German, Europe/Tallinn" in page
    assert page.index("two@provider-nine") < page.index("desk@provider-nine")
    house.does(f"/contacts/{newer.id}/strike")
    assert "two@provider-nine" not in house.page(f"/providers/{made.id}")


def test_a_bounced_mailbox_says_so_until_somebody_knows_that_it_works(
    house: House,
) -> None:
    made = nine(house)
    Contact.note_bounce("desk@provider-nine.example", house.clock.now())
    path = f"/providers/{made.id}"
    assert "It works again" in house.page(path)
    assert "1 bounced" in house.page("/providers")

    answer = house.posts(
        "/contacts/approve", mailbox="desk@provider-nine.example", owner=str(made.id)
    )

    assert (answer.status_code, answer.location) == (DONE, path)
    assert "It works again" not in house.page(path)


def test_a_key_is_used_once_a_person_has_compared_it(
    house: House, keys: dict[str, str]
) -> None:
    made = nine(house)
    desk = contact_of(made)
    house.does(f"/contacts/{desk.id}/key", armoured=keys["public"])
    [key] = ContactKey.rows()
    shown = house.page(f"/contacts/{desk.id}").replace(" ", "")
    assert keys["lasting"] in shown
    assert "Notcomparedyet,sonotused." in shown
    assert contact_of(made).key == ""

    path = f"/contacts/{desk.id}/keys/{key.id}/verify"
    wrong = house.posts(path, typed="A" * 16, how="by telephone")
    silent = house.posts(path, typed=keys["lasting"][-16:], how="")
    house.does(path, typed=keys["lasting"][-16:], how="by telephone")

    assert (wrong.status_code, silent.status_code) == (422, 422)
    assert "If the provider reads out something else" in wrong.text
    assert "with whom you compared it" in silent.text
    assert contact_of(made).key == keys["lasting"]
    house.does(f"/contacts/{desk.id}/drop_key")
    assert contact_of(made).key == ""


@pytest.mark.parametrize(
    ("which", "words"),
    [
        ("signing", "cannot encrypt: ask for another"),
        ("private", "This is a private key"),
        ("none", "from BEGIN to END"),
    ],
)
def test_a_key_that_is_of_no_use_is_refused_in_words(
    house: House, keys: dict[str, str], which: str, words: str
) -> None:
    desk = contact_of(nine(house))
    text = keys.get(which, "hello")

    answer = house.posts(f"/contacts/{desk.id}/key", armoured=text)

    assert answer.status_code == 422
    assert words in answer.text
    assert ContactKey.rows() == []


def test_a_key_of_another_mailbox_cannot_be_compared_for_this_one(
    house: House, keys: dict[str, str]
) -> None:
    desk = contact_of(nine(house))
    house.does(f"/contacts/{desk.id}/key", armoured=keys["public"])
    [key] = ContactKey.rows()
    other = Contact.get(Contact.mailbox == "abuse@host-one.example")

    answer = house.posts(
        f"/contacts/{other.id}/keys/{key.id}/verify",
        typed=keys["lasting"][-16:],
        how="by telephone",
    )

    assert answer.status_code == 404


def test_a_form_is_in_no_need_of_a_key(house: House, keys: dict[str, str]) -> None:
    said = {"match": "mailbox", "mailbox": "", "provider": "Provider Ten"}
    house.does("/contacts/enter", **said, **{**WAY, "channel": "form"})
    [row] = Contact.rows(Contact.channel == "form")

    answer = house.posts(f"/contacts/{row.id}/key", armoured=keys["public"])

    assert answer.status_code == 409
    assert "OpenPGP" not in house.page(f"/contacts/{row.id}")


def test_whose_an_old_entry_is_can_be_said_later(house: House) -> None:
    judged(house, "page-new.example")
    house.does("/contacts/approve", mailbox="abuse@host-six.example", item="")
    row = Contact.get(Contact.mailbox == "abuse@host-six.example")
    assert row.provider == ""
    assert row.owner_id == Provider.get(Provider.name == "Home Hosting Six").id
    Contact.update(owner=None).where(Contact.id == row.id).execute()

    assert "Nobody has said whose" in house.page("/providers")
    assert 'value="Home Hosting Six"' in house.page(f"/contacts/{row.id}")
    said = {"mailbox": row.mailbox, "provider": "Home Hosting Six"}
    house.does(f"/contacts/{row.id}/change", **said, **WAY)

    assert "Nobody has said whose" not in house.page("/providers")
