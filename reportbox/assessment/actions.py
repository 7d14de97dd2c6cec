"""A person judges."""

from datetime import datetime, timedelta
from typing import Any

from reportbox import lifecycle
from reportbox.agreements.reading import read_terms
from reportbox.assessment.claim import TO_ASSESS, refuse_if_taken
from reportbox.assessment.second_looks import draw
from reportbox.assessment.verdict import Choice, VerdictForm, choice_of
from reportbox.errors import InvalidInput, Refused
from reportbox.lea.owed import LONGEST_WAIT, hurry, owe_notices, raise_alarm
from reportbox.lifecycle import Actor, Kind, Move, is_ended, words
from reportbox.lifecycle import Item as State
from reportbox.post.wording import say_when
from reportbox.records import atomic
from reportbox.records.items import Item, Sighting, Verdict
from reportbox.records.journey import (
    Deed,
    letters_that_asked,
    move,
    note,
    put_on_record,
)
from reportbox.records.reports import Report
from reportbox.records.second_looks import SecondLook
from reportbox.records.tracks import LeaNotice, Ntd
from reportbox.settings import Settings

UNDO_LASTS = timedelta(minutes=10)
FREE = {"taken_by": "", "taken_at": None}  # a judged item is nobody's any more
# Which verdicts four eyes must see, by the setting.
JUDGEMENTS = frozenset(
    {Move.JUDGE_ILLEGAL, Move.JUDGE_UNCERTAIN, Move.JUDGE_NOT_ILLEGAL}
)
FOUR_EYES = {
    "off": frozenset[Move](),
    "illegal": frozenset({Move.JUDGE_ILLEGAL}),
    "all": JUDGEMENTS,
}
# Where nobody may view material, it stays unseen until the LEA has decided.
UNSEEN = lifecycle.UNJUDGED | {State.TO_DECIDE}
# Verdicts that leave the decision to the LEA or to a second analyst.
UNDECIDED = frozenset({Move.JUDGE_UNCERTAIN, Move.FORWARD})


def as_seen(item: Item) -> str:
    """Name the point at which a page showed the item, for its form to bring back."""
    return f"{item.state} {item.verdict_id or 0} {item.appearance}"


def judge(
    item: Item, form: VerdictForm, deed: Deed, settings: Settings, *, seen: str
) -> None:
    """Record the verdict, move the item, and owe the LEA its notice.

    ``seen`` is what the page showed (``as_seen``): a verdict given on an old page is
    refused with what happened meanwhile, and nothing is overturned unseen.
    """
    with atomic():
        item = Item.get_by_id(item.id)
        refuse_stale_page(item, seen, settings)
        refuse_if_taken(item, deed)
        _refuse_same_analyst(item, deed, settings)
        _refuse_own_judgement(form, deed, settings)
        _refuse_own_proposal(item, form, deed)
        proposes = _needs_agreement(item, form, deed, settings)
        verdict = _write_verdict(item, form, deed, is_proposal=proposes)
        if proposes:
            day = _comes_back_on(form, deed.at, settings)
            move(item, Move.PROPOSE, deed, verdict=verdict, comes_back_on=day, **FREE)
            # A second opinion may take that long, and no longer.
            if form.move in lifecycle.OWES_LEA_NOTICE:
                item = Item.get_by_id(item.id)
                owe_notices(item, deed.at, settings, wait=LONGEST_WAIT)
            return
        changes = {
            "verdict": verdict,
            "judged_at": deed.at,
            "is_urgent": item.is_urgent or form.is_urgent,
            "comes_back_on": _comes_back_on(form, deed.at, settings),
            "trace_at": None,
            "trace_attempts": 0,
            "trace_trouble": "",
        }
        if item.state != State.TO_AGREE:  # two people have seen that one already
            draw(item, verdict, deed, settings)
        move(item, form.move, deed, **changes, **FREE)
        # As agreed, and not before it could have been taken back.
        if form.move is Move.JUDGE_NOT_ILLEGAL and read_terms().not_illegal == "each":
            owe_notices(Item.get_by_id(item.id), deed.at, settings, wait=UNDO_LASTS)
        if form.move in lifecycle.OWES_LEA_NOTICE:
            item = Item.get_by_id(item.id)
            owe_notices(item, deed.at, settings)
            if form.is_urgent:
                raise_alarm(item, deed.at)


def declare_urgent(item: Item, deed: Deed) -> None:
    """Declare an imminent threat at any time after the verdict, with a sentence why.

    Whoever was told hears it as a supplement, and nothing leaves until they answer.
    """
    if not deed.why:
        raise InvalidInput(why="Say in one sentence what makes it urgent.")
    with atomic():
        item = Item.get_by_id(item.id)
        verdict = item.verdict
        is_judged = verdict is not None and verdict.move in lifecycle.OWES_LEA_NOTICE
        if not is_judged or is_ended(Kind.ITEM, item.state):
            raise Refused("Only what was judged, and is open, can be declared urgent.")
        if item.is_urgent:
            raise Refused("It was declared urgent already.")
        said = {"is_urgent": True, "urgent_reason": deed.why}
        Verdict.update(**said).where(Verdict.id == verdict.id).execute()
        Item.update(is_urgent=True).where(Item.id == item.id).execute()
        item = Item.get_by_id(item.id)
        note(item, "declare_urgent", deed)
        told = (LeaNotice.item == item.id) & (LeaNotice.appearance == item.appearance)
        LeaNotice.update(has_news=True).where(told).execute()
        hurry(item, deed.at)
        raise_alarm(item, deed.at)


def undo(item: Item, deed: Deed) -> None:
    """Take back one's own “not illegal” or “set aside”, a moment after it was given.

    Only while nobody outside can know of it: not after the LEA was ever told.
    """
    with atomic():
        item = Item.get_by_id(item.id)
        given = item.verdict
        mine = given is not None and given.given_by == deed.who
        if not mine or item.judged_at is None or item.judged_at + UNDO_LASTS < deed.at:
            raise Refused(
                "Only your own verdict can be taken back, within ten minutes. Judge "
                "it anew when it is reported again, or ask a colleague."
            )
        if not _is_unsaid(item):
            raise Refused("The LEA has been told of this item, so it cannot be undone.")
        _take_back(item, deed)


def reopen(item: Item, deed: Deed) -> None:
    """Let an item that was closed by mistake be judged again, with a reason.

    If the LEA was told before, it begins as a new appearance: told afresh, and with
    the agreed delay before any NTD counted anew.
    """
    if not deed.why:
        raise InvalidInput(why="Please say why it is judged again.")
    with atomic():
        item = Item.get_by_id(item.id)
        _refuse_before_corrections(item)
        anew = {
            "appearance": item.appearance + 1,
            "appeared_at": deed.at,
            "finding": None,
            "removed_at": None,
        }
        _take_back(item, deed, **(anew if LeaNotice.of(item) else {}))


def _refuse_before_corrections(item: Item) -> None:
    """Whoever was told otherwise hears of the mistake before it begins anew."""
    unsaid = any(n.told_at and n.has_news for n in LeaNotice.of(item))
    told = lifecycle.WANTED_WHILE[lifecycle.Paper.NTD_CORRECTION]
    wrong = [n for n in Ntd.of(item) if n.state in told]
    uncorrected = [n for n in wrong if not n.corrected_at]
    if unsaid or any(n.asked_at or letters_that_asked(n) for n in uncorrected):
        raise Refused(
            "The corrections of this item have not left yet. Try again in a minute."
        )


def _take_back(item: Item, deed: Deed, **changes: Any) -> None:  # noqa: ANN401 - column values
    given = item.verdict
    if given is None:
        raise Refused("No verdict was given yet.")
    earlier = Verdict.rows(
        Verdict.item == item.id,
        Verdict.id < given.id,
        Verdict.is_undone == False,  # noqa: E712
        Verdict.is_proposal == False,  # noqa: E712
    )
    changes |= {"verdict": earlier[-1] if earlier else None, "judged_at": None}
    SecondLook.delete().where(SecondLook.verdict == given.id).execute()
    move(item, Move.UNDO, deed, is_urgent=False, **changes)
    Verdict.update(is_undone=True).where(Verdict.id == given.id).execute()


def fold(report: Report, deed: Deed) -> None:
    """Mark a report's words as distressing, so that they stay folded; or unmark it."""
    with atomic():
        marked = not Report.get_by_id(report.id).is_distressing
        Report.update(is_distressing=marked).where(Report.id == report.id).execute()
        put_on_record(deed, "fold" if marked else "unfold", f"report {report.id}")


def agreeing(item: Item) -> VerdictForm:
    """Say the same as whoever proposed the verdict."""
    proposed = item.verdict
    choice = choice_of(proposed.move, proposed.classification) if proposed else None
    if item.state != State.TO_AGREE or choice is None:
        raise Refused("No verdict waits for anybody to agree to it.")
    return VerdictForm(
        choice,
        proposed.reason,
        item.comes_back_on,
        scheme=proposed.scheme,
        reason_code=proposed.reason_code,
    )


def as_before(item: Item) -> VerdictForm:
    """Answer an address that was “not illegal” in an earlier round the same way."""
    before = item.verdict
    is_new = item.judged_at is None and item.state in {
        State.TO_ASSESS,
        State.TO_ASSESS_AGAIN,
    }
    if not is_new or before is None or before.move is not Move.JUDGE_NOT_ILLEGAL:
        raise Refused("It was not judged “not illegal” before.")
    reason = before.reason.removeprefix("as before: ")
    return VerdictForm(Choice.NOT_ILLEGAL, f"as before: {reason}")


def can_undo(item: Item, who: str, now: datetime) -> bool:
    """Tell whether this person may still take back what they just said."""
    given = item.verdict
    mine = given is not None and given.given_by == who and item.judged_at is not None
    is_quiet = item.state in {State.NOT_ILLEGAL, State.SET_ASIDE}
    in_time = mine and item.judged_at + UNDO_LASTS >= now
    return bool(is_quiet and in_time and _is_unsaid(item))


def _is_unsaid(item: Item) -> bool:
    """Tell whether no agency was written to, nor is being written to."""
    quiet = {lifecycle.Lea.TO_NOTIFY, lifecycle.Lea.WITHDRAWN}
    return all(n.state in quiet and n.told_at is None for n in LeaNotice.of(item))


def _write_verdict(
    item: Item, form: VerdictForm, deed: Deed, *, is_proposal: bool
) -> Verdict:
    earlier = _earlier_answers(item)
    made: Verdict = Verdict.create(
        item=item,
        move=form.move,
        classification=form.classification,
        reason=form.reason,
        urgent_reason=form.urgent_reason,
        given_by=deed.who,
        actor=deed.actor,
        given_at=deed.at,
        is_urgent=form.is_urgent,
        answers={**earlier[0], **form.answers},
        labels={**earlier[1], **form.labels},
        scheme=form.scheme or (item.verdict.scheme if earlier[1] else ""),
        reason_code=form.reason_code,
        is_proposal=is_proposal,
    )
    return made


def _needs_agreement(
    item: Item, form: VerdictForm, deed: Deed, settings: Settings
) -> bool:
    """Tell whether a second analyst must say the same before anybody is asked.

    An imminent threat waits for nobody; the LEA's own decision needs no second pair.
    """
    if deed.actor is not Actor.ANALYST or form.move is Move.FORWARD:
        return False
    if form.is_urgent and form.move in lifecycle.OWES_LEA_NOTICE:
        return False
    if item.state == State.TO_AGREE:  # whoever differs proposes; the next one agrees
        return not _says_the_same(item.verdict, form)
    return item.state in TO_ASSESS and form.move in FOUR_EYES[settings.four_eyes]


def _says_the_same(verdict: Verdict, form: VerdictForm) -> bool:
    return (verdict.move, verdict.classification) == (form.move, form.classification)


def _refuse_own_proposal(item: Item, form: VerdictForm, deed: Deed) -> None:
    proposed = item.state == State.TO_AGREE and item.verdict.given_by == deed.who
    by_us = deed.actor is Actor.ANALYST and not form.is_urgent
    if proposed and by_us and _says_the_same(item.verdict, form):
        raise Refused("You proposed this verdict. Another analyst must agree to it.")


def show_address(
    item: Item, deed: Deed, settings: Settings, what: str = "show_address"
) -> str:
    """Give the live address to a person, and remember that they saw it."""
    _refuse_viewing(item, settings)
    with atomic():
        note(item, what, deed)
    return str(item.address_as_reported)


def show_addresses(report: Report, deed: Deed, settings: Settings) -> list[str]:
    """Give all live addresses of a report; each item remembers it."""
    mine = [s.item for s in Sighting.rows(Sighting.report == report.id)]
    with atomic():
        return [show_address(item, deed, settings, "copy_address") for item in mine]


def _refuse_viewing(item: Item, settings: Settings) -> None:
    """Where nobody may view material, nobody gets an address to look at."""
    if settings.mode == "register_and_forward" and item.state in UNSEEN:
        raise Refused(
            "In this hotline nobody looks at what is reported: judge by the words of "
            "the report alone. The LEA gets the address."
        )


def refuse_stale_page(item: Item, seen: str, settings: Settings) -> None:
    """Raise InvalidInput when the item moved on since a page showed it."""
    if seen == as_seen(item):
        return
    verdict = item.verdict
    by = f"{verdict.given_by} judged it" if verdict else "Somebody worked on it"
    when = say_when(verdict.given_at, settings.zone) if verdict else "meanwhile"
    raise InvalidInput(
        seen=f"{by} ({when}) since you opened the page; it is “{words(item.state)}” "
        "now. Your verdict was not recorded and nothing you typed is lost: look at "
        "what changed, and send it again only if it is still right."
    )


def _refuse_own_judgement(form: VerdictForm, deed: Deed, settings: Settings) -> None:
    """Where nobody here may view material, nobody here judges it."""
    judges = form.move in JUDGEMENTS
    forwarding = settings.mode == "register_and_forward"
    if judges and forwarding and deed.actor is Actor.ANALYST:
        raise Refused(
            "In this hotline only the LEA judges. Record its decision as the LEA's."
        )


def _refuse_same_analyst(item: Item, deed: Deed, settings: Settings) -> None:
    """An uncertain item is decided by the LEA or by a second analyst.

    Where four eyes must see it, nobody overturns alone what they said themselves.
    """
    now = item.verdict
    if now is None or item.judged_at is None or item.state in lifecycle.UNJUDGED:
        return
    if now.move not in UNDECIDED and settings.four_eyes == "off":
        return
    # Whoever proposed it or agreed to it in this appearance has had their say.
    said_so = Verdict.rows(
        Verdict.item == item.id,
        Verdict.given_at >= item.appeared_at,
        Verdict.move == now.move,
        Verdict.is_undone == False,  # noqa: E712
    )
    mine = deed.who in {verdict.given_by for verdict in said_so}
    if mine and deed.actor is Actor.ANALYST:
        raise Refused(
            "You gave the first verdict. A second analyst or the LEA decides this item."
        )


def _earlier_answers(item: Item) -> tuple[dict[str, str], dict[str, int]]:
    """Answers of this appearance stay; those of an earlier one do not come back."""
    is_of_now = item.judged_at is not None or item.state == State.TO_AGREE
    if item.verdict is None or not is_of_now:
        return {}, {}
    return dict(item.verdict.answers), dict(item.verdict.labels)


def _comes_back_on(form: VerdictForm, now: datetime, settings: Settings) -> object:
    if form.move in {Move.JUDGE_UNCERTAIN, Move.FORWARD}:
        return (
            (now + timedelta(days=settings.review_days))
            .astimezone(settings.zone)
            .date()
        )
    return form.retry_on
