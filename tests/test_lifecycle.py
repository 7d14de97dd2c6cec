"""The tables of the journey, read as promises."""

from collections.abc import Iterable

import pytest

from reportbox import lifecycle
from reportbox.errors import IllegalMove
from reportbox.lifecycle import (
    CONSEQUENCES,
    OUTCOMES,
    STATES,
    TABLES,
    Actor,
    Item,
    Kind,
    Lea,
    Letter,
    Move,
    Ntd,
    Paper,
    Referral,
    State,
    advance,
    closing,
    is_ended,
    moves,
)

START: dict[Kind, State] = {
    Kind.ITEM: Item.TO_ASSESS,
    Kind.LEA: Lea.TO_NOTIFY,
    Kind.NTD: Ntd.TO_FALL_DUE,
    Kind.REFERRAL: Referral.TO_REFER,
    Kind.LETTER: Letter.WAITING,
}
ENDINGS: dict[Kind, set[State]] = {
    Kind.ITEM: {
        Item.SET_ASIDE,
        Item.NOT_ILLEGAL,
        Item.REMOVED,
        Item.REFERRED,
        Item.HANDED_OVER,
        Item.UNRESOLVED,
    },
    Kind.LEA: {Lea.CONFIRMED, Lea.SILENT, Lea.CLOSED, Lea.WITHDRAWN},
    Kind.NTD: {Ntd.REMOVED, Ntd.UNRESOLVED, Ntd.WITHDRAWN},
    Kind.REFERRAL: {Referral.REFERRED, Referral.WITHDRAWN},
    Kind.LETTER: {Letter.SENT, Letter.STOPPED},
}


def reachable(
    kind: Kind, *, without: Iterable[Move] = (), avoiding: Iterable[State] = ()
) -> set[State]:
    seen = {START[kind]}
    for _ in STATES[kind]:
        for step in TABLES[kind]:
            if step.start in seen - set(avoiding) and step.move not in without:
                seen.add(step.end)
    return seen


@pytest.mark.parametrize("kind", Kind)
def test_no_two_steps_share_a_start_and_a_move(kind: Kind) -> None:
    starts = [(step.start, step.move) for step in TABLES[kind]]

    assert len(starts) == len(set(starts))


@pytest.mark.parametrize("kind", Kind)
def test_every_state_can_be_reached(kind: Kind) -> None:
    assert reachable(kind) == set(STATES[kind])


@pytest.mark.parametrize("kind", Kind)
def test_only_endings_have_no_way_out(kind: Kind) -> None:
    assert {s for s in STATES[kind] if is_ended(kind, s)} == ENDINGS[kind]


@pytest.mark.parametrize("kind", Kind)
def test_from_every_state_some_ending_can_be_reached(kind: Kind) -> None:
    for state in STATES[kind]:
        seen = {state}
        for _ in STATES[kind]:
            seen |= {s.end for s in TABLES[kind] if s.start in seen}
        assert seen & ENDINGS[kind], state


def test_no_ntd_is_written_before_the_lea_was_told() -> None:
    asking = {Move.WRITE, Move.ASK_BY_HAND}
    assert {(Kind.NTD, move) for move in asking} == lifecycle.NEEDS_LEA_TOLD
    by_the_lea = {Move.LEA_ASKS}  # who knows of it by then
    assert Ntd.TO_VERIFY not in reachable(Kind.NTD, without=asking | by_the_lea)
    assert not {Lea.TO_NOTIFY, Lea.TO_SEND, Lea.TO_REACH} & lifecycle.TOLD


def test_an_lea_is_told_by_a_sent_letter_or_a_person_or_says_itself_that_it_is() -> (
    None
):
    telling = {Move.HAND_OVER, Move.TELL_OTHERWISE, Move.CONFIRM}

    assert not reachable(Kind.LEA, without=telling) & lifecycle.TOLD
    for step in TABLES[Kind.LEA]:
        if step.move is Move.CONFIRM:
            assert Actor.BOX not in step.actors
    for paper in lifecycle.TELLING:
        assert OUTCOMES[(paper, Move.DOUBT)] is Move.FAIL
        assert OUTCOMES[(paper, Move.REFUSE)] is Move.FAIL


def test_nothing_is_traced_before_a_person_has_judged_it() -> None:
    judging = {Move.JUDGE_ILLEGAL, Move.JUDGE_UNCERTAIN}

    # What was only forwarded waits "to decide"; the table lets people trace from there,
    # NEEDS_VERDICT does not (tests/story/test_register_and_forward.py).
    forwarded = {Move.FORWARD} if lifecycle.NEEDS_VERDICT else set()
    assert Item.TO_TRACE not in reachable(Kind.ITEM, without=judging | forwarded)
    by_hand = {s.move for s in TABLES[Kind.ITEM] if s.end is Item.TO_TRACE}
    assert by_hand - judging <= lifecycle.NEEDS_VERDICT | {
        Move.CONFIRM_REMOVAL,
        Move.SEE_AGAIN,
        Move.HOLD,
        Move.RELEASE,
    }
    for step in TABLES[Kind.ITEM]:
        if step.move in judging:
            assert Actor.BOX not in step.actors


def test_an_uncertain_item_never_ends_by_itself() -> None:
    ways_out = [s for s in TABLES[Kind.ITEM] if s.start is Item.TO_DECIDE]

    for step in ways_out:
        assert step.end is Item.TO_DECIDE or Actor.BOX not in step.actors


def test_only_people_say_that_something_is_removed() -> None:
    for steps in TABLES.values():
        for step in steps:
            if step.move in {Move.CONFIRM_REMOVAL, Move.JUDGE_NOT_ILLEGAL}:
                assert step.actors <= {Actor.ANALYST, Actor.OFFICER}


def test_what_was_removed_is_taken_back_by_a_clear_verdict_alone() -> None:
    """Then its provider is somebody a correction is for; uncertainty is no reason."""
    [step] = [s for s in TABLES[Kind.NTD] if s.start is Ntd.REMOVED]

    assert step.end in lifecycle.WANTED_WHILE[Paper.NTD_CORRECTION]
    assert Actor.BOX not in step.actors
    causes = {when for when, _, then in CONSEQUENCES if then is step.move}
    assert causes == {(Kind.ITEM, Move.JUDGE_NOT_ILLEGAL)}


def test_an_address_seen_again_is_never_refused() -> None:
    for state in Item:
        again = advance(Kind.ITEM, state, Move.SEE_AGAIN, Actor.PUBLIC)
        assert again is (Item.TO_ASSESS if state in ENDINGS[Kind.ITEM] else state)


def test_a_hold_is_possible_from_the_verdict_until_the_end() -> None:
    holdable = {s.start for s in TABLES[Kind.ITEM] if s.move is Move.HOLD}

    assert holdable == {
        Item.TO_AGREE,
        Item.TO_TRACE,
        Item.TO_SETTLE,
        Item.TO_ROUTE,
        Item.TO_DECIDE,
        Item.TO_FINISH,
    }
    assert {s.start for s in TABLES[Kind.ITEM] if s.move is Move.RELEASE} == set(Item)


def test_a_hold_stops_everything_outsiders_could_notice_and_nothing_else() -> None:
    assert {
        (Kind.NTD, Move.WRITE),
        (Kind.NTD, Move.ASK_BY_HAND),
        (Kind.NTD, Move.REMIND),
        (Kind.NTD, Move.TELL_UPSTREAM),
        (Kind.NTD, Move.ESCALATE),
        (Kind.NTD, Move.ASK_LAST),
        (Kind.REFERRAL, Move.REFER),
    } == lifecycle.BRAKED
    to_the_lea = {
        *lifecycle.TELLING,
        Paper.LEA_SUPPLEMENT,
        Paper.LEA_CHASE,
        Paper.LEA_NOTE,
        Paper.LEA_LOOK,
        Paper.LEA_LIST,
        Paper.LEA_TEST,
        Paper.OWN_ADDRESSES,
    }
    # Alarms and samples stay in the house; a note follows a message, and those are
    # refused.
    in_the_house = {Paper.ALARM, Paper.HEALTH, Paper.REPORTER_NOTE, Paper.NTD_TEST}
    assert set(Paper) - to_the_lea - in_the_house == lifecycle.BRAKED_PAPERS


def test_a_letter_past_the_point_of_no_return_cannot_be_stopped() -> None:
    stoppable = {s.start for s in TABLES[Kind.LETTER] if s.move is Move.STOP}

    assert stoppable == {Letter.WAITING, Letter.SENDING}


def test_a_doubt_is_settled_by_whoever_can_know_it() -> None:
    ways_out = [s for s in TABLES[Kind.LETTER] if s.start is Letter.IN_DOUBT]

    assert ways_out
    for step in ways_out:
        # An officer may say that it arrived, never that it did not; the box says
        # either, when the mail server's log proves it.
        if step.move is Move.NOT_FOUND:
            assert step.actors == {Actor.ANALYST, Actor.BOX}
        else:
            assert step.actors == {Actor.ANALYST, Actor.OFFICER, Actor.BOX}


def test_whoever_settles_a_doubt_may_tell_its_tracks_so() -> None:
    for (paper, of_letter), of_track in OUTCOMES.items():
        if of_letter in {Move.FOUND, Move.NOT_FOUND}:
            to_the_lea = paper in lifecycle.TELLING
            kind, state = (
                (Kind.LEA, Lea.TO_REACH) if to_the_lea else (Kind.NTD, Ntd.TO_REACH)
            )
            assert of_track in moves(kind, state, Actor.BOX)


def test_no_letter_counts_as_sent_without_passing_the_point_of_no_return() -> None:
    assert Letter.SENT not in reachable(
        Kind.LETTER, avoiding={Letter.HANDING_OVER, Letter.IN_DOUBT}
    )


def test_every_consequence_is_possible_for_whoever_causes_it() -> None:
    for (kind, move), then_kind, then in CONSEQUENCES:
        causes = set().union(*(s.actors for s in TABLES[kind] if s.move is move))
        effects = set().union(*(s.actors for s in TABLES[then_kind] if s.move is then))
        assert causes <= effects, (move, then)


def test_what_becomes_of_a_letter_is_possible_for_its_track() -> None:
    kinds = dict.fromkeys(lifecycle.TELLING, Kind.LEA)
    kinds |= dict.fromkeys(lifecycle.FIRST_PAPERS, Kind.NTD)
    for (paper, move), then in OUTCOMES.items():
        actors = set().union(*(s.actors for s in TABLES[Kind.LETTER] if s.move is move))
        if paper in lifecycle.FIRST_PAPERS:
            actors -= {Actor.OFFICER}  # who speak of letters to their agency only
        for actor in actors:
            able = {s.move for s in TABLES[kinds[paper]] if actor in s.actors}
            assert then in able, (paper, move, actor)


def test_an_illegal_move_is_refused_in_words_a_person_can_read() -> None:
    with pytest.raises(IllegalMove, match="This NTD is “to fall due”: “remind” is not"):
        advance(Kind.NTD, Ntd.TO_FALL_DUE, Move.REMIND, Actor.BOX)

    with pytest.raises(IllegalMove, match="The box may not judge illegal while"):
        advance(Kind.ITEM, Item.TO_ASSESS, Move.JUDGE_ILLEGAL, Actor.BOX)


def test_an_officer_sees_only_the_buttons_an_officer_may_press() -> None:
    assert moves(Kind.ITEM, Item.TO_ASSESS, Actor.OFFICER) == [Move.RELEASE]
    assert moves(Kind.LEA, Lea.TO_CONFIRM, Actor.OFFICER) == [Move.CONFIRM]


@pytest.mark.parametrize(
    ("ntds", "referrals", "removed", "then"),
    [
        ([Ntd.REMOVED], [], False, Move.CLOSE_REMOVED),
        ([Ntd.WITHDRAWN, Ntd.REMOVED], [], False, Move.CLOSE_REMOVED),
        ([Ntd.UNRESOLVED], [], False, Move.CLOSE_UNRESOLVED),
        ([Ntd.UNRESOLVED], [], True, Move.CLOSE_REMOVED),
        ([], [Referral.REFERRED], False, Move.CLOSE_REFERRED),
        ([], [Referral.WITHDRAWN], True, Move.CLOSE_REMOVED),
        ([], [], False, Move.CLOSE_HANDED_OVER),
    ],
)
def test_an_item_ends_as_its_tracks_did(
    ntds: list[Ntd], referrals: list[Referral], removed: bool, then: Move
) -> None:
    assert closing(ntds, referrals, removed=removed) is then


def test_a_letter_that_came_back_later_ends_nothing_and_goes_on_elsewhere() -> None:
    """Neither a bounce nor “not ours” leads to an ending by itself."""
    back = advance(Kind.NTD, Ntd.TO_VERIFY, Move.FAIL, Actor.BOX)
    again = advance(Kind.NTD, back, Move.RESEND, Actor.BOX)

    assert back is Ntd.TO_REACH
    assert again is Ntd.TO_FALL_DUE
    by_the_box = {s.end for s in TABLES[Kind.NTD] if Actor.BOX in s.actors}
    assert by_the_box & ENDINGS[Kind.NTD] == {Ntd.WITHDRAWN}
