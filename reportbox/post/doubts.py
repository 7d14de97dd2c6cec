"""Settle doubts from the mail server's log, where it leaves none.

A letter the log has in the queue was taken: it counts as sent. One the log proves cut
off was not: the same bytes go out again. Whatever else the log says, or does not say,
is for a person, who is shown the letter meanwhile.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime, timedelta

from reportbox import lifecycle
from reportbox.errors import PeerUnavailable
from reportbox.lifecycle import Actor, Move
from reportbox.ports import MailLog, Reception, World
from reportbox.post import actions
from reportbox.records import atomic
from reportbox.records.choices import Choice
from reportbox.records.journey import Deed, box, can_move
from reportbox.records.letters import Letter
from reportbox.records.log_marks import LogMark
from reportbox.records.rows import each
from reportbox.settings import Settings

# The letter's conversation began before it was handed over, by so much at most.
BEFORE = timedelta(seconds=60)
# So long the server may take to write down what it took.
AFTER = timedelta(seconds=15)
# What the log does not settle in this time it never will.
PATIENCE = timedelta(minutes=10)
MOST = 100  # letters looked for in one round, and ...
LONGEST = 5  # ... seconds, if the log is long: then the next ones have their turn
WORK = "resolve"

# How a doubt ends for each thing the log can prove.
ENDS: dict[Reception, tuple[Move, Callable[[Letter, Deed], None]]] = {
    Reception.TAKEN: (Move.FOUND, actions.found),
    Reception.NOT_TAKEN: (Move.NOT_FOUND, actions.not_found),
}


def resolve_doubts(_settings: Settings, world: World) -> int:
    """Look in the log for every letter in doubt; count those it settled."""
    log, now = world.mail_log, world.clock.now()
    if log is None:
        return 0
    try:
        LogMark.put(now, log.end())
        doubts = [x for x in _in_turn() if _is_worth_a_look(x, now)]
        looked_for: list[Letter] = []
        mine = _in_time(doubts[:MOST], looked_for)
        settled = each(mine, lambda x: _settle(x, log, now), WORK, now)
    except PeerUnavailable:
        return 0  # `reportbox check` says so; the doubts wait for a person
    if settled < len(doubts):
        _note_turn(looked_for)
        _knock(world)
    return settled


def _in_turn() -> list[Letter]:
    """List all doubts, beginning behind the last one that was looked for.

    Where the log knows nothing of the first, the others must not wait for that.
    """
    last = Choice.read(WORK).get("last", 0)
    by_mail = Letter.url == ""  # of what went to an API the log knows nothing
    found = Letter.rows(Letter.state == lifecycle.Letter.IN_DOUBT, by_mail)
    return sorted(found, key=lambda letter: letter.id <= last)


def _in_time(doubts: list[Letter], looked_for: list[Letter]) -> Iterator[Letter]:
    until = time.monotonic() + LONGEST
    for letter in doubts:
        if time.monotonic() > until:
            return
        looked_for.append(letter)
        yield letter


def _note_turn(looked_for: list[Letter]) -> None:
    with atomic():
        Choice.write(WORK, {"last": looked_for[-1].id})


def _is_worth_a_look(letter: Letter, now: datetime) -> bool:
    """Give up on what the log did not settle although it had said all there is."""
    said_all = LogMark.moment_from(letter.passed_at + AFTER)
    return said_all is None or now < said_all + PATIENCE


def _settle(letter: Letter, log: MailLog, now: datetime) -> bool:
    since = LogMark.last_by(letter.passed_at - BEFORE)
    until = LogMark.first_from(letter.passed_at + AFTER)
    passage = log.search(letter.message_id, since, until)
    if passage.reception not in ENDS:
        return False
    step, end = ENDS[passage.reception]
    with atomic():
        if not can_move(letter, step, Actor.BOX):
            return False  # a person was faster
        end(letter, box(now, passage.words))
    return True


def _knock(world: World) -> None:
    """Make the server write a line, so that an idle one shows that it writes."""
    with suppress(PeerUnavailable), world.mailer.connect():
        pass
