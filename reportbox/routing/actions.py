"""Give each located item the tracks the policy asks for."""

from reportbox import lifecycle
from reportbox.iccam.directory import partner
from reportbox.lifecycle import Move
from reportbox.ports import World
from reportbox.records import atomic
from reportbox.records.items import Item
from reportbox.records.journey import box, move
from reportbox.records.tracks import Ntd, Referral
from reportbox.routing.policy import Duty, duty
from reportbox.settings import Settings
from reportbox.tracing.finding import Hosting


def route_due(settings: Settings, world: World) -> int:
    """Route every item that waits for it and say how many there were."""
    waiting = Item.rows(Item.state == lifecycle.Item.TO_ROUTE)
    for item in waiting:
        with atomic():
            route(Item.get_by_id(item.id), settings, world)
    return len(waiting)


def route(item: Item, settings: Settings, world: World) -> None:
    verdict, finding = item.verdict, item.finding
    owed = duty(verdict.move, Hosting(finding.hosting), settings.ntd_body)
    _open_tracks(item, owed, world)
    undecided = verdict.move is not Move.JUDGE_ILLEGAL
    step = Move.ROUTE_UNDECIDED if undecided else Move.ROUTE
    move(item, step, box(world.clock.now(), _reason(item, owed)))


def _open_tracks(item: Item, owed: Duty, world: World) -> None:
    finding, now = item.finding, world.clock.now()
    common = {"item": item, "appearance": item.appearance, "opened_at": now}
    if owed.ntd:
        for provider, contact in finding.at_home:
            names = {"provider": provider, "contact": contact}
            Ntd.create(**common, finding=finding, **names)
    if owed.refer:
        known = {r.country for r in Referral.of(item) if not _is_withdrawn(r)}
        for country in finding.abroad:
            if country not in known:
                to = {"country": country, "partner": partner(country)}
                Referral.create(**common, finding=finding, **to)


def _is_withdrawn(referral: Referral) -> bool:
    return bool(referral.state == lifecycle.Referral.WITHDRAWN)


def _reason(item: Item, owed: Duty) -> str:
    parts = [f"hosted {item.finding.hosting}", f"LEA notice {owed.notice}"]
    if owed.ntd:
        parts.append("NTD planned")
    if owed.refer:
        parts.append("referral " + ", ".join(item.finding.abroad))
    return "; ".join(parts).replace("_", " ")
