"""Partners that send reports by the JSON endpoint, each with a token of its own."""

from datetime import datetime

from peewee import TextField

from reportbox.records import MomentField, Record


class Partner(Record):
    name = TextField(unique=True)
    token_hash = TextField(unique=True)  # SHA-256; the token itself is shown once
    made_at = MomentField()
    ended_at = MomentField(null=True)

    @classmethod
    def of_token(cls, token_hash: str) -> "Partner | None":
        """Find who a token belongs to; an ended one belongs to nobody."""
        mine = (cls.token_hash == token_hash) & cls.ended_at.is_null()
        found: Partner | None = cls.get_or_none(mine)
        return found

    def end(self, now: datetime) -> None:
        Partner.update(ended_at=now).where(Partner.id == self.id).execute()
