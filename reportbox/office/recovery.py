"""The recovery sheet: one page of paper by which a lost box comes back."""

import textwrap
from datetime import datetime
from typing import NamedTuple

from reportbox.settings import Settings

WIDE = 78  # characters of a line on paper
NOT_YET = "none yet: a sheet without it is worth nothing"
WHAT = (
    "With a backup and the secret key named here, the hotline's box comes back on any "
    "Debian machine. Keep this sheet and the key where no fire, thief or quarrel "
    "reaches both them and the machine."
)
LOST = (
    "Then nobody can open a backup once the machine is gone: the reports, the cases, "
    "what law enforcement was told, the agreements and the accounts are lost with it. "
    "There is no other way in, and nobody can make one. While the machine still runs, "
    "make a new key, enter it as the backup key, and print this sheet anew."
)
STOLEN = (
    "Whoever has it and a backup reads everything. Make a new key at once, and delete "
    "the backups made for the old one everywhere."
)
HOW = (
    "On a fresh Debian machine, with Report Box installed, the newest backup and the "
    "secret key at hand. When you are asked, compare the box's own key with this "
    "sheet: a backup that somebody else made does not carry it."
)
RESTORE = (
    "cd /opt/reportbox/current",
    "sudo installer/restore.sh BACKUP --key SECRET-KEY-FILE",
)
TO_FILL_IN = (
    "The secret key lies at",
    "Who knows its pass-phrase",
    "Tried on (once a year)",
    "Date, name, signature",
    "Date, name, signature",
)


class Section(NamedTuple):
    title: str
    words: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    commands: tuple[str, ...] = ()


class Sheet(NamedTuple):
    title: str
    made_at: datetime
    sections: tuple[Section, ...]


def sheet_of(settings: Settings, box_key: str, now: datetime) -> Sheet:
    """Say what must be known on the day on which the machine is gone."""
    needed = (
        ("Backup key", _spaced(settings.backup_key) or NOT_YET),
        ("The box's own key", _spaced(box_key) or NOT_YET),
        ("Backups on the machine", str(settings.backups)),
        ("Backups elsewhere", settings.backup_sftp or "none"),
        ("Kept for", f"{settings.backup_days} days"),
    )
    by_hand = ("gpg --decrypt BACKUP | tar --extract --gzip",)
    sections = (
        Section("What this is", WHAT),
        Section("What is needed", facts=needed),
        Section("If the secret key is lost", LOST),
        Section("If the secret key is stolen", STOLEN),
        Section("How to restore", HOW, commands=RESTORE),
        Section("Without Report Box", "gpg and tar open it.", commands=by_hand),
        Section("Signed", facts=tuple((who, "_" * 40) for who in TO_FILL_IN)),
    )
    title = f"Recovery sheet of {settings.hotline_name or 'this box'}"
    return Sheet(title, now, sections)


def as_text(sheet: Sheet) -> str:
    """Draw it for a printer that knows letters only."""
    lines = [sheet.title, f"Printed on {sheet.made_at:%Y-%m-%d}", ""]
    for section in sheet.sections:
        lines += [section.title, "-" * len(section.title)]
        lines += textwrap.wrap(section.words, WIDE)
        lines += [f"{name + ':':<27}{value}" for name, value in section.facts]
        lines += [f"    {command}" for command in section.commands]
        lines.append("")
    return "\n".join(lines)


def _spaced(fingerprint: str) -> str:
    return " ".join(textwrap.wrap(fingerprint, 4))
