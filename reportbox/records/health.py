"""How everything was found when the box last looked after itself: one row for each."""

from datetime import datetime
from typing import Any

from peewee import BooleanField, TextField

from reportbox.records import JsonField, MomentField, Record


class Health(Record):
    name = TextField(unique=True)  # of the check
    is_ok = BooleanField()
    words = TextField()
    warning = TextField(default="")
    figures = JsonField(default=dict)  # bare numbers
    looked_at = MomentField()
    since = MomentField()  # it has been like this, well or not
    told = TextField(default="")  # of which trouble the administrators know

    @classmethod
    def by_name(cls) -> dict[str, "Health"]:
        return {row.name: row for row in cls.rows()}

    @classmethod
    def keep(cls, name: str, at: datetime, **found: Any) -> None:  # noqa: ANN401 - column values
        """Write over what was found before; “since” stays while it stays like this."""
        before = cls.get_or_none(cls.name == name)
        if before is None:
            cls.create(name=name, looked_at=at, since=at, **found)
            return
        same = before.is_ok == found["is_ok"] and before.since <= at
        since = before.since if same else at
        cls.change(before.id, looked_at=at, since=since, **found)

    @classmethod
    def tell(cls, told: dict[str, str]) -> None:
        """Note what the administrators know now; the rest is unchanged."""
        for name, trouble in told.items():
            cls.update(told=trouble).where(cls.name == name).execute()
