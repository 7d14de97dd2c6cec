"""The public form: what a visitor may send, read strictly and answered kindly."""

import re
from collections.abc import Container, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, timedelta

from reportbox.errors import InvalidInput
from reportbox.intake.topics import Topic
from reportbox.plain import Sentence, is_mail_address, visible
from reportbox.tracing.address import Address, read_address, split_addresses

MOST_ADDRESSES = 50
CODE = re.compile(r"[a-z0-9_]{1,40}")
# Characters; in any script they fit the 64 KB a form may have on the wire.
LONGEST = {"referrer": 2_000, "steps": 2_000, "login": 200, "comments": 4_000}
SITE_TYPES = {
    "website": "A web site",
    "forum": "A forum or image board",
    "social_media": "Social media",
    "messenger": "A messenger or chat",
    "image_host": "An image host",
    "file_host": "A file host or cloud storage",
    "video": "A video platform",
    "email": "An e-mail",
    "p2p": "A file-sharing network",
    "newsgroup": "A newsgroup",
    "game": "A game",
    "onion": "The Tor network",
    "other": "Somewhere else",
}


@dataclass(frozen=True)
class Submission:
    """What one form says. The texts are clean; nothing invisible is left in them."""

    addresses: tuple[Address, ...]
    topic: str = ""
    where_found: str = ""  # one of SITE_TYPES
    referrer: str = ""
    steps: str = ""
    login: str = ""
    seen_on: date | None = None
    comments: str = ""
    says_urgent: bool = False
    email: str = ""
    wants_reply: bool = False
    police_may_ask: bool = False

    @classmethod
    def parse(cls, form: Mapping[str, str], today: date | None = None) -> "Submission":
        """Read the form, or raise InvalidInput with a sentence for each wrong field."""
        reading = _Reading(form)
        return reading.done(
            cls(
                addresses=reading.addresses(),
                topic=reading.code("topic"),
                where_found=reading.code("where_found", SITE_TYPES),
                **{name: reading.text(name, most) for name, most in LONGEST.items()},
                seen_on=reading.day("seen_on", today),
                says_urgent=form.get("urgent") == "yes",
                wants_reply=form.get("wants_reply") == "yes",
                police_may_ask=form.get("police_may_ask") == "yes",
                email=reading.email(),
            )
        )

    @property
    def said(self) -> str:
        """Everything that was said, as one text: the same for a retry only."""
        spelt = [str(getattr(self, f.name)) for f in fields(self)[1:]]
        return "\x00".join([*(a.typed for a in self.addresses), *spelt])


def refuse_topic(code: str, known: tuple[Topic, ...]) -> Topic | None:
    """Return the topic if it is not the hotline's; a word nobody knows is passed by."""
    topic = next((topic for topic in known if topic.code == code), None)
    return topic if topic and not topic.is_ours else None


class _Reading:
    """Reads field by field and remembers what is wrong with each."""

    def __init__(self, form: Mapping[str, str]) -> None:
        self.form = form
        self.problems: dict[str, str] = {}

    def done(self, sent: Submission) -> Submission:
        if self.problems:
            raise InvalidInput(**self.problems)
        return sent

    def code(self, name: str, known: Container[str] = ()) -> str:
        """Read a word of a list; other words are no code, so they become a comment.

        Lists and partners write freely there, and nothing of it is lost.
        """
        word = clean(self.form.get(name, ""))
        if CODE.fullmatch(word) and (not known or word in known):
            return word
        if word:
            comments = self.form.get("comments", "")
            self.form = {**self.form, "comments": f"{word[:500]}\n{comments}".strip()}
        return ""

    def text(self, name: str, most: int) -> str:
        text = clean(self.form.get(name, ""))
        if len(text) > most:
            self.problems[name] = Sentence(
                "Please use at most %(most)s characters.", most=most
            )
        return text

    def addresses(self) -> tuple[Address, ...]:
        """Read one address or a pasted list; the same address twice is one."""
        pasted = self.form.get("address", "").replace("\r", "\n")
        typed = [one for one in split_addresses(pasted) if clean(one)]
        if len(typed) > MOST_ADDRESSES:
            self.problems["address"] = Sentence(
                "Please send at most %(most)s addresses at once; you can send the "
                "next ones right after this.",
                most=MOST_ADDRESSES,
            )
            return ()
        found: dict[str, Address] = {}  # by key; another spelling is kept with it
        for number, text in enumerate(typed or [""], start=1):
            try:
                address = read_address(text)
            except InvalidInput as wrong:
                self._wrong_address(number, len(typed), wrong.problems["address"])
            else:
                found[address.key] = _with(found.get(address.key), address)
        return tuple(found.values())

    def _wrong_address(self, number: int, of: int, problem: str) -> None:
        if "address" in self.problems:
            return
        self.problems["address"] = problem
        if of > 1:
            self.problems["address"] = Sentence(
                "Line %(number)s does not look like an address. Please correct it or "
                "take it out; write one address per line.",
                number=number,
            )

    def day(self, name: str, today: date | None) -> date | None:
        typed = clean(self.form.get(name, ""))
        try:
            day = date.fromisoformat(typed) if typed else None
        except ValueError:
            day = None
        # A day more than ours: it may be tomorrow already where the visitor is.
        latest = today + timedelta(days=1) if today else date.max
        if typed and (day is None or day > latest):
            self.problems[name] = Sentence(
                "Please give a day that is not in the future, written like 2026-11-21."
            )
            return None
        return day

    def email(self) -> str:
        """Keep an e-mail address only if the visitor said what it is for."""
        typed = clean(self.form.get("email", ""))
        ticked = {self.form.get(n) for n in ("wants_reply", "police_may_ask")}
        if typed and not is_mail_address(typed):
            self.problems["email"] = Sentence(
                "This does not look like an e-mail address. Correct it, or leave it "
                "empty: your report counts just the same."
            )
        elif typed and "yes" not in ticked:
            self.problems["email"] = Sentence(
                "Please tick below what we may use your e-mail address for, or take "
                "it out."
            )
        elif not typed and "yes" in ticked:
            self.problems["email"] = Sentence(
                "Please enter your e-mail address, or take the ticks below it away. "
                "Without an address you can still ask back with the code you get."
            )
        return typed


def _with(known: Address | None, again: Address) -> Address:
    """Add another spelling of the same address; what it adds may matter."""
    if known is None:
        return again
    spelt = dict.fromkeys([*known.typed.split("\n"), again.typed])
    return replace(known, typed="\n".join(spelt))


def clean(text: str) -> str:
    """Drop what no person types and nobody could see."""
    return visible(text, keep="\n").strip()
