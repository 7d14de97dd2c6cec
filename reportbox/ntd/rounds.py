"""What falls due at providers: the box plans, traces again, asks, reminds, corrects.

What the letters say stands in write.py.
"""

from collections import defaultdict
from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from typing import NamedTuple

from reportbox import lifecycle
from reportbox.agreements.reading import is_agreed, read_terms
from reportbox.agreements.terms import Terms
from reportbox.lifecycle import Move
from reportbox.ntd import schedule
from reportbox.ntd.checks import is_due
from reportbox.ntd.count import crowded, has_had_all, leaves_no_room
from reportbox.ntd.hours import Hours
from reportbox.ntd.retrace import still_there
from reportbox.ntd.subject import BASELINE
from reportbox.ntd.write import ask, correct, posted, remind, to_correct
from reportbox.ports import World
from reportbox.records import atomic
from reportbox.records.contacts import Contact
from reportbox.records.items import Hold, Item
from reportbox.records.journey import (
    box,
    is_lea_told,
    letters_of,
    move,
    thread_of,
    told_among,
)
from reportbox.records.rows import each, each_of_many
from reportbox.records.tracks import LeaNotice, Ntd
from reportbox.settings import Settings
from reportbox.tracing.book import read_book
from reportbox.tracing.contacts import Book

MANY = 500  # rows whose items are read by one query
NO_CONTACT = "No contact is known for this provider: please enter one."
NO_MAIL = "This proxy takes no mail: ask it in its own form, and record that you did."
BY_FORM = "This contact takes no mail: ask it in its form, and record that you did."
NO_WORD = "X-ARF has no word for this: ask in their form, and record that you did."
NEW_CONTACT = "Nobody has approved this contact yet: approve it once, or name another."
HAD_ALL = "It has had four letters about this address: telephone, or end it."
BOUNCED = "Mail to this contact bounced: please name another."
NO_ROOM = (
    "It has had four letters about this address: tell them by telephone that the "
    "verdict changed, and record it."
)
OTHERWISE = "tell them in another way that the verdict changed, and record it."
# Who is to be told that the verdict changed is not to be asked anything.
TO_BE_TOLD = {
    NO_CONTACT: f"No contact is known for this provider: {OTHERWISE}",
    NO_MAIL: f"This proxy takes no mail: {OTHERWISE}",
    BY_FORM: f"This contact takes no mail: {OTHERWISE}",
    NEW_CONTACT: f"Nobody approves of this contact any more: {OTHERWISE}",
    BOUNCED: f"Mail to this contact bounced: {OTHERWISE}",
}


def plan_due(settings: Settings, world: World) -> int:
    """Start the clock of every NTD whose LEA was told; stop it where it is not."""
    waiting = Ntd.rows(Ntd.state == lifecycle.Ntd.TO_FALL_DUE)
    terms, hours = read_terms() if is_agreed() else None, Hours(settings)
    plan = lambda n: _plan(n, terms, hours)  # noqa: E731
    return each_of_many(waiting, plan, "plan", world.clock.now())


def ask_due(settings: Settings, world: World) -> int:
    """Trace again whatever is due, and ask each provider that still hosts it."""
    if settings.ntd_paused or read_terms().ntd_body != "hotline":
        return 0  # as it is agreed now, whatever was planned before
    now, hours = world.clock.now(), Hours(settings)
    due = _due(now)
    if not due:  # the book is long, and mostly nothing is due
        return 0
    people = Addressees.of_now()
    # It may have fallen due long ago, and been held until this night.
    awake = [ntd for ntd in due if hours.are_open(ntd.contact, now)]
    ready = _with_room([ntd for ntd in awake if people.may_be_sent(ntd)])
    there = still_there(ready, settings, world)
    # Its entry in the book gives a contact one language and one channel.
    groups = grouped(there, lambda n: (n.provider, n.contact.lower(), n.asks_origin))
    rows = [group[0] for group in groups.values()]
    return each(rows, lambda n: ask(groups[n.id], settings, now), "ask", now)


def remind_due(settings: Settings, world: World) -> int:
    """Trace again, and remind every provider that still hosts it."""
    if settings.ntd_paused:
        return 0
    now, hours = world.clock.now(), Hours(settings)
    since = now - timedelta(hours=settings.ntd_reminder_hours)
    waiting = Ntd.rows(
        Ntd.state == lifecycle.Ntd.TO_VERIFY,
        Ntd.asked_at <= since,  # none: the LEA asked in our place
        Ntd.reminded_at.is_null() | (Ntd.reminded_at <= since),
        Ntd.reminders < settings.ntd_reminders,
    )
    due = [n for n in waiting if _may_remind(n, now)]
    if not due:
        return 0
    people = Addressees.of_now()
    due = [n for n in due if hours.are_open(n.contact, now) and people.may_be_sent(n)]
    there = still_there(due, settings, world)
    # What was asked in one letter is reminded of in one, in its thread.
    groups = grouped(there, lambda n: (thread_of(n), n.contact.lower(), n.reminders))
    rows = [group[0] for group in groups.values()]
    return each(rows, lambda n: remind(groups[n.id], settings, now), "remind", now)


def watch_due(settings: Settings, world: World) -> int:
    """Look at names and networks of what was asked; what changed is acted upon.

    A host that moved is routed again, a name that is gone brings a check forward.
    """
    now = world.clock.now()
    since = now - schedule.WATCH_EVERY
    unseen = Ntd.watched_at.is_null() | (Ntd.watched_at <= since)
    # Where it was asked, its trace was fresh: the first look is half a day later.
    by_the_lea = Ntd.asked_at.is_null() & (Ntd.lea_asked_at <= since)
    rows = [
        ntd
        for asked in (Ntd.asked_at <= since, by_the_lea)
        for ntd in Ntd.rows(Ntd.state == lifecycle.Ntd.TO_VERIFY, asked, unseen)
    ]
    due = [ntd for ntd in rows if _may_be_watched(ntd, now)]
    return len(still_there(due, settings, world))


def escalate_due(settings: Settings, world: World) -> int:
    """Tell law enforcement which providers do not react, once for each."""
    now = world.clock.now()
    since = now - timedelta(hours=settings.ntd_escalate_hours)
    asked = Ntd.rows(
        Ntd.state == lifecycle.Ntd.TO_VERIFY,
        Ntd.escalated_at.is_null(),
        Ntd.asked_at <= since,
    )
    due = [n for n in asked if _may_escalate(n, settings, now)]
    due = _spread(due, since, now)
    return each(due, lambda n: _escalate(n, now), "escalate", now)


def correct_due(settings: Settings, world: World) -> int:
    """Tell providers we asked that the verdict has changed."""
    now = world.clock.now()
    people = Addressees.of_now()
    wrong = [ntd for ntd in Ntd.to_correct() if _is_corrected(ntd)]
    return each(wrong, lambda n: correct_all(n, people, settings, now), "correct", now)


def grouped(
    ntds: list[Ntd], mark: Callable[[Ntd], tuple[object, ...]]
) -> dict[int, list[Ntd]]:
    """Put what goes in one letter together, by the number of its first.

    The first stands for its group: a bug in writing parks it, not the others.
    """
    together: dict[tuple[object, ...], list[Ntd]] = defaultdict(list)
    for ntd in ntds:
        together[mark(ntd)].append(ntd)
    return {group[0].id: group for group in together.values()}


def _is_corrected(ntd: Ntd) -> bool:
    """Tell whether the verdict behind this NTD changed, not one of a later appearance.

    An item reported again and not judged yet still carries the verdict of before.
    """
    item = ntd.item
    judged_in = item.appearance - (item.judged_at is None)
    changed = item.verdict.move in {Move.JUDGE_UNCERTAIN, Move.JUDGE_NOT_ILLEGAL}
    return bool(changed and ntd.appearance == judged_in)


def correct_all(
    ntd: Ntd, people: "Addressees", settings: Settings, now: datetime
) -> bool:
    """Write to each that was asked, and keep whom no letter may reach, and why.

    To whom a letter is written is not asked again.
    """
    asked = [(known, people.why_not_corrected(known)) for known in to_correct(ntd)]
    stuck = [f"{x.contact or x.provider}: {trouble}" for x, trouble in asked if trouble]
    _keep_trouble(ntd, "; ".join(stuck))
    written = sum(correct(x, settings, now) for x, trouble in asked if not trouble)
    if not stuck and not is_any_in_doubt(ntd):
        with atomic():
            Ntd.change(ntd.id, corrected_at=now)
    return bool(written)


def is_any_in_doubt(ntd: Ntd) -> bool:
    """Tell whether somebody may have been asked of whom nobody knows it yet."""
    out = (lifecycle.Letter.HANDING_OVER, lifecycle.Letter.IN_DOUBT)
    return bool(letters_of(ntd, *out))


def _plan(ntd: Ntd, terms: Terms | None, hours: Hours) -> bool:
    due_at = _due_at(ntd, terms, hours) if terms else None
    if due_at == ntd.due_at:
        return False
    with atomic():
        Ntd.change(ntd.id, due_at=due_at)
    return True


def _due_at(ntd: Ntd, terms: Terms, hours: Hours) -> datetime | None:
    if not is_lea_told(ntd.item):
        return None
    notices = LeaNotice.of(ntd.item)
    begun = [_begins(n, terms) for n in notices if n.state != lifecycle.Lea.WITHDRAWN]
    known = [moment for moment in begun if moment is not None]
    if not known or len(known) < len(begun):
        return None
    windows = hours.of(ntd.contact)
    return schedule.due_at(max(known), ntd.item.judged_at, terms, windows)


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
        for start in range(0, len(rows), MANY)
        for ntd in _free(rows[start : start + MANY])
    ]


def _free(rows: list[Ntd]) -> list[Ntd]:
    """Keep what stands in no way of its own: being finished, not held, the LEA told."""
    numbers = {ntd.item_id for ntd in rows}
    held = set().union(*Hold.open_among(numbers).values())
    items = [
        i for i in Item.numbered(numbers - held) if i.state == lifecycle.Item.TO_FINISH
    ]
    told = told_among([(item.id, item.appearance) for item in items])
    free = {item.id: item for item in items if (item.id, item.appearance) in told}
    for ntd in rows:
        ntd.item = free.get(ntd.item_id, ntd.item_id)
    return [ntd for ntd in rows if ntd.item_id in free]


def _with_room(ntds: list[Ntd]) -> list[Ntd]:
    """Leave out whoever had all letters there are, under another notice maybe."""
    full = crowded(ntd.item_id for ntd in ntds)
    over = [
        ntd
        for ntd in ntds
        if ntd.item_id in full and has_had_all(ntd.item, ntd.contact, ntd.provider)
    ]
    for ntd in over:
        if ntd.trouble != HAD_ALL:
            with atomic():
                Ntd.change(ntd.id, trouble=HAD_ALL)
    return [ntd for ntd in ntds if ntd not in over]


class Addressees(NamedTuple):
    """Who may be written to, as the book has it in this round."""

    book: Book
    without_mail: set[str]  # mailboxes of whoever wants something else than mail
    by_api: Collection[str] = ()  # of them, whose API is posted to

    @classmethod
    def of_now(cls) -> "Addressees":
        return cls(read_book(), Contact.without_mail(), Contact.by_api())

    def may_be_sent(self, ntd: Ntd) -> bool:
        """Write to nobody whom no person ever approved; say what is needed."""
        return _may(ntd, self._trouble(ntd, _trouble_with_api))

    def why_not_corrected(self, known: Ntd) -> str:
        """Say what keeps who was asked from a letter; who has had all is telephoned."""
        if leaves_no_room(known):
            return NO_ROOM
        trouble = self._trouble(known, _trouble_with_correction)
        return TO_BE_TOLD.get(trouble, trouble)

    def _trouble(self, ntd: Ntd, of_api: Callable[[Ntd], str]) -> str:
        mailbox = ntd.contact.lower()
        if not mailbox:
            return NO_MAIL if ntd.asks_origin else NO_CONTACT
        if mailbox in self.book.bounced:
            return BOUNCED
        if mailbox not in self.book.approved:
            return NEW_CONTACT
        if mailbox not in self.without_mail:
            return ""
        return of_api(ntd) if mailbox in self.by_api else BY_FORM


def _may(ntd: Ntd, trouble: str) -> bool:
    if trouble:
        _keep_trouble(ntd, trouble)
    return not trouble


def _keep_trouble(ntd: Ntd, trouble: str) -> None:
    if ntd.trouble != trouble:
        with atomic():
            Ntd.change(ntd.id, trouble=trouble)


def _trouble_with_api(ntd: Ntd) -> str:
    """An API gets X-ARF and nothing else, which cannot say everything."""
    is_baseline = ntd.item.verdict.classification == BASELINE
    return "" if is_baseline and not ntd.asks_origin else NO_WORD


def _trouble_with_correction(known: Ntd) -> str:
    """What an API got is taken back there; what a person asked, by a person."""
    return "" if posted(known) else BY_FORM


def _may_remind(ntd: Ntd, now: datetime) -> bool:
    if _rests(ntd, now) or ntd.item.is_held:
        return False
    return not has_had_all(ntd.item, ntd.contact, ntd.provider)


def _may_be_watched(ntd: Ntd, now: datetime) -> bool:
    is_running = ntd.item.state == lifecycle.Item.TO_FINISH and not ntd.item.is_held
    return is_running and not _rests(ntd, now)


def _rests(ntd: Ntd, now: datetime) -> bool:
    """Tell whether its trace failed just now; the clock may have been set back."""
    return bool(ntd.try_at and now < ntd.try_at <= now + schedule.LONGEST_REST)


def _may_escalate(ntd: Ntd, settings: Settings, now: datetime) -> bool:
    most = settings.ntd_reminders
    if not schedule.is_owed_to_the_lea(ntd.asked_at, most, now, settings):
        return False  # not for long enough, however often it was reminded
    # Whom no reminder may or can reach any more has had all there are.
    is_over = ntd.reminders >= most or bool(ntd.trouble)
    if not is_over and not has_had_all(ntd.item, ntd.contact, ntd.provider):
        return False
    if is_due(ntd, now) and ntd.check_why:  # first somebody looks whether it is gone
        return False
    return ntd.item.state == lifecycle.Item.TO_FINISH and not ntd.item.is_held


def _spread(due: list[Ntd], since: datetime, now: datetime) -> list[Ntd]:
    """Tell of what is late one by one: after an upgrade or a long stop it is much.

    What was not looked at since then may have gone long ago.
    """
    on_time = [n for n in due if n.asked_at > since - schedule.LATE]
    late = [n for n in due if n.asked_at <= since - schedule.LATE]
    seen = [n for n in late if n.watched_at and now - n.watched_at < schedule.LATE]
    return on_time + seen[:1]


def _escalate(ntd: Ntd, now: datetime) -> bool:
    with atomic():
        why = f"asked, {ntd.reminders} reminders, and no removal"
        move(ntd, Move.ESCALATE, box(now, why), escalated_at=now)
    return True
