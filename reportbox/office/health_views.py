"""Is the box well? A page for people, a word for a watchdog, counts for Prometheus."""

import hmac

from flask import Blueprint, Response, abort, render_template, request

from reportbox import __version__
from reportbox.here import settings, world
from reportbox.office import health
from reportbox.office.metrics import MEDIA_TYPE, text_of
from reportbox.office.roles import Right
from reportbox.office.work_health import figures_of_jobs
from reportbox.web import needs, open_to_all

bp = Blueprint("health", __name__)

UNAVAILABLE = 503


@bp.get("/health")
@needs(Right.SEE_HEALTH)
def show_health() -> str:
    found = health.kept(settings(), world().clock.now())
    return render_template("office/health.html", found=found)


@bp.get("/healthz")
@open_to_all
def show_word() -> Response:
    """Say one word, and nothing that a stranger could use."""
    if health.is_well(settings(), world().clock.now()):
        return Response("well\n", mimetype="text/plain")
    return Response("unwell\n", UNAVAILABLE, mimetype="text/plain")


@bp.get("/metrics")
@open_to_all
def show_metrics() -> Response:
    if not _may_read():
        abort(401)
    now = world().clock.now()
    figures: dict[str, float] = {f'version{{version="{__version__}"}}': 1}
    for one in health.kept(settings(), now):
        label = f'{{check="{one.check.name}"}}'
        figures[f"check_ok{label}"] = one.check.is_ok
        figures[f"check_age_seconds{label}"] = (now - one.looked_at).total_seconds()
        figures.update(one.check.figures)
    figures.update(figures_of_jobs(now))
    return Response(text_of(figures), content_type=MEDIA_TYPE)


def _may_read() -> bool:
    token, given = settings().metrics_token, request.headers.get("Authorization", "")
    wanted = f"Bearer {token}"
    return not token or hmac.compare_digest(given.encode(), wanted.encode())
