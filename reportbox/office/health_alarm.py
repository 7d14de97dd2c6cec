"""Letters to the administrators: what has become bad, what lasts, that all is well.

One letter for all that became bad together, none twice for the same trouble while it
lasts, a reminder once a day, and one when everything is well again. What comes and goes
within minutes wakes nobody. While no mail can leave, none is written: the desk shows
it.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from reportbox.lifecycle import Paper
from reportbox.plain import one_line
from reportbox.post.wording import say_when
from reportbox.records.choices import Choice
from reportbox.records.health import Health
from reportbox.records.letters import Letter
from reportbox.settings import Settings

STATE = "health"  # under this name stands when the last letter was written
LASTS = timedelta(minutes=2)  # what is shorter is no trouble
CALM = timedelta(minutes=10)  # what is longer is well again
REMIND_AFTER = timedelta(hours=24)
BAD = "bad"
LONGEST = 500  # characters of one line

SUBJECT = "The box needs an administrator"
SUBJECT_WELL = "The box is well again"
BODY = """{opening}

{lines}

More stands at

   {url}

and what to do in the operator's manual, under “Is it well?”. The next letter comes when
something else happens or everything is well again, and else once a day.
"""
NEW = "This needs an administrator:"
STILL = "This still needs an administrator:"
WELL = """Everything that was looked at is well again. Nothing needs to be done.

   {url}
"""


def tell_due(settings: Settings, now: datetime) -> bool:
    """Write what is due to the administrators, in the transaction around it."""
    rows, state = list(Health.by_name().values()), Choice.read(STATE)
    if not settings.is_complete or any(_stops_mail(row) for row in rows):
        return False
    calm = [row for row in rows if not _trouble(row) and _lasts(row, CALM, now)]
    Health.tell({row.name: "" for row in calm if row.told})
    lasting = [row for row in rows if row.is_ok or _lasts(row, LASTS, now)]
    fresh = [row for row in lasting if _trouble(row) not in {"", row.told}]
    bad = [row for row in lasting if not row.is_ok]
    is_open = state.get("is_open", False)
    if fresh:
        _write(SUBJECT, _body(NEW, fresh, settings), settings, now)
    elif bad and _is_time(state, now):
        _write(SUBJECT, _body(STILL, bad, settings), settings, now)
    elif is_open and all(row.is_ok and _lasts(row, CALM, now) for row in rows):
        well = WELL.format(url=f"{settings.desk_url}/health")
        _write(SUBJECT_WELL, well, settings, now)
        is_open = False
    else:
        return False
    Health.tell({row.name: _trouble(row) for row in fresh})
    Choice.write(STATE, {"is_open": is_open or bool(bad), "at": now.isoformat()})
    return True


def _trouble(row: Health) -> str:
    return row.warning if row.is_ok else BAD


def _stops_mail(row: Health) -> bool:
    return row.name == "mail server" and not row.is_ok


def _lasts(row: Health, span: timedelta, now: datetime) -> bool:
    """Tell whether it has been as it is for so long, or since before a clock's step."""
    return bool(not now - span < row.since <= now)


def _is_time(state: dict[str, str], now: datetime) -> bool:
    if not state:
        return True
    return not now - REMIND_AFTER < datetime.fromisoformat(state["at"]) <= now


def _body(opening: str, rows: Sequence[Health], settings: Settings) -> str:
    lines = (
        f"   {row.name}: {one_line(row.words)[:LONGEST]}"
        + ("" if row.is_ok else f" (since {say_when(row.since, settings.zone)})")
        for row in rows
    )
    url = f"{settings.desk_url}/health"
    return BODY.format(opening=opening, lines="\n".join(lines), url=url)


def _write(subject: str, body: str, settings: Settings, now: datetime) -> None:
    for address in settings.alarm_mail or (settings.hotline_email,):
        Letter.write(
            [],
            paper=Paper.HEALTH,
            sender=settings.hotline_email,
            recipient=address,
            subject=subject,
            body=body,
            due_at=now,
        )
