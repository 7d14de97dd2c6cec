"""Ask name servers where a host is. Nothing is cached: every trace asks afresh."""

import ipaddress

import dns.exception
import dns.name
import dns.nameserver
import dns.rdatatype
import dns.resolver

from reportbox.errors import PeerUnavailable
from reportbox.ports import Resolution

LONGEST_CHAIN = 10  # CNAMEs followed


class DnsResolver:
    """``servers`` are “address” or “address:port”; none means the system's own."""

    def __init__(self, servers: tuple[str, ...], timeout: float) -> None:
        self.library = dns.resolver.Resolver(configure=not servers)
        self.library.lifetime = timeout
        self.library.timeout = timeout / 2
        if servers:
            self.library.nameservers = [_server(text) for text in servers]

    def resolve(self, host: str) -> Resolution:
        try:
            name = dns.name.from_text(host)
        except dns.exception.DNSException:
            # A label or a name longer than any name server can hold (RFC 1035, 2.3.4).
            return Resolution(host=host, addresses=(), exists=False)
        v4, chain, exists = self._ask(name, dns.rdatatype.A)
        v6, chain6, exists6 = self._ask(name, dns.rdatatype.AAAA)
        return Resolution(
            host=host,
            addresses=(*v4, *v6),
            aliases=chain or chain6,
            exists=exists or exists6,
        )

    def _ask(
        self, name: dns.name.Name, kind: dns.rdatatype.RdataType
    ) -> tuple[list[str], tuple[str, ...], bool]:
        try:
            answer = self.library.resolve(name, kind, raise_on_no_answer=False)
        except dns.resolver.NXDOMAIN:
            return [], (), False
        except (dns.exception.DNSException, OSError) as trouble:
            message = (
                f"no name server answers for {kind.name}: {type(trouble).__name__}"
            )
            raise PeerUnavailable(message) from trouble
        found = [str(record) for record in answer.rrset or ()]
        chain = tuple(
            str(record.target).rstrip(".")
            for rrset in answer.response.answer
            if rrset.rdtype == dns.rdatatype.CNAME
            for record in rrset
        )
        return sorted(found, key=_number), chain[:LONGEST_CHAIN], True


def _number(address: str) -> int:
    return int(ipaddress.ip_address(address))


def _server(text: str) -> dns.nameserver.Do53Nameserver:
    address, _, port = text.partition(":") if text.count(":") == 1 else (text, "", "")
    return dns.nameserver.Do53Nameserver(address, int(port or 53))
