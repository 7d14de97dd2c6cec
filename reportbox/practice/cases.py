"""A believable set of neutral items, in every state, each brought there by real work.

The practice clock starts some days back and is moved on between the steps, so the
history of each item reads as it would in a real week.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from reportbox.assessment.actions import as_seen, judge
from reportbox.assessment.verdict import Choice, VerdictForm
from reportbox.iccam.actions import refer
from reportbox.intake.actions import accept
from reportbox.intake.form import Submission
from reportbox.jobs import run_once
from reportbox.lea.actions import confirm, hold
from reportbox.lifecycle import Actor
from reportbox.lifecycle import Lea as LeaState
from reportbox.ntd.actions import claim_removal, confirm_removal
from reportbox.ports import World
from reportbox.practice.clock import MovableClock
from reportbox.practice.internet import PracticeInternet
from reportbox.records.items import Item
from reportbox.records.journey import Deed
from reportbox.records.tracks import LeaNotice, Ntd, Referral
from reportbox.settings import Settings

START = timedelta(days=-6)
LEA_ANSWERS = {
    "offender_identifiable": "not sure",
    "victim_identifiable": "no",
    "self_generated": "not sure",
    "content_type": "other",
    "summary": "Practice item; nothing is to be found there.",
}

# Host, where found, comments, urgent by the reporter. Reserved names only.
NEW = (
    ("item-six.example", "a search", "", False),
    ("item-seven.example", "", "The third link on the page.", True),
    ("page-nl.example", "a forum", "Item one and item two on the same page.", False),
    ("item-eight.example", "a message", "", False),
)


@dataclass
class Week:
    """Six days at a practice hotline with two analysts."""

    settings: Settings
    world: World
    internet: PracticeInternet
    clock: MovableClock

    def play(self) -> None:
        self.clock.move(START - self.clock.ahead())
        self._misbehave()
        for step in (
            self.monday,
            self.tuesday,
            self.wednesday,
            self.thursday,
            self.friday,
            self.today,
        ):
            step()
            self.clock.move(timedelta(days=1))
        self.clock.move(-self.clock.ahead())
        self.work()

    def monday(self) -> None:
        """One item goes the whole way, one is referred abroad."""
        self.removed = self.judged("item-one.example", Choice.BASELINE)
        self.abroad = self.judged("page-de.example", Choice.BASELINE)
        self.work()
        self.receipts()
        self.refer(self.abroad, "ICCAM-1001")

    def tuesday(self) -> None:
        """The provider was asked; a person sees that it is gone."""
        self.clock.move(timedelta(hours=2))
        self.work()
        ntd = Ntd.of(self.removed)[0]
        claim_removal(ntd, self.anna("answered “removed”"))
        confirm_removal(self.removed, self.anna("looked: gone"))
        self.judged("page-za.example", Choice.NOT_ILLEGAL, "adult, out of our law")
        self.judged("item-nine.example", Choice.SPAM)

    def wednesday(self) -> None:
        """Providers that cannot be reached, or whose answer never came."""
        self.judged("item-three.example", Choice.NATIONAL)
        self.judged("item-four.example", Choice.BASELINE)
        self.judged("page-us.example", Choice.BASELINE)
        self.work()
        self.receipts()

    def thursday(self) -> None:
        """One is uncertain, one could not be opened, one has no server to find."""
        self.clock.move(timedelta(hours=2))
        self.work()
        self.judged("page-jp.example", Choice.UNCERTAIN, "age cannot be told")
        later = (self.clock.now() + timedelta(days=9)).date()
        self.judged("item-ten.example", Choice.NOT_ASSESSED, "no answer", later)
        self.judged(f"{'a' * 56}.onion", Choice.NATIONAL)
        self.judged("page-proxied.example", Choice.BASELINE)
        self.work()

    def friday(self) -> None:
        """The LEA asks for time; another item has no abuse contact."""
        held = self.judged("item-both.example", Choice.BASELINE)
        self.judged("item-five.example", Choice.NATIONAL)
        self.work()
        hold(held, self.officer("asked by telephone"))

    def today(self) -> None:
        """An NTD due tomorrow, one name nobody knows yet, and a full queue."""
        urgent = "the page says it happens tonight"
        self.judged("item-two.example", Choice.BASELINE, urgent=urgent)
        self.judged("item-unknown.invalid", Choice.NATIONAL)
        for host, found, comments, says_urgent in NEW:
            self.reported(host, found, comments, says_urgent=says_urgent)
        self.reported("item-one.example", "the same page again")
        self.work()

    def reported(
        self,
        host: str,
        found: str = "",
        comments: str = "",
        *,
        says_urgent: bool = False,
    ) -> Item:
        form = {
            "address": f"https://{host}/item",
            "where_found": found,
            "comments": comments,
            "urgent": "yes" if says_urgent else "",
        }
        sent = Submission.parse(form)
        key = f"practice {self.clock.now().isoformat()}"
        accept(sent, key, key, self.clock.now())
        self.clock.move(timedelta(minutes=7))
        item: Item = Item.get(Item.address_key == sent.address.key)
        return item

    def judged(
        self,
        host: str,
        choice: Choice,
        reason: str = "",
        retry_on: Any = None,  # noqa: ANN401
        urgent: str = "",
    ) -> Item:
        item = self.reported(host)
        form = VerdictForm(
            choice,
            reason,
            retry_on,
            is_urgent=bool(urgent),
            urgent_reason=urgent,
            answers=LEA_ANSWERS if choice in {Choice.BASELINE, Choice.NATIONAL} else {},
        )
        seen = as_seen(item)
        judge(item, form, self.anna(form.why), self.settings, seen=seen)
        if urgent:
            self.work()
        fresh: Item = Item.get_by_id(item.id)
        return fresh

    def receipts(self) -> None:
        for notice in LeaNotice.rows(LeaNotice.state == LeaState.TO_CONFIRM):
            confirm(notice, "by mail", self.officer("by mail"))

    def refer(self, item: Item, number: str) -> None:
        for referral in Referral.of(item):
            refer(referral, number, self.anna("by hand"))
        self.work()

    def work(self) -> None:
        run_once(self.settings, self.world)

    def anna(self, why: str) -> Deed:
        return Deed("Anna", Actor.ANALYST, self.clock.now(), why)

    def officer(self, why: str) -> Deed:
        name = f"{self.settings.lea_name} (recorded by Anna)"
        return Deed(name, Actor.OFFICER, self.clock.now(), why)

    def _misbehave(self) -> None:
        """One provider refuses our mail, and one letter is left in doubt."""
        seen: set[str] = set()

        def manners(point: str, recipient: str) -> str | None:
            if recipient == "abuse@host-three.example" and point == "rcpt":
                return "550 no such mailbox"
            first = recipient == "abuse@host-four.example" and recipient not in seen
            if first and point == "kept":
                seen.add(recipient)
                return "drop"
            return None

        self.internet.post_office.manners = manners
