"""What needs a person now, gathered from every track and letter, the gravest first."""

from datetime import UTC, datetime, time, timedelta
from typing import Any, NamedTuple

from reportbox import lifecycle
from reportbox.agreements.reading import read_terms
from reportbox.lea.schedule import is_late
from reportbox.lea.tasks import first_lea_tasks, later_lea_tasks
from reportbox.lifecycle import words
from reportbox.ntd import checks
from reportbox.ntd.schedule import CALL_AFTER, LONG
from reportbox.office.task import Task
from reportbox.records import MOST_AT_ONCE, streams
from reportbox.records.alarms import Alarm
from reportbox.records.beats import Heartbeat
from reportbox.records.drafts import Draft
from reportbox.records.items import URGENCIES, Item, Sighting
from reportbox.records.journey import letters_of
from reportbox.records.letters import Enclosure, Letter
from reportbox.records.messages import Message
from reportbox.records.moved import moved_ones
from reportbox.records.provider_answers import ProviderAnswer
from reportbox.records.reports import Report
from reportbox.records.rows import Parked
from reportbox.records.streams import Stream, Where
from reportbox.records.tables import ALL
from reportbox.records.tracks import LeaNotice, Ntd, Referral
from reportbox.settings import Settings

OLDEST_BEAT = timedelta(minutes=3)


class Today(NamedTuple):
    """What a day at the hotline is measured by."""

    new_reports: int
    to_assess: str  # “1000+” at the most
    ntds_due: int


def today(settings: Settings, now: datetime) -> Today:
    """Count what came in since midnight and what falls due before the next one."""
    midnight = datetime.combine(now.astimezone(settings.zone), time(), settings.zone)
    tonight = midnight + timedelta(days=1)
    is_new = (Where(Item.state, "=", lifecycle.Item.TO_ASSESS),)
    new = Stream(Item, Item.waits_from, is_new, URGENCIES)
    planned = Ntd.state == lifecycle.Ntd.TO_FALL_DUE
    return Today(
        new_reports=Report.select().where(Report.received_at >= midnight).count(),
        to_assess=streams.counts({"new": [new]})["new"],
        ntds_due=Ntd.select().where(planned, Ntd.due_at < tonight).count(),
    )


def tasks(settings: Settings, now: datetime) -> list[Task]:
    """List every task; each says what to do, and where."""
    return [
        *_jobs_that_stopped(settings, now),
        *_alarms(),
        *first_lea_tasks(settings, now),
        *_letters_in_doubt(),
        *_letters_refused(),
        *_messages(),
        *_mails(),
        *_answers_to_decide(),
        *_letters_that_wait(),
        *_parked(now),
        *_providers_to_reach(),
        *_ntds_that_cannot_leave(),
        *_hosts_that_moved(),
        *_reminders_that_cannot_leave(),
        *_checks(settings, now),
        *_providers_that_do_not_react(now),
        *_late_referrals(settings, now),
        *_to_settle(),
        *_late_traces(),
        *_to_agree(settings, now),
        *_reviews(settings, now),
        *later_lea_tasks(settings, now),
    ]


def _jobs_that_stopped(settings: Settings, now: datetime) -> list[Task]:
    """Without its jobs the box tells nobody anything, so everybody at the desk sees it.

    A practice clock may be moved, so there the age of a heartbeat means nothing.
    """
    beat = Heartbeat.last()
    if settings.practice or beat is None or beat.at + OLDEST_BEAT > now:
        return []
    words = "The box does nothing by itself any more: call the operator at once."
    return [Task("Jobs stopped", words, None, beat.at)]


def _alarms() -> list[Task]:
    words = "A reporter says that a child is in danger now: press “I am on it”."
    return [
        Task("Alarm", words, _reported(alarm.report_id), alarm.raised_at)
        for alarm in Alarm.running()
    ]


def _messages() -> list[Task]:
    words = "A reporter wrote: read it on the item's page, and answer if it helps."
    return [
        Task("Message", words, _reported(message.report_id), message.at)
        for message in Message.unread_by_hotline()
    ]


def _mails() -> list[Task]:
    words = "A mail waits to be read: open “Enter”, then “Mails”."
    return [Task("Mail", words, None, draft.received_at) for draft in Draft.open_ones()]


def _answers_to_decide() -> list[Task]:
    """One task a mail, however many items it may be about."""
    mails = {answer.uid: answer for answer in reversed(ProviderAnswer.open_ones())}
    return [
        Task(
            "Provider answered",
            f"{answer.ntd.provider} wrote, perhaps “{words(answer.says)}”: read it and "
            "decide.",
            answer.item,
            answer.at,
        )
        for answer in reversed(mails.values())
    ]


def _reported(report_id: int) -> Item | None:
    """Find the first item of a report."""
    sighting = Sighting.get_or_none(Sighting.report == report_id)
    return sighting.item if sighting else None


def _letters_in_doubt() -> list[Task]:
    return [
        Task(
            "Letter in doubt",
            f"Find out whether “{x.subject}” arrived at {x.recipient}.",
            _item(x),
            x.due_at,
        )
        for x in Letter.first_rows(Letter.state == lifecycle.Letter.IN_DOUBT)
    ]


def _letters_refused() -> list[Task]:
    return [
        Task(
            "Letter refused",
            f"“{x.subject}” was refused by {x.recipient}: tell them another way.",
            _item(x),
            x.due_at,
        )
        for x in Letter.refused_for_good()
    ]


def _parked(now: datetime) -> list[Task]:
    """What a bug keeps from going on, with the number that stands in the log."""
    return [
        Task(
            "A fault of the box",
            f"“{p.work}” fails for {p.kind} {p.row_id}; it is tried again every ten "
            f"minutes. Tell the maintainers the number {p.reference}.",
            _item_of(p),
            p.since,
        )
        for p in Parked.first_rows(Parked.until > now)
    ]


def _item_of(row: Parked) -> Item | None:
    found: Any = next((t for t in ALL if t.__name__ == row.kind), None)
    record = found.get_or_none(found.id == row.row_id) if found else None
    return record if isinstance(record, Item) else getattr(record, "item", None)


def _letters_that_wait() -> list[Task]:
    waiting = Letter.state == lifecycle.Letter.WAITING
    return [
        Task(
            "Letter waits",
            f"“{x.subject}” to {x.recipient} cannot leave: {x.trouble}",
            _item(x),
            x.due_at,
        )
        for x in Letter.first_rows(waiting, Letter.trouble != "")
    ]


def _providers_to_reach() -> list[Task]:
    return [
        Task(
            "Provider not reached",
            f"{n.provider}: {n.trouble}"
            if n.trouble
            else f"{n.provider} did not take our notice: resend it to another contact.",
            n.item,
            n.opened_at,
        )
        for n in Ntd.first_rows(Ntd.state == lifecycle.Ntd.TO_REACH)
        if not _is_in_doubt(n)
    ]


def _ntds_that_cannot_leave() -> list[Task]:
    planned = Ntd.state == lifecycle.Ntd.TO_FALL_DUE
    return [
        Task("NTD cannot leave", f"{n.provider}: {n.trouble}", n.item, n.opened_at)
        for n in Ntd.first_rows(planned, Ntd.trouble != "")
    ]


def _hosts_that_moved() -> list[Task]:
    """Another provider is asked: somebody should see it, and nothing waits for that."""
    words = "It is at {} now, whom the box asks: let it go on, or name another contact."
    return [
        Task("Host moved", words.format(n.provider), n.item, n.opened_at)
        for n in Ntd.numbered(moved_ones(MOST_AT_ONCE))
        if not n.trouble and n.state != lifecycle.Ntd.TO_REACH  # a task already
    ]


def _reminders_that_cannot_leave() -> list[Task]:
    asked = Ntd.asked_at.is_null(is_null=False)
    stuck = Ntd.first_rows(
        Ntd.state == lifecycle.Ntd.TO_VERIFY, asked, Ntd.trouble != ""
    )
    wrong = [n for n in Ntd.to_correct() if n.trouble]  # who is asked may have changed
    return [
        Task(
            "Letter cannot leave",
            f"{n.provider} was asked, and what follows cannot be sent: {n.trouble}",
            n.item,
            n.asked_at or n.opened_at,
        )
        for n in [*stuck, *wrong[:MOST_AT_ONCE]]
    ]


def _checks(settings: Settings, now: datetime) -> list[Task]:
    words = "{} Look whether it is gone at {}, and record what you saw."
    if read_terms().removal_checker == "lea":
        words = "{} Ask the LEA, who checks as agreed, whether it is gone at {}."
    return [
        Task("Check due", words.format(checks.why(n), n.provider), n.item, n.check_at)
        for n in checks.due(settings, now)
    ]


def _providers_that_do_not_react(now: datetime) -> list[Task]:
    asked = Ntd.state == lifecycle.Ntd.TO_VERIFY
    in_vain = (Ntd.reminders >= CALL_AFTER) & Ntd.called_at.is_null()
    call = "{} does not react to {} reminders: telephone them, and record the call."
    origin = (
        "{} does not say what stands behind it, after {} reminders: telephone them, "
        "record the call, and enter the origin."
    )
    long_ago = Ntd.asked_at <= now - LONG
    long = (
        "{} was asked {} days ago and it is still there: decide what more can be done."
    )
    return [
        *(
            Task(
                "Telephone",
                (origin if n.asks_origin else call).format(n.provider, n.reminders),
                n.item,
                n.asked_at,
            )
            for n in Ntd.first_rows(asked, in_vain)
            if not n.item.is_held
        ),
        *(
            Task("Still there", long.format(n.provider, LONG.days), n.item, n.asked_at)
            for n in Ntd.first_rows(asked, long_ago)
        ),
    ]


def _late_referrals(settings: Settings, now: datetime) -> list[Task]:
    alarm = now - timedelta(hours=settings.referral_alarm_hours)
    waiting = Referral.state == lifecycle.Referral.TO_REFER
    return [
        Task(
            "Referral late",
            f"Insert it into ICCAM for {r.country} ({r.partner}) and enter the number.",
            r.item,
            r.opened_at,
        )
        for r in Referral.first_rows(waiting, Referral.opened_at <= alarm)
        if not r.item.is_held
    ]


def _to_settle() -> list[Task]:
    return [
        Task(
            "Hosting to settle",
            "The sources name different countries: see the evidence and say which.",
            i,
            i.judged_at,
        )
        for i in Item.first_rows(Item.state == lifecycle.Item.TO_SETTLE)
    ]


def _late_traces() -> list[Task]:
    waiting = Item.state == lifecycle.Item.TO_TRACE
    return [
        Task(
            "Cannot be traced yet",
            f"Tracing says: {i.trace_trouble}. The box tries again by itself.",
            i,
            i.judged_at,
        )
        for i in Item.first_rows(waiting, Item.trace_trouble != "")
    ]


def _to_agree(settings: Settings, now: datetime) -> list[Task]:
    """The LEA was told by now that no second opinion is known: it waits for one."""
    waiting = Item.state == lifecycle.Item.TO_AGREE
    return [
        Task(
            "Second analyst wanted",
            "Judged, and nobody is asked to remove it before somebody else agrees.",
            i,
            i.verdict.given_at,
        )
        for i in Item.first_rows(waiting)
        if is_late(i.verdict.given_at, now, settings)
    ]


def _reviews(settings: Settings, now: datetime) -> list[Task]:
    # Its day is kept as a moment too (records/items.py), and that has an index.
    day = now.astimezone(settings.zone).date()
    has_come_back = Item.waits_from <= datetime.combine(day, time(), UTC)
    undecided = (Item.state == lifecycle.Item.TO_DECIDE) & Item.urgency.in_(URGENCIES)
    return [
        Task(
            "Decision awaited",
            "Ask the LEA."
            if settings.mode == "register_and_forward"
            else "Ask the LEA, or let a second analyst decide.",
            i,
            i.judged_at,
        )
        for i in Item.first_rows(undecided, has_come_back)
    ]


def _is_in_doubt(track: LeaNotice | Ntd) -> bool:
    return bool(letters_of(track, lifecycle.Letter.IN_DOUBT))


def _item(letter: Letter) -> Item | None:
    enclosure = Enclosure.rows(Enclosure.letter == letter.id)
    return enclosure[0].item if enclosure else None
