"""The provider is asked at the agreed hour, once, until it is gone."""

from datetime import datetime, timedelta

from reportbox import lifecycle
from reportbox.errors import InvalidInput, Refused
from reportbox.lifecycle import Move
from reportbox.ntd.checks import plan_next
from reportbox.ntd.rounds import Addressees, correct_all, is_any_in_doubt
from reportbox.plain import is_mail_address
from reportbox.records import atomic
from reportbox.records.items import Item
from reportbox.records.journey import Deed, letters_of, move, note, see_removed
from reportbox.records.moved import SEEN, moved_among
from reportbox.records.tracks import ASKED_ANEW, Ntd
from reportbox.settings import Settings
from reportbox.tracing.book import approve_within

FRESH_FOR = timedelta(hours=1)  # an older trace may send the question to nobody


def why_not_now(ntd: Ntd, now: datetime, settings: Settings) -> str:
    """Say why a provider may not be asked by hand at this moment, or nothing."""
    is_fresh = now - FRESH_FOR <= ntd.finding.traced_at <= now
    reasons = (
        (
            ntd.state != lifecycle.Ntd.TO_FALL_DUE,
            "This has been asked, or it has ended.",
        ),
        (
            ntd.item.is_held,
            "The item is on hold: nothing may leave that outsiders notice.",
        ),
        (ntd.due_at is None, "The LEA has not been told yet."),
        (
            ntd.due_at is not None and ntd.due_at > now,
            "The agreed time is not over yet: please ask later.",
        ),
        (settings.ntd_paused, "NTD sending is paused in the settings."),
        (
            ntd.item.state != lifecycle.Item.TO_FINISH,
            "The item is being traced or judged again: please wait for that.",
        ),
        (
            not is_fresh,
            "The last trace is older than an hour: press “Trace again” first.",
        ),
    )
    return next((sentence for is_so, sentence in reasons if is_so), "")


def ask_by_hand(ntd: Ntd, deed: Deed, settings: Settings) -> None:
    """Record that a person asked in the provider's form; the delay holds here too."""
    if not deed.why:
        raise InvalidInput(why="Please say where you asked, and under which number.")
    with atomic():
        ntd = Ntd.get_by_id(ntd.id)
        if reason := why_not_now(ntd, deed.at, settings):
            raise Refused(reason)
        move(ntd, Move.ASK_BY_HAND, deed, **{**ASKED_ANEW, "asked_at": deed.at})


def see_move(ntd: Ntd, deed: Deed) -> None:
    """A person knows that its host moved, and lets it go on; it never waited."""
    with atomic():
        if moved_among([ntd.id]):
            note(Ntd.get_by_id(ntd.id), SEEN, deed)


def claim_removal(ntd: Ntd, deed: Deed) -> None:
    """The provider says it is gone: a claim, so a person looks."""
    with atomic():
        move(ntd, Move.CLAIM_REMOVAL, deed, check_at=deed.at)


def still_there(ntd: Ntd, deed: Deed, settings: Settings) -> None:
    """A person looked, and it is still there."""
    with atomic():
        move(ntd, Move.STILL_THERE, deed)
        plan_next(Ntd.get_by_id(ntd.id), deed.at, settings)


def call(ntd: Ntd, deed: Deed) -> None:
    """Record that somebody telephoned the provider."""
    if not deed.why:
        raise InvalidInput(why="Please say whom you spoke to, and what they said.")
    with atomic():
        Ntd.change(ntd.id, called_at=deed.at)
        note(ntd, "call_provider", deed)


def remind_by_hand(ntd: Ntd, deed: Deed, settings: Settings) -> None:
    """Record that a person reminded in the provider's form, where no letter can."""
    if not deed.why:
        raise InvalidInput(why="Please say where you reminded them, and of what.")
    with atomic():
        ntd = Ntd.get_by_id(ntd.id)
        if not ntd.trouble:
            raise Refused("The box reminds them by itself.")
        if settings.ntd_paused:
            raise Refused("NTD sending is paused in the settings.")
        if ntd.reminders >= settings.ntd_reminders:
            raise Refused("They were reminded as often as you settled: telephone them.")
        again = {"reminders": ntd.reminders + 1, "reminded_at": deed.at, "trouble": ""}
        move(ntd, Move.REMIND, deed, **again)


def tell_correction(ntd: Ntd, deed: Deed, settings: Settings) -> None:
    """Record that a person told whom no letter can tell of the changed verdict.

    Whoever else was asked gets a letter, as without this; nobody is left out.
    """
    if not deed.why:
        raise InvalidInput(why="Please say whom you told, and how.")
    with atomic():
        ntd = Ntd.get_by_id(ntd.id)
        if ntd not in Ntd.to_correct():
            raise Refused("Nobody is to be told of a changed verdict here.")
        if is_any_in_doubt(ntd):
            raise Refused(
                "A letter about it is in doubt. Find out whether it arrived, on the "
                "page “Letters”, first: whoever got it has to be told as well."
            )
        correct_all(ntd, Addressees.of_now(), settings, deed.at)
        Ntd.change(ntd.id, corrected_at=deed.at, trouble="")
        note(ntd, "tell_correction", deed)


def give_up(ntd: Ntd, deed: Deed) -> None:
    """End the NTD without removal, with a reason."""
    if not deed.why:
        raise InvalidInput(why="Please say why nothing more can be done.")
    with atomic():
        move(ntd, Move.GIVE_UP, deed)


def resend(ntd: Ntd, contact: str, deed: Deed) -> None:
    """Ask again, at another contact, after the first could not be reached."""
    contact = _mail_address(contact)
    with atomic():
        if bool(letters_of(ntd, lifecycle.Letter.IN_DOUBT)):
            raise Refused(
                "The first letter is in doubt. Find out whether it arrived, on the "
                "page “Letters”, before you write again."
            )
        move(ntd, Move.RESEND, deed, contact=contact, **ASKED_ANEW)
        approve_within(contact, deed)


def name_contact(ntd: Ntd, contact: str, deed: Deed) -> None:
    """Enter or replace the contact of an NTD that has not left yet."""
    contact = _mail_address(contact)
    with atomic():
        if Ntd.get_by_id(ntd.id).state != lifecycle.Ntd.TO_FALL_DUE:
            raise Refused("The notice has been written already.")
        Ntd.update(contact=contact, trouble="").where(Ntd.id == ntd.id).execute()
        approve_within(contact, deed)
        note(ntd, "name_contact", deed)


def confirm_removal(item: Item, deed: Deed) -> None:
    """A person has seen that it is gone: notices and checks end."""
    if not deed.why:
        raise InvalidInput(why="Please say who saw it, and when.")
    with atomic():
        see_removed(item, deed)


def _mail_address(text: str) -> str:
    text = text.strip()
    if not is_mail_address(text):
        raise InvalidInput(
            contact="Please enter a mail address, such as abuse@host.example."
        )
    return text
