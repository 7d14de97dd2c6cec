"""Trace what people have judged, wait for who does not answer, hear people."""

import time
from dataclasses import asdict

from reportbox import lifecycle
from reportbox.errors import Refused
from reportbox.lifecycle import Actor, Move
from reportbox.ports import DomainRecord, World
from reportbox.records import atomic
from reportbox.records.items import Finding, Item
from reportbox.records.journey import Deed, box, can_move, move, note
from reportbox.records.rows import each
from reportbox.settings import Settings
from reportbox.tracing import schedule
from reportbox.tracing.address import is_public
from reportbox.tracing.correction import Correction, Origin
from reportbox.tracing.domain import registrable
from reportbox.tracing.finding import Conclusion, Hosting, untraceable
from reportbox.tracing.keep import keep, latest, say_otherwise
from reportbox.tracing.look import (
    Sight,
    Target,
    look_at_all,
    look_up_domains,
    target_of,
)

# What is urgent never waits behind a long round: so many items, and so many seconds.
MOST = 500
LONGEST_ROUND = 20
SLOW = Sight(trouble="a registry answers slowly", again_in=60)


def trace_due(settings: Settings, world: World) -> int:
    """Trace the items that wait for it and say how many were located."""
    now = world.clock.now()
    due = Item.trace_at.is_null() | (Item.trace_at <= now)
    is_due = due | (Item.trace_at > now + schedule.LONGEST)
    waiting = Item.select().where(Item.state == lifecycle.Item.TO_TRACE, is_due)
    first = list(waiting.order_by(Item.urgency, Item.waits_from).limit(MOST))
    mine = Finding.item.in_([item.id for item in first])
    seen = {row.item_id for row in Finding.select(Finding.item).where(mine)}
    new = [item for item in first if item.id not in seen]
    again = [item for item in first if item.id in seen]
    return _trace(new, settings, world, fresh=False) + _trace(
        again, settings, world, fresh=True
    )


def _trace(items: list[Item], settings: Settings, world: World, *, fresh: bool) -> int:
    now, located, until = world.clock.now(), 0, time.monotonic() + LONGEST_ROUND
    by_target: dict[Target, list[Item]] = {}
    for item in items:
        by_target.setdefault(target_of(item), []).append(item)
    looks = look_at_all(by_target, settings, world, fresh=fresh)
    for target, sight in looks:
        here = by_target.pop(target)
        located += each(here, lambda i, s=sight: record(i, s, world), "trace", now)  # type: ignore[misc]
        if time.monotonic() > until:
            break
    looks.close()
    for item in (item for left in by_target.values() for item in left):
        record(item, SLOW, world)
    return located


def register_due(_settings: Settings, world: World) -> int:
    """Ask who registered the domains of what was located; nothing waits for it."""
    now = world.clock.now()
    is_due = (Finding.registrar_at <= now) | (
        Finding.registrar_at > now + schedule.LONGEST
    )
    rows = Finding.select().where(Finding.registrar_at.is_null(is_null=False), is_due)
    by_domain: dict[str, list[Finding]] = {}
    for finding in rows.order_by(Finding.registrar_at).limit(MOST):
        by_domain.setdefault(registrable(finding.item.host), []).append(finding)
    done = 0
    for domain, answer in look_up_domains(by_domain, world):
        is_known = isinstance(answer, DomainRecord)
        known = asdict(answer) if isinstance(answer, DomainRecord) else {}
        wait = 0.0 if isinstance(answer, DomainRecord) else answer.again_in
        for finding in by_domain[domain]:
            tries = finding.registrar_tries + (is_known or not wait)
            later = (
                schedule.when_asked(wait, now)
                if wait
                else schedule.next_try(max(tries, 1), now)
            )
            is_over = bool(known) or tries >= schedule.REGISTRAR_TRIES
            with atomic():
                Finding.update(
                    registrar=known,
                    registrar_tries=tries,
                    registrar_at=None if is_over else later,
                ).where(Finding.id == finding.id).execute()
            done += bool(known)
    return done


def record(item: Item, sight: Sight, world: World) -> bool:
    """Write down what a look found; say whether the item was located."""
    with atomic():
        target, item = target_of(item), Item.get_by_id(item.id)
        if not can_move(item, Move.LOCATE, Actor.BOX) or target_of(item) != target:
            return False  # it moved on, or a person named its origin meanwhile
        found = sight.conclusion
        attempts = item.trace_attempts + (not sight.again_in)
        patience = schedule.GONE_AFTER if sight.is_gone else schedule.GIVE_UP_AFTER
        if found is None and sight.is_half and attempts > schedule.PATIENCE:
            found = sight.partly
        if found is None and attempts >= patience:
            if item.finding is not None:
                _let_stand(item, sight, world)
                return True
            found = sight.partly or untraceable(sight.trouble)
        if found is None:
            _try_later(item, attempts, sight, world)
            return False
        return _locate(item, sight, found, world)


def _let_stand(item: Item, sight: Sight, world: World) -> None:
    """Go on with what was found before: silence is a hint, never a removal."""
    why = f"{sight.trouble}: what was found before stands"
    nothing_pending = {"trace_at": None, "trace_attempts": 0, "trace_trouble": ""}
    move(item, Move.LOCATE, box(world.clock.now(), why), **nothing_pending)


def _try_later(item: Item, attempts: int, sight: Sight, world: World) -> None:
    now = world.clock.now()
    item.trace_attempts = attempts
    item.trace_at = (
        schedule.when_asked(sight.again_in, now)
        if sight.again_in
        else schedule.next_try(attempts, now)
    )
    item.trace_trouble = sight.trouble
    item.save()


def _locate(item: Item, sight: Sight, found: Conclusion, world: World) -> bool:
    now = world.clock.now()
    finding = keep(item, sight, found, now)
    nothing_pending = {"trace_at": None, "trace_attempts": 0, "trace_trouble": ""}
    is_open = finding.hosting == Hosting.DISPUTED
    step = Move.QUESTION if is_open else Move.LOCATE
    known = {} if is_open else {"finding": finding}
    why = f"{finding.why}; {finding.changes}" if finding.changes else finding.why
    move(item, step, box(now, why), **known, **nothing_pending)
    return not is_open


def trace_again(item: Item, deed: Deed) -> None:
    """Let the box look once more, at once."""
    at_once = {"trace_at": None, "trace_attempts": 0, "trace_trouble": ""}
    with atomic():
        move(item, Move.TRACE_AGAIN, deed, **at_once)


def correct(item: Item, said: Correction, deed: Deed) -> None:
    """Write what a person knows better than the sources, and route by it."""
    with atomic():
        item = Item.get_by_id(item.id)
        before = latest(item)
        conclusion = said.conclusion(deed.why, before.basis if before else "")
        places = _corrected(before.locations if before else [], said)
        finding = say_otherwise(item, conclusion, places, deed)
        nothing_pending = {"trace_at": None, "trace_attempts": 0, "trace_trouble": ""}
        move(item, Move.CORRECT, deed, finding=finding, **nothing_pending)


def learn_origin(item: Item, origin: Origin, deed: Deed, settings: Settings) -> None:
    """Note whose server stands behind the proxy, and trace that one."""
    if not is_public(origin.address, practice=settings.practice):
        raise Refused("This address lies in a private network: it cannot be a server.")
    with atomic():
        item = Item.get_by_id(item.id)
        said = latest(item)
        at_once = {"trace_at": None, "trace_attempts": 0, "trace_trouble": ""}
        move(
            item,
            Move.TRACE_AGAIN,
            deed,
            origin=origin.address,
            origin_source=origin.source,
            origin_on=deed.at.astimezone(settings.zone).date(),
            origin_proxy=said.proxy if said else "",
            origin_appearance=item.appearance,
            **at_once,
        )
        note(item, "learn_origin", deed)


def as_said(item: Item, home: str) -> dict[str, str]:
    """Fill the form of a correction with what stands now."""
    finding = latest(item)
    if finding is None:
        return {}
    place = finding.locations[0] if finding.locations else {}
    here = [home] if finding.hosting in {Hosting.HOME, Hosting.BOTH} else []
    is_open = finding.hosting == Hosting.DISPUTED
    return {
        "hosting": "" if is_open else finding.hosting,
        "countries": ", ".join([*here, *finding.abroad]),
        "provider": finding.provider,
        "contact": finding.contact,
        "network": place.get("network", ""),
        "asn": next(iter(place.get("asns", ())), ""),
    }


def _corrected(
    places: list[dict[str, object]], said: Correction
) -> list[dict[str, object]]:
    """Put a corrected network or AS beside the first location's evidence."""
    if not places:
        return places
    first = dict(places[0])
    if said.network:
        first["network"] = said.network
    known = first.get("asns")
    if said.asn and (not isinstance(known, list) or said.asn not in known):
        first["asns"] = [said.asn]
    if first == places[0]:
        return places
    return [{**first, "by_hand": True}, *places[1:]]
