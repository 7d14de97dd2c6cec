"""Send what is due. SMTP cannot promise “exactly once”; this promises what it can.

    waiting ──claim──▶ sending ──▶ handing_over ──▶ sent
                                   (the final dot)

Each arrow is committed before the bytes that belong to it leave the machine; a batch
is claimed at once, and asked about once more, letter by letter, before its dot. Many go
down several connections, so that none waits for the answers to the others, and what
these have to save at a time is one commit (clerk.py). Whoever dies before
``handing_over`` has sent nothing; whoever dies after it leaves a letter *in doubt*,
which is shown to a person and never sent again blindly.
"""

import logging
from collections import deque
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from itertools import groupby

from reportbox import lifecycle
from reportbox.errors import IllegalMove, PeerRejected, PeerSilent, PeerUnavailable
from reportbox.lifecycle import Move
from reportbox.plain import one_line
from reportbox.ports import Envelope, Line, World
from reportbox.post.ahead import Workshop
from reportbox.post.clerk import Clerk
from reportbox.post.seal import seal, take_keys_of_today
from reportbox.post.token import return_path, return_token
from reportbox.records import atomic
from reportbox.records.contacts import Contact
from reportbox.records.items import Hold
from reportbox.records.journey import (
    box,
    can_move,
    dissolve,
    is_wanted,
    move,
    move_all,
    wanted_among,
)
from reportbox.records.letters import Enclosure, Letter, Writing
from reportbox.records.rows import Rows
from reportbox.records.tracks import Ntd
from reportbox.settings import Settings
from reportbox.tracing.book import is_reported

log = logging.getLogger(__name__)

BATCH = 40  # then what is urgent is looked for again
AHEAD = BATCH + 20  # letters in work, so that no core waits for one batch to be sent
LINES = 6  # to the mail server at the most
ENOUGH = 3  # letters for each line; fewer leave in their order
# An NTD that waited longer than this since its trace is traced and written anew.
FRESH_FOR = timedelta(minutes=15)
# The pause after each attempt that failed for now; the last one repeats.
PAUSES = tuple(timedelta(minutes=m) for m in (1, 2, 5, 10, 15))

WORK = "deliver"
NO_ANSWER = "the API of the provider does not answer now"
NOWHERE = "nothing is posted to a host that was reported"

Stopping = Callable[[], bool]


def never() -> bool:
    return False


def deliver_due(settings: Settings, world: World, stopping: Stopping = never) -> int:
    """Send every mail that is due and say how many went out.

    One sender only: the leader's job. So whatever stands in ``sending`` or
    ``handing_over`` when it begins was left there by a crash.
    """
    return _work_through(settings, world, stopping, by_api=False)


def post_due(settings: Settings, world: World, stopping: Stopping = never) -> int:
    """Do the same with what goes to the APIs of providers; neither waits for the other.

    One API that does not answer costs the others its time-out once.
    """
    return _work_through(settings, world, stopping, by_api=True)


def _work_through(
    settings: Settings, world: World, stopping: Stopping, *, by_api: bool
) -> int:
    if not Letter.is_any_to_send(by_api=by_api):
        return 0
    sent = 0
    recover(world.clock.now(), by_api=by_api)
    hand_over = _post_all if by_api else _send_all
    rows = Rows(WORK, world.clock.now())
    with (
        Workshop(settings, world) as workshop,
        Clerk() as clerk,
        ThreadPoolExecutor(LINES - 1) as others,
    ):
        attempt = Attempt(settings, world, stopping, rows, clerk, others)
        while not stopping():
            attempt.rows = clerk.asks(Rows, WORK, world.clock.now())
            batch = clerk.asks(_batch, attempt.rows, workshop, by_api=by_api)
            if not batch:
                break
            ready = clerk.asks(_sealed, batch, attempt.rows, workshop)
            gone, is_open = hand_over(ready, attempt)
            sent += gone
            if not is_open:
                break
    return sent


def _batch(rows: Rows, workshop: Workshop, *, by_api: bool) -> list[Letter]:
    """List the next letters that are due and not parked by a bug; seal them and more.

    gpg runs on every core, and goes on with those after them meanwhile.
    """
    due = Letter.due(rows.now, AHEAD + len(rows.resting), by_api=by_api)
    letters = [letter for letter in due if rows.may(letter)][:AHEAD]
    take_keys_of_today(letters)
    workshop.begin(letters)
    return letters[:BATCH]


def _sealed(batch: list[Letter], rows: Rows, workshop: Workshop) -> list[Letter]:
    """Wait for the bytes of each letter, keep them all at once, say what can leave."""
    world, made = workshop.world, dict[int, bytes]()
    ready = [x for x in batch if rows.work(x, lambda x: _is_made(x, made, workshop))]
    with atomic():
        fresh = [(x, made[x.id]) for x in ready if x.id in made and _is_good(x, world)]
        kept = seal(fresh, world.clock.now())
    return [x for x in ready if x.id in kept or x.id not in made]


def _is_good(letter: Letter, world: World) -> bool:
    """Say no if its key was revoked while gpg worked."""
    # The ring answers from memory here, unless it has changed since.
    return not (letter.key and world.keyring.trouble_with(letter.key))


def _is_made(letter: Letter, made: dict[int, bytes], workshop: Workshop) -> bool:
    if letter.sealed_at is not None:
        return True
    world = workshop.world
    try:
        made[letter.id] = workshop.take(letter)
    except PeerUnavailable as trouble:
        _wait(letter, str(trouble), world.clock.now())
        return False
    except PeerRejected as trouble:
        _end(letter, Move.REFUSE, str(trouble), world)
        return False
    return True


def recover(now: datetime, *, by_api: bool = False) -> None:
    """Put right what a crash left behind: safe before the dot, in doubt after it."""
    mine = Letter.leaves(by_api=by_api)
    for letter in Letter.rows(mine, Letter.state == lifecycle.Letter.SENDING):
        with atomic():
            move(letter, Move.BACK_OFF, box(now))
    for letter in Letter.rows(mine, Letter.state == lifecycle.Letter.HANDING_OVER):
        with atomic():
            why = "the box stopped while the mail server was answering"
            move(letter, Move.DOUBT, box(now, why), trouble=why)


def _wait(letter: Letter, trouble: str, now: datetime) -> None:
    changes = {"due_at": _next_try(letter.attempts + 1, now), "trouble": trouble}
    with atomic():
        waiting = (Letter.id == letter.id) & (Letter.state == lifecycle.Letter.WAITING)
        Letter.update(**changes, attempts=Letter.attempts + 1).where(waiting).execute()


def _next_try(attempts: int, now: datetime) -> datetime:
    return now + PAUSES[min(attempts, len(PAUSES)) - 1]


def _send_all(letters: list[Letter], attempt: "Attempt") -> tuple[int, bool]:
    """Send letters down as few connections as it takes; say if a server was there."""
    left: deque[Letter] | None = None
    sent, is_there = 0, True
    try:
        while (letters if left is None else left) and not attempt.stopping():
            with attempt.world.mailer.connect() as line:
                if left is None:  # nothing is taken while there is no server
                    left = deque(attempt.clerk.asks(attempt.claim_all, letters))
                sent += attempt.send_down(line, left)
    except PeerUnavailable as trouble:
        _note_no_server(str(trouble))
        is_there = False
    finally:
        attempt.clerk.asks(attempt.give_back, left or ())
    return sent, is_there


def _post_all(letters: list[Letter], attempt: "Attempt") -> tuple[int, bool]:
    """Post letters to APIs; one that is away keeps nobody else's waiting."""
    return sum(attempt.rows.work(letter, attempt.post) for letter in letters), True


def _note_no_server(trouble: str) -> None:
    """No server at all: nothing was tried, so nothing is pushed back."""
    log.warning("%s", one_line(trouble))
    with atomic():
        waiting = Letter.state == lifecycle.Letter.WAITING
        mine = waiting & Letter.leaves(by_api=False)
        Letter.update(trouble=trouble).where(mine, Letter.trouble == "").execute()


@dataclass
class Attempt:
    """Letters going down one connection, or to APIs, one after another."""

    settings: Settings
    world: World
    stopping: Stopping
    rows: Rows
    clerk: Clerk
    others: Executor  # send down lines of their own: much of the time is the server's
    line: Line | None = None
    is_line_good: bool = True
    silent: set[str] = field(default_factory=set)  # APIs that did not answer

    def claim_all(self, letters: Sequence[Letter]) -> list[Letter]:
        """Take letters for one attempt each; one transaction for all of them."""
        taken: list[Letter] = []
        with atomic():
            self.rows.work_on_all(letters, lambda x: taken.extend(self._claim(x)))
        return taken

    def give_back(self, letters: Collection[Letter]) -> None:
        """Let what was taken and not tried wait again, as if nothing had been."""
        if not letters:
            return
        with atomic():
            for letter in letters:
                if can_move(letter, Move.BACK_OFF, lifecycle.Actor.BOX):
                    before = {"attempts": letter.attempts - 1}
                    move(letter, Move.BACK_OFF, box(self.world.clock.now()), **before)

    def send_down(self, line: Line, left: deque[Letter]) -> int:
        """Send while the line is good: whatever happens, the next gets a good one.

        Of many letters other hands take their share.
        """
        if len(left) < 2 * ENOUGH:
            return self._send_some(line, left)
        few = min(LINES, len(left) // ENOUGH) - 1
        beside = [
            self.others.submit(replace(self)._send_beside, left)  # noqa: SLF001 - its own
            for _ in range(few)
        ]
        sent = self._send_some(line, left)
        return sent + sum(one.result() for one in beside)

    def _send_beside(self, left: deque[Letter]) -> int:
        """Send too, if the server takes another connection."""
        sent = 0
        with suppress(PeerUnavailable):
            while left and not self.stopping():
                with self.world.mailer.connect() as line:
                    sent += self._send_some(line, left)
        return sent

    def _send_some(self, line: Line, left: deque[Letter]) -> int:
        self.line, self.is_line_good, sent = line, True, 0
        while self.is_line_good and not self.stopping():
            try:
                letter = left.popleft()
            except IndexError:  # the other hand took the last one
                break
            sent += self.rows.work(letter, self.send)
        return sent

    def send(self, letter: Letter) -> bool:
        """Make one attempt, commit how it ended, and say if the letter went out.

        That it went out is committed with the next one's point of no return, or in a
        moment: the line need not wait for that.
        """
        self.is_line_good = False  # until we know better
        outcome, write = self._hand_over(letter)
        self.is_line_good = outcome in {Move.DELIVER, Move.REFUSE}
        if outcome is Move.DELIVER:
            rows = self.rows
            self.clerk.leaves(lambda: rows.work(letter, lambda _: write()))
        else:
            self.clerk.asks(write)
        return outcome is Move.DELIVER

    def post(self, letter: Letter) -> bool:
        """Send a letter to an API; one that does not answer is asked once a round."""
        if self.stopping():
            return False
        if letter.url in self.silent:
            self._put_off(letter.url)
            return False
        if self.world.api is None or is_reported(letter.url):
            _end(letter, Move.REFUSE, NOWHERE, self.world)
            return False
        self.line, self.is_line_good = self.world.api.line(letter.url), True
        with atomic():
            taken = self._claim([letter])
        is_sent = any(self.send(x) for x in taken)
        if not self.is_line_good:
            self.silent.add(letter.url)
            self._put_off(letter.url)
        return is_sent

    def _put_off(self, url: str) -> None:
        with atomic():
            Letter.put_off(url, self.world.clock.now(), PAUSES[0], NO_ANSWER)

    def _hand_over(self, letter: Letter) -> tuple[Move, Callable[[], object]]:
        """Send it; say how that ended, and return what writes it down."""
        world = self.world
        assert self.line is not None  # noqa: S101 - set by whoever opened it
        try:
            envelope = self.clerk.reads(_envelope, letter)
            may_go = partial(self.clerk.saves, self._pass, letter)
            answer = self.line.send(envelope, may_go)
        except PeerUnavailable as trouble:
            return Move.BACK_OFF, partial(_back_off, letter, str(trouble), world)
        except PeerRejected as refusal:
            return Move.REFUSE, partial(_refuse, letter, refusal, world)
        except PeerSilent as silence:
            why = str(silence)
            return Move.DOUBT, partial(_end, letter, Move.DOUBT, why, world)
        if answer is None:
            return Move.BACK_OFF, partial(_end, letter, Move.BACK_OFF, "", world)
        return Move.DELIVER, partial(_deliver, letter, answer, world.clock.now())

    def _claim(self, letters: Sequence[Letter]) -> list[Letter]:
        """Take those that no hold and no stop came before."""
        now = self.world.clock.now()
        there = {x.id: x for x in Letter.numbered(x.id for x in letters)}
        there = {n: x for n, x in there.items() if _is_ready(x)}
        Enclosure.read_for(there.values())
        wanted = {x.id for x in wanted_among(list(there.values()))}
        wanted -= _stale_among([there[n] for n in wanted], now)
        braked = self._braked_among([there[n] for n in wanted])
        for number, letter in there.items():
            if number not in wanted:
                _overtake(letter, now)
            elif number in braked:
                _rest(letter, now)
        taken = [there[x.id] for x in letters if x.id in wanted - braked]
        for attempts, alike in groupby(taken, lambda letter: letter.attempts):
            move_all(list(alike), Move.CLAIM, box(now), attempts=attempts + 1)
        for letter in taken:
            self._name_return_path(letter)
        return taken

    def _name_return_path(self, letter: Letter) -> None:
        """Keep what the envelope says: answers are told from bounces by it."""
        token = return_token(letter, self.settings)
        if token != letter.return_token:
            letter.return_token = token
            Letter.change(letter.id, return_token=token)

    def _pass(self, letter: Letter) -> bool:
        """Ask for the last time; once this has committed there is no way back."""
        with atomic():
            if self.stopping() or not is_wanted(letter):
                return False
            if self._braked_among([letter]):
                return False
            now = self.world.clock.now()
            try:
                move(letter, Move.PASS, box(now), passed_at=now)
            except IllegalMove:
                return False  # it was stopped meanwhile
        return True

    def _braked_among(self, letters: Sequence[Letter]) -> set[int]:
        """Name those that a hold, or a pause of all notices, keeps here."""
        mine = [x for x in letters if x.paper in lifecycle.BRAKED_PAPERS]
        held = Hold.among({e.item_id for x in mine for e in x.enclosed})
        paused = self.settings.ntd_paused
        return {
            x.id for x in mine if paused or any(e.item_id in held for e in x.enclosed)
        }


def _is_ready(letter: Letter) -> bool:
    is_waiting = letter.state == lifecycle.Letter.WAITING
    return is_waiting and letter.sealed_at is not None


def _stale_among(letters: Sequence[Letter], now: datetime) -> set[int]:
    """The trace behind an NTD must be of now, not of when the mail server broke."""
    asking = [x for x in letters if x.paper in lifecycle.ASKING]
    traced_at = Ntd.traced_at_among(e.track_id for x in asking for e in x.enclosed)
    return {
        x.id
        for x in asking
        if any(traced_at[e.track_id] + FRESH_FOR < now for e in x.enclosed)
    }


def _overtake(letter: Letter, now: datetime) -> None:
    """Stop what is no longer wanted or no longer fresh."""
    dissolve(letter, box(now, "overtaken by what happened meanwhile"))


def _rest(letter: Letter, now: datetime) -> None:
    """What asks or reminds is dissolved, so that its fellows can go; others wait."""
    if letter.paper in lifecycle.ASKING:
        dissolve(letter, box(now, "an item of it is on hold"))
        return
    later = {"due_at": now + PAUSES[0]}
    Letter.update(**later).where(Letter.id == letter.id).execute()


def _deliver(letter: Letter, answer: str, at: datetime) -> None:
    with atomic():
        told = {"sent_at": at, "answer": answer, "trouble": ""}
        move(letter, Move.DELIVER, box(at), **told)


def _refuse(letter: Letter, refusal: PeerRejected, world: World) -> None:
    """Whoever waits for a mailbox that does not exist goes on (ntd/elsewhere.py)."""
    with atomic():
        if refusal.of_recipient and letter.paper in lifecycle.TO_PROVIDERS:
            Contact.note_bounce(letter.recipient, world.clock.now())
        _end(letter, Move.REFUSE, str(refusal), world)


def _back_off(letter: Letter, trouble: str, world: World) -> None:
    """Put the letter back to wait; one that was stopped meanwhile stays stopped."""
    later = {"due_at": _next_try(letter.attempts, world.clock.now())}
    _end(letter, Move.BACK_OFF, trouble, world, **later)


def _end(
    letter: Letter, step: Move, words: str, world: World, **changes: datetime
) -> None:
    """End the attempt, unless the letter was stopped while it was on the wire."""
    with atomic():
        if can_move(letter, step, lifecycle.Actor.BOX):
            move(letter, step, box(world.clock.now(), words), trouble=words, **changes)


def _envelope(letter: Letter) -> Envelope:
    return Envelope(
        message_id=letter.message_id,
        sender=return_path(letter),
        recipient=letter.recipient,
        sealed=Writing.sealed_of(letter),
    )
