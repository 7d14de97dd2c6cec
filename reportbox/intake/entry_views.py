"""At the desk: reports that come by telephone, letter, visit, ICCAM or as a list."""

import csv
import io
import secrets
from collections.abc import Iterator
from typing import Any

from flask import Blueprint, Response, current_app, flash, render_template, request

from reportbox.errors import InvalidInput
from reportbox.here import deed, settings
from reportbox.intake import entry, lists, mails, sheet
from reportbox.intake.form import SITE_TYPES
from reportbox.intake.presence import definition
from reportbox.intake.topics import topics
from reportbox.office.roles import Right
from reportbox.plain import uncomputed
from reportbox.records.choices import Choice
from reportbox.records.drafts import Draft
from reportbox.records.items import item_number
from reportbox.records.uploads import LineState, Upload, UploadLine
from reportbox.tracing.address import defang
from reportbox.web import go, needs, takes_files

bp = Blueprint("entry", __name__, url_prefix="/enter")

LIST = 200  # refused lines on one page


@bp.get("/")
@needs(Right.WORK)
def show_entry() -> str:
    return _page({}, {})


@bp.post("/")
@needs(Right.WORK)
def enter() -> Any:  # noqa: ANN401
    key = current_app.extensions["receipt-key"]
    once = request.form.get("once", "") or secrets.token_hex(16)
    draft = Draft.get_or_none(Draft.id == request.form.get("draft", 0, type=int))
    form = request.form.to_dict()
    if draft is not None:
        form["address"] = mails.restore(form.get("address", ""), draft.text)
    try:
        found = entry.Entry.parse(form, settings(), deed())
        code = entry.enter(found, once, key, deed(), draft)
    except InvalidInput as wrong:
        return _page(wrong.problems, request.form, draft), 422
    count = len(found.sent.addresses)
    return render_template("intake/entered.html", code=code, count=count)


@bp.get("/mails")
@needs(Right.READ_ITEMS)
def show_mails() -> str:
    visit = Choice.read(mails.MAILBOX)
    return render_template("intake/mails.html", drafts=Draft.open_ones(), visit=visit)


@bp.get("/mails/<int:draft_id>")
@needs(Right.WORK)
def show_mail(draft_id: int) -> str:
    draft = Draft.get_by_id(draft_id)
    found = "\n".join(defang(one) for one in mails.addresses_in(draft.text))
    local = draft.received_at.astimezone(settings().zone)
    typed = {"way": "e-mail", "address": found}
    typed["received_at"] = local.strftime("%Y-%m-%dT%H:%M")
    return _page({}, typed, draft)


@bp.post("/mails/<int:draft_id>/discard")
@needs(Right.WORK)
def discard_mail(draft_id: int) -> Any:  # noqa: ANN401
    mails.end(Draft.get_by_id(draft_id), "discard_mail", deed())
    flash("Put away. The mail itself stays in the mailbox, marked as read.")
    return go("entry.show_mails")


@bp.get("/list")
@needs(Right.WORK)
def show_lists() -> str:
    return _lists({})


@bp.post("/list")
@needs(Right.WORK)
@takes_files(sheet.LARGEST)
def take_list() -> Any:  # noqa: ANN401
    file = request.files.get("file")
    if file is None or not file.filename:
        return _lists({"file": "Please choose a file."}), 422
    try:
        sheet.refuse_other_files(file.filename)
        name = request.form.get("name", "") or file.filename
        upload = lists.take_list(name, file.read(), deed())
    except InvalidInput as wrong:
        return _lists(wrong.problems), 422
    flash("The list is kept. The box takes it in line by line; you may leave.")
    return go("entry.show_list", upload_id=upload.id)


@bp.get("/list/<int:upload_id>")
@needs(Right.WORK)
def show_list(upload_id: int) -> str:
    upload = Upload.get_by_id(upload_id)
    refused = (UploadLine.upload == upload.id) & (UploadLine.state == LineState.REFUSED)
    lines = UploadLine.select().where(refused).order_by(UploadLine.number).limit(LIST)
    return render_template(
        "intake/list.html",
        upload=upload,
        counts=UploadLine.counts(upload),
        definition=definition(settings()),
        lines=list(lines),
    )


@bp.get("/list/<int:upload_id>/result.csv")
@needs(Right.WORK)
def export_list(upload_id: int) -> Response:
    """Send what became of every line, as a file that no spreadsheet runs."""
    upload = Upload.get_by_id(upload_id)
    headers = {"Content-Disposition": f"attachment; filename=list-{upload.id}.csv"}
    return Response(_result(upload), mimetype="text/csv", headers=headers)


def _result(upload: Upload) -> Iterator[str]:
    yield "line,result,item,why\r\n"
    after = 0
    while chunk := _lines_after(upload, after):
        text = io.StringIO()
        writer = csv.writer(text)
        for line in chunk:
            item = item_number(line.item_id) if line.item_id else ""
            writer.writerow([line.number, line.state, item, uncomputed(line.words)])
        yield text.getvalue()
        after = chunk[-1].number


def _lines_after(upload: Upload, after: int) -> list[UploadLine]:
    mine = (UploadLine.upload == upload.id) & (UploadLine.number > after)
    return list(UploadLine.select().where(mine).order_by(UploadLine.number).limit(1000))


def _page(problems: dict[str, str], typed: Any, draft: Draft | None = None) -> str:  # noqa: ANN401
    return render_template(
        "intake/entry.html",
        draft=draft,
        once=secrets.token_hex(16),
        ways=[("", "Choose"), *((way, way) for way in entry.WAYS)],
        topics=[(topic.code, topic.name) for topic in topics(settings().topics_file)],
        site_types=[("", "Not known"), *SITE_TYPES.items()],
        problems=problems,
        typed=typed,
    )


def _lists(problems: dict[str, str]) -> str:
    latest = list(Upload.select().order_by(Upload.id.desc()).limit(50))
    return render_template(
        "intake/lists.html",
        uploads=latest,
        columns=sheet.COLUMNS,
        most=sheet.MOST_LINES,
        problems=problems,
    )
