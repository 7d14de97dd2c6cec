"""The proof that a provider was asked and does not react: letters, answers, looks.

It goes to agencies only, encrypted like everything they get; how each letter can be
found again stands beside it, for whoever has to prove that it arrived.
"""

from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256

from reportbox.lifecycle import Kind, Letter, Move, words
from reportbox.ntd.subject import moment
from reportbox.records.items import Event, Item
from reportbox.records.journey import THE_BOX, letters_of
from reportbox.records.letters import Letter as Row
from reportbox.records.letters import Writing
from reportbox.records.provider_answers import ProviderAnswer
from reportbox.records.tracks import Ntd

LOOKS = {
    Move.STILL_THERE: "still there",
    "check_there": "still there",
    "check_later": "nobody could look",
    "call_provider": "telephoned",
    Move.ASK_BY_HAND: "asked in their form",
    Move.REMIND: "reminded in their form",
}

Line = tuple[datetime, str]


def proofs(item: Item) -> list[list[str]]:
    """Attach one file for each provider that did not react."""
    told = [ntd for ntd in Ntd.of(item) if ntd.escalated_at and ntd.asked_at]
    return [
        [f"proof-{item.number}-{n}.txt", "text/plain", proof(ntd)]
        for n, ntd in enumerate(told, 1)
    ]


def proof(ntd: Ntd) -> str:
    """Tell what was written to a provider, what it said and what people saw."""
    parts = (
        ("Letters, each as the mail server took it", _letters(ntd)),
        ("Answers, with what they seem to say", _answers(ntd)),
        ("Looks and calls, by people of the hotline", _looks(ntd)),
    )
    head = f"{ntd.item.number}: {ntd.provider}, {ntd.contact}\n"
    return head + "".join(_section(title, lines) for title, lines in parts)


def _section(title: str, lines: Iterable[Line]) -> str:
    told = [f"{moment(at)}  {text}\n" for at, text in sorted(lines)]
    return f"\n{title}\n" + ("".join(told) or "none\n")


def _letters(ntd: Ntd) -> list[Line]:
    sent = letters_of(ntd, Letter.SENT)
    return [(x.sent_at, _letter(x)) for x in sent if x.sent_at]


def _letter(letter: Row) -> str:
    sealed = Writing.of(letter).sealed
    digest = f", SHA-256 {sha256(sealed).hexdigest()}" if sealed else ""
    return (
        f"{words(letter.paper)} to {letter.recipient}, Message-ID "
        f"{letter.message_id}{digest}; the server said: {letter.answer}"
    )


def _answers(ntd: Ntd) -> list[Line]:
    found = ProviderAnswer.by_ntd([ntd]).get(ntd.id, [])
    return [(x.at, _answer(x)) for x in found]


def _answer(answer: ProviderAnswer) -> str:
    number = f", their number {answer.ticket}" if answer.ticket else ""
    said = "\n".join(f"    {line}" for line in answer.words.splitlines())
    seems = words(answer.decided_as or answer.says)
    return f"from {answer.sender}: {seems}{number}\n{said}".rstrip()


def _looks(ntd: Ntd) -> list[Line]:
    mine = (Event.kind == Kind.NTD) & (Event.track_id == ntd.id)
    rows = Event.rows(Event.item == ntd.item_id, mine, Event.move.in_(list(LOOKS)))
    judged = [(ntd.item.judged_at, "seen online, and judged")]
    by_people = [row for row in rows if row.who != THE_BOX]  # letters stand above
    return judged + [(row.at, LOOKS[row.move]) for row in by_people]
