"""Read the text a registry answers over WHOIS: the few lines a finding needs."""

import re
from typing import Any

from reportbox.plain import is_mail_address, one_line

# The same fact under the names the five registries give it.
LINES = {
    "network": ("inetnum", "inet6num", "NetRange", "CIDR"),
    "name": ("netname", "NetName", "owner"),
    "provider": ("org-name", "OrgName", "owner", "descr"),
    "country": ("country", "Country"),
}
ABUSE = ("abuse-mailbox", "OrgAbuseEmail", "e-mail")
STATED = re.compile(r"% Abuse contact for .* is '([^']+@[^']+)'")


def read_network(text: str) -> dict[str, Any]:
    """Return network, name, provider, country and abuse contacts, as far as given."""
    found = {name: one_line(_first(text, keys)) for name, keys in LINES.items()}
    mailboxes = STATED.findall(text) or _all(text, ABUSE[:2]) or _all(text, ABUSE[2:])
    real = (mailbox for mailbox in mailboxes if is_mail_address(mailbox))
    return {
        **found,
        "country": found["country"].upper()[:2],
        "abuse_contacts": tuple(dict.fromkeys(real)),
    }


def _first(text: str, keys: tuple[str, ...]) -> str:
    return next((value for key in keys for value in _all(text, (key,))), "")


def _all(text: str, keys: tuple[str, ...]) -> list[str]:
    names = "|".join(re.escape(key) for key in keys)
    return re.findall(rf"^(?:{names}):[ \t]*(\S.*?)[ \t]*\r?$", text, re.MULTILINE)
