"""A believable set of neutral items, in every state, each brought there by real work.

The practice clock starts some weeks back and is moved on between the steps, so the
history of each item reads as it would at a real hotline.
"""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from reportbox import lifecycle
from reportbox.assessment.actions import as_seen, judge
from reportbox.assessment.verdict import Choice, VerdictForm
from reportbox.iccam.actions import refer, withdraw
from reportbox.intake.actions import accept
from reportbox.intake.form import Submission
from reportbox.jobs import run_once
from reportbox.lea.actions import close, confirm, hold
from reportbox.lifecycle import Actor
from reportbox.ntd.actions import claim_removal, confirm_removal, give_up
from reportbox.ntd.replies import hear
from reportbox.ports import Mail, World
from reportbox.practice.clock import MovableClock
from reportbox.practice.internet import LEA_ADDRESS, PracticeInternet
from reportbox.records import atomic
from reportbox.records.items import Item
from reportbox.records.journey import Deed, box, letters_of
from reportbox.records.staff import Account
from reportbox.records.tracks import LeaNotice, Ntd, Referral
from reportbox.settings import Settings

START = timedelta(days=-21)
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
class Weeks:
    """Three weeks at a practice hotline."""

    settings: Settings
    world: World
    internet: PracticeInternet
    clock: MovableClock

    def play(self) -> None:
        self.clock.move(START - self.clock.ahead())
        self._misbehave()
        self.first_days()
        self.clock.move(timedelta(days=-6) - self.clock.ahead())
        for day in (
            self.monday,
            self.tuesday,
            self.wednesday,
            self.thursday,
            self.friday,
            self.today,
        ):
            day()
            self.clock.move(timedelta(days=1))
        self.clock.move(-self.clock.ahead())
        self.work()
        self.answers_of("page-asked.example")

    def first_days(self) -> None:
        """The LEA confirms some notices, one never, and one is no longer awaited."""
        for host in ("page-gone.example", "page-lost.example", "item-one.example"):
            self.judged(host, Choice.BASELINE)
        onion = self.judged(f"{'a' * 56}.onion", Choice.NATIONAL)
        abroad = self.judged("page-br.example", Choice.BASELINE)
        self.work()
        self.receipts()
        self.judged("page-silent.example", Choice.NATIONAL)  # its receipt never comes
        unsaid = self.judged("page-unsaid.example", Choice.NATIONAL)
        self.work()
        close(LeaNotice.of(unsaid)[0], self.anna("told us by telephone they have it"))
        withdraw(Referral.of(abroad)[0], self.anna("gone when we looked again"))
        self.next_day()
        for host in ("page-gone.example", "item-one.example", "page-silent.example"):
            self.gone(host)
        give_up(self.ntd_of("page-lost.example"), self.anna("the provider is no more"))
        self.gone("page-unsaid.example")
        assert Item.get_by_id(onion.id).state == lifecycle.Item.HANDED_OVER  # noqa: S101

    def monday(self) -> None:
        """One item is referred abroad."""
        abroad = self.judged("page-de.example", Choice.BASELINE)
        self.work()
        self.receipts()
        self.refer(abroad, "ICCAM-1001")

    def tuesday(self) -> None:
        """A provider claims removal, another was asked, a third name has vanished."""
        for host in ("page-claimed.example", "page-vanished.example"):
            self.judged(host, Choice.BASELINE)
        self.judged("page-za.example", Choice.NOT_ILLEGAL, "adult, out of our law")
        self.judged("item-nine.example", Choice.SPAM)
        self.work()
        self.receipts()
        del self.internet.atlas.hosts["page-vanished.example"]

    def wednesday(self) -> None:
        """Providers that cannot be reached, or whose answer never came."""
        claimed = self.ntd_of("page-claimed.example")
        self.next_hours()
        claim_removal(claimed, self.anna("answered “removed”"))
        self.judged("item-three.example", Choice.NATIONAL)
        self.judged("item-four.example", Choice.BASELINE)
        self.judged("page-us.example", Choice.BASELINE)
        self.work()
        self.receipts()

    def thursday(self) -> None:
        """One is uncertain, one could not be opened, one sits behind a proxy."""
        self.next_hours()
        self.judged("page-jp.example", Choice.UNCERTAIN, "age cannot be told")
        later = (self.clock.now() + timedelta(days=9)).date()
        self.judged("item-ten.example", Choice.NOT_ASSESSED, "no answer", later)
        self.judged("page-proxied.example", Choice.BASELINE)
        self.judged("page-asked.example", Choice.BASELINE)
        for host in ("page-form.example", "page-moved.example", "page-new.example"):
            self.judged(host, Choice.BASELINE)
        stopped = self.judged("page-stopped.example", Choice.BASELINE)
        self.work()
        self.clock.move(timedelta(minutes=31))
        self.work()  # the LEA does not wait for who settles where it is hosted
        self.stopped = stopped

    def friday(self) -> None:
        """The LEA asks for time; another item has no abuse contact."""
        self.busy.add("abuse@host-one.example")
        self.next_hours()
        hold(self.stopped, self.officer("asked while the letter waited"))
        self.busy.clear()
        held = self.judged("item-both.example", Choice.BASELINE)
        self.judged("item-five.example", Choice.NATIONAL)
        self.work()
        hold(held, self.officer("asked by telephone"))

    def today(self) -> None:
        """An NTD due tomorrow, an LEA mailbox that is full, and a full queue."""
        urgent = "the page says it happens tonight"
        self.judged("item-two.example", Choice.BASELINE, urgent=urgent)
        self.judged("item-unknown.invalid", Choice.NATIONAL)
        self.full.add(LEA_ADDRESS)
        self.judged("page-kept.example", Choice.NATIONAL)
        self.work()
        self.full.remove(LEA_ADDRESS)
        self.proposed("page-agreed.example")
        for host, found, comments, says_urgent in NEW:
            self.reported(host, found, comments, says_urgent=says_urgent)
        self.reported("item-one.example", "the same page again")
        self.work()

    def answers_of(self, host: str) -> None:
        """A provider's help desk gives a number; then somebody there writes."""
        ntd = self.ntd_of(host)
        first = letters_of(ntd)[0].message_id
        mail = Mail(
            uid="practice:1",
            sender=f"Abuse desk <{ntd.contact}>",
            subject="[Case 123-456] Your notice was received",
            sent_at=None,
            text="We have received your notice.",
            answers=(first,),
            is_automatic=True,
        )
        words = "Hello,\n\nit has been removed.\n\n> removed, not ours\n"
        reply = replace(mail, uid="practice:2", text=words, is_automatic=False)
        with atomic():
            for one in (mail, replace(reply, subject="Re: your notice")):
                hear(one, box(self.clock.now()))

    # --- what people do ---

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
        key = f"practice {self.clock.now().isoformat()}"
        accept(Submission.parse(form), key, key, self.clock.now())
        self.clock.move(timedelta(minutes=7))
        return self.item_of(host)

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
        return self.item_of(host)

    def proposed(self, host: str) -> None:
        """Judge as where four eyes must see it: a second analyst has yet to agree."""
        four_eyes = replace(self.settings, four_eyes="illegal")
        item, form = self.reported(host), VerdictForm(Choice.BASELINE)
        judge(item, form, self.anna(form.why), four_eyes, seen=as_seen(item))

    def receipts(self) -> None:
        for notice in LeaNotice.rows(LeaNotice.state == lifecycle.Lea.TO_CONFIRM):
            confirm(notice, "by mail", self.officer("by mail"))

    def refer(self, item: Item, number: str) -> None:
        for referral in Referral.of(item):
            refer(referral, number, self.anna("by hand"))
        self.work()

    def gone(self, host: str) -> None:
        confirm_removal(self.item_of(host), self.anna("looked: gone"))

    # --- what the box does ---

    def work(self) -> None:
        run_once(self.settings, self.world)

    def next_hours(self) -> None:
        self.clock.move(timedelta(hours=2))
        self.work()

    def next_day(self) -> None:
        self.clock.move(timedelta(hours=25))
        self.work()

    # --- who and what ---

    def item_of(self, host: str) -> Item:
        item: Item = Item.get(Item.host == host)
        return item

    def ntd_of(self, host: str) -> Ntd:
        return Ntd.of(self.item_of(host))[0]

    def anna(self, why: str) -> Deed:
        anna = Account.find("anna")
        number = anna.id if anna else None
        return Deed("Anna", Actor.ANALYST, self.clock.now(), why, number)

    def officer(self, why: str) -> Deed:
        name = "Practice Police (recorded by Anna)"
        return Deed(name, Actor.OFFICER, self.clock.now(), why)

    def _misbehave(self) -> None:
        """One provider refuses our mail, and one letter is left in doubt."""
        self.full = {"abuse@host-three.example"}
        self.busy: set[str] = set()
        seen: set[str] = set()

        def manners(point: str, recipient: str) -> str | None:
            if recipient in self.full and point == "rcpt":
                return "550 mailbox unavailable"
            if recipient in self.busy and point == "rcpt":
                return "451 busy, come back later"
            if recipient == "abuse@host-four.example" and point == "kept":
                first = recipient not in seen
                seen.add(recipient)
                return "drop" if first else None
            return None

        self.internet.post_office.manners = manners
