"""What a visitor may send, and the receipt they get."""

from datetime import date

import pytest

from reportbox.errors import InvalidInput
from reportbox.intake.form import Submission
from reportbox.intake.receipt import code_hash, receipt_code


def test_an_address_alone_is_enough() -> None:
    sent = Submission.parse({"address": "item-one.example/page"})

    assert sent.addresses[0].key == "http://item-one.example/page"
    assert not sent.says_urgent


@pytest.mark.parametrize(
    ("form", "field", "sentence"),
    [
        ({}, "address", "enter the address"),
        ({"address": "   "}, "address", "enter the address"),
        ({"address": "three plain words"}, "address", "usually starts with https://"),
        ({"address": "javascript:alert(1)"}, "address", "usually starts with"),
        ({"address": "data:text/html,x"}, "address", "usually starts with"),
        ({"address": "https://"}, "address", "usually starts with"),
        ({"address": "word"}, "address", "usually starts with"),
        ({"address": "https://a.example/" + "x" * 9000}, "address", "longer than"),
        (
            {"address": "https://a.example", "comments": "x" * 4_001},
            "comments",
            "at most 4000",
        ),
    ],
)
def test_what_cannot_be_used_is_answered_with_a_sentence_that_helps(
    form: dict[str, str], field: str, sentence: str
) -> None:
    with pytest.raises(InvalidInput) as refusal:
        Submission.parse(form)

    assert sentence in refusal.value.problems[field]


def test_the_receipt_is_the_same_for_every_retry_and_different_for_every_form() -> None:
    assert receipt_code(b"key", "form one") == receipt_code(b"key", "form one")
    assert receipt_code(b"key", "form one") != receipt_code(b"key", "form two")
    assert receipt_code(b"key", "form one") != receipt_code(b"other", "form one")


def test_a_receipt_can_be_read_aloud_and_written_any_way() -> None:
    code = receipt_code(b"key", "form one")

    assert len(code.replace("-", "")) == 16
    assert code_hash(code) == code_hash(code.upper().replace("-", " "))


def test_a_pasted_list_is_read_line_by_line_and_each_address_once() -> None:
    pasted = "https://item-one.example/1\n\n hxxps://item-two[.]example \n"
    pasted += "https://item-one.example/1#x https://item-three.example/"

    sent = Submission.parse({"address": pasted})

    hosts = ["item-one.example", "item-two.example", "item-three.example"]
    assert [address.host for address in sent.addresses] == hosts


def test_fifty_times_the_same_address_is_one_and_fifty_one_are_refused() -> None:
    same = "\n".join(["https://item-one.example/"] * 50)
    many = "\n".join(f"https://item-one.example/{n}" for n in range(51))

    assert len(Submission.parse({"address": same}).addresses) == 1
    with pytest.raises(InvalidInput, match="at most 50"):
        Submission.parse({"address": many})


def test_a_line_that_is_no_address_is_named() -> None:
    with pytest.raises(InvalidInput, match="Line 2 does not look like"):
        Submission.parse({"address": "https://item-one.example/\nthree plain words"})


TODAY = date(2026, 11, 21)


def problems(form: dict[str, str]) -> dict[str, str]:
    try:
        Submission.parse(form, TODAY)
    except InvalidInput as wrong:
        return wrong.problems
    return {}


@pytest.mark.parametrize(
    ("typed", "good"),
    [
        ("2026-11-20", True),
        ("2026-11-22", True),
        ("2026-11-23", False),
        ("yesterday", False),
        ("-1", False),
        ("99999999999-01-01", False),
    ],
)
def test_a_day_lies_in_the_past_wherever_the_visitor_is(typed: str, good: bool) -> None:
    form = {"address": "item-one.example", "seen_on": typed}

    assert ("not in the future" in problems(form).get("seen_on", "")) is not good


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"email": "a@b.example"}, "tick below"),
        ({"email": "no address", "wants_reply": "yes"}, "does not look like an e-mail"),
        ({"wants_reply": "yes"}, "enter your e-mail address"),
        ({"police_may_ask": "yes"}, "enter your e-mail address"),
        ({"email": "a@b.example", "wants_reply": "yes"}, ""),
    ],
)
def test_an_e_mail_address_is_kept_only_with_a_word_on_what_for(
    fields: dict[str, str], sentence: str
) -> None:
    found = problems({"address": "item-one.example", **fields})

    assert sentence in found["email"] if sentence else not found
