"""The door: who knocks from where, and what a browser of the desk is known by.

The address counts for the pace of log-ins and of reports only. It is the one the web
server set afresh, believed from loopback alone; a forwarding header of a client is
read nowhere.
"""

import hashlib
import secrets
from datetime import datetime, timedelta
from ipaddress import ip_address

from flask import g, request, session
from itsdangerous import BadData, URLSafeTimedSerializer
from werkzeug.wrappers import Response

from reportbox.here import settings, world
from reportbox.office import sessions
from reportbox.office.passkeys import Offer, Site

OFFER_LASTS = timedelta(minutes=10)  # until a passkey must have answered
LOOPBACK = {"127.0.0.1", "::1"}
DEVICE = "reportbox-device"  # the cookie that knows a browser again at the log-in
HERE_ALONE = "__Host-"  # browsers keep such a cookie for one host, over TLS alone
DEVICE_LASTS = 90 * 24 * 3600  # seconds


def door(username: str) -> sessions.Door:
    """Say where the person at the log-in knocks, for the counts of wrong attempts."""
    now, device = world().clock.now(), _device(username)
    return sessions.Door(settings(), address_of_visitor(), now, device)


def address_of_visitor() -> str:
    """Say where a request comes from; for counts that are blinded and forgotten."""
    near = request.remote_addr or "127.0.0.1"
    given = request.headers.get("X-Real-IP", "") if near in LOOPBACK else ""
    return _address(given, near)


def cookie_name(name: str, *, is_secure: bool) -> str:
    """Name a cookie so that no other host can set it (RFC 6265bis, section 4.1.3.2)."""
    return f"{HERE_ALONE}{name}" if is_secure else name


def is_over_tls(face: str) -> bool:
    """Tell whether browsers reach a face over TLS."""
    return address_of(face).startswith("https://")


def address_of(face: str) -> str:
    """Say where browsers reach a face: by the settings, never by a header."""
    addresses = {"public": settings().public_url, "portal": settings().portal_url}
    return addresses.get(face, settings().desk_url)


def remember_device(answer: Response, username: str) -> Response:
    """Let this browser be counted by itself from now on."""
    device = _device(username) or secrets.token_hex(8)
    answer.set_cookie(
        _device_cookie(),
        _devices().dumps([username, device]),
        max_age=DEVICE_LASTS,
        httponly=True,
        samesite="Lax",
        secure=is_over_tls(_face()),
    )
    return answer


def site() -> Site:
    return Site.of(address_of(_face()), settings().hotline_name)


def keep_challenge(offer: Offer, what: str = "challenge") -> str:
    """Remember in the signed cookie what was offered; return the page's part of it."""
    session[what] = [offer.challenge.hex(), world().clock.now().isoformat()]
    return offer.options


def take_challenge(what: str = "challenge") -> bytes:
    """Return what was offered in this browser lately; empty if nothing was."""
    kept, at = session.pop(what, ("", ""))
    if not kept or datetime.fromisoformat(at) + OFFER_LASTS < world().clock.now():
        return b""
    return bytes.fromhex(kept)


def _device_cookie() -> str:
    return cookie_name(DEVICE, is_secure=is_over_tls(_face()))


def _face() -> str:
    return str(g.get("face", ""))


def _address(given: str, near: str) -> str:
    try:
        return str(ip_address(given))
    except ValueError:
        return near


def _device(username: str) -> str:
    try:
        kept = request.cookies.get(_device_cookie(), "")
        name, device = _devices().loads(kept, max_age=DEVICE_LASTS)
    except (BadData, ValueError):
        return ""
    return str(device) if name == username.strip().lower() else ""


def _devices() -> URLSafeTimedSerializer:
    signed_by = {"digest_method": hashlib.sha256}
    return URLSafeTimedSerializer(
        settings().secret("session-key"), salt="device", signer_kwargs=signed_by
    )
