"""Who is at which item: claimed for a while, renewed while somebody works on it."""

from collections.abc import Iterable
from datetime import datetime

from reportbox import lifecycle
from reportbox.assessment.queues import CLAIM_LASTS, Filter, Scene, page
from reportbox.errors import Refused
from reportbox.lifecycle import Actor
from reportbox.lifecycle import Item as State
from reportbox.records import atomic
from reportbox.records.items import Item, PassedOn
from reportbox.records.journey import Deed, note, put_on_record
from reportbox.records.staff import SavedFilter

TO_ASSESS = frozenset({State.TO_ASSESS, State.TO_ASSESS_AGAIN})


def take(item: Item, deed: Deed) -> None:
    """Claim the item for a while, so that nobody else looks at it for nothing."""
    with atomic():
        item = Item.get_by_id(item.id)
        refuse_if_taken(item, deed)
        if item.state not in lifecycle.UNJUDGED:
            raise Refused("This item does not wait for a verdict any more.")
        taken = {"taken_by": deed.who, "taken_at": deed.at}
        Item.update(**taken).where(Item.id == item.id).execute()
        note(item, "take", deed)


def take_next(name: str, scene: Scene, deed: Deed) -> Item | None:
    """Claim the first item of a queue that is free, and for this person to judge.

    What they passed on, and what they themselves proposed, is for somebody else.
    """
    after = None
    while True:
        entries, after = page(name, scene, after)
        passed = _passed_on([e.item for e in entries if e.item], deed)
        for entry in entries:
            item = entry.item
            if item is None or item.id in passed:
                continue
            with atomic():
                item = Item.get_by_id(item.id)
                if item.state in lifecycle.UNJUDGED and _is_for(item, deed):
                    take(item, deed)
                    return item
        if after is None:
            return None


def _is_for(item: Item, deed: Deed) -> bool:
    proposed = item.state == State.TO_AGREE and item.verdict.given_by == deed.who
    return not taken_by(item, deed.at) and not proposed


def take_quietly(item: Item, deed: Deed) -> None:
    """Whoever looks at a free item has it, so that two do not look for nothing."""
    with atomic():
        item = Item.get_by_id(item.id)
        if item.state in lifecycle.UNJUDGED and not taken_by(item, deed.at):
            take(item, deed)
    renew(item, deed)


def pass_on(item: Item, deed: Deed) -> None:
    """Let somebody else assess it; nobody is asked why."""
    with atomic():
        item = Item.get_by_id(item.id)
        PassedOn.insert(item=item, account=deed.account).on_conflict_ignore().execute()
        if item.taken_by == deed.who:
            free = {"taken_by": "", "taken_at": None}
            Item.update(**free).where(Item.id == item.id).execute()
        put_on_record(deed, "pass_on", f"item {item.id}")


def free_all(who: str) -> None:
    """Hand back whatever somebody has taken, such as at the end of their day."""
    with atomic():
        free = {"taken_by": "", "taken_at": None}
        Item.update(**free).where(Item.taken_by == who).execute()


def renew(item: Item, deed: Deed) -> None:
    """Keep the claim of whoever is still working on the item."""
    if taken_by(item, deed.at) == deed.who:
        with atomic():
            Item.update(taken_at=deed.at).where(Item.id == item.id).execute()


def taken_by(item: Item, now: datetime) -> str:
    """Name who holds the item now; a claim ends by itself."""
    lasts = item.taken_at is not None and item.taken_at + CLAIM_LASTS > now
    return str(item.taken_by) if lasts else ""


def refuse_if_taken(item: Item, deed: Deed) -> None:
    holder = taken_by(item, deed.at)
    if holder not in {"", deed.who} and deed.actor is Actor.ANALYST:
        minutes = int(CLAIM_LASTS.total_seconds() // 60)
        raise Refused(
            f"{holder} is assessing this item. It is free again {minutes} minutes "
            "after it was taken, or once it is judged."
        )


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


def _passed_on(items: Iterable[Item], deed: Deed) -> set[int]:
    mine = PassedOn.account == deed.account
    rows = PassedOn.rows(mine, PassedOn.item.in_([i.id for i in items]))
    return {row.item_id for row in rows}
