"""Care for those who assess: their time, their breaks, their training."""

from datetime import date, datetime, timedelta

from reportbox.errors import InvalidInput, Refused
from reportbox.office.welfare import STILL_AT_IT, Load, Stretch, load
from reportbox.records import atomic
from reportbox.records.journey import Deed, put_on_record
from reportbox.records.spells import Spell
from reportbox.records.staff import Account
from reportbox.records.trainings import Training
from reportbox.settings import Settings

LONGEST = 200  # characters of a training's name
OVER = (
    "You have assessed for as long as one day allows. What you had taken goes back to "
    "the queue; your colleagues go on tomorrow as well. Everything else at the desk is "
    "open to you."
)
UNTRAINED = (
    "There is no valid training record for you, and without one nobody assesses here. "
    "Ask your lead analyst to enter it."
)


def begin(account: Account, now: datetime, settings: Settings) -> None:
    """Start or go on with a spell of assessing."""
    with atomic():
        if not go_on(account, now, settings):
            day = _today(now, settings)
            Spell.create(account=account, day=day, began_at=now, seen_at=now)


def go_on(account: Account, now: datetime, settings: Settings) -> bool:
    """Note a sign of work; False when no spell is open any more."""
    spells = Spell.of(account.id, _today(now, settings))
    if not spells or spells[-1].is_over:
        return False
    last = spells[-1]
    until = min(max(now, last.seen_at), last.seen_at + STILL_AT_IT)
    went_on: bool = last.seen_at <= now <= last.seen_at + STILL_AT_IT
    with atomic():  # whoever fell silent was at it for a while longer, then stopped
        theirs = Spell.id == last.id
        Spell.update(seen_at=until, is_over=not went_on).where(theirs).execute()
    return went_on


def end(account: Account, now: datetime, settings: Settings) -> None:
    """The verdict is given, or the item passed on.

    Whoever looked for long without a sign counts as at work for a quarter of an hour.
    """
    go_on(account, now, settings)
    with atomic():
        Spell.update(is_over=True).where(Spell.account == account.id).execute()


def load_of(account: Account, now: datetime, settings: Settings) -> Load:
    spells = Spell.of(account.id, _today(now, settings))
    return load([Stretch(s.began_at, s.seen_at) for s in spells], now)


def is_over(account: Account, now: datetime, settings: Settings) -> bool:
    """Tell whether the day's ceiling is reached."""
    ceiling = timedelta(hours=settings.assessment_hours)
    return load_of(account, now, settings).today >= ceiling


def how_many_over(now: datetime, settings: Settings) -> int:
    """Count who reached the ceiling today, and name nobody."""
    today = Spell.rows(Spell.day == _today(now, settings))
    people = {spell.account_id: spell.account for spell in today}
    return sum(is_over(one, now, settings) for one in people.values())


def refuse_untrained(account: Account, now: datetime, settings: Settings) -> None:
    if settings.training == "block" and not _is_trained(account, now, settings):
        raise Refused(UNTRAINED)


def advice(account: Account, now: datetime, settings: Settings) -> list[str]:
    """Say what somebody who assesses should know about themselves now."""
    found = []
    mine = load_of(account, now, settings)
    if mine.today >= timedelta(hours=settings.assessment_hours):
        found.append(
            "That is enough assessing for today. What you have taken goes back to the "
            "queue with your next step."
        )
    elif mine.since_break >= timedelta(minutes=settings.break_minutes):
        found.append(
            "Time for a break: ten minutes away from the screen. Nothing gets lost."
        )
    if settings.training == "warn" and not _is_trained(account, now, settings):
        found.append("There is no valid training record for you yet.")
    return found


def record_training(
    account: Account, what: str, held_on: str, valid_until: str, deed: Deed
) -> None:
    """Enter a training, or raise InvalidInput."""
    if account.id == deed.account:
        raise Refused("Somebody else enters your training, not you.")
    problems: dict[str, str] = {}
    if not what or len(what) > LONGEST:
        problems["what"] = f"Please say which training, in at most {LONGEST} letters."
    held = _day(held_on, "held_on", problems)
    until = _day(valid_until, "valid_until", problems)
    if held and until and until <= held:
        problems["valid_until"] = "It must be valid beyond the day it was held."
    if problems:
        raise InvalidInput(**problems)
    with atomic():
        Training.create(
            account=account,
            what=what,
            held_on=held,
            valid_until=until,
            recorded_by=deed.who,
        )
        put_on_record(deed, "record_training", f"account {account.id}")


def _day(text: str, name: str, problems: dict[str, str]) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        problems[name] = "Choose a day."
        return None


def _is_trained(account: Account, now: datetime, settings: Settings) -> bool:
    return Training.is_valid_for(account.id, _today(now, settings))


def _today(now: datetime, settings: Settings) -> date:
    return now.astimezone(settings.zone).date()
