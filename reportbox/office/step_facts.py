"""What each step of the wizard shows beside its settings."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from reportbox.agreements.reading import read_terms, unit_of
from reportbox.errors import PeerUnavailable
from reportbox.intake.presence import snippets
from reportbox.lea.agency import missing
from reportbox.ntd.texts import list_texts
from reportbox.ntd.wording import TITLES
from reportbox.office.machine_health import certificates
from reportbox.ports import World
from reportbox.post import trial
from reportbox.records.agencies import Agency, AgencyKey
from reportbox.records.agreements import Agreement
from reportbox.records.settings_chosen import PasswordKept
from reportbox.records.staff import Account, Invitation
from reportbox.settings import Settings

HERE = {"localhost", "127.0.0.1", "::1"}
NO_NAME = (
    "{host} leads nowhere yet: enter it at your domain's provider, with the address of "
    "this machine. It may take some hours until everybody sees it."
)


def of_administrator(settings: Settings, world: World) -> dict[str, Any]:
    del settings
    waiting = Invitation.waiting(world.clock.now())
    return {"accounts": Account.rows(), "invitations": waiting}


def of_address(settings: Settings, world: World) -> dict[str, Any]:
    hosts = {
        urlsplit(url).hostname or ""
        for url in (settings.public_url, settings.desk_url, settings.portal_url)
        if url
    }
    nameless = [
        trouble for host in sorted(hosts) if (trouble := _nameless(host, world))
    ]
    return {
        "snippets": snippets(settings),
        "nameless": nameless,
        "certificates": certificates(settings, world),
    }


def _nameless(host: str, world: World) -> str:
    """Say what is wrong with a name of the box itself; empty if nothing is."""
    if host in HERE:
        return ""
    try:
        [found] = world.loop.each([world.resolver.resolve(host, fresh=True)], 1)
    except PeerUnavailable as trouble:
        return f"{host} could not be looked up: {trouble}"
    return "" if found.addresses else NO_NAME.format(host=host)


def of_mail(settings: Settings, world: World) -> dict[str, Any]:
    del world
    kept = {row.name for row in PasswordKept.rows()}
    return {"trial": trial.last(settings), "passwords": kept}


def of_agencies(settings: Settings, world: World) -> dict[str, Any]:
    today = world.clock.now().astimezone(settings.zone).date()
    rows = Agency.rows(Agency.is_active == True)  # noqa: E712
    return {
        "agencies": [(row, missing(unit_of(row), today)) for row in rows],
        "keys": {key.agency_id for key in AgencyKey.rows()},
    }


def of_agreement(settings: Settings, world: World) -> dict[str, Any]:
    del settings, world
    return {"terms": read_terms(), "agreement": Agreement.newest()}


def of_letters(settings: Settings, world: World) -> dict[str, Any]:
    del settings, world
    return {"terms": read_terms(), "lines": list_texts(), "titles": TITLES}


FACTS: dict[str, Callable[[Settings, World], dict[str, Any]]] = {
    "administrator": of_administrator,
    "address": of_address,
    "mail": of_mail,
    "agencies": of_agencies,
    "agreement": of_agreement,
    "letters": of_letters,
}
