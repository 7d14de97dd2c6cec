"""Accounts: invitations, one's own account, and what an administrator changes."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from flask import Blueprint, flash, render_template, request, url_for
from flask_login import current_user
from markupsafe import Markup

from reportbox.door import door, keep_challenge, site, take_challenge
from reportbox.errors import InvalidInput
from reportbox.here import deed, settings, world
from reportbox.office import accounts, care, sessions, totp
from reportbox.office.accounts import Newcomer, hash_of
from reportbox.office.passkeys import offer_registration, read_registration
from reportbox.office.roles import Right, Role, title
from reportbox.office.welfare import minutes
from reportbox.questions import Field, Question, answer, ask, said
from reportbox.records import NoSuchRecord
from reportbox.records.agencies import Agency
from reportbox.records.staff import Account, Invitation, Passkey, RecoveryCode, Session
from reportbox.web import (
    at_the_portal_too,
    changes_factors,
    go,
    grave,
    needs,
    open_to_all,
)

bp = Blueprint("people", __name__)

ROLES = tuple((r.value, title(r)) for r in Role if r is not Role.OFFICER)


@bp.get("/join/<token>")
@open_to_all
@at_the_portal_too
def show_join(token: str) -> str:
    return _join_page(accounts.get_invitation(token, world().clock.now()))


@bp.post("/join/<token>")
@open_to_all
@at_the_portal_too
def join(token: str) -> Any:  # noqa: ANN401
    now = world().clock.now()
    invitation = accounts.get_invitation(token, now)
    form = request.form
    try:
        codes = accounts.accept(
            invitation,
            form.get("password", ""),
            form.get("code", ""),
            now,
            settings().hotline_name,
        )
    except InvalidInput as wrong:
        return _join_page(invitation, wrong.problems), 422
    then = url_for("office.show_log_in")
    return render_template("office/codes.html", codes=codes, then=then, is_new=True)


@bp.get("/me")
@needs(Right.BE_HERE)
@at_the_portal_too
def show_me() -> str:
    me = current_user.account
    this = Session.find(hash_of(current_user.token))
    unused = RecoveryCode.rows(
        RecoveryCode.account == me.id, RecoveryCode.used_at.is_null()
    )
    return render_template(
        "office/me.html",
        me=me,
        this=this and this.id,
        sessions=Session.rows(Session.account == me.id),
        codes_left=len(unused),
        today=minutes(care.load_of(me, world().clock.now(), settings()).today),
        passkeys=Passkey.rows(Passkey.account == me.id),
        role_title=title,
    )


@bp.get("/me/codes")
@needs(Right.BE_HERE)
@at_the_portal_too
def show_renew_codes() -> str:
    return ask(RENEW_CODES, url_for(".show_me"))


@bp.post("/me/codes")
@needs(Right.BE_HERE)
@changes_factors
@at_the_portal_too
def renew_codes() -> str:
    keep = hash_of(current_user.token)
    codes = accounts.renew_recovery_codes(current_user.account, deed(), keep=keep)
    then = url_for(".show_me")
    return render_template("office/codes.html", codes=codes, then=then)


@bp.get("/me/password")
@needs(Right.BE_HERE)
@at_the_portal_too
def show_change_password() -> str:
    return ask(CHANGE_PASSWORD, url_for(".show_me"))


@bp.post("/me/password")
@needs(Right.BE_HERE)
@at_the_portal_too
def change_password() -> Any:  # noqa: ANN401
    return answer(CHANGE_PASSWORD, current_user.account, url_for(".show_me"))


@bp.post("/me/keys")
@needs(Right.BE_HERE)
@at_the_portal_too
def switch_keys() -> Any:  # noqa: ANN401
    accounts.switch_keys(current_user.account)
    return go(".show_me")


@bp.get("/me/passkeys/add")
@needs(Right.BE_HERE)
@at_the_portal_too
def show_add_passkey() -> str:
    return _passkey_page()


@bp.post("/me/passkeys/add")
@needs(Right.BE_HERE)
@changes_factors
@at_the_portal_too
def add_passkey() -> Any:  # noqa: ANN401
    me, keep = current_user.account, hash_of(current_user.token)
    try:
        answer = request.form.get("credential", "")
        made = read_registration(answer, take_challenge(), site())
        sessions.add_passkey(me, said(request.form, "name"), made, deed(), keep=keep)
    except InvalidInput as wrong:
        return _passkey_page(wrong.problems), 422
    flash("The passkey is added. It can stand in for the code from now on.")
    return go(".show_me")


@bp.post("/me/passkeys/<int:passkey_id>/remove")
@needs(Right.BE_HERE)
@changes_factors
@at_the_portal_too
def remove_passkey(passkey_id: int) -> Any:  # noqa: ANN401
    keep = hash_of(current_user.token)
    sessions.remove_passkey(current_user.account, passkey_id, deed(), keep=keep)
    flash("That passkey is worth nothing any more.")
    return go(".show_me")


@bp.post("/me/sessions/<int:session_id>/end")
@needs(Right.BE_HERE)
@grave
@at_the_portal_too
def end_session(session_id: int) -> Any:  # noqa: ANN401
    now = world().clock.now()
    sessions.end_session(current_user.account, session_id, now)
    flash("That log-in has ended.")
    return go(".show_me")


@bp.get("/accounts/")
@needs(Right.RUN_ACCOUNTS)
def show_accounts() -> str:
    return render_template(
        "office/accounts.html",
        accounts=Account.rows(),
        invitations=Invitation.waiting(world().clock.now()),
        role_title=title,
    )


@bp.get("/accounts/invite")
@needs(Right.RUN_ACCOUNTS)
def show_invite() -> str:
    return ask(_invitation(), url_for(".show_accounts"))


@bp.post("/accounts/invite")
@needs(Right.RUN_ACCOUNTS)
@grave
def invite() -> Any:  # noqa: ANN401
    form = request.form
    try:
        newcomer = Newcomer.read(
            form.get("username", ""),
            form.get("name", ""),
            form.get("role", ""),
            _agency(form.get("agency", "")),
        )
        token = accounts.invite(newcomer, deed(), lasts=_lasts())
    except InvalidInput as wrong:
        return ask(_invitation(), url_for(".show_accounts"), wrong.problems), 422
    return _invited(newcomer.name, newcomer.role, token)


@bp.get("/accounts/<int:account_id>/<verb>")
@needs(Right.RUN_ACCOUNTS)
def show_question(account_id: int, verb: str) -> str:
    question = _about(_known(verb), Account.get_by_id(account_id))
    return ask(question, url_for(".show_accounts"))


@bp.post("/accounts/<int:account_id>/reinvite")
@needs(Right.RUN_ACCOUNTS)
@grave
def reinvite(account_id: int) -> str:
    account = Account.get_by_id(account_id)
    token = accounts.reinvite(account, deed(), lasts=_lasts())
    return _invited(account.name, account.role, token)


@bp.post("/accounts/<int:account_id>/<verb>")
@needs(Right.RUN_ACCOUNTS)
@grave
def answer_question(account_id: int, verb: str) -> Any:  # noqa: ANN401
    account = Account.get_by_id(account_id)
    question = _about(_known(verb), account)
    return answer(question, account, url_for(".show_accounts"))


def _invitation() -> Question:
    """Ask of which agency an officer is, where there is one."""
    known = tuple((str(row.id), row.name) for row in Agency.rows())
    if not known or not settings().portal_url:
        return INVITE
    *fields, role = INVITE.fields
    officer = (Role.OFFICER.value, title(Role.OFFICER))
    role = role._replace(choices=(*ROLES, officer))
    choices = (("", "of none"), *known)
    agency = Field("agency", "Agency", "Of an officer only.", "select", choices)
    return INVITE._replace(fields=(*fields, role, agency))


def _agency(number: str) -> int | None:
    is_number = number.isascii() and number.isdigit()
    return Agency.get_by_id(int(number)).id if is_number else None


def _passkey_page(problems: dict[str, str] | None = None) -> str:
    me = current_user.account
    offer = offer_registration(site(), me.username, sessions.passkeys_of(me))
    return render_template(
        "office/add_passkey.html",
        options=keep_challenge(offer),
        problems=problems or {},
    )


def _change_password(me: Account, form: Mapping[str, str]) -> str:
    old, new = form.get("today", ""), form.get("password", "")
    keep = hash_of(current_user.token)
    here = door(me.username)
    here.knock(me.username)
    accounts.check_change(me, old, new, settings().hotline_name)
    here.let_pass(me.username)
    sessions.check_code(me, form.get("code", ""), here)
    accounts.change_password(me, new, deed(), keep=keep)
    return "The password is changed. Your other log-ins have ended."


def _change_role(account: Account, form: Mapping[str, str]) -> str:
    accounts.change_role(account, said(form, "role"), deed())
    return f"{account.name} has another role and must log in again."


def _switch_off(account: Account, _: Mapping[str, str]) -> str:
    accounts.switch_off(account, deed())
    return f"{account.name} can no longer log in. The name stays in the history."


def _switch_on(account: Account, _: Mapping[str, str]) -> str:
    accounts.switch_on(account, deed())
    return f"{account.name} can log in again."


CHANGE_PASSWORD = Question(
    "Change your password",
    "Your other log-ins end; this one stays.",
    "Change it",
    _change_password,
    (
        Field("today", "Your password of today", "", "password"),
        Field("password", "The new one", "At least 12 characters.", "password"),
        Field("code", "Code", "Of your authenticator app, or a recovery code.", "code"),
    ),
)
RENEW_CODES = Question(
    "New recovery codes",
    "The old ones are worth nothing from then on, and your other log-ins end.",
    "Make new ones",
    lambda *_: "",
)
INVITE = Question(
    "Invite somebody",
    "They choose their own password and second factor by a link that works once.",
    "Make the link",
    lambda *_: "",
    (
        Field("name", "Name", "It stands in the history of items."),
        Field("username", "User name", "Letters, digits and “_”."),
        Field("role", "Role", "", "select", ROLES),
    ),
)
QUESTIONS = {
    "change_role": Question(
        "Change the role",
        "Their log-ins end at once.",
        "Change it",
        _change_role,
        (Field("role", "Role", "", "select", ROLES),),
    ),
    "reinvite": Question(
        "Make a new invitation",
        "For a lost password or second factor. Their log-ins end at once; the old "
        "password and codes go on working until the link is used.",
        "Make the link",
        lambda *_: "",
    ),
    "switch_off": Question(
        "Switch the account off",
        "Their log-ins end at once, and nobody gets in by this name any more.",
        "Switch off",
        _switch_off,
    ),
    "switch_on": Question(
        "Switch the account on again",
        "They log in with the password and second factor they had.",
        "Switch on",
        _switch_on,
    ),
}


def _about(question: Question, account: Account) -> Question:
    return question._replace(title=f"{question.title}: {account.name}")


def _known(verb: str) -> Question:
    if verb not in QUESTIONS:
        raise NoSuchRecord
    return QUESTIONS[verb]


def _lasts() -> timedelta:
    return timedelta(hours=settings().invitation_hours)


def _invited(name: str, role: str, token: str) -> str:
    """Show the link; an officer's leads to the portal, all others' to the desk."""
    at_portal = role == Role.OFFICER
    where = settings().portal_url if at_portal else settings().desk_url
    link = f"{where}{url_for('.show_join', token=token)}"
    return render_template("office/invited.html", name=name, link=link)


def _join_page(invitation: Invitation, problems: dict[str, str] | None = None) -> str:
    secret, now = invitation.totp_secret, world().clock.now()
    uri = totp.enrolment(secret, invitation.username, settings().hotline_name)
    return render_template(
        "office/join.html",
        invitation=invitation,
        problems=problems or {},
        qr=Markup(totp.picture(uri)),  # noqa: S704 - drawn by us, holds no text
        secret=secret,
        shown=totp.code_to_show(secret, now, 0) if settings().practice else "",
        role_title=title,
    )
