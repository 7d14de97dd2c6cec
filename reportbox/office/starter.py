"""Papers a hotline needs before its first report, begun from what the box knows.

The texts lie in ``starters``; ``{{name}}`` is a field. What the settings do not say
stands there as ``[fill in: …]``, as does what only people can know.
"""

import re
from collections.abc import Callable
from pathlib import Path

from reportbox.languages import ALL
from reportbox.plain import one_line
from reportbox.settings import Settings

FOLDER = Path(__file__).with_name("starters")
FIELD = re.compile(r"\{\{(\w+)\}\}")
# By the name of its point in the wizard: what it is, and where the law asks for it.
STARTERS = {
    "assessment": ("Data protection impact assessment", "GDPR, Article 35"),
    "roles": ("Who is responsible for what", "GDPR, Articles 26 and 28"),
    "record": ("Record of processing activities", "GDPR, Article 30"),
}


def fill(name: str, settings: Settings) -> str:
    """Return a paper with every field filled, or raise KeyError for an unknown one."""
    if name not in STARTERS:
        raise KeyError(name)
    text = (FOLDER / f"{name}.txt").read_text(encoding="utf-8")
    return FIELD.sub(lambda found: _field(found[1], settings), text)


def _field(name: str, settings: Settings) -> str:
    if name in SAID:
        return SAID[name](settings)
    value = one_line(str(getattr(settings, name)))
    return value or f"[fill in: {MISSING.get(name, name.replace('_', ' '))}]"


def _how_it_works(settings: Settings) -> str:
    if settings.mode == "assess":
        return "judged by its own trained analysts"
    return "forwarded to law enforcement, which judges them"


def _four_eyes(settings: Settings) -> str:
    return {
        "off": "one analyst decides",
        "illegal": "two analysts must agree before anything illegal is to be removed",
        "all": "two analysts must agree on every verdict",
    }[settings.four_eyes]


def _second_looks(settings: Settings) -> str:
    share = settings.second_look_percent
    return f"{share} of a hundred verdicts are judged again by somebody else"


def _mail_server(settings: Settings) -> str:
    if settings.smtp_host in {"localhost", "127.0.0.1", "::1"}:
        return "a mail server on the same machine"
    return settings.smtp_host


def _mailbox(settings: Settings) -> str:
    where = f"{settings.imap_user} at {settings.imap_host}"
    return where if settings.imap_host else "[fill in: none is read by the box]"


def _backups(settings: Settings) -> str:
    if not settings.backup_key:
        return "[fill in: no backup key is entered yet]"
    server = settings.backup_sftp.rpartition("@")[2].partition("/")[0]
    also = f" and on {server}" if server else ""
    hours = settings.backup_every_hours
    return f"every {hours} hours, encrypted, on the machine{also}"


SAID: dict[str, Callable[[Settings], str]] = {
    "country": lambda we: one_line(we.country_name) or we.country or "[fill in]",
    "languages": lambda we: ", ".join(ALL[code].name for code in we.languages),
    "embed_on": lambda we: ", ".join(we.embed_on) or "none yet",
    "resolvers": lambda we: ", ".join(we.resolvers) or "the system's own",
    "inhope_since": lambda we: we.inhope_since or "[fill in: or not a member]",
    "how_it_works": _how_it_works,
    "four_eyes": _four_eyes,
    "second_looks": _second_looks,
    "mail_server": _mail_server,
    "mailbox": _mailbox,
    "backups": _backups,
}
MISSING = {
    "hotline_name": "your organisation",
    "hotline_address": "postal address",
    "hotline_email": "e-mail address",
    "hotline_phone": "telephone",
    "hotline_description": "what your organisation is",
    "legal_basis": "the law that makes the material illegal",
}
