"""Four eyes, undo, second looks: nobody's slip goes far."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from reportbox.lea.schedule import told_by
from reportbox.lifecycle import Item as State
from reportbox.records.items import Verdict
from reportbox.records.second_looks import SecondLook
from tests.conftest import Pattern, build_house
from tests.house import House, annex_of, text_of


def with_settings(house: House, pattern: Pattern, **changes: object) -> House:
    settings = replace(house.settings, **changes)  # type: ignore[arg-type]
    return build_house(settings, house.clock, house.internet, pattern)


@pytest.fixture
def careful(house: House, pattern: Pattern) -> House:
    """A hotline where nothing leaves on one person's word."""
    return with_settings(house, pattern, four_eyes="all")


def test_nobody_is_asked_before_a_second_analyst_agrees(careful: House) -> None:
    house = careful
    item = house.the_public_reports("https://item-one.example/page")

    house.judges(item, "baseline", summary="item one, in my words")
    house.hours_pass(30)
    assert house.item(item).state == State.TO_AGREE
    assert house.letters_to_providers() == []
    assert "Second analyst wanted" in house.page("/tasks")

    own = house.posts(f"/items/{item.id}/agree", seen=seen(house, 1))
    assert own.status_code == 409
    assert "Another analyst must agree" in own.text
    house.does(f"/items/{item.id}/agree", as_="ben", seen=seen(house, 1))
    house.works()
    house.hours_pass(25)

    assert len(house.letters_to_providers()) == 1


def test_a_second_opinion_that_comes_in_time_goes_with_the_notice(
    careful: House,
) -> None:
    house = careful
    item = house.the_public_reports("https://item-one.example/page")
    house.judges(item, "baseline", summary="item one, in my words")
    house.works()
    assert house.letters() == []

    house.minutes_pass(20)
    house.does(f"/items/{item.id}/agree", as_="ben", seen=seen(house, 1))
    house.works()

    [letter] = house.letters_to_the_lea()
    assert annex_of(letter)["content"]["summary"] == "item one, in my words"
    assert annex_of(letter)["report"]["verdict"] == "illegal (baseline)"


def test_the_lea_is_told_after_thirty_minutes_that_no_second_opinion_is_known(
    careful: House,
) -> None:
    house = careful
    item = house.the_public_reports("https://item-one.example/page")
    house.judges(item, "baseline")
    house.minutes_pass(29)
    house.works()
    assert house.letters_to_the_lea() == []

    house.minutes_pass(1)
    house.works()

    [letter] = house.letters_to_the_lea()
    verdict = annex_of(letter)["report"]["verdict"]
    assert verdict == "illegal (baseline); second opinion: not yet known"
    assert house.item(item).state == State.TO_AGREE

    house.does(f"/items/{item.id}/agree", as_="ben", seen=seen(house, 1))
    house.works()

    supplement = house.letters_to_the_lea()[-1]
    assert supplement.subject.startswith("Practice Hotline: supplement to report")
    assert "Second opinion: given; the verdict is final" in text_of(supplement)
    assert annex_of(supplement)["report"]["verdict"] == "illegal (baseline)"


def test_the_end_of_the_working_day_waits_for_no_second_opinion(careful: House) -> None:
    house = careful
    item = house.the_public_reports("https://item-one.example/page")
    house.clock.advance(seconds=(end_of_work(house) - house.clock.now()).seconds - 600)
    house.judges(item, "baseline")

    house.minutes_pass(10)
    house.works()

    assert len(house.letters_to_the_lea()) == 1


def end_of_work(house: House) -> datetime:
    return told_by(house.clock.now(), house.settings)


def test_where_two_differ_the_lea_hears_uncertain_and_then_the_correction(
    careful: House,
) -> None:
    house = careful
    item = house.the_public_reports("https://item-one.example/page")
    house.judges(item, "baseline")
    house.judges(item, "not_illegal", as_="ben", reason="as I saw it")
    house.minutes_pass(31)
    house.works()

    [letter] = house.letters_to_the_lea()
    said = annex_of(letter)["report"]["verdict"]
    assert said.startswith("UNCERTAIN: a clear verdict follows")
    assert said.endswith("second opinion: it differs; a clear verdict follows")
    assert "found it not illegal" not in text_of(letter)

    house.judges(item, "not_illegal", as_="anna", reason="agreed")
    house.works()

    correction = house.letters_to_the_lea()[-1]
    assert correction.subject.startswith("Practice Hotline: correction to report")
    assert annex_of(correction)["report"]["verdict"] == "not illegal"


def test_what_two_set_aside_in_time_was_never_told(careful: House) -> None:
    house = careful
    item = house.the_public_reports("https://item-one.example/page")
    house.judges(item, "baseline")
    house.judges(item, "spam", as_="ben", reason="as I saw it")
    house.judges(item, "spam", as_="anna", reason="agreed")

    house.hours_pass(5)

    assert house.letters() == []
    assert house.item(item).state == State.SET_ASIDE


def test_what_two_set_aside_later_is_told_to_whoever_was_told_before(
    careful: House,
) -> None:
    house = careful
    item = house.the_public_reports("https://item-one.example/page")
    house.judges(item, "baseline")
    house.judges(item, "spam", as_="ben", reason="as I saw it")
    house.minutes_pass(31)
    house.works()

    house.judges(item, "spam", as_="anna", reason="agreed")
    house.works()

    last = annex_of(house.letters_to_the_lea()[-1])["report"]["verdict"]
    assert last == "set aside by the hotline: not pursued"


def test_an_officer_may_find_it_removed_before_a_second_analyst_agrees(
    careful: House,
) -> None:
    house = careful
    item = house.the_public_reports("https://item-one.example/page")
    house.judges(item, "baseline")
    house.minutes_pass(31)
    house.works()

    notice = house.notice(item).id
    house.does(f"/lea/notices/{notice}/removed", as_="otto")
    house.does(f"/items/{item.id}/agree", as_="ben", seen=seen(house, 1))
    house.hours_pass(30)

    assert house.item(item).state == State.REMOVED
    assert house.letters_to_providers() == []


def seen(house: House, number: int) -> str:
    page = house.page(f"/items/{number}")
    return page.partition('name="seen" value="')[2].partition('"')[0]


@pytest.mark.parametrize("choice", ["not_illegal", "national", "spam", "uncertain"])
def test_whoever_differs_proposes_and_closes_nothing_alone(
    careful: House, choice: str
) -> None:
    house = careful
    item = house.the_public_reports("https://item-one.example/page")
    house.judges(item, "baseline")

    house.judges(item, choice, as_="ben", reason="as I saw it")
    house.works()

    assert house.item(item).state == State.TO_AGREE
    assert house.letters() == []
    house.judges(item, choice, as_="anna", reason="agreed")
    assert house.item(item).state != State.TO_AGREE


def test_an_imminent_threat_waits_for_nobody(careful: House) -> None:
    house = careful
    item = house.the_public_reports("https://item-one.example/page")

    house.judges(item, "baseline", is_urgent="yes", urgent_reason="it is happening now")
    house.works()

    assert house.item(item).state != State.TO_AGREE
    assert len(house.letters_to_the_lea()) == 1


def test_a_threat_learnt_of_later_frees_even_ones_own_proposal(careful: House) -> None:
    house = careful
    item = house.the_public_reports("https://item-one.example/page")
    house.judges(item, "baseline")

    house.judges(item, "baseline", is_urgent="yes", urgent_reason="they rang just now")
    house.works()

    assert len(house.letters_to_the_lea()) == 1


def test_urgency_closes_nothing_on_one_persons_word(careful: House) -> None:
    house = careful
    item = house.the_public_reports("https://item-one.example/page")

    house.judges(
        item, "not_illegal", reason="a", is_urgent="yes", urgent_reason="as a trick"
    )

    assert house.item(item).state == State.TO_AGREE


def test_nobody_who_said_uncertain_decides_it(careful: House) -> None:
    house = careful
    item = house.the_public_reports("https://item-one.example/page")
    house.judges(item, "uncertain", as_="anna")
    house.judges(item, "uncertain", as_="ben")
    house.works()

    for who in ("anna", "ben"):
        assert house.tries_to_judge(item, "baseline", as_=who).status_code == 409
    house.judges(item, "baseline", as_="lena")


def test_whoever_said_it_does_not_overturn_it_alone(careful: House) -> None:
    house = careful
    item = house.the_public_reports("https://item-one.example/page")
    house.judges(item, "baseline", is_urgent="yes", urgent_reason="as a trick")

    own = house.tries_to_judge(item, "not_illegal", reason="on second thoughts")

    assert own.status_code == 409
    house.judges(item, "not_illegal", as_="ben", reason="as I see it")


def test_what_comes_back_may_be_judged_by_whoever_postponed_it(careful: House) -> None:
    house = careful
    item = house.the_public_reports("https://item-one.example/page")
    day = (house.clock.now() + timedelta(days=2)).date().isoformat()
    house.judges(item, "not_assessed", reason="gone", retry_on=day)
    house.clock.advance(hours=72)

    house.judges(item, "baseline")

    assert house.item(item).state == State.TO_AGREE


def test_urgency_is_no_way_around_the_second_analyst(house: House) -> None:
    item = house.the_public_reports("https://item-one.example/page")
    house.judges(item, "uncertain")
    house.works()

    trick = house.tries_to_judge(
        item, "baseline", is_urgent="yes", urgent_reason="as a trick"
    )

    assert trick.status_code == 409


def test_agreeing_needs_no_second_answer_about_the_threat(careful: House) -> None:
    house = careful
    item = house.the_public_reports("https://item-one.example/page", urgent="yes")
    house.judges(item, "baseline", is_urgent="no")

    house.does(f"/items/{item.id}/agree", as_="ben", seen=seen(house, 1))

    assert house.item(item).state == State.TO_TRACE


def test_nothing_is_opened_again_before_the_corrections_left(house: House) -> None:
    item = house.the_public_reports("https://item-one.example/page")
    house.judges(item, "baseline")
    house.works()
    house.hours_pass(25)
    house.judges(item, "not_illegal", as_="ben", reason="a slip")
    path = f"/items/{item.id}/reopen"

    early = house.posts(path, as_="lena", why="the first was right")
    house.works()
    house.hours_pass(1)
    house.does(path, as_="lena", why="the first was right")

    assert early.status_code == 409
    assert "have not left yet" in early.text
    assert len(house.letters_to_providers()) == 2  # the notice and its correction


def test_illegal_only_lets_the_rest_go_its_way(house: House, pattern: Pattern) -> None:
    house = with_settings(house, pattern, four_eyes="illegal")
    uncertain = house.the_public_reports("https://item-one.example/1")
    illegal = house.the_public_reports("https://item-one.example/2")

    house.judges(uncertain, "uncertain")
    house.judges(illegal, "national")

    assert house.item(uncertain).state == State.TO_TRACE
    assert house.item(illegal).state == State.TO_AGREE


def test_the_leas_decision_needs_no_second_pair(careful: House) -> None:
    house = careful
    item = house.the_public_reports("https://item-one.example/page")
    house.judges(item, "baseline")

    house.judges(item, "baseline", by_lea="yes", reason="case 12")

    assert house.item(item).state == State.TO_TRACE


def test_what_waits_for_agreement_can_be_held_and_seen_again(careful: House) -> None:
    house = careful
    item = house.the_public_reports("https://item-one.example/page", urgent="yes")
    house.judges(item, "baseline", is_urgent="no")

    house.does(f"/items/{item.id}/hold", why="asked by telephone")
    house.the_public_reports("https://item-one.example/page")

    assert house.item(item).is_held
    assert house.item(item).times_seen == 2
    assert "RB-000001" in house.page("/queue/urgent")


def test_many_cannot_slip_past_four_eyes(careful: House) -> None:
    house = careful
    for number in (1, 2):
        house.the_public_reports(f"https://item-one.example/{number}")
    form = {"seen_1": "to_assess 0 1", "seen_2": "to_assess 0 1"}

    house.does("/many/judge", item=["1", "2"], choice="baseline", **form)
    house.works()

    assert house.letters() == []


# --- undo ---


def test_a_slip_is_taken_back_by_whoever_made_it_for_ten_minutes(house: House) -> None:
    item = house.the_public_reports("https://item-one.example/page")
    house.judges(item, "not_illegal", reason_not_illegal="16")
    path = f"/items/{item.id}/undo"

    assert house.posts(path, as_="ben").status_code == 409
    house.does(path)

    assert house.item(item).state == State.TO_ASSESS
    assert [v.is_undone for v in Verdict.rows()] == [True]
    house.judges(item, "spam")
    house.clock.advance(minutes=11)
    assert house.posts(path).status_code == 409
    assert house.item(item).state == State.SET_ASIDE


def test_what_the_lea_heard_of_cannot_be_undone(house: House) -> None:
    item = house.the_public_reports("https://item-one.example/page")
    house.judges(item, "baseline")
    house.works()
    house.judges(item, "not_illegal", reason="a closer look")

    refused = house.posts(f"/items/{item.id}/undo")

    assert refused.status_code == 409
    assert "The LEA has been told" in refused.text


def test_a_lead_analyst_opens_again_what_was_closed_by_mistake(house: House) -> None:
    item = house.the_public_reports("https://item-one.example/page")
    house.judges(item, "not_illegal", reason="a slip")
    house.clock.advance(hours=5)

    without_reason = house.posts(f"/items/{item.id}/reopen", as_="lena")
    house.does(f"/items/{item.id}/reopen", as_="lena", why="seen in a second look")
    house.judges(item, "national", as_="ben")
    house.works()

    assert without_reason.status_code == 422
    assert len(house.letters_to_the_lea()) == 1


def test_what_is_opened_again_tells_the_lea_afresh_and_waits_the_agreed_time(
    house: House,
) -> None:
    item = house.the_public_reports("https://item-one.example/page")
    house.judges(item, "baseline")
    house.works()
    house.judges(item, "not_illegal", reason="a slip", as_="ben")
    house.hours_pass(72)

    house.does(f"/items/{item.id}/reopen", as_="lena", why="the first was right")
    house.judges(item, "baseline", as_="ben")
    house.works()

    subjects = [letter.subject for letter in house.letters_to_the_lea()]
    asked = [s for s in subjects if "confirm the receipt" in s]
    assert len(subjects) - len(asked) == 3  # notice, correction, notice anew
    assert house.letters_to_providers() == []
    house.hours_pass(25)
    assert len(house.letters_to_providers()) == 1


def test_an_agreed_day_to_try_again_is_kept(careful: House) -> None:
    house = careful
    item = house.the_public_reports("https://item-one.example/page")
    house.judges(item, "baseline")
    day = (house.clock.now() + timedelta(days=5)).date()
    house.judges(
        item, "not_assessed", as_="ben", reason="gone", retry_on=day.isoformat()
    )

    house.does(f"/items/{item.id}/agree", seen=seen(house, 1))

    assert house.item(item).state == State.TO_ASSESS_AGAIN
    assert house.item(item).comes_back_on == day


# --- what a reporter says of danger ---


def test_a_reporters_word_of_danger_is_never_passed_over(house: House) -> None:
    item = house.the_public_reports("https://item-one.example/page", urgent="yes")

    silent = house.tries_to_judge(item, "baseline")

    assert silent.status_code == 422
    assert "Answer yes or no" in silent.text
    house.judges(item, "baseline", is_urgent="no")
    assert not house.item(item).is_urgent


# --- second looks ---


@pytest.fixture
def sampled(house: House, pattern: Pattern) -> House:
    """A hotline that looks at everything twice."""
    return with_settings(house, pattern, second_look_percent=100)


def test_a_second_look_is_somebody_elses_and_changes_nothing(sampled: House) -> None:
    house = sampled
    item = house.the_public_reports("https://item-one.example/page")
    house.judges(item, "baseline")
    [look] = SecondLook.rows()
    path = f"/second-looks/{look.id}"

    assert house.signed_in("anna").get(path).status_code == 404
    assert "Nothing waits" in house.page("/second-looks/", "anna")
    page = house.page(path, "ben")
    assert "Judged illegal" not in page
    assert house.posts(f"{path}/answer", as_="ben").status_code == 422
    house.does(f"{path}/answer", as_="ben", choice="not_illegal")

    assert house.item(item).state == State.TO_TRACE
    assert house.posts(f"{path}/answer", as_="ben", choice="x").status_code == 404
    team = house.page("/team/", "lena")
    assert "0 (0 %)" in team
    assert "baseline, then not illegal" in team


def test_agreement_is_counted_by_month_and_names_nobody(sampled: House) -> None:
    house = sampled
    for number, said in enumerate(("baseline", "baseline", "national"), start=1):
        item = house.the_public_reports(f"https://item-one.example/{number}")
        house.judges(item, "baseline")
        house.does(f"/second-looks/{number}/answer", as_="ben", choice=said)

    team = house.page("/team/", "mira")

    assert "2 (67 %)" in team
    agreement = team.partition('id="agreement"')[2].partition("</section>")[0]
    assert "Anna" not in agreement
    assert "Ben" not in agreement


@pytest.mark.parametrize("choice", ["spam", "not_assessed"])
def test_only_judgements_are_looked_at_again(sampled: House, choice: str) -> None:
    house = sampled
    item = house.the_public_reports("https://item-one.example/page")
    tomorrow = house.clock.now().date().replace(year=house.clock.now().year + 1)

    house.judges(item, choice, reason="gone", retry_on=tomorrow.isoformat())

    assert SecondLook.rows() == []


def test_a_verdict_taken_back_is_not_looked_at_again(sampled: House) -> None:
    house = sampled
    item = house.the_public_reports("https://item-one.example/page")
    house.judges(item, "not_illegal", reason="a slip")

    house.does(f"/items/{item.id}/undo")

    assert SecondLook.rows() == []
