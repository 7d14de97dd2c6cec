"""“A child is in danger now” wakes somebody: again and again, until they say so.

The alarm says that there is something, and nothing of what. Whom it wakes and how is
the duty list of the settings: each entry a channel and an address.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from reportbox.lifecycle import UNJUDGED, Paper
from reportbox.ports import World
from reportbox.records import atomic
from reportbox.records.alarms import Alarm
from reportbox.records.items import Item, Sighting
from reportbox.records.journey import Deed, box, put_on_record
from reportbox.records.letters import Letter
from reportbox.settings import Settings

SUBJECT = "URGENT: a report waits at the desk"
BODY = """A report that somebody calls urgent waits at the desk:

   {url}

Please open that page and press “I am on it”. Until somebody does, this message comes
again every {minutes} minutes.
"""


def _by_mail(address: str, now: datetime, settings: Settings) -> None:
    Letter.write(
        [],
        paper=Paper.ALARM,
        sender=settings.hotline_email,
        recipient=address,
        subject=SUBJECT,
        body=BODY.format(
            url=f"{settings.desk_url}/tasks", minutes=settings.alarm_minutes
        ),
        is_urgent=True,
        due_at=now,
    )


# How somebody can be woken. A new way is one more line, and a rule in settings.py.
CHANNELS: dict[str, Callable[[str, datetime, Settings], None]] = {"mail": _by_mail}


def alarm_due(settings: Settings, world: World) -> int:
    """Sound what is due, once for all that wait; end what was judged meanwhile."""
    now = world.clock.now()
    if not Alarm.is_due(now):
        return 0
    with atomic():
        waiting = [alarm for alarm in Alarm.running() if not _end_if_judged(alarm, now)]
        if not waiting:
            return 0
        for entry in settings.duty_list:
            channel, _, address = entry.partition(":")
            CHANNELS[channel](address, now, settings)
        again = now + timedelta(minutes=settings.alarm_minutes)
        sounded = Alarm.sounded + bool(settings.duty_list)
        Alarm.update(due_at=again, sounded=sounded).where(
            Alarm.ended_at.is_null()
        ).execute()
        put_on_record(box(now), "sound_alarm", f"{len(waiting)} reports")
    return 1


def acknowledge(deed: Deed) -> None:
    """Somebody is on it: every alarm that runs now ends."""
    with atomic():
        for alarm in Alarm.running():
            _end(alarm, deed.who, deed.at)
            put_on_record(deed, "end_alarm", f"report {alarm.report_id}")


def _end_if_judged(alarm: Alarm, now: datetime) -> bool:
    mine = Sighting.select(Sighting.item).where(Sighting.report == alarm.report_id)
    waits = Item.id.in_(mine) & Item.state.in_(list(UNJUDGED))
    if Item.select().where(waits).exists():
        return False
    _end(alarm, "the verdict", now)
    return True


def _end(alarm: Alarm, who: str, now: datetime) -> None:
    Alarm.update(ended_at=now, ended_by=who).where(Alarm.id == alarm.id).execute()
