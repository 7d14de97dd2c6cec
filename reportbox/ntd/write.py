"""The letters to a provider, from the records to the outbox.

How they look its contact's entry in the book says: language, format and key. What is
due at one contact of one provider goes in one letter, in one language and over one
channel; whatever may not go just now is left out and holds nothing else back.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple

from reportbox import lifecycle
from reportbox.agreements.reading import name_of_lea
from reportbox.errors import IllegalMove
from reportbox.languages import ENGLISH
from reportbox.lifecycle import FIRST_PAPERS, TO_OTHERS, Move, Paper
from reportbox.ntd.answer import NOT_REACHED
from reportbox.ntd.letter import (
    Attachment,
    api_correction,
    api_document,
    attachments,
)
from reportbox.ntd.recipient import Recipient
from reportbox.ntd.subject import Subject
from reportbox.ntd.wording import Occasion, Text, facts_of, render, shipped
from reportbox.ntd.xarf import Reporter
from reportbox.records import atomic
from reportbox.records.contacts import Contact
from reportbox.records.items import Item, Verdict
from reportbox.records.journey import (
    box,
    letters_of,
    letters_that_asked,
    move_all,
    thread_of,
)
from reportbox.records.letter_texts import LetterText
from reportbox.records.letters import Letter, Writing
from reportbox.records.provider_answers import ProviderAnswer
from reportbox.records.tracks import Ntd
from reportbox.settings import Settings
from reportbox.tracing.above import Above, whose_desk
from reportbox.tracing.address import port_of
from reportbox.tracing.provider import Format
from reportbox.tracing.proxies import Channel

SEEN = frozenset({Move.JUDGE_ILLEGAL, Move.JUDGE_UNCERTAIN})  # verdicts of who looked


class Kept(NamedTuple):
    """A text in force: the contact's own language, or the nearest there is."""

    subject: str
    body: str
    language: str


@dataclass(frozen=True)
class Kind:
    """One kind of letter, and what its writing does to each of its NTDs."""

    paper: Paper
    text: Text
    step: Callable[[Sequence[Ntd]], None]  # IllegalMove if one of them may not go
    above: Above | None = None  # whom it goes to instead of the provider


@dataclass(frozen=True)
class Desk:
    """Who writes to whom, and when."""

    to: Recipient
    settings: Settings
    now: datetime

    @property
    def us(self) -> Reporter:
        its = self.settings
        return Reporter(its.hotline_name, its.hotline_email, its.hotline_phone)


def recipient_of(mailbox: str, settings: Settings) -> Recipient:
    """Say how a mailbox is written to; who is in no book gets plain mail and CSV."""
    row = Contact.of(mailbox)
    if row is None:
        return Recipient(mailbox, country=settings.country)
    return Recipient(
        mailbox,
        channel=Channel(row.channel),
        language=row.language or ENGLISH.code,
        country=row.country or settings.country,
        key=row.key,
        format=Format(row.format),
        is_xarf_v3=row.is_xarf_v3,
        api_url=row.api_url,
    )


def find_text(text: Text, language: str, country: str) -> Kept:
    """Find the text in force: this language before English, this country before any."""
    for code in (language, ENGLISH.code):
        for where in (country, ""):
            row = LetterText.newest(text, code, where)
            if row is not None:
                return Kept(row.subject, row.body, code)
        if (own := shipped(text, code)) is not None:
            return Kept(*own, code)
    raise RuntimeError(f"There is no text “{text}”.")  # English comes with the box


def ask(group: Sequence[Ntd], settings: Settings, now: datetime) -> int:
    """Ask for a whole group, in one letter for as many of it as fit and may go."""
    is_origin = group[0].asks_origin
    paper = Paper.ORIGIN_REQUEST if is_origin else Paper.NTD
    text = Text.ORIGIN_REQUEST if is_origin else Text.NTD
    what = "request for the origin, " if is_origin else ""

    def step(part: Sequence[Ntd]) -> None:
        told = box(now, f"{what}to {part[0].contact}")
        move_all(part, Move.WRITE, told, trouble="", attempts=0)

    return _in_parts(group, Kind(paper, text, step), settings, now)


def remind(group: Sequence[Ntd], settings: Settings, now: datetime) -> int:
    """Remind of a whole group that was asked for in one letter, in its thread."""
    text = Text.ORIGIN_REMINDER if group[0].asks_origin else Text.NTD_REMINDER

    def step(part: Sequence[Ntd]) -> None:
        changes = {"reminders": part[0].reminders + 1, "reminded_at": now}
        told = box(now, f"reminder to {part[0].contact}")
        move_all(part, Move.REMIND, told, **changes)

    return _in_parts(group, Kind(Paper.NTD_REMINDER, text, step), settings, now)


def tell_upstream(
    group: Sequence[Ntd], above: Above, settings: Settings, now: datetime
) -> int:
    """Give whose network carries the provider a copy of what it was asked."""

    def step(part: Sequence[Ntd]) -> None:
        told = box(now, f"copy to {above.name}, {above.mailbox}")
        move_all(part, Move.TELL_UPSTREAM, told, upstream_told_at=now)

    kind = Kind(Paper.UPSTREAM_COPY, Text.UPSTREAM_COPY, step, above)
    return _in_parts(group, kind, settings, now)


def ask_last(
    group: Sequence[Ntd], above: Above, settings: Settings, now: datetime
) -> int:
    """Ask who runs the platform as any provider, or the registrar for the name."""

    def step(part: Sequence[Ntd]) -> None:
        asked = box(now, f"asked {above.name}, {above.mailbox}")
        move_all(part, Move.ASK_LAST, asked, last_asked_at=now)

    text = Text.REGISTRAR_REQUEST if above.is_registrar else Text.NTD
    kind = Kind(Paper.LAST_REQUEST, text, step, above)
    once = replace(settings, ntd_reminders=0)  # nobody up there is reminded
    return _in_parts(group, kind, once, now)


def to_correct(ntd: Ntd) -> list[Ntd]:
    """Return the NTD as each contact knows it that was asked and not yet corrected.

    Who is asked may have changed since; whose letter came back knows of nothing.
    """
    came_back = ProviderAnswer.letters_of_ntd(ntd, NOT_REACHED)
    first: dict[str, Letter] = {}
    for letter in letters_that_asked(ntd):
        if letter.id not in came_back:
            first.setdefault(letter.recipient.lower(), letter)
    told = {x.recipient.lower() for x in letters_of(ntd) if _is_correction(x)}
    found = [_as_known_to(x, ntd) for name, x in first.items() if name not in told]
    if ntd.asked_at and ntd.contact.lower() not in {*told, *first}:
        found.append(ntd)  # asked by a person, in its form
    return found


def correct(known: Ntd, settings: Settings, now: datetime) -> int:
    """Tell a contact that our verdict has changed."""
    kind = Kind(Paper.NTD_CORRECTION, Text.NTD_CORRECTION, lambda _: None)
    return _in_parts([known], kind, settings, now)


def posted(known: Ntd) -> Attachment | None:
    """Find the document its API got when it was asked; none: it was asked otherwise."""
    mailbox = known.contact.lower()
    for letter in letters_that_asked(known):
        if letter.url and letter.recipient.lower() == mailbox:
            document: Attachment = Writing.of(letter).attachments[0]
            return document
    return None


def _is_correction(letter: Letter) -> bool:
    is_stopped = letter.state == lifecycle.Letter.STOPPED
    return letter.paper is Paper.NTD_CORRECTION and not is_stopped


def _as_known_to(letter: Letter, ntd: Ntd) -> Ntd:
    """Read it once more, and let it stand as when this letter asked."""
    known: Ntd = Ntd.get_by_id(ntd.id)
    known.contact, known.asked_at = letter.recipient, letter.passed_at
    if letter.paper in TO_OTHERS:
        known.provider = whose_desk(letter.recipient)
    return known


def request_text(ntd: Ntd, settings: Settings) -> tuple[str, str]:
    """Write what a person puts into the provider's own form: subject and text."""
    to = recipient_of(ntd.contact, settings)
    text = Text.ORIGIN_REQUEST if ntd.asks_origin else Text.NTD
    kept = find_text(text, to.language, to.country)
    occasion = Occasion(
        provider=ntd.provider,
        lea=name_of_lea(),
        subjects=[subject_of(ntd)],
        language=kept.language,
        by_form=True,
    )
    return render(kept.subject, kept.body, facts_of(occasion, settings))


def subject_of(ntd: Ntd) -> Subject:
    """Gather what its provider may know of an item."""
    item, places = ntd.item, _places(ntd)
    verdicts = {verdict.id: verdict for verdict in Verdict.rows_with(item=item.id)}
    first = next(iter(places), {})
    return Subject(
        number=item.number,
        address=item.address_as_reported,
        key=item.address_key,
        host=item.host,
        port=port_of(item.address_key),
        classification=verdicts[item.verdict_id].classification,
        first_seen=_first_seen(item, verdicts.values()),
        verified_at=item.judged_at,
        ip_addresses=tuple(place["address"] for place in places),
        asn=int(next(iter(first.get("asns", ())), 0)),
        country=first.get("country", ""),
        hoster="" if ntd.asks_origin else ntd.provider,
    )


def _in_parts(
    group: Sequence[Ntd], kind: Kind, settings: Settings, now: datetime
) -> int:
    """Write letter by letter, each without those of its part that may not go."""
    mailbox = kind.above.mailbox if kind.above else group[0].contact
    desk, written = Desk(recipient_of(mailbox, settings), settings, now), 0
    for start in range(0, len(group), desk.to.most):
        part = list(group[start : start + desk.to.most])
        while part and (refused := _write(part, kind, desk)):
            part = [ntd for ntd in part if ntd.id != refused.id]
        written += len(part)
    return written


def _write(group: Sequence[Ntd], kind: Kind, desk: Desk) -> Ntd | None:
    """Write the letter, or name the NTD that stands in the way and write nothing."""
    subjects = [subject_of(ntd) for ntd in group]
    enclosed = _enclosed(group, kind, subjects, desk)
    subject, body = _words(group[0], kind, subjects, enclosed, desk)
    try:
        with atomic():
            kind.step(group)
            Letter.write(
                group,
                paper=kind.paper,
                subject=subject,
                body=body,
                attachments=enclosed,
                in_reply_to="" if _begins_a_thread(kind) else thread_of(group[0]),
                sender=desk.settings.hotline_email,
                recipient=desk.to.mailbox,
                url=desk.to.api_url,
                key=desk.to.key,
                due_at=desk.now,
            )
    except IllegalMove:
        return _in_the_way(group, kind)
    return None


def _in_the_way(group: Sequence[Ntd], kind: Kind) -> Ntd:
    """Find whom the journey does not let go; all do again if it has just moved on."""
    return next((ntd for ntd in group if not _may_go(ntd, kind)), group[0])


def _may_go(ntd: Ntd, kind: Kind) -> bool:
    """Try its step alone; nothing stays of the trial."""
    try:
        with atomic() as trial:
            kind.step([ntd])
            trial.rollback()
    except IllegalMove:
        return False
    return True


def _enclosed(
    group: Sequence[Ntd], kind: Kind, subjects: Sequence[Subject], desk: Desk
) -> list[Attachment]:
    """Attach what belongs to this kind of letter; an API gets its document alone."""
    if kind.paper is Paper.NTD_CORRECTION:
        before = posted(group[0]) if desk.to.api_url else None
        return [api_correction(before)] if before else []
    if desk.to.api_url:
        return [api_document(subjects[0], desk.us, _reminder(kind, group[0]))]
    return attachments(desk.to, subjects, desk.us)


def _reminder(kind: Kind, ntd: Ntd) -> int:
    return ntd.reminders + 1 if kind.paper is Paper.NTD_REMINDER else 0


def _begins_a_thread(kind: Kind) -> bool:
    """Whoever else is written to has not seen what came before."""
    return kind.paper in FIRST_PAPERS or kind.above is not None


def _words(
    first: Ntd,
    kind: Kind,
    subjects: Sequence[Subject],
    enclosed: Sequence[Attachment],
    desk: Desk,
) -> tuple[str, str]:
    kept = find_text(kind.text, desk.to.language, desk.to.country)
    occasion = Occasion(
        provider=kind.above.name if kind.above else first.provider,
        asked=first.provider if kind.paper in TO_OTHERS else "",
        lea=name_of_lea(),
        subjects=subjects,
        language=kept.language,
        attachment=enclosed[0][0] if enclosed else "",
        has_xarf=any(name.startswith("xarf-") for name, *_ in enclosed),
        asked_at=None
        if kind.paper in FIRST_PAPERS or kind.text is Text.NTD
        else first.asked_at,
        reminder=_reminder(kind, first),
    )
    return render(kept.subject, kept.body, facts_of(occasion, desk.settings))


def _first_seen(item: Item, verdicts: Iterable[Verdict]) -> datetime:
    """When somebody here first saw it there: verdicts are all a provider may date."""
    seen = [
        verdict.given_at
        for verdict in verdicts
        if verdict.move in SEEN and verdict.given_at >= item.appeared_at
    ]
    first: datetime = min([*seen, item.judged_at])
    return first


def _places(ntd: Ntd) -> list[dict[str, Any]]:
    places: list[dict[str, Any]] = ntd.finding.locations
    mine = [p for p in places if ntd.provider in {p["provider"], p["name"]}]
    # A person may have named the provider otherwise than its registry does.
    return mine or places
