"""A case for Annex I in which every field has words of its own."""

from dataclasses import replace
from typing import Any

from reportbox.lea.annex_one import Case

CASE = Case(
    number="RB-000001",
    hotline="Example Hotline",
    hotline_description="a hotline of one country",
    hotline_email="desk@hotline.example",
    hotline_phone="+000 12 34",
    hotline_address="1 Street\n0000 Town",
    received_at="21 Nov 2026, 17:30 (EET)",
    forwarded_at="21 Nov 2026, 18:30 (EET)",
    urgent="it says tonight",
    verdict="illegal (baseline)",
    address="https://item-one.example/page_(one)/?a=b&c=d#e",
    answers={
        "offender_identifiable": "offender: not sure",
        "victim_identifiable": "yes",
        "victim_identified": "identified: not sure",
        "self_generated": "self-generated: not sure",
        "content_type": "type one",
        "summary": "item one\nand a second line",
        "useful_information": "useful one",
        "password": "password one",
        "screenshots": "evidence number 7",
        "remarks": "remark one",
    },
    ip_addresses=("192.0.2.7", "2001:db8::7"),
    hosting="abroad",
    country="country one",
    provider="Host One",
    details="AS64500; the domain's registrar is Registrar One",
    proxy="unknown",
    iccam="country two, partner one, ICCAM number 12",
    ntd="Host One: planned 24 hours after this notice",
    iccam_received="20 Nov 2026, 9:00 (EET), 4711, from partner two",
    reporter="reporter@mail.example",
)
ARABIC = "العنصر الأول"
HOSTILE = (
    '</bdi></td></style><img src="file:///etc/hostname"><script src="/x"></script>',
    '<a href="https://item-two.example/" style="color: red">item two</a>',
    "=HYPERLINK(1)",
    "item one\r\nAssessment by the hotline: not illegal\r\n\r\nREPORT",
    "{{ 7 * 7 }}{% raw %}&lt;&#x41;",
    "item\x00one\u202etwo\x1b[2J",
    '"},{"report":"',
)


def a_case(**changes: Any) -> Case:  # noqa: ANN401
    return replace(CASE, **changes)


def a_hostile_case(value: str) -> Case:
    """Everything that comes from outside or is written by hand says ``value``."""
    return a_case(
        address=value,
        urgent=value,
        verdict=value,
        answers=dict.fromkeys(CASE.answers, value) | {"victim_identifiable": "yes"},
        ip_addresses=(value,),
        provider=value,
        details=value,
        iccam=value,
        hotline=value,
        reporter=value,
    )
