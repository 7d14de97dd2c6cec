"""The portal: officers read their agency's notices and answer with one click.

An officer sees the notices of their own unit and no others. Addresses are inert here
too; the live one, and every document that holds it, comes by a recorded action alone.
"""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from reportbox.agreements.reading import read_terms
from reportbox.errors import Refused
from reportbox.here import deed_of_officer, settings, world
from reportbox.lea import actions, look_views
from reportbox.lea.annex_one import SCHEMA, blocks
from reportbox.lea.answer import FEEDBACK, SCOPES, USEFULNESS
from reportbox.lea.desk_of_officer import (
    PAGE,
    VISIBLE,
    Line,
    holds_of,
    latest_notices,
    line_of,
    open_urgent,
    scopes_of,
)
from reportbox.lea.documents import KINDS, case_for_reading, document, proofs_for
from reportbox.lea.guide import Us, as_pdf, read_guide
from reportbox.lea.looks import SEEN
from reportbox.office.roles import Right
from reportbox.questions import Field, Question, answer, ask, day_of, said
from reportbox.records import NoSuchRecord
from reportbox.records.answers import Answer, OwnAddress
from reportbox.records.items import Hold
from reportbox.records.tracks import LeaNotice
from reportbox.web import download, go, needs, open_to_all

bp = Blueprint("portal", __name__, url_prefix="/lea")


@bp.get("/annex-one.schema.json")
@open_to_all
def show_schema() -> Response:
    """Publish the schema that every annex-one.json keeps to."""
    return download(SCHEMA.name, "application/schema+json", SCHEMA.read_bytes())


@bp.get("/guide")
@needs(Right.ANSWER)
def show_guide() -> str:
    return render_template("portal/guide.html", guide=read_guide(), us=_us())


@bp.get("/guide.pdf")
@needs(Right.ANSWER)
def take_guide() -> Response:
    return download("guide-for-officers.pdf", "application/pdf", as_pdf(_us()))


@bp.get("/notices/")
@needs(Right.ANSWER)
def show_notices() -> str:
    before = request.args.get("before", "")
    below = int(before) if before.isascii() and before.isdigit() else None
    notices = latest_notices(_unit(), below)
    urgent = [] if below else open_urgent(_unit())
    shown = {n.id for n in urgent}
    rest = [n for n in notices[:PAGE] if n.id not in shown]
    return render_template(
        "portal/notices.html",
        urgent=_lines(urgent),
        lines=_lines(rest),
        older=notices[PAGE - 1].id if len(notices) > PAGE else None,
        agency=current_user.account.agency,
        own=OwnAddress.current(),
        is_first=below is None,
    )


@bp.get("/notices/<int:notice_id>")
@needs(Right.ANSWER)
def show_notice(notice_id: int) -> str:
    return _notice_page(_mine(notice_id), {})


@bp.post("/notices/<int:notice_id>/address")
@needs(Right.ANSWER)
def show_address(notice_id: int) -> str:
    notice = _mine(notice_id)
    return _notice_page(notice, {}, actions.show_live(notice, deed_of_officer()))


@bp.post("/notices/<int:notice_id>/annex/<kind>")
@needs(Right.ANSWER)
def take_annex(notice_id: int, kind: str) -> Response:
    notice = _mine(notice_id)
    made = document(notice.item, kind, settings(), read_terms())
    actions.note_annex(notice, deed_of_officer(f"Annex I as {kind}"))
    return download(made.name, made.media_type, made.content)


@bp.post("/notices/<int:notice_id>/proof/<int:number>")
@needs(Right.ANSWER)
def take_proof(notice_id: int, number: int) -> Response:
    """Hand out a proof this agency was told of; what providers wrote stands in it."""
    notice = _mine(notice_id)
    made = proofs_for(notice)
    if not 0 < number <= len(made):
        raise NoSuchRecord
    actions.note_proof(notice, deed_of_officer(f"proof {number}"))
    proof = made[number - 1]
    return download(proof.name, proof.media_type, proof.content)


@bp.post("/notices/<int:notice_id>/receive")
@needs(Right.ANSWER)
def receive(notice_id: int) -> Response:
    notice, by = _mine(notice_id), deed_of_officer("in the portal")
    actions.confirm(notice, "in the portal", by)
    flash("Thank you: the receipt is recorded, and the hotline sees it.")
    return _back(notice)


@bp.get("/notices/<int:notice_id>/hold")
@needs(Right.ANSWER)
def show_hold(notice_id: int) -> str:
    notice = _mine(notice_id)
    return ask(_hold_question(notice), _page_of(notice))


@bp.post("/notices/<int:notice_id>/hold")
@needs(Right.ANSWER)
def hold(notice_id: int) -> Any:  # noqa: ANN401
    notice = _mine(notice_id)
    return answer(_hold_question(notice), notice, _page_of(notice))


@bp.post("/notices/<int:notice_id>/hold_now")
@needs(Right.ANSWER)
def hold_now(notice_id: int) -> Response:
    """Stop this one NTD, at one click and without a word."""
    notice = _mine(notice_id)
    flash(_place(notice, "item", ""))
    return _back(notice)


@bp.get("/holds/")
@needs(Right.ANSWER)
def show_holds() -> str:
    now = world().clock.now()
    return render_template("portal/holds.html", holds=holds_of(_unit(), now))


@bp.post("/holds/<int:hold_id>/release")
@needs(Right.ANSWER)
def release(hold_id: int) -> Response:
    hold = Hold.get_by_id(hold_id)
    if hold.unit_id != _unit():
        raise NoSuchRecord
    free = actions.release(hold, deed_of_officer("in the portal"), unit=_unit())
    flash(
        "Released. What fell due meanwhile leaves now."
        if free
        else "Released. Another hold still stops it."
    )
    return go(".show_holds")


@bp.get("/notices/<int:notice_id>/<any(ntd_sent, removed, feedback):verb>")
@needs(Right.ANSWER)
def show_question(notice_id: int, verb: str) -> str:
    return ask(QUESTIONS[verb], _page_of(_mine(notice_id)))


@bp.post("/notices/<int:notice_id>/<any(ntd_sent, removed, feedback):verb>")
@needs(Right.ANSWER)
def answer_question(notice_id: int, verb: str) -> Any:  # noqa: ANN401
    notice = _mine(notice_id)
    return answer(QUESTIONS[verb], notice, _page_of(notice))


@bp.post("/notices/<int:notice_id>/look/<any(gone, there):seen>")
@needs(Right.ANSWER)
def say_seen(notice_id: int, seen: str) -> Response:
    """Say at one click what a look that was due has shown."""
    notice = _mine(notice_id)
    flash(look_views.say_seen(notice, seen, deed_of_officer(SEEN[seen])))
    return _back(notice)


# --- what the questions do ---


def _hold_question(notice: LeaNotice) -> Question:
    first, *rest = HOLD.fields
    choices = tuple(scopes_of(notice).items())
    return HOLD._replace(fields=(first._replace(choices=choices), *rest))


def _place(notice: LeaNotice, scope: str, why: str, review_on: Any = None) -> str:  # noqa: ANN401
    by = deed_of_officer(why or "in the portal, no reason given")
    in_time = actions.hold(
        notice.item, by, scope=scope, unit=_unit(), review_on=review_on, notice=notice
    )
    if in_time:
        return "It is on hold: nothing that outsiders could notice happens."
    return (
        "It is on hold, but a letter to the provider was already being handed to its "
        "mail server when you asked. The hotline sees this and calls you."
    )


def _hold(notice: LeaNotice, form: Mapping[str, str]) -> str:
    day = day_of(form, "review_on")
    return _place(notice, said(form, "scope") or "item", said(form, "why"), day)


def _ntd_sent(notice: LeaNotice, form: Mapping[str, str]) -> str:
    actions.say_ntd_sent(notice, deed_of_officer(said(form, "why")))
    return "Thank you: the hotline sees that you have asked the provider."


def _removed(notice: LeaNotice, form: Mapping[str, str]) -> str:
    actions.say_removed(notice, deed_of_officer(said(form, "why") or "seen by the LEA"))
    return "Thank you: the hotline sees it, and checks nothing twice."


def _feedback(notice: LeaNotice, form: Mapping[str, str]) -> str:
    by = deed_of_officer(said(form, "why"))
    actions.give_feedback(notice, said(form, "status"), said(form, "usefulness"), by)
    return "Thank you: your feedback helps the analysts."


HOLD = Question(
    "Hold the notice to the provider",
    "Nothing that outsiders could notice happens until you release it: no notice, no "
    "reminder, no referral. You need not give a reason.",
    "Hold",
    _hold,
    (
        Field("scope", "What is held", "", "select", tuple(SCOPES.items())),
        Field("review_on", "Remind us on", "A reminder, never a release.", "date"),
        Field("why", "Reason, if you like"),
    ),
)
QUESTIONS = {
    "ntd_sent": Question(
        "You have asked the provider yourselves",
        "The hotline sees it. Say when it has been removed, too.",
        "NTD sent by us",
        _ntd_sent,
        (Field("why", "When, and whom you asked"),),
    ),
    "removed": Question(
        "You found it removed",
        "Notices to the provider and checks by the hotline end.",
        "It is removed",
        _removed,
        (Field("why", "When you saw that it is gone"),),
    ),
    "feedback": Question(
        "What became of it?",
        "Whatever you can tell. It is read by the analysts and by nobody else.",
        "Send",
        _feedback,
        (
            Field("status", "State", "", "select", tuple(FEEDBACK.items())),
            Field("usefulness", "Was it useful?", "", "select",
                  tuple(USEFULNESS.items())),
            Field("why", "In your words, if you like", "", "textarea"),
        ),
    ),
}  # fmt: skip


# --- who asks, and what they may see ---


def _us() -> Us:
    we = settings()
    return Us(we.hotline_name, we.hotline_phone, we.hotline_email)


def _unit() -> int:
    number: int | None = current_user.account.agency_id
    if number is None or not current_user.account.agency.is_active:
        raise Refused("Your agency is not told of anything now: please call us.")
    return number


def _mine(notice_id: int) -> LeaNotice:
    notice: LeaNotice = LeaNotice.get_by_id(notice_id)
    if notice.unit_id != _unit() or notice.state not in VISIBLE:
        raise NoSuchRecord
    return notice


def _lines(notices: list[LeaNotice]) -> list[Line]:
    now = world().clock.now()
    return [line_of(notice, settings(), now) for notice in notices]


def _page_of(notice: LeaNotice) -> str:
    return url_for(".show_notice", notice_id=notice.id)


def _back(notice: LeaNotice) -> Response:
    return redirect(_page_of(notice), code=303)


def _notice_page(notice: LeaNotice, problems: dict[str, str], address: str = "") -> str:
    item = notice.item
    return render_template(
        "portal/notice.html",
        notice=notice,
        line=line_of(notice, settings(), world().clock.now()),
        blocks=blocks(case_for_reading(item, settings()), set(read_terms().fields_off)),
        holds=Hold.open_on(item.id),
        my_unit=_unit(),
        can_confirm=notice.confirmed_at is None,
        in_block=LeaNotice.count_in(notice.block) if notice.block else 0,
        answers=Answer.rows(Answer.notice == notice.id),
        kinds=KINDS,
        feedback=tuple(FEEDBACK.items()),
        usefulness=tuple(USEFULNESS.items()),
        proofs=proofs_for(notice),
        address=address,
        problems=problems,
    )
