"""What is attached to a letter to a provider."""

import csv
from datetime import UTC, datetime
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportbox.ntd.letter import COLUMNS, addresses_csv, addresses_text, attachments
from reportbox.ntd.recipient import Recipient
from reportbox.ntd.xarf import Reporter
from reportbox.plain import COMPUTED
from reportbox.tracing.provider import Format
from tests.builders import a_subject

US = Reporter("Example Hotline", "desk@hotline.example")
TO = Recipient("abuse@host-one.example")
# What a database can hold, and a mail can carry: no half of a surrogate pair.
WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)


def rows_of(text: str) -> list[list[str]]:
    return list(csv.reader(StringIO(text, newline="")))


@given(
    WORDS, WORDS, st.lists(WORDS.filter(lambda w: w and w.split() == [w]), max_size=3)
)
def test_whatever_stands_in_it_comes_back_and_nothing_is_a_formula(
    address: str, host: str, ip_addresses: list[str]
) -> None:
    subject = a_subject(address, host=host, ip_addresses=tuple(ip_addresses))

    [head, row] = rows_of(addresses_csv([subject]))

    assert tuple(head) == COLUMNS
    assert not any(cell.startswith(COMPUTED) for cell in row)
    given_in = [address, " ".join(ip_addresses), host]
    for said, came in zip(given_in, row[1:4], strict=True):
        assert came == (f"'{said}" if said.startswith(COMPUTED) else said)


@pytest.mark.parametrize(
    "address",
    ['https://a.example/x;y,"z"\n', "https://a.example/" + "x" * 5000],
)
def test_any_address_survives_the_csv_exactly(address: str) -> None:
    assert rows_of(addresses_csv([a_subject(address)]))[1][1] == address


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_nothing_in_it_is_read_as_a_formula(start: str) -> None:
    [_, row] = rows_of(addresses_csv([a_subject(number=f"{start}1")]))

    assert row[0] == f"'{start}1"


def test_every_cell_is_quoted_and_every_line_ends_as_rfc_4180_says() -> None:
    lines = addresses_csv([a_subject()]).split("\r\n")

    assert lines[-1] == ""
    assert all(line.startswith('"') and line.endswith('"') for line in lines[:-1])


def test_it_says_where_and_when_it_was_seen_in_utc() -> None:
    seen, again = datetime(2030, 1, 7, 9, tzinfo=UTC), datetime(2030, 1, 9, tzinfo=UTC)
    subject = a_subject(first_seen=seen, verified_at=again, port=8443)

    [head, row] = rows_of(addresses_csv([subject]))

    assert dict(zip(head, row, strict=True)) == {
        "reference": "RB-000001",
        "address": "https://item-one.example/page",
        "ip_addresses": "192.0.2.7 2001:db8::7",
        "host": "item-one.example",
        "port": "8443",
        "first_seen": "2030-01-07T09:00:00Z",
        "verified_at": "2030-01-09T00:00:00Z",
    }


def test_as_text_each_address_has_a_paragraph_with_the_same_facts() -> None:
    text = addresses_text([a_subject(), a_subject(number="RB-000002")])

    assert text.split("\n\n")[0].splitlines() == [
        "Reference: RB-000001",
        "Address: https://item-one.example/page",
        "IP addresses: 192.0.2.7 2001:db8::7",
        "Host: item-one.example, port 443",
        "First seen: 2030-01-07 09:00 UTC",
        "Verified: 2030-01-07 09:00 UTC",
    ]


@pytest.mark.parametrize(
    ("recipient", "names"),
    [
        (TO, ["addresses.csv"]),
        (Recipient("a@b.example", format=Format.TEXT), ["addresses.txt"]),
        (
            Recipient("a@b.example", format=Format.XARF),
            ["addresses.csv", "xarf-RB-000001.json", "xarf-RB-000002.json"],
        ),
    ],
)
def test_a_contact_gets_the_attachments_it_asked_for(
    recipient: Recipient, names: list[str]
) -> None:
    subjects = [a_subject(), a_subject(number="RB-000002")]

    assert [name for name, *_ in attachments(recipient, subjects, US)] == names


def test_an_old_desk_gets_one_report_of_version_3_and_what_marks_it() -> None:
    to = Recipient("a@b.example", is_xarf_v3=True)

    made = attachments(to, [a_subject()], US)

    assert to.most == 1
    assert [name for name, *_ in made] == ["xarf.json", "feedback-report"]
    assert made[1][1] == "message/feedback-report"
    assert made[1][2].startswith("Feedback-Type: xarf\n")


def test_what_is_illegal_under_national_law_only_goes_to_an_old_desk_as_csv() -> None:
    to = Recipient("a@b.example", is_xarf_v3=True)

    made = attachments(to, [a_subject(classification="national")], US)

    assert [name for name, *_ in made] == ["addresses.csv"]
