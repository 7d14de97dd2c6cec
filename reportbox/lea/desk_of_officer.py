"""What an officer asks first of a notice, gathered from the records."""

from datetime import datetime
from typing import NamedTuple

from reportbox import lifecycle
from reportbox.lea.answer import SCOPES, WIDE
from reportbox.lea.case import case_of
from reportbox.lea.looks import look_of
from reportbox.lifecycle import Move
from reportbox.records.items import Hold, Item
from reportbox.records.tracks import LeaNotice
from reportbox.settings import Settings

PAGE = 50  # notices on one page
MOST_URGENT = 100
VISIBLE = frozenset(lifecycle.Lea) - {lifecycle.Lea.TO_NOTIFY, lifecycle.Lea.WITHDRAWN}
HOSTED = {"home": "at home", "both": "at home and abroad", "proxied": "behind a proxy"}
OPEN = frozenset(
    {lifecycle.Lea.TO_SEND, lifecycle.Lea.TO_REACH, lifecycle.Lea.TO_CONFIRM}
)


class Line(NamedTuple):
    """One notice in a list: urgent, who can be found, new, where, and until when."""

    notice: LeaNotice
    urgent: str
    victim: str
    offender: str
    is_new: bool  # not reported before
    hosted: str
    ntd: str
    is_held: bool
    may_stop: bool  # something can still leave that a hold of theirs would stop
    may_end: bool  # it can still be found removed
    has_ended: bool  # then its host, domain or provider can be held
    check_due: bool  # as agreed they look whether it is gone, and it is time to


class HeldFor(NamedTuple):
    hold: Hold
    hours: int  # so far, or until it was released


def latest_notices(unit: int, below: int | None) -> list[LeaNotice]:
    """List the newest notices of a unit, one more than a page holds."""
    mine = (LeaNotice.unit == unit) & LeaNotice.state.in_(list(VISIBLE))
    if below is not None:
        mine &= LeaNotice.id < below
    query = LeaNotice.select().where(mine).order_by(LeaNotice.id.desc())
    return list(query.limit(PAGE + 1))


def open_urgent(unit: int) -> list[LeaNotice]:
    """List what is urgent and not confirmed yet: it stands on top."""
    waiting = (LeaNotice.unit == unit) & LeaNotice.state.in_(list(OPEN))
    query = LeaNotice.select(LeaNotice, Item).join(Item)
    urgent = query.where(waiting, Item.is_urgent == True)  # noqa: E712
    return list(urgent.order_by(LeaNotice.id.desc()).limit(MOST_URGENT))


def line_of(notice: LeaNotice, settings: Settings, now: datetime) -> Line:
    item = notice.item
    case, is_held = case_of(item, settings), item.is_held
    answers, where = case.answers, HOSTED.get(case.hosting, case.hosting)
    can = lifecycle.moves(lifecycle.Kind.ITEM, item.state, lifecycle.Actor.OFFICER)
    return Line(
        notice,
        case.urgent,
        answers.get("victim_identifiable", "not answered"),
        answers.get("offender_identifiable", "not answered"),
        item.times_seen == 1 and item.appearance == 1,
        ", ".join(part for part in (where, case.country, case.provider) if part),
        "; ".join(part for part in (case.ntd, case.removal) if part),
        is_held,
        Move.HOLD in can and not item.is_held_by(notice.unit_id),
        Move.CONFIRM_REMOVAL in can,
        has_ended(item),
        look_of(notice, now) is not None,
    )


def has_ended(item: Item) -> bool:
    return lifecycle.is_ended(lifecycle.Kind.ITEM, item.state)


def scopes_of(notice: LeaNotice) -> dict[str, str]:
    """Name what this agency can hold from a notice, now."""
    is_held = notice.item.is_held_by(notice.unit_id)
    return WIDE if is_held or has_ended(notice.item) else SCOPES


def holds_of(unit: int, now: datetime) -> list[HeldFor]:
    """List the holds of a unit, the open ones first."""
    rows = Hold.select().where(Hold.unit == unit).order_by(Hold.id.desc()).limit(500)
    held = [HeldFor(hold, hours_of(hold, now)) for hold in rows]
    return sorted(held, key=lambda one: one.hold.released_at is not None)


def hours_of(hold: Hold, now: datetime) -> int:
    """Say what a hold costs: whole hours in which nothing was done outside."""
    until = hold.released_at or now
    return max(0, int((until - hold.placed_at).total_seconds() // 3600))


def with_code(code: str) -> list[LeaNotice]:
    """Find the notices of the letter that has this code, however it is written.

    None of an agency that is told of nothing now: its codes end with its log-ins.
    """
    known = grouped(code)
    found = LeaNotice.rows(LeaNotice.code == known) if known else []
    return [one for one in found if one.unit is None or one.unit.is_active]


def grouped(code: str) -> str:
    """Write a code as the letters do: in groups of four."""
    plain = "".join(c for c in code.upper() if c.isalnum())[:64]
    return "-".join(plain[i : i + 4] for i in range(0, len(plain), 4))
