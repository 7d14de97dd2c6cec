"""The settings on pages: grouped and explained as in the file, versioned, on record."""

from dataclasses import replace

import pytest

from reportbox.office import fields
from reportbox.office.labels import CHOICES, LABELS
from reportbox.office.manual import manual
from reportbox.practice.internet import PracticeInternet
from reportbox.records.audit import Audit
from reportbox.records.settings_chosen import SettingsChosen
from reportbox.settings import Settings
from tests.clock import StillClock
from tests.conftest import Pattern, build_house
from tests.house import House


@pytest.fixture
def free(
    empty_box: Settings, clock: StillClock, internet: PracticeInternet, pattern: Pattern
) -> House:
    """A box whose file leaves everything to the pages but one thing."""
    own = replace(empty_box, fixed=frozenset({"desk_url"}))
    return build_house(own, clock, internet, pattern)


def version() -> str:
    return str(SettingsChosen.newest())


def form(house: House, group: str, **more: str) -> dict[str, str | list[str]]:
    """Return the fields of a page as they stand there."""
    names = fields.pages()[group].names
    typed = fields.typed_of(house.app.extensions["settings"], names)
    return {**typed, "version": version(), **more}


def test_the_manual_of_the_pages_knows_every_setting_once() -> None:
    keys = [key for group in manual() for block in group.blocks for key in block.keys]

    assert sorted(keys) == sorted(Settings.names())


def test_every_setting_but_the_machines_own_stands_on_one_page() -> None:
    shown = [name for page in fields.pages().values() for name in page.names]

    assert len(shown) == len(set(shown))
    assert {"hotline_name", "smtp_host", "session_hours"} <= set(shown)
    assert not {"data_dir", "workers", "practice", "desk_port"} & set(shown)


def test_labels_and_choices_name_settings_that_there_are() -> None:
    assert set(LABELS) <= set(Settings.names())
    for key, choices in CHOICES.items():
        for value, _ in choices:
            assert Settings.trouble_with(key, value) == "", (key, value)
        assert Settings.trouble_with(key, "something else")


@pytest.mark.parametrize("name", list(fields.pages()))
def test_a_page_saved_as_it_stands_changes_nothing(free: House, name: str) -> None:
    free.does(f"/settings/{name}", as_="adam", **form(free, name))

    assert SettingsChosen.now() == {}


def test_what_an_administrator_saves_counts_at_once(free: House) -> None:
    name = {"hotline_name": "Another Hotline"}
    free.does("/settings/who-you-are", as_="adam", **form(free, "who-you-are", **name))

    assert "Another Hotline" in free.visitor().get("/").text
    [row] = Audit.rows(Audit.what == "choose_setting")
    assert row.subject == "setting hotline_name"


def test_what_stands_in_the_file_is_shown_and_cannot_be_sent(free: House) -> None:
    path = "/settings/where-browsers-reach-the-three-faces"
    page = free.page(path, "adam")
    assert "in the settings file on the machine" in page
    assert 'name="desk_url"' not in page

    sent = form(free, "where-browsers-reach-the-three-faces", desk_url="https://x.test")
    free.does(path, as_="adam", **sent)

    assert "desk_url" not in SettingsChosen.now()


def test_a_wrong_value_is_named_beside_its_field_and_what_was_typed_stays(
    free: House,
) -> None:
    sent = form(free, "how-you-work", review_days="0", break_minutes="soon")
    wrong = free.posts("/settings/how-you-work", as_="adam", **sent)
    assert wrong.status_code == 422
    assert "Please write a number." in wrong.text

    sent = form(free, "how-you-work", review_days="0")
    wrong = free.posts("/settings/how-you-work", as_="adam", **sent)
    assert "It is 1 to 365." in wrong.text
    assert 'value="0"' in wrong.text
    assert not SettingsChosen.rows()


def test_whoever_was_slower_is_told_what_changed_and_decides(free: House) -> None:
    mine = form(free, "how-you-work", review_days="5")
    theirs = form(free, "how-you-work", review_days="9")
    free.does("/settings/how-you-work", as_="adam", **theirs)

    late = free.posts("/settings/how-you-work", as_="adam", **mine)
    assert late.status_code == 422
    assert "“Shown again after (days)” is now “9”" in late.text
    assert 'value="5"' in late.text

    mine["version"] = version()
    free.does("/settings/how-you-work", as_="adam", **mine)
    assert SettingsChosen.now()["review_days"] == 5


def test_a_change_elsewhere_on_the_page_stands_in_nobodys_way(free: House) -> None:
    mine = form(free, "tracing", lookup_timeout_seconds="5")
    theirs = form(free, "tracing", hosting_wait_minutes="10")
    free.does("/settings/tracing", as_="adam", **theirs)

    free.does("/settings/tracing", as_="adam", **mine)

    now = SettingsChosen.now()
    assert now == {"lookup_timeout_seconds": 5, "hosting_wait_minutes": 10}


def test_every_version_is_listed_and_can_come_back(free: House) -> None:
    for days in ("5", "9"):
        sent = form(free, "how-you-work", review_days=days)
        free.does("/settings/how-you-work", as_="adam", **sent)
    page = free.page("/settings/versions", "mira")
    assert "Shown again after (days)" in page
    assert "Bring back" not in page  # she reads

    first = SettingsChosen.rows()[0]
    free.does(f"/settings/versions/{first.id}/again", as_="adam")

    assert SettingsChosen.now()["review_days"] == 5
    assert len(SettingsChosen.rows()) == 3


def test_an_open_box_never_loses_whose_it_is(free: House) -> None:
    # Else it would be closed again, and an administrator might say whom it tells.
    sent = form(free, "who-you-are", hotline_name="")

    refused = free.posts("/settings/who-you-are", as_="adam", **sent)

    assert refused.status_code == 422
    assert "an open box cannot go without" in refused.text


def test_managers_read_the_settings_and_change_none(free: House) -> None:
    assert "Shown again after" in free.page("/settings/how-you-work", "mira")
    sent = form(free, "how-you-work")
    assert free.posts("/settings/how-you-work", as_="mira", **sent).status_code == 403


def test_languages_are_one_of_ones_own_and_others(free: House) -> None:
    client = free.signed_in("adam")
    page = client.get("/settings/who-you-are").text
    token = page.partition('name="csrf_token" value="')[2].partition('"')[0]
    sent = {**form(free, "who-you-are"), "languages": ["et", "de", "et"]}

    client.post("/settings/who-you-are", data={**sent, "csrf_token": token})

    assert SettingsChosen.now()["languages"] == ["et", "de"]
