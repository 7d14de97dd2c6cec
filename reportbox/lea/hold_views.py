"""The ledger of holds: what is held for whom, since when, and what it costs."""

from flask import Blueprint, render_template

from reportbox.here import world
from reportbox.lea.desk_of_officer import hours_of
from reportbox.office.roles import Right
from reportbox.records.items import Hold
from reportbox.web import needs

bp = Blueprint("holds", __name__)

LATEST = 500  # released ones shown


@bp.get("/holds")
@needs(Right.READ_ITEMS)
def show_holds() -> str:
    now = world().clock.now()
    over = Hold.select().where(Hold.released_at.is_null(is_null=False))
    ended = list(over.order_by(Hold.id.desc()).limit(LATEST))
    return render_template(
        "lea/holds.html",
        running=[(hold, hours_of(hold, now)) for hold in Hold.open_ones()],
        ended=[(hold, hours_of(hold, now)) for hold in ended],
        hours=sum(hours_of(hold, now) for hold in ended),
    )
