"""The operator's settings: one TOML file, one frozen object, no surprises.

``config/reportbox.toml`` is the manual: it shows every key with its default. What is
not in the file can be chosen on the settings pages; what is in it, stays.
"""

import os
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, field, fields, replace
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from reportbox.errors import Misconfigured
from reportbox.languages import ALL
from reportbox.plain import is_host, is_mail_address

# How each kind of setting is written in TOML.
SPELLING = {
    str: str,
    int: int,
    bool: bool,
    Path: str,
    Path | None: str,
    tuple[str, ...]: list,
}
ORIGIN = re.compile(r"https?://[A-Za-z0-9.-]+(:\d+)?")
ENDPOINT = re.compile(r"[0-9.]+(:\d+)?|[0-9A-Fa-f:]+|\[[0-9A-Fa-f:]+\](:\d+)?")
TOKEN = re.compile(r"[A-Za-z0-9_-]{20,200}")
CLOSED = re.compile(r"(\d{4}-)?\d\d-\d\d", re.ASCII)
FINGERPRINT = re.compile(r"[0-9A-F]{40}")
# user@host:port/folder; the port may be left out, and the folder be empty.
SFTP = re.compile(
    r"(?P<user>[\w.-]+)@(?P<host>[A-Za-z0-9.-]+|\[[0-9A-Fa-f:]+\])"
    r"(:(?P<port>\d{1,5}))?/(?P<folder>[\w./-]*)",
    re.ASCII,
)
HOST_KEY = re.compile(r"(ssh|ecdsa)-[a-z0-9-]+ [A-Za-z0-9+/]+=*")
NO_HOST = "no machine can be called so; write it like mail.hotline.example"
FACES = ("public", "desk", "portal")
HERE = ("localhost", "127.0.0.1", "::1")
# The five regional registries, who knows which of them to ask, the registries of
# domains, and all together.
REGISTRIES = ("arin", "ripencc", "apnic", "lacnic", "afrinic", "any", "domains", "*")

# A name before the @ has 64 characters at the most (RFC 5321, section 4.5.3.1.1), and
# “+bounce-” with a token takes 34 of them.
LONGEST_NAME = 30

# What a secret must look like to be one: a raw 256-bit key, or a long random text.
SOMETHING = re.compile(r".+", re.DOTALL)
DATABASE_KEY = "database-key"
WITH_FOLDER = "secrets_"  # so begins the name of what systemd hands over with a folder
SECRETS = {
    # Two lines of it only while it is being changed, see records/rekey.py.
    DATABASE_KEY: re.compile(r"[0-9a-fA-F]{64}(\n[0-9a-fA-F]{64})?"),
    "session-key": re.compile(r".{32,}"),
    "receipt-key": re.compile(r".{32,}"),
    "audit-key": re.compile(r".{32,}"),
}


@dataclass(frozen=True, kw_only=True)
class Settings:
    hotline_name: str = ""
    hotline_description: str = ""
    hotline_email: str = ""
    hotline_phone: str = ""
    hotline_address: str = ""
    country: str = ""
    country_name: str = ""
    legal_basis: str = ""  # of the verdicts: what makes the material illegal
    time_zone: str = "UTC"
    emergency_text: str = ""
    languages: tuple[str, ...] = tuple(ALL)

    public_url: str
    desk_url: str
    portal_url: str = ""
    embed_on: tuple[str, ...] = ()

    listen_address: str = "127.0.0.1"
    public_port: int = 8081
    desk_port: int = 8082
    portal_port: int = 8083
    workers: int = 2

    data_dir: Path = Path("/var/lib/reportbox")
    secrets_dir: Path = Path("/etc/reportbox/secrets")
    run_dir: Path = Path("/run/reportbox")

    topics_file: Path | None = None
    form_wait_seconds: int = 5
    finished_after_days: int = 30
    duplicate_days: int = 0
    reporter_data_days: int = 90
    item_months: int = 12
    backup_key: str = ""
    backup_dir: Path | None = None
    backup_sftp: str = ""
    backup_host_key: str = ""
    backup_every_hours: int = 24
    backup_keep_daily: int = 7
    backup_keep_weekly: int = 4
    backup_keep_monthly: int = 6
    backup_days: int = 30
    duty_list: tuple[str, ...] = ()
    alarm_minutes: int = 10
    alarm_mail: tuple[str, ...] = ()
    metrics_token: str = ""

    working_day_begins: int = 9
    working_day_ends: int = 17
    holidays_region: str = ""
    closed_on: tuple[str, ...] = ()
    mode: str = "assess"
    review_days: int = 7
    four_eyes: str = "off"
    second_look_percent: int = 5
    training: str = "warn"
    classification_file: Path | None = None
    assessment_hours: int = 4
    break_minutes: int = 50

    resolvers: tuple[str, ...] = ()
    origin_views: tuple[str, ...] = ("origin.asn.cymru.com", "asn.routeviews.org")
    rdap_urls: tuple[str, ...] = ()
    whois_servers: tuple[str, ...] = ()
    registry_hosts: tuple[str, ...] = ()
    registry_at_once: tuple[str, ...] = ()
    registry_per_minute: tuple[str, ...] = ()
    proxies_file: Path | None = None
    lookup_timeout_seconds: int = 5
    hosting_wait_minutes: int = 30

    smtp_host: str = "localhost"
    smtp_port: int = 25
    smtp_security: str = "none"
    smtp_user: str = ""
    smtp_timeout_seconds: int = 30
    mail_log: Path | None = None

    imap_host: str = ""
    imap_port: int = 993
    imap_user: str = ""
    imap_folder: str = "INBOX"
    imap_timeout_seconds: int = 30
    imap_ca_file: Path | None = None

    ntd_paused: bool = False
    ntd_in_working_hours: bool = False
    ntd_reminder_hours: int = 24
    ntd_reminders: int = 2
    ntd_upstream_hours: int = 48
    ntd_escalate_hours: int = 72
    ntd_registrar_hours: int = 0
    removal_check_hours: int = 72
    removal_second_check_hours: int = 168
    removal_recheck_days: int = 30
    ntd_within_hours: int = 24
    ntd_keep_days: int = 0
    inhope_since: str = ""
    trusted_flagger: str = ""
    verify_url: str = ""
    reply_tokens: bool = True
    ask_proxies: bool = True

    referral_alarm_hours: int = 24

    session_idle_minutes: int = 60
    session_hours: int = 12
    step_up_minutes: int = 30
    invitation_hours: int = 72

    practice: bool = False
    post_office_url: str = ""

    # The keys that stand in the file: no page can change them.
    fixed: frozenset[str] = field(default=frozenset(), repr=False, compare=False)

    @classmethod
    def names(cls) -> list[str]:
        """List every key there is."""
        return [found.name for found in fields(cls) if found.name != "fixed"]

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read the file, or raise Misconfigured naming the key in the way."""
        try:
            values = _values(cls, path)
            settings = cls(**values, fixed=frozenset(values))
            settings.check()
        except Misconfigured as trouble:
            raise Misconfigured(f"{path}: {trouble}") from trouble
        return settings

    @classmethod
    def trouble_with(cls, key: str, value: object) -> str:
        """Say what is wrong with one value, spelt as in TOML; empty if nothing is."""
        try:
            _value(key, value, _kinds(cls))
        except Misconfigured as trouble:
            return str(trouble)
        return ""

    def with_chosen(self, chosen: Mapping[str, object]) -> Self:
        """Add what was chosen on the pages, spelt as in TOML; the file goes first.

        Raises Misconfigured as for the file. A key that a release took away is passed
        over: nobody could mend it.
        """
        kinds = _kinds(type(self))
        values = {
            key: _value(key, value, kinds)
            for key, value in chosen.items()
            if key in kinds and key not in self.fixed
        }
        settings = replace(self, **values)  # type: ignore[arg-type]
        settings.check()
        return settings

    def check(self) -> None:
        """Raise Misconfigured where two settings do not go together."""
        if len(set(self.ports.values())) < len(FACES):
            raise Misconfigured("each face needs a port of its own.")
        if self.working_day_begins >= self.working_day_ends:
            raise Misconfigured("the working day ends before it begins.")
        if self.reply_tokens and not _has_room(self.hotline_email):
            raise Misconfigured(
                "the part of “hotline_email” before the @ is longer than "
                f"{LONGEST_NAME} characters, which leaves no room for “reply_tokens”."
            )
        if self.mail_log and self.smtp_host not in HERE:
            # Another server's letters never stand in it: each would go out again.
            only = f"“smtp_host” must be one of {', '.join(HERE)}"
            raise Misconfigured(f"“mail_log” is of this machine's server; {only}.")

    @property
    def is_complete(self) -> bool:
        """Say whether the box knows whose it is; before, it takes no report."""
        return bool(self.hotline_name and self.hotline_email and self.country)

    @property
    def ports(self) -> dict[str, int]:
        """The listener of each face."""
        return {face: getattr(self, f"{face}_port") for face in FACES}

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    @property
    def database(self) -> Path:
        return self.data_dir / "reportbox.db"

    @property
    def gnupg_home(self) -> Path:
        return self.data_dir / "gnupg"

    @property
    def backups(self) -> Path:
        return self.backup_dir or self.data_dir / "backups"

    @staticmethod
    def by_registry(pairs: tuple[str, ...]) -> dict[str, str]:
        """Take “registry=value” apart; “*” stands for all that are not named."""
        given = dict(pair.split("=", 1) for pair in pairs)
        usual = given.get("*")
        if usual is None:
            return given
        return {name: given.get(name, usual) for name in REGISTRIES}

    def secret(self, name: str) -> str:
        """Read one secret, or raise Misconfigured saying where it belongs."""
        file = self._file_of(name)
        folder = file.parent
        try:
            secret = file.read_text().strip()
        except OSError as trouble:
            where = f"the secret “{name}” in {folder}"
            raise Misconfigured(f"cannot read {where}: {trouble}") from trouble
        if not SECRETS.get(name, SOMETHING).fullmatch(secret):
            raise Misconfigured(f"the secret “{name}” in {folder} is too weak.")
        return secret

    def _file_of(self, name: str) -> Path:
        """Prefer what systemd hands over, alone or with the whole folder.

        See systemd.exec(5), “LoadCredential=”.
        """
        handed = Path(os.environ.get("CREDENTIALS_DIRECTORY", ""))
        found = [handed / name, handed / f"{WITH_FOLDER}{name}"]
        there = [file for file in found if handed.is_absolute() and file.exists()]
        return there[0] if there else self.secrets_dir / name


def _kinds(cls: type[Settings]) -> dict[str, Any]:
    return {found.name: found.type for found in fields(cls) if found.name != "fixed"}


def _values(cls: type[Settings], path: Path) -> dict[str, Any]:
    try:
        given = tomllib.loads(path.read_text())
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as trouble:
        raise Misconfigured(f"the settings cannot be read: {trouble}") from trouble
    kinds = _kinds(cls)
    values = {key: _value(key, value, kinds) for key, value in given.items()}
    for found in fields(cls):
        is_needed = found.default is found.default_factory is MISSING
        if is_needed and found.name not in values:
            raise Misconfigured(f"“{found.name}” is missing.")
    return values


def _value(key: str, value: object, kinds: dict[str, Any]) -> object:
    if key not in kinds:
        close = get_close_matches(key, kinds, n=1)
        hint = f" Did you mean “{close[0]}”?" if close else ""
        raise Misconfigured(f"there is no setting called “{key}”.{hint}")
    kind = kinds[key]
    if type(value) is not SPELLING[kind]:
        raise Misconfigured(f"“{key}” cannot be {value!r}.")
    problem = RULES[key](value) if key in RULES else ""
    if problem:
        raise Misconfigured(f"“{key}” cannot be {value!r}: {problem}.")
    if kind == Path | None:
        return Path(str(value)) if value else None
    made: object = kind(value)
    return made


def _one_of(*choices: str) -> Callable[[Any], str]:
    allowed = ", ".join(choices)
    return lambda value: "" if value in choices else f"it is one of {allowed}"


def _between(low: int, high: int) -> Callable[[Any], str]:
    return lambda value: "" if low <= value <= high else f"it is {low} to {high}"


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError):
        return "no such time zone; write it like Europe/Tallinn"
    return ""


def _country(value: str) -> str:
    good = len(value) == 2 and value.isascii() and value.isupper()  # noqa: PLR2004 - ISO 3166-1 alpha-2
    return "" if good else "write the two capital letters of ISO 3166-1"


def _region(value: str) -> str:
    good = value == value.strip() and not re.match("[A-Z]{2}-", value)
    return "" if good else "write only what follows the hyphen, such as BY for DE-BY"


def _closed_day(value: object) -> str:
    if not isinstance(value, str) or not CLOSED.fullmatch(value):
        return 'write each like "2026-12-24", or "12-24" for every year'
    *_, year, month, day = "2000", *value.split("-")  # 2000 had a 29 February
    try:
        date(int(year), int(month), int(day))
    except ValueError:
        return f"there is no {value}"
    return ""


def _host(value: str) -> str:
    return "" if not value or is_host(value) else NO_HOST


def _has_host(url: str) -> bool:
    """Tell whether the host of a web address can be one, and its port as well."""
    try:
        parts = urlsplit(url)
        return is_host(parts.hostname or "") and parts.port != 0
    except ValueError:
        return False


def _web_address(value: str) -> str:
    good = value.startswith(("https://", "http://")) and not value.endswith("/")
    if good and not _has_host(value):
        return NO_HOST
    return (
        ""
        if good
        else "write it like https://desk.hotline.example, no slash at the end"
    )


def _origin(value: object) -> str:
    good = isinstance(value, str) and ORIGIN.fullmatch(value) and _has_host(value)
    return "" if good else "write each like https://www.hotline.example"


def _per_registry(rule: Callable[[Any], str]) -> Callable[[Any], str]:
    """Check a list of “registry=value”."""

    def check(values: Any) -> str:  # noqa: ANN401 - as written in the file
        for value in values:
            name, _, rest = str(value).partition("=")
            if name not in REGISTRIES:
                return f"write each like ripencc=…; there is {', '.join(REGISTRIES)}"
            if problem := rule(rest):
                return f"for {name}, {problem}"
        return ""

    return check


def _number(low: int, high: int) -> Callable[[Any], str]:
    return lambda value: (
        _between(low, high)(int(value))
        if value.isascii() and value.isdigit()
        else "write a number"
    )


def _host_and_port(value: str) -> str:
    good = re.fullmatch(r"[A-Za-z0-9.-]+(:\d{1,5})?", value)
    return (
        ""
        if good and _has_host(f"//{value}")
        else "write it as a name, or as name:port"
    )


def _zone_name(value: object) -> str:
    good = re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)+", str(value))
    return "" if good and is_host(str(value)) else "write each as the name of a zone"


def _endpoint(value: object) -> str:
    text = str(value)
    is_bare = text.count(":") > 1 and "[" not in text  # IPv6 without a port
    good = ENDPOINT.fullmatch(text) and _has_host(
        f"//[{text}]" if is_bare else f"//{text}"
    )
    return "" if good else "write it as an address, or as address:port"


def _language(value: object) -> str:
    known = ", ".join(ALL)
    return "" if value in ALL else f"it is made of the languages there are: {known}"


def _fingerprint(value: str) -> str:
    good = not value or FINGERPRINT.fullmatch(value)
    return "" if good else "write the 40 capital hexadecimal digits, without spaces"


def _sftp(value: str) -> str:
    good = not value or (SFTP.fullmatch(value) and _has_host(f"sftp://{value}"))
    return "" if good else "write it like box@backup.example:22/folder"


def _host_key(value: str) -> str:
    good = not value or HOST_KEY.fullmatch(value)
    return "" if good else "write the line that `reportbox backup-host` prints"


def _duty(value: object) -> str:
    channel, _, address = str(value).partition(":")
    good = channel == "mail" and is_mail_address(address)
    return "" if good else "write each like mail:duty@hotline.example"


def _has_room(mailbox: str) -> bool:
    return len(mailbox.partition("@")[0]) <= LONGEST_NAME


def _year(value: str) -> str:
    good = not value or re.fullmatch(r"(19|20)\d\d", value, re.ASCII)
    return "" if good else "write the year, such as 2012"


def _token(value: str) -> str:
    good = not value or TOKEN.fullmatch(value)
    return "" if good else "write at least 20 letters, digits, - and _, at random"


def _mail_address(value: object) -> str:
    return "" if is_mail_address(str(value)) else "write it like desk@hotline.example"


RULES: dict[str, Callable[[Any], str]] = {
    "hotline_email": _mail_address,
    "time_zone": _zone,
    "languages": lambda value: next(filter(None, map(_language, value)), ""),
    "form_wait_seconds": _between(0, 60),
    "finished_after_days": _between(1, 365),
    "duplicate_days": _between(0, 3650),
    "reporter_data_days": _between(1, 365),
    "item_months": _between(1, 120),
    "backup_key": _fingerprint,
    "backup_sftp": _sftp,
    "backup_host_key": _host_key,
    "backup_every_hours": _between(1, 168),
    "backup_keep_daily": _between(1, 365),
    "backup_keep_weekly": _between(0, 52),
    "backup_keep_monthly": _between(0, 12),
    "backup_days": _between(1, 365),
    "duty_list": lambda value: next(filter(None, map(_duty, value)), ""),
    "alarm_minutes": _between(1, 120),
    "alarm_mail": lambda value: next(filter(None, map(_mail_address, value)), ""),
    "metrics_token": _token,
    "country": _country,
    "public_url": _web_address,
    "desk_url": _web_address,
    "portal_url": lambda value: _web_address(value) if value else "",
    "embed_on": lambda value: next(filter(None, map(_origin, value)), ""),
    "listen_address": lambda value: (
        "" if value in {"127.0.0.1", "::1"} else "the web server stands in front of it"
    ),
    "resolvers": lambda value: next(filter(None, map(_endpoint, value)), ""),
    "origin_views": lambda value: next(filter(None, map(_zone_name, value)), ""),
    "rdap_urls": _per_registry(_web_address),
    "whois_servers": _per_registry(_host_and_port),
    "registry_hosts": lambda value: next(filter(None, map(_host_and_port, value)), ""),
    "registry_at_once": _per_registry(_number(1, 16)),
    "registry_per_minute": _per_registry(_number(0, 60_000)),
    "four_eyes": _one_of("off", "illegal", "all"),
    "second_look_percent": _between(0, 100),
    "training": _one_of("off", "warn", "block"),
    # INHOPE: not more than four hours a day.
    "assessment_hours": _between(1, 4),
    "break_minutes": _between(10, 120),
    "mode": _one_of("assess", "register_and_forward"),
    "smtp_host": _host,
    "imap_host": _host,
    "smtp_security": _one_of("none", "starttls", "tls"),
    "working_day_begins": _between(0, 23),
    "working_day_ends": _between(1, 23),
    "holidays_region": _region,
    "closed_on": lambda value: next(filter(None, map(_closed_day, value)), ""),
    "ntd_reminder_hours": _between(1, 720),
    "ntd_reminders": _between(0, 3),
    "ntd_upstream_hours": _between(1, 720),
    "ntd_escalate_hours": _between(0, 720),
    "ntd_registrar_hours": _between(0, 720),
    "removal_check_hours": _between(1, 720),
    "removal_second_check_hours": _between(1, 2160),
    "removal_recheck_days": _between(1, 365),
    "ntd_within_hours": _between(0, 720),
    "ntd_keep_days": _between(0, 3650),
    "inhope_since": _year,
    "verify_url": lambda value: _web_address(value) if value else "",
    "lookup_timeout_seconds": _between(1, 60),
    "hosting_wait_minutes": _between(0, 30),
    "smtp_timeout_seconds": _between(1, 300),
    "smtp_port": _between(1, 65535),
    "imap_port": _between(1, 65535),
    "imap_timeout_seconds": _between(1, 300),
    "public_port": _between(1, 65535),
    "desk_port": _between(1, 65535),
    "portal_port": _between(1, 65535),
    "workers": _between(1, 32),
    "review_days": _between(1, 365),
    "referral_alarm_hours": _between(1, 720),
    "session_idle_minutes": _between(1, 1440),
    "session_hours": _between(1, 72),
    "step_up_minutes": _between(1, 1440),
    "invitation_hours": _between(1, 720),
}
