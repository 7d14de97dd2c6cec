"""What was agreed with law enforcement, every version of it kept."""

from typing import Self

from peewee import IntegerField, TextField

from reportbox.records import DayField, JsonField, MomentField, Record, database


class Agreement(Record):
    """One version of the agreement (MOU); the newest is in force.

    ``terms`` is an agreements.terms.Terms as plain data.
    """

    terms = JsonField(default=dict)
    changed_by = TextField()
    changed_at = MomentField()
    why = TextField(default="")

    @classmethod
    def newest(cls) -> Self | None:
        query = "SELECT max(id) FROM agreement"
        number = database.execute_sql(query).fetchone()[0]
        return None if number is None else cls.get_by_id(number)

    @classmethod
    def newest_terms(cls) -> str:
        """Return the terms in force as they are kept, empty before the first ones."""
        query = "SELECT terms FROM agreement ORDER BY id DESC LIMIT 1"
        found = database.execute_sql(query).fetchone()
        return found[0] if found else ""


class Annex(Record):
    """One version of one annex; it changes without a new signature of the MOU."""

    number = TextField()  # such as “Annex II”
    version = IntegerField()
    title = TextField()
    text = TextField(default="")
    agreed_on = DayField(null=True)
    changed_by = TextField()
    changed_at = MomentField()

    class Meta:
        indexes = ((("number", "version"), True),)
