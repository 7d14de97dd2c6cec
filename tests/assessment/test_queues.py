"""The queues: what waits for whom, in which order, page by page, and the search."""

import re
from datetime import timedelta

import pytest

from reportbox.assessment import queues
from reportbox.assessment.queues import Scene
from reportbox.lifecycle import Item as State
from reportbox.lifecycle import Lea as LeaState
from reportbox.lifecycle import Ntd as NtdState
from reportbox.practice.manners import good_manners
from reportbox.records import atomic, database
from reportbox.records.items import DECLARED, SAID, USUAL, Hold, Item
from reportbox.records.letters import Letter
from reportbox.records.staff import SavedFilter
from reportbox.records.streams import Key
from reportbox.records.tracks import Ntd
from tests.builders import a_notice, agreed, an_item, an_item_at_home, an_ntd
from tests.house import House, csrf_in

# What is asked of single rows (has its host moved?) runs along an index as well.
# The hosts that moved are few, and one index holds those alone.
MOVED = "SCAN event USING COVERING INDEX event_host_moved"
ALONG = (
    *("SEARCH", "CORRELATED SCALAR SUBQUERY"),
    *("LIST SUBQUERY", MOVED, "CREATE BLOOM FILTER"),
)


def scene(house: House, me: str = "Anna") -> Scene:
    return Scene(house.settings, house.clock.now(), me)


def listed(house: House, name: str, me: str = "Anna") -> list[int]:
    """Read a queue to its end, page by page."""
    found: list[int] = []
    after = None
    while True:
        entries, after = queues.page(name, scene(house, me), after)
        found += [entry.item.id for entry in entries if entry.item]
        if after is None:
            return found


def numbers_in(page: str) -> list[int]:
    return [int(n) for n in re.findall(r">RB-(\d+)</a>", page)]


def test_urgent_comes_first_then_whoever_waits_longest(house: House) -> None:
    now = house.clock.now()
    with atomic():
        new = an_item(now)
        old = an_item(now - timedelta(days=2))
        said = an_item(now, says_urgent=True, urgency=SAID)
        declared = an_item(now, is_urgent=True, urgency=DECLARED)

    assert listed(house, "assess") == [declared.id, said.id, old.id, new.id]
    assert listed(house, "urgent") == [declared.id, said.id]


def test_a_threat_comes_first_in_the_lists_of_tracks_and_holds_too(
    house: House,
) -> None:
    now = house.clock.now()
    with atomic():
        made = [an_item_at_home(now, judged_at=now) for _ in range(4)]
        for item in (made[1], made[3]):
            Item.change(item.id, is_urgent=True, urgency=DECLARED)
        Item.change(made[3].id, state=State.REMOVED)
        for item, age in zip(made, (9, 6, 8, 7), strict=True):
            at = now - timedelta(days=age)
            a_notice(at, item, state=LeaState.TO_CONFIRM, told_at=at)
            contact = "abuse@host-one.example"
            for state in (NtdState.TO_FALL_DUE, NtdState.TO_REACH, NtdState.TO_CHECK):
                ntd = an_ntd(at, item, contact)
                moments = {"opened_at": at, "due_at": at, "check_at": at}
                Ntd.change(ntd.id, state=state, **moments)
            Hold.create(item=item, placed_at=at, placed_by="Anna", why="asked")

    usual, urgent, younger, over = (item.id for item in made)
    for name in ("receipts", "ntds", "changed", "checks", "held"):
        assert listed(house, name) == [urgent, usual, younger, over], name


def test_a_long_list_of_tracks_goes_on_behind_the_threats(house: House) -> None:
    now = house.clock.now() - timedelta(days=9)
    with atomic():
        made = []
        for number in range(queues.PAGE + 5):
            item = an_item_at_home(now, judged_at=now)
            if number > 40:
                Item.change(item.id, is_urgent=True, urgency=DECLARED)
            at = now + timedelta(minutes=number)
            a_notice(at, item, state=LeaState.TO_CONFIRM, told_at=at)
            made.append(item.id)

    assert listed(house, "receipts") == made[41:] + made[:41]


def test_a_long_queue_is_read_without_a_gap_or_a_double(house: House) -> None:
    now = house.clock.now()
    with atomic():
        made = [
            an_item(now - timedelta(minutes=n % 7), urgency=n % 3).id
            for n in range(queues.PAGE * 2 + 5)
        ]

    found = listed(house, "assess")

    assert len(found) == len(made)
    assert set(found) == set(made)


def test_what_ended_is_shown_the_latest_first(house: House) -> None:
    for number in range(3):
        item = house.the_public_reports(f"https://item-one.example/{number}")
        house.judges(item, "spam")
        house.clock.advance(minutes=1)

    assert listed(house, "ended") == [3, 2, 1]


def test_a_page_takes_up_where_the_last_one_ended(house: House) -> None:
    with atomic():
        for _ in range(queues.PAGE + 1):
            an_item(house.clock.now())

    first = house.page("/queue/assess")
    link = re.search(r'rel="next" href="([^"]+)"', first)
    assert link
    second = house.page(link[1].replace("&amp;", "&"))

    assert not set(numbers_in(first)) & set(numbers_in(second))
    assert "First page" in second
    assert 'rel="next"' not in second


@pytest.mark.parametrize("after", ["x", "1_2_3", "2_2026-01-01_1", "9_9_9_9", "2__"])
def test_a_broken_key_in_the_address_is_the_first_page(
    house: House, after: str
) -> None:
    assert Key.read(after) is None
    assert house.signed_in().get(f"/queue/assess?after={after}").status_code == 200


def test_counting_stops_at_a_thousand(house: House) -> None:
    with atomic():
        for _ in range(1_005):
            an_item(house.clock.now())

    assert queues.counts(scene(house))["assess"] == "1000+"


def test_every_queue_counts_what_it_shows(house: House) -> None:
    for host in ("item-one.example", "page-de.example", "item-four.example"):
        house.judges(house.the_public_reports(f"https://{host}/1"), "baseline")
    house.judges(house.the_public_reports("https://item-two.example/1"), "uncertain")
    house.the_public_reports("https://item-two.example/2", urgent="yes")
    house.does("/items/5/take")
    house.works()
    house.internet.post_office.manners = lambda point, _: (
        "drop" if point == "kept" else None
    )
    house.hours_pass(24)
    house.does("/items/1/hold", why="asked by telephone")
    house.internet.post_office.manners = good_manners
    house.judges(house.the_public_reports("https://page-kept.example/1"), "baseline")
    house.works()
    house.hours_pass(25)
    [asked] = Ntd.rows(Ntd.state == NtdState.TO_VERIFY)
    house.does(f"/ntds/{asked.id}/claim_removal", why="answered “removed”")
    house.hours_pass(49)

    counted = queues.counts(scene(house))

    for name in queues.QUEUES:
        entries, _ = queues.page(name, scene(house), None)
        assert counted[name] == str(len(entries)), name
    assert {n for n, c in counted.items() if c != "0"} >= {
        "assess",
        "urgent",
        "decide",
        "receipts",
        "checks",
        "letters",
        "running",
        "held",
    }


def test_every_queue_runs_along_an_index(house: House) -> None:
    """No list of items or tracks may be scanned or sorted, however many there are."""
    for name, queue in queues.QUEUES.items():
        for stream in queue.streams(scene(house)):
            if stream.model is Letter:
                continue  # few letters need a person, and their states have an index
            key = Key(stream.urgencies[0], house.clock.now(), 5)
            query, values = stream.asking(
                key.urgency, key, 50, newest_first=queue.newest_first
            )
            plan = database.execute_sql(f"EXPLAIN QUERY PLAN {query}", values)
            steps = [row[3] for row in plan.fetchall()]
            assert all(step.startswith(ALONG) for step in steps), (name, steps)


def test_mine_are_those_i_took_lately(house: House) -> None:
    for number in (1, 2):
        house.the_public_reports(f"https://item-one.example/{number}")
    house.does("/items/1/take")
    house.does("/items/2/take", as_="ben")

    assert listed(house, "mine") == [1]
    house.clock.advance(minutes=16)
    assert listed(house, "mine") == []


def test_the_next_item_is_the_first_free_one_and_not_one_i_passed_on(
    house: House,
) -> None:
    for number in range(1, 4):
        house.the_public_reports(f"https://item-one.example/{number}")
        house.clock.advance(minutes=1)
    house.does("/items/1/take", as_="ben")
    house.does("/items/2/pass-on")

    answer = house.posts("/queue/assess/next")

    assert answer.location == "/items/3"
    assert house.item(Item.get_by_id(3)).taken_by == "Anna"
    assert house.posts("/queue/assess/next", as_="lena").location == "/items/2"
    assert house.posts("/queue/assess/next", as_="lena").location == "/queue/assess"


def test_a_claim_is_renewed_by_its_holder_only(house: House) -> None:
    item = house.the_public_reports("https://item-one.example/1")
    house.does(f"/items/{item.id}/take")

    house.clock.advance(minutes=10)
    assert house.posts(f"/items/{item.id}/renew", as_="ben").status_code == 204
    assert house.posts(f"/items/{item.id}/renew").status_code == 204
    house.clock.advance(minutes=10)

    assert "taken by Anna" in house.page("/queue/assess", "ben")


def test_whoever_passes_an_item_on_is_not_asked_why(house: House) -> None:
    item = house.the_public_reports("https://item-one.example/1")
    house.does(f"/items/{item.id}/take")

    house.does(f"/items/{item.id}/pass-on")

    assert house.item(item).taken_by == ""
    assert house.history(item) == ["item take"]


# --- filters ---


def test_a_filter_narrows_a_queue_and_stands_in_no_address(house: House) -> None:
    house.the_public_reports("https://item-one.example/1")
    house.the_public_reports("https://item-two.example/1")

    answer = house.posts("/queue/assess/filter", field="host", value="item-two.example")

    assert "item-two" not in answer.location
    assert numbers_in(house.page(answer.location)) == [2]


def test_a_kept_filter_is_its_owners_alone(house: House) -> None:
    house.does(
        "/queue/running/filter", field="provider", value="Home Hosting One", name="home"
    )
    [kept] = SavedFilter.rows()

    assert ">home</a>" in house.page("/queue/assess")
    assert ">home</a>" not in house.page("/queue/assess", "ben")
    path = f"/queue/running?filter={kept.id}"
    assert house.signed_in().get(path).status_code == 200
    assert house.signed_in("ben").get(path).status_code == 404
    house.does(f"/filters/{kept.id}/forget", as_="ben")
    assert SavedFilter.rows() == [kept]
    house.does(f"/filters/{kept.id}/forget")
    assert SavedFilter.rows() == []


def test_an_unnamed_filter_replaces_the_last_one(house: House) -> None:
    for value in ("item-one.example", "item-two.example"):
        house.does("/queue/assess/filter", field="host", value=value)

    assert [f.value for f in SavedFilter.rows()] == ["item-two.example"]


# --- search ---


@pytest.fixture
def told(house: House) -> House:
    """Two items at home; the provider of one was asked."""
    item = house.the_public_reports("https://Item-One.example:443/a%20b?x=1#part")
    house.judges(item, "baseline")
    house.works()
    house.hours_pass(25)
    house.the_public_reports("https://item-one.example/other")
    return house


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("RB-000001", {1}),
        ("2", {2}),
        ("https://item-one.example/a%20b?x=1", {1}),
        ("hxxps://item-one[.]example/a%20b?x=1", {1}),
        ("item-one.example", {1, 2}),
        ("ITEM-ONE.example", {1, 2}),
        ("home hosting one", {1}),
        ("ABUSE@host-one.example", {1}),
        ("https://item-one.example/never", set()),
        ("no such thing", set()),
        ("nobody@host-one.example", set()),
        ("RB-999999", set()),
        ("999999999999", set()),
    ],
)
def test_the_search_finds_by_whatever_is_known(
    told: House, words: str, found: set[int]
) -> None:
    answer = told.posts("/search", words=words)

    if len(found) == 1:
        assert answer.location == f"/items/{found.pop()}"
    else:
        assert set(numbers_in(answer.text)) == found
        assert ("Nothing was found" in answer.text) == (not found)


def test_the_search_finds_by_a_receipt(house: House) -> None:
    visitor = house.visitor()
    page = visitor.get("/").text
    token = page.partition('name="token" value="')[2].partition('"')[0]
    form = {"token": token, "address": "https://item-one.example/1"}
    receipt = re.search(
        r"[a-z2-7]{4}(-[a-z2-7]{4}){3}", visitor.post("/", data=form).text
    )
    assert receipt

    assert house.posts("/search", words=receipt[0].upper()).location == "/items/1"


def test_an_empty_search_says_what_can_be_found(house: House) -> None:
    answer = house.posts("/search", words="  ")

    assert answer.status_code == 422
    assert "Type a number, a receipt, an address" in answer.text


# --- many at once ---


def test_many_are_judged_once_each_with_its_own_history(house: House) -> None:
    items = [
        house.the_public_reports(f"https://item-one.example/{n}") for n in range(4)
    ]
    house.does("/items/4/take", as_="ben")
    page = house.posts("/many/select", item=["1", "2", "3", "4"]).text
    seen = dict(re.findall(r'name="(seen_\d+)" value="([^"]+)"', page))
    assert set(seen) == {"seen_1", "seen_2", "seen_3"}  # Ben is at the fourth
    house.judges(items[1], "spam", as_="ben")

    anna = house.signed_in()
    form = {"csrf_token": csrf_in(anna.get("/me").text), "choice": "baseline", **seen}
    ticked = {**form, "item": ["1", "2", "3"]}
    said = anna.post("/many/judge", data=ticked, follow_redirects=True).text

    states = [house.item(i).state for i in items]
    assert states == [
        State.TO_TRACE,
        State.SET_ASIDE,
        State.TO_TRACE,
        State.TO_ASSESS,
    ]
    assert "2 items: Illegal: baseline." in said
    assert "RB-000002: Ben judged it" in said
    assert house.history(items[0]) == ["item judge_illegal"]


def test_a_reporters_word_of_danger_is_never_judged_in_a_heap(house: House) -> None:
    house.the_public_reports("https://item-one.example/1")
    urgent = house.the_public_reports("https://item-one.example/2", urgent="yes")

    page = house.posts("/many/select", item=["1", "2"]).text
    seen = {"seen_1": "to_assess 0 1", "seen_2": "to_assess 0 1"}
    house.does("/many/judge", item=["1", "2"], choice="baseline", **seen)

    assert "RB-000002" in page  # named as left out
    assert 'name="seen_2"' not in page
    assert house.item(urgent).state == State.TO_ASSESS


def test_nothing_ticked_and_nothing_chosen_are_said(house: House) -> None:
    house.the_public_reports("https://item-one.example/1")

    answer = house.posts("/many/select")
    unchosen = house.posts("/many/judge", item=["1"])

    assert answer.location == "/queue/"
    assert unchosen.status_code == 422
    assert "Please choose a verdict." in unchosen.text


def test_looks_left_to_the_lea_are_found_along_an_index_too(house: House) -> None:
    agreed(house.clock.now(), removal_checker="lea")
    for name in ("checks", "with_lea"):
        for stream in queues.QUEUES[name].streams(scene(house)):
            query, values = stream.asking(USUAL, None, 50, newest_first=False)
            plan = database.execute_sql(f"EXPLAIN QUERY PLAN {query}", values)
            steps = [row[3] for row in plan.fetchall()]
            assert not any(step.startswith("SCAN") for step in steps), (name, steps)
            assert not any("TEMP B-TREE" in step for step in steps), (name, steps)
