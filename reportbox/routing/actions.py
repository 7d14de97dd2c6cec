"""Give each located item the tracks the policy asks for."""

from datetime import datetime

from reportbox import lifecycle
from reportbox.agreements.reading import read_terms
from reportbox.iccam.directory import partner
from reportbox.lifecycle import Kind, Move, is_ended
from reportbox.ports import World
from reportbox.records import atomic
from reportbox.records.items import Finding, Item
from reportbox.records.journey import box, can_move, move
from reportbox.records.rows import each
from reportbox.records.tracks import Ntd, Referral
from reportbox.routing.policy import Duty, duty
from reportbox.settings import Settings
from reportbox.tracing.finding import Hosting


def route_due(settings: Settings, world: World) -> int:
    """Route every item that waits for it and say how many there were."""
    waiting = Item.rows(Item.state == lifecycle.Item.TO_ROUTE)
    now = world.clock.now()
    return each(waiting, lambda item: route(item, settings, now), "route", now)


def route(item: Item, settings: Settings, now: datetime) -> bool:
    with atomic():
        item = Item.get_by_id(item.id)
        verdict, finding = item.verdict, item.finding
        owed = duty(verdict.move, Hosting(finding.hosting), read_terms().ntd_body)
        if finding.hosting == Hosting.PROXIED and not settings.ask_proxies:
            owed = owed._replace(ntd=False)  # the agreement does not allow it
        if item.removed_at is not None:
            owed = owed._replace(ntd=False, refer=False)  # nothing is there any more
        _reconcile_ntds(item, owed, now)
        _reconcile_referrals(item, owed, now)
        undecided = verdict.move is not Move.JUDGE_ILLEGAL
        step = Move.ROUTE_UNDECIDED if undecided else Move.ROUTE
        move(item, step, box(now, _reason(item, owed)))
    return True


def _reconcile_ntds(item: Item, owed: Duty, now: datetime) -> None:
    """Ask whom the finding names, each once; withdraw from whom it no longer names."""
    at_home = dict(item.finding.at_home) if owed.ntd else {}
    asks_origin = item.finding.hosting == Hosting.PROXIED
    running = [n for n in Ntd.of(item) if not is_ended(Kind.NTD, n.state)]
    for ntd in running:
        if ntd.asks_origin != asks_origin or ntd.provider not in at_home:
            known = ntd.asks_origin and not asks_origin
            why = "its origin is known" if known else "no longer hosted there"
            move(ntd, Move.WITHDRAW, box(now, why))
        else:
            _follow_contact(ntd, item.finding, at_home[ntd.provider], now)
    asked = {ntd.provider for ntd in running if ntd.asks_origin == asks_origin}
    for provider, contact in at_home.items():
        if provider not in asked:
            Ntd.create(
                item=item,
                appearance=item.appearance,
                opened_at=now,
                finding=item.finding,
                provider=provider,
                contact=contact,
                asks_origin=asks_origin,
                last_seen_at=_last_seen(item),
            )


def _last_seen(item: Item) -> datetime | None:
    """Say when a person last saw it online: at the verdict, or in a later look."""
    seen = [item.judged_at, *(ntd.last_seen_at for ntd in Ntd.of(item))]
    return max((moment for moment in seen if moment is not None), default=None)


def _follow_contact(ntd: Ntd, finding: Finding, contact: str, now: datetime) -> None:
    """Let what has not left go to whom the new finding names.

    A contact that a person named for this notice stays, unless the finding is a
    person's word as well, and so the later one.
    """
    unsent = {lifecycle.Ntd.TO_FALL_DUE, lifecycle.Ntd.TO_SEND}
    if ntd.state not in unsent:
        return
    said_before = dict(ntd.finding.at_home).get(ntd.provider, "")
    is_newer = bool(finding.by_hand) and ntd.finding_id != finding.id
    changes: dict[str, object] = {"finding": finding}
    if ntd.contact in {"", said_before} or is_newer:
        changes |= {"contact": contact}
        if contact != ntd.contact:
            changes |= {"trouble": ""}
            if can_move(ntd, Move.RECALL, lifecycle.Actor.BOX):
                move(ntd, Move.RECALL, box(now, "its contact has changed"))
    Ntd.update(**changes).where(Ntd.id == ntd.id).execute()


def _reconcile_referrals(item: Item, owed: Duty, now: datetime) -> None:
    """Refer to each hosting country once; withdraw what was not referred yet."""
    abroad = list(item.finding.abroad) if owed.refer else []
    known = set()
    for referral in Referral.of(item):
        waits = referral.state == lifecycle.Referral.TO_REFER
        if waits and referral.country not in abroad:
            move(referral, Move.WITHDRAW, box(now, "no longer hosted there"))
        elif referral.state != lifecycle.Referral.WITHDRAWN:
            known.add(referral.country)
    for country in abroad:
        if country not in known:
            Referral.create(
                item=item,
                appearance=item.appearance,
                opened_at=now,
                finding=item.finding,
                country=country,
                partner=partner(country),
            )


def _reason(item: Item, owed: Duty) -> str:
    hosted = {"home": "at home", "both": "at home and abroad"}
    where = hosted.get(item.finding.hosting, item.finding.hosting)
    parts = [f"hosted {where}", f"LEA notice {owed.notice}"]
    if owed.ntd:
        is_proxied = item.finding.hosting == Hosting.PROXIED
        parts.append("request for the origin planned" if is_proxied else "NTD planned")
    if owed.refer:
        parts.append("referral " + ", ".join(item.finding.abroad))
    return "; ".join(parts).replace("_", " ")
