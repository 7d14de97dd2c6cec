"""What falls due at providers: the box plans, traces again, asks, reminds, corrects."""

import json
import time
from collections import defaultdict
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from reportbox import lifecycle
from reportbox.agreements.reading import is_agreed, name_of_lea, read_terms
from reportbox.agreements.terms import Terms
from reportbox.errors import IllegalMove
from reportbox.lifecycle import Move, Paper
from reportbox.ntd import schedule
from reportbox.ntd.checks import NAME_GONE
from reportbox.ntd.letter import addresses_csv
from reportbox.ntd.xarf import Subject, xarf
from reportbox.ports import World
from reportbox.post.wording import compose, say_when
from reportbox.records import atomic
from reportbox.records.items import Event, Finding, Item
from reportbox.records.journey import (
    box,
    is_lea_told,
    letters_of,
    move,
    note,
    thread_of,
)
from reportbox.records.letters import Letter
from reportbox.records.rows import each
from reportbox.records.tracks import LeaNotice, Ntd
from reportbox.settings import Settings
from reportbox.tracing.book import read_book
from reportbox.tracing.contacts import Book
from reportbox.tracing.finding import Hosting
from reportbox.tracing.keep import keep
from reportbox.tracing.look import Sight, Target, look_at_all, target_of
from reportbox.tracing.schedule import PATIENCE

MOST_ITEMS = 100  # in one letter
LONGEST_ROUND = 20  # seconds in which others wait for a slow registry
NO_CONTACT = "No contact is known for this provider: please enter one."
NO_MAIL = "This proxy takes no mail: ask it in its own form, and record that you did."
NEW_CONTACT = "Nobody has approved this contact yet: approve it once, or name another."
BOUNCED = "Mail to this contact bounced: please name another."


def plan_due(settings: Settings, world: World) -> int:
    """Start the clock of every NTD whose LEA was told; stop it where it is not."""
    waiting, terms = Ntd.rows(Ntd.state == lifecycle.Ntd.TO_FALL_DUE), read_terms()
    now = world.clock.now()
    return each(waiting, lambda n: _plan(n, terms, settings), "plan", now)


def ask_due(settings: Settings, world: World) -> int:
    """Trace again whatever is due, and ask each provider that still hosts it."""
    if settings.ntd_paused or read_terms().ntd_body != "hotline":
        return 0  # as it is agreed now, whatever was planned before
    now = world.clock.now()
    book = read_book()
    ready = [ntd for ntd in _due(now) if _may_write_to(ntd, book)]
    groups: dict[tuple[str, str, bool], list[Ntd]] = defaultdict(list)
    for ntd in _still_there(ready, settings, world):
        groups[(ntd.provider, ntd.contact, ntd.asks_origin)].append(ntd)
    # The first stands for its group: a bug in writing parks it, not the others.
    firsts = {group[0].id: group for group in groups.values()}
    rows = [group[0] for group in groups.values()]
    return each(rows, lambda n: _ask(firsts[n.id], settings, now), "ask", now)


def remind_due(settings: Settings, world: World) -> int:
    """Trace again, and remind every provider that still hosts it."""
    if settings.ntd_paused:
        return 0
    now = world.clock.now()
    waiting, book = Ntd.rows(Ntd.state == lifecycle.Ntd.TO_VERIFY), read_book()
    due = [n for n in waiting if _may_remind(n, settings, now)]
    due = [n for n in due if _may_write_to(n, book)]
    there = _still_there(due, settings, world)
    return each(there, lambda n: _remind(n, settings, now), "remind", now)


def watch_due(settings: Settings, world: World) -> int:
    """Look at names and networks of what was asked; what changed is acted upon.

    A host that moved is routed again, a name that is gone brings a check forward.
    """
    now = world.clock.now()
    unseen = Ntd.watched_at.is_null() | (Ntd.watched_at <= now - schedule.WATCH_EVERY)
    asked = Ntd.rows(Ntd.state == lifecycle.Ntd.TO_VERIFY, unseen)
    # Where it was asked, its trace was fresh: the first look is half a day later.
    due = [n for n in asked if _is_unwatched(n, now) and not n.item.is_held]
    with atomic():
        for ntd in due:
            Ntd.change(ntd.id, watched_at=now)
    return len(_still_there(due, settings, world))


def escalate_due(settings: Settings, world: World) -> int:
    """Tell law enforcement which providers do not react, once for each."""
    now = world.clock.now()
    asked = Ntd.rows(
        Ntd.state == lifecycle.Ntd.TO_VERIFY,
        Ntd.escalated_at.is_null(),
        Ntd.asked_at.is_null(is_null=False),
    )
    due = [n for n in asked if _may_escalate(n, settings, now)]
    return each(due, lambda n: _escalate(n, now), "escalate", now)


def correct_due(settings: Settings, world: World) -> int:
    """Tell providers we asked that the verdict has changed."""
    now = world.clock.now()
    wrong = Ntd.rows(
        Ntd.state == lifecycle.Ntd.WITHDRAWN,
        Ntd.asked_at.is_null(is_null=False),
        Ntd.corrected_at.is_null(),
    )
    book = read_book()
    wrong = [n for n in wrong if _is_corrected(n) and _may_write_to(n, book)]
    return each(wrong, lambda n: _correct(n, settings, now), "correct", now)


def _is_corrected(ntd: Ntd) -> bool:
    """Tell whether the verdict behind this NTD changed, not one of a later appearance.

    An item reported again and not judged yet still carries the verdict of before.
    """
    item = ntd.item
    judged_in = item.appearance - (item.judged_at is None)
    changed = item.verdict.move in {Move.JUDGE_UNCERTAIN, Move.JUDGE_NOT_ILLEGAL}
    return bool(changed and ntd.appearance == judged_in)


def _plan(ntd: Ntd, terms: Terms, settings: Settings) -> bool:
    due_at = _due_at(ntd, terms, settings)
    if due_at == ntd.due_at:
        return False
    with atomic():
        Ntd.update(due_at=due_at).where(Ntd.id == ntd.id).execute()
    return True


def _due_at(ntd: Ntd, terms: Terms, settings: Settings) -> datetime | None:
    if not is_lea_told(ntd.item) or not is_agreed():
        return None
    notices = LeaNotice.of(ntd.item)
    begun = [_begins(n, terms) for n in notices if n.state != lifecycle.Lea.WITHDRAWN]
    known = [moment for moment in begun if moment is not None]
    if not known or len(known) < len(begun):
        return None
    return schedule.due_at(max(known), ntd.item.judged_at, terms, settings)


def _begins(notice: LeaNotice, terms: Terms) -> datetime | None:
    """Say since when the agreed hours run; a silent agency stops them for a while."""
    told_at: datetime | None = notice.told_at
    if terms.ntd_clock != "receipt" or notice.state == lifecycle.Lea.CLOSED:
        return told_at
    if notice.state == lifecycle.Lea.SILENT and told_at is not None:
        return told_at + timedelta(days=terms.silent_days)
    confirmed_at: datetime | None = notice.confirmed_at
    return confirmed_at


def _due(now: datetime) -> list[Ntd]:
    """List what is due, told to the LEA and not held; the rest waits in silence."""
    rested = Ntd.try_at.is_null() | (Ntd.try_at <= now)
    rows = Ntd.rows(
        Ntd.state == lifecycle.Ntd.TO_FALL_DUE,
        Ntd.due_at <= now,
        rested | (Ntd.try_at > now + schedule.LONGEST_REST),  # the clock was set back
    )
    return [
        ntd
        for ntd in rows
        if ntd.item.state == lifecycle.Item.TO_FINISH
        and not ntd.item.is_held
        and is_lea_told(ntd.item)
    ]


def _may_write_to(ntd: Ntd, book: Book) -> bool:
    """Write to nobody whom no person ever approved; say what is needed."""
    mailbox = ntd.contact.lower()
    if mailbox in book.approved:
        return True
    trouble = NEW_CONTACT if mailbox else NO_CONTACT
    if mailbox in book.bounced:
        trouble = BOUNCED
    elif not mailbox and ntd.asks_origin:
        trouble = NO_MAIL
    if ntd.trouble != trouble:
        with atomic():
            Ntd.update(trouble=trouble).where(Ntd.id == ntd.id).execute()
    return False


def _still_there(ntds: list[Ntd], settings: Settings, world: World) -> list[Ntd]:
    """Look at each host afresh; keep what is still at the provider that was meant."""
    now, there = world.clock.now(), []
    by_target: dict[Target, list[Ntd]] = defaultdict(list)
    for ntd in ntds:
        by_target[target_of(ntd.item)].append(ntd)
    # With no cache: an hour is long enough for a host to move.
    until = time.monotonic() + LONGEST_ROUND
    looks = look_at_all(by_target, settings, world, fresh=True)
    for target, sight in looks:
        here = by_target.pop(target)
        check = partial(_check, sight=sight, now=now)
        there += [ntd for ntd in here if each([ntd], check, "retrace", now)]
        if time.monotonic() > until:
            break
    looks.close()
    later = now + schedule.PAUSES[0]
    with atomic():
        for ntd in (ntd for left in by_target.values() for ntd in left):
            _rest(ntd, "A registry answers slowly.", later)  # the others go on
    return [Ntd.get_by_id(ntd.id) for ntd in there]


def _check(ntd: Ntd, sight: Sight, now: datetime) -> bool:
    """Say whether the item is still where it was; otherwise do what follows."""
    with atomic():
        before, ntd = ntd.state, Ntd.get_by_id(ntd.id)
        if ntd.state != before or ntd.item.state != lifecycle.Item.TO_FINISH:
            return False  # moved on while we looked
        found = sight.conclusion
        if found is None and sight.is_half and ntd.attempts >= PATIENCE:
            found = sight.partly
        if found is None:
            _wait(ntd, sight, now)
            return False
        finding = keep(ntd.item, sight, found, now)
        if finding.hosting == Hosting.DISPUTED:
            move(ntd.item, Move.QUESTION, box(now, finding.why))
            return False  # a person says where it is; then it falls due again
        is_there = ntd.provider in dict(finding.at_home)
        if finding.place != ntd.item.finding.place and _may_move(ntd.item):
            _move_host(ntd.item, finding, now)
            return False  # routed again first; then it falls due again
        if not is_there:
            _rest(ntd, schedule.FLAPPING, now + schedule.LONGEST_REST)
            return False
        note(ntd, "retrace", box(now, finding.why))
        Ntd.update(finding=finding).where(Ntd.id == ntd.id).execute()
        return True


def _wait(ntd: Ntd, sight: Sight, now: datetime) -> None:
    """Nobody answers, or the name is gone: a hint, never a removal."""
    planned = ntd.state == lifecycle.Ntd.TO_FALL_DUE
    if sight.is_gone and planned:
        move(ntd, Move.ASK_CHECK, box(now, sight.trouble), check_at=now)
        return
    if sight.is_gone:
        Ntd.change(ntd.id, check_at=now, check_why=NAME_GONE)
    if sight.again_in:
        _rest(ntd, sight.trouble, now + timedelta(seconds=sight.again_in), ntd.attempts)
        return
    attempts = ntd.attempts + 1
    _rest(ntd, sight.trouble, schedule.next_try(attempts, now), attempts)


def _rest(ntd: Ntd, trouble: str, until: datetime, attempts: int = 0) -> None:
    changes = {"attempts": attempts, "try_at": until, "trouble": trouble}
    Ntd.update(**changes).where(Ntd.id == ntd.id).execute()


def _may_move(item: Item) -> bool:
    """Follow a few moves; a name that keeps changing would move for ever."""
    moved = Event.rows(Event.item == item.id, Event.move == Move.MOVE_HOST)
    so_far = [event for event in moved if event.at >= item.appeared_at]
    return len(so_far) < schedule.MOST_MOVES


def _move_host(item: Item, finding: Finding, now: datetime) -> None:
    """The item moved since the verdict: nobody at the old place is asked."""
    move(item, Move.MOVE_HOST, box(now, finding.changes), finding=finding)


def _ask(group: list[Ntd], settings: Settings, now: datetime) -> int:
    """Write one letter for as many of the group as may go now."""
    asked = 0
    for start in range(0, len(group), MOST_ITEMS):
        part = group[start : start + MOST_ITEMS]
        while part and (refused := _write_notice(part, settings, now)):
            part = [ntd for ntd in part if ntd.id != refused.id]
        asked += len(part)
    return asked


def _write_notice(group: list[Ntd], settings: Settings, now: datetime) -> Ntd | None:
    """Write the letter, or name the NTD that stands in the way and write nothing."""
    first = group[0]
    paper = Paper.ORIGIN_REQUEST if first.asks_origin else Paper.NTD
    subject, body = compose(
        f"{paper}.en",
        number=first.item.number,
        provider=first.provider,
        items=[_lines(ntd, settings) for ntd in group],
        lea=name_of_lea(),
        settings=settings,
    )
    ntd = first
    try:
        with atomic():
            for ntd in group:
                move(
                    ntd,
                    Move.WRITE,
                    box(now, f"{_what(ntd)}to {ntd.contact}"),
                    trouble="",
                    attempts=0,
                )
            Letter.write(
                group,
                paper=paper,
                subject=subject,
                body=body,
                attachments=_attachments(group, settings),
                sender=settings.hotline_email,
                recipient=first.contact,
                due_at=now,
            )
    except IllegalMove:
        return ntd
    return None


def request_text(ntd: Ntd, settings: Settings) -> tuple[str, str]:
    """Write what a person puts into the provider's own form: subject and text."""
    return compose(
        "origin_request.en" if ntd.asks_origin else "ntd.en",
        number=ntd.item.number,
        provider=ntd.provider,
        items=[_lines(ntd, settings)],
        lea=name_of_lea(),
        settings=settings,
        by_form=True,
    )


def _what(ntd: Ntd) -> str:
    return "request for the origin, " if ntd.asks_origin else ""


def _may_remind(ntd: Ntd, settings: Settings, now: datetime) -> bool:
    if ntd.try_at and now < ntd.try_at <= now + schedule.LONGEST_REST:
        return False
    if ntd.reminders >= settings.ntd_reminders or ntd.item.is_held:
        return False
    if len(letters_of(ntd, lifecycle.Letter.SENT)) >= schedule.MOST_LETTERS:
        return False
    pause = timedelta(hours=settings.ntd_reminder_hours)
    return bool((ntd.reminded_at or ntd.asked_at) + pause <= now)


def _correct(ntd: Ntd, settings: Settings, now: datetime) -> bool:
    return _write(ntd, Paper.NTD_CORRECTION, settings, now, {"corrected_at": now})


def _remind(ntd: Ntd, settings: Settings, now: datetime) -> bool:
    changes = {"reminders": ntd.reminders + 1, "reminded_at": now}
    return _write(ntd, Paper.NTD_REMINDER, settings, now, changes)


def _write(
    ntd: Ntd, paper: Paper, settings: Settings, now: datetime, changes: dict[str, Any]
) -> bool:
    """Write a later letter of the same thread; say whether it may go."""
    is_reminder = paper is Paper.NTD_REMINDER
    subject, body = compose(
        "origin_reminder.en" if ntd.asks_origin and is_reminder else f"{paper}.en",
        number=ntd.item.number,
        provider=ntd.provider,
        address=ntd.item.address_as_reported,
        asked_at=say_when(ntd.asked_at, settings.zone),
        count=ntd.reminders + 1,
        settings=settings,
    )
    try:
        with atomic():
            if is_reminder:
                move(
                    ntd, Move.REMIND, box(now, f"reminder to {ntd.contact}"), **changes
                )
            else:
                Ntd.update(**changes).where(Ntd.id == ntd.id).execute()
            Letter.write(
                [ntd],
                paper=paper,
                subject=subject,
                body=body,
                attachments=_attachments([ntd], settings) if is_reminder else [],
                in_reply_to=thread_of(ntd),
                sender=settings.hotline_email,
                recipient=ntd.contact,
                due_at=now,
            )
    except IllegalMove:
        return False
    return True


def _lines(ntd: Ntd, settings: Settings) -> dict[str, str]:
    """What a provider may know of an item: never when or by whom it was reported."""
    item = ntd.item
    return {
        "number": item.number,
        "address": item.address_as_reported,
        "ip_addresses": _ip_addresses(ntd),
        "classification": item.verdict.classification,
        "verified_at": say_when(item.judged_at, settings.zone),
    }


def _attachments(group: list[Ntd], settings: Settings) -> list[list[str]]:
    """Return the exact addresses for people, and beside them one object each."""
    rows = [
        (n.item.number, n.item.address_as_reported, _ip_addresses(n)) for n in group
    ]
    objects = [(n.item.number, _xarf(n, settings)) for n in group]
    return [
        ["addresses.csv", "text/csv", addresses_csv(rows)],
        *(
            [f"xarf-{number}.json", "application/json", json.dumps(made, indent=2)]
            for number, made in objects
            if made is not None
        ),
    ]


def _xarf(ntd: Ntd, settings: Settings) -> dict[str, object] | None:
    item = ntd.item
    subject = Subject(
        number=item.number,
        address=item.address_as_reported,
        source=_ip_addresses(ntd).partition(" ")[0] or item.host,
        classification=item.verdict.classification,
        verified_at=item.judged_at,
    )
    return xarf(subject, settings.hotline_name, settings.hotline_email)


def _ip_addresses(ntd: Ntd) -> str:
    places = ntd.finding.locations
    mine = [p["address"] for p in places if ntd.provider in {p["provider"], p["name"]}]
    # A person may have named the provider otherwise than its registry does.
    return " ".join(mine or [p["address"] for p in places])


def _is_unwatched(ntd: Ntd, now: datetime) -> bool:
    last = ntd.watched_at or ntd.asked_at or ntd.lea_asked_at
    return bool(last and last <= now - schedule.WATCH_EVERY)


def _may_escalate(ntd: Ntd, settings: Settings, now: datetime) -> bool:
    # Whom no reminder can reach any more has had all there are.
    reminders = settings.ntd_reminders if ntd.trouble else ntd.reminders
    if not schedule.is_owed_to_the_lea(ntd.asked_at, reminders, now, settings):
        return False
    return ntd.item.state == lifecycle.Item.TO_FINISH and not ntd.item.is_held


def _escalate(ntd: Ntd, now: datetime) -> bool:
    with atomic():
        why = f"asked, {ntd.reminders} reminders, and no removal"
        move(ntd, Move.ESCALATE, box(now, why), escalated_at=now)
    return True
