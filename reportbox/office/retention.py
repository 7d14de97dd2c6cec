"""How long the box keeps what: one table, and the job that keeps to it.

Every kind of data stands here with what starts its period, how long it is and why.
The job goes by the dates in the rows alone, so a backup that is restored is cleaned
again by the next run, whatever the box did meanwhile.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import NamedTuple

from reportbox.agreements.reading import read_terms
from reportbox.errors import InvalidInput, Refused
from reportbox.office import kept
from reportbox.ports import World
from reportbox.records import atomic, retention
from reportbox.records.choices import Choice
from reportbox.records.items import Item
from reportbox.records.journey import Deed, box, note, put_on_record
from reportbox.records.retention import Erasure, Preservation
from reportbox.records.tally import Tally
from reportbox.settings import Settings

RUN = "retention"  # under this name stands when the job ran last
EVERY = timedelta(hours=20)
MONTH = 30.4375  # days

Erase = Callable[[Settings, datetime], int]  # forgets one batch, says how many


class Rule(NamedTuple):
    kind: str
    what: str
    trigger: str
    period: Callable[[Settings], str]
    basis: str
    erase: Erase | None = None  # nothing: kept, or forgotten by somebody else


def _reporters(settings: Settings, now: datetime) -> int:
    cutoff = now - timedelta(days=settings.reporter_data_days)
    ids = retention.closed_reports(cutoff)
    retention.forget_reports(ids, now)
    return len(ids)


def _words(_: Settings, __: datetime) -> int:
    """Where it was agreed, a reporter's words go when the LEA has everything."""
    ids = retention.confirmed_reports() if read_terms().delete_on_receipt else []
    retention.forget_words(ids)
    return len(ids)


def _items(settings: Settings, now: datetime) -> int:
    rows = retention.old_items(now - timedelta(days=settings.item_months * MONTH))
    retention.forget_items(rows, now)
    return len(rows)


def _letters(settings: Settings, now: datetime) -> int:
    cutoff = now - timedelta(days=settings.reporter_data_days)
    return retention.delete_letters(cutoff)


def _rows(table: str, condition: str) -> Erase:
    def erase(settings: Settings, now: datetime) -> int:
        cutoff = now - timedelta(days=settings.reporter_data_days)
        return retention.delete_rows(table, condition, cutoff)

    return erase


def _spells(settings: Settings, now: datetime) -> int:
    cutoff = now - timedelta(days=settings.item_months * MONTH)
    return retention.delete_rows("spell", "seen_at <= ?", cutoff)


def _backups(settings: Settings, now: datetime) -> int:
    """Delete the box's own old backups here; those afar go when one is carried."""
    oldest = now - timedelta(days=settings.backup_days)
    copies = [
        path
        for path in (settings.data_dir / "backups").glob("reportbox-*.db")
        if path.stat().st_mtime < oldest.timestamp()
    ]
    sealed = [
        path
        for path in settings.backups.glob("reportbox-*")
        if (made := kept.made_at(path.name)) and made < oldest
    ]
    old = [*copies, *sealed]
    for path in old:
        path.unlink()
    return len(old)


def _days(settings: Settings) -> str:
    return f"{settings.reporter_data_days} days"


def _months(settings: Settings) -> str:
    return f"{settings.item_months} months"


CONTRACT = "Anonymity promised on the form; GDPR Art. 5(1)(e)"
NEED = "Needed no longer for the case; GDPR Art. 5(1)(e)"
PROOF = "Proof of what was done; GDPR Art. 6(1)(c), (e)"
STAFF = "Staff welfare; GDPR Art. 5(1)(c), (e)"

TABLE = (
    Rule(
        "reporter data",
        "Words, password, e-mail address, consents, messages, the receipt's hash",
        "every item of the report has ended",
        _days,
        CONTRACT,
        _reporters,
    ),
    Rule(
        "words on receipt",
        "What a reporter wrote; code and exchange live on, so that nobody outside "
        "can tell",
        "the LEA has confirmed every notice of the report",
        lambda _: "at once" if read_terms().delete_on_receipt else "as above",
        CONTRACT,
        _words,
    ),
    Rule(
        "items",
        "Addresses, findings, reasons, providers' answers, names in the history; a "
        "keyed hash of the address, codes and dates remain",
        "the item has ended",
        _months,
        NEED,
        _items,
    ),
    Rule(
        "letters",
        "Letters to agencies, providers and partners, with their attachments",
        "their items are forgotten",
        lambda _: "at once",
        NEED,
        _letters,
    ),
    Rule(
        "notes and alarms",
        "Short notices to reporters and to the duty list",
        "they left",
        _days,
        CONTRACT,
        None,  # by the same statement as the letters
    ),
    Rule(
        "mails",
        "Mails that became a report or were put away",
        "somebody dealt with them (their words go at once)",
        _days,
        CONTRACT,
        _rows("draft", "ended_at <= ?"),
    ),
    Rule(
        "lists",
        "Uploaded lists and the result of each line",
        "they were sent",
        _days,
        NEED,
        _rows("upload", "at <= ? AND is_whole = 1 AND done = total"),
    ),
    Rule(
        "alarms",
        "When somebody was woken, and who was on it",
        "they ended",
        _days,
        NEED,
        _rows("alarm", "ended_at <= ?"),
    ),
    Rule(
        "invitations",
        "Invitations to the desk",
        "they ran out",
        _days,
        NEED,
        _rows("invitation", "expires_at <= ?"),
    ),
    Rule(
        "exposure",
        "When somebody was assessing",
        "the day",
        _months,
        STAFF,
        _spells,
    ),
    Rule(
        "sessions",
        "Log-ins that ran out",
        "the end of the session",
        lambda _: "at once",
        NEED,
    ),
    Rule(
        "evidence",
        "None is in the box: it holds no content, only the reference of evidence held "
        "elsewhere, which goes with the item",
        "the item has ended",
        _months,
        NEED,
    ),
    Rule(
        "backups",
        "The box's own backups, on this machine and where it carries them",
        "they were made",
        lambda settings: f"{settings.backup_days} days",
        NEED,
        _backups,
    ),
    Rule(
        "audit",
        "Who did what when: numbers and codes, no text and no address",
        "–",
        lambda _: "kept",
        PROOF,
    ),
    Rule(
        "trainings",
        "Trainings of the staff",
        "–",
        lambda _: "kept while the account lasts",
        PROOF,
    ),
    Rule(
        "counts against floods",
        "Bare numbers in memory, under a key of the day",
        "midnight (UTC)",
        lambda _: "at once",
        CONTRACT,
    ),
)


# Which tables the rules speak of; a test holds it against all there are.
COVERED = frozenset(
    {
        "Report",
        "Message",
        "Item",
        "Sighting",
        "Verdict",
        "Finding",
        "Hold",
        "Event",
        "LeaNotice",
        "Answer",
        "Call",
        "Attempt",
        "Custody",
        "Ntd",
        "ProviderAnswer",
        "Referral",
        "SecondLook",
        "PassedOn",
        "Letter",
        "Enclosure",
        "Writing",
        "Draft",
        "Upload",
        "UploadLine",
        "Alarm",
        "Invitation",
        "Spell",
        "Session",
        "Audit",
        "AuditHead",
        "Training",
        "Preservation",
        "Erasure",
        # The hotline's own: its accounts, and how the box is set up.
        "SettingsChosen",
        "PasswordKept",
        "Opening",
        "Account",
        "Passkey",
        "RecoveryCode",
        "SavedFilter",
        "Snippet",
        "Partner",
        "Choice",
        # An hour of places in the mail server's log, kept short by itself.
        "LogMark",
        "Campaign",
        "Provider",
        "ProviderName",
        "Contact",
        "ContactKey",
        "LetterText",
        # Whom it tells, and what was agreed: kept for whoever comes next (B21).
        "Agency",
        "AgencyKey",
        "AgencyChange",
        "OwnAddress",
        "Agreement",
        "Annex",
        # Names and sizes of backups, two thousand at the most.
        "Backup",
        "Proof",
        # Bare numbers of the machinery.
        "Heartbeat",
        "Health",
        "Parked",
    }
)


def retain_due(settings: Settings, world: World) -> int:
    """Once a day: forget what is due, batch by batch, and write down how much."""
    now = world.clock.now()
    last = Choice.read(RUN).get("at", "")
    if last and now - EVERY < datetime.fromisoformat(last) <= now:
        return 0
    return forget(settings, now)


def forget(settings: Settings, now: datetime) -> int:
    """Forget everything that is due now; return how many rows that were."""
    retention.overwrite_what_is_deleted()
    total = 0
    for rule in TABLE:
        count = _exhaust(rule.erase, settings, now) if rule.erase else 0
        total += count
        if count:
            with atomic():
                Erasure.create(at=now, kind=rule.kind, count=count)
                put_on_record(box(now), "forget", rule.kind, finish=str(count))
    with atomic():
        Choice.write(RUN, {"at": now.isoformat()})
    retention.empty_the_log()
    return total


def renew_counts(settings: Settings, world: World) -> int:
    """Throw yesterday's key of the flood counts away even when no visitor comes."""
    if not (settings.run_dir / "tally-key").exists():
        return 0
    Tally(settings.run_dir).count("", world.clock.now(), 60)
    return 0


def preserve(item: Item, deed: Deed) -> None:
    """A legal order: nothing of this item is forgotten until it is lifted."""
    _need_why(deed)
    if Preservation.on(item.id):
        raise Refused("This item is kept by an order already.")
    if item.forgotten_at is not None:
        raise Refused("Too late: of this item only codes and dates are left.")
    with atomic():
        Preservation.create(
            item=item, placed_at=deed.at, placed_by=deed.who, why=deed.why
        )
        note(item, "preserve", deed)


def lift(item: Item, deed: Deed) -> None:
    _need_why(deed)
    with atomic():
        for order in Preservation.on(item.id):
            changes = {"lifted_at": deed.at, "lifted_by": deed.who}
            Preservation.update(**changes).where(Preservation.id == order.id).execute()
        note(item, "lift_preservation", deed)


def _need_why(deed: Deed) -> None:
    if not deed.why:
        raise InvalidInput(why="Please name the order: who ordered it, when, number.")


def _exhaust(erase: Erase, settings: Settings, now: datetime) -> int:
    total = 0
    while count := erase(settings, now):
        total += count
    return total
