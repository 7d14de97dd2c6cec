"""Gather what the records hold on one item into an Annex I case."""

from typing import Any, NamedTuple

from reportbox import lifecycle
from reportbox.agreements.reading import read_terms
from reportbox.iccam.directory import NOBODY
from reportbox.lea.annex_one import Case
from reportbox.lea.facts import Facts
from reportbox.lifecycle import Move
from reportbox.post.wording import SEALED_AT, say_when
from reportbox.records.items import Event, Finding, Item, Verdict
from reportbox.records.journey import THE_BOX, letters_of
from reportbox.records.reports import FROM_ICCAM, Report
from reportbox.records.tracks import LeaNotice, Ntd, Referral
from reportbox.settings import Settings

VERDICTS = {
    Move.JUDGE_ILLEGAL: "illegal",
    Move.JUDGE_UNCERTAIN: "UNCERTAIN: a clear verdict follows",
    Move.JUDGE_NOT_ILLEGAL: "not illegal",
    Move.FORWARD: "NOT ASSESSED by the hotline: please assess and tell us",
    Move.SET_ASIDE: "set aside by the hotline: not pursued",
}
NOT_YET_KNOWN = "not yet known"
DIFFERS = "it differs; a clear verdict follows"
UNCERTAIN = VERDICTS[Move.JUDGE_UNCERTAIN]
# Nothing was said to anybody, or it was taken back before.
UNSAID = frozenset({lifecycle.Lea.TO_NOTIFY, lifecycle.Lea.WITHDRAWN})


class Known(NamedTuple):
    """An item and what goes with it, read once for all that is said of it."""

    item: Item
    verdict: Verdict | None
    ntds: list[Ntd]
    referrals: list[Referral]

    @property
    def opinion(self) -> str:
        """Say how far the second opinion is; empty where none is awaited."""
        said, latest = self.verdict, self.item.verdict
        if said is None or not said.is_proposal:
            return ""
        is_one = (said.move, said.classification) == (
            latest.move,
            latest.classification,
        )
        return NOT_YET_KNOWN if is_one else DIFFERS

    @property
    def says(self) -> str:
        """Name the verdict; one that two see differently is uncertain for now."""
        return UNCERTAIN if self.opinion == DIFFERS else _verdict(self.verdict)


def known_of(item: Item, *, telling: bool = False) -> Known:
    """Read it; ``telling`` is for the first notice, which waits for no opinion."""
    verdict = said_verdict(item, telling=telling)
    return Known(item, verdict, Ntd.of(item), Referral.of(item))


def case_of(item: Item, settings: Settings) -> Case:
    return case_from(known_of(item), settings)


def facts_of(item: Item) -> Facts:
    return facts_from(known_of(item))


def case_from(known: Known, settings: Settings) -> Case:
    """Fill the template; what is not known stays empty and is named as such."""
    item, verdict = known.item, known.verdict
    finding, reports = item.finding, Report.naming(item.id)
    return Case(
        number=item.number,
        hotline=settings.hotline_name,
        hotline_description=settings.hotline_description,
        hotline_email=settings.hotline_email,
        hotline_phone=settings.hotline_phone,
        hotline_address=settings.hotline_address,
        received_at=say_when(item.appeared_at, settings.zone),
        iccam_received=_from_iccam(reports, settings),
        reporter=_reporter(reports),
        forwarded_at=SEALED_AT,
        urgent=item.urgent_reason,
        verdict=_with_opinion(known),
        address=item.address_as_reported,
        answers=verdict.answers if verdict else {},
        iccam=_iccam(known.referrals),
        ntd=_ntd_plan(known, settings),
        removal=_removal(item, settings),
        **(_hosting(finding, settings) if finding else _not_yet(item)),
    )


def _reporter(reports: list[Report]) -> str:
    """Name who may be asked; without their own word nobody ever is (B4)."""
    willing = [r.email for r in reports if r.police_may_ask and r.email]
    return ", ".join(dict.fromkeys(willing))


def _from_iccam(reports: list[Report], settings: Settings) -> str:
    return "; ".join(
        f"{say_when(r.received_at, settings.zone)}, {r.reference}, from {r.sent_by}"
        for r in reports
        if r.source == FROM_ICCAM
    )


def facts_from(known: Known) -> Facts:
    """Return what an agency should know now, comparable with what it was told."""
    item = known.item
    facts = {"verdict": known.says, "iccam": _iccam(known.referrals)}
    if known.opinion:
        facts["opinion"] = known.opinion
    if (finding := item.finding) is not None:
        facts["hosting"] = _plain(finding.hosting)
        facts["country"] = finding.country
        facts["provider"] = finding.provider
    if item.is_urgent:
        facts["urgent"] = item.urgent_reason
    if reaction := _reaction(known.ntds):
        facts["reaction"] = reaction
    if item.removed_at is not None:
        facts["removal"] = f"found removed on {item.removed_at:%d %b %Y, %H:%M} UTC"
    return facts


def _hosting(finding: Finding, settings: Settings) -> dict[str, Any]:
    places = finding.locations
    traced_at = say_when(finding.traced_at, settings.zone)
    proxies = sorted({p["proxy"] for p in places if p.get("proxy")})
    return {
        "hosting": _plain(finding.hosting),
        "country": finding.country,
        "provider": finding.provider,
        "ip_addresses": tuple(p["address"] for p in places),
        "details": f"{finding.why}; traced {traced_at}{_registrar(finding)}",
        "proxy": f"yes: {', '.join(proxies)}" if proxies else "no",
    }


def _not_yet(item: Item) -> dict[str, Any]:
    """Say what stands in the way of a finding, where that is worth knowing."""
    if item.state != lifecycle.Item.TO_SETTLE:
        return {"proxy": "unknown"}
    said = Finding.rows(Finding.item == item.id)[-1]
    return {"proxy": "unknown", "details": f"the sources disagree: {said.why}"}


def _registrar(finding: Finding) -> str:
    """Name the registrar where its registry told us (Annex I, hosting service)."""
    name = finding.registrar.get("registrar")
    return f"; the domain's registrar is {name}" if name else ""


def _plain(word: str) -> str:
    return word.replace("_", " ")


def said_verdict(item: Item, *, telling: bool = False) -> Verdict | None:
    """Return the last verdict that stands.

    What others have yet to agree to is said where it could wait no longer.
    """
    now: Verdict | None = item.verdict
    if now is not None and not now.is_proposal and not now.is_undone:
        return now
    mine = (Verdict.item == item.id) & (Verdict.is_undone == False)  # noqa: E712
    if telling or any(n.state not in UNSAID for n in LeaNotice.of(item)):
        since = Verdict.given_at >= item.appeared_at
        proposed = Verdict.rows(mine, since, Verdict.is_proposal == True)  # noqa: E712
        owing = [v for v in proposed if v.move in lifecycle.OWES_LEA_NOTICE]
        if owing:
            return owing[-1]
    earlier = Verdict.rows(mine, Verdict.is_proposal == False)  # noqa: E712
    return earlier[-1] if earlier else None


def _with_opinion(known: Known) -> str:
    opinion = known.opinion
    return f"{known.says}; second opinion: {opinion}" if opinion else known.says


def _verdict(verdict: Verdict | None) -> str:
    if verdict is None:
        return "being assessed again"
    plain = VERDICTS.get(verdict.move, "being assessed again")
    return f"{plain} ({verdict.classification})" if verdict.classification else plain


def _iccam(referrals: list[Referral]) -> str:
    sent = [
        f"{r.country}, {r.partner}, ICCAM number {r.iccam_number or 'not given'}"
        for r in referrals
        if r.state == lifecycle.Referral.REFERRED
    ]
    waiting = [
        f"{r.country}, {r.partner}: {_being_referred(r)}"
        for r in referrals
        if r.state == lifecycle.Referral.TO_REFER
    ]
    return "; ".join(sent + waiting) or "no"


def _being_referred(referral: Referral) -> str:
    if referral.partner == NOBODY:
        return "INHOPE is being asked"
    return "being inserted, the number follows"


def _ntd_plan(known: Known, settings: Settings) -> str:
    """Annex I, “when Notice and Takedown is sent out by the hotline”."""
    plans = [_plan(ntd, known.item, settings) for ntd in known.ntds]
    if plans:
        return "; ".join(plans)
    if read_terms().ntd_body != "hotline":
        return "not by the hotline, as agreed"
    return "none planned at this time"


def _removal(item: Item, settings: Settings) -> str:
    gone_at = item.removed_at
    return f"found removed {say_when(gone_at, settings.zone)}" if gone_at else ""


def _reaction(ntds: list[Ntd]) -> str:
    """Name every provider that was asked and reminded in vain, with the proof."""
    return "; ".join(
        f"{n.provider} ({n.contact}) was asked {n.asked_at:%d %b %Y, %H:%M} UTC and "
        f"reminded {_reminded(n)} times; {_above(n)}{_last_seen(n)}"
        for n in ntds
        if n.escalated_at is not None and n.asked_at is not None
    )


def _reminded(ntd: Ntd) -> int:
    """Count the reminders that left; those in a form of theirs a person made."""
    sent = letters_of(ntd, lifecycle.Letter.SENT)
    by_letter = sum(x.paper is lifecycle.Paper.NTD_REMINDER for x in sent)
    mine = (Event.kind == lifecycle.Kind.NTD) & (Event.track_id == ntd.id)
    reminded = mine & (Event.move == lifecycle.Move.REMIND)
    return by_letter + len(Event.rows(reminded, Event.who != THE_BOX))


def _above(ntd: Ntd) -> str:
    """Say who else was written to (ntd/ladder.py)."""
    steps = (
        ("copy to the network above", ntd.upstream_told_at),
        ("the platform or the registrar asked", ntd.last_asked_at),
    )
    return "".join(f"{what} {at:%d %b %Y, %H:%M} UTC; " for what, at in steps if at)


def _last_seen(ntd: Ntd) -> str:
    """Say what a person saw, and nothing else."""
    seen_at = ntd.last_seen_at
    return f"last seen online {seen_at:%d %b %Y, %H:%M} UTC" if seen_at else "not gone"


def _plan(ntd: Ntd, item: Item, settings: Settings) -> str:
    if asked_at := ntd.lea_asked_at or ntd.asked_at:
        what = "asked by the LEA" if ntd.lea_asked_at else "sent"
        return f"{ntd.provider}: {what} {say_when(asked_at, settings.zone)}"
    if ntd.state == lifecycle.Ntd.WITHDRAWN:
        return f"{ntd.provider}: withdrawn, not sent"
    if item.is_held:
        return f"{ntd.provider}: on hold"
    if ntd.due_at and ntd.trouble:
        return f"{ntd.provider}: due, and not sent yet"
    if ntd.due_at:
        return f"{ntd.provider}: planned for {say_when(ntd.due_at, settings.zone)}"
    hours = read_terms().ntd_delay_hours
    return f"{ntd.provider}: planned {hours} hours after this notice"
