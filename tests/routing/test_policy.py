"""The policy table, row by row."""

import pytest

from reportbox.lifecycle import Move
from reportbox.routing.policy import Duty, Notice, duty
from reportbox.tracing.finding import Hosting

FULL, INFORMATION = Notice.FULL, Notice.FOR_INFORMATION
ILLEGAL, UNCERTAIN = Move.JUDGE_ILLEGAL, Move.JUDGE_UNCERTAIN


@pytest.mark.parametrize(
    ("verdict", "hosting", "notice", "ntd", "refer"),
    [
        (ILLEGAL, Hosting.HOME, FULL, True, False),
        (ILLEGAL, Hosting.ABROAD, INFORMATION, False, True),
        (ILLEGAL, Hosting.BOTH, FULL, True, True),
        (ILLEGAL, Hosting.PROXIED, FULL, True, False),
        (ILLEGAL, Hosting.DISPUTED, FULL, False, False),
        (ILLEGAL, Hosting.UNTRACEABLE, FULL, False, False),
        (ILLEGAL, None, FULL, False, False),
        (UNCERTAIN, Hosting.HOME, FULL, False, False),
        (UNCERTAIN, Hosting.ABROAD, FULL, False, False),
        (Move.FORWARD, None, Notice.UNASSESSED, False, False),
    ],
)
def test_verdict_and_hosting_say_who_must_act(
    verdict: Move, hosting: Hosting | None, notice: Notice, ntd: bool, refer: bool
) -> None:
    assert duty(verdict, hosting, "hotline") == Duty(notice, ntd=ntd, refer=refer)


@pytest.mark.parametrize("body", ["lea", "none"])
def test_without_the_agreement_the_hotline_asks_no_provider(body: str) -> None:
    assert not duty(ILLEGAL, Hosting.HOME, body).ntd
    assert duty(ILLEGAL, Hosting.BOTH, body).refer
