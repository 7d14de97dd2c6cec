"""What falls due at law enforcement: the box notifies, supplements, stops waiting."""

import json
from datetime import datetime, timedelta

from reportbox import lifecycle
from reportbox.agreements.reading import read_terms
from reportbox.lea.annex_one import as_data, blocks
from reportbox.lea.case import case_of, facts_of
from reportbox.lea.facts import is_correction, news
from reportbox.lifecycle import Move, Paper
from reportbox.ports import World
from reportbox.post.wording import compose
from reportbox.records import atomic
from reportbox.records.items import Item
from reportbox.records.journey import Deed, box, move, thread_of
from reportbox.records.letters import Letter
from reportbox.records.rows import each
from reportbox.records.tracks import LeaNotice
from reportbox.routing.policy import Notice, duty
from reportbox.settings import Settings
from reportbox.tracing.finding import Hosting

LONGEST_WAIT = timedelta(minutes=30)  # for a trace; the settings allow no more


def notify_due(settings: Settings, world: World) -> int:
    """Write every notice that may leave; office hours and NTD pauses mean nothing here.

    Guidelines, “timely manner”: by the end of the same working day at the latest.
    """
    now = world.clock.now()
    waiting = LeaNotice.rows(LeaNotice.state == lifecycle.Lea.TO_NOTIFY)
    ready = [n for n in waiting if _is_ready(n, now)]
    ready.sort(key=lambda n: not n.item.is_urgent)
    return each(ready, lambda n: _write_notice(n, settings, now), "notify", now)


def supplement_due(settings: Settings, world: World) -> int:
    """Tell agencies what they were not told yet, and correct what has changed."""
    now = world.clock.now()
    told = LeaNotice.state.in_(lifecycle.TOLD)
    news = LeaNotice.rows(LeaNotice.has_news == True, told)  # noqa: E712
    ready = [n for n in news if n.item.state not in lifecycle.UNROUTED]
    return each(ready, lambda n: _write_supplement(n, settings, now), "supplement", now)


def lapse_due(_: Settings, world: World) -> int:
    """End the wait for receipts that never came, after the agreed cap."""
    now = world.clock.now()
    days = read_terms().silent_days
    cap = now - timedelta(days=days)
    silent = LeaNotice.rows(
        LeaNotice.state == lifecycle.Lea.TO_CONFIRM, LeaNotice.told_at <= cap
    )
    deed = box(now, f"no receipt for {days} days")
    return each(silent, lambda n: _lapse(n, deed), "lapse", now)


def _lapse(notice: LeaNotice, deed: Deed) -> bool:
    with atomic():
        move(notice, Move.LAPSE, deed)
    return True


def _is_ready(notice: LeaNotice, now: datetime) -> bool:
    """Leave with the trace, or when the wait for it is over, or out of all bounds."""
    if notice.item.state not in lifecycle.UNROUTED or notice.latest_at <= now:
        return True
    return bool(notice.latest_at > now + LONGEST_WAIT)  # the clock was set back


def _write_notice(notice: LeaNotice, settings: Settings, now: datetime) -> bool:
    item = notice.item
    case = case_of(item, settings)
    marked = _kind(item)
    subject, body = compose(
        "lea_notice.en",
        case=case,
        blocks=blocks(case),
        notice=marked,
        agency=notice.agency,
        settings=settings,
    )
    annex = ["annex-one.json", "application/json", _json(as_data(case))]
    with atomic():
        move(notice, Move.WRITE, box(now, _plain(marked)), told=facts_of(item))
        _post(notice, Paper.LEA_NOTICE, subject, body, annex, settings, now)
    return True


def _write_supplement(notice: LeaNotice, settings: Settings, now: datetime) -> bool:
    """Write what is new; if it changes while we write, the next round does."""
    item, told = Item.get_by_id(notice.item_id), notice.told
    known = facts_of(item)
    lines = news(told, known)
    case = case_of(item, settings)
    subject, body = compose(
        "lea_supplement.en",
        case=case,
        lines=lines,
        correction=is_correction(told, known),
        agency=notice.agency,
        settings=settings,
    )
    annex = ["annex-one.json", "application/json", _json(as_data(case))]
    with atomic():
        if facts_of(Item.get_by_id(item.id)) != known:
            return False
        changes = {"has_news": False, "told": known}
        LeaNotice.update(**changes).where(LeaNotice.id == notice.id).execute()
        if lines:
            _post(notice, Paper.LEA_SUPPLEMENT, subject, body, annex, settings, now)
    return bool(lines)


def _post(  # noqa: PLR0913, PLR0917 - the parts of one letter
    notice: LeaNotice,
    paper: Paper,
    subject: str,
    body: str,
    annex: list[str],
    settings: Settings,
    now: datetime,
) -> None:
    is_first = paper is Paper.LEA_NOTICE
    Letter.write(
        [notice],
        paper=paper,
        subject=subject,
        body=body,
        attachments=[annex],
        is_urgent=notice.item.is_urgent,
        in_reply_to="" if is_first else thread_of(notice),
        sender=settings.hotline_email,
        recipient=notice.address,
        key=notice.key,
        due_at=now,
    )


def _kind(item: Item) -> Notice:
    hosting = Hosting(item.finding.hosting) if item.finding else None
    return duty(item.verdict.move, hosting, read_terms().ntd_body).notice


def _json(data: object) -> str:
    return json.dumps(data, ensure_ascii=False, indent=2) + "\n"


def _plain(word: str) -> str:
    return word.replace("_", " ")
