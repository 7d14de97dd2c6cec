"""Is the box well? One check for each thing it needs; what was found is kept.

Some checks are dear (the whole audit chain) or wait for somebody else (name servers).
So nobody looks while a page is drawn: the leader's job looks when a result is due, and
pages, ``/healthz`` and ``/metrics`` read what it kept. What it kept long ago is itself
a fault. ``reportbox check`` looks at everything afresh.
"""

import logging
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from reportbox.office import (
    backup_health,
    key_health,
    lea_health,
    lookup_health,
    machine_health,
    mail_health,
    work_health,
)
from reportbox.office.check import Check
from reportbox.ports import World
from reportbox.records.health import Health
from reportbox.settings import Settings

log = logging.getLogger(__name__)

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
FIVE_MINUTES = 5 * MINUTE
SLACK = FIVE_MINUTES  # a round may be late by so much


class Look(NamedTuple):
    """One check, how old its result may grow, and how old while it is bad."""

    name: str
    run: Callable[[Settings, World], Check]
    every: timedelta
    if_bad: timedelta = MINUTE
    # The leader alone can know it: ``reportbox check`` reads what it kept.
    by_leader: bool = False

    def is_due(self, kept: Health | None, now: datetime) -> bool:
        if kept is None or kept.looked_at > now:  # then the clock was set back
            return True
        pause = self.every if kept.is_ok else min(self.if_bad, self.every)
        return bool(kept.looked_at + pause <= now)


# In the order they are shown. Each name stands in docs/operator.md with what to do.
LOOKS = (
    Look("jobs", work_health.jobs, MINUTE),
    Look("faults", work_health.faults, MINUTE),
    Look("LEA notices", lea_health.notices, MINUTE),
    Look("NTDs", lea_health.ntds, MINUTE),
    Look("letters", mail_health.letters, MINUTE),
    Look("mail server", mail_health.mail_server, FIVE_MINUTES),
    Look("mail log", mail_health.mail_log, FIVE_MINUTES),
    Look("mailbox", mail_health.mailbox, FIVE_MINUTES),
    Look("reports", work_health.reports, FIVE_MINUTES),
    Look("holds", lea_health.holds, FIVE_MINUTES),
    Look("name servers", lookup_health.name_servers, FIVE_MINUTES),
    Look("registries", lookup_health.registries, FIVE_MINUTES, by_leader=True),
    Look("disk", machine_health.disk, MINUTE),
    Look("clock", machine_health.clock, HOUR, FIVE_MINUTES),
    Look("certificate", machine_health.certificate, HOUR, FIVE_MINUTES),
    Look("own key", key_health.own_key, HOUR, FIVE_MINUTES),
    Look("LEA keys", lea_health.keys, HOUR, FIVE_MINUTES),
    Look("provider keys", key_health.provider_keys, HOUR, FIVE_MINUTES),
    Look("backups", backup_health.backups, FIVE_MINUTES),
    Look("restore", backup_health.restore, FIVE_MINUTES),
    Look("database", machine_health.database, HOUR),
    Look("version", machine_health.version, FIVE_MINUTES),
    Look("audit", work_health.trail, DAY, DAY),
    Look("holidays", lookup_health.holidays, DAY, HOUR),
    Look("proxies", lookup_health.proxies, DAY, HOUR),
)


class Kept(NamedTuple):
    """How something was found, and when; too long ago is bad."""

    check: Check
    since: datetime
    looked_at: datetime


def checks(settings: Settings, world: World) -> Iterator[Check]:
    """Check everything the box needs afresh, each on its own."""
    now, known = world.clock.now(), Health.by_name()
    for look in LOOKS:
        row = known.get(look.name)
        if look.by_leader and row and not _is_old(look, row, now, settings):
            yield _check(row)
        else:
            yield run(look, settings, world)


def run(look: Look, settings: Settings, world: World) -> Check:
    """Look at one thing; a bug in looking is shown, and hides nothing else."""
    try:
        return look.run(settings, world)
    except Exception as bug:  # what nobody foresaw must not hide the other checks
        log.exception("the check %s failed", look.name)
        words = f"cannot be checked ({type(bug).__name__}): tell the maintainers"
        return Check(look.name, is_ok=False, words=words)


def kept(settings: Settings, now: datetime) -> list[Kept]:
    """List what the last rounds found, in order; cheap enough for every page."""
    known = Health.by_name()
    return [
        Kept(_as_of_now(look, row, now, settings), row.since, row.looked_at)
        for look in LOOKS
        if (row := known.get(look.name))
    ]


def is_well(settings: Settings, now: datetime) -> bool:
    found = kept(settings, now)
    return bool(found) and all(one.check.is_ok for one in found)


def troubles(settings: Settings, now: datetime) -> int:
    """Count what needs an administrator; that nobody ever looked does so as well."""
    found = kept(settings, now)
    if not found:
        return 0 if settings.practice else 1
    return sum(not one.check.is_ok for one in found)


def _as_of_now(look: Look, row: Health, now: datetime, settings: Settings) -> Check:
    if not _is_old(look, row, now, settings):
        return _check(row)
    minutes = int(abs(now - row.looked_at).total_seconds()) // 60
    words = f"nobody has looked for {minutes} minutes: is the service up?"
    return Check(look.name, is_ok=False, words=words)


def _is_old(look: Look, row: Health, now: datetime, settings: Settings) -> bool:
    """Tell whether a result is too old; a practice clock may be moved."""
    if settings.practice:
        return False
    return bool(abs(now - row.looked_at) > look.every + SLACK)


def _check(row: Health) -> Check:
    return Check(row.name, row.is_ok, row.words, row.warning, row.figures)
