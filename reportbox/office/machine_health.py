"""The machine under the box: its program, its disk, its clock, its certificates."""

import os
import shutil
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from urllib.parse import urlsplit

from reportbox import __version__
from reportbox.errors import PeerUnavailable
from reportbox.office.backup import BEFORE
from reportbox.office.check import Check, runs_out
from reportbox.office.kept import PREFIX
from reportbox.ports import Certificate, World
from reportbox.records.backups import Proof
from reportbox.records.beats import Heartbeat
from reportbox.records.choices import Choice
from reportbox.records.upgrade import ahead, pending
from reportbox.settings import HERE, Settings

LEAST_DISK = 500 * 1024 * 1024  # bytes
SAMPLES = "disk"  # under this name stands how full it was, by day
MOST_SAMPLES = 8
FULL_SOON, FULL_IN_SIGHT = 7, 30  # days
SET_BACK = "clock"  # under this name stands when it was set back, and how far
REMEMBERED = timedelta(days=1)
# Days before the end; certbot renews 30 days before, so at 20 something is wrong.
CERTIFICATE_WARNS, CERTIFICATE_IS_BAD = 20, 7
MIB = 1024 * 1024


def database(settings: Settings, _: World) -> Check:
    if missing := pending():
        words = f"run `reportbox upgrade` for {', '.join(missing)}"
        return Check("database", is_ok=False, words=words)
    words, warning = "up to date", ""
    if before := sorted(settings.data_dir.glob(f"{settings.database.name}{BEFORE}*")):
        words += f"; {', '.join(path.name for path in before)} beside it: "
        if _is_proved_since(before[0].name.rpartition(BEFORE)[2]):
            words += "a newer backup is proved: delete it and its key, once nobody "
            words += "misses anything in it"
            warning = "not needed"
        else:
            words += "keep it until a newer backup is proved"
    return Check("database", is_ok=True, words=words, warning=warning)


def _is_proved_since(stamp: str) -> bool:
    """Compare moments as they stand in the names of files."""
    proved = Proof.last_good()
    return proved is not None and proved.name > f"{PREFIX}{stamp}"


def version(_: Settings, __: World) -> Check:
    """Compare the program, the database it made, and what is running."""
    beat = Heartbeat.last()
    runs = beat.version if beat else ""
    if newer := ahead():
        words = (
            f"{__version__} is older than the database, which has {', '.join(newer)}: "
            "install the newer release again"
        )
    elif runs and runs != __version__:
        words = f"{__version__} is installed, but {runs} runs: restart the service"
    else:
        return Check("version", is_ok=True, words=f"{__version__}, and so the database")
    return Check("version", is_ok=False, words=words)


def disk(settings: Settings, world: World) -> Check:
    usage, today = shutil.disk_usage(settings.data_dir), world.clock.now()
    grows = _growth(Choice.read(SAMPLES), today, usage.used)
    left = int(usage.free / grows) if grows > 0 else None
    is_ok = usage.free > LEAST_DISK and (left is None or left > FULL_SOON)
    words = f"{usage.free // MIB} MiB free in {settings.data_dir}"
    if grows > 0:
        words += f", {int(grows) // MIB} MiB more each day"
    warning = ""
    if left is not None and left <= FULL_IN_SIGHT:
        words += f": it is full in about {left} days; make room"
        warning = "in sight"
    elif not is_ok:
        words += ": make room"
    if not os.access(settings.data_dir, os.W_OK):
        is_ok, words = False, f"nothing can be written in {settings.data_dir}"
    figures = {
        "disk_free_bytes": usage.free,
        "disk_growth_bytes_per_day": grows,
        "database_bytes": _size(settings),
    }
    return Check("disk", is_ok, words, warning, figures)


def note_disk(settings: Settings, now: datetime) -> None:
    """Keep how full it is, once a day, in the transaction around it."""
    samples, today = Choice.read(SAMPLES), now.date().isoformat()
    if today in samples:
        return
    samples[today] = shutil.disk_usage(settings.data_dir).used
    kept = sorted(day for day in samples if day <= today)[-MOST_SAMPLES:]
    Choice.write(SAMPLES, {day: samples[day] for day in kept})


def _growth(samples: dict[str, int], now: datetime, used: int) -> float:
    """Return the bytes a day by which more is used than up to a week ago."""
    if not samples:
        return 0.0
    first = min(samples)
    days = (now.date() - datetime.fromisoformat(first).date()).days
    return (used - samples[first]) / days if days > 0 else 0.0


def _size(settings: Settings) -> int:
    log = settings.database.with_name(settings.database.name + "-wal")
    found = [file for file in (settings.database, log) if file.exists()]
    return sum(file.stat().st_size for file in found)


def clock(settings: Settings, world: World) -> Check:
    now, back = world.clock.now(), Choice.read(SET_BACK)
    if back and abs(now - datetime.fromisoformat(back["at"])) < REMEMBERED:
        words = (
            f"was set back by {back['seconds']} seconds at {back['at'][:16]} UTC: see "
            "that something keeps it right, and look through today's deadlines"
        )
        return Check("clock", is_ok=False, words=words)
    if settings.practice:
        return Check("clock", is_ok=True, words="is a practice clock")
    is_on_time = world.machine.is_on_time() if world.machine else None
    if is_on_time is None:
        words = "nothing here says whether it is right: see that it is (timedatectl)"
        return Check("clock", is_ok=True, words=words)
    words = "is kept right" if is_on_time else "is not kept right: switch timesyncd on"
    return Check("clock", is_on_time, words)


def note_step(seen_at: datetime, now: datetime) -> None:
    """Remember that the clock was set back; in the transaction around it."""
    seconds = round((seen_at - now).total_seconds())
    at = now.astimezone(UTC).isoformat()
    Choice.write(SET_BACK, {"at": at, "seconds": seconds})


class Shown(NamedTuple):
    """What the web server shows under one name of the box, and how that is."""

    host: str
    check: Check
    certificate: Certificate | None = None  # none: there is none, or nobody shows it


def certificates(settings: Settings, world: World) -> list[Shown]:
    """Look at the certificate of each face."""
    return [_of_face(url, settings, world) for url in _urls(settings)]


def certificate(settings: Settings, world: World) -> Check:
    """Look at the certificate of each face; the one that is worst off decides."""
    found = [shown.check for shown in certificates(settings, world)]
    bad = [check for check in found if not check.is_ok]
    warned = [check for check in found if check.warning]
    chosen = bad or warned or found
    words = "; ".join(dict.fromkeys(check.words for check in chosen))
    return Check(
        "certificate",
        not bad,
        words,
        ", ".join(dict.fromkeys(check.warning for check in warned)),
        {name: value for check in found for name, value in check.figures.items()},
    )


def _urls(settings: Settings) -> dict[str, str]:
    given = {"public": settings.public_url, "desk": settings.desk_url}
    if settings.portal_url:
        given["portal"] = settings.portal_url
    return {url: face for face, url in given.items()}


def _of_face(url: str, settings: Settings, world: World) -> Shown:
    parts = urlsplit(url)
    host, face = parts.hostname or "", _urls(settings)[url]
    if parts.scheme != "https":
        is_ok = settings.practice or host in HERE or host.endswith(".onion")
        words = f"{host} is reached without TLS"
        if not is_ok:
            words += ": give it a certificate, and https:// in the settings"
        return Shown(host, Check("certificate", is_ok, words))
    if world.web_server is None:
        return Shown(host, Check("certificate", is_ok=True, words="nobody looks"))
    try:
        shown = world.web_server.certificate(host, parts.port or 443)
    except PeerUnavailable as trouble:
        words = f"{trouble}: is the web server running?"
        return Shown(host, Check("certificate", is_ok=False, words=words))
    return Shown(host, _judge(host, face, shown, world.clock.now()), shown)


def _judge(host: str, face: str, shown: Certificate, now: datetime) -> Check:
    days = (shown.ends_at - now).days if shown.ends_at else -1
    figures = {f'certificate_days{{face="{face}"}}': days}
    if days < 0:
        words = f"that of {host} has run out: renew it"
        return Check("certificate", is_ok=False, words=words, figures=figures)
    words = f"that of {host} lasts {days} days"
    warning = runs_out(days, steps=(CERTIFICATE_WARNS, CERTIFICATE_IS_BAD))
    if warning:
        words += ": renew it, and see why it does not renew itself"
    if shown.trouble:
        words += f"; browsers warn of it ({shown.trouble}): get one from an authority"
    is_ok = days > CERTIFICATE_IS_BAD
    warning = ", ".join(filter(None, (warning, shown.trouble)))
    return Check("certificate", is_ok, words, warning, figures)
