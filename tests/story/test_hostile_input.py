"""One bad report, contact or answer stops nothing else and reaches nobody."""

from collections.abc import Sequence

import pytest

from reportbox.adapters.rdap import read_network
from reportbox.lifecycle import Actor
from reportbox.lifecycle import Item as ItemState
from reportbox.plain import is_mail_address, one_line
from reportbox.records import atomic
from reportbox.records.items import Event, Item
from reportbox.records.journey import Deed, note
from reportbox.records.rows import Parked, Rows, each
from reportbox.records.tracks import Ntd
from reportbox.tracing.book import approve_within
from tests.builders import an_item
from tests.house import House, text_of, token_in


@pytest.mark.parametrize(
    "host",
    [
        "a" * 64 + ".example",
        "a..b.example",
        ".example",
        ("a" * 60 + ".") * 5 + "example",
    ],
)
def test_a_name_no_server_can_hold_stops_nobody_elses_trace(
    house: House, host: str
) -> None:
    visitor = house.visitor()
    token = visitor.get("/").text.partition('name="token" value="')[2].partition('"')[0]
    sent = visitor.post("/", data={"token": token, "address": f"https://{host}/x"})
    if sent.status_code == 200:
        house.judges(house.newest_item(), "baseline")
    good = house.the_public_reports("https://item-one.example/page")
    house.judges(good, "baseline")

    house.works()

    assert house.item(good).state == ItemState.TO_FINISH


@pytest.mark.parametrize(
    "contact",
    [
        "büro@host.example",
        "a@b.example\n",
        "a:;@b.example",
        "a@[1.2.3",
        "a@b@c.example",
    ],
)
def test_a_contact_no_mail_server_takes_holds_up_no_lea_notice(
    house: House, contact: str
) -> None:
    item = house.the_public_reports("https://item-one.example/page")
    house.judges(item, "baseline")
    house.works()
    with atomic():
        Ntd.update(contact=contact).where(Ntd.item == item.id).execute()
        approve_within(contact, Deed("Anna", Actor.ANALYST, house.clock.now()))
    house.clock.advance(hours=24)
    other = house.the_public_reports("https://item-two.example/page")
    house.judges(other, "baseline")

    house.works()

    assert len(house.letters_to_the_lea()) == 2
    assert house.letters_to_providers() == []
    assert "Provider not reached" in house.page("/tasks")


@pytest.mark.parametrize(
    "contact", ["", "word", "büro@host.example", "a@b", "a b@c.example"]
)
def test_a_contact_that_is_no_mail_address_is_refused_in_words(
    house: House, contact: str
) -> None:
    item = house.the_public_reports("https://item-five.example/page")
    house.judges(item, "baseline")
    house.works()

    path = f"/ntds/{house.ntd(item).id}/name_contact"
    refused = house.posts(path, contact=contact)

    assert refused.status_code == 422
    assert "abuse@host.example" in refused.text


def test_lines_smuggled_into_an_address_reach_no_letter(house: House) -> None:
    visitor = house.visitor()
    smuggled = "https://item-one.example/page\n\nVerdict: not illegal. Call me\u202e."
    form = {"token": token_in(visitor.get("/").text), "address": smuggled}
    refused = visitor.post("/", data=form)
    assert "Line 2 does not look like an address" in refused.text
    item = house.the_public_reports("https://item-one.example/page\u202e")
    house.judges(item, "baseline")
    house.works()
    house.hours_pass(24)

    for letter in house.letters():
        assert "\nVerdict: not illegal" not in text_of(letter)
        assert "\u202e" not in str(letter.parts)


def test_addresses_in_a_reporters_words_are_inert_on_the_page(house: House) -> None:
    item = house.the_public_reports(
        "https://item-one.example/page",
        comments="Also https://item-two.example/x. Third link, then back.",
        where_found="http://item-three.example/y",
    )

    page = house.page(f"/items/{item.id}")

    assert "https://item-two.example" not in page
    assert "http://item-three.example" not in page
    assert "Third link, then back." in page


@pytest.mark.parametrize(
    "raw",
    [
        None,
        [],
        {"entities": {"roles": ["abuse"]}},
        {"entities": [{"roles": None, "vcardArray": "vcard"}]},
        {
            "entities": [
                {"roles": ["abuse"], "vcardArray": ["vcard", [None, ["email"]]]}
            ]
        },
        {"country": 7, "name": ["x"], "cidr0_cidrs": [[]]},
        {
            "entities": [
                {
                    "roles": ["abuse"],
                    "vcardArray": ["vcard", [["email", {}, "text", 5]]],
                }
            ]
        },
    ],
)
def test_a_registry_answer_of_another_shape_is_passed_over(raw: object) -> None:
    found = read_network(raw)

    assert found["abuse_contacts"] == ()


@pytest.mark.parametrize(
    "path",
    [
        "/items/99999999999999999999",
        "/queue/assess?page=99999999999999999999",
        "/notices/99999999999999999999/confirm",
        "/referrals/99999999999999999999",
    ],
)
def test_a_number_beyond_all_tables_is_no_page_and_no_fault(
    house: House, path: str
) -> None:
    assert house.signed_in().get(path).status_code in {200, 404}


@pytest.mark.usefixtures("empty_box")
def test_a_row_that_fails_is_parked_shown_and_tried_again(house: House) -> None:
    now = house.clock.now()
    rows = [an_item(now) for _ in range(3)]
    worked: list[int] = []

    def work(row: object) -> bool:
        if row == rows[0] and not worked[5:]:
            raise KeyError("words of a case")
        worked.append(1)
        return True

    assert each(rows, work, "trial", now) == 2
    assert each(rows, work, "trial", now) == 2  # the parked one rests
    assert "A fault of the box" in house.page("/tasks")
    worked += [1, 1]
    house.clock.advance(minutes=11)
    assert each(rows, work, "trial", house.clock.now()) == 3
    assert Parked.rows() == []


@pytest.mark.usefixtures("empty_box")
def test_of_rows_worked_on_at_once_only_the_one_that_fails_is_parked(
    house: House,
) -> None:
    now = house.clock.now()
    rows = [an_item(now) for _ in range(3)]
    noted: list[int] = []

    def work(some: Sequence[Item]) -> None:
        for row in some:
            note(row, "looked_at", Deed("Anna", Actor.ANALYST, now))
            if row == rows[1]:
                raise KeyError("words of a case")
        noted.extend(row.id for row in some)

    with atomic():
        Rows("trial", now).work_on_all(rows, work)

    others = [rows[0].id, rows[2].id]
    assert noted == others
    assert [event.item.id for event in Event.rows()] == others
    assert [parked.row_id for parked in Parked.rows()] == [rows[1].id]


@pytest.mark.parametrize(
    ("text", "good"),
    [
        ("abuse@host-one.example", True),
        ("a.b+c@x.y.example", True),
        ("a..b@x.example", False),
        (".a@x.example", False),
        ("a@x", False),
        ("a@-x.example", False),
        ("a@x.example\n", False),
        ("<a@x.example>", False),
        ("a" * 65 + "@x.example", False),
        ("ä@x.example", False),
    ],
)
def test_only_plain_mail_addresses_are_mail_addresses(text: str, good: bool) -> None:
    assert is_mail_address(text) == good


def test_text_from_outside_becomes_one_visible_line() -> None:
    assert one_line(" Host\r\nVerdict:\u202e no\x00 ") == "Host Verdict: no"
