"""What a report may be about; what is not ours gets help instead of a receipt."""

from dataclasses import replace
from pathlib import Path

import pytest

from reportbox.errors import Misconfigured
from reportbox.intake.topics import topics
from reportbox.records.reports import Report
from tests.house import House, token_in

ADDRESS = "https://item-one.example/page"


def test_a_topic_that_is_not_ours_is_answered_with_who_helps_and_keeps_nothing(
    house: House,
) -> None:
    visitor = house.visitor()
    token = token_in(visitor.get("/").text)
    form = {"token": token, "address": ADDRESS, "topic": "fraud", "comments": "words"}

    answer = visitor.post("/", data=form)

    assert answer.status_code == 422
    assert "tell the police and, if you have paid, your bank" in answer.text
    assert "Nothing was saved" in answer.text
    assert ">words</textarea>" in answer.text
    assert Report.rows() == []
    sent = visitor.post("/", data={**form, "topic": "child_abuse"})
    assert sent.status_code == 200


def test_a_hotline_brings_its_own_topics(house: House, tmp_path: Path) -> None:
    file = tmp_path / "topics.toml"
    file.write_text(
        '[[topic]]\ncode = "ours"\nname = "What we do"\n'
        '[[topic]]\ncode = "theirs"\nname = "What they do"\n'
        'help = "Ask the other office."\nnames.de = "Was andere tun"\n'
    )
    house.app.extensions["settings"] = replace(house.settings, topics_file=file)

    assert "What they do" in house.visitor().get("/").text
    assert "Was andere tun" in house.visitor().get("/?lang=de").text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "topic = 1",
        "[[topic]]\ncode = 1\nname = 'x'",
        "[[topic]]\ncode = 'a'\nname = ''",
        "[[topic]]\ncode = 'a'\nname = 'x'\nhelp = 'not ours'",
        "[[topic]]\ncode = 'a'\nname = 'x'\n[[topic]]\ncode = 'a'\nname = 'y'",
        "[[topic]]\ncode = 'a'\nname = 'x'\nother = 1",
    ],
)
def test_a_broken_list_of_topics_is_named(tmp_path: Path, text: str) -> None:
    file = tmp_path / "topics.toml"
    file.write_text(text)

    with pytest.raises(Misconfigured, match=r"topics\.toml"):
        topics(file)
