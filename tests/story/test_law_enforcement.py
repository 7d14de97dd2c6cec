"""Law enforcement is told as was agreed: whom, how, of what, and of nothing else."""

from datetime import timedelta
from io import BytesIO

import pytest
from pypdf import PdfReader

from reportbox.lea.documents import KINDS
from reportbox.lifecycle import Item as ItemState
from reportbox.lifecycle import Lea
from reportbox.records.agencies import AgencyKey
from reportbox.records.answers import Attempt, Call
from reportbox.records.items import Hold, Item
from reportbox.records.letters import Letter
from reportbox.records.tracks import LeaNotice
from tests.agencies import (
    COAST_ADDRESS,
    COUNTY,
    COUNTY_ADDRESS,
    OLGA,
    OTTO,
    PAGE,
    POLICE,
    another,
    call_about,
    changed,
    code_in,
    good,
    judged,
    letters_to,
    notice_to,
    portal,
    presses,
    says,
    to_providers,
    told,
    waiting_letters,
)
from tests.builders import agreed
from tests.house import DONE, House, annex_of, csrf_in, text_of

REFUSED = 409
ELSEWHERE = "https://item-two.example/page"


def compares_the_key(house: House, unit: int = POLICE) -> None:
    """Mira takes in the agency's key and compares its fingerprint by telephone."""
    armoured = house.internet.lea.export_own_key()
    house.does(f"/agencies/{unit}/key", as_="mira", armoured=armoured)
    mine = house.internet.lea.own_fingerprint()
    key = AgencyKey.get(AgencyKey.agency == unit, AgencyKey.fingerprint == mine)
    typed = {"typed": mine[-16:], "how": "read out by telephone"}
    house.does(f"/keys/{key.id}/verify", as_="mira", **typed)


# --- how they are told ---


def test_without_a_compared_key_a_notice_waits_loudly_and_never_leaves_in_the_clear(
    house: House,
) -> None:
    house.does(f"/agencies/{POLICE}/drop_key", as_="mira")
    item = told(house)
    house.hours_pass(48)
    armoured = house.internet.lea.export_own_key()
    house.does(f"/agencies/{POLICE}/key", as_="mira", armoured=armoured)
    house.hours_pass(1)  # it is in the box, and nobody has compared it

    assert house.internet.post_office.letters == []
    tasks = house.page("/tasks")
    assert "No OpenPGP key" in tasks
    assert "LEA notice late" in tasks
    assert house.notice(item).state == Lea.TO_SEND

    compares_the_key(house)
    house.hours_pass(1)
    [letter] = house.letters()
    assert letter.is_encrypted
    assert annex_of(letter)["location_and_tracking"]["address"] == PAGE
    house.hours_pass(23)
    assert to_providers(house) == []
    house.hours_pass(1)
    assert len(to_providers(house)) == 1


@pytest.mark.parametrize("what", ["test", "own addresses", "list"])
def test_what_is_about_no_report_leaves_too_once_a_key_was_compared(
    house: House, what: str
) -> None:
    house.does(f"/agencies/{POLICE}/drop_key", as_="mira")
    if what == "test":
        house.does(f"/agencies/{POLICE}/test", as_="mira")
    elif what == "own addresses":
        house.does("/own_addresses", as_="mira", network="192.0.2.0/28")
    else:
        agreed(house.clock.now(), not_illegal="list")
        item = house.the_public_reports(PAGE)
        house.judges(item, "not_illegal", reason="seen")
    house.works()
    assert house.letters_to_the_lea() == []

    compares_the_key(house)
    house.hours_pass(1)

    [letter] = house.letters_to_the_lea()
    assert letter.is_encrypted


def test_an_agency_that_chooses_the_portal_in_place_of_a_key_is_told_there(
    house: House,
) -> None:
    house.does(f"/agencies/{POLICE}/drop_key", as_="mira")
    item = told(house)
    assert house.letters() == []

    form = {"name": "Practice Police", "level": "central", "channel": "portal"}
    mailbox = {"mailbox": "unit@police.example"}
    house.does(f"/agencies/{POLICE}/change", as_="mira", **form, **mailbox)
    house.hours_pass(1)

    [note] = letters_to(house)
    assert "in the portal" in note.subject
    assert house.notice(item).state == Lea.TO_CONFIRM


def test_what_is_known_of_an_agency_is_checked_once_a_year(house: House) -> None:
    today = house.clock.now().date()
    changed(POLICE, verified_on=today - timedelta(days=365))
    changed(COUNTY, verified_on=None)

    tasks = house.page("/tasks")
    assert "Nobody has checked mailbox and numbers of Practice County" in tasks
    assert "numbers were checked last on" not in tasks
    house.hours_pass(24)
    assert "Mailbox and numbers were checked last on" in house.page("/tasks")

    for number in (POLICE, COUNTY):
        house.does(f"/agencies/{number}/check", as_="mira")
    assert "Agency to check" not in house.page("/tasks")


def test_a_note_of_the_portal_says_where_to_log_in_and_stop_the_ntd(
    house: House,
) -> None:
    changed(POLICE, channel="portal", key="")
    item = told(house)

    [note] = letters_to(house)
    words = text_of(note)
    where = f"{house.settings.portal_url}/lea/notices/{house.notice(item).id}/hold"
    assert where in words.splitlines()
    assert "filtered and assessed by trained analysts" in words
    path = where.removeprefix(house.settings.portal_url)
    shown = house.stranger("portal").get(path)
    assert shown.status_code == 303
    assert f"then={path}" in shown.location.replace("%2F", "/")
    house.does(path, as_=OTTO, scope="item")
    assert house.item(item).is_held


def test_a_portal_only_agency_is_not_owed_letters_that_can_never_leave(
    house: House,
) -> None:
    agreed(house.clock.now(), not_illegal="list")
    changed(POLICE, channel="portal", key="")
    house.does("/own_addresses", as_="mira", network="192.0.2.0/28")
    item = house.the_public_reports(PAGE)
    house.judges(item, "not_illegal", reason="seen")
    house.works()
    house.hours_pass(24)

    assert waiting_letters() == []
    assert "No OpenPGP key" not in house.page("/tasks")
    assert "192.0.2.0/28" in house.page("/lea/notices/", OTTO)


def test_a_portal_only_agency_can_confirm_a_test_letter(house: House) -> None:
    changed(COUNTY, test_confirmed_at=None, tested_at=None)
    asked = "Before the first real letter to Practice County Police: "
    assert f"{asked}send a test letter" in house.page("/tasks")

    house.does(f"/agencies/{COUNTY}/test", as_="mira")
    house.works()
    assert f"{asked}ask them by telephone for the code" in house.page("/tasks")
    [letter] = letters_to(house, COUNTY_ADDRESS)
    presses(house.stranger("portal"), code_in(letter), "receive")

    assert asked not in house.page("/tasks")


def test_a_real_notice_waits_for_no_test_and_the_desk_hears_so_until_one_is_confirmed(
    house: House,
) -> None:
    changed(POLICE, test_confirmed_at=None, tested_at=None)
    item = told(house)

    assert house.notice(item).state == Lea.TO_CONFIRM
    loud = "Practice Police is sent notices, and never confirmed that it can read one"
    assert loud in house.page("/tasks")

    says(house, item, "receive")
    assert loud not in house.page("/tasks")


def test_another_mailbox_or_key_wants_another_test(house: House) -> None:
    asked = "Before the first real letter to Practice Police: send a test letter"
    assert asked not in house.page("/tasks")
    changed(POLICE, key="A" * 40)
    assert asked not in house.page("/tasks")

    compares_the_key(house)

    assert asked in house.page("/tasks")


def test_what_goes_into_an_agencys_own_tool_is_entered_by_a_person(
    house: House,
) -> None:
    changed(POLICE, channel="web_tool", tool="Tool One", mailbox="")
    item = told(house)
    house.hours_pass(48)
    assert house.letters() == []
    assert house.notice(item).state == Lea.TO_REACH
    assert "LEA not reached" in house.page("/tasks")

    number = notice_to(house, item).id
    entered = {"why": "entered it", "reference": "TOOL-1"}
    house.does(f"/notices/{number}/tell_otherwise", **entered)
    assert notice_to(house, item).reference == "TOOL-1"
    house.hours_pass(23)
    assert to_providers(house) == []
    house.hours_pass(1)
    assert len(to_providers(house)) == 1

    house.does(f"/items/{item.id}/confirm_removal", why="looked: gone")
    house.works()
    assert "News for the LEA" in house.page("/tasks")
    house.does(f"/notices/{number}/tell_news", why="entered it")
    assert "News for the LEA" not in house.page("/tasks")
    assert letters_to(house) == []


def test_own_addresses_are_told_again_after_each_change_and_not_in_between(
    house: House,
) -> None:
    house.does("/own_addresses", as_="mira", network="192.0.2.0/28", note="office")
    house.works()
    house.hours_pass(24)
    [first] = letters_to(house)
    assert first.is_encrypted
    assert "192.0.2.0/28 (office)" in text_of(first)

    house.does("/own_addresses", as_="mira", network="198.51.100.7")
    house.works()
    house.clock.advance(hours=1)
    house.does("/own_addresses/1/remove", as_="mira")
    house.works()

    last = letters_to(house)[2]
    assert len(letters_to(house)) == 3
    assert "198.51.100.7" in text_of(last)
    assert "192.0.2.0" not in text_of(last)


# --- what is urgent ---


def test_what_is_urgent_holds_everything_until_somebody_was_reached(
    house: House,
) -> None:
    usual = judged(house, ELSEWHERE)
    item = told(house, is_urgent="yes", urgent_reason="it says tonight")
    first = house.letters_to_the_lea()[0]
    assert first.subject.startswith("URGENT")
    assert item.number in first.subject
    assert "call Practice Police (Duty officer" in house.page("/tasks")
    house.hours_pass(24 * 3)
    assert {x.recipient for x in to_providers(house)} == {"abuse@host-two.example"}
    assert house.ntd(usual).asked_at is not None

    call = call_about(item)
    path = f"/calls/{call.id}"
    assert "Duty officer +000 000 0112" in house.page(path)
    assert house.posts(path, words="").status_code == 422
    house.does(path, number="+000 000 0112", words="nobody answered")
    house.does(path, number="+000 000 0113", words="engaged", as_="ben")
    assert "A child may be in danger" in house.page("/tasks")
    assert house.item(item).is_held

    reached = {"number": "+000 000 0112", "words": "Officer One", "reached": "yes"}
    house.does(path, **reached)
    house.works()
    assert "A child may be in danger" not in house.page("/tasks")
    assert [a.words for a in Attempt.rows()] == [
        "nobody answered",
        "engaged",
        "Officer One",
    ]
    assert "nobody answered" in house.page(path)
    assert "abuse@host-one.example" in {x.recipient for x in to_providers(house)}
    assert house.posts(path, **reached).status_code == REFUSED


def test_a_receipt_lifts_the_boxs_own_hold_and_leaves_the_call_open(
    house: House,
) -> None:
    item = told(house, is_urgent="yes", urgent_reason="it says tonight")
    [hold] = Hold.open_on(item.id)
    assert hold.is_urgent

    says(house, item, "receive")

    assert not house.item(item).is_held
    assert "A child may be in danger" in house.page("/tasks")
    assert Call.get_by_id(call_about(item).id).done_at is None


def test_an_urgent_item_of_a_silent_agency_is_not_blocked_for_ever(
    house: House,
) -> None:
    agreed(house.clock.now(), silent_days=3)
    item = told(house, is_urgent="yes", urgent_reason="it says tonight")
    house.hours_pass(24 * 2)
    assert to_providers(house) == []

    house.hours_pass(24)
    house.works()

    assert house.notice(item).state == Lea.SILENT
    assert len(to_providers(house)) == 1


def test_whatever_an_officer_answers_ends_the_boxs_own_hold(house: House) -> None:
    item = told(house, is_urgent="yes", urgent_reason="it says tonight")

    says(house, item, "feedback", status="in_progress", usefulness="")

    assert not [h for h in Hold.open_on(item.id) if h.is_urgent]


def is_held_by_the_box(item: Item) -> bool:
    return any(hold.is_urgent for hold in Hold.open_on(item.id))


def test_whoever_only_gets_a_copy_does_not_answer_for_who_has_it(house: House) -> None:
    item = told(house, region="North", is_urgent="yes", urgent_reason="it says tonight")

    says(house, item, "receive")
    assert is_held_by_the_box(item)

    says(house, item, "receive", officer=OLGA)
    assert not is_held_by_the_box(item)


@pytest.mark.parametrize("how", ["receipt", "hold", "call", "silence", "no wait"])
def test_where_several_agencies_have_it_each_is_waited_for(
    house: House, how: str
) -> None:
    agreed(house.clock.now(), silent_days=3)
    changed(POLICE, regions=["North"])
    item = told(house, region="North", is_urgent="yes", urgent_reason="it says tonight")
    says(house, item, "receive")
    assert is_held_by_the_box(item)

    if how == "receipt":
        says(house, item, "receive", officer=OLGA)
    elif how == "hold":
        says(house, item, "hold_now", officer=OLGA)
        assert house.item(item).is_held
    elif how == "call":
        call = Call.get(Call.item == item.id, Call.unit == COUNTY)
        words = {"number": "+000 000 0200", "words": "Olga", "reached": "yes"}
        house.does(f"/calls/{call.id}", **words)
    elif how == "silence":
        house.hours_pass(24 * 3)
    else:
        notice = notice_to(house, item, COUNTY)
        house.does(f"/notices/{notice.id}/close", why="told by the police")

    assert not is_held_by_the_box(item)


# --- of what they are told ---


def test_what_is_not_illegal_is_told_to_nobody_unless_that_was_agreed(
    house: House,
) -> None:
    item = house.the_public_reports(PAGE)
    house.judges(item, "not_illegal", reason="seen")
    house.hours_pass(24 * 40)

    assert house.letters() == []
    assert house.item(item).state == ItemState.NOT_ILLEGAL


def test_what_is_not_illegal_goes_in_a_list_as_often_as_agreed(house: House) -> None:
    agreed(house.clock.now(), not_illegal="list", list_days=7)
    house.works()
    assert house.letters() == []  # an empty list tells nobody anything
    one = house.the_public_reports(PAGE)
    house.judges(one, "not_illegal", reason="seen")
    house.works()
    assert house.letters() == []  # it could still be taken back
    house.hours_pass(24)
    assert len(house.letters()) == 1

    two = house.the_public_reports(ELSEWHERE)
    house.judges(two, "not_illegal", reason="seen")
    house.hours_pass(24 * 5)
    assert len(house.letters()) == 1
    house.hours_pass(24 * 2)

    first, second = house.letters()
    assert first.recipient == second.recipient == "unit@police.example"
    assert first.is_encrypted
    lists = [dict(x.parts)["not-illegal.csv"] for x in (first, second)]
    assert one.number in lists[0]
    assert PAGE in lists[0]
    assert two.number not in lists[0]
    assert two.number in lists[1]
    assert one.number not in lists[1]


def test_what_is_not_illegal_is_told_each_time_and_not_before_it_could_be_undone(
    house: House,
) -> None:
    agreed(house.clock.now(), not_illegal="each")
    item = house.the_public_reports(PAGE)
    house.judges(item, "not_illegal", reason="seen")
    house.minutes_pass(9)
    assert house.letters() == []

    house.minutes_pass(1)
    [letter] = house.letters()
    assert "FOR ADMINISTRATIVE PURPOSES" in text_of(letter)
    assert annex_of(letter)["report"]["verdict"] == "not illegal"
    house.hours_pass(48)
    assert to_providers(house) == []


def test_not_illegal_can_be_undone_within_ten_minutes_though_each_is_told(
    house: House,
) -> None:
    agreed(house.clock.now(), not_illegal="each")
    item = house.the_public_reports(PAGE)
    house.judges(item, "not_illegal", reason="seen")
    house.minutes_pass(9)

    offered = f"/items/{item.id}/undo" in house.page(f"/items/{item.id}")
    house.does(f"/items/{item.id}/undo")
    house.hours_pass(48)

    assert house.letters() == []
    assert house.item(item).state == ItemState.TO_ASSESS
    house.judges(item, "baseline")
    house.works()
    assert len(letters_to(house)) == 1
    assert offered  # the button stands on the page


def test_what_is_hosted_abroad_is_told_for_information(house: House) -> None:
    told(house, "https://page-de.example/item")

    [letter] = letters_to(house)

    assert "for information" in letter.subject
    assert "FOR INFORMATION: hosted abroad" in text_of(letter)


# --- whom ---


def test_a_region_and_a_topic_choose_who_is_told_and_who_gets_a_copy(
    house: House,
) -> None:
    coast = another(house, "Practice Coast Police", topics=["other_child"])
    south = another(
        house,
        "Practice South Police",
        mailbox="south@police.example",
        regions=["South"],
        parent=coast,
    )
    usual = told(house)
    north = told(house, ELSEWHERE, region="North")
    topical = house.the_public_reports(
        "https://item-three.example/page", topic="other_child"
    )
    house.judges(topical, "baseline", region="South")
    house.works()

    def agencies(item: Item) -> set[int]:
        return {n.unit_id or 0 for n in LeaNotice.of(house.item(item))}

    assert agencies(usual) == {POLICE}
    assert agencies(north) == {COUNTY, POLICE}  # the police get copies
    assert agencies(topical) == {coast.id, south.id}
    assert len(letters_to(house)) == 2
    assert len(letters_to(house, COAST_ADDRESS)) == 1
    assert len(letters_to(house, COUNTY_ADDRESS)) == 1


def test_a_changed_verdict_is_corrected_to_every_agency_that_was_told(
    house: House,
) -> None:
    another(house, "Practice Coast Police", regions=["North"])
    item = told(house, region="North")
    house.hours_pass(24)
    says(house, item, "receive")

    house.judges(item, "not_illegal", reason="seen again")
    house.works()

    for mailbox in ("unit@police.example", COAST_ADDRESS):
        correction = letters_to(house, mailbox)[-1]
        assert "correction to" in correction.subject
        assert "not illegal (told before: illegal (baseline))" in text_of(correction)
    note = letters_to(house, COUNTY_ADDRESS)[-1]
    assert "something new in the portal" in note.subject
    assert "not illegal" in portal(house, item, OLGA)
    assert "disregard" in to_providers(house)[-1].subject


def test_one_agency_not_told_keeps_every_ntd_back(house: House) -> None:
    house.internet.post_office.manners = lambda point, to: (
        "550 no such mailbox" if point == "rcpt" and to == COUNTY_ADDRESS else None
    )
    item = told(house, region="North")
    house.hours_pass(48)
    assert to_providers(house) == []

    house.internet.post_office.manners = good
    number = notice_to(house, item, COUNTY).id
    house.does(f"/notices/{number}/resend", why="they mended it")
    house.works()
    house.hours_pass(24)
    assert len(to_providers(house)) == 1


# --- and of nothing else ---

OF_THE_REPORTER = {
    "comments": "MARK-COMMENTS",
    "login": "MARK-LOGIN",
    "steps": "MARK-STEPS",
    "referrer": "https://mark-referrer.example/MARK-REFERRER",
    "email": "mark-email@reporter.example",
    "where_found": "MARK-FOUND in words",
}
NEVER_THE_LEA = (
    "MARK-COMMENTS",
    "MARK-LOGIN",
    "MARK-STEPS",
    "MARK-REFERRER",
    "mark-referrer",
    "MARK-FOUND",
)
FOR_THE_LEA = {
    "remarks": "MARK-REMARKS",
    "useful_information": "MARK-USEFUL",
    "summary": "MARK-SUMMARY",
    "password": "MARK-PASSWORD",
    "screenshots": "MARK-SHOTS",
}
ONLY_THE_DESK = "MARK-REASON"  # why it was judged so


def everything_for_the_lea(house: House, item: Item) -> dict[str, str]:
    """All an agency can read of an item: letters, documents, pages, one text each."""
    found = {f"letter {n}": str(x) for n, x in enumerate(house.letters())
             if x.recipient.endswith("@police.example")}  # fmt: skip
    for n, arrived in enumerate(house.internet.post_office.letters):
        found[f"raw {n}"] = arrived.data.decode("latin-1")
    for officer, unit in ((OTTO, POLICE), (OLGA, COUNTY)):
        browser = house.signed_in(officer)
        path = f"/lea/notices/{notice_to(house, item, unit).id}"
        for page in (path, "/lea/notices/", "/lea/holds/", f"{path}/removed"):
            found[f"{officer} {page}"] = browser.get(page).text
        form = {"csrf_token": csrf_in(browser.get("/me").text)}
        found[f"{officer} address"] = browser.post(f"{path}/address", data=form).text
        for kind in KINDS:
            data = browser.post(f"{path}/annex/{kind}", data=form).data
            found[f"{officer} {kind}"] = (
                "\n".join(p.extract_text() for p in PdfReader(BytesIO(data)).pages)
                if kind == "pdf"
                else data.decode()
            )
        code = notice_to(house, item, unit).code
        found[f"{officer} link"] = house.stranger("portal").get(f"/n/{code}").text
    return found


def holding(mark: str, found: dict[str, str]) -> list[str]:
    """Name where a mark stands, though a line may break within it."""
    wanted = "".join(mark.lower().split())
    return [n for n, text in found.items() if wanted in "".join(text.lower().split())]


@pytest.mark.parametrize("consents", [False, True])
def test_what_the_reporter_said_never_reaches_the_lea_nor_the_leas_a_provider(
    house: House, consents: bool
) -> None:
    consent = {"police_may_ask": "yes"} if consents else {"wants_reply": "yes"}
    item = house.the_public_reports(PAGE, **OF_THE_REPORTER, **consent)
    house.judges(item, "baseline", region="North", reason=ONLY_THE_DESK, **FOR_THE_LEA)
    house.works()
    house.hours_pass(24)  # the NTD
    house.hours_pass(24)  # its reminder, and a chase of the receipts
    says(house, item, "feedback", status="closed", usefulness="", why="MARK-FEEDBACK")
    house.judges(item, "not_illegal", reason=f"{ONLY_THE_DESK} again")
    house.works()
    house.works()

    read = everything_for_the_lea(house, item)
    sent = {f"provider {n}": str(x) for n, x in enumerate(to_providers(house))}
    assert len(sent) == 3
    # The marks are there to be found: an agency reads what is meant for it.
    for mark in FOR_THE_LEA.values():
        places = holding(mark, read)
        assert {"letter 0", "otto pdf", "olga html", "olga json"} <= set(places)
    assert "MARK-COMMENTS" in house.page(f"/items/{item.id}")

    for mark in NEVER_THE_LEA:
        assert holding(mark, read) == [], mark
    asked = holding("mark-email", read)
    assert bool(asked) is consents, asked
    for mark in (*NEVER_THE_LEA, *FOR_THE_LEA.values(), "mark-email", "MARK-FEEDBACK"):
        assert holding(mark, sent) == [], mark
    plain = {n: text for n, text in read.items() if n.startswith("raw")}
    for mark in (*FOR_THE_LEA.values(), "mark-email", "MARK-FEEDBACK"):
        assert holding(mark, plain) == [], mark
    for mark in (ONLY_THE_DESK,):
        assert holding(mark, {**read, **sent}) == [], mark


def test_a_list_of_what_is_not_illegal_holds_no_word_of_a_reporter(
    house: House,
) -> None:
    agreed(house.clock.now(), not_illegal="list")
    item = house.the_public_reports(PAGE, **OF_THE_REPORTER, wants_reply="yes")
    house.judges(item, "not_illegal", reason="seen", **FOR_THE_LEA)
    house.hours_pass(1)

    [letter] = house.letters()

    for mark in (*NEVER_THE_LEA, "mark-email"):
        assert holding(mark, {"list": str(letter)}) == [], mark


def test_consent_given_to_an_item_told_before_reaches_the_lea(house: House) -> None:
    item = told(house)
    house.the_public_reports(
        PAGE, email="mark-email@reporter.example", police_may_ask="yes"
    )
    house.works()

    assert "mark-email@reporter" in portal(house, item)


def test_the_test_letter_holds_no_report(house: House) -> None:
    item = told(house)
    house.does(f"/agencies/{POLICE}/test", as_="mira")
    house.works()

    letter = letters_to(house)[-1]
    assert item.number not in str(letter)
    answer = presses(house.stranger("portal"), code_in(letter), "receive")
    assert answer.status_code in {200, DONE}
    assert Letter.rows()[-1].sent_at is not None
