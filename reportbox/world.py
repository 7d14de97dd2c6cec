"""The outside world as the settings ask for it: each port with its adapter.

Apart from the pages, so that what works at a terminal need not load them.
"""

import time

from reportbox.adapters.api import HttpsApi
from reportbox.adapters.clock import SystemClock
from reportbox.adapters.dns import DnsResolver
from reportbox.adapters.gpg import GpgKeyring
from reportbox.adapters.gpg_files import GpgVault
from reportbox.adapters.imap import ImapMailbox
from reportbox.adapters.loop import AnswersLoop
from reportbox.adapters.machine import LinuxMachine
from reportbox.adapters.postfix import PostfixLog
from reportbox.adapters.registry import IpwhoisRegistry
from reportbox.adapters.sftp import SftpStore
from reportbox.adapters.smtp import SmtpMailer
from reportbox.adapters.web_server import TlsWebServer
from reportbox.office.choosing import password_of
from reportbox.ports import Clock, Mailbox, World
from reportbox.practice.clock import MovableClock
from reportbox.settings import Settings

SETTINGS = "REPORTBOX_SETTINGS"  # names the settings file for gunicorn's workers


def real_world(settings: Settings) -> World:
    """Plug the adapters the settings ask for."""
    clock = clock_of(settings)
    resolver, registry = lookups_of(settings, clock)
    return World(
        clock=clock,
        loop=AnswersLoop(registry.close),
        resolver=resolver,
        registry=registry,
        mailer=mailer_of(settings),
        keyring=GpgKeyring(settings.gnupg_home, settings.hotline_email),
        vault=GpgVault(settings.gnupg_home, settings.hotline_email),
        store=SftpStore(
            settings.data_dir / "ssh", settings.backup_sftp, settings.backup_host_key
        ),
        mailbox=mailbox_of(settings),
        mail_log=PostfixLog(settings.mail_log) if settings.mail_log else None,
        api=HttpsApi(settings.secret),
        web_server=TlsWebServer(),
        machine=LinuxMachine(),
    )


def lookups_of(settings: Settings, clock: Clock) -> tuple[DnsResolver, IpwhoisRegistry]:
    """Plug what tracing asks; what it keeps grows old by a practice box's own clock."""
    seconds_of = (
        (lambda: clock.now().timestamp()) if settings.practice else time.monotonic
    )
    seconds, of = settings.lookup_timeout_seconds, settings.by_registry
    resolver = DnsResolver(
        settings.resolvers, seconds, settings.origin_views, seconds_of
    )
    registry = IpwhoisRegistry(
        resolver,
        timeout=seconds,
        urls=of(settings.rdap_urls),
        whois_servers=of(settings.whois_servers),
        at_once={k: int(v) for k, v in of(settings.registry_at_once).items()},
        per_minute={k: int(v) for k, v in of(settings.registry_per_minute).items()},
        hosts=settings.registry_hosts,
        seconds=seconds_of,
    )
    return resolver, registry


def mailer_of(settings: Settings) -> SmtpMailer:
    user = settings.smtp_user
    return SmtpMailer(
        host=settings.smtp_host,
        port=settings.smtp_port,
        security=settings.smtp_security,
        user=user,
        password=password_of(settings, "smtp-password") if user else "",
        timeout=settings.smtp_timeout_seconds,
    )


def mailbox_of(settings: Settings) -> Mailbox | None:
    if not settings.imap_host:
        return None
    return ImapMailbox(
        host=settings.imap_host,
        port=settings.imap_port,
        user=settings.imap_user,
        password=password_of(settings, "imap-password"),
        folder=settings.imap_folder,
        timeout=settings.imap_timeout_seconds,
        ca_file=settings.imap_ca_file,
    )


def clock_of(settings: Settings) -> Clock:
    if settings.practice:
        return MovableClock(settings.data_dir / "practice-clock")
    return SystemClock()
