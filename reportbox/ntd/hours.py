"""The windows for sending: ours as the settings say, and each contact's by the book."""

from datetime import datetime
from zoneinfo import ZoneInfo

from reportbox.ntd.delay import Reason
from reportbox.ntd.window import Window, opens
from reportbox.office.working_day import Calendar, calendar, calendar_of, read_days
from reportbox.records.contacts import Contact
from reportbox.settings import Settings
from reportbox.tracing.provider import span


class Hours:
    """Read once for a round."""

    def __init__(self, settings: Settings) -> None:
        ours = Window(Reason.WINDOW, calendar_of(settings))
        self._ours = (ours,) if settings.ntd_in_working_hours else ()
        self._theirs = {
            row.mailbox.lower(): Window(Reason.PROVIDER, _calendar(row, settings))
            for row in Contact.rows(Contact.hours != "", Contact.mailbox != "")
        }

    def of(self, mailbox: str) -> tuple[Window, ...]:
        theirs = self._theirs.get(mailbox.lower())
        return (*self._ours, theirs) if theirs else self._ours

    def are_open(self, mailbox: str, now: datetime) -> bool:
        return opens(self.of(mailbox), now) <= now


def _calendar(row: Contact, settings: Settings) -> Calendar:
    """Its working days are those of its own country, if anybody said which."""
    of_owner = row.owner.countries if row.owner else []
    country = next(iter([*filter(None, [row.country]), *of_owner]), settings.country)
    region = settings.holidays_region if country == settings.country else ""
    zone = ZoneInfo(row.zone) if row.zone else settings.zone
    return calendar(zone, *span(row.hours), country, region, read_days(row.closed_on))
