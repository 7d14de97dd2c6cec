"""Put the parts together."""

import os
import signal
import time
from pathlib import Path

from flask import Flask

from reportbox import web
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
from reportbox.agreements.address_views import bp as addresses
from reportbox.agreements.agency_views import bp as agencies
from reportbox.agreements.annex_views import bp as annexes
from reportbox.agreements.views import bp as agreements
from reportbox.assessment.many_views import bp as many
from reportbox.assessment.quality_views import bp as quality
from reportbox.assessment.queue_views import bp as queue
from reportbox.assessment.views import bp as assessment
from reportbox.iccam.views import bp as iccam
from reportbox.intake.desk_views import bp as reports
from reportbox.intake.entry_views import bp as entry
from reportbox.intake.follow_views import bp as follow
from reportbox.intake.partner_views import api
from reportbox.intake.partner_views import bp as partners
from reportbox.intake.presence_views import bp as presence
from reportbox.intake.views import bp as intake
from reportbox.lea.call_views import bp as calls
from reportbox.lea.code_views import bp as code
from reportbox.lea.custody_views import bp as custody
from reportbox.lea.hold_views import bp as holds
from reportbox.lea.portal import bp as portal
from reportbox.lea.views import bp as lea
from reportbox.ntd.answer_views import bp as answers
from reportbox.ntd.check_views import bp as checks
from reportbox.ntd.text_views import bp as texts
from reportbox.ntd.views import bp as ntd
from reportbox.office.audit_views import bp as audit
from reportbox.office.backup_views import bp as backups
from reportbox.office.choosing import password_of, read_box
from reportbox.office.health_views import bp as health
from reportbox.office.paper_views import bp as papers
from reportbox.office.people_views import bp as people
from reportbox.office.retention_views import bp as retention
from reportbox.office.settings_views import bp as settings_pages
from reportbox.office.team_views import bp as team
from reportbox.office.trial_views import bp as trials
from reportbox.office.views import bp as office
from reportbox.office.wizard_views import bp as wizard
from reportbox.ports import Clock, Mailbox, World
from reportbox.post.views import bp as post
from reportbox.practice.clock import MovableClock
from reportbox.practice.views import bp as practice
from reportbox.settings import Settings
from reportbox.tracing.book_views import bp as book
from reportbox.tracing.proxies import read_proxies
from reportbox.tracing.views import bp as tracing

SETTINGS = "REPORTBOX_SETTINGS"  # names the settings file for gunicorn's workers

# Every page belongs to exactly one face.
PAGES = (
    (intake, "public"),
    (follow, "public"),
    (office, "desk"),
    (wizard, "desk"),
    (trials, "desk"),
    (settings_pages, "desk"),
    (people, "desk"),
    (papers, "desk"),
    (audit, "desk"),
    (retention, "desk"),
    (backups, "desk"),
    (health, "desk"),
    (team, "desk"),
    (queue, "desk"),
    (api, "public"),
    (reports, "desk"),
    (entry, "desk"),
    (partners, "desk"),
    (presence, "desk"),
    (assessment, "desk"),
    (many, "desk"),
    (quality, "desk"),
    (lea, "desk"),
    (holds, "desk"),
    (calls, "desk"),
    (custody, "desk"),
    (agencies, "desk"),
    (addresses, "desk"),
    (agreements, "desk"),
    (annexes, "desk"),
    (portal, "portal"),
    (code, "portal"),
    (ntd, "desk"),
    (checks, "desk"),
    (answers, "desk"),
    (texts, "desk"),
    (tracing, "desk"),
    (book, "desk"),
    (iccam, "desk"),
    (post, "desk"),
)


def create_app(settings: Settings, world: World) -> Flask:
    """Build the web application; the database must be open by the first request."""
    read_proxies(settings.proxies_file)  # a broken file stops the start, in one line
    app = Flask("reportbox")
    app.url_map.strict_slashes = False
    web.prepare(app, settings, world)
    app.extensions["world_of"] = real_world
    for blueprint, face in PAGES:
        web.register(app, blueprint, face)
    if settings.practice:
        web.register(app, practice, "desk")
    return app


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


def from_environment() -> Flask:
    """Build the application for a gunicorn worker."""
    settings = read_box(Path(os.environ[SETTINGS]))
    app = create_app(settings, real_world(settings))
    master = os.getppid()
    # gunicorn starts fresh workers, which read the settings, and ends the old ones.
    app.extensions["renew"] = lambda: os.kill(master, signal.SIGHUP)
    return app
