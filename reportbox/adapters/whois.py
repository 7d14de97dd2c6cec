"""Read the text a registry answers over WHOIS: the few lines a finding needs."""

import re
from typing import Any

from reportbox.adapters import rdap
from reportbox.languages import country_code
from reportbox.plain import is_mail_address, one_line

# The same fact under the names the five registries give it.
LINES = {
    "network": ("inetnum", "inet6num", "NetRange", "CIDR"),
    "name": ("netname", "NetName", "ownerid"),
    "handle": ("NetHandle",),
    "type": ("status", "NetType"),
    "provider": ("org-name", "OrgName", "CustName", "owner", "descr"),
    "country": ("country", "Country"),
}
# How a server says that we ask too much (AFRINIC's and RIPE's ERROR:201, LACNIC, ARIN).
# Lines of the server's own: whatever else stands there the network's holder wrote.
REFUSALS = re.compile(
    r"(?i)^[%#]* ?(?:ERROR:20[12]|query rate limit|rate limit exceeded|access denied)",
    re.MULTILINE,
)
# How it says that it knows no such network (ERROR:101 is RPSL's).
NOTHING = re.compile(
    r"(?i)^(?:[%#]+ ?(?:ERROR:101|no entries|no match|not found)"
    r"|no match found for |no entries found)",
    re.MULTILINE,
)
ABUSE = ("abuse-mailbox", "RAbuseEmail", "OrgAbuseEmail")
OTHERS = ("RTechEmail", "OrgTechEmail", "RNOCEmail", "OrgNOCEmail")
# A desk named by its handle; its mailbox stands in a paragraph of its own. Never the
# owner's nor an administrative one: they may be the offender.
ABUSE_DESK, OTHER_DESK = ("abuse-c", "mnt-irt"), ("tech-c",)
HANDLES = ("nic-hdl", "irt")
# Only as a line of the server's own: remarks are written by the network's holder.
STATED = re.compile(
    r"^% Abuse contact for '[^'\n]{1,99}' is '([^'\n]{3,254})'", re.MULTILINE
)


def knows_nothing(text: str) -> bool:
    """Tell whether the server says that there is no such network."""
    return NOTHING.search(text[:2000]) is not None


def is_refusal(text: str) -> bool:
    """Tell whether the server asks us to come back later, and says nothing else."""
    is_answer = _first(text, LINES["network"])
    return not is_answer and REFUSALS.search(text[:2000]) is not None


def read_network(text: str) -> dict[str, Any]:
    """Return what ``rdap.read_network`` returns, as far as it is given."""
    above, text = _most_specific(text)
    found = {name: one_line(_first(text, keys)) for name, keys in LINES.items()}
    span = rdap.span_of(_whole(found["network"]))
    abuse = _real(STATED.findall(text) or _all(text, ABUSE) or _desks(text, ABUSE_DESK))
    others = _real(_all(text, OTHERS) + _desks(text, OTHER_DESK))
    return {
        **found,
        "network": rdap.written(span) if span else found["network"],
        "country": country_code(found["country"][:2]),
        "abuse_contacts": abuse,
        "parent_contacts": () if abuse else _real(_all(above, ABUSE)),
        "other_contacts": tuple(one for one in others if one not in abuse),
        "span": span,
    }


def _most_specific(text: str) -> tuple[str, str]:
    """Split what ARIN answers, the widest network first, before the last one."""
    starts = [found.start() for found in re.finditer(r"(?m)^NetRange:", text)]
    at = starts[-1] if len(starts) > 1 else 0
    return text[:at], text[at:]


def _whole(block: str) -> str:
    """Write out what LACNIC shortens: “100.80.4/22”."""
    short = re.fullmatch(r"(\d+(?:\.\d+){0,2})(/\d+)", block)
    return short[1] + ".0" * (3 - short[1].count(".")) + short[2] if short else block


def _desks(text: str, keys: tuple[str, ...]) -> list[str]:
    """Find the mailboxes of those whom the network names by their handles."""
    wanted = set(_all(text, keys))
    parts = re.split(r"\n\s*\n", text.replace("\r\n", "\n"))
    meant = [part for part in parts if wanted & set(_all(part, HANDLES))]
    return [mailbox for part in meant for mailbox in _all(part, ("e-mail",))]


def _real(mailboxes: list[str]) -> tuple[str, ...]:
    return rdap.some(one for one in mailboxes if is_mail_address(one))


def _first(text: str, keys: tuple[str, ...]) -> str:
    return next((value for key in keys for value in _all(text, (key,))), "")


def _all(text: str, keys: tuple[str, ...]) -> list[str]:
    names = "|".join(re.escape(key) for key in keys)
    found = re.findall(rf"^(?:{names}):(.*)$", text, re.MULTILINE)
    return [value.strip()[: rdap.LONGEST] for value in found if value.strip()]
