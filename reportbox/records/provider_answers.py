"""What providers answered by mail: one row for each notice a mail is about."""

from collections.abc import Iterable
from enum import StrEnum, auto

from peewee import BooleanField, TextField

from reportbox import lifecycle
from reportbox.lifecycle import Kind, is_ended
from reportbox.records import MOST_AT_ONCE, Link, MomentField, Record, WordField
from reportbox.records.items import Item
from reportbox.records.letters import Letter
from reportbox.records.tracks import Ntd


class FoundBy(StrEnum):
    """How we know which notice a mail is about, the surest first."""

    TOKEN = auto()
    THREAD = auto()
    TAG = auto()  # the number in its subject, from the contact's own domain
    # Guesses, of which nothing follows by itself:
    NUMBER = auto()  # that number, and anybody wrote it
    SENDER = auto()  # nothing but who wrote

    @property
    def is_guess(self) -> bool:
        return self in {FoundBy.NUMBER, FoundBy.SENDER}


class ProviderAnswer(Record):
    """``says`` is a word of ntd.phrases.Says: a suggestion, until somebody decides."""

    uid = TextField()  # of the mail, as in its draft
    item = Link(Item, backref="provider_answers")
    item_id: int
    ntd = Link(Ntd, backref="answers")
    ntd_id: int
    letter = Link(Letter, null=True, on_delete="SET NULL")
    letter_id: int | None
    at = MomentField()
    sender = TextField(default="")
    subject = TextField(default="")
    found_by = WordField(FoundBy)
    says = TextField()
    ticket = TextField(default="")
    words = TextField(default="")  # their own, as plain text
    is_open = BooleanField(default=False, index=True)  # waits for a decision
    decided_as = TextField(default="")  # a word of ntd.decisions.Decision
    decided_by = TextField(default="")
    decided_at = MomentField(null=True)

    class Meta:
        indexes = ((("uid", "ntd"), True),)

    @classmethod
    def open_ones(cls) -> list["ProviderAnswer"]:
        """List the oldest ones that wait; what has ended meanwhile waits no more."""
        running = [s for s in lifecycle.Ntd if not is_ended(Kind.NTD, s)]
        waiting = (cls.is_open == True) & Ntd.state.in_(running)  # noqa: E712 - SQL
        found = cls.select().join(Ntd).where(waiting).order_by(cls.id)
        return list(found.limit(MOST_AT_ONCE))

    @classmethod
    def of_mail(cls, uid: str) -> list["ProviderAnswer"]:
        return cls.rows(cls.uid == uid)

    @classmethod
    def is_filed(cls, uid: str) -> bool:
        """Tell whether a mail surely belongs to a notice, and its words are kept."""
        return any(not row.found_by.is_guess for row in cls.of_mail(uid))

    @classmethod
    def letters_of_ntd(cls, ntd: Ntd, says: Iterable[str]) -> set[int]:
        """Number the letters of a notice of which mail servers or people say so."""
        rows = cls.rows(cls.ntd == ntd.id, cls.says.in_(list(says)))
        return {row.letter_id for row in rows if row.letter_id}

    @classmethod
    def by_ntd(cls, ntds: Iterable[Ntd]) -> dict[int, list["ProviderAnswer"]]:
        """List the answers to some notices, the newest first."""
        found: dict[int, list[ProviderAnswer]] = {}
        wanted = cls.ntd.in_([ntd.id for ntd in ntds])
        for answer in cls.select().where(wanted).order_by(cls.id.desc()):
            found.setdefault(answer.ntd_id, []).append(answer)
        return found
