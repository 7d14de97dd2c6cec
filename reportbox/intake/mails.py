"""The mailbox: mails become drafts, and an analyst decides what they are."""

import logging
import re
from collections.abc import Callable
from datetime import datetime

from reportbox.errors import InvalidInput, PeerFailed, Refused
from reportbox.intake.form import MOST_ADDRESSES, clean
from reportbox.lea import replies as agencies
from reportbox.lea.sealed import opened
from reportbox.ntd import replies as providers
from reportbox.plain import one_line
from reportbox.ports import Mail, SealedMails, World
from reportbox.post.trial import is_ours
from reportbox.records import atomic
from reportbox.records.choices import Choice
from reportbox.records.drafts import Draft
from reportbox.records.journey import Deed, box, put_on_record
from reportbox.records.provider_answers import ProviderAnswer
from reportbox.settings import Settings
from reportbox.tracing.address import defang, read_address

log = logging.getLogger(__name__)

MAILBOX = "mailbox"  # under this name stands how the last visit went
LONGEST = 20_000  # characters kept of one mail
CANNOT_BE_KEPT = "This mail cannot be kept here. Look at it in the mailbox."
# What a hostile mail may make our own code raise.
UNFORESEEN = (ValueError, LookupError, TypeError, AttributeError, RuntimeError)
CUT = "(The mail goes on: the rest is in the mailbox.)"
LIKE_AN_ADDRESS = re.compile(r"(?i)(?:(?:https?|hxxps?|ftp|fxp)\[?:|www\.)\S{3,8000}")
# Who hears a mail, one after another, until somebody knows what it is about.
HEARERS = (agencies.hear, providers.hear)
BEHIND = ".,;:!?)>]}\"'”“»"  # what follows an address in a sentence


def fetch_mails(_: Settings, world: World) -> int:
    """Keep what is new as drafts; a mail is filed away once it is on disk here."""
    if world.mailbox is None:
        return 0
    now, new, said = world.clock.now(), list[bool](), ""
    keys = world.keyring
    try:
        world.mailbox.read(lambda mail: new.append(_keep_somehow(mail, keys, now)))
    except PeerFailed as trouble:
        said = str(trouble)
        log.warning("%s", one_line(said))
    _note_visit(now, said)
    return sum(new)


def addresses_in(text: str) -> list[str]:
    """Find what looks like an address, in order and each once."""
    found: dict[str, str] = {}
    for word in LIKE_AN_ADDRESS.finditer(text):
        if len(found) == MOST_ADDRESSES:
            break
        try:
            address = read_address(word[0].rstrip(BEHIND))
        except InvalidInput:
            continue
        found.setdefault(address.key, address.as_reported)
    return list(found.values())


def restore(typed: str, text: str) -> str:
    """Write addresses that were shown inert the way they stood in the mail."""
    live = {defang(address): address for address in addresses_in(text)}
    return "\n".join(live.get(line.strip(), line) for line in typed.split("\n"))


def end(draft: Draft, what: str, deed: Deed) -> None:
    """It became a report, or it was none; its words are not needed any more."""
    if draft.ended_at is not None:
        raise Refused("Somebody else dealt with this mail meanwhile.")
    changes = {"ended_at": deed.at, "ended_by": deed.who}
    with atomic():
        gone = {"sender": "", "subject": "", "text": ""}
        Draft.update(**changes, **gone).where(Draft.id == draft.id).execute()
        put_on_record(deed, what, f"draft {draft.id}")


def _keep_somehow(mail: Mail, keys: SealedMails, now: datetime) -> bool:
    """Keep a mail, or at least that there is one: the others must not wait for it."""
    try:
        return _keep(opened(mail, keys), now)
    except UNFORESEEN:
        log.exception("a mail could not be kept")
        return _keep(Mail(mail.uid, "", "", None, CANNOT_BE_KEPT), now)


def _keep(mail: Mail, now: datetime) -> bool:
    if is_ours(mail):  # a test letter to oneself
        return False
    text = clean(mail.text[: LONGEST * 2])
    if len(text) > LONGEST:
        text = f"{text[:LONGEST]}\n{CUT}"
    with atomic():
        if Draft.find_id(Draft.uid, mail.uid) is not None:
            return False
        draft = Draft.create(
            uid=mail.uid,
            received_at=min(mail.sent_at or now, now),
            sender=one_line(mail.sender)[:300],
            subject=one_line(mail.subject)[:300],
            text=text,
            found=len(addresses_in(text)),
        )
        put_on_record(box(now), "keep_mail", f"draft {draft.id}")
        if about := "; ".join(filter(None, (_hear(mail, now), mail.seal))):
            Draft.update(about=about).where(Draft.id == draft.id).execute()
        if ProviderAnswer.is_filed(mail.uid):  # its words stand with its notice
            end(draft, "file_answer", box(now))
    return True


def _hear(mail: Mail, now: datetime) -> str:
    """Let each hear it in turn; what cannot be recorded is for a person."""
    heard = (_heard_by(hear, mail, now) for hear in HEARERS)
    return next((about for about in heard if about), "")


def _heard_by(hear: Callable[[Mail, Deed], str], mail: Mail, now: datetime) -> str:
    try:
        with atomic():
            return hear(mail, box(now))
    except Refused as refusal:
        return f"an answer that could not be recorded: {refusal}"
    except UNFORESEEN:
        log.exception("a mail could not be heard")  # it must not keep others unheard
        return "perhaps an answer: it could not be read by itself"


def _note_visit(now: datetime, trouble: str) -> None:
    with atomic():
        Choice.write(MAILBOX, {"at": now.isoformat(), "trouble": trouble})
