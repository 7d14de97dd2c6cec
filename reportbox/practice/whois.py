"""WHOIS answers in the three dialects of the regional registries."""

from collections.abc import Callable, Mapping
from dataclasses import replace
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
        "admin-c": f"{code(net)}1",
        "tech-c": f"{code(net)}2",
        "status": net.kind or "ASSIGNED PA",
    }
    organisation = {"organisation": f"ORG-{code(net)}", "org-name": net.provider}
    role = {
        "role": "Network Desk",
        "nic-hdl": f"{code(net)}2",
        "abuse-mailbox": net.abuse,
        "e-mail": noc(net),
    }
    return f"{remark}\n\n" + _paragraphs(inetnum, organisation, _owner(net), role)


def _arin_text(net: Network) -> str:
    """Answer the whole way down, the widest network first."""
    text = _arin_block(net)
    if not net.above:
        return text
    wide = replace(
        net,
        prefix=str(ip_network(net.prefix).supernet(4)),
        name=f"ABOVE-{net.name}",
        kind="Direct Allocation",
        provider=f"Above {net.provider}",
        abuse=net.above,
    )
    both = (_arin_block(wide), text)
    return "\n".join(f"# start\n\n{block}\n# end\n" for block in both)


def _arin_block(net: Network) -> str:
    block = {
        "NetRange": span(net),
        "CIDR": net.prefix,
        "NetName": net.name,
        "NetHandle": f"NET-{net.prefix.partition('/')[0].replace('.', '-')}-1",
        "NetType": net.kind or "Direct Assignment",
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
    person = f"{code(net)}2"
    prefix = net.prefix.replace(".0/", "/") if net.is_odd else net.prefix
    block = {
        "inetnum": prefix,
        "status": net.kind or "assigned",
        "aut-num": f"AS{net.asn}",
        "owner": net.provider,
        "ownerid": f"{net.country}-{code(net)}",
        "country": net.country,
        "owner-c": f"{code(net)}1",
        "tech-c": person,
        "abuse-c": person if net.abuse else None,
    }
    mail = net.abuse or noc(net)
    return _paragraphs(
        block,
        _owner(net),
        {"nic-hdl": person, "person": "Duty Officer", "e-mail": mail},
    )


def _owner(net: Network) -> dict[str, str | None]:
    """Write the person behind it, who must not be written to."""
    mail = f"owner@{code(net).lower()}.example"
    return {"person": "Owner", "nic-hdl": f"{code(net)}1", "e-mail": mail}


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
