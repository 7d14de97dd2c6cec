"""One verdict for many items: judged one by one, each with its own history."""

from collections.abc import Sequence
from typing import NamedTuple

from reportbox.assessment.actions import as_seen, judge
from reportbox.assessment.claim import TO_ASSESS, taken_by
from reportbox.assessment.verdict import VerdictForm
from reportbox.errors import InvalidInput, Refused
from reportbox.lifecycle import Item as State
from reportbox.records.items import Item
from reportbox.records.journey import Deed
from reportbox.settings import Settings

MOST = 200  # items at once


class Outcome(NamedTuple):
    judged: int
    proposed: int  # of those: a second analyst has yet to agree
    refused: list[str]  # a sentence for each item that was not


def selected(ids: Sequence[int], who: str, deed: Deed) -> list[Item]:
    """Return the ticked items that can be judged now, or raise InvalidInput."""
    if not ids:
        raise InvalidInput(items="Tick the items first, then choose what to do.")
    if len(ids) > MOST:
        raise InvalidInput(items=f"At most {MOST} at once, please.")
    rows = Item.rows(Item.id.in_(list(ids)))
    free = [i for i in rows if taken_by(i, deed.at) in {"", who}]
    found = [i for i in free if i.state in TO_ASSESS and not _speaks_of_danger(i)]
    if not found:
        raise InvalidInput(
            items="None of these can be judged together: they moved on, are taken, or "
            "a reporter speaks of danger."
        )
    return found


def _speaks_of_danger(item: Item) -> bool:
    """A reporter's word that a child is in danger now is answered one by one."""
    return bool(item.says_urgent and not item.is_urgent)


def judge_many(
    seen: Sequence[tuple[int, str]], form: VerdictForm, deed: Deed, settings: Settings
) -> Outcome:
    """Judge each as it was seen; one that has changed stops none of the others."""
    judged, proposed, refused = 0, 0, []
    for number, state in seen:
        item = Item.get_by_id(number)
        if _speaks_of_danger(item):
            refused.append(f"{item.number}: a reporter speaks of danger; open it.")
            continue
        try:
            judge(item, form, deed, settings, seen=state)
        except Refused as no:
            refused.append(f"{item.number}: {no}")
        else:
            judged += 1
            proposed += Item.get_by_id(number).state == State.TO_AGREE
    return Outcome(judged, proposed, refused)


def as_seen_of(items: Sequence[Item]) -> list[tuple[int, str]]:
    return [(item.id, as_seen(item)) for item in items]
