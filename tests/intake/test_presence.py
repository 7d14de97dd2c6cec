"""The form on a hotline's own web site: looks, texts, campaigns, snippets."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportbox.intake.look import DARK, ENOUGH, LIGHT, contrast, on_dark
from reportbox.records.choices import Campaign
from reportbox.records.reports import Report
from tests.house import House, token_in

ADDRESS = "https://item-one.example/page"


def test_the_ratio_of_black_and_white_is_what_the_guideline_says() -> None:
    assert contrast("#000000", "#ffffff") == 21
    assert round(contrast("#777777", "#ffffff"), 2) == 4.48


@given(st.from_regex(r"#[0-9a-f]{6}", fullmatch=True))
def test_any_colour_can_be_read_on_dark_paper(colour: str) -> None:
    assert contrast(on_dark(colour), DARK) >= ENOUGH


def test_the_looks_are_taken_over_and_an_unreadable_colour_is_refused(
    house: House,
) -> None:
    look = {"accent": "#7A0045", "corners": "square", "logo_text": "Member one"}
    house.does("/form/look", as_="mira", **look)
    refused = house.posts("/form/look", as_="mira", **{**look, "accent": "#ffcc00"})

    style = house.visitor().get("/style.css").text
    assert "light-dark(#7a0045, #" in style
    assert "--radius: 0;" in style
    assert "Member one" in house.visitor().get("/").text
    assert refused.status_code == 422
    assert "1.5 to 1" in refused.text
    assert contrast("#ffcc00", LIGHT) < ENOUGH


@pytest.mark.parametrize("accent", ["", "red", "#12345", "#zzzzzz", "#0b4f8a;x"])
def test_what_is_no_colour_never_reaches_the_style_sheet(
    house: House, accent: str
) -> None:
    form = {"accent": accent, "corners": "round", "logo_text": ""}

    assert house.posts("/form/look", as_="adam", **form).status_code == 422
    assert "#0b4f8a" in house.visitor().get("/style.css").text


def test_own_texts_stand_in_their_language_only(house: House) -> None:
    house.does(
        "/form/texts",
        as_="mira",
        language="de",
        introduction="Eigene Worte",
        emergency="Bitte rufen Sie an.",
        privacy="Verantwortlich ist der Verein.",
    )

    assert "Eigene Worte" in house.visitor().get("/?lang=de").text
    assert "Bitte rufen Sie an." in house.visitor().get("/?lang=de").text
    assert "Verantwortlich ist" in house.visitor().get("/privacy?lang=de").text
    assert "Eigene Worte" not in house.visitor().get("/").text
    texts = {"language": "xx", "introduction": "x"}
    assert house.posts("/form/texts", as_="mira", **texts).status_code == 422
    texts = {"language": "de", "introduction": "x" * 1_001}
    assert house.posts("/form/texts", as_="mira", **texts).status_code == 422


def report(house: House, campaign: str, address: str = ADDRESS) -> None:
    visitor = house.visitor()
    token = token_in(visitor.get(f"/?campaign={campaign}").text)
    form = {"token": token, "address": address, "campaign": campaign}
    assert visitor.post("/", data=form).status_code == 200


def test_a_campaign_counts_what_it_brings_and_says_what_a_duplicate_is(
    house: House,
) -> None:
    house.does("/form/campaigns", as_="mira", code="leaflet-1", name="Leaflet one")
    report(house, "leaflet-1")
    house.clock.advance(hours=1)
    report(house, "leaflet-1")
    house.clock.advance(hours=24 * 40)
    report(house, "leaflet-1", "https://item-two.example/")
    report(house, "leaflet-1")
    report(house, "somebody-elses")

    assert Campaign.figures(0) == {"leaflet-1": (4, 2)}
    assert Campaign.figures(30) == {"leaflet-1": (4, 1)}
    page = house.page("/form/?campaign=leaflet-1", "mira")
    assert "A duplicate names an address that was reported before." in page
    assert "?campaign=leaflet-1" in page
    assert [r.campaign for r in Report.rows()][-1] == ""


@pytest.mark.parametrize("code", ["", "Leaflet", "a b", "x" * 41, "<b>", "ä"])
def test_a_code_of_a_campaign_fits_into_a_link(house: House, code: str) -> None:
    refused = house.posts("/form/campaigns", as_="mira", code=code, name="One")

    assert refused.status_code == 422
    assert Campaign.rows() == []


def test_the_snippets_name_the_hotlines_own_address(house: House) -> None:
    page = house.page("/form/", "adam")

    for part in (
        f"&lt;script src=&#34;{house.settings.public_url}/embed.js&#34; async",
        f"&lt;iframe src=&#34;{house.settings.public_url}/&#34;",
        "<svg",
    ):
        assert part in page


def test_only_named_sites_may_frame_the_form(house: House) -> None:
    named = replace(house.settings, embed_on=("https://www.hotline.example",))
    house.app.extensions["settings"] = named
    form = house.visitor().get("/").headers

    policy = form["Content-Security-Policy"]
    assert policy.endswith("frame-ancestors https://www.hotline.example")
    assert "X-Frame-Options" not in form
    desk = house.stranger().get("/log-in").headers
    assert desk["Content-Security-Policy"].endswith("frame-ancestors 'none'")
    assert desk["X-Frame-Options"] == "DENY"


def test_the_privacy_page_names_the_periods_of_the_settings(house: House) -> None:
    page = house.visitor().get("/privacy").text

    assert "90 days" in page
    assert "12 months" in page
