"""The attachment of a notice."""

import csv
from io import StringIO

import pytest

from reportbox.ntd.letter import addresses_csv


@pytest.mark.parametrize(
    "address",
    ['https://a.example/x;y,"z"\n', "https://a.example/" + "x" * 5000],
)
def test_any_address_survives_the_csv_exactly(address: str) -> None:
    rows = list(csv.reader(StringIO(addresses_csv([("RB-1", address, "")]))))

    assert rows[1][1] == address


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_nothing_in_it_is_read_as_a_formula(start: str) -> None:
    text = addresses_csv([(f"{start}1", "", "")])
    rows = list(csv.reader(StringIO(text, newline="")))

    assert rows[1][0] == f"'{start}1"
