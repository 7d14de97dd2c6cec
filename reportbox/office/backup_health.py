"""The backups: whether there is a good one, and whether one was ever restored."""

from datetime import timedelta

from reportbox.office.backup import NO_KEY, overdue_there
from reportbox.office.check import Check
from reportbox.office.key_health import Key, judge_keys
from reportbox.ports import World
from reportbox.records.backups import Backup, Proof
from reportbox.settings import Settings

LATE = timedelta(hours=3)  # beyond the hours agreed; the timer comes once an hour
OLDEST_PROOF = timedelta(days=8)  # it is done each week
DEMO = "a practice box keeps none"


def backups(settings: Settings, world: World) -> Check:
    """Say whether there is a good one, young enough, where it should be."""
    if not settings.backup_key:
        words = DEMO if settings.practice else NO_KEY
        return Check("backups", settings.practice, words)
    good = Backup.last_good()
    trouble = _trouble(good, settings, world)
    fine = f"{good.name} of {good.at:%Y-%m-%d %H:%M} UTC" if good else ""
    ends = world.keyring.expires(settings.backup_key)
    key = Key("The backup key", settings.backup_key, ends)
    judged = judge_keys("backups", [key], fine, world)
    age = (world.clock.now() - good.at).total_seconds() if good else -1
    figures = {**judged.figures, "backup_age_seconds": age}
    if trouble and judged.is_ok:
        return Check("backups", is_ok=False, words=trouble, figures=figures)
    return judged._replace(figures=figures)


def restore(settings: Settings, world: World) -> Check:
    """Say when a backup was restored aside last, and found whole."""
    if settings.practice and not settings.backup_key:
        return Check("restore", is_ok=True, words=DEMO)
    good, last = Proof.last_good(), Proof.last()
    if last is not None and last.trouble:
        words = f"{last.name}: {last.trouble}"
        return Check("restore", is_ok=False, words=words)
    if good is None:
        words = "no backup was restored aside yet: run `reportbox prove`"
        return Check("restore", is_ok=False, words=words)
    age = world.clock.now() - good.at
    words = f"last proved on {good.at:%Y-%m-%d}, with {good.rows_found} rows"
    figures = {"proof_age_seconds": age.total_seconds()}
    if age > OLDEST_PROOF:
        words = f"{words}: run `reportbox prove`"
        return Check("restore", is_ok=False, words=words, figures=figures)
    return Check("restore", is_ok=True, words=words, figures=figures)


def _trouble(good: Backup | None, settings: Settings, world: World) -> str:
    now, last = world.clock.now(), Backup.last()
    if last is not None and last.trouble:
        return f"the last one failed: {last.trouble}"
    if good is None:
        return "none yet: run `reportbox backup`, and see that its timer runs"
    if now - good.at > timedelta(hours=settings.backup_every_hours) + LATE:
        return f"the last is of {good.at:%Y-%m-%d %H:%M} UTC: does its timer run?"
    if good.trouble_there:
        return f"{good.name} is on this machine only: {good.trouble_there}"
    if settings.backup_sftp and good.place != settings.backup_sftp:
        return f"none was carried to {settings.backup_sftp} yet: run `reportbox backup`"
    return overdue_there(now) if settings.backup_sftp else ""
