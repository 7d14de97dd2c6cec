"""Which box answers this request, and who is asking."""

from typing import cast

from flask import current_app
from flask_login import UserMixin, current_user

from reportbox.agreements.reading import name_of_lea
from reportbox.lifecycle import Actor
from reportbox.office import roles
from reportbox.office.roles import Right
from reportbox.ports import World
from reportbox.records.journey import Deed
from reportbox.records.staff import Account
from reportbox.settings import Settings


class Person(UserMixin):  # type: ignore[misc]  # flask-login is untyped
    """Whoever is logged in; known by the token of their session, never by a number."""

    def __init__(self, account: Account, token: str) -> None:
        self.account = account
        self.token = token

    def get_id(self) -> str:
        return self.token


def world() -> World:
    return cast("World", current_app.extensions["world"])


def settings() -> Settings:
    return cast("Settings", current_app.extensions["settings"])


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
    """Tell whether the person logged in has a right."""
    return bool(
        current_user.is_authenticated and roles.may(current_user.account.role, right)
    )
