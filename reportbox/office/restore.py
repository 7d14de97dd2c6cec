"""Put a box back on an empty machine, out of a backup that proves to be whole.

Nothing that was there is lost: it is moved aside, under a name that says when. Nothing
is put into its place before all of the backup was read, compared and confirmed.
"""

import fcntl
import os
import pwd
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from reportbox.errors import Misconfigured, PeerRejected, Refused
from reportbox.lifecycle import Actor
from reportbox.office import archive, proof
from reportbox.office.archive import Contents, Facts
from reportbox.office.choosing import choose, read_box
from reportbox.ports import Sealing, Vault
from reportbox.records import copies
from reportbox.records.journey import Deed
from reportbox.records.rekey import key_of
from reportbox.settings import Settings

ACCOUNT = "reportbox"  # what the service runs as
MARKER = "restored"  # stands beside the database until the pause is set
SCRATCH = "restoring-"  # and a name that was nobody's: see ``_own_folder``
CHECK = "rb-"  # the public keys of the backup; gpg's home has a short name
STILL = (
    "What is left to do (installer/restore.sh does the first and the fourth):",
    "  1. reportbox upgrade      (if this release is newer than the backup's)",
    "  2. sudo installer/install.sh  (sets the web server up); let the names lead here",
    "  3. Keep the old machine switched off: two boxes would send the same letters.",
    "  4. systemctl start reportbox",
    "     The LEA is told at once, once more if it was told after the backup was made.",
    "     NTDs and reminders are paused: compare what waits at the desk with the mail",
    "     server's log, end what has left, then take the pause away at Settings.",
    "  5. reportbox check",
    "What was to be forgotten since then is forgotten by the next daily run.",
)


class Wanted(NamedTuple):
    """What somebody at the terminal asked for."""

    sealed: Path
    file: Path  # the settings file of the new box
    into: Path | None = None  # everything below this folder, wherever it was before
    over: bool = False  # even over a box that was used


class Whole(NamedTuple):
    """A backup that was read and compared, and the settings it is to have here."""

    settings: Settings
    contents: Contents
    facts: Facts


class Restored(NamedTuple):
    settings: Settings
    facts: Facts
    moved: tuple[Path, ...]  # where lies what was there before


def pause_once_restored(file: Path, now: datetime) -> bool:
    """Pause NTDs in a box that was just put back; say whether that was done.

    What left after the backup was made is unknown to it: nobody is asked twice, and
    rather twice than never is true of the LEA alone.
    """
    marker = Settings.read(file).data_dir / MARKER
    if not marker.exists():
        return False
    deed = Deed("the terminal", Actor.BOX, now)
    choose(read_box(file), {"ntd_paused": True}, deed)
    marker.unlink()
    return True


def restore(
    wanted: Wanted,
    opener: Sealing,
    vault_at: Callable[[Path, str], Vault],
    confirm: Callable[[Facts], bool],
    now: datetime,
) -> Restored:
    """Read, compare, ask, and only then put everything in its place.

    ``opener`` has the operator's key; ``vault_at`` opens a home of gpg, for a mail
    address. Raises PeerRejected for a bad backup and Refused where it must not go.
    """
    own: list[Path] = []  # folders for this run alone

    def place(settings_text: bytes) -> Path:
        settings = _settings_for(wanted, settings_text)
        _refuse_a_used_box(settings, over=wanted.over)
        settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        _clear(list(settings.data_dir.glob(f"{SCRATCH}*")))  # of a run cut off
        own.append(_own_folder(SCRATCH, settings.data_dir))
        return own[0] / archive.DATABASE

    try:
        contents = proof.read_sealed(opener, wanted.sealed, place)
        facts = archive.verified(contents)
        proof.compare(contents, facts)
        settings = _settings_for(wanted, contents.parts[archive.SETTINGS])
        whole = Whole(settings, contents, facts)
        own.append(_own_folder(CHECK))
        _check_signature(whole, vault_at, own[-1])
        if not confirm(facts):
            raise Refused("Nothing was restored.")
        with standing_still(settings):
            moved = _put_in_place(wanted, whole, vault_at, now)
    finally:
        _clear(own)
    return Restored(settings, facts, tuple(moved))


def _own_folder(prefix: str, where: Path | None = None) -> Path:
    """Make a folder for this run alone.

    Where it stands is what an unproved backup says, whose forger must not choose by
    that what is cleared away in the end.
    """
    return Path(tempfile.mkdtemp(prefix=prefix, dir=where))


def _clear(folders: list[Path]) -> None:
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)


def _settings_for(wanted: Wanted, text: bytes) -> Settings:
    """Read the settings of the backup, as they are to be on this machine."""
    probe = wanted.file.parent
    probe.mkdir(mode=0o755, parents=True, exist_ok=True)
    part = probe / f".{wanted.file.name}.part"
    try:
        part.write_bytes(_moved_settings(wanted, text))
        return Settings.read(part)
    finally:
        part.unlink(missing_ok=True)


def _moved_settings(wanted: Wanted, text: bytes) -> bytes:
    """Let folders and files lie below another folder, where that was asked for."""
    if wanted.into is None:
        return text
    new = {
        "data_dir": wanted.into / "data",
        "secrets_dir": wanted.into / "secrets",
        "run_dir": wanted.into / "run",
    }
    lines = text.decode()
    for key in ("topics_file", "classification_file", "proxies_file", "imap_ca_file"):
        if re.search(rf'(?m)^{key}\s*=\s*"[^"]+"', lines):
            new[key] = wanted.into / "files" / key
    for key, path in new.items():
        lines = re.sub(rf"(?m)^{key}\s*=.*\n?", "", lines)
        lines = f'{key} = "{path}"\n{lines}'
    return lines.encode()


def _refuse_a_used_box(settings: Settings, *, over: bool) -> None:
    """Go over an empty box without a word, and over any other only when told to."""
    if over or not settings.database.exists():
        return
    with suppress(Misconfigured, PeerRejected):
        key = key_of(settings)
        with copies.opened(settings.database, key) as copy:
            if not copy.is_used():
                return
    raise Refused(
        f"There is a box in {settings.data_dir} already. With --over it is moved aside "
        "and the backup takes its place; whatever came in since the backup is then in "
        "what was moved aside only."
    )


def _check_signature(
    whole: Whole, vault_at: Callable[[Path, str], Vault], home: Path
) -> None:
    """Have the manifest checked by the key the backup brings along."""
    parts = whole.contents.parts
    vault = vault_at(home, whole.settings.hotline_email)
    vault.import_keys(parts.get(archive.PUBLIC_KEYS, b""))
    signature = parts.get(archive.SIGNATURE, b"")
    if vault.signer_of(parts[archive.MANIFEST], signature) != whole.facts.box_key:
        raise PeerRejected("This backup is not signed by the key of the box it names.")


@contextmanager
def standing_still(settings: Settings) -> Iterator[None]:
    """Refuse while the box runs: it would write into what is moved aside."""
    with (settings.data_dir / "leader.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Refused("The box is running: systemctl stop reportbox") from None
        yield


def _put_in_place(
    wanted: Wanted,
    whole: Whole,
    vault_at: Callable[[Path, str], Vault],
    now: datetime,
) -> list[Path]:
    settings, contents = whole.settings, whole.contents
    suffix = f".before-{now:%Y%m%dT%H%M%SZ}"
    moved = [
        aside
        for path in (wanted.file, settings.secrets_dir, *_of_the_box(settings))
        if (aside := _move_aside(path, suffix))
    ]
    _write_parts(wanted, whole)
    vault = vault_at(settings.gnupg_home, settings.hotline_email)
    vault.import_keys(contents.parts.get(archive.PUBLIC_KEYS, b""))
    vault.import_keys(contents.parts[archive.OWN_KEY])
    if contents.database is not None:
        (settings.data_dir / MARKER).touch(mode=0o600)
        contents.database.rename(settings.database)
        contents.database.parent.rmdir()
    _hand_over(wanted, settings)
    return moved


def _of_the_box(settings: Settings) -> list[Path]:
    database = settings.database
    logs = [database.with_name(f"{database.name}-{end}") for end in ("wal", "shm")]
    return [database, *logs, settings.gnupg_home, settings.data_dir / "ssh"]


def _move_aside(path: Path, suffix: str) -> Path | None:
    if not path.exists():
        return None
    aside = path.with_name(path.name + suffix)
    path.rename(aside)
    return aside


def _write_parts(wanted: Wanted, whole: Whole) -> None:
    settings, contents, facts = whole
    text = _moved_settings(wanted, contents.parts[archive.SETTINGS])
    _write(wanted.file, text, 0o640)
    settings.secrets_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name, part in contents.below("secrets").items():
        _write(settings.secrets_dir / name, part, 0o600)
    if keys := contents.below("ssh"):
        folder = settings.data_dir / "ssh"
        folder.mkdir(mode=0o700, exist_ok=True)
        for name, part in keys.items():
            _write(folder / name, part, 0o600)
    below = wanted.into and wanted.into / "files"
    for name, stood in facts.files.items():
        path = below / name if below else Path(stood)
        part = contents.parts.get(f"files/{name}", b"")
        if not path.exists():
            path.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
            _write(path, part, 0o644)


def _write(path: Path, content: bytes, mode: int) -> None:
    """Write a file that nobody else could read at any moment before its mode is set."""
    with open(path, "xb", opener=lambda name, how: os.open(name, how, 0o600)) as file:
        file.write(content)
    path.chmod(mode)


def _hand_over(wanted: Wanted, settings: Settings) -> None:
    """When root did it, let the service own its data and read its settings.

    The secrets stay root's: systemd hands them over.
    """
    if os.geteuid() != 0:
        return
    try:
        account = pwd.getpwnam(ACCOUNT)
    except KeyError:
        return
    os.chown(wanted.file, 0, account.pw_gid)
    for path in (settings.data_dir, *settings.data_dir.rglob("*")):
        os.chown(path, account.pw_uid, account.pw_gid, follow_symlinks=False)
