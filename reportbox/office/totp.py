"""One-time codes from an authenticator app (RFC 6238), each good for one log-in."""

import re
from datetime import datetime

import pyotp
import segno

STEP = 30  # seconds (RFC 6238, section 5.2)
# One step of drift either way (RFC 6238, section 6).
DRIFT = (-1, 0, 1)


def new_secret() -> str:
    return pyotp.random_base32()


def enrolment(secret: str, username: str, hotline: str) -> str:
    """Return the otpauth address that an authenticator app reads from the QR code."""
    totp = pyotp.TOTP(secret)
    return str(totp.provisioning_uri(name=username, issuer_name=hotline))


def picture(text: str) -> str:
    """Draw the QR code as SVG, with its own white border so that dark pages scan."""
    code = segno.make(text, error="m")
    return str(code.svg_inline(scale=5, border=4, light="#fff", title="QR code"))


def step_of(secret: str, code: str, now: datetime, last_step: int) -> int:
    """Name the time step a code belongs to, or 0 if it is wrong, old or was used."""
    digits = re.sub(r"\s", "", code)
    totp = pyotp.TOTP(secret)
    for drift in DRIFT:
        step = int(now.timestamp()) // STEP + drift
        if step > last_step and totp.verify(digits, for_time=step * STEP):
            return step
    return 0


def code_to_show(secret: str, now: datetime, last_step: int) -> str:
    """Say what an authenticator app would show next; practice boxes only.

    Empty while every code of this moment has been used.
    """
    current = int(now.timestamp()) // STEP
    step = max(current, last_step + 1)
    return str(pyotp.TOTP(secret).at(step * STEP)) if step <= current + 1 else ""
