"""What the hotline chose on the settings pages, every version of it kept."""

from typing import Any, Self

from peewee import TextField

from reportbox.records import JsonField, MomentField, Record, database


class SettingsChosen(Record):
    """One version of all that was chosen; the newest is in force.

    ``chosen`` maps keys of the settings file to values spelt as in TOML.
    """

    chosen = JsonField(default=dict)
    changed_by = TextField()
    changed_at = MomentField()

    @classmethod
    def newest(cls) -> int:
        """Return the number of the version in force; 0 before the first."""
        query = "SELECT max(id) FROM settings_chosen"
        return database.execute_sql(query).fetchone()[0] or 0

    @classmethod
    def of(cls, version: int) -> dict[str, Any]:
        """Return what was chosen in a version; nothing in 0."""
        return dict(cls.get_by_id(version).chosen) if version else {}

    @classmethod
    def now(cls) -> dict[str, Any]:
        """Return what is in force; empty if nothing was ever chosen."""
        return cls.of(cls.newest())

    @classmethod
    def latest(cls, limit: int) -> list[Self]:
        """List the newest versions, the newest first, no cursor left."""
        return list(cls.select().order_by(cls.id.desc()).limit(limit))


class PasswordKept(Record):
    """A password that was typed on a settings page, such as the mail server's.

    It lies in the encrypted database and is shown nowhere, no version of it either.
    """

    name = TextField(unique=True)  # as the file in secrets_dir would be called
    value = TextField()

    @classmethod
    def find(cls, name: str) -> str:
        found: PasswordKept | None = cls.get_or_none(cls.name == name)
        return found.value if found else ""
