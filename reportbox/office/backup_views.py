"""The backups there are, what was proved, and the sheet by which a box comes back."""

from typing import Any

from flask import Blueprint, flash, render_template

from reportbox.errors import Refused
from reportbox.here import deed, settings, world
from reportbox.office import backup
from reportbox.office.recovery import sheet_of
from reportbox.office.roles import Right
from reportbox.records.backups import Backup, Proof
from reportbox.web import go, grave, needs

bp = Blueprint("backups", __name__)

MOST_SHOWN = 60  # of each kind; two months, once a day
SOON = "It begins within seconds, beside the box. Look again in a minute."


@bp.get("/backups/")
@needs(Right.RUN_BACKUPS)
def show_backups() -> str:
    return render_template(
        "office/backups.html",
        backups=Backup.latest(MOST_SHOWN),
        proofs=Proof.latest(MOST_SHOWN),
        ordered=backup.ordered(),
        settings=settings(),
        box_key=world().keyring.own_fingerprint(),
        identity=world().store.identity(),
    )


@bp.post("/backups/now")
@needs(Right.RUN_BACKUPS)
@grave
def back_up() -> Any:  # noqa: ANN401
    if not settings().backup_key:
        raise Refused(f"That is not possible: {backup.NO_KEY}.")
    backup.order("backup", deed())
    flash(SOON)
    return go(".show_backups")


@bp.post("/backups/prove")
@needs(Right.RUN_BACKUPS)
@grave
def prove() -> Any:  # noqa: ANN401
    if Backup.last_good() is None:
        raise Refused("There is no backup to prove yet.")
    backup.order("prove", deed())
    flash(SOON)
    return go(".show_backups")


@bp.post("/backups/identity")
@needs(Right.RUN_BACKUPS)
@grave
def make_identity() -> Any:  # noqa: ANN401
    world().store.create_identity()
    return go(".show_backups")


@bp.get("/backups/sheet")
@needs(Right.RUN_BACKUPS)
def show_sheet() -> str:
    box_key = world().keyring.own_fingerprint()
    sheet = sheet_of(settings(), box_key, world().clock.now())
    return render_template("office/recovery_sheet.html", sheet=sheet)
