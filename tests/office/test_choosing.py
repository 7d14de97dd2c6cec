"""Settings chosen on the pages stand beside the file, which goes first."""

from dataclasses import replace

import pytest

from reportbox.errors import InvalidInput
from reportbox.lifecycle import Actor
from reportbox.office.choosing import choose, keep_password, password_of
from reportbox.records.audit import Audit
from reportbox.records.journey import Deed
from reportbox.records.settings_chosen import SettingsChosen
from reportbox.settings import Settings
from tests.clock import StillClock


@pytest.fixture
def deed(clock: StillClock) -> Deed:
    return Deed("Adam", Actor.ANALYST, clock.now())


@pytest.fixture
def bare(empty_box: Settings) -> Settings:
    return replace(empty_box, fixed=frozenset({"time_zone"}))


def test_what_was_chosen_counts_and_every_version_stays(
    bare: Settings, deed: Deed
) -> None:
    choose(bare, {"hotline_name": "First", "review_days": 3}, deed)
    chosen = choose(bare, {"hotline_name": "Second"}, deed)

    assert (chosen.hotline_name, chosen.review_days) == ("Second", 3)
    assert bare.with_chosen(SettingsChosen.now()) == chosen
    versions = [row.chosen["hotline_name"] for row in SettingsChosen.rows()]
    assert versions == ["First", "Second"]


def test_the_file_goes_before_what_was_chosen(bare: Settings, deed: Deed) -> None:
    chosen = choose(bare, {"time_zone": "Europe/Vilnius"}, deed)

    assert chosen.time_zone == bare.time_zone


def test_choosing_the_same_again_makes_no_version(bare: Settings, deed: Deed) -> None:
    choose(bare, {"review_days": 3}, deed)
    choose(bare, {"review_days": 3}, deed)

    assert len(SettingsChosen.rows()) == 1


def test_the_audit_names_the_setting_and_not_its_value(
    bare: Settings, deed: Deed
) -> None:
    choose(bare, {"hotline_name": "Marked"}, deed)

    [row] = Audit.rows(Audit.what == "choose_setting")
    assert row.subject == "setting hotline_name"
    assert "Marked" not in str(row.__data__)


@pytest.mark.parametrize(
    ("values", "field", "sentence"),
    [
        ({"review_days": 0}, "review_days", "It is 1 to 365."),
        ({"country": "Estonia"}, "country", "two capital letters"),
        ({"no_such": 1}, "no_such", "There is no setting called"),
        (
            {"working_day_begins": 20, "working_day_ends": 9},
            "settings",
            "ends before it begins",
        ),
    ],
)
def test_what_cannot_be_is_refused_under_its_name(
    bare: Settings, deed: Deed, values: dict[str, object], field: str, sentence: str
) -> None:
    with pytest.raises(InvalidInput) as refusal:
        choose(bare, values, deed)

    assert sentence in refusal.value.problems[field]
    assert not SettingsChosen.rows()


def test_a_setting_that_a_release_took_away_is_passed_over(bare: Settings) -> None:
    assert bare.with_chosen({"gone_since_then": 1}) == bare


def test_a_password_is_kept_apart_and_can_be_forgotten(
    bare: Settings, deed: Deed
) -> None:
    keep_password("smtp-password", "a secret", deed)

    assert password_of(bare, "smtp-password") == "a secret"
    assert "a secret" not in str([row.__data__ for row in Audit.rows()])

    keep_password("smtp-password", "", deed)
    (bare.secrets_dir / "smtp-password").write_text("of the file")
    assert password_of(bare, "smtp-password") == "of the file"
