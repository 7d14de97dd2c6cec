"""Whatever kind of letter or page it is: of a reporter nothing reaches the LEA without
consent, and nothing that was written for the LEA reaches a provider.
"""

import pytest

from reportbox.lifecycle import TO_PROVIDERS, Paper
from reportbox.records import atomic
from reportbox.records.contacts import Contact
from reportbox.records.letters import Letter
from tests.agencies import OTTO, POLICE, notice_to, says, to_providers
from tests.builders import agreed
from tests.house import House
from tests.story.test_law_enforcement import (
    FOR_THE_LEA,
    NEVER_THE_LEA,
    OF_THE_REPORTER,
    ONLY_THE_DESK,
    everything_for_the_lea,
    holding,
)
from tests.story.test_proof_in_the_portal import takes
from tests.story.test_the_ladder import ADDRESS, PROVIDER, days_pass, ladder

__all__ = ["ladder"]  # the fixture

PROXIED = "https://page-proxied.example/page"
TO_THE_LEA = {
    Paper.LEA_NOTICE,
    Paper.LEA_POINTER,
    Paper.LEA_SUPPLEMENT,
    Paper.LEA_CHASE,
    Paper.LEA_NOTE,
    Paper.LEA_LOOK,
    Paper.LEA_TEST,
}
FEEDBACK = "MARK-FEEDBACK"


@pytest.mark.parametrize("letters", ["csv", "xarf"])
def test_every_kind_of_letter_and_page_keeps_to_whom_it_is_for(
    ladder: House, letters: str
) -> None:
    house = ladder
    agreed(
        house.clock.now(),
        upstream_copies=True,
        removal_checker="lea",
        receipt_hours=24,
    )
    with atomic():
        Contact.update(format=letters).where(Contact.mailbox == PROVIDER).execute()
    items = [
        house.the_public_reports(address, **OF_THE_REPORTER, wants_reply="yes")
        for address in (ADDRESS, PROXIED)
    ]
    for item in items:
        house.judges(
            item, "baseline", region="North", reason=ONLY_THE_DESK, **FOR_THE_LEA
        )
    house.works()
    days_pass(house, 5)
    says(house, items[0], "feedback", status="closed", usefulness="", why=FEEDBACK)
    proof = takes(house, items[0]).text
    house.does(f"/agencies/{POLICE}/test", as_="mira")
    for item in items:
        house.judges(item, "not_illegal", reason=f"{ONLY_THE_DESK} again")
    days_pass(house, 1)

    sent = {letter.paper for letter in Letter.rows() if letter.sent_at}
    assert sent >= TO_THE_LEA | TO_PROVIDERS
    for item in items:
        read = {"proof": proof, **everything_for_the_lea(house, item)}
        assert "letter 0" in holding("MARK-REMARKS", read)
        for mark in (*NEVER_THE_LEA, "mark-email", ONLY_THE_DESK):
            assert holding(mark, read) == [], mark
    assert FEEDBACK in house.page(f"/lea/notices/{notice_to(house, items[0]).id}", OTTO)
    asked = {str(n): str(x) for n, x in enumerate(to_providers(house))}
    of_nobody_there = (*NEVER_THE_LEA, *FOR_THE_LEA.values(), "mark-email")
    for mark in (*of_nobody_there, FEEDBACK, ONLY_THE_DESK):
        assert holding(mark, asked) == [], mark
