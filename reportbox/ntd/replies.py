"""What providers and their mail servers answer: filed with the notice it is about.

Nothing here ends anything. A bounce goes on to the next contact, a ticket number is
kept, and what a person wrote waits for a person. No mail is ever answered by the box,
so it cannot take part in a loop (RFC 3834).
"""

from dataclasses import replace
from typing import NamedTuple

from reportbox import lifecycle
from reportbox.lifecycle import Kind, Move, is_ended
from reportbox.ntd.answer import (
    NOT_REACHED,
    TO_DECIDE,
    Pointers,
    Reading,
    pointers,
    read,
)
from reportbox.ntd.decisions import NOBODY_ELSE, go_on_elsewhere
from reportbox.ntd.phrases import Says
from reportbox.plain import one_line
from reportbox.ports import Mail
from reportbox.records.contacts import Contact
from reportbox.records.items import Item
from reportbox.records.journey import Deed, can_move, letters_of, move, note, tracks_of
from reportbox.records.letters import Letter, Writing
from reportbox.records.provider_answers import FoundBy, ProviderAnswer
from reportbox.records.tracks import Ntd

LONGEST = 300  # characters of a sender or a subject
MOST = 20  # notices that a guess by the sender alone may be about
ASKED = (lifecycle.Ntd.TO_VERIFY, lifecycle.Ntd.TO_CHECK)


class Found(NamedTuple):
    by: FoundBy
    letter: Letter | None
    ntds: list[Ntd]
    has_come_back: bool = False  # to the return path of its envelope

    @property
    def is_sure(self) -> bool:
        """Tell whether only whoever got our letter can have written this."""
        return self.by in {FoundBy.TOKEN, FoundBy.THREAD}

    @property
    def may_have_bounced(self) -> bool:
        """Tell whether whoever was only shown our letter cannot have written this.

        A letter that went out without a return path of its own has to do without.
        """
        has_path = self.letter is not None and bool(self.letter.return_token)
        return self.is_sure and (self.has_come_back or not has_path)

    @property
    def is_of_others(self) -> bool:
        """Tell whether it answers a letter that did not go to the provider itself."""
        return self.letter is not None and self.letter.paper in lifecycle.TO_OTHERS


def hear(mail: Mail, deed: Deed) -> str:
    """File a mail with the notices it answers, and say so; empty if with none.

    In the caller's transaction, once for each mail.
    """
    found = _find(pointers(mail))
    if found is None:
        return ""
    if found.is_sure and found.letter:
        found = _without_doubt(found, found.letter, deed)
    reading = read(mail, Writing.of(found.letter).body if found.letter else "")
    is_report = reading.says in {*NOT_REACHED, Says.DELAYED, Says.DELIVERED}
    if is_report and not found.is_sure:
        return ""  # anybody can forge a bounce that names no letter
    if reading.says in NOT_REACHED and not found.may_have_bounced:
        return f"perhaps {_sentence(found, reading)}: it came to no return path of ours"
    for ntd in found.ntds:
        _file(mail, reading, found, ntd, deed)
    if reading.says in NOT_REACHED and _is_of_the_desk(reading, found):
        if reading.says is Says.BOUNCED and found.letter:
            Contact.note_bounce(found.letter.recipient, deed.at)
        _not_reached(found, reading, deed)
    return _sentence(found, reading)


def _without_doubt(found: Found, letter: Letter, deed: Deed) -> Found:
    """Settle the doubt about a letter: what is answered, or comes back, was sent."""
    if letter.state != lifecycle.Letter.IN_DOUBT:
        return found
    because = replace(deed, why="a mail about it came in")
    move(letter, Move.FOUND, because, sent_at=letter.passed_at, trouble="")
    return found._replace(ntds=_ntds_of(letter))


def _is_of_the_desk(reading: Reading, found: Found) -> bool:
    """Tell whether the desk itself was not reached, and not a reader behind it.

    Where a report names somebody else, or the desk has answered, nothing follows.
    """
    if found.letter is None:
        return False
    is_other = reading.recipient not in {"", found.letter.recipient.lower()}
    has_answered = any(n.ticket or n.replied_at for n in found.ntds)
    return not is_other and (found.is_of_others or not has_answered)


def _find(points: Pointers) -> Found | None:
    """Find the notices a mail is about: token, thread, tag, then its sender."""
    by_return = _letter(Letter.return_token.in_(list(points.return_tokens)))
    # Letters of before had one token for both.
    tokens = [*points.tokens, *points.return_tokens]
    by_token = by_return or _letter(Letter.token.in_(tokens))
    by_thread = _letter(Letter.message_id.in_(list(points.message_ids)))
    for by, letter in ((FoundBy.TOKEN, by_token), (FoundBy.THREAD, by_thread)):
        ntds = _ntds_of(letter) if letter else []
        if ntds:
            return Found(by, letter, ntds, letter is by_return)
    numbered = _by_number(points)
    for by, ntds in (
        (FoundBy.TAG, [n for n in numbered if _is_of(points.sender, n)]),
        (FoundBy.NUMBER, [n for n in numbered if n.state in ASKED][:MOST]),
        (FoundBy.SENDER, _by_sender(points.sender)),
    ):
        if ntds:
            return Found(by, next(iter(letters_of(ntds[0])[::-1]), None), ntds)
    return None


def _letter(is_named: object) -> Letter | None:
    """Return the latest letter to a provider that is named so."""
    letters = Letter.rows(is_named, Letter.paper.in_(list(lifecycle.BRAKED_PAPERS)))
    return letters[-1] if letters else None


def _ntds_of(letter: Letter) -> list[Ntd]:
    return [track for track in tracks_of(letter) if isinstance(track, Ntd)]


def _by_number(points: Pointers) -> list[Ntd]:
    """List what was asked about the items whose numbers stand in the subject."""
    items = Item.rows(Item.id.in_(list(points.item_ids)[:MOST]))
    return [ntd for item in items for ntd in Ntd.of(item) if ntd.asked_at]


def _is_of(sender: str, ntd: Ntd) -> bool:
    """Believe such a number when it comes from the contact's own domain."""
    return _domain(ntd.contact) == _domain(sender) != ""


def _by_sender(sender: str) -> list[Ntd]:
    if not sender:
        return []
    mine = Ntd.contact.collate("NOCASE") == sender
    asked = Ntd.select().where(mine, Ntd.state.in_(ASKED))
    return list(asked.order_by(Ntd.id.desc()).limit(MOST))


def _domain(mailbox: str) -> str:
    return mailbox.rpartition("@")[2].lower()


def _file(mail: Mail, reading: Reading, found: Found, ntd: Ntd, deed: Deed) -> None:
    """Keep the answer, its number, and when somebody there first answered."""
    is_over = is_ended(Kind.NTD, ntd.state)
    is_guess = found.by.is_guess
    is_unclear = mail.is_automatic and reading.says is Says.UNKNOWN
    sender = one_line(mail.sender)[:LONGEST]
    ProviderAnswer.create(
        uid=mail.uid,
        item=ntd.item_id,
        ntd=ntd,
        letter=found.letter,
        at=min(mail.sent_at or deed.at, deed.at),
        sender=sender,
        subject=one_line(mail.subject)[:LONGEST],
        found_by=found.by,
        says=reading.says,
        ticket=reading.ticket,
        words=reading.words,
        is_open=reading.says in TO_DECIDE
        and not is_over
        and not (is_guess and mail.is_automatic),
    )
    if is_guess:
        return
    if not found.is_of_others:  # theirs is not the provider's answer
        if reading.ticket and not ntd.ticket:
            Ntd.change(ntd.id, ticket=reading.ticket)
        if reading.says in TO_DECIDE and not is_unclear and ntd.replied_at is None:
            Ntd.change(ntd.id, replied_at=deed.at)
    note(ntd, f"hear_{reading.says}", replace(deed, why=f"from {sender}"))


def _not_reached(found: Found, reading: Reading, deed: Deed) -> None:
    """Go on to the next contact of each notice that still waits for this one."""
    letter = found.letter
    assert letter is not None  # noqa: S101 - a sure find names its letter
    status = f" ({reading.status})" if reading.status else ""
    why = f"mail to {letter.recipient} came back{status}"
    is_first = letter.paper in lifecycle.FIRST_PAPERS
    for ntd in found.ntds:
        # Where the LEA has asked in our place, nobody asks twice.
        is_waiting = can_move(ntd, Move.FAIL, deed.actor) and not ntd.lea_asked_at
        if not is_waiting or ntd.contact.lower() != letter.recipient.lower():
            continue
        asked_at = None if is_first else ntd.asked_at  # then nobody was asked
        because = replace(deed, why=why)
        move(ntd, Move.FAIL, because, trouble="", asked_at=asked_at)
        if not go_on_elsewhere(ntd, because):
            trouble = f"{why[0].upper()}{why[1:]}. {NOBODY_ELSE}"
            Ntd.change(ntd.id, trouble=trouble)


def _sentence(found: Found, reading: Reading) -> str:
    numbers = ", ".join(dict.fromkeys(ntd.item.number for ntd in found.ntds))
    who = found.ntds[0].provider
    says = str(reading.says).replace("_", " ")
    if found.by.is_guess:
        return (
            f"perhaps an answer of {who} about {numbers}: anybody can have written it"
        )
    return f"from {who} about {numbers}: {says}"
