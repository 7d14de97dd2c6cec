"""A copy of the whole database while it is in use: encrypted by the same key."""

from datetime import datetime
from pathlib import Path

from reportbox.records import copy_database
from reportbox.settings import Settings


def back_up(settings: Settings, now: datetime) -> Path:
    """Write a consistent copy beside the database and return its path."""
    folder = settings.data_dir / "backups"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / f"reportbox-{now:%Y%m%dT%H%M%S}.db"
    path.unlink(missing_ok=True)
    copy_database(path)
    path.chmod(0o600)
    return path
