"""Quality: some verdicts are given twice, and the second analyst does not know."""

import secrets

from reportbox.assessment.verdict import Choice, choice_of
from reportbox.errors import InvalidInput, Refused
from reportbox.lifecycle import Actor
from reportbox.records import atomic
from reportbox.records.items import Item, Verdict
from reportbox.records.journey import Deed, note
from reportbox.records.second_looks import SecondLook
from reportbox.settings import Settings

CHOICES = (Choice.BASELINE, Choice.NATIONAL, Choice.UNCERTAIN, Choice.NOT_ILLEGAL)


def draw(item: Item, verdict: Verdict, deed: Deed, settings: Settings) -> None:
    """Draw the agreed share of verdicts, by lot."""
    choice = choice_of(verdict.move, verdict.classification)
    by_us = deed.actor is Actor.ANALYST and settings.mode == "assess"
    if choice not in CHOICES or deed.account is None or not by_us:
        return
    if secrets.randbelow(100) < settings.second_look_percent:
        SecondLook.create(
            item=item,
            verdict=verdict,
            first_by=deed.account,
            first_choice=choice,
            drawn_at=deed.at,
        )


def look_again(look: SecondLook, given: str, deed: Deed) -> bool:
    """Record the second verdict, which changes nothing; say whether both agree."""
    if given not in CHOICES:
        raise InvalidInput(choice="Please choose a verdict.")
    with atomic():
        look = SecondLook.get_by_id(look.id)
        if look.answered_at is not None:
            raise Refused("Somebody has looked at this one a second time already.")
        if look.first_by == deed.account:
            raise Refused("You gave the first verdict; somebody else looks again.")
        answered = {"answered_at": deed.at, "choice": given}
        SecondLook.update(**answered).where(SecondLook.id == look.id).execute()
        note(look.item, "look_again", deed)
    return bool(given == look.first_choice)
