"""The papers the law asks for: begun from the settings, nothing left to the machine."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from reportbox.office.points import PAPERS
from reportbox.office.starter import FIELD, FOLDER, STARTERS, fill
from reportbox.settings import Settings
from tests.house import House

MANUAL = Path(__file__).parents[2] / "config" / "reportbox.toml"
# A box nobody has told anything but where it is.
NEW = Settings(
    public_url="https://report.hotline.example",
    desk_url="https://desk.hotline.example",
)
KNOWN = replace(
    Settings.read(MANUAL),
    hotline_address="1 Example Street",
    hotline_phone="+372 600 0000",
    hotline_description="We are an association.",
    legal_basis="Penal Code, section 178",
    smtp_host="mail.hotline.example",
    imap_host="mail.hotline.example",
    imap_user="desk",
    backup_key="A" * 40,
    backup_sftp="box@store.hotline.example:2222/hotline",
    embed_on=("https://www.hotline.example",),
    inhope_since="2026",
)


@pytest.mark.parametrize("name", STARTERS)
@pytest.mark.parametrize("settings", [NEW, KNOWN], ids=["new", "known"])
def test_no_field_is_left(name: str, settings: Settings) -> None:
    text = fill(name, settings)

    assert "{{" not in text
    assert "}}" not in text
    assert len(text) > 3_000
    assert "not legal advice" in text


@pytest.mark.parametrize("name", STARTERS)
def test_what_the_settings_do_not_say_is_to_be_filled_in(name: str) -> None:
    assert "[fill in: your organisation]" in fill(name, NEW)
    assert fill(name, KNOWN).count("[fill in") < fill(name, NEW).count("[fill in")


@pytest.mark.parametrize("name", STARTERS)
def test_what_the_settings_say_stands_there(name: str) -> None:
    text = fill(name, KNOWN)

    for said in ("Example Hotline", "1 Example Street", "desk@hotline.example"):
        assert said in text
    assert "every 24 hours, encrypted, on the machine and on store.hotline" in text


def test_the_periods_are_those_of_the_settings() -> None:
    other = replace(KNOWN, reporter_data_days=33, item_months=7, backup_days=19)

    for name in ("assessment", "record"):
        text = " ".join(fill(name, other).split())
        assert "33 days" in text
        assert "7 months" in text
        assert "19 days" in text


def test_how_verdicts_are_given_is_told_as_it_is() -> None:
    alone = " ".join(fill("assessment", KNOWN).split())
    two = replace(KNOWN, four_eyes="all", mode="register_and_forward")
    together = " ".join(fill("assessment", two).split())

    assert "one analyst decides" in alone
    assert "judged by its own trained analysts" in alone
    assert "two analysts must agree on every verdict" in together
    assert "forwarded to law enforcement, which judges them" in together


def test_a_setting_with_two_lines_and_braces_writes_no_field() -> None:
    odd = replace(KNOWN, hotline_name="One\n{{country}}")

    assert "One {{country}}" in fill("roles", odd)


def test_every_point_of_the_articles_is_there() -> None:
    record = fill("record", KNOWN)
    roles = fill("roles", KNOWN)
    assessment = fill("assessment", KNOWN)

    assert re.findall(r"30\(1\)\(([aeg])\)", record) == ["a", "g", "e"]
    for point in "bcdf":
        assert record.count(f"\n({point}) ") >= 8
    for point in "abcdefgh":
        assert f"28(3)({point})" in roles
    for point in "abcd":
        assert f"35(7)({point})" in assessment


def test_each_starter_has_a_file_and_no_file_is_forgotten() -> None:
    assert {path.stem for path in FOLDER.glob("*.txt")} == set(STARTERS)
    for name in STARTERS:
        assert FIELD.search((FOLDER / f"{name}.txt").read_text())
    with pytest.raises(KeyError):
        fill("../starter", KNOWN)


def test_an_administrator_takes_each_as_a_text(house: House) -> None:
    adam = house.signed_in("adam")
    page = adam.get("/papers/").text

    for name, (title, _) in STARTERS.items():
        assert title in page
        taken = adam.get(f"/papers/{name}")
        assert taken.mimetype == "text/plain"
        assert taken.headers["Content-Disposition"].endswith('.txt"')
        assert house.settings.hotline_name in taken.text
    assert adam.get("/papers/none").status_code == 404
    assert house.signed_in("anna").get("/papers/").status_code == 403


def test_each_paper_the_wizard_asks_for_has_a_starter() -> None:
    assert set(PAPERS) == set(STARTERS)
