"""What is worth a supplement."""

from reportbox.lea.facts import is_correction, news

TOLD = {"verdict": "illegal (baseline)", "iccam": "no"}


def test_what_was_not_known_is_news_and_what_was_told_is_not() -> None:
    now = {**TOLD, "provider": "Home Hosting One"}

    assert news(TOLD, now) == [("Hosting provider", "", "Home Hosting One")]
    assert news(now, now) == []


def test_a_changed_verdict_is_a_correction() -> None:
    assert is_correction(TOLD, {**TOLD, "verdict": "not illegal"})
    assert not is_correction(TOLD, {**TOLD, "iccam": "DE"})
