"""The letters to an agency, from the records to the outbox.

Over which channel they go, its agency's record says: mail holds everything and is
encrypted, a note about the portal holds nothing and is not.
"""

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from reportbox import lifecycle
from reportbox.agreements.reading import read_terms, unit_of
from reportbox.agreements.terms import Terms
from reportbox.lea.agency import Channel, Unit
from reportbox.lea.annex_one import WHOLE, Case, Part, as_json, as_text, url_list
from reportbox.lea.case import (
    Known,
    case_from,
    case_of,
    facts_from,
    facts_of,
    known_of,
)
from reportbox.lea.facts import changed, is_correction, news
from reportbox.lea.proof import proofs
from reportbox.lifecycle import Move, Paper
from reportbox.post.wording import compose
from reportbox.records import atomic
from reportbox.records.items import Item
from reportbox.records.journey import box, move, state_of, thread_of
from reportbox.records.letters import Letter
from reportbox.records.tracks import LeaNotice
from reportbox.routing.policy import Notice, duty
from reportbox.settings import Settings
from reportbox.tracing.finding import Hosting

# What says nothing goes in the clear: whoever only has the portal has no key.
NOTES = frozenset({Paper.LEA_POINTER, Paper.LEA_NOTE})
HARMLESS = frozenset({Paper.LEA_TEST})
# 32 letters, none of which looks like another: a byte draws each as often.
CODE = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
CODE_LENGTH = 16  # characters, 80 bits: guessed by nobody


class Told(NamedTuple):
    """To whom, and by what was agreed with them."""

    unit: Unit
    terms: Terms
    settings: Settings
    now: datetime


def told(notice: LeaNotice, settings: Settings, now: datetime) -> Told:
    """Gather what a letter on behalf of a notice needs; it must have its agency."""
    if notice.unit is None:
        raise RuntimeError("This notice has no agency yet.")
    return Told(unit_of(notice.unit), read_terms(), settings, now)


def new_code() -> str:
    """Make what confirms a receipt: four groups of four, easy to read aloud."""
    drawn = "".join(CODE[n % len(CODE)] for n in secrets.token_bytes(CODE_LENGTH))
    return "-".join(drawn[i : i + 4] for i in range(0, CODE_LENGTH, 4))


def link_of(code: str, settings: Settings) -> str:
    """Where an officer confirms, or asks to hold; empty without a portal."""
    return f"{settings.portal_url}/n/{code}" if settings.portal_url and code else ""


def _page_of(group: Sequence[LeaNotice], settings: Settings, deed: str = "") -> str:
    """Where in the portal it waits, for whoever logs in; of many, their list."""
    which = f"{group[0].id}{deed}" if len(group) == 1 else ""
    return f"{settings.portal_url}/lea/notices/{which}"


def write_notices(group: Sequence[LeaNotice], part: Part, to: Told) -> bool:
    """Write one letter for one notice, or for the part of a block."""
    known = [known_of(n.item, telling=True) for n in group]
    cases = [case_from(one, to.settings) for one in known]
    kinds = [kind_of(one, to.terms) for one in known]
    code = new_code()  # another letter may carry fewer reports than the one before
    is_note = to.unit.channel is Channel.PORTAL
    subject, body = compose(
        "lea_pointer.en" if is_note else "lea_notice.en",
        cases=cases,
        kinds=kinds,
        text=lambda case: as_text(case, set(to.terms.fields_off)),
        part=part,
        is_urgent=any(case.urgent for case in cases),
        agency=to.unit.name,
        terms=to.terms,
        code=code,
        link=link_of(code, to.settings),
        page=_page_of(group, to.settings),
        hold_page=_page_of(group, to.settings, "/hold") if len(group) == 1 else "",
        settings=to.settings,
    )
    paper = Paper.LEA_POINTER if is_note else Paper.LEA_NOTICE
    with atomic():
        if any(state_of(n) != n.state for n in group):
            return False  # somebody was faster with one of them; the next round writes
        for notice, one, kind in zip(group, known, kinds, strict=True):
            why = kind.replace("_", " ")
            if part.block:
                why = f"{why}, part {part.number} of {part.of} of {part.block}"
            move(
                notice, Move.WRITE, box(to.now, why), told=facts_from(one), code=code,
                agency=to.unit.name, address=to.unit.mailbox, key=to.unit.key,
                block=part.block, part=part.number if part.block else 0,
            )  # fmt: skip
        attachments = [] if is_note else _attachments(cases, part, to.terms)
        post(group, paper, (subject, body), attachments, to)
    return True


def write_supplement(notice: LeaNotice, to: Told) -> bool:
    """Write what is new; if it changes while we write, the next round does."""
    item, before = Item.get_by_id(notice.item_id), notice.told
    known = facts_of(item)
    lines = news(before, known)
    case = case_of(item, to.settings)
    is_note = to.unit.channel is Channel.PORTAL
    words = compose(
        "lea_note.en" if is_note else "lea_supplement.en",
        case=case,
        lines=lines,
        correction=is_correction(before, known),
        has_proof="reaction" in changed(before, known),
        agency=to.unit.name,
        link=link_of(notice.code, to.settings),
        settings=to.settings,
    )
    with atomic():
        if facts_of(Item.get_by_id(item.id)) != known:
            return False
        changes = {"has_news": False, "told": known}
        LeaNotice.update(**changes).where(LeaNotice.id == notice.id).execute()
        if lines:
            paper = Paper.LEA_NOTE if is_note else Paper.LEA_SUPPLEMENT
            proven = proofs(item) if "reaction" in changed(before, known) else []
            attachments = [annex([case], WHOLE, to.terms), *proven]
            post([notice], paper, words, [] if is_note else attachments, to)
    return bool(lines)


def write_chase(notice: LeaNotice, to: Told) -> bool:
    """Ask once more for the receipt, by the same code."""
    code = notice.code or new_code()  # none yet, if they were told another way
    is_note = to.unit.channel is Channel.PORTAL
    words = compose(
        "lea_note.en" if is_note else "lea_chase.en",
        case=case_of(notice.item, to.settings),
        agency=to.unit.name,
        code=code,
        link=link_of(code, to.settings),
        settings=to.settings,
    )
    with atomic():
        if LeaNotice.get_by_id(notice.id).state != lifecycle.Lea.TO_CONFIRM:
            return False
        chases = notice.chases + 1
        changes = {"chases": chases, "chased_at": to.now, "code": code}
        LeaNotice.update(**changes).where(LeaNotice.id == notice.id).execute()
        paper = Paper.LEA_NOTE if is_note else Paper.LEA_CHASE
        post([notice], paper, words, [], to)
    return True


def post(
    group: Sequence[LeaNotice],
    paper: Paper,
    words: tuple[str, str],
    attachments: list[list[str]],
    to: Told,
) -> Letter:
    """Put a letter to an agency in the outbox, in the caller's transaction."""
    is_first = paper in lifecycle.TELLING or not group
    is_urgent = any(n.item.is_urgent for n in group)
    is_harmless = paper in HARMLESS and to.unit.channel is Channel.PORTAL
    return Letter.write(
        group,
        paper=paper,
        subject=words[0],
        body=words[1],
        attachments=attachments,
        is_urgent=is_urgent,
        is_marked=is_urgent and to.terms.urgent_channel != "phone",
        is_plain=not to.unit.key and (to.terms.plain_mail or is_harmless),
        in_reply_to="" if is_first else thread_of(group[0]),
        sender=to.settings.hotline_email,
        recipient=to.unit.mailbox,
        key="" if paper in NOTES else to.unit.key,
        due_at=to.now,
    )


def kind_of(known: Known, terms: Terms) -> Notice:
    """Say how the notice is marked: full, for information, unassessed, ..."""
    item, verdict = known.item, known.verdict or known.item.verdict
    hosting = Hosting(item.finding.hosting) if item.finding else None
    return duty(verdict.move, hosting, terms.ntd_body).notice


def _attachments(cases: Sequence[Case], part: Part, terms: Terms) -> list[list[str]]:
    """Attach Annex I for machines, and of many reports the addresses as a list."""
    made = [annex(cases, part, terms)]
    if len(cases) > 1:
        listed = url_list(cases, set(terms.fields_off))
        made.append(["addresses.csv", "text/csv", listed])
    return made


def annex(cases: Sequence[Case], part: Part, terms: Terms) -> list[str]:
    """Attach Annex I for machines: all reports of the letter in one file."""
    text = as_json(cases, part, set(terms.fields_off))
    return ["annex-one.json", "application/json", text]
