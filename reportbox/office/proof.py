"""A backup is worth something once it was restored: done aside, and compared.

What is opened for that passes through memory; the database lies in the scratch folder
under its own key, and is gone afterwards.
"""

import gzip
import tarfile
import zlib
from collections.abc import Callable
from datetime import datetime, timedelta
from hashlib import file_digest
from pathlib import Path

from reportbox.errors import PeerRejected, Refused
from reportbox.office import archive
from reportbox.office.archive import Contents, Facts
from reportbox.office.backup import (
    FORESEEN,
    SLACK,
    alone,
    is_due,
    is_untidy,
    make,
    sentence,
    take_orders,
    tidy,
)
from reportbox.ports import Sealing, World
from reportbox.records import CannotSave, atomic, copies
from reportbox.records.backups import Backup, Proof
from reportbox.records.journey import box, put_on_record
from reportbox.settings import Settings

EVERY = timedelta(days=7)
AGAIN = timedelta(days=1)  # after one that failed
TORN = (tarfile.TarError, gzip.BadGzipFile, EOFError, zlib.error)


def prove(settings: Settings, world: World) -> Proof:
    """Restore the last backup aside; the row says what was found."""
    with alone(settings) as scratch:
        return examine_last(settings, world, scratch)


def do_what_is_due(settings: Settings, world: World, file: Path) -> list[str]:
    """Make, prove and delete what is due or was ordered; return what to say of it."""
    with alone(settings) as scratch:
        wanted = take_orders()
        now = world.clock.now()
        said: list[str] = []
        made = None
        if settings.backup_key and ("backup" in wanted or is_due(settings, now)):
            made = make(settings, world, file, scratch)
            said.append(words_of(made))
        if (made is None or made.trouble) and is_untidy(now):
            tidy(settings, world)
        if Backup.last_good() and ("prove" in wanted or _is_proof_due(now)):
            said.append(words_of_proof(examine_last(settings, world, scratch)))
        return said


def words_of(made: Backup) -> str:
    """Say in a line what became of a backup."""
    if made.trouble:
        return f"No backup: {made.trouble}"
    there = f", and at {made.place}" if made.place else ""
    if made.trouble_there:
        there = f"; it was not carried away: {made.trouble_there}"
    return f"{made.name}, {made.size} bytes{there}"


def words_of_proof(proof: Proof) -> str:
    if proof.trouble:
        return f"{proof.name} is not proved: {proof.trouble}"
    return f"{proof.name} was restored aside: all {proof.rows_found} rows are there."


def examine_last(settings: Settings, world: World, scratch: Path) -> Proof:
    """Examine the last good backup, the one that lies farthest away."""
    last = Backup.last_good()
    if last is None:
        raise Refused("There is no backup to prove yet: run `reportbox backup`.")
    found, trouble = 0, ""
    try:
        found = _examine(settings, world, last, scratch)
    except FORESEEN as failure:
        trouble = sentence(failure)
    now = world.clock.now()
    values = {"at": now, "name": last.name, "rows_found": found, "trouble": trouble}
    try:
        with atomic():
            proof = Proof.put(**values)
            what = "fail_proof" if trouble else "prove_backup"
            put_on_record(box(now), what, "backups", finish=str(last.id))
    except CannotSave:
        return Proof(**values)
    return proof


def read_sealed(
    vault: Sealing, sealed: Path, place: Callable[[bytes], Path]
) -> Contents:
    """Open a backup and read it whole; raise PeerRejected if it was changed."""
    try:
        with vault.opening(sealed) as stream:
            return archive.unpack(stream, place)
    except TORN as trouble:
        raise PeerRejected(
            "This is sealed, but no backup of a Report Box."
        ) from trouble


def compare(contents: Contents, facts: Facts) -> int:
    """Compare a restored database with what was packed; return how many rows it has."""
    secrets = contents.below("secrets")
    keys = [
        secrets.get(name, b"").decode().strip()
        for name in ("database-key", "audit-key")
    ]
    if contents.database is None or not all(keys):
        raise PeerRejected("There is no database with its keys in this backup.")
    with copies.opened(contents.database, keys[0]) as copy:
        if unknown := copy.unknown_upgrades():
            raise PeerRejected(
                f"Its database is of a newer release ({', '.join(unknown)}): install "
                f"release {facts.version} first."
            )
        if faults := copy.faults(keys[1]):
            raise PeerRejected(f"Its database is not sound: {'; '.join(faults)}.")
        if copy.counts() != facts.tables or copy.head() != facts.audit:
            raise PeerRejected("Its database has other rows than were packed.")
    return sum(facts.tables.values())


def _examine(settings: Settings, world: World, last: Backup, scratch: Path) -> int:
    sealed = settings.backups / last.name
    if last.place and settings.backup_sftp:
        sealed = scratch / last.name
        world.store.fetch(last.name, sealed)
    with sealed.open("rb") as file:
        if file_digest(file, "sha256").hexdigest() != last.digest:
            raise PeerRejected("It is not the file that was made: it was exchanged.")
    contents = read_sealed(world.vault, sealed, lambda _: scratch / "proof.db")
    facts = archive.verified(contents)
    signer = world.vault.signer_of(
        contents.parts[archive.MANIFEST], contents.parts.get(archive.SIGNATURE, b"")
    )
    if signer != facts.box_key:
        raise PeerRejected("It is not signed by the box's own key.")
    return compare(contents, facts)


def _is_proof_due(now: datetime) -> bool:
    good, last = Proof.last_good(), Proof.last()
    if good is not None and good.at <= now < good.at + EVERY - SLACK:
        return False
    return last is None or not last.at <= now < last.at + AGAIN - SLACK
