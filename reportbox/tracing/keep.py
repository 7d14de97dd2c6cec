"""Keep what a trace found: who looked, when, from where, and what changed since."""

from dataclasses import replace
from datetime import datetime

from reportbox.records.items import Finding, Item
from reportbox.records.journey import THE_BOX, Deed
from reportbox.tracing.domain import registrable
from reportbox.tracing.finding import Agreement, Conclusion, Hosting, differences
from reportbox.tracing.look import Sight


def keep(
    item: Item, sight: Sight, conclusion: Conclusion, now: datetime, who: str = THE_BOX
) -> Finding:
    """Write the finding, in the transaction of the caller.

    What a person said of the same evidence before stays said.
    """
    before = latest(item)
    said, by_hand = _carried(item, conclusion, sight, before)
    told = [] if before is None else differences(before, said)
    may_ask = bool(registrable(item.host)) and said.hosting is not Hosting.UNTRACEABLE
    made: Finding = Finding.create(
        item=item,
        traced_at=now,
        traced_by=who,
        **{**sight.columns(), **_columns(said)},
        by_hand=by_hand,
        changes="; ".join(told),
        registrar=before.registrar if before else {},
        registrar_at=None if (before and before.registrar) or not may_ask else now,
    )
    return made


def say_otherwise(
    item: Item, said: Conclusion, locations: list[dict[str, object]], deed: Deed
) -> Finding:
    """Write what a person knows better, beside the evidence of the latest trace."""
    before = latest(item)
    evidence = {"locations": locations}
    if before is not None:
        evidence |= {
            name: getattr(before, name)
            for name in ("aliases", "seen_from", "missing", "basis", "registrar")
        }
    made: Finding = Finding.create(
        item=item,
        traced_at=deed.at,
        traced_by=deed.who,
        **{**_columns(said), **evidence},
        by_hand=f"{deed.who}: {deed.why}",
        changes="; ".join(differences(before, said)) if before else "",
    )
    return made


def latest(item: Item) -> Finding | None:
    """Return the newest finding, settled or not."""
    return Finding.newest_of(item.id)


def _carried(
    item: Item, found: Conclusion, sight: Sight, before: Finding | None
) -> tuple[Conclusion, str]:
    """Weigh what a person said before against what the sources say now.

    It stands while the evidence is the same, or nobody answers. Where the host has
    moved to other networks, it has nothing to say any more. Anything between goes to
    a person again, with both values.
    """
    if before is None or not before.by_hand or before.traced_at < item.appeared_at:
        return found, ""
    said = _said(before)
    if not found.basis or before.basis == found.basis:
        return replace(said, basis=found.basis or before.basis), before.by_hand
    if (said.hosting, said.country) == (found.hosting, found.country):
        return found, ""
    known = {x for place in before.locations for x in _marks(place)}
    seen = {x for record in sight.records for x in (record.network, record.address)}
    if known and not known & seen:
        return found, ""  # it is somewhere else now
    people = f"{_words(said)} by hand ({before.by_hand})"
    why = f"{people}; the sources say {_words(found)}: {found.why}"
    return replace(
        found, hosting=Hosting.DISPUTED, at_home=(), abroad=(), country="", why=why
    ), ""


def _marks(place: dict[str, str]) -> tuple[str, str]:
    return place["network"], place["address"]


def _said(before: Finding) -> Conclusion:
    return Conclusion(
        hosting=Hosting(before.hosting),
        country=before.country,
        provider=before.provider,
        contact=before.contact,
        abroad=tuple(before.abroad),
        at_home=tuple((provider, contact) for provider, contact in before.at_home),
        why=before.why,
        agreement=Agreement.BY_HAND,
        proxy=before.proxy,
    )


def _words(said: Conclusion) -> str:
    return " ".join(filter(None, [said.hosting, said.country]))


def _columns(said: Conclusion) -> dict[str, object]:
    return {name: getattr(said, name) for name in Conclusion.__dataclass_fields__}
