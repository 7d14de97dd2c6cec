"""Reporter and analyst write to each other: under the receipt, and without a name."""

import secrets
from datetime import datetime, timedelta

from reportbox import languages
from reportbox.errors import InvalidInput, Refused
from reportbox.intake.form import clean
from reportbox.intake.receipt import code_hash, digest
from reportbox.lifecycle import Paper
from reportbox.plain import Sentence
from reportbox.records import atomic
from reportbox.records.items import Hold, Sighting
from reportbox.records.journey import Deed, put_on_record
from reportbox.records.letters import Letter
from reportbox.records.messages import Message
from reportbox.records.reports import Report
from reportbox.settings import Settings

LONGEST = 4_000  # characters
MOST_UNREAD = 20  # messages nobody has read yet, per receipt

UNKNOWN_CODE = Sentence(
    "There is no report under this code. A code has 16 letters and digits; after some "
    "months a report is forgotten, and its code with it."
)
SUBJECT = Sentence("There is something to read for you")
PLEASE_OPEN = Sentence(
    "You asked us to tell you. Please open the page below and enter the code that you "
    "got as a receipt."
)
WHY_YOU = Sentence(
    "You get this message because you left your e-mail address with us. The message "
    "says nothing about you, and we do not read answers to it."
)


def find(code: str, now: datetime, settings: Settings) -> list[Report]:
    """Return what was sent under a receipt, or raise InvalidInput.

    A code lives for the same time whatever becomes of its report, and no longer than
    the reporter's data do: when it stops working tells nobody anything.
    """
    reports = Report.of_code(code_hash(clean(code)))
    if not reports or not is_open(reports[0], now, settings):
        raise InvalidInput(code=UNKNOWN_CODE)
    return reports


def is_open(report: Report, now: datetime, settings: Settings) -> bool:
    """Tell whether the code of a report still opens it."""
    lasts = timedelta(days=settings.reporter_data_days)
    return bool(now < report.received_at + lasts)


def is_finished(report: Report, now: datetime, settings: Settings) -> bool:
    """The only status a reporter sees; it depends on the calendar and nothing else.

    Whoever reports an address of their own learns nothing from it: verdict, hold and
    removal do not show.
    """
    finished_at = report.received_at + timedelta(days=settings.finished_after_days)
    return bool(now >= finished_at)


def read_as_reporter(reports: list[Report]) -> list[Message]:
    """Return the thread, and remember that the hotline's part of it was seen."""
    found = Message.under([report.id for report in reports])
    if any(m.from_hotline and not m.is_read for m in found):
        mine = Message.report.in_([r.id for r in reports])
        with atomic():
            seen = mine & (Message.from_hotline == True)  # noqa: E712
            Message.update(is_read=True).where(seen).execute()
    return found


def write_in(reports: list[Report], text: str, once: str, deed: Deed) -> None:
    """Keep what the reporter wrote, once, or raise InvalidInput."""
    report, kept = reports[0], _read_text(text)
    once = digest(f"{once}\x00{kept}")  # other words are another message
    thread = Message.under([one.id for one in reports])
    if once in {m.once for m in thread}:
        return
    if sum(not m.from_hotline and not m.is_read for m in thread) >= MOST_UNREAD:
        raise InvalidInput(
            text=Sentence("Please wait until we have read what you wrote so far.")
        )
    with atomic():
        _keep(report, kept, once, deed, from_hotline=False)


def write_back(report: Report, text: str, deed: Deed, settings: Settings) -> None:
    """Answer the reporter; they get a short notice if they asked for one."""
    kept = _read_text(text)
    thread = Message.under([report.id])
    is_told = any(m.from_hotline and not m.is_read for m in thread)
    if not is_open(report, deed.at, settings):
        raise Refused("The code of this report has run out: nobody could read it.")
    with atomic():
        _refuse_if_held(report)
        _keep(report, kept, secrets.token_hex(16), deed, from_hotline=True)
        _mark_read(report)
        if report.wants_reply and report.email and not is_told:
            _tell(report, deed.at, settings)


def mark_read(report: Report, deed: Deed) -> None:
    """What the reporter wrote needs no answer."""
    with atomic():
        _mark_read(report)
        put_on_record(deed, "read_message", f"report {report.id}")


def _refuse_if_held(report: Report) -> None:
    """During a hold nothing happens that an outsider could notice."""
    mine = [s.item_id for s in Sighting.rows(Sighting.report == report.id)]
    if Hold.is_open_on(*mine):
        raise Refused(
            "An item of this report is on hold: nothing leaves that an outsider could "
            "notice. Write when the hold is released."
        )


def _read_text(text: str) -> str:
    kept = clean(text)
    if not kept or len(kept) > LONGEST:
        raise InvalidInput(
            text=Sentence(
                "Please write a message of at most %(most)s characters.", most=LONGEST
            )
        )
    return kept


def _keep(
    report: Report, text: str, once: str, deed: Deed, *, from_hotline: bool
) -> None:
    if Message.find_id(Message.once, once) is not None:
        return  # the same click, a moment ago
    Message.create(
        report=report,
        at=deed.at,
        from_hotline=from_hotline,
        account=deed.account or 0,
        text=text,
        once=once,
    )
    put_on_record(deed, "write_message", f"report {report.id}")


def _mark_read(report: Report) -> None:
    theirs = (Message.report == report.id) & (Message.from_hotline == False)  # noqa: E712
    Message.update(is_read=True).where(theirs).execute()


def _tell(report: Report, now: datetime, settings: Settings) -> None:
    """Say that there is something to read; never what, and never about what."""
    code = report.language
    please, why = (languages.translate(code, x) for x in (PLEASE_OPEN, WHY_YOU))
    Letter.write(
        [],
        paper=Paper.REPORTER_NOTE,
        sender=settings.hotline_email,
        recipient=report.email,
        subject=languages.translate(code, SUBJECT),
        body=f"{please}\n\n{settings.public_url}/follow?lang={code}\n\n{why}\n",
        due_at=now,
    )
