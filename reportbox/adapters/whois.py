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
    "provider": ("org-name", "OrgName", "owner", "descr"),
    "country": ("country", "Country"),
}
# How a server says that we ask too much (AFRINIC's and RIPE's ERROR:201, LACNIC, ARIN).
REFUSALS = re.compile(
    r"(?i)^%+ ?ERROR:20[12]|query rate limit|rate limit exceeded|access denied",
    re.MULTILINE,
)
# How it says that it knows no such network (ERROR:101 is RPSL's).
NOTHING = re.compile(
    r"(?i)^%+ ?ERROR:101|no entries found|no match(?:ing)? (?:found )?|not found",
    re.MULTILINE,
)
ABUSE = ("abuse-mailbox", "OrgAbuseEmail", "e-mail")
# Only as a line of the server's own: remarks are written by the network's holder.
STATED = re.compile(
    r"^% Abuse contact for '[^'\n]{1,99}' is '([^'\n]{3,254})'", re.MULTILINE
)


def knows_nothing(text: str) -> bool:
    """Tell whether the server says that there is no such network."""
    return NOTHING.search(text[:2000]) is not None


def is_refusal(text: str) -> bool:
    """Tell whether the server asks us to come back later."""
    return REFUSALS.search(text[:2000]) is not None


def read_network(text: str) -> dict[str, Any]:
    """Return what ``rdap.read_network`` returns, as far as it is given."""
    text = _most_specific(text)
    found = {name: one_line(_first(text, keys)) for name, keys in LINES.items()}
    mailboxes = STATED.findall(text) or _all(text, ABUSE[:2]) or _all(text, ABUSE[2:])
    real = (mailbox for mailbox in mailboxes if is_mail_address(mailbox))
    return {
        **found,
        "country": country_code(found["country"][:2]),
        "abuse_contacts": tuple(dict.fromkeys(real)),
        "span": rdap.span_of(found["network"]),
    }


def _most_specific(text: str) -> str:
    """ARIN answers the whole way down, the widest network first: keep the last one."""
    starts = [found.start() for found in re.finditer(r"(?m)^NetRange:", text)]
    return text[starts[-1] :] if len(starts) > 1 else text


def _first(text: str, keys: tuple[str, ...]) -> str:
    return next((value for key in keys for value in _all(text, (key,))), "")


def _all(text: str, keys: tuple[str, ...]) -> list[str]:
    names = "|".join(re.escape(key) for key in keys)
    found = re.findall(rf"^(?:{names}):(.*)$", text, re.MULTILINE)
    return [value.strip() for value in found if value.strip()]
