"""WHOIS answers in the three dialects of the regional registries."""

from collections.abc import Callable, Mapping
from ipaddress import ip_network

from reportbox.practice.atlas import Network
from reportbox.practice.rdap import code, noc, span


def _rpsl(net: Network) -> str:
    v4 = ip_network(net.prefix).version == 4  # noqa: PLR2004 - IPv4
    block = span(net) if v4 else net.prefix
    if net.abuse:
        remark = f"% Abuse contact for '{block}' is '{net.abuse}'"
    else:
        remark = f"% No abuse contact registered for {block}"
    inetnum = {
        "inetnum" if v4 else "inet6num": block,
        "netname": net.name,
        "country": net.country,
        "org": f"ORG-{code(net)}",
        "status": "ASSIGNED PA",
    }
    organisation = {"organisation": f"ORG-{code(net)}", "org-name": net.provider}
    role = {"role": "Abuse Desk", "abuse-mailbox": net.abuse, "e-mail": noc(net)}
    return f"{remark}\n\n" + _paragraphs(inetnum, organisation, role)


def _arin_text(net: Network) -> str:
    block = {
        "NetRange": span(net),
        "CIDR": net.prefix,
        "NetName": net.name,
        "NetType": "Direct Assignment",
        "OriginAS": f"AS{net.asn}",
        "Organization": f"{net.provider} ({code(net)})",
    }
    organisation = {
        "OrgName": net.provider,
        "OrgId": code(net),
        "Country": net.country,
    }
    desks = {"OrgTechEmail": noc(net), "OrgAbuseEmail": net.abuse}
    return _paragraphs(block, organisation, desks)


def _lacnic_text(net: Network) -> str:
    """Point from the block to a person by handle; the mail address is only there."""
    person = f"{code(net)}1"
    block = {
        "inetnum": net.prefix,
        "status": "assigned",
        "aut-num": f"AS{net.asn}",
        "owner": net.provider,
        "ownerid": f"{net.country}-{code(net)}",
        "country": net.country,
        "owner-c": person,
        "tech-c": person,
        "abuse-c": person if net.abuse else None,
    }
    mail = net.abuse or noc(net)
    return _paragraphs(
        block, {"nic-hdl": person, "person": "Duty Officer", "e-mail": mail}
    )


DIALECTS: dict[str, Callable[[Network], str]] = {
    "arin": _arin_text,
    "ripencc": _rpsl,
    "apnic": _rpsl,
    "lacnic": _lacnic_text,
    "afrinic": _rpsl,
}


def _paragraphs(*paragraphs: Mapping[str, str | None]) -> str:
    """Write "key:   value" lines, leaving out what is None."""
    return "\n".join(
        "".join(f"{key + ':':<16}{value}\n" for key, value in lines.items() if value)
        for lines in paragraphs
    )
