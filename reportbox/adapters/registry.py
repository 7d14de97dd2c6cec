"""Ask the regional registries whose network an address is in: RDAP, then WHOIS.

ipwhois finds the registry and speaks both protocols. The contacts are read from the
raw answer by ``rdap.py``: at its own depth the library loses abuse mailboxes that are
nested in the registrant, and it would ask a second time for what it already has.
"""

import hashlib
import json
from dataclasses import replace
from io import BytesIO
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import (
    HTTPDefaultErrorHandler,
    HTTPErrorProcessor,
    HTTPHandler,
    HTTPRedirectHandler,
    HTTPSHandler,
    OpenerDirector,
    Request,
)

from ipwhois import exceptions
from ipwhois.asn import IPASN
from ipwhois.net import Net
from ipwhois.rdap import RDAP

from reportbox.adapters import rdap, whois
from reportbox.adapters.dns import DnsResolver
from reportbox.errors import PeerUnavailable
from reportbox.ports import NetworkRecord

LARGEST = 1_000_000  # bytes of one answer; real ones have a few thousand

# What the library raises when a peer does not answer, or not in its language.
TROUBLE = (
    exceptions.ASNLookupError,
    exceptions.ASNOriginLookupError,
    exceptions.ASNParseError,
    exceptions.ASNRegistryError,
    exceptions.HTTPLookupError,
    exceptions.HTTPRateLimitError,
    exceptions.InvalidEntityContactObject,
    exceptions.InvalidEntityObject,
    exceptions.InvalidNetworkObject,
    exceptions.IPDefinedError,
    exceptions.WhoisLookupError,
    exceptions.WhoisRateLimitError,
)


class IpwhoisRegistry:
    """``rdap_url`` and ``whois_server`` are empty to ask the real registries."""

    def __init__(
        self, resolver: DnsResolver, rdap_url: str, whois_server: str, timeout: int
    ) -> None:
        self.resolver = resolver
        self.opener = _Opener(rdap_url)
        self.whois_server = whois_server
        self.timeout = timeout

    def look_up(self, address: str) -> NetworkRecord:
        try:
            net = Net(address, timeout=self.timeout, proxy_opener=self.opener)
            net.dns_resolver = self.resolver.library
            origin = IPASN(net).lookup(
                retry_count=0, asn_methods=["dns"], get_asn_description=False
            )
        except TROUBLE as trouble:
            message = f"the origin of {address} is not answered: {_name(trouble)}"
            raise PeerUnavailable(message) from trouble
        known = NetworkRecord(
            address=address,
            registry=_plain(origin["asn_registry"]),
            asns=tuple(_plain(origin["asn"]).split()),
            route=_plain(origin["asn_cidr"]),
            country=_plain(origin["asn_country_code"]),
        )
        return self._by_rdap(net, known, origin)

    def _by_rdap(
        self, net: Net, known: NetworkRecord, origin: dict[str, Any]
    ) -> NetworkRecord:
        try:
            answer = RDAP(net).lookup(
                inc_raw=True,
                retry_count=0,
                rate_limit_timeout=0,
                asn_data=origin,
                depth=0,
                root_ent_check=False,
            )
        except TROUBLE as trouble:
            return self._by_whois(net, known, _name(trouble))
        raw = answer["raw"]
        found = rdap.read_network(raw)
        digest = hashlib.sha256(json.dumps(raw, sort_keys=True).encode()).hexdigest()
        return replace(
            known,
            **{**found, "country": found["country"] or known.country},
            source="rdap",
            digest=digest,
        )

    def _by_whois(self, net: Net, known: NetworkRecord, said: str) -> NetworkRecord:
        host, _, port = self.whois_server.partition(":")
        try:
            text = net.get_whois(
                asn_registry=known.registry,
                retry_count=0,
                server=host or None,
                port=int(port or 43),
            )
        except TROUBLE as trouble:
            message = f"neither RDAP ({said}) nor WHOIS ({_name(trouble)}) answers"
            raise PeerUnavailable(message) from trouble
        found = whois.read_network(text)
        if not found["network"]:
            message = f"RDAP failed ({said}) and WHOIS knows no such network"
            raise PeerUnavailable(message)
        return replace(
            known,
            **{**found, "country": found["country"] or known.country},
            source="whois",
            digest=hashlib.sha256(text.encode()).hexdigest(),
        )


class _Answer:
    """A reply read whole, so that no socket stays open behind it."""

    def __init__(self, content: bytes) -> None:
        self._content = BytesIO(content)

    def read(self) -> bytes:
        return self._content.read()


class _Opener(OpenerDirector):
    """Fetch from a registry, or from the one server named instead of all of them."""

    def __init__(self, instead: str) -> None:
        super().__init__()
        self.instead = instead
        for handler in (
            HTTPHandler(),
            HTTPSHandler(),
            HTTPRedirectHandler(),
            HTTPDefaultErrorHandler(),
            HTTPErrorProcessor(),
        ):
            self.add_handler(handler)

    def open(  # type: ignore[override]  # the library reads the reply and nothing else
        self, fullurl: Request, data: None = None, timeout: float | None = None
    ) -> _Answer:
        request = self._addressed(fullurl)
        try:
            with super().open(request, data, timeout) as reply:
                content = reply.read(LARGEST + 1)
        except HTTPError as refusal:
            refusal.close()
            raise
        if len(content) > LARGEST:
            raise OSError("the answer is larger than any real one")
        return _Answer(content)

    def _addressed(self, request: Request) -> Request:
        if not self.instead:
            return request
        asked = urlsplit(request.full_url)
        headers = {**dict(request.header_items()), "Host": asked.netloc}
        return Request(self.instead + asked.path, headers=headers)  # noqa: S310 - from settings


def _plain(value: str | None) -> str:
    """Cymru writes NA for what it does not know."""
    return "" if value in {None, "NA"} else str(value)


def _name(trouble: Exception) -> str:
    return type(trouble).__name__
