"""Texts the whole desk shares, each behind a short code."""

from reportbox.assessment.snippets import CODE
from reportbox.errors import InvalidInput
from reportbox.records import atomic
from reportbox.records.journey import Deed, put_on_record
from reportbox.records.snippets import Snippet

LONGEST = 2_000  # characters


def save_snippet(code: str, text: str, deed: Deed) -> None:
    """Keep a text under its code, or raise InvalidInput."""
    problems: dict[str, str] = {}
    if not CODE.fullmatch(code):
        problems["code"] = "A code has small letters, digits, “-” and “_” only."
    if not text or len(text) > LONGEST:
        problems["text"] = f"Please give a text of at most {LONGEST} characters."
    if problems:
        raise InvalidInput(**problems)
    with atomic():
        Snippet.insert(code=code, text=text).on_conflict_replace().execute()
        put_on_record(deed, "save_snippet", "snippet")


def forget_snippet(snippet: Snippet, deed: Deed) -> None:
    with atomic():
        Snippet.delete().where(Snippet.id == snippet.id).execute()
        put_on_record(deed, "forget_snippet", f"snippet {snippet.id}")
