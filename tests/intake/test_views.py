"""The public form in the running application."""

import time

import pytest

from reportbox.assessment.actions import as_seen
from reportbox.lifecycle import Item as State
from reportbox.records.items import Item, Sighting
from reportbox.records.reports import Report
from tests.house import House, token_in


def test_a_visitor_gets_a_receipt_and_no_cookie(house: House) -> None:
    visitor = house.visitor()
    page = visitor.get("/")
    token = token_in(page.text)

    answer = visitor.post("/", data={"token": token, "address": "item-one.example"})

    assert answer.status_code == 200
    assert "This is your receipt" in answer.text
    assert "Set-Cookie" not in page.headers
    assert "Set-Cookie" not in answer.headers


def test_the_receipt_itself_is_not_stored(house: House) -> None:
    visitor = house.visitor()
    token = token_in(visitor.get("/").text)
    answer = visitor.post("/", data={"token": token, "address": "item-one.example"})
    code = answer.text.split('class="receipt"><strong>')[1].partition("<")[0]

    [report] = Report.rows()

    assert code not in str(vars(report))


def test_a_double_click_gives_the_same_receipt_and_one_report(house: House) -> None:
    visitor = house.visitor()
    form = {"token": token_in(visitor.get("/").text), "address": "item-one.example"}

    first, second = visitor.post("/", data=form), visitor.post("/", data=form)

    assert first.text == second.text
    assert len(Report.rows()) == 1


def test_a_bad_address_draws_the_form_again_with_what_was_typed(house: House) -> None:
    visitor = house.visitor()
    token = token_in(visitor.get("/").text)
    form = {"token": token, "address": "no address", "comments": "third link"}

    answer = visitor.post("/", data={**form, "urgent": "yes"})

    assert answer.status_code == 422
    assert ">no address</textarea>" in answer.text
    assert "third link" in answer.text
    assert "checked" in answer.text
    assert 'aria-invalid="true"' in answer.text
    assert Report.rows() == []


def test_a_body_over_64_kilobytes_is_answered_with_a_page(house: House) -> None:
    answer = house.visitor().post("/", data={"comments": "x" * 70_000})

    assert answer.status_code == 413
    assert "Nothing was saved" in answer.text


@pytest.mark.parametrize("token", ["", "nonsense", "IjEi.aaaa.bbbb"])
def test_a_form_without_its_token_is_drawn_again_ready_to_send(
    house: House, token: str
) -> None:
    visitor = house.visitor()
    form = {"token": token, "address": "item-one.example"}

    answer = visitor.post("/", data=form)
    again = visitor.post("/", data={**form, "token": token_in(answer.text)})

    assert answer.status_code == 422
    assert "once more" in answer.text
    assert again.status_code == 200


def test_an_address_seen_again_counts_on_the_open_item(house: House) -> None:
    first = house.the_public_reports("https://item-one.example/page")
    house.the_public_reports("https://ITEM-one.example/page#part", urgent="yes")

    [item] = Item.rows()

    assert item.id == first.id
    assert item.times_seen == 2
    assert item.says_urgent
    assert item.address_as_reported == "https://item-one.example/page"


def test_what_was_not_illegal_is_answered_as_before_in_one_press(house: House) -> None:
    item = house.the_public_reports("https://item-one.example/page")
    house.judges(item, "not_illegal", reason="adult")
    house.the_public_reports("https://item-one.example/page")

    assert "As before" in house.page(f"/items/{item.id}")
    seen = as_seen(house.item(item))
    house.does(f"/items/{item.id}/as-before", seen=seen)  # one key, nothing typed

    assert house.item(item).state == State.NOT_ILLEGAL


def test_an_address_seen_again_after_its_removal_reopens(house: House) -> None:
    item = house.the_public_reports("https://item-one.example/page")
    house.judges(item, "baseline")
    house.works()
    house.does(f"/notices/{house.notice(item).id}/confirm", receipt="by mail")
    house.does(f"/items/{item.id}/confirm_removal", why="looked: gone")
    assert house.item(item).state == State.REMOVED

    house.the_public_reports("https://item-one.example/page")

    assert house.item(item).state == State.TO_ASSESS
    assert "reappeared" in house.page("/queue/assess")

    # The second time it travels the whole way again, with tracks of its own.
    house.judges(item, "baseline")
    house.works()
    house.hours_pass(24)
    assert len(house.letters_to_the_lea()) == 2
    assert len(house.letters_to_providers()) == 1


FIELDS = (
    "address",
    "topic",
    "where_found",
    "referrer",
    "steps",
    "login",
    "seen_on",
    "comments",
    "email",
    "urgent",
    "wants_reply",
    "campaign",
    "lang",
    "token",
    "work",
)


@pytest.mark.parametrize("field", FIELDS)
def test_a_hundred_kilobytes_in_any_field_are_too_much_and_said(
    house: House, field: str
) -> None:
    visitor = house.visitor()
    form = {"token": token_in(visitor.get("/").text), "address": "item-one.example"}

    answer = visitor.post("/", data={**form, field: "x" * 100_000})

    assert answer.status_code == 413
    assert "Nothing was saved" in answer.text
    assert Report.rows() == []


def test_an_address_of_three_thousand_characters_is_kept_whole(house: House) -> None:
    address = "https://item-one.example/" + "x" * 3_000

    assert house.the_public_reports(address).address_as_reported == address


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize(
    "text",
    [
        "\x00" * 5,
        "\ud800",
        "\u202ereversed",
        "<script>x</script>",
        "=1+1",
        "x" * 60_000,
        "javascript:alert(1)",
        "data:text/html,<b>x",
        " " * 50_000 + "x",
        "\n" * 20_000,
    ],
)
def test_hostile_text_is_kept_inert_or_refused_and_never_breaks_the_page(
    house: House, field: str, text: str
) -> None:
    visitor = house.visitor()
    token = token_in(visitor.get("/").text)
    form = {"token": token, "address": "https://item-one.example/"}
    typed = form.get(field, "") + text
    began = time.monotonic()

    answer = visitor.post(
        "/", data={**form, field: typed.encode("utf-8", "surrogatepass")}
    )

    assert answer.status_code in {200, 413, 422}
    assert "<script>x" not in answer.text
    assert time.monotonic() - began < 5  # hostile text must not keep the box busy


def test_what_two_spellings_add_is_kept_for_both(house: House) -> None:
    """The fragment may be the key of a file, the user information its password."""
    visitor = house.visitor()
    token = token_in(visitor.get("/").text)
    pasted = "https://item-one.example/f#k1\nhttps://item-one.example/f#k2"
    visitor.post("/", data={"token": token, "address": pasted})
    house.the_public_reports("https://item:word@item-one.example/f")

    assert len(Item.rows()) == 1
    assert [s.address.split("\n") for s in Sighting.rows()] == [
        pasted.split("\n"),
        ["https://item:word@item-one.example/f"],
    ]
    assert "item:word@item-one[.]example" in house.page("/items/1")


def test_a_route_in_the_fragment_is_a_page_of_its_own(house: House) -> None:
    house.the_public_reports("https://item-one.example/#!/one")
    house.the_public_reports("https://item-one.example/#!/two")
    house.the_public_reports("https://item-one.example/#/three")

    assert len(Item.rows()) == 3
