"""Looks whether it is gone that were agreed to be the LEA's: asked for, and answered.

Whoever has only mail gets a letter, and answers by its link; officers answer in the
portal. What they leave unanswered comes to the desk (ntd/checks.py).
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from reportbox.agreements.reading import lookers, read_terms
from reportbox.errors import Refused
from reportbox.lea import actions
from reportbox.lea.agency import Channel
from reportbox.lea.annex_one import url_list
from reportbox.lea.case import case_of
from reportbox.lea.write import link_of, new_code, post, told
from reportbox.lifecycle import Ntd as NtdState
from reportbox.lifecycle import Paper
from reportbox.ntd import checks
from reportbox.ports import World
from reportbox.post.wording import compose
from reportbox.records import atomic
from reportbox.records.agencies import Agency
from reportbox.records.journey import Deed
from reportbox.records.letters import Letter
from reportbox.records.looks import ASKS, to_ask
from reportbox.records.rows import each
from reportbox.records.tracks import LeaNotice, Ntd
from reportbox.settings import Settings

PAUSE = timedelta(hours=1)  # between two letters that ask one agency
SEEN = {"gone": "looked: it is gone", "there": "looked: it is still there"}


def ask_looks_due(settings: Settings, world: World) -> int:
    """Ask the agencies for the looks that fell due, in one letter to each."""
    now = world.clock.now()
    rows = Agency.rows(Agency.id.in_(lookers(settings)))
    waited = [agency for agency in rows if not _was_just_asked(agency, now)]
    return each(waited, lambda a: _ask(a, settings, now), "ask for looks", now)


def look_of(notice: LeaNotice, now: datetime) -> Ntd | None:
    """Find the look that is due, where it was agreed that the LEA looks, or both."""
    if read_terms().removal_checker == "hotline":
        return None
    item = notice.item
    return checks.of(item, now) if notice.appearance == item.appearance else None


def record(notice: LeaNotice, seen: str, deed: Deed, settings: Settings) -> bool:
    """Keep what the LEA saw; say no if it has come back, which is a report anew."""
    with atomic():
        ntd = look_of(notice, deed.at)
        if ntd is None:
            raise Refused(checks.NOT_DUE)
        was_gone = ntd.state is NtdState.REMOVED
        if seen == "there":
            actions.say_still_there(notice, deed)
            if was_gone:
                return False
            checks.there(ntd, deed, settings)
        elif was_gone:
            checks.gone(ntd, deed)
        else:
            actions.say_removed(notice, deed)
            checks.settle(ntd, None)
    return True


def _was_just_asked(agency: Agency, now: datetime) -> bool:
    """Tell so, that looks which fall due one by one come in one letter."""
    lately = (Letter.due_at > now - PAUSE) & Letter.paper.in_(ASKS)
    return bool(Letter.rows(Letter.recipient == agency.mailbox, lately))


def _ask(agency: Agency, settings: Settings, now: datetime) -> bool:
    group = to_ask(agency.id, checks.LOOKED_AT, checks.begun(now), now)
    if not group:
        return False
    to = told(group[0], settings, now)
    is_note = to.unit.channel is Channel.PORTAL
    codes = {n.id: n.code or new_code() for n in group}  # none: told another way
    cases = [case_of(n.item, settings) for n in group]
    words = compose(
        "lea_note.en" if is_note else "lea_look.en",
        agency=agency.name,
        links=_by_link(group, codes, settings),
        hours=to.terms.removal_hours,
        settings=settings,
    )
    listed = url_list(cases, set(to.terms.fields_off))
    attachments = [] if is_note else [["addresses.csv", "text/csv", listed]]
    with atomic():
        for notice in group:
            LeaNotice.change(notice.id, code=codes[notice.id])
        paper = Paper.LEA_NOTE if is_note else Paper.LEA_LOOK
        post(group, paper, words, attachments, to)
    return True


def _by_link(
    group: Sequence[LeaNotice], codes: dict[int, str], settings: Settings
) -> dict[str, list[str]]:
    """Name the reports behind each link: those of one letter have the same."""
    found: dict[str, list[str]] = {}
    for notice in group:
        link = link_of(codes[notice.id], settings)
        found.setdefault(link, []).append(notice.item.number)
    return found
