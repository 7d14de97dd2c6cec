"""The texts of letters to providers, kept by the hotline in versions that stay."""

from typing import NamedTuple

from reportbox.errors import InvalidInput
from reportbox.languages import ALL, country_code
from reportbox.lifecycle import Paper
from reportbox.ntd.letter import attachments
from reportbox.ntd.recipient import Recipient
from reportbox.ntd.wording import (
    Text,
    facts_of,
    problems_with,
    render,
    sample,
    shipped,
)
from reportbox.ntd.write import find_text
from reportbox.ntd.xarf import Reporter
from reportbox.records import atomic
from reportbox.records.journey import Deed, put_on_record
from reportbox.records.letter_texts import LetterText
from reportbox.records.letters import Letter
from reportbox.settings import Settings

LONGEST = 12_000  # characters of a field that is read at all


class Place(NamedTuple):
    """Which text it is: for what, in which language, for providers of which country."""

    text: Text
    language: str  # ISO 639-1
    country: str = ""  # ISO 3166-1 alpha-2; empty: any


class Line(NamedTuple):
    """One text in the list, and whose it is."""

    place: Place
    changed: LetterText | None  # nothing: as it comes with the box


def place_of(text: str, language: str, country: str) -> Place:
    """Read which text is meant, or raise InvalidInput."""
    code = country_code(country) if country.strip() else ""
    problems = {}
    if text not in set(Text):
        problems["text"] = "Choose one of the list."
    if language not in ALL:
        problems["language"] = "Choose one of the list."
    if country.strip() and not code:
        problems["country"] = "Please write the two letters of the country."
    if problems:
        raise InvalidInput(**problems)
    return Place(Text(text), language, code)


def list_texts() -> list[Line]:
    """List every text there is: the box's own, and those the hotline changed."""
    changed = {
        Place(Text(row.paper), row.language, row.country): row
        for row in LetterText.rows()
    }
    own = [Place(t, code) for t in Text for code in ALL if shipped(t, code) is not None]
    places = sorted({*own, *changed}, key=lambda p: (list(Text).index(p.text), *p[1:]))
    found = [Line(place, changed.get(place)) for place in places]
    return [
        line._replace(changed=None) if line.changed and not line.changed.body else line
        for line in found
        if line.place in own or (line.changed and line.changed.body)
    ]


def in_force(place: Place) -> tuple[str, str]:
    """Return subject and body a letter would be written with now."""
    kept = find_text(place.text, place.language, place.country)
    return kept.subject, kept.body


def save_text(
    place: Place, subject: str, body: str, settings: Settings, deed: Deed
) -> LetterText:
    """Add a version that counts from now on, or raise InvalidInput."""
    subject, body = read_words(place, subject, body, settings)
    return _add(place, subject, body, deed)


def read_words(
    place: Place, subject: str, body: str, settings: Settings
) -> tuple[str, str]:
    """Take what was typed, or raise InvalidInput saying what is wrong or missing."""
    subject = subject[:LONGEST].strip()
    body = body[:LONGEST].replace("\r\n", "\n").strip() + "\n"
    problems = problems_with(place.text, subject, body, place.language, settings)
    if problems:
        raise InvalidInput(**problems)
    return subject, body


def go_back_to(version: LetterText, settings: Settings, deed: Deed) -> LetterText:
    """Let an earlier version count again, as a version of its own."""
    place = place_of(version.paper, version.language, version.country)
    return save_text(place, version.subject, version.body, settings, deed)


def drop_text(place: Place, deed: Deed) -> None:
    """Let the text that comes with the box count again."""
    _add(place, "", "", deed)


def preview(
    place: Place, subject: str, body: str, settings: Settings
) -> tuple[str, str]:
    """Show the letter as it would leave, about placeholders."""
    occasion = sample(place.text, place.language, settings)
    return render(subject, body, facts_of(occasion, settings))


def send_sample(place: Place, settings: Settings, deed: Deed) -> None:
    """Send the letter as it would leave to the hotline itself."""
    subject, body = preview(place, *in_force(place), settings)
    occasion = sample(place.text, place.language, settings)
    us = Reporter(settings.hotline_name, settings.hotline_email, settings.hotline_phone)
    to = Recipient(settings.hotline_email)
    with atomic():
        Letter.write(
            [],
            paper=Paper.NTD_TEST,
            subject=subject,
            body=body,
            attachments=attachments(to, occasion.subjects, us)
            if occasion.attachment
            else [],
            sender=settings.hotline_email,
            recipient=settings.hotline_email,
            due_at=deed.at,
        )
        put_on_record(deed, "send_sample", f"text {place.text}")


def _add(place: Place, subject: str, body: str, deed: Deed) -> LetterText:
    with atomic():
        made: LetterText = LetterText.create(
            country=place.country,
            language=place.language,
            paper=place.text,
            subject=subject,
            body=body,
            changed_by=deed.who,
            changed_at=deed.at,
        )
        put_on_record(deed, "change_text", f"letter text {made.id}")
    return made
