"""Put the parts together."""

import os
import signal
from functools import cache
from pathlib import Path

from flask import Flask

from reportbox import web
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
from reportbox.office.choosing import open_box
from reportbox.office.health_views import bp as health
from reportbox.office.paper_views import bp as papers
from reportbox.office.people_views import bp as people
from reportbox.office.retention_views import bp as retention
from reportbox.office.settings_views import bp as settings_pages
from reportbox.office.team_views import bp as team
from reportbox.office.trial_views import bp as trials
from reportbox.office.views import bp as office
from reportbox.office.wizard_views import bp as wizard
from reportbox.ports import World
from reportbox.post.views import bp as post
from reportbox.practice.views import bp as practice
from reportbox.settings import Settings
from reportbox.tracing.book_views import bp as book
from reportbox.tracing.proxies import read_proxies
from reportbox.tracing.views import bp as tracing
from reportbox.world import SETTINGS, real_world

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


@cache
def file_at_start() -> Settings:
    """Read the settings file, once for a master and all its workers.

    What is chosen on the pages was checked against it; changed meanwhile, even to what
    cannot be read, it counts from the next start of the box.
    """
    return Settings.read(Path(os.environ[SETTINGS]))


def from_environment() -> Flask:
    """Build the application for a gunicorn worker."""
    settings = open_box(file_at_start())
    app = create_app(settings, real_world(settings))
    master = os.getppid()
    # gunicorn starts fresh workers, which read the settings, and ends the old ones.
    app.extensions["renew"] = lambda: os.kill(master, signal.SIGHUP)
    return app
