"""Which backups are kept: the last of each day, week and month, and none too long."""

from collections.abc import Callable, Hashable, Iterable
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

PREFIX = "reportbox-"
SHAPE = f"{PREFIX}%Y%m%dT%H%M%SZ.tar.gz.gpg"


class Plan(NamedTuple):
    daily: int
    weekly: int
    monthly: int
    days: int  # older ones go, whatever the others say: that is promised


def name_of(at: datetime) -> str:
    return at.astimezone(UTC).strftime(SHAPE)


def made_at(name: str) -> datetime | None:
    """Read the moment out of a name; nothing if it is not one of ours."""
    try:
        return datetime.strptime(name, SHAPE).replace(tzinfo=UTC)
    except ValueError:
        return None


def doomed(names: Iterable[str], now: datetime, plan: Plan) -> set[str]:
    """Name the backups that are not kept any longer; what is not ours stays."""
    dated = {name: moment for name in names if (moment := made_at(name))}
    young = {
        name: at for name, at in dated.items() if now - at < timedelta(days=plan.days)
    }
    kept = {
        name
        for number, span in (
            (plan.daily, _day),
            (plan.weekly, _week),
            (plan.monthly, _month),
        )
        for name in _last_of_each(young, number, span)
    }
    return set(dated) - kept


def _day(at: datetime) -> Hashable:
    return at.date()


def _week(at: datetime) -> Hashable:
    return at.isocalendar()[:2]


def _month(at: datetime) -> Hashable:
    return at.year, at.month


def _last_of_each(
    dated: dict[str, datetime], number: int, span: Callable[[datetime], Hashable]
) -> list[str]:
    last: dict[Hashable, str] = {}
    for name in sorted(dated, key=lambda name: dated[name]):
        last[span(dated[name])] = name
    return list(last.values())[-number:] if number else []
