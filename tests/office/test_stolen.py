"""The list of stolen passwords that comes with the box."""

import subprocess
import sys

import pytest

from reportbox.office.passwords import SHORTEST
from reportbox.office.stolen import FILE, WIDE, is_stolen

PAGE = FILE.with_suffix(".md")


def entries() -> list[bytes]:
    known = FILE.read_bytes()
    return [known[at : at + WIDE] for at in range(0, len(known), WIDE)]


@pytest.mark.parametrize(
    "password", ["123qweasdzxc", "1qaz2wsx3edc", "123456789123456789", "SonyEricsson"]
)
def test_a_stolen_password_is_known_in_capitals_or_not(password: str) -> None:
    assert is_stolen(password)
    assert is_stolen(password.swapcase())


@pytest.mark.parametrize("password", ["", "four quiet words here", "ein Satz für uns"])
def test_what_stands_on_no_list_is_not_stolen(password: str) -> None:
    assert not is_stolen(password)


def test_the_list_holds_far_more_than_the_three_thousand_commonest() -> None:
    known, page = entries(), PAGE.read_text()

    assert len(known) > 3000  # OWASP ASVS 5.0, 6.2.4
    assert known == sorted(set(known))
    assert f"{len(known):,} passwords of twelve characters" in page
    assert SHORTEST == 12


def test_the_list_is_made_anew_as_its_page_says() -> None:
    program = PAGE.read_text().partition("```python\n")[2].partition("```")[0]
    words = b"short\n1qaz2WSX3edc\nfinalfantasy\n"

    made = subprocess.run(
        [sys.executable, "-c", program], input=words, capture_output=True, check=True
    ).stdout

    assert len(made) == 2 * WIDE
    assert {made[:WIDE], made[WIDE:]} <= set(entries())
