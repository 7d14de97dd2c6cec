"""Which box answers this request, and who is asking."""

import math
from typing import NamedTuple, cast

from flask import current_app, g, session
from flask_login import UserMixin, current_user

from reportbox.agreements.reading import name_of_lea
from reportbox.lifecycle import Actor
from reportbox.office import opening, roles, sessions
from reportbox.office.roles import Right
from reportbox.ports import World
from reportbox.records.journey import Deed
from reportbox.records.settings_chosen import SettingsChosen
from reportbox.records.staff import Account
from reportbox.settings import Settings


class Person(UserMixin):  # type: ignore[misc]  # flask-login is untyped
    """Whoever is logged in; known by the token of their session, never by a number."""

    def __init__(self, account: Account, token: str) -> None:
        self.account = account
        self.token = token

    def get_id(self) -> str:
        return self.token


class Lasting(NamedTuple):
    """Whose session a browser holds, and for how many seconds if it is not used."""

    account: Account
    left: int


def lasting() -> Lasting | None:
    """Look at the session of whoever asks; to look is no use of it."""
    now, token = world().clock.now(), str(session.get("_user_id", ""))
    found = sessions.look_at_session(token, now, settings())
    if found is None or roles.face(found.account.role) != g.get("face"):
        return None
    left = sessions.ends_at(found, settings()) - now
    return Lasting(found.account, math.ceil(left.total_seconds()))


def world() -> World:
    return cast("World", current_app.extensions["world"])


def settings() -> Settings:
    return cast("Settings", current_app.extensions["settings"])


def latest() -> Settings:
    """Return the settings as somebody chose them a moment ago.

    This process may not have been renewed since, see ``renew``.
    """
    return settings().with_chosen(SettingsChosen.now())


def world_of(those: Settings) -> World:
    """Plug the outside as other settings ask for, to try them."""
    return cast("World", current_app.extensions["world_of"](those))


def is_open() -> bool:
    """Say whether the box is set up; once it is, nobody asks the database again."""
    if not current_app.extensions.get("is_open"):
        current_app.extensions["is_open"] = opening.is_open(settings())
    return bool(current_app.extensions["is_open"])


def holds_code() -> bool:
    """Tell whether this browser showed the code of a new box that is still good."""
    return opening.is_good(session.get("opening", 0), world().clock.now())


def renew() -> None:
    """Let the whole box read its settings anew, as soon as it has answered."""
    current_app.extensions.get("renew", lambda: None)()


def deed(why: str = "", *, for_lea: bool = False, agency: str = "") -> Deed:
    """Say that the person logged in does it now, maybe on behalf of the LEA."""
    me, now = current_user.account, world().clock.now()
    if for_lea:
        name = f"{agency or name_of_lea()} (recorded by {me.name})"
        return Deed(name, Actor.OFFICER, now, why, me.id)
    return Deed(me.name, Actor.ANALYST, now, why, me.id)


def deed_of_officer(why: str = "") -> Deed:
    """Say that the officer logged in does it now, for their agency."""
    me = current_user.account
    name = f"{me.name}, {me.agency.name}" if me.agency else me.name
    return Deed(name, Actor.OFFICER, world().clock.now(), why, me.id)


def may(right: Right) -> bool:
    """Tell whether the person logged in has a right.

    A box that nobody has opened holds no case: there an administrator may say whom it
    tells, as a manager does ever after.
    """
    if not current_user.is_authenticated:
        return False
    role = current_user.account.role
    return roles.may(role, right) or (
        roles.may(role, Right.RUN_BOX)
        and right in roles.WHILE_SETTING_UP
        and not is_open()
    )
