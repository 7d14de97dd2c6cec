"""Letters out and in: the mail server, its log, the mailbox, the outbox."""

from datetime import datetime, timedelta

from reportbox.errors import PeerFailed, PeerUnavailable
from reportbox.intake.mails import MAILBOX
from reportbox.lifecycle import Letter as LetterState
from reportbox.office.check import Check
from reportbox.ports import World
from reportbox.records.choices import Choice
from reportbox.records.letters import Letter
from reportbox.settings import Settings

OLDEST_LETTER = timedelta(minutes=30)
MANY_TRIES = 5  # about half an hour of them
OLDEST_VISIT = timedelta(minutes=10)


def mail_server(_: Settings, world: World) -> Check:
    try:
        with world.mailer.connect():
            return Check("mail server", is_ok=True, words="takes connections")
    except PeerUnavailable as trouble:
        return Check("mail server", is_ok=False, words=str(trouble))


def mail_log(_: Settings, world: World) -> Check:
    if world.mail_log is None:
        return Check("mail log", is_ok=True, words="none is read: people settle doubts")
    try:
        world.mail_log.end()
    except PeerUnavailable as trouble:
        return Check("mail log", is_ok=False, words=str(trouble))
    return Check("mail log", is_ok=True, words="can be read: most doubts settle there")


def mailbox(_: Settings, world: World) -> Check:
    """Trust a visit of a moment ago; else log in, and say when it was read last."""
    if world.mailbox is None:
        return Check("mailbox", is_ok=True, words="none is read")
    visit, now = Choice.read(MAILBOX), world.clock.now()
    read_at = datetime.fromisoformat(visit["at"]) if visit else None
    is_recent = read_at is not None and abs(now - read_at) < OLDEST_VISIT
    if is_recent and not visit["trouble"]:
        return Check("mailbox", is_ok=True, words="is read every minute")
    try:
        world.mailbox.visit()
    except PeerFailed as trouble:
        return Check("mailbox", is_ok=False, words=f"{trouble}: see “imap_…”")
    if is_recent:
        return Check("mailbox", is_ok=True, words="can be read again")
    words = "takes our log-in, but the jobs do not read it: see “jobs”"
    return Check("mailbox", is_ok=False, words=words)


def letters(_: Settings, world: World) -> Check:
    """Count what waits in vain; what was tried often is late, whenever it is due."""
    now = world.clock.now()
    doubt = Letter.select().where(Letter.state == LetterState.IN_DOUBT).count()
    waiting = Letter.state == LetterState.WAITING
    is_late = (Letter.due_at < now - OLDEST_LETTER) | (Letter.attempts >= MANY_TRIES)
    late = Letter.select().where(waiting, is_late).count()
    refused = len(Letter.refused_for_good())
    words = f"{doubt} in doubt, {refused} refused, {late} late"
    if doubt or refused or late:
        words += ": see “Letters” at the desk"
    figures = {
        'letters{state="waiting"}': Letter.select().where(waiting).count(),
        'letters{state="in_doubt"}': doubt,
        'letters{state="refused"}': refused,
        'letters{state="late"}': late,
        "oldest_letter_seconds": _age_of_the_oldest(now),
    }
    return Check("letters", doubt + refused + late == 0, words, "", figures)


def _age_of_the_oldest(now: datetime) -> float:
    """Return for how long the one that is due first has been due."""
    due_at = Letter.first_due_at()
    return max((now - due_at).total_seconds(), 0) if due_at else 0
