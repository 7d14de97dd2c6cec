"""What needs a person now, gathered from every track and letter, the gravest first."""

from datetime import datetime, timedelta
from typing import NamedTuple

from reportbox.lifecycle import Item as ItemState
from reportbox.lifecycle import Lea, Letter as LetterState, Ntd as NtdState, Referral as ReferralState
from reportbox.ntd.schedule import CHECK_AFTER
from reportbox.records.items import Item
from reportbox.records.letters import Enclosure, Letter
from reportbox.records.tracks import LeaNotice, Ntd, Referral
from reportbox.settings import Settings


class Task(NamedTuple):
    kind: str
    sentence: str
    item: Item | None
    since: datetime


def tasks(settings: Settings, now: datetime) -> list[Task]:
    """List every task; each says what to do, and where."""
    return [
        *_notices_to_reach(),
        *_letters(),
        *_providers_to_reach(),
        *_checks(now),
        *_overdue_receipts(settings, now),
        *_late_referrals(settings, now),
        *_late_traces(),
        *_reviews(settings, now),
    ]


def _notices_to_reach() -> list[Task]:
    return [
        Task("LEA not reached", f"{n.agency} has not been told: resend, or call and record it. The NTD waits.", n.item, n.opened_at)
        for n in LeaNotice.rows(LeaNotice.state == Lea.TO_REACH)
    ]


def _letters() -> list[Task]:
    doubt = Letter.rows(Letter.state == LetterState.IN_DOUBT)
    stuck = Letter.rows(Letter.state == LetterState.WAITING, Letter.trouble != "")
    return [
        *(Task("Letter in doubt", f"Find out whether “{x.subject}” arrived at {x.recipient}.", _item(x), x.due_at) for x in doubt),
        *(Task("Letter waits", f"“{x.subject}” to {x.recipient} cannot leave: {x.trouble}", _item(x), x.due_at) for x in stuck),
    ]


def _item(letter: Letter) -> Item | None:
    enclosure: Enclosure | None = Enclosure.get_or_none(Enclosure.letter == letter.id)
    return enclosure.item if enclosure else None


def _providers_to_reach() -> list[Task]:
    refused = Ntd.rows(Ntd.state == NtdState.TO_REACH)
    no_contact = Ntd.rows(Ntd.state == NtdState.TO_FALL_DUE, Ntd.trouble != "")
    return [
        *(Task("Provider not reached", f"{n.provider} did not take our notice: name another contact.", n.item, n.opened_at) for n in refused),
        *(Task("NTD cannot leave", f"{n.provider}: {n.trouble}", n.item, n.opened_at) for n in no_contact),
    ]


def _checks(now: datetime) -> list[Task]:
    asked = Ntd.rows(Ntd.state.in_([NtdState.TO_CHECK, NtdState.TO_CHECK_FIRST]))
    late = Ntd.rows(Ntd.state == NtdState.TO_VERIFY, Ntd.asked_at <= now - CHECK_AFTER)
    return [
        *(Task("Check due", f"Look whether it is gone at {n.provider}, and record what you saw.", n.item, n.asked_at or n.opened_at) for n in asked),
        *(Task("Check due", f"{n.provider} was asked three days ago or more: look whether it is gone.", n.item, n.asked_at) for n in late),
    ]


def _overdue_receipts(settings: Settings, now: datetime) -> list[Task]:
    expected = now - timedelta(hours=settings.lea_receipt_hours)
    silent = LeaNotice.rows(LeaNotice.state == Lea.TO_CONFIRM, LeaNotice.told_at <= expected)
    return [
        Task("Receipt overdue", f"{n.agency} has not confirmed the receipt: ask, then record it.", n.item, n.told_at)
        for n in silent
    ]


def _late_referrals(settings: Settings, now: datetime) -> list[Task]:
    alarm = now - timedelta(hours=settings.referral_alarm_hours)
    late = Referral.rows(Referral.state == ReferralState.TO_REFER, Referral.opened_at <= alarm)
    return [
        Task("Referral late", f"Insert it into ICCAM for {r.country} and enter the number.", r.item, r.opened_at)
        for r in late
    ]


def _late_traces() -> list[Task]:
    stuck = Item.rows(Item.state == ItemState.TO_TRACE, Item.trace_trouble != "")
    return [
        Task("Cannot be traced yet", f"{i.trace_trouble}. The box tries again by itself.", i, i.judged_at)
        for i in stuck
    ]


def _reviews(settings: Settings, now: datetime) -> list[Task]:
    today = now.astimezone(settings.zone).date()
    due = Item.rows(Item.state == ItemState.TO_DECIDE, Item.comes_back_on <= today)
    return [
        Task("Decision awaited", "Ask the LEA, or let a second analyst decide.", i, i.judged_at)
        for i in due
    ]
