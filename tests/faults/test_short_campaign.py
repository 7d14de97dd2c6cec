"""The short version of ``make faults``."""

import tempfile
from pathlib import Path

import pytest

from reportbox.practice.internet import PracticeInternet
from tests.api_server import CUT, HANG_UP, api_server
from tests.faults.campaign import Campaign

pytestmark = pytest.mark.faults


def test_killed_again_and_again_the_box_loses_nothing_and_sends_nothing_twice() -> None:
    with tempfile.TemporaryDirectory(prefix="rbf-", ignore_cleanup_errors=True) as made:
        folder = Path(made)
        with PracticeInternet(folder) as internet, api_server(folder) as api:
            campaign = Campaign(folder, internet, api)
            outcome = campaign.run(letters=120, kills=10, seed=7)

    assert outcome.is_clean, outcome
    assert outcome.kills_dead == 10
    assert outcome.states["sent"] > 60, outcome
    assert outcome.by_api["sent"] > 5, outcome
    assert {CUT, HANG_UP} <= set(outcome.said_by_api), outcome
