"""What providers are written, every version of it kept: rows are only ever added."""

from typing import Self

from peewee import TextField

from reportbox.records import MomentField, Record


class LetterText(Record):
    """One version of one text; the newest of its kind is in force.

    An empty body says that from here on the text that comes with the box counts.
    """

    country = TextField(default="")  # ISO 3166-1 alpha-2 of the provider; empty: any
    language = TextField()  # ISO 639-1
    paper = TextField()  # a word of ntd.wording.Text
    subject = TextField()
    body = TextField()
    changed_by = TextField()
    changed_at = MomentField()

    class Meta:
        indexes = ((("paper", "language", "country"), False),)

    @classmethod
    def versions(cls, paper: str, language: str, country: str) -> list[Self]:
        """List every version of one text, the newest first."""
        found = cls.rows_with(paper=paper, language=language, country=country)
        return found[::-1]

    @classmethod
    def newest(cls, paper: str, language: str, country: str) -> Self | None:
        """Return the version in force, or nothing where the box's own text is."""
        row = next(iter(cls.versions(paper, language, country)), None)
        return row if row is not None and row.body else None
