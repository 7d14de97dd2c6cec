"""Everything one item page shows, gathered in one go."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, TypeVar

from reportbox import lifecycle
from reportbox.agreements.reading import is_agreed, read_terms, read_units
from reportbox.assessment.history import BUTTONS, sentence
from reportbox.assessment.knowledge import what_we_know
from reportbox.assessment.verdict import (
    HINTS,
    LABELS,
    TEXTS,
    TICKS,
    YES_NO,
    Choice,
    choice_of,
)
from reportbox.intake.said import lines
from reportbox.lea.answer import SENTENCES, Said
from reportbox.lea.schedule import told_by
from reportbox.lifecycle import Actor, Kind, Move, Paper
from reportbox.ntd import checks
from reportbox.ntd.decisions import LABELS as DECISIONS
from reportbox.ntd.delay import Clock, spans
from reportbox.ntd.hours import Hours
from reportbox.ntd.window import closed, opens
from reportbox.plain import visible
from reportbox.post.wording import say_when
from reportbox.records.answers import Answer, Call, Custody
from reportbox.records.items import Event, Finding, Hold, Item, Sighting, Verdict
from reportbox.records.journey import is_lea_told, letters_of
from reportbox.records.letters import Enclosure, Letter
from reportbox.records.messages import Message
from reportbox.records.moved import moved_among
from reportbox.records.provider_answers import ProviderAnswer
from reportbox.records.reports import Report
from reportbox.records.retention import Preservation
from reportbox.records.tracks import LeaNotice, Ntd, Referral
from reportbox.settings import Settings
from reportbox.tracing.book import approved_among
from reportbox.tracing.finding import Agreement
from reportbox.tracing.providers import numbers_by_name

AnyTrack = TypeVar("AnyTrack", LeaNotice, Ntd, Referral)

AGREEMENTS = {
    Agreement.AGREED: "at least two name the same country",
    Agreement.SINGLE: "one alone names a country",
    Agreement.BOOK: "they differ; the contact book settles it",
    Agreement.DISPUTED: "they name different countries",
    Agreement.NONE: "none names a country",
    Agreement.BY_HAND: "a person said so",
}
A_MOMENT = timedelta(minutes=1)
LEAST = 0.1  # hours worth telling
MOST_OTHERS = 200
MOST_REPORTS = 20
KEYS = {Choice.BASELINE: "b", Choice.NATIONAL: "l", Choice.UNCERTAIN: "u"}
WHAT_NEXT = {
    lifecycle.Ntd.TO_CHECK_FIRST: "The name is gone. Look before anything is sent.",
    lifecycle.Ntd.TO_SEND: "The letter is on its way out.",
    lifecycle.Ntd.TO_REACH: "Not delivered. Send it again, to another contact.",
    lifecycle.Ntd.TO_CHECK: "The provider says it is gone. Look, and record it.",
}


def item_page(item: Item, settings: Settings, now: datetime) -> dict[str, Any]:
    return {
        "item": item,
        "holds": Hold.open_on(item.id),
        "reports": _reports(item),
        "said": lines,
        "threads": _threads(item),
        "spelt": _spelt(item),
        "orders": Preservation.on(item.id),
        "verdicts": Verdict.rows(Verdict.item == item.id),
        "findings": Finding.rows(Finding.item == item.id),
        "notices": _running(LeaNotice, item),
        "terms": read_terms(),
        "regions": _regions(),
        "answers": Answer.rows(Answer.item == item.id),
        "calls": Call.rows(Call.item == item.id),
        "custody": Custody.rows(Custody.item == item.id),
        "officer_did": lambda one: SENTENCES[Said(one.what)],
        "hours_of": lambda ntd: _hours(ntd, settings, now),
        "check": (check := checks.of(item, now)),
        "why_check": checks.why(check) if check else "",
        "check_back_at": checks.comes_back_at(check, settings, now) if check else None,
        "moved": moved_among([n.id for n in _running(Ntd, item)]),
        "ntds": [(n, next_step(n, settings, now)) for n in _running(Ntd, item)],
        "referrals": _running(Referral, item),
        "provider_answers": ProviderAnswer.by_ntd(_running(Ntd, item)),
        "decisions": DECISIONS,
        "letters": _letters(item),
        "refused": {letter.id for letter in Letter.refused_for_good()},
        "events": Event.rows(Event.item == item.id),
        "as_before": _as_before(item),
        "proposed": _proposed(item),
        "others": _others(item),
        "keys": KEYS,
        "labelled": _has_labels,
        "known": what_we_know(item),
        "told_by": lambda notice: told_by(notice.opened_at, settings),
        "buttons": _buttons,
        "labels": BUTTONS,
        "approved": approved_among(n.contact for n in _running(Ntd, item)),
        "in_book": numbers_by_name(n.provider for n in _running(Ntd, item)),
        "agreement_words": AGREEMENTS,
        "sentence_of": sentence,
        "form": {
            "ticks": TICKS,
            "texts": TEXTS,
            "yes_no": YES_NO,
            "labels": LABELS,
            "hints": HINTS,
        },
    }


def _regions() -> list[tuple[str, str]]:
    """List the regions to which an agency of their own belongs."""
    named = sorted({region for unit in read_units() for region in unit.regions})
    return [(region, region) for region in named]


def _running(model: type[AnyTrack], item: Item) -> list[AnyTrack]:
    """List the tracks of this appearance, and what earlier ones left open or unsaid."""
    return [
        track
        for track in model.rows(model.item == item.id)
        if track.appearance == item.appearance
        or not lifecycle.is_ended(track.kind, track.state)
        or (isinstance(track, Ntd) and _trouble_of(track))
    ]


def _as_before(item: Item) -> bool:
    """Tell whether it was judged not illegal in an earlier round."""
    is_new = item.judged_at is None and item.state != lifecycle.Item.TO_AGREE
    before = item.verdict if is_new else None
    return before is not None and before.move is Move.JUDGE_NOT_ILLEGAL


def _reports(item: Item) -> list[Report]:
    """The first report and the latest ones; a known address is sent very often."""
    mine = Report.select().join(Sighting).where(Sighting.item == item.id)
    latest = list(mine.order_by(Report.id.desc()).limit(MOST_REPORTS))
    first = list(mine.order_by(Report.id).limit(1))
    return [*first, *(r for r in reversed(latest) if r.id != first[0].id)]


def _others(item: Item) -> dict[int, list[Item]]:
    """Other items of the same reports, by report."""
    mine = Sighting.select(Sighting.report).where(Sighting.item == item.id)
    is_other = Sighting.report.in_(mine) & (Sighting.item != item.id)
    rows = Sighting.select(Sighting, Item).join(Item).where(is_other)
    found: dict[int, list[Item]] = {}
    for row in rows.limit(MOST_OTHERS):
        found.setdefault(row.report_id, []).append(row.item)
    return found


def _spelt(item: Item) -> dict[int, str]:
    """How reports spelt the address, where it differs from what the item shows."""
    rows = Sighting.select().where(
        Sighting.item == item.id, Sighting.address != item.address_as_reported
    )
    found = {s.report_id: visible(s.address) for s in rows.limit(MOST_OTHERS)}
    return {number: text for number, text in found.items() if text}


def _threads(item: Item) -> dict[int, str]:
    """Say how the exchange with each reporter stands, where there can be one."""
    found = {r.id: "Write to the reporter" for r in _reports(item) if _has_code(r)}
    for message in Message.under(list(found)):
        found[message.report_id] = "Messages"
    for message in Message.under(list(found)):
        if not message.from_hotline and not message.is_read:
            found[message.report_id] = "A new message"
    return found


def _has_code(report: Report) -> bool:
    """A list's lines have no receipt; every other way in gives one."""
    return bool(report.source != "list")


def _has_labels(given: Mapping[str, str]) -> bool:
    return any(name.startswith("label_") and given[name] for name in given)


def _proposed(item: Item) -> Choice | None:
    """The verdict that waits for a second analyst to agree."""
    if item.state != lifecycle.Item.TO_AGREE:
        return None
    return choice_of(item.verdict.move, item.verdict.classification)


def _hours(ntd: Ntd, settings: Settings, now: datetime) -> list[tuple[str, str]]:
    """Account for the time from the verdict to the notice; what took minutes is not."""
    item, terms = ntd.item, read_terms()
    if ntd.appearance != item.appearance:  # its notices were those of that time
        return []
    told = [n.told_at for n in LeaNotice.of(item) if n.state != lifecycle.Lea.WITHDRAWN]
    told_at = None if None in told or not told else max(told)
    delay = timedelta(hours=terms.ntd_delay_hours)
    begins = max(told_at, item.judged_at) if told_at and item.judged_at else None
    free_at = min(begins + delay, ntd.due_at or begins + delay) if begins else None
    clock = Clock(item.judged_at or ntd.opened_at, told_at, free_at)
    holds = [(h.placed_at, h.released_at) for h in Hold.ever_on(item)]
    until = ntd.asked_at or ntd.lea_asked_at or now
    windows = Hours(settings).of(ntd.contact)
    shut = closed(windows, free_at, until) if free_at else []
    found = spans(clock, holds, shut, until)
    return [(s.reason.value, f"{s.hours:.1f}") for s in found if s.hours >= LEAST]


def next_step(ntd: Ntd, settings: Settings, now: datetime) -> str:
    """Say what stands in the way of a planned NTD, or what happens next."""
    if ntd.state == lifecycle.Ntd.TO_FALL_DUE:
        return _why_not_yet(ntd, settings, now)
    if ntd.state == lifecycle.Ntd.TO_REACH and _is_in_doubt(ntd):
        return "It is not known whether the notice arrived: see “Letters”."
    if trouble := _trouble_of(ntd):
        return trouble
    if ntd.state == lifecycle.Ntd.TO_VERIFY:
        left = max(0, settings.ntd_reminders - ntd.reminders)
        if ntd.asks_origin:
            return f"Enter the origin when it is named; {left} reminders left."
        return f"Waiting for removal; {left} reminders left. A person checks."
    return WHAT_NEXT.get(ntd.state, "")


def _trouble_of(ntd: Ntd) -> str:
    """Say what keeps the provider from being asked, or from being told otherwise."""
    is_wrong = ntd.state in lifecycle.WANTED_WHILE[Paper.NTD_CORRECTION]
    if ntd.state == lifecycle.Ntd.TO_REACH:
        return str(ntd.trouble)
    return (
        str(ntd.trouble) if is_wrong and ntd.trouble and ntd in Ntd.to_correct() else ""
    )


def _is_in_doubt(ntd: Ntd) -> bool:
    return bool(letters_of(ntd, lifecycle.Letter.IN_DOUBT))


def _why_not_yet(ntd: Ntd, settings: Settings, now: datetime) -> str:
    terms = read_terms()
    reasons = (
        (ntd.item.is_held, "On hold: nothing leaves until it is released."),
        (
            not is_agreed(),
            "Waits until somebody enters what is agreed: see “LEA”.",
        ),
        (
            terms.ntd_body != "hotline",
            "Not sent: as agreed now, the hotline is not the NTD body.",
        ),
        (
            not is_lea_told(ntd.item),
            "Waits until the LEA has been told; then the agreed delay begins.",
        ),
        (bool(ntd.trouble), f"{ntd.trouble}"),
        (settings.ntd_paused, "NTD sending is paused in the settings."),
    )
    found = next((sentence for is_so, sentence in reasons if is_so), "")
    return found or _when(ntd, settings, now)


def _when(ntd: Ntd, settings: Settings, now: datetime) -> str:
    if ntd.due_at is None and read_terms().ntd_clock == "receipt":
        return "Waits for the LEA's receipt; then the agreed hours begin."
    if ntd.due_at is None:
        return f"The agreed {read_terms().ntd_delay_hours} hours begin now."
    windows = Hours(settings).of(ntd.contact)
    if ntd.due_at > now:
        shut = closed(windows, ntd.due_at - A_MOMENT, ntd.due_at)
        then = f" and the {shut[-1].reason.value}" if shut else ""
        return f"Waits for the agreed time{then}; traced again right before it leaves."
    if (opened := opens(windows, now)) > now:
        first = min(closed(windows, now, opened), key=lambda span: span.begin)
        when = say_when(opened, settings.zone)
        return f"Waits until {when}: {first.reason.value}."
    return "Due: traced again, then sent."


def _letters(item: Item) -> list[Letter]:
    mine = Enclosure.item == item.id
    return list(Letter.select().join(Enclosure).where(mine).order_by(Letter.id))


def _buttons(kind: Kind, state: lifecycle.State) -> list[Move]:
    """List the moves an analyst can make here, for themselves or for the LEA."""
    mine = lifecycle.moves(kind, state, Actor.ANALYST)
    theirs = lifecycle.moves(kind, state, Actor.OFFICER)
    return list(dict.fromkeys(mine + theirs))
