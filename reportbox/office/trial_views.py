"""What the wizard tries: a letter sent and read back, the box's key, a trace."""

from typing import Any

from flask import Blueprint, Response, flash, g, render_template, request

from reportbox import languages
from reportbox.errors import InvalidInput, PeerFailed
from reportbox.here import deed, latest, renew, world_of
from reportbox.intake import presence
from reportbox.intake.form import SITE_TYPES
from reportbox.intake.look import Look, style_sheet
from reportbox.intake.topics import topics
from reportbox.office import actions, wizard
from reportbox.office.choosing import choose, keep_password
from reportbox.office.roles import Right
from reportbox.office.settings_views import take
from reportbox.office.steps import Step
from reportbox.office.wizard_views import draw, saved
from reportbox.post import trial
from reportbox.post.advice import IMAP, SMTP, advice
from reportbox.questions import said
from reportbox.records.choices import FORM, Choice
from reportbox.tracing.address import read_address
from reportbox.tracing.look import Target, look_at_all
from reportbox.tracing.printed import as_text
from reportbox.web import framed_by_us, go, grave, needs

bp = Blueprint("trials", __name__, url_prefix="/setup")

PASSWORDS = ("smtp-password", "imap-password")
LARGEST_KEY = 60_000  # characters
LONGEST_PASSWORD = 1_000
NO_MAILBOX = "Please name the server of the mailbox first, and save."


def _step(name: str) -> Step:
    found = wizard.step_named(name)
    assert found is not None  # noqa: S101 - a word of ours
    return found


@bp.post("/mail")
@needs(Right.RUN_BOX)
@grave
def save_mail() -> Any:  # noqa: ANN401
    """Keep the servers and, apart from them, the passwords that were typed."""
    step = _step("mail")
    try:
        take(step.keys)
    except InvalidInput as wrong:
        return draw(step, wrong.problems), 422
    for name in PASSWORDS:
        typed = request.form.get(name, "")[:LONGEST_PASSWORD]
        forgets = request.form.get(f"forget-{name}") == "yes"
        if typed or forgets:
            keep_password(name, "" if forgets else typed, deed())
    return saved(step)


@bp.post("/mail/test")
@needs(Right.RUN_BOX)
def send_test() -> Any:  # noqa: ANN401
    those = latest()
    try:
        words = trial.send_trial(those, world_of(those).mailer, deed())
    except PeerFailed as trouble:
        return draw(_step("mail"), {"form": advice(str(trouble), SMTP)}), 422
    flash(f"It left for {those.hotline_email}: the server said “{words}”.")
    return go("wizard.show_step", step="mail")


@bp.post("/mail/read")
@needs(Right.RUN_BOX)
def read_back() -> Any:  # noqa: ANN401
    those, step = latest(), _step("mail")
    mailbox = world_of(those).mailbox
    if mailbox is None:
        return draw(step, {"imap_host": NO_MAILBOX}), 422
    try:
        is_there = trial.find_trial(those, mailbox, deed())
    except PeerFailed as trouble:
        return draw(step, {"form": advice(str(trouble), IMAP)}), 422
    if not is_there:
        late = "It is not in the mailbox yet. Wait a minute, then look again."
        return draw(step, {"form": late}), 422
    flash("It came back: mail works in both directions.")
    return go("wizard.show_step", step="mail")


@bp.post("/key/make")
@needs(Right.RUN_BOX)
@grave
def make_key() -> Any:  # noqa: ANN401
    those = latest()
    actions.make_own_key(those.hotline_name, world_of(those).keyring, deed())
    renew()
    flash("The key is made. Give its public half to the agencies.")
    return go("wizard.show_step", step="key")


@bp.post("/key/import")
@needs(Right.RUN_BOX)
@grave
def import_key() -> Any:  # noqa: ANN401
    text = said(request.form, "armoured")[:LARGEST_KEY]
    try:
        actions.import_own_key(text, world_of(latest()).keyring, deed())
    except InvalidInput as wrong:
        return draw(_step("key"), wrong.problems), 422
    renew()
    flash("The key is the box's own from now on.")
    return go("wizard.show_step", step="key")


@bp.post("/look-ups/try")
@needs(Right.RUN_BOX)
def try_trace() -> Any:  # noqa: ANN401
    """Trace the hotline's own form: a harmless name that the operator knows."""
    those, step = latest(), _step("look-ups")
    try:
        address = read_address(those.public_url)
    except InvalidInput as wrong:
        said_why = f"{those.public_url} cannot be traced. {wrong}"
        return draw(step, {"form": said_why}), 422
    outside = world_of(those)
    looks = look_at_all([Target(address.host)], those, outside, fresh=True)
    [(_, sight)] = list(looks)
    if sight.locations:
        actions.say("trace", deed())
    return draw(step, shown=as_text(address, sight, None), sight=sight)


@bp.post("/backups/key")
@needs(Right.RUN_BOX)
@grave
def take_backup_key() -> Any:  # noqa: ANN401
    """Take the operator's public key in; backups use it once a person compared it."""
    those, step, form = latest(), _step("backups"), request.form
    keys = world_of(those).keyring
    try:
        armoured = said(form, "armoured")[:LARGEST_KEY]
        fingerprint = actions.take_backup_key(armoured, said(form, "typed"), keys)
        choose(those, {"backup_key": fingerprint}, deed())
    except InvalidInput as wrong:
        return draw(step, wrong.problems), 422
    renew()
    flash("Backups are encrypted to this key. Keep its private half off this machine.")
    return go("wizard.show_step", step="backups")


@bp.post("/backups/host")
@needs(Right.RUN_BOX)
def ask_host() -> Any:  # noqa: ANN401
    """Ask the server for backups what it is known by."""
    step = _step("backups")
    try:
        found = world_of(latest()).store.host_keys()
    except PeerFailed as trouble:
        return draw(step, {"form": str(trouble)}), 422
    return draw(step, host_keys=found)


@bp.post("/backups/host/accept")
@needs(Right.RUN_BOX)
@grave
def accept_host() -> Any:  # noqa: ANN401
    """Know it by the key that a person compared from now on."""
    those, step, form = latest(), _step("backups"), request.form
    found: list[tuple[str, str]] = []
    try:
        found = world_of(those).store.host_keys()
        is_compared = form.get("same") == "yes"
        key = actions.accept_host_key(
            said(form, "host_key"), dict(found), is_compared=is_compared
        )
        choose(those, {"backup_host_key": key}, deed())
    except InvalidInput as wrong:
        return draw(step, wrong.problems, host_keys=found), 422
    except PeerFailed as trouble:
        return draw(step, {"form": str(trouble)}), 422
    renew()
    flash("Backups are carried to the server with this key, and to no other.")
    return go("wizard.show_step", step="backups")


@bp.get("/preview")
@needs(Right.READ_BOX)
@framed_by_us
def show_preview() -> str:
    """Draw the public form as visitors will see it; nothing can be sent from here."""
    kept, those = Choice.read(FORM), latest()
    g.language = languages.choose(request.args.get("lang", ""), [], those.languages)
    code = g.language.code
    return render_template(
        "intake/form.html",
        is_preview=True,
        hotline=those,
        language=g.language,
        look=Look.of(kept),
        own=lambda name: (
            presence.own_text(kept, name, code)
            or (those.emergency_text if name == "emergency" else "")
        ),
        token="",
        problems={},
        typed={},
        elsewhere=None,
        topics=topics(those.topics_file),
        site_types=SITE_TYPES,
        campaign="",
    )


@bp.get("/preview/style")
@needs(Right.READ_BOX)
def show_style() -> Response:
    look = Look.of(Choice.read(FORM))
    return Response(style_sheet(look), mimetype="text/css")
