"""Asking back with the receipt."""

import pytest

from reportbox.lifecycle import Paper
from reportbox.records.letters import Letter
from reportbox.records.messages import Message
from reportbox.records.reports import Report
from tests.house import House, token_in

ADDRESS = "https://item-one.example/page"


def report(house: House, **fields: str) -> str:
    """Send a report and return its code."""
    visitor = house.visitor()
    form = {"token": token_in(visitor.get("/").text), "address": ADDRESS, **fields}
    answer = visitor.post("/", data=form)
    return answer.text.split('class="receipt"><strong>')[1].partition("<")[0]


def open_with(house: House, code: str) -> str:
    return house.visitor().post("/follow/", data={"code": code}).text


def write(house: House, code: str, text: str, once: str = "one") -> int:
    form = {"code": code, "text": text, "once": once}
    return house.visitor().post("/follow/write", data=form).status_code


def test_reporter_and_analyst_write_to_each_other_without_a_name(house: House) -> None:
    code = report(house)

    assert write(house, code, "I forgot: the second link") == 200
    assert "A reporter wrote" in house.page("/tasks")
    assert "A new message" in house.page("/items/1")
    assert "I forgot: the second link" in house.page("/reports/1")
    house.does("/reports/1/answer", text="Thank you. Is a password needed?")

    assert "A reporter wrote" not in house.page("/tasks")
    assert "Is a password needed?" in open_with(house, code)
    assert [m.is_read for m in Message.rows()] == [True, True]


def test_the_code_opens_the_thread_however_it_is_written(house: House) -> None:
    code = report(house)

    for spelt in (code.upper(), code.replace("-", " "), f"  {code} "):
        assert "Your report" in open_with(house, spelt)


@pytest.mark.parametrize("code", ["", "x", "aaaa-aaaa-aaaa-aaaa", "\x00" * 9, "ä" * 9])
def test_a_code_nobody_got_opens_nothing(house: House, code: str) -> None:
    report(house)

    answer = house.visitor().post("/follow/", data={"code": code})
    write_in = house.visitor().post("/follow/write", data={"code": code, "text": "x"})

    assert answer.status_code == write_in.status_code == 422
    assert "There is no report under this code" in answer.text


def test_a_message_sent_twice_is_kept_once(house: House) -> None:
    code = report(house)

    write(house, code, "words", once="same")
    write(house, code, "words", once="same")

    assert len(Message.rows()) == 1


def test_a_flood_of_messages_is_told_to_wait_and_nothing_is_lost(house: House) -> None:
    code = report(house)
    for number in range(20):
        assert write(house, code, f"words {number}", str(number)) == 200

    assert write(house, code, "one more", "more") == 422
    house.does("/reports/1/read")
    assert write(house, code, "one more", "more") == 200


@pytest.mark.parametrize("text", ["", "   ", "x" * 4_001])
def test_an_empty_or_endless_message_is_refused_in_words(
    house: House, text: str
) -> None:
    assert write(house, report(house), text) == 422
    assert house.posts("/reports/1/answer", text=text).status_code == 422
    assert Message.rows() == []


def test_the_status_depends_on_the_calendar_and_on_nothing_else(house: House) -> None:
    """Whoever reports an address of their own learns nothing about it."""
    codes = []
    for number, choice in enumerate(("baseline", "not_illegal", "uncertain", "")):
        visitor = house.visitor()
        address = f"https://item-one.example/{number}"
        form = {"token": token_in(visitor.get("/").text), "address": address}
        answer = visitor.post("/", data=form).text
        codes.append(answer.split('class="receipt"><strong>')[1].partition("<")[0])
        if choice:
            house.judges(house.newest_item(), choice, reason="adult")
    house.works()
    house.does("/items/1/hold", why="asked by telephone", by_lea="yes")
    house.works()

    pages = {status_in(open_with(house, code)) for code in codes}
    assert len(pages) == 1
    assert "In our hands" in pages.pop()

    house.hours_pass(24 * 30)
    later = {status_in(open_with(house, code)) for code in codes}
    assert len(later) == 1
    assert "Finished" in later.pop()


def status_in(page: str) -> str:
    return page.partition("Received on")[2].partition("</p>")[0]


def test_an_e_mail_says_that_there_is_something_and_never_what(house: House) -> None:
    mail = {"email": "reporter@mail.example", "wants_reply": "yes", "lang": "en"}
    report(house, **mail)

    house.does("/reports/1/answer", text="WORDS-MARK one")
    house.does("/reports/1/answer", text="WORDS-MARK two")
    house.works()

    [letter] = house.letters()
    assert letter.recipient == "reporter@mail.example"
    assert "Please open the page below" in str(letter.parts)
    assert "WORDS-MARK" not in str(letter)
    assert "item-one" not in str(letter)
    assert "abuse" not in str(letter)
    assert [x.paper for x in Letter.rows()] == [Paper.REPORTER_NOTE]


def test_nothing_is_written_to_a_reporter_during_a_hold(house: House) -> None:
    report(house, email="reporter@mail.example", wants_reply="yes")
    item = house.newest_item()
    house.judges(item, "baseline")
    house.works()
    house.does(f"/items/{item.id}/hold", why="asked by telephone", by_lea="yes")

    refused = house.posts("/reports/1/answer", text="typed words")

    assert refused.status_code == 422
    assert "on hold" in refused.text
    assert "typed words" in refused.text
    house.releases(item)
    house.does("/reports/1/answer", text="typed words")


def test_without_the_wish_nobody_is_written_to(house: House) -> None:
    report(house, email="reporter@mail.example", police_may_ask="yes")
    house.does("/reports/1/answer", text="words")
    house.works()

    assert house.letters() == []
    assert Report.rows()[0].email == "reporter@mail.example"


def test_addresses_in_messages_are_inert_on_both_sides(house: House) -> None:
    code = report(house)
    write(house, code, "also https://item-two.example/x")

    assert "https://item-two.example" not in house.page("/reports/1")
    assert "https://item-two.example" not in open_with(house, code)


def test_the_police_learn_an_e_mail_address_only_by_its_owners_word(
    house: House,
) -> None:
    report(house, email="silent@mail.example", wants_reply="yes")
    report(house, email="willing@mail.example", police_may_ask="yes")
    house.judges(house.newest_item(), "baseline")
    house.works()

    [letter] = house.letters_to_the_lea()
    assert "willing@mail.example" in str(letter.parts)
    assert "silent@mail.example" not in str(letter.parts)
