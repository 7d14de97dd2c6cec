"""Backups: made while the box is in use, sealed, carried away, and not kept too long.

The database is copied under its own key and streamed, with all else that a new machine
needs, through gpg: nothing of it lies on a disk in the clear at any moment. A file has
its name only once it is whole.
"""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from functools import partial
from hashlib import file_digest
from pathlib import Path

from reportbox import __version__
from reportbox.errors import Misconfigured, PeerFailed, PeerRejected, Refused
from reportbox.office import archive, kept
from reportbox.office.archive import Facts, Pack
from reportbox.ports import World
from reportbox.records import CannotSave, atomic, copies, copy_database
from reportbox.records.backups import Backup
from reportbox.records.choices import Choice
from reportbox.records.journey import Deed, box, put_on_record
from reportbox.records.rekey import key_of
from reportbox.settings import DATABASE_KEY, WITH_FOLDER, Settings

ORDERS = "backups ordered"  # under this name stands what somebody wants done now
TIDIED = "backups tidied"  # and when old ones were deleted last
FORESEEN = (PeerFailed, Misconfigured, CannotSave, OSError)
BEFORE = ".before-"  # in the name of a secret that was replaced
SPARE = 64 * 1024**2  # bytes the box keeps for itself while a backup is made
SLACK = timedelta(minutes=10)  # a timer is never quite on time
TIDY_EVERY = timedelta(hours=20)
NO_KEY = (
    "there is no backup key yet: take the public half of your own OpenPGP key in by "
    "`reportbox key import FILE` and enter its fingerprint in “backup_key”. To copy "
    "the database beside itself, under the same key, run `reportbox backup --local`"
)


def copy_beside(settings: Settings, now: datetime) -> Path:
    """Copy the database beside itself, for an upgrade; return the copy's path."""
    folder = settings.data_dir / "backups"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / f"reportbox-{now:%Y%m%dT%H%M%S}.db"
    part = folder / f".{path.name}.part"
    part.unlink(missing_ok=True)
    try:
        copy_database(part)
        part.chmod(0o600)
        part.rename(path)
    finally:
        part.unlink(missing_ok=True)
    return path


def order(what: str, deed: Deed) -> None:
    """Have a backup made, or the last one proved, as soon as a job comes round."""
    with atomic():
        Choice.write(ORDERS, {**Choice.read(ORDERS), what: deed.at.isoformat()})
        put_on_record(deed, f"order_{what}", "backups")


def ordered() -> dict[str, str]:
    """Return what was ordered and not begun yet, with the moment."""
    return {what: str(at) for what, at in Choice.read(ORDERS).items()}


def is_ordered() -> bool:
    return bool(ordered())


def take_orders() -> set[str]:
    """Take what was ordered; it is done once, whatever comes of it."""
    wanted = set(ordered())
    if wanted:
        with atomic():
            Choice.write(ORDERS, {})
    return wanted


def back_up(settings: Settings, world: World, file: Path) -> Backup:
    """Make one now; the row says what became of it. ``file`` is the settings'."""
    with alone(settings) as scratch:
        return make(settings, world, file, scratch)


def is_due(settings: Settings, now: datetime) -> bool:
    last = Backup.last_good()
    every = timedelta(hours=settings.backup_every_hours)
    return last is None or not last.at <= now < last.at + every - SLACK


@contextmanager
def alone(settings: Settings) -> Iterator[Path]:
    """Let one run at a time work in a scratch folder that is empty before and after.

    What a run left that was cut off goes with the next one.
    """
    settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (settings.data_dir / "backup.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Refused(
                "A backup is being made or proved just now: wait for its end."
            ) from None
        scratch = settings.data_dir / "scratch"
        _sweep(settings, scratch)
        scratch.mkdir(mode=0o700)
        try:
            yield scratch
        finally:
            _sweep(settings, scratch)


def make(settings: Settings, world: World, file: Path, scratch: Path) -> Backup:
    """Make one in the run that is under way; raise Misconfigured without a key."""
    if not settings.backup_key:
        raise Misconfigured(NO_KEY)
    now = world.clock.now()
    path = settings.backups / kept.name_of(now)
    try:
        _seal(settings, world, file, scratch, path)
    except FORESEEN as trouble:
        return _write_down(now, trouble=sentence(trouble))
    finally:
        (scratch / archive.DATABASE).unlink(missing_ok=True)
    carried = _carry(settings, world, path)
    with path.open("rb") as sealed:
        digest = file_digest(sealed, "sha256").hexdigest()
    made = _write_down(
        now,
        name=path.name,
        size=path.stat().st_size,
        digest=digest,
        place="" if carried else settings.backup_sftp,
        trouble_there=carried,
    )
    tidy(settings, world)
    return made


def tidy(settings: Settings, world: World) -> None:
    """Delete here and there what the plan does not keep."""
    now = world.clock.now()
    plan = kept.Plan(
        settings.backup_keep_daily,
        settings.backup_keep_weekly,
        settings.backup_keep_monthly,
        settings.backup_days,
    )
    here = {path.name for path in settings.backups.glob("reportbox-*")}
    going = kept.doomed(here, now, plan)
    for name in going:
        (settings.backups / name).unlink(missing_ok=True)
    there: set[str] = set()
    trouble = ""
    if settings.backup_sftp:
        try:
            doomed = partial(kept.doomed, now=now, plan=plan)
            there = set(world.store.tidy(doomed))
        except PeerFailed as failed:  # what lies there stays known, and is due
            there, trouble = Backup.names_at(settings.backup_sftp), sentence(failed)
    Backup.mark_gone((here - going) | there, now)
    done = {"at": now.isoformat()}
    if trouble:
        since = Choice.read(TIDIED).get("since", done["at"])
        done |= {"since": since, "trouble": trouble}
    with atomic():
        Choice.write(TIDIED, done)


def is_untidy(now: datetime) -> bool:
    """Say whether old ones were not deleted for too long, or could not be there."""
    last = Choice.read(TIDIED)
    if not last or "since" in last:
        return True
    return not now - TIDY_EVERY < datetime.fromisoformat(last["at"]) <= now


def overdue_there(now: datetime) -> str:
    """Say since when, and why, the other machine keeps what should be gone."""
    last = Choice.read(TIDIED)
    since = datetime.fromisoformat(last["since"]) if "since" in last else now
    if now - since < TIDY_EVERY:
        return ""
    when = f"{since:%Y-%m-%d %H:%M} UTC"
    return f"old ones there could not be deleted since {when}: {last['trouble']}"


def sentence(trouble: Exception) -> str:
    """Say it so that an operator knows what to do."""
    if isinstance(trouble, OSError):
        where = f" ({trouble.filename})" if trouble.filename else ""
        return f"{trouble.strerror or trouble}{where}"
    return str(trouble)


def _seal(
    settings: Settings, world: World, file: Path, scratch: Path, path: Path
) -> None:
    own = world.keyring.own_fingerprint()
    if not own:
        raise Misconfigured("The box has no key yet: run `reportbox key create`.")
    if trouble := world.keyring.trouble_with(settings.backup_key):
        raise PeerRejected(trouble)
    settings.backups.mkdir(mode=0o700, parents=True, exist_ok=True)
    _need_room(settings)
    database = scratch / archive.DATABASE
    copy_database(database)
    with copies.opened(database, key_of(settings)) as copy:
        facts = Facts(
            __version__,
            world.clock.now(),
            own,
            copy.counts(),
            copy.head(),
            _paths(settings),
        )
    with (
        world.vault.sealing(path, (settings.backup_key, own)) as into,
        archive.packing(into, facts.made_at) as pack,
    ):
        _fill(pack, settings, world, file)
        pack.add_file(archive.DATABASE, database)
        manifest = archive.manifest_of(facts, pack.digests)
        pack.add(archive.MANIFEST, manifest)
        pack.add(archive.SIGNATURE, world.vault.sign(manifest))


def _fill(pack: Pack, settings: Settings, world: World, file: Path) -> None:
    """Add everything but the database; the settings first: they name the folders."""
    pack.add(archive.SETTINGS, file.read_bytes())
    for name in _secrets(settings):
        is_of_database = name == DATABASE_KEY  # one alone, even while it is changed
        secret = key_of(settings) if is_of_database else settings.secret(name)
        pack.add(f"secrets/{name}", f"{secret}\n".encode())
    own, public = world.vault.export_keys()
    pack.add(archive.OWN_KEY, own)
    pack.add(archive.PUBLIC_KEYS, public)
    for name in ("identity", "identity.pub"):
        part = settings.data_dir / "ssh" / name
        if part.exists():
            pack.add(f"ssh/{name}", part.read_bytes())
    for name, path in named_files(settings).items():
        pack.add(f"files/{name}", path.read_bytes())


def _secrets(settings: Settings) -> list[str]:
    """List the names of all secrets, wherever systemd or the operator keeps them."""
    handed = os.environ.get("CREDENTIALS_DIRECTORY", "")
    names: set[str] = set()
    for folder in filter(None, (handed, str(settings.secrets_dir))):
        with suppress(OSError):  # maybe only what was handed over may be read
            there = [path.name for path in Path(folder).iterdir() if path.is_file()]
            names |= {name.removeprefix(WITH_FOLDER) for name in there}
    return sorted(
        name
        for name in names
        if archive.PART.fullmatch(f"secrets/{name}") and BEFORE not in name
    )


def named_files(settings: Settings) -> dict[str, Path]:
    """Return the files of the operator's own that settings name, by the setting."""
    given = {
        name: getattr(settings, name)
        for name in (
            "topics_file",
            "classification_file",
            "proxies_file",
            "imap_ca_file",
        )
    }
    return {name: path for name, path in given.items() if path is not None}


def _paths(settings: Settings) -> dict[str, str]:
    """Say where each of these files stands, whether the file or a page names it."""
    return {name: str(path) for name, path in named_files(settings).items()}


def _need_room(settings: Settings) -> None:
    """Refuse rather than fill the disk: reports need it more."""
    size = settings.database.stat().st_size
    for folder in (settings.data_dir, settings.backups):
        free = shutil.disk_usage(folder).free
        if free < 2 * size + SPARE:
            need = (2 * size + SPARE) // 1024**2
            raise PeerRejected(
                f"The disk is too full for a backup: make room in {folder}, "
                f"about {need} MiB are needed."
            )


def _carry(settings: Settings, world: World, path: Path) -> str:
    """Carry it to the other machine, if there is one; return what was in the way."""
    if not settings.backup_sftp:
        return ""
    try:
        world.store.put(path)
    except FORESEEN as trouble:
        return sentence(trouble)
    return ""


def _write_down(at: datetime, **values: object) -> Backup:
    """Keep the row, if the disk that was too full for a backup has room for one."""
    try:
        with atomic():
            made = Backup.put(at=at, **values)
            what = "fail_backup" if made.trouble else "back_up"
            put_on_record(box(at), what, "backups", finish=str(made.id))
    except CannotSave:
        return Backup(at=at, **values)
    return made


def _sweep(settings: Settings, scratch: Path) -> None:
    shutil.rmtree(scratch, ignore_errors=True)
    for part in settings.backups.glob(".reportbox-*.gpg.part"):
        part.unlink(missing_ok=True)
