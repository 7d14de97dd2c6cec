"""At the desk: the exchange with a reporter, and the end of an alarm."""

from typing import Any

from flask import Blueprint, flash, render_template, request

from reportbox.errors import Refused
from reportbox.here import deed, settings
from reportbox.intake import exchange
from reportbox.office import alarm
from reportbox.office.roles import Right
from reportbox.records.items import Sighting
from reportbox.records.messages import Message
from reportbox.records.reports import Report
from reportbox.web import go, needs

bp = Blueprint("reports", __name__, url_prefix="/reports")


@bp.get("/<int:report_id>")
@needs(Right.READ_ITEMS)
def show_exchange(report_id: int) -> str:
    return _exchange(Report.get_by_id(report_id), {}, {})


@bp.post("/<int:report_id>/answer")
@needs(Right.WORK)
def answer(report_id: int) -> Any:  # noqa: ANN401
    report = Report.get_by_id(report_id)
    try:
        exchange.write_back(report, request.form.get("text", ""), deed(), settings())
    except Refused as wrong:
        return _exchange(report, wrong.problems, request.form), 422
    flash("Kept for the reporter, who reads it with the code of the receipt.")
    return go("reports.show_exchange", report_id=report.id)


@bp.post("/<int:report_id>/read")
@needs(Right.WORK)
def mark_read(report_id: int) -> Any:  # noqa: ANN401
    exchange.mark_read(Report.get_by_id(report_id), deed())
    return go("reports.show_exchange", report_id=report_id)


@bp.post("/acknowledge")
@needs(Right.WORK)
def acknowledge() -> Any:  # noqa: ANN401
    alarm.acknowledge(deed())
    flash("The alarm is off. What is urgent stands first in the queue.")
    return go("queue.show_queue", name="urgent")


def _exchange(report: Report, problems: dict[str, str], typed: Any) -> str:  # noqa: ANN401
    messages = Message.under([report.id])
    return render_template(
        "intake/exchange.html",
        report=report,
        items=[s.item for s in Sighting.rows(Sighting.report == report.id)][:50],
        messages=messages,
        has_unread=any(not m.is_read and not m.from_hotline for m in messages),
        problems=problems,
        typed=typed,
    )
