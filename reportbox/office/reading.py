"""How far the box is set up, as the wizard and the readiness list read it."""

from typing import Any

from reportbox.agreements.reading import is_agreed, read_units
from reportbox.lea.agency import Channel, Unit
from reportbox.office.points import PAPERS, Facts
from reportbox.office.roles import Right, Role, may
from reportbox.ports import OwnKey
from reportbox.post import trial
from reportbox.records.agencies import Agency
from reportbox.records.choices import Choice
from reportbox.records.settings_chosen import SettingsChosen
from reportbox.records.staff import Account
from reportbox.settings import Settings

SETUP = "setup"  # under this name stands what the wizard was told beside settings


def read_facts(settings: Settings, keys: OwnKey) -> Facts:
    told = Choice.read(SETUP)
    tried = trial.last(settings)
    units = read_units()
    roles = [
        Role(row.role)
        for row in Account.rows(Account.is_active == True)  # noqa: E712
        if row.totp_secret
    ]
    return Facts(
        settings=settings,
        known=settings.fixed | frozenset(SettingsChosen.now()),
        administrators=roles.count(Role.ADMINISTRATOR),
        managers=roles.count(Role.MANAGER),
        assessors=sum(may(role, Right.WORK) for role in roles),
        mail_is_tried=tried.is_sent,
        mail_is_skipped=bool(told.get("mail")),
        mailbox_is_tried=tried.is_read,
        own_key=keys.own_fingerprint(),
        agencies=len(units),
        agencies_reached=sum(map(_is_reached, units)),
        agencies_tried=sum(_is_tried(unit) for unit in units),
        is_agreed=is_agreed(),
        trace_is_tried=bool(told.get("trace")),
        papers=frozenset(name for name in PAPERS if told.get(name)),
    )


def said_of(name: str) -> dict[str, Any]:
    """Return who said something to the wizard, and when; empty if nobody did."""
    found: dict[str, Any] = Choice.read(SETUP).get(name) or {}
    return found


def _is_reached(unit: Unit) -> bool:
    return bool(unit.key) or unit.channel in {Channel.PORTAL, Channel.WEB_TOOL}


def _is_tried(unit: Unit) -> bool:
    row: Agency = Agency.get_by_id(unit.id)
    return row.test_confirmed_at is not None
