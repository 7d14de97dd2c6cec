"""What a visitor may send, and the receipt they get."""

import pytest

from reportbox.errors import InvalidInput
from reportbox.intake.form import Submission, code_hash, receipt_code


def test_an_address_alone_is_enough() -> None:
    sent = Submission.parse({"address": "item-one.example/page"})

    assert sent.address.key == "http://item-one.example/page"
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
            "under 4000",
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
