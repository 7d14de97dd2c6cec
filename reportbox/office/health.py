"""Is the box healthy? One typed value per check, in words a lay operator can use."""

import os
import shutil
from collections.abc import Iterator
from datetime import timedelta
from typing import NamedTuple

from reportbox.agreements.reading import read_terms, read_units
from reportbox.errors import PeerUnavailable
from reportbox.lea.agency import Channel
from reportbox.lifecycle import Lea
from reportbox.lifecycle import Letter as LetterState
from reportbox.office.working_day import calendar_of, trouble_with
from reportbox.ports import World
from reportbox.records import audit
from reportbox.records.beats import Heartbeat
from reportbox.records.letters import Letter
from reportbox.records.rows import Parked
from reportbox.records.tracks import LeaNotice
from reportbox.records.upgrade import pending
from reportbox.settings import Settings
from reportbox.tracing.proxies import read_proxies

OLDEST_BEAT = timedelta(seconds=60)
OLDEST_LETTER = timedelta(minutes=30)
OLDEST_LIST = timedelta(days=730)
TOO_FEW = (
    "that a name is gone is never believed with fewer than two: name two in “resolvers”"
)
LEAST_DISK = 500 * 1024 * 1024  # bytes


class Check(NamedTuple):
    name: str
    is_ok: bool
    words: str


def checks(settings: Settings, world: World) -> Iterator[Check]:
    """Check everything the box needs, each on its own."""
    yield _tables()
    yield _heartbeat(world)
    yield _disk(settings)
    yield _holidays(settings)
    yield _lea_keys(world)
    yield _name_servers(world)
    yield _proxies(settings, world)
    yield _mail_server(world)
    yield _mail_log(world)
    yield _letters(world)
    yield _notices()
    yield _faults(world)
    yield _audit()


def _tables() -> Check:
    missing = pending()
    words = (
        f"run `reportbox upgrade` for {', '.join(missing)}" if missing else "up to date"
    )
    return Check("database", not missing, words)


def _heartbeat(world: World) -> Check:
    beat = Heartbeat.last()
    if beat is None:
        return Check("jobs", is_ok=False, words="have never run: start the service")
    age = abs(world.clock.now() - beat.at)
    if age > OLDEST_BEAT:
        words = f"last seen {int(age.total_seconds())} seconds ago: is the service up?"
        return Check("jobs", is_ok=False, words=words)
    if beat.last_error:
        return Check("jobs", is_ok=False, words=f"fail: {beat.last_error}; see the log")
    return Check("jobs", is_ok=True, words=f"run in process {beat.pid}")


def _disk(settings: Settings) -> Check:
    free = shutil.disk_usage(settings.data_dir).free
    writable = os.access(settings.data_dir, os.W_OK)
    words = f"{free // 1024**2} MiB free in {settings.data_dir}"
    return Check("disk", free > LEAST_DISK and writable, words)


def _lea_keys(world: World) -> Check:
    """Every agency told by mail needs a key that can be used."""
    units, terms = read_units(), read_terms()
    by_mail = [u for u in units if u.channel in {Channel.MAIL, Channel.BOTH}]
    troubles = [
        f"{unit.name}: {trouble}"
        for unit in by_mail
        if (unit.key or not terms.plain_mail)
        and (trouble := world.keyring.trouble_with(unit.key))
    ]
    if not units:
        troubles = ["no agency is entered, so nobody is told: see “LEA”"]
    fine = f"{len(by_mail)} agencies can be written to"
    return Check("LEA keys", not troubles, "; ".join(troubles) or fine)


def _holidays(settings: Settings) -> Check:
    trouble = trouble_with(calendar_of(settings))
    where = " ".join(filter(None, (settings.country, settings.holidays_region)))
    return Check("holidays", not trouble, trouble or f"of {where} are known")


def _name_servers(world: World) -> Check:
    count = world.resolver.count
    words = f"{count} to ask" if count > 1 else TOO_FEW
    return Check("name servers", count > 0, words)


def _proxies(settings: Settings, world: World) -> Check:
    """A list of proxies grows old: networks change hands."""
    dated = read_proxies(settings.proxies_file).dated
    age = (world.clock.now().date() - dated).days
    words = f"the list of proxies is of {dated}"
    is_ok = age <= OLDEST_LIST.days or settings.practice
    return Check("proxies", is_ok, words if is_ok else f"{words}: bring it up to date")


def _mail_server(world: World) -> Check:
    try:
        with world.mailer.connect():
            return Check("mail server", is_ok=True, words="takes connections")
    except PeerUnavailable as trouble:
        return Check("mail server", is_ok=False, words=str(trouble))


def _mail_log(world: World) -> Check:
    if world.mail_log is None:
        return Check("mail log", is_ok=True, words="none is read: people settle doubts")
    try:
        world.mail_log.end()
    except PeerUnavailable as trouble:
        return Check("mail log", is_ok=False, words=str(trouble))
    return Check("mail log", is_ok=True, words="can be read: most doubts settle there")


def _letters(world: World) -> Check:
    doubt = len(Letter.rows(Letter.state == LetterState.IN_DOUBT))
    late = world.clock.now() - OLDEST_LETTER
    stuck = len(Letter.rows(Letter.state == LetterState.WAITING, Letter.due_at < late))
    refused = len(Letter.refused_for_good())
    words = f"{doubt} in doubt, {refused} refused, {stuck} late"
    return Check("letters", doubt + refused + stuck == 0, words)


def _faults(world: World) -> Check:
    found = Parked.rows(Parked.until > world.clock.now())
    words = f"{len(found)} rows wait for a bug to be mended; see the log"
    return Check("faults", not found, words if found else "none")


def _audit() -> Check:
    """Verify the whole chain; its end is worth noting down outside the box."""
    if found := audit.faults():
        return Check("audit", is_ok=False, words="; ".join(found))
    last, mac = audit.head()
    return Check("audit", is_ok=True, words=f"{last} rows, ends with {mac[:16]}")


def _notices() -> Check:
    unreached = len(LeaNotice.rows(LeaNotice.state == Lea.TO_REACH))
    words = (
        f"{unreached} wait for a person to reach the LEA" if unreached else "all told"
    )
    return Check("LEA notices", unreached == 0, words)
