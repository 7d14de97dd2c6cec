"""What needs a person about law enforcement, the gravest first."""

from datetime import UTC, datetime, time, timedelta

from reportbox import lifecycle
from reportbox.agreements.milestones import milestones
from reportbox.agreements.reading import is_agreed, read_terms, unit_of
from reportbox.lea.agency import OLD_AFTER, Channel
from reportbox.lea.answer import SENTENCES, Said
from reportbox.lea.case import facts_of
from reportbox.lea.facts import news
from reportbox.lea.schedule import at_risk, is_late, told_by
from reportbox.office.task import Task
from reportbox.post.wording import say_when
from reportbox.records.agencies import Agency, AgencyKey
from reportbox.records.answers import Answer, Call, Custody
from reportbox.records.items import Hold
from reportbox.records.journey import letters_of
from reportbox.records.tracks import LeaNotice
from reportbox.settings import Settings

KEY_WARNING = timedelta(days=60)


def first_lea_tasks(settings: Settings, now: datetime) -> list[Task]:
    """List what cannot wait: somebody must be told, or has said something."""
    return [
        *_calls(),
        *_no_agency(),
        *_notices_late(settings, now),
        *_notices_at_risk(settings, now),
        *_notices_to_reach(),
        *_answers(),
        *_news_for_tools(),
        *_never_tried(now),
    ]


def later_lea_tasks(settings: Settings, now: datetime) -> list[Task]:
    """List what keeps the relationship in order."""
    return [
        *_keys_that_run_out(now),
        *_overdue_receipts(now),
        *_old_holds(settings, now),
        *_custody(),
        *_tests_to_send(now),
        *_to_check(settings, now),
        *_milestones(settings, now),
        *_feedback(now),
    ]


def _notices_late(settings: Settings, now: datetime) -> list[Task]:
    untold = LeaNotice.state.in_([lifecycle.Lea.TO_NOTIFY, lifecycle.Lea.TO_SEND])
    return [
        Task(
            "LEA notice late",
            f"{n.agency} has not been told since the verdict: see what holds the "
            "letter up, or call them.",
            n.item,
            n.opened_at,
        )
        for n in LeaNotice.first_rows(untold)
        if is_late(n.opened_at, now, settings)
    ]


def _notices_at_risk(settings: Settings, now: datetime) -> list[Task]:
    """Alarm before it is late: most of the time is gone."""
    untold = LeaNotice.state.in_([lifecycle.Lea.TO_NOTIFY, lifecycle.Lea.TO_SEND])
    return [
        Task(
            "LEA notice at risk",
            f"{n.agency} should be told by "
            f"{say_when(told_by(n.opened_at, settings), settings.zone)}: "
            "see what holds the letter up.",
            n.item,
            n.opened_at,
        )
        for n in LeaNotice.first_rows(untold)
        if at_risk(n.opened_at, now, settings)
        and not is_late(n.opened_at, now, settings)
    ]


def _calls() -> list[Task]:
    words = {
        "urgent": "A child may be in danger: call {} now, and log it.",
        "silent": "{} confirms nothing: call them, and log it.",
    }
    return [
        Task("Telephone", words[c.why].format(_whom(c)), c.item, c.opened_at)
        for c in Call.first_rows(Call.done_at.is_null())
    ]


def _whom(call: Call) -> str:
    known = unit_of(call.unit).call if call.unit else ""
    return f"{call.agency} ({known})" if known else call.agency


def _no_agency() -> list[Task]:
    waiting = LeaNotice.unit.is_null() & (LeaNotice.state == lifecycle.Lea.TO_NOTIFY)
    words = "No agency is entered, so nobody can be told: open “LEA” and enter one."
    return [
        Task("No agency", words, n.item, n.opened_at)
        for n in LeaNotice.first_rows(waiting)[:1]
    ]


def _answers() -> list[Task]:
    return [
        Task(
            "The LEA answered",
            f"{a.officer} {SENTENCES[Said(a.what)]}: read it on the item's page.",
            a.item,
            a.at,
        )
        for a in Answer.unseen()
    ]


def _keys_that_run_out(now: datetime) -> list[Task]:
    """Warn 60 days before, and more plainly 30 and 7 days before."""
    found = []
    for agency in Agency.rows(Agency.is_active == True, Agency.key != ""):  # noqa: E712
        key = AgencyKey.get_or_none(
            (AgencyKey.agency == agency.id) & (AgencyKey.fingerprint == agency.key)
        )
        if key and key.expires_at and key.expires_at - KEY_WARNING <= now:
            found.append(Task(*key_warning(agency.name, key.expires_at, now)))
    return found


def _news_for_tools() -> list[Task]:
    told = LeaNotice.state.in_(lifecycle.TOLD) & (LeaNotice.has_news == True)  # noqa: E712
    return [
        Task(
            "News for the LEA's tool",
            f"Enter what is new in the tool of {n.agency}, then say so on the page.",
            n.item,
            n.told_at or n.opened_at,
        )
        for n in LeaNotice.first_rows(told)
        if n.unit
        and n.unit.channel == Channel.WEB_TOOL
        and news(n.told, facts_of(n.item))
    ]


def _custody() -> list[Task]:
    return [
        Task(
            "Destroy evidence",
            f"The LEA has it: destroy {c.reference}, held outside, and record it.",
            c.item,
            c.opened_at,
        )
        for c in Custody.first_rows(Custody.destroyed_on.is_null())
    ]


def _milestones(settings: Settings, now: datetime) -> list[Task]:
    today = now.astimezone(settings.zone).date()
    if not is_agreed():
        words = "Nothing is entered yet, so no NTD leaves: enter it at “LEA”."
        return [Task("Agreement", words, None, now)]
    return [
        Task(
            "Agreement", f"{m.title}: {m.due_on}. See “LEA”, the agreement.", None, now
        )
        for m in milestones(read_terms(), today)
        if m.is_near or m.is_over
    ]


def _feedback(now: datetime) -> list[Task]:
    """Ask when they have said nothing for long (“bilateral partnership”)."""
    terms = read_terms()
    if not terms.is_signed or terms.signed_on is None:
        return []
    last = Answer.last_feedback()
    begun = datetime.combine(terms.signed_on, time(), UTC)
    since = max(last, begun) if last else begun
    if since + timedelta(days=30 * terms.feedback_months) > now:
        return []
    words = "Ask the LEA what became of the notices: feedback was agreed."
    return [Task("Feedback", words, None, since)]


def _never_tried(now: datetime) -> list[Task]:
    """Say loudly that real letters leave, and that nobody knows who can read them.

    They do not wait for the test: a notice that comes too late is the greater harm.
    """
    words = "{} is sent notices, and never confirmed that it can read one: {}."
    return [
        Task("Never tried", words.format(a.name, _how_to_try(a)), None, now)
        for a in _untried()
        if LeaNotice.has_told(a)
    ]


def _tests_to_send(now: datetime) -> list[Task]:
    """Ask, before the first real letter, whether one arrives and can be read."""
    words = "Before the first real letter to {}: {}."
    return [
        Task("Test letter", words.format(a.name, _how_to_try(a)), None, now)
        for a in _untried()
        if not LeaNotice.has_told(a)
    ]


def _to_check(settings: Settings, now: datetime) -> list[Task]:
    """Ask once a year whether mailbox, numbers and names of an agency still hold."""
    today = now.astimezone(settings.zone).date()
    words = "{} of {}: telephone, and press “All of it was checked today” on its page."
    return [
        Task("Agency to check", words.format(_checked(a), a.name), None, now)
        for a in Agency.rows(Agency.is_active == True)  # noqa: E712
        if a.verified_on is None or a.verified_on + OLD_AFTER < today
    ]


def _checked(agency: Agency) -> str:
    if agency.verified_on is None:
        return "Nobody has checked mailbox and numbers"
    return f"Mailbox and numbers were checked last on {agency.verified_on:%d %b %Y}"


def _how_to_try(agency: Agency) -> str:
    if agency.tested_at:
        return "ask them by telephone for the code of the test letter"
    return "send a test letter"


def _untried() -> list[Agency]:
    """List who has confirmed no letter yet, by the mailbox and key of today."""
    written_to = (Agency.is_active == True) & (Agency.mailbox != "")  # noqa: E712
    rows = Agency.rows(written_to, Agency.channel != Channel.WEB_TOOL)
    return [
        agency
        for agency in rows
        if agency.test_confirmed_at is None
        and not LeaNotice.has_told(agency, is_confirmed=True)
    ]


def _notices_to_reach() -> list[Task]:
    return [
        Task(
            "LEA not reached",
            f"{n.agency} has not been told, and the NTD waits: "
            f"resend, or call them{_phone(n)} and record it.",
            n.item,
            n.opened_at,
        )
        for n in LeaNotice.first_rows(LeaNotice.state == lifecycle.Lea.TO_REACH)
        if not _is_in_doubt(n)
    ]


def _phone(notice: LeaNotice) -> str:
    call = unit_of(notice.unit).call if notice.unit else ""
    return f" ({call})" if call else ""


def _overdue_receipts(now: datetime) -> list[Task]:
    expected = now - timedelta(hours=read_terms().receipt_hours)
    waiting = LeaNotice.state == lifecycle.Lea.TO_CONFIRM
    return [
        Task(
            "Receipt overdue",
            f"{n.agency} has not confirmed the receipt: ask, then record it.",
            n.item,
            n.told_at,
        )
        for n in LeaNotice.first_rows(waiting, LeaNotice.told_at <= expected)
    ]


def _old_holds(settings: Settings, now: datetime) -> list[Task]:
    """A review date reminds; without one, the agreed number of days does."""
    old = now - timedelta(days=read_terms().review_days)
    today = now.astimezone(settings.zone).date()
    is_due = (Hold.review_on <= today) | (
        Hold.review_on.is_null() & (Hold.placed_at <= old)
    )
    return [
        Task(
            "Hold to review",
            f"Ask {h.unit.name if h.unit else h.placed_by} whether it is needed.",
            h.item,
            h.placed_at,
        )
        for h in Hold.first_rows(Hold.released_at.is_null(), is_due)
    ]


def key_warning(
    agency: str, ends_at: datetime, now: datetime
) -> tuple[str, str, None, datetime]:
    """Say how soon a key runs out, the more plainly the sooner."""
    days = (ends_at - now).days
    if days < 0:
        return "Key ran out", f"Letters to {agency} wait for a new key.", None, ends_at
    title = "Key runs out" if days > 30 else "Key runs out soon"  # noqa: PLR2004 - a month
    if days <= 7:  # noqa: PLR2004 - a week
        title = "Key runs out this week"
    words = f"{days} days left: ask {agency} for a new key and compare it."
    return title, words, None, now


def _is_in_doubt(notice: LeaNotice) -> bool:
    return bool(letters_of(notice, lifecycle.Letter.IN_DOUBT))
