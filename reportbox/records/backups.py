"""Which backups were made and proved: names, sizes and what became of them."""

from datetime import datetime

from peewee import IntegerField, TextField

from reportbox.records import MomentField, Record, atomic

MOST = 2_000  # rows of a kind; hourly backups of more than two months


class Backup(Record):
    at = MomentField(index=True)
    name = TextField(default="")  # of the file; empty when none came about
    size = IntegerField(default=0)  # bytes
    digest = TextField(default="")  # SHA-256 of the sealed file, hexadecimal
    place = TextField(default="")  # the SFTP server it was carried to as well
    trouble = TextField(default="")  # why there is none
    trouble_there = TextField(default="")  # why it was not carried
    gone_at = MomentField(null=True)

    @classmethod
    def put(cls, **values: object) -> "Backup":
        """Write one down, and forget what is long ago."""
        with atomic():
            made = cls.create(**values)
            cls.delete().where(cls.id <= made.id - MOST).execute()
        return made

    @classmethod
    def latest(cls, limit: int) -> list["Backup"]:
        return list(cls.select().order_by(cls.id.desc()).limit(limit))

    @classmethod
    def last(cls) -> "Backup | None":
        """Find the last try, good or not."""
        return next(iter(cls.latest(1)), None)

    @classmethod
    def last_good(cls) -> "Backup | None":
        """Find the last one that came about and is still kept."""
        good = cls.select().where(cls.trouble == "", cls.gone_at.is_null())
        found: Backup | None = good.order_by(cls.id.desc()).first()
        return found

    @classmethod
    def names_at(cls, place: str) -> set[str]:
        """Name those that were carried there and are not known to be gone."""
        carried = cls.rows(cls.place == place, cls.gone_at.is_null())
        return {row.name for row in carried}

    @classmethod
    def mark_gone(cls, kept: set[str], at: datetime) -> None:
        """Write down that all others were deleted."""
        gone = (cls.gone_at.is_null()) & (cls.name.not_in(kept)) & (cls.name != "")
        with atomic():
            cls.update(gone_at=at).where(gone).execute()


class Proof(Record):
    """A backup that was opened and restored aside, and what was found."""

    at = MomentField(index=True)
    name = TextField()
    rows_found = IntegerField(default=0)
    trouble = TextField(default="")

    @classmethod
    def put(cls, **values: object) -> "Proof":
        with atomic():
            made = cls.create(**values)
            cls.delete().where(cls.id <= made.id - MOST).execute()
        return made

    @classmethod
    def latest(cls, limit: int) -> list["Proof"]:
        return list(cls.select().order_by(cls.id.desc()).limit(limit))

    @classmethod
    def last(cls) -> "Proof | None":
        return next(iter(cls.latest(1)), None)

    @classmethod
    def last_good(cls) -> "Proof | None":
        good = cls.select().where(cls.trouble == "")
        found: Proof | None = good.order_by(cls.id.desc()).first()
        return found
