"""Law enforcement is told the same working day, and what it answers is heard."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from reportbox import lifecycle
from reportbox.agreements.reading import read_terms, unit_of
from reportbox.errors import InvalidInput, Refused
from reportbox.lea.answer import FEEDBACK, SCOPES, USEFULNESS, WORTH_A_LOOK, Said
from reportbox.lea.case import facts_of
from reportbox.lea.owed import columns_of, lift_urgent_holds
from reportbox.lifecycle import Actor, Move
from reportbox.lifecycle import Letter as LetterState
from reportbox.records import atomic
from reportbox.records.agencies import Agency
from reportbox.records.answers import Answer, Attempt, Call, Custody
from reportbox.records.items import (
    ITS_DOMAIN,
    ITS_HOST,
    ITS_PROVIDER,
    THE_ITEM,
    Hold,
    Item,
)
from reportbox.records.journey import (
    Deed,
    can_move,
    letters_of,
    lift_hold,
    move,
    note,
    place_hold,
    put_on_record,
    see_removed,
)
from reportbox.records.tracks import LeaNotice, Ntd
from reportbox.tracing.domain import registrable

OVER = frozenset({lifecycle.Lea.SILENT, lifecycle.Lea.CLOSED})
NO_MORE = 3  # as many reminders as there can be: the LEA itself asked first


def confirm(notice: LeaNotice, receipt: str, deed: Deed) -> None:
    """Record the agency's receipt: how it came, or its reference.

    Whoever confirms has it, so a letter in doubt is in doubt no longer. One that comes
    after the wait was over is recorded all the same.
    """
    with atomic():
        notice = LeaNotice.get_by_id(notice.id)
        came = {"confirmed_at": deed.at, "receipt": receipt}
        if notice.state == lifecycle.Lea.CONFIRMED:
            raise Refused("The receipt was confirmed already: nothing more is needed.")
        for letter in letters_of(notice, LetterState.IN_DOUBT):
            found = {"sent_at": letter.passed_at, "trouble": ""}
            move(letter, Move.FOUND, deed, **found)
        notice = LeaNotice.get_by_id(notice.id)
        if notice.state in OVER:
            LeaNotice.update(**came).where(LeaNotice.id == notice.id).execute()
            note(notice, "confirm_late", deed)
        else:
            is_told = notice.state == lifecycle.Lea.TO_CONFIRM
            told = {} if is_told else {"told_at": deed.at}
            move(notice, Move.CONFIRM, deed, **came, **told)
        item = Item.get_by_id(notice.item_id)
        if notice.appearance == item.appearance:  # an old receipt answers nothing new
            lift_urgent_holds(item, deed)
        silent = (Call.item == item.id) & (Call.unit == notice.unit_id)
        silent &= (Call.why == "silent") & Call.done_at.is_null()
        Call.update(done_at=deed.at, done_by=deed.who).where(silent).execute()
        _write_down(notice, Said.RECEIVED, deed, receipt)
        _ask_for_custody(item, deed)


def confirm_all(notices: Sequence[LeaNotice], deed: Deed, *, and_hold: bool) -> None:
    """Confirm everything one letter carried, and hold it in the same breath or not."""
    with atomic():
        for notice in notices:
            if and_hold:
                _hold_if_open(notice, deed)
            fresh = LeaNotice.get_by_id(notice.id)
            is_over = fresh.state == lifecycle.Lea.WITHDRAWN
            if fresh.confirmed_at is None and not is_over:
                confirm(notice, deed.why, deed)


def hold_all(notices: Sequence[LeaNotice], deed: Deed, scope: str = THE_ITEM) -> None:
    """Hold whatever of a letter is open still and not held by them already.

    What they hold beside it, its host or provider, they hold whatever became of it.
    """
    with atomic():
        for notice in notices:
            if scope == THE_ITEM:
                _hold_if_open(notice, deed)
            else:
                unit = notice.unit_id
                hold(notice.item, deed, scope=scope, unit=unit, notice=notice)


def _hold_if_open(notice: LeaNotice, deed: Deed) -> None:
    is_open = can_move(notice.item, Move.HOLD, deed.actor)
    if is_open and not notice.item.is_held_by(notice.unit_id):
        hold(notice.item, deed, unit=notice.unit_id, notice=notice)


def by_code(agency: str, now: datetime) -> Deed:
    """Whoever has the code has read the letter: it speaks for the agency."""
    return Deed(agency, Actor.OFFICER, now, "by the code in the letter")


def by_mail(agency: str, sender: str, now: datetime) -> Deed:
    return Deed(agency, Actor.OFFICER, now, f"by mail from {sender}, with the code")


def confirm_test(unit: Agency, deed: Deed) -> None:
    """The test letter arrived, and they could read it."""
    with atomic():
        if Agency.get_by_id(unit.id).test_confirmed_at is None:
            now = {"test_confirmed_at": deed.at}
            Agency.update(**now).where(Agency.id == unit.id).execute()
            put_on_record(deed, "confirm_test", f"agency {unit.id}")


def show_live(notice: LeaNotice, deed: Deed) -> str:
    """Give an officer the live address; it stands in the history."""
    with atomic():
        note(notice.item, "show_address", deed)
    return str(notice.item.address_as_reported)


def note_annex(about: LeaNotice | Item, deed: Deed) -> None:
    """Somebody took Annex I away, with the live address in it."""
    with atomic():
        note(about, "take_annex", deed)


def note_proof(notice: LeaNotice, deed: Deed) -> None:
    """An officer took away the proof that a provider does not react."""
    with atomic():
        note(notice, "take_proof", deed)


def close(notice: LeaNotice, deed: Deed) -> None:
    """Stop waiting for the receipt, with a reason."""
    _need_why(deed, "Please say why the receipt is no longer awaited.")
    with atomic():
        move(notice, Move.CLOSE, deed)
        if any(n.confirmed_at for n in LeaNotice.of(notice.item)):
            lift_urgent_holds(notice.item, deed)  # it was the last one waited for


def tell_otherwise(notice: LeaNotice, deed: Deed, reference: str = "") -> None:
    """Record that the agency was told another way: by telephone, in its own tool."""
    _need_why(deed, "Please say whom you told, and how.")
    with atomic():
        item = notice.item
        told = {"told_at": deed.at, "told": facts_of(item), "reference": reference}
        move(notice, Move.TELL_OTHERWISE, deed, has_news=False, **told)


def tell_news_otherwise(notice: LeaNotice, deed: Deed) -> None:
    """Record that a person entered what is new in the agency's own tool."""
    with atomic():
        changes = {"told": facts_of(notice.item), "has_news": False}
        LeaNotice.update(**changes).where(LeaNotice.id == notice.id).execute()
        note(notice, "tell_news", deed)


def resend(notice: LeaNotice, deed: Deed) -> None:
    """Write the notice anew, to the mailbox and key its agency has today.

    The same notice, another attempt: also after it was told, if it seems to be lost.
    """
    with atomic():
        _refuse_while_in_doubt(notice)
        unit = unit_of(notice.unit) if notice.unit else None
        if notice.state == lifecycle.Lea.TO_CONFIRM:
            _need_why(deed, "Please say why it must be sent once more.")
        move(notice, Move.RESEND, deed, latest_at=deed.at, **columns_of(unit))


def hold(  # noqa: PLR0913 - what a hold is made of
    item: Item,
    deed: Deed,
    *,
    scope: str = THE_ITEM,
    unit: int | None = None,
    review_on: date | None = None,
    notice: LeaNotice | None = None,
) -> bool:
    """Stop all that outsiders could notice; say whether every letter was stopped."""
    if scope not in SCOPES:
        raise InvalidInput(scope="Please choose what is to be held.")
    with atomic():
        item = Item.get_by_id(item.id)
        if deed.actor is Actor.OFFICER and scope == THE_ITEM and item.is_held_by(unit):
            return True  # pressed twice
        whose = {"unit": unit, "review_on": review_on}
        value = _what_is_held(item, scope)
        if deed.actor is Actor.OFFICER and Hold.stands(scope, value, unit):
            return True
        in_time = place_hold(item, deed, scope=scope, value=value, **whose)
        if deed.actor is Actor.OFFICER:
            lift_urgent_holds(item, deed)  # this hold stands in its place
            of_unit = [n for n in LeaNotice.of(item) if unit and n.unit_id == unit]
            about = notice or next(iter(of_unit), item)
            _write_down(about, Said.HOLD, deed, deed.why)
    return in_time


def _what_is_held(item: Item, scope: str) -> str:
    """Name the host, domain or provider a wide hold is on; empty for the item alone."""
    if scope == THE_ITEM:
        return ""
    known = {
        ITS_HOST: item.host,
        ITS_DOMAIN: registrable(item.host),
        ITS_PROVIDER: item.provider,
    }
    if not known[scope] and scope == ITS_DOMAIN:
        raise InvalidInput(scope="It has no domain: hold its host, or its provider.")
    if not known[scope]:
        raise InvalidInput(scope="It is not known yet where it is hosted.")
    return str(known[scope])


def release(hold: Hold, deed: Deed, *, unit: int | None = None) -> bool:
    """Lift one hold; say whether the item is free, or another hold still stands.

    ``unit`` is the agency that lifts it: the one that placed it, and no other.
    """
    with atomic():
        hold = Hold.get_by_id(hold.id)
        if hold.released_at is not None:
            raise Refused("This hold was released already.")
        if hold.unit is not None and hold.unit_id != unit:
            raise Refused(f"Only {hold.unit.name} lifts this hold: it placed it.")
        lift_hold(hold, deed)
        if deed.actor is Actor.OFFICER:
            _write_down(hold.item, Said.RELEASE, deed, deed.why)
        return not Hold.is_open_on(hold.item_id)


def fail(notice: LeaNotice, deed: Deed) -> None:
    """The notice came back: the agency does not know, so the NTD clock stops."""
    _need_why(deed, "Please say how you know, such as “the mail came back”.")
    with atomic():
        move(notice, Move.FAIL, deed)


def say_ntd_sent(notice: LeaNotice, deed: Deed) -> None:
    """The LEA has asked the provider itself: ours that have not left are not needed."""
    with atomic():
        _take_as_receipt(notice, deed)
        note(notice, "ntd_by_lea", deed)
        for ntd in Ntd.of(notice.item):
            if can_move(ntd, Move.LEA_ASKS, deed.actor):
                asked = {"lea_asked_at": deed.at, "reminders": NO_MORE, "trouble": ""}
                move(ntd, Move.LEA_ASKS, deed, **asked)
        _write_down(notice, Said.NTD_SENT, deed, deed.why)


def say_removed(notice: LeaNotice, deed: Deed) -> None:
    """An officer found it removed: notices and checks end, and the desk is told."""
    with atomic():
        _take_as_receipt(notice, deed)
        see_removed(notice.item, deed)
        item = Item.get_by_id(notice.item_id)
        known = {**LeaNotice.get_by_id(notice.id).told}  # they need not be told
        known["removal"] = facts_of(item)["removal"]
        LeaNotice.update(told=known).where(LeaNotice.id == notice.id).execute()
        _write_down(notice, Said.REMOVED, deed, deed.why)


def say_still_there(notice: LeaNotice, deed: Deed) -> None:
    """An officer looked, as agreed, and it is still there."""
    with atomic():
        _take_as_receipt(notice, deed)
        _write_down(notice, Said.STILL_THERE, deed, "")


def give_feedback(notice: LeaNotice, status: str, usefulness: str, deed: Deed) -> None:
    """Record what became of it at the agency, or raise InvalidInput."""
    if status not in FEEDBACK or usefulness not in USEFULNESS:
        raise InvalidInput(status="Please choose what you can tell us.")
    with atomic():
        _take_as_receipt(notice, deed)
        words = ": ".join(part for part in (FEEDBACK[status], deed.why) if part)
        note(notice, "feedback", deed)
        _write_down(notice, Said.FEEDBACK, deed, words, usefulness=usefulness)


def _take_as_receipt(notice: LeaNotice, deed: Deed) -> None:
    """Whoever answers has it: they are not asked whether it arrived."""
    if LeaNotice.get_by_id(notice.id).confirmed_at is None:
        confirm(notice, "answered in the portal", deed)


def take_note(answer: Answer, deed: Deed) -> None:
    """Somebody at the desk has read what the LEA said."""
    with atomic():
        seen = {"seen_by": deed.who, "seen_at": deed.at}
        Answer.update(**seen).where(
            Answer.id == answer.id, Answer.seen_at.is_null()
        ).execute()


def try_call(call: Call, number: str, words: str, deed: Deed) -> None:
    """Log that somebody telephoned and was not put through."""
    if not words:
        raise InvalidInput(words="Please say what happened, such as “nobody answered”.")
    with atomic():
        Attempt.create(call=call, at=deed.at, who=deed.who, number=number, words=words)
        put_on_record(deed, "try_call", f"call {call.id}")


def end_call(call: Call, number: str, words: str, deed: Deed) -> None:
    """Log the call that reached them; an urgent item then waits no longer than others.

    Whether the LEA wants to hold is asked on the same page, and is a hold of its own.
    """
    with atomic():
        if Call.get_by_id(call.id).done_at is not None:
            raise Refused("Somebody reached them meanwhile: see the item's history.")
        try_call(call, number, words, deed)
        done = {"done_at": deed.at, "done_by": deed.who}
        Call.update(**done).where(Call.id == call.id).execute()
        item = Item.get_by_id(call.item_id)
        note(item, "call", deed)
        lift_urgent_holds(item, deed)


def destroy(custody: Custody, holder: str, day: date, by: str, deed: Deed) -> None:
    """Record that what was held outside the box was destroyed (B58)."""
    with atomic():
        if Custody.get_by_id(custody.id).destroyed_on is not None:
            raise Refused("This was recorded already.")
        changes = {
            "holder": holder,
            "destroyed_on": day,
            "destroyed_by": by,
            "recorded_by": deed.who,
        }
        Custody.update(**changes).where(Custody.id == custody.id).execute()
        note(custody.item, "destroy", deed)


def _write_down(
    about: LeaNotice | Item, what: Said, deed: Deed, words: str, usefulness: str = ""
) -> None:
    """Keep what the LEA said; what the desk should see stays open until it has."""
    notice = about if isinstance(about, LeaNotice) else None
    is_news = what in WORTH_A_LOOK and "(recorded by" not in deed.who
    seen: dict[str, Any] = {} if is_news else {"seen_at": deed.at}
    Answer.create(
        item=notice.item_id if notice else about.id,
        notice=notice,
        unit=notice.unit_id if notice else None,
        officer=deed.who,
        at=deed.at,
        what=what,
        words=words,
        usefulness=usefulness,
        **seen,
    )


def _ask_for_custody(item: Item, deed: Deed) -> None:
    """Where it was agreed, evidence outside the box is destroyed after the receipt."""
    reference = item.verdict.answers.get("screenshots", "") if item.verdict else ""
    is_done = all(
        n.confirmed_at is not None
        for n in LeaNotice.of(item)
        if n.state != lifecycle.Lea.WITHDRAWN
    )
    known = Custody.rows(Custody.item == item.id, Custody.reference == reference)
    if read_terms().delete_on_receipt and reference and is_done and not known:
        Custody.create(item=item, reference=reference, opened_at=deed.at)


def _refuse_while_in_doubt(notice: LeaNotice) -> None:
    if letters_of(notice, LetterState.IN_DOUBT):
        raise Refused(
            "A letter of this notice is in doubt. First find out whether it arrived, "
            "on the page “Letters”."
        )


def _need_why(deed: Deed, sentence: str) -> None:
    if not deed.why:
        raise InvalidInput(why=sentence)
