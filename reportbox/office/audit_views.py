"""The audit: who did what, with filters and an export."""

from typing import Any

from flask import Blueprint, Response, render_template, request

from reportbox.errors import InvalidInput
from reportbox.here import deed
from reportbox.office import trail
from reportbox.office.roles import Right
from reportbox.office.trail import Filter
from reportbox.records import atomic, audit
from reportbox.records.journey import put_on_record
from reportbox.records.staff import Account
from reportbox.web import grave, needs

bp = Blueprint("audit", __name__, url_prefix="/audit")

NEWEST = 2**62  # above every row


@bp.get("/")
@needs(Right.READ_AUDIT)
def show_audit() -> Any:  # noqa: ANN401
    try:
        chosen, problems = Filter.read(request.args), {}
    except InvalidInput as wrong:
        chosen, problems = Filter(), wrong.problems
    before = request.args.get("before", NEWEST, type=int)
    lines, has_more = trail.page(chosen, min(max(before, 1), NEWEST))
    page = render_template(
        "office/audit.html",
        lines=lines,
        has_more=has_more,
        kinds=[("", "everything"), *((k, k.replace("_", " ")) for k in trail.kinds())],
        people=[("", "everybody"), *((a.id, a.name) for a in Account.rows())],
        typed=request.args,
        problems=problems,
    )
    return page, 422 if problems else 200


@bp.post("/verify")
@needs(Right.READ_AUDIT)
def verify() -> str:
    last, mac = audit.head()
    return render_template(
        "office/audit_check.html", faults=audit.faults(), last=last, mac=mac
    )


@bp.post("/export")
@needs(Right.READ_AUDIT)
@grave
def export() -> Response:
    chosen = Filter.read(request.form)
    last, _ = audit.head()
    with atomic():
        put_on_record(deed(), "export_audit", f"audit {last}")
    answer = Response(trail.export(chosen, last), mimetype="text/csv")
    answer.headers["Content-Disposition"] = 'attachment; filename="audit.csv"'
    return answer
