"""Law enforcement is told the same working day, and what it answers is heard."""

import json
from datetime import timedelta
from typing import Any

from reportbox import lifecycle
from reportbox.errors import InvalidInput, Refused
from reportbox.lea.annex_one import as_data, blocks
from reportbox.lea.case import case_of, facts_of
from reportbox.lea.facts import is_correction, news
from reportbox.lifecycle import Move, Paper
from reportbox.ports import World
from reportbox.post.wording import compose
from reportbox.records import atomic
from reportbox.records.items import Hold, Item
from reportbox.records.journey import Deed, box, letters_of, move, place_hold
from reportbox.records.letters import Letter
from reportbox.records.tracks import LeaNotice
from reportbox.routing.policy import Notice, duty
from reportbox.settings import Settings
from reportbox.tracing.finding import Hosting

# Until these are past, a notice still hopes for a trace to go with it.
BEFORE_ROUTING = (lifecycle.Item.TO_TRACE, lifecycle.Item.TO_ROUTE)


def notify_due(settings: Settings, world: World) -> int:
    """Write every notice that may leave; office hours and NTD pauses mean nothing here.

    Guidelines, “timely manner”: by the end of the same working day at the latest.
    """
    now = world.clock.now()
    waiting = LeaNotice.rows(LeaNotice.state == lifecycle.Lea.TO_NOTIFY)
    ready = [n for n in waiting if _is_ready(n, now)]
    for notice in ready:
        _write_notice(notice, settings, world)
    return len(ready)


def supplement_due(settings: Settings, world: World) -> int:
    """Tell agencies what they were not told yet, and correct what has changed."""
    written = 0
    for item in Item.rows(Item.has_news == True):  # noqa: E712 - peewee expression
        notices = [n for n in LeaNotice.of(item) if n.state != lifecycle.Lea.WITHDRAWN]
        if item.state in BEFORE_ROUTING or not all(n.told_at for n in notices):
            continue
        written += sum(_write_supplement(n, item, settings, world) for n in notices)
        Item.update(has_news=False).where(Item.id == item.id).execute()
    return written


def lapse_due(settings: Settings, world: World) -> int:
    """End the wait for receipts that never came, after the agreed cap."""
    now = world.clock.now()
    cap = now - timedelta(days=settings.lea_silent_days)
    silent = LeaNotice.rows(
        LeaNotice.state == lifecycle.Lea.TO_CONFIRM, LeaNotice.told_at <= cap
    )
    why = f"no receipt for {settings.lea_silent_days} days"
    for notice in silent:
        with atomic():
            move(notice, Move.LAPSE, box(now, why))
    return len(silent)


def confirm(notice: LeaNotice, receipt: str, deed: Deed) -> None:
    """Record the agency's receipt: how it came, or its reference."""
    with atomic():
        move(notice, Move.CONFIRM, deed, confirmed_at=deed.at, receipt=receipt)


def close(notice: LeaNotice, deed: Deed) -> None:
    """Stop waiting for the receipt, with a reason."""
    _need_why(deed, "Please say why the receipt is no longer awaited.")
    with atomic():
        move(notice, Move.CLOSE, deed)


def tell_otherwise(notice: LeaNotice, deed: Deed) -> None:
    """Record that the agency was told another way, such as by telephone."""
    _need_why(deed, "Please say whom you told, and how.")
    with atomic():
        item = notice.item
        move(notice, Move.TELL_OTHERWISE, deed, told_at=deed.at, told=facts_of(item))


def resend(notice: LeaNotice, deed: Deed, settings: Settings) -> None:
    """Write the notice anew, to the address and key of today's settings."""
    today = {"address": settings.lea_email, "key": settings.lea_key}
    with atomic():
        _refuse_while_in_doubt(notice)
        move(notice, Move.RESEND, deed, latest_at=deed.at, **today)


def hold(item: Item, deed: Deed) -> bool:
    """Stop all that outsiders could notice; say whether every letter was stopped."""
    with atomic():
        return place_hold(item, deed)


def release(item: Item, deed: Deed) -> None:
    """Lift the hold; what fell due meanwhile leaves now."""
    with atomic():
        item = Item.get_by_id(item.id)
        if not item.is_held:
            raise Refused("This item is not on hold.")
        move(item, Move.RELEASE, deed)
        lifted = Hold.update(released_at=deed.at, released_by=deed.who)
        lifted.where(Hold.item == item.id, Hold.released_at.is_null()).execute()


def _is_ready(notice: LeaNotice, now: Any) -> bool:  # noqa: ANN401
    return notice.item.state not in BEFORE_ROUTING or notice.latest_at <= now


def _write_notice(notice: LeaNotice, settings: Settings, world: World) -> None:
    item, now = notice.item, world.clock.now()
    case = case_of(item, settings)
    marked = _kind(item, settings)
    subject, body = compose(
        "lea_notice.en",
        case=case,
        blocks=blocks(case),
        notice=marked,
        settings=settings,
    )
    annex = ["annex-one.json", "application/json", _json(as_data(case))]
    with atomic():
        move(notice, Move.WRITE, box(now, _plain(marked)), told=facts_of(item))
        Letter.write(
            [notice],
            paper=Paper.LEA_NOTICE,
            subject=subject,
            body=body,
            attachments=[annex],
            is_urgent=item.is_urgent,
            **_addressing(notice, settings, now),
        )


def _write_supplement(
    notice: LeaNotice, item: Item, settings: Settings, world: World
) -> bool:
    now, told, known = world.clock.now(), notice.told, facts_of(item)
    lines = news(told, known)
    if not lines:
        return False
    subject, body = compose(
        "lea_supplement.en",
        case=case_of(item, settings),
        lines=lines,
        correction=is_correction(told, known),
        settings=settings,
    )
    with atomic():
        LeaNotice.update(told=known).where(LeaNotice.id == notice.id).execute()
        Letter.write(
            [notice],
            paper=Paper.LEA_SUPPLEMENT,
            subject=subject,
            body=body,
            attachments=[
                ["annex-one.json", "application/json", _annex(item, settings)]
            ],
            is_urgent=item.is_urgent,
            in_reply_to=_first_message_id(notice),
            **_addressing(notice, settings, now),
        )
    return True


def _addressing(notice: LeaNotice, settings: Settings, now: Any) -> dict[str, Any]:  # noqa: ANN401
    return {
        "sender": settings.hotline_email,
        "recipient": notice.address,
        "key": notice.key,
        "due_at": now,
    }


def _kind(item: Item, settings: Settings) -> Notice:
    hosting = Hosting(item.finding.hosting) if item.finding else None
    return duty(item.verdict.move, hosting, settings.ntd_body).notice


def _annex(item: Item, settings: Settings) -> str:
    return _json(as_data(case_of(item, settings)))


def _first_message_id(notice: LeaNotice) -> str:
    return next((letter.message_id for letter in letters_of(notice)), "")


def _refuse_while_in_doubt(notice: LeaNotice) -> None:
    if any(x.state == lifecycle.Letter.IN_DOUBT for x in letters_of(notice)):
        raise Refused(
            "A letter of this notice is in doubt. First find out whether it arrived, "
            "on the page “Letters”."
        )


def _need_why(deed: Deed, sentence: str) -> None:
    if not deed.why:
        raise InvalidInput(why=sentence)


def _json(data: object) -> str:
    return json.dumps(data, ensure_ascii=False, indent=2) + "\n"


def _plain(word: str) -> str:
    return word.replace("_", " ")
