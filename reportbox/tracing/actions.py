"""Trace what people have judged, and wait patiently for who does not answer."""

from reportbox import lifecycle
from reportbox.lifecycle import Move
from reportbox.ports import World
from reportbox.records import atomic
from reportbox.records.items import Finding, Item
from reportbox.records.journey import box, can_move, move
from reportbox.records.rows import each
from reportbox.settings import Settings
from reportbox.tracing import schedule
from reportbox.tracing.finding import untraceable
from reportbox.tracing.look import Sight, look_at_all


def trace_due(settings: Settings, world: World) -> int:
    """Trace every item that waits for it and say how many were located."""
    now = world.clock.now()
    due = Item.trace_at.is_null() | (Item.trace_at <= now)
    is_due = due | (Item.trace_at > now + schedule.LONGEST)
    waiting = Item.rows(Item.state == lifecycle.Item.TO_TRACE, is_due)
    located = 0
    for host, sight in look_at_all((i.host for i in waiting), settings, world):
        here = [item for item in waiting if item.host == host]
        located += each(here, lambda i, s=sight: record(i, s, world), "trace", now)  # type: ignore[misc]
    return located


def record(item: Item, sight: Sight, world: World) -> bool:
    """Write down what a look found; say whether the item was located."""
    with atomic():
        item = Item.get_by_id(item.id)
        if not can_move(item, Move.LOCATE, lifecycle.Actor.BOX):
            return False
        attempts = item.trace_attempts + 1
        patience = schedule.GONE_AFTER if sight.is_gone else schedule.GIVE_UP_AFTER
        if sight.conclusion is None and attempts >= patience:
            sight = Sight(conclusion=untraceable(sight.trouble))
        if sight.conclusion is None:
            _try_later(item, attempts, sight.trouble, world)
            return False
        _locate(item, sight, world)
        return True


def _try_later(item: Item, attempts: int, trouble: str, world: World) -> None:
    item.trace_attempts = attempts
    item.trace_at = schedule.next_try(attempts, world.clock.now())
    item.trace_trouble = trouble
    item.save()


def _locate(item: Item, sight: Sight, world: World) -> None:
    now = world.clock.now()
    finding = Finding.create(item=item, traced_at=now, **sight.columns())
    deed = box(now, finding.why)
    nothing_pending = {"trace_at": None, "trace_attempts": 0, "trace_trouble": ""}
    move(item, Move.LOCATE, deed, finding=finding, **nothing_pending)
