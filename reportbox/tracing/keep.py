"""Keep what a trace found: who looked, when, from where, and what changed since."""

from datetime import datetime

from reportbox.records.items import Finding, Item
from reportbox.records.journey import Deed
from reportbox.tracing.domain import registrable
from reportbox.tracing.finding import Agreement, Conclusion, Hosting, differences
from reportbox.tracing.look import Sight

THE_BOX = "Report Box"


def keep(
    item: Item, sight: Sight, conclusion: Conclusion, now: datetime, who: str = THE_BOX
) -> Finding:
    """Write the finding, in the transaction of the caller.

    What a person said of the same evidence before stays said.
    """
    before = _latest(item)
    said, by_hand = _carried(conclusion, before)
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
    before = _latest(item)
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
        by_hand=deed.why,
        changes="; ".join(differences(before, said)) if before else "",
    )
    return made


def _latest(item: Item) -> Finding | None:
    rows = Finding.select().where(Finding.item == item.id)
    return rows.order_by(Finding.id.desc()).first()  # type: ignore[no-any-return]


def _carried(found: Conclusion, before: Finding | None) -> tuple[Conclusion, str]:
    """Let a person's word stand while the evidence it was said of is the same."""
    if before is None or not before.by_hand or not found.basis:
        return found, ""
    if before.basis != found.basis:
        return found, ""
    return (
        Conclusion(
            hosting=Hosting(before.hosting),
            country=before.country,
            provider=before.provider,
            contact=before.contact,
            abroad=tuple(before.abroad),
            at_home=tuple((provider, contact) for provider, contact in before.at_home),
            why=before.why,
            agreement=Agreement.BY_HAND,
            proxy=before.proxy,
            basis=found.basis,
        ),
        before.by_hand,
    )


def _columns(said: Conclusion) -> dict[str, object]:
    return {name: getattr(said, name) for name in Conclusion.__dataclass_fields__}
