"""Annex I holds every field of the template."""

from reportbox.lea.annex_one import Case, as_data, blocks

CASE = Case(
    number="RB-000001",
    hotline="Example Hotline",
    hotline_description="a hotline",
    hotline_email="desk@hotline.example",
    hotline_phone="+000",
    hotline_address="1 Street",
    received_at="21 Nov 2026, 17:30 (EET)",
    forwarded_at="21 Nov 2026, 18:30 (EET)",
    urgent="",
    verdict="illegal (baseline)",
    address="https://item-one.example/page",
    proxy="no",
    iccam="no",
    ntd="none planned at this time",
)

# The template in the order of the guidelines' Annex I (rows X1 to X24).
TEMPLATE = {
    "report": ["hotline", "received_at", "iccam_received", "forwarded_at", "urgent"],
    "content": [
        "offender_identifiable",
        "victim_identifiable",
        "content_type",
        "self_generated",
        "summary",
        "useful_information",
    ],
    "location_and_tracking": [
        "address",
        "password",
        "ip_addresses",
        "provider",
        "details",
    ],
    "additional_information": ["screenshots", "remarks", "proxy", "ntd", "iccam"],
    "contact_information": [
        "hotline_description",
        "email",
        "phone",
        "physical_address",
    ],
}


def test_every_field_of_the_template_is_there() -> None:
    data = as_data(CASE)

    for block, names in TEMPLATE.items():
        assert set(names) <= set(data[block]), block


def test_whether_the_victim_is_identified_is_asked_only_if_identifiable() -> None:
    answers = {"victim_identifiable": "yes", "victim_identified": "no"}
    asked = Case(**{**vars(CASE), "answers": answers})

    assert as_data(asked)["content"]["victim_identified"] == "no"
    assert "victim_identified" not in as_data(CASE)["content"]


def test_what_is_not_known_yet_says_so() -> None:
    assert "supplement" in as_data(CASE)["location_and_tracking"]["provider"]


def test_text_and_data_say_the_same() -> None:
    for title, fields in blocks(CASE):
        name = title.lower().replace(" & ", "_and_").replace(" ", "_")
        assert as_data(CASE)[name] == {key: value for key, _, value in fields}


def test_the_box_holds_no_screenshots() -> None:
    assert as_data(CASE)["additional_information"]["screenshots"] == (
        "none held in the box"
    )
