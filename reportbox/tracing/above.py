"""Who stands above a provider: its network, the platform, the registrar of the name.

Only the provider book says so, and only a mailbox that a person approved there is ever
written to. What a registry publishes of a network or a registrar names nobody here.
"""

from collections.abc import Iterable
from functools import cached_property
from typing import Any, NamedTuple

from reportbox.records.contacts import Contact
from reportbox.records.providers import Provider, ProviderName
from reportbox.records.tracks import Ntd
from reportbox.tracing.book import in_order
from reportbox.tracing.contacts import Match
from reportbox.tracing.domain import is_rented, registrable
from reportbox.tracing.keep import latest
from reportbox.tracing.provider import Kind, folded
from reportbox.tracing.proxies import Channel


class Above(NamedTuple):
    name: str
    mailbox: str
    is_registrar: bool = False


class Hierarchy:
    """The provider book as this is read from it, once for a whole round."""

    def upstream_of(self, ntd: Ntd) -> Above | None:
        """Name whose network carries the provider: as entered, else as announced."""
        provider = self._known(ntd.provider)
        entered = provider.upstream_id if provider else None
        return self._desk(entered or self._announcing(ntd, provider), ntd)

    def last_of(self, ntd: Ntd) -> Above | None:
        """Name who runs the platform, or else who sold the name.

        A name below which many have their sites is nobody's to switch off: there no
        registrar is named.
        """
        platform = self._platform(ntd.item.host)
        if platform is not None:
            provider = self._known(ntd.provider)
            is_asked = provider is not None and provider.id == platform
            return None if is_asked else self._desk(platform, ntd)
        if not registrable(ntd.item.host) or is_rented(ntd.item.host):
            return None
        finding = latest(ntd.item)
        seller = self._known(finding.registrar.get("registrar", "") if finding else "")
        if seller is None or seller.kind != Kind.REGISTRAR:
            return None
        found = self._desk(seller.id, ntd)
        return found._replace(is_registrar=True) if found else None

    def _known(self, name: str) -> Provider | None:
        number = self._numbers.get(folded(name))
        return None if number is None else self._providers.get(number)

    def _announcing(self, ntd: Ntd, provider: Provider | None) -> int | None:
        """Find whose AS announces the addresses, if the book has it as another's."""
        if not self._announcers:
            return None
        mine = [p for p in ntd.finding.locations if ntd.provider in _names(p)]
        asns = [asn for place in mine for asn in place.get("asns", ())]
        owners = (self._announcers.get(asn) for asn in asns)
        others = (x for x in owners if x and not (provider and x == provider.id))
        return next(others, None)

    def _platform(self, host: str) -> int | None:
        labels = host.lower().rstrip(".").split(".")
        ends = (".".join(labels[at:]) for at in range(len(labels)))
        return next((self._platforms[e] for e in ends if e in self._platforms), None)

    def _desk(self, owner: int | None, ntd: Ntd) -> Above | None:
        """Name its first mailbox that may be written to; not the one just asked."""
        found = self._providers.get(owner) if owner else None
        if found is None or found.kind == Kind.SITE_OWNER:
            return None
        good = _approved(Contact.rows(Contact.owner == found.id))
        mailbox = next(iter(good), "")
        is_asked = ntd.contact.lower() in {one.lower() for one in good}
        return Above(found.name, mailbox) if mailbox and not is_asked else None

    @cached_property
    def _providers(self) -> dict[int, Provider]:
        return {row.id: row for row in Provider.rows()}

    @cached_property
    def _numbers(self) -> dict[str, int]:
        return {row.folded: row.provider_id for row in ProviderName.rows()}

    @cached_property
    def _announcers(self) -> dict[str, int]:
        rows = Contact.rows(Contact.match == Match.ASN)
        return {row.pattern: row.owner_id for row in rows if row.owner_id}

    @cached_property
    def _platforms(self) -> dict[str, int]:
        rows = Contact.rows(Contact.match == Match.SUFFIX)
        owned = [(row.pattern.lower(), row.owner_id) for row in rows if row.owner_id]
        kinds = {number: row.kind for number, row in self._providers.items()}
        return {name: x for name, x in owned if kinds.get(x) == Kind.PLATFORM}


def whose_desk(mailbox: str) -> str:
    """Name the provider of a mailbox, as the book has it."""
    row = Contact.of(mailbox)
    owner = row.owner if row else None
    return str(owner.name if owner else "")


def _names(place: dict[str, Any]) -> tuple[Any, Any]:
    return place.get("provider"), place.get("name")


def _approved(rows: Iterable[Contact]) -> list[str]:
    return [
        row.mailbox
        for row in in_order(rows)
        if row.channel == Channel.MAIL and row.approved_at and not row.bounced_at
    ]
