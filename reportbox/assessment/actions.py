"""A person judges."""

from datetime import datetime, timedelta

from reportbox import lifecycle
from reportbox.assessment.queues import CLAIM_LASTS, Filter, Scene, page
from reportbox.assessment.verdict import VerdictForm
from reportbox.errors import Refused
from reportbox.lifecycle import Actor, Move, words
from reportbox.lifecycle import Item as State
from reportbox.post.wording import say_when
from reportbox.records import atomic
from reportbox.records.items import HandedOver, Item, Verdict
from reportbox.records.journey import Deed, move, note, put_on_record
from reportbox.records.staff import SavedFilter
from reportbox.records.tracks import LeaNotice
from reportbox.settings import Settings

TO_ASSESS = frozenset({State.TO_ASSESS, State.TO_ASSESS_AGAIN})
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
        _refuse_stale_page(item, seen, settings)
        _refuse_if_taken(item, deed)
        _refuse_same_analyst(item, deed)
        _refuse_own_judgement(form, deed, settings)
        verdict = Verdict.create(
            item=item,
            move=form.move,
            classification=form.classification,
            reason=form.reason,
            urgent_reason=form.urgent_reason,
            given_by=deed.who,
            actor=deed.actor,
            given_at=deed.at,
            is_urgent=form.is_urgent,
            answers={**_earlier_answers(item), **form.answers},
        )
        changes = {
            "verdict": verdict,
            "judged_at": deed.at,
            "is_urgent": item.is_urgent or form.is_urgent,
            "comes_back_on": _comes_back_on(form, deed.at, settings),
            "taken_by": "",
            "taken_at": None,
            "trace_at": None,
            "trace_attempts": 0,
            "trace_trouble": "",
        }
        move(item, form.move, deed, **changes)
        if form.move in lifecycle.OWES_LEA_NOTICE:
            _owe_notice(item, deed.at, settings)


def take(item: Item, deed: Deed) -> None:
    """Claim the item for a while, so that nobody else looks at it for nothing."""
    with atomic():
        item = Item.get_by_id(item.id)
        _refuse_if_taken(item, deed)
        taken = {"taken_by": deed.who, "taken_at": deed.at}
        Item.update(**taken).where(Item.id == item.id).execute()
        note(item, "take", deed)


def take_next(scene: Scene, deed: Deed) -> Item | None:
    """Claim the first item that is free, and not one the person handed over."""
    after = None
    while True:
        entries, after = page("assess", scene, after)
        passed = _handed_over([e.item for e in entries if e.item], deed)
        for entry in entries:
            item = entry.item
            if item is None or item.id in passed:
                continue
            with atomic():
                item = Item.get_by_id(item.id)
                is_free = item.state in TO_ASSESS and not taken_by(item, deed.at)
                if is_free:
                    take(item, deed)
                    return item
        if after is None:
            return None


def hand_over(item: Item, deed: Deed) -> None:
    """Let somebody else assess it; nobody is asked why."""
    with atomic():
        item = Item.get_by_id(item.id)
        HandedOver.insert(
            item=item, account=deed.account
        ).on_conflict_ignore().execute()
        if item.taken_by == deed.who:
            free = {"taken_by": "", "taken_at": None}
            Item.update(**free).where(Item.id == item.id).execute()
        put_on_record(deed, "hand_over", f"item {item.id}")


def renew(item: Item, deed: Deed) -> None:
    """Keep the claim of whoever is still working on the item."""
    if taken_by(item, deed.at) == deed.who:
        with atomic():
            Item.update(taken_at=deed.at).where(Item.id == item.id).execute()


def save_filter(account: int, queue: str, chosen: Filter, name: str) -> int:
    """Keep a filter under its name; without one it replaces the latest unnamed."""
    with atomic():
        mine = SavedFilter.account == account
        SavedFilter.delete().where(mine, SavedFilter.name == name).execute()
        kept = SavedFilter.create(
            account=account,
            queue=queue,
            field=chosen.field,
            value=chosen.value,
            name=name,
        )
    return int(kept.id)


def forget_filter(account: int, number: int) -> None:
    with atomic():
        SavedFilter.delete().where(
            SavedFilter.account == account, SavedFilter.id == number
        ).execute()


def _handed_over(items: list[Item], deed: Deed) -> set[int]:
    mine = HandedOver.account == deed.account
    rows = HandedOver.rows(mine, HandedOver.item.in_([i.id for i in items]))
    return {row.item_id for row in rows}


def taken_by(item: Item, now: datetime) -> str:
    """Name who holds the item now; a claim ends by itself."""
    lasts = item.taken_at is not None and item.taken_at + CLAIM_LASTS > now
    return str(item.taken_by) if lasts else ""


def _refuse_if_taken(item: Item, deed: Deed) -> None:
    holder = taken_by(item, deed.at)
    if holder not in {"", deed.who} and deed.actor is Actor.ANALYST:
        minutes = int(CLAIM_LASTS.total_seconds() // 60)
        raise Refused(
            f"{holder} is assessing this item. It is free again {minutes} minutes "
            "after it was taken, or once it is judged."
        )


def show_address(item: Item, deed: Deed) -> str:
    """Give the live address to a person, and remember that they saw it."""
    with atomic():
        note(item, "show_address", deed)
    return str(item.address_as_reported)


def _refuse_stale_page(item: Item, seen: str, settings: Settings) -> None:
    if seen == as_seen(item):
        return
    verdict = item.verdict
    by = f"{verdict.given_by} judged it" if verdict else "Somebody worked on it"
    when = say_when(verdict.given_at, settings.zone) if verdict else "meanwhile"
    raise Refused(
        f"{by} ({when}) since you opened the page; it is “{words(item.state)}” now. "
        "Your verdict was not recorded: look at the item again first."
    )


def _refuse_own_judgement(form: VerdictForm, deed: Deed, settings: Settings) -> None:
    """Where nobody here may view material, nobody here judges it."""
    judges = form.move in {Move.JUDGE_ILLEGAL, Move.JUDGE_NOT_ILLEGAL}
    forwarding = settings.mode == "register_and_forward"
    if judges and forwarding and deed.actor is Actor.ANALYST:
        raise Refused(
            "In this hotline only the LEA judges. Record its decision as the LEA's."
        )


def _refuse_same_analyst(item: Item, deed: Deed) -> None:
    """An uncertain item is decided by the LEA or by a second analyst."""
    undecided = item.verdict and item.verdict.move in UNDECIDED and item.judged_at
    if undecided and deed.actor is Actor.ANALYST and item.verdict.given_by == deed.who:
        raise Refused(
            "You gave the first verdict. A second analyst or the LEA decides this item."
        )


def _earlier_answers(item: Item) -> dict[str, str]:
    """Answers of this appearance stay; those of an earlier one do not come back."""
    return dict(item.verdict.answers) if item.verdict and item.judged_at else {}


def _comes_back_on(form: VerdictForm, now: datetime, settings: Settings) -> object:
    if form.move in {Move.JUDGE_UNCERTAIN, Move.FORWARD}:
        return (
            (now + timedelta(days=settings.review_days))
            .astimezone(settings.zone)
            .date()
        )
    return form.retry_on


def _owe_notice(item: Item, now: datetime, settings: Settings) -> None:
    """Open the LEA track, unless this appearance already has one.

    A trace may take some minutes; after that the notice leaves without it. An urgent
    one waits for nothing.
    """
    if any(n.state != lifecycle.Lea.WITHDRAWN for n in LeaNotice.of(item)):
        return
    wait = 0 if item.is_urgent else settings.hosting_wait_minutes
    LeaNotice.create(
        item=item,
        appearance=item.appearance,
        opened_at=now,
        agency=settings.lea_name,
        address=settings.lea_email,
        key=settings.lea_key,
        latest_at=now + timedelta(minutes=wait),
    )
