"""A list that somebody uploaded: kept whole first, then taken in line by line."""

import json
from datetime import datetime, timedelta
from typing import Any

from reportbox.errors import InvalidInput
from reportbox.intake import sheet
from reportbox.intake.actions import Origin, accept
from reportbox.intake.form import Submission
from reportbox.intake.receipt import digest
from reportbox.plain import one_line
from reportbox.ports import World
from reportbox.records import atomic
from reportbox.records.items import Item
from reportbox.records.journey import Deed, put_on_record
from reportbox.records.uploads import LineState, Upload, UploadLine
from reportbox.settings import Settings

LONGEST = 200  # characters of a name or reference
LINES_AT_ONCE = 50  # in one transaction, so that visitors do not wait
LINES_PER_ROUND = 1_000
TORN_AFTER = timedelta(hours=1)


def take_list(name: str, raw: bytes, deed: Deed) -> Upload:
    """Keep every line of a list; the box takes them in by itself, one by one."""
    count = sum(1 for _ in sheet.read_sheet(raw))  # the whole file can be read
    with atomic():
        upload: Upload = Upload.create(
            at=deed.at,
            account=deed.account or 0,
            who=deed.who,
            name=one_line(name)[:LONGEST] or "a list",
            total=count,
        )
        put_on_record(deed, "upload", f"upload {upload.id}")
    lines = sheet.read_sheet(raw)
    upload.take_lines((n, json.dumps(fields)) for n, fields in lines)
    with atomic():
        Upload.update(is_whole=True).where(Upload.id == upload.id).execute()
    return upload


def take_in_due(settings: Settings, world: World) -> int:
    """Take in the next lines of a list, a few at a time."""
    upload = Upload.at_work()
    taken = 0
    while upload is not None and taken < LINES_PER_ROUND:
        lines = UploadLine.waiting(upload, LINES_AT_ONCE)
        if not lines:
            return taken
        now = world.clock.now()
        with atomic():
            for line in lines:
                _take_line(upload, line, now, settings)
            done = Upload.done + len(lines)
            Upload.update(done=done).where(Upload.id == upload.id).execute()
        taken += len(lines)
    return taken


def forget_torn_lists(_: Settings, world: World) -> int:
    """A list whose sending broke off was never promised; its owner sends it again."""
    torn = Upload.torn(world.clock.now() - TORN_AFTER)
    for upload in torn:
        with atomic():
            UploadLine.delete().where(UploadLine.upload == upload.id).execute()
            Upload.delete().where(Upload.id == upload.id).execute()
    return len(torn)


def _take_line(
    upload: Upload, line: UploadLine, now: datetime, settings: Settings
) -> None:
    fields = json.loads(line.text)
    changes: dict[str, Any] = {"text": ""}
    try:
        form = {**fields, "urgent": _yes(fields.get("urgent", ""))}
        sent = Submission.parse(form, now.astimezone(settings.zone).date())
    except InvalidInput as wrong:
        changes |= {"state": LineState.REFUSED, "words": str(wrong)}
    else:
        origin = Origin(
            source="list",
            who=f"{upload.who} (list)",
            account=upload.account,
            sent_by=upload.name,
            reference=one_line(fields.get("reference", ""))[:LONGEST],
        )
        known = Item.known(sent.addresses[0].key)
        token = f"upload {upload.id} line {line.number}"
        accept(sent, digest(token), digest(token), now, origin)
        item = Item.known(sent.addresses[0].key)
        state = LineState.NEW if known is None else LineState.AGAIN
        changes |= {"state": state, "item": item}
    UploadLine.update(**changes).where(UploadLine.id == line.id).execute()


def _yes(text: str) -> str:
    return "yes" if text.strip().lower() in {"yes", "y", "1", "true", "x"} else ""
