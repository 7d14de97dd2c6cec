"""The proof of work of a form: ALTCHA, version 2, and bound to that very form.

A solution counts for the form it was asked for and for no other one, so a solution
already spent cannot be used with another form.
"""

import secrets
from typing import Any

import altcha

ALGORITHM = "PBKDF2/SHA-256"
COST = 5_000  # rounds for one guess
PREFIX = 4  # bytes of the answer that the page is told


def make_challenge(secret: str, form: str, guesses: int) -> dict[str, Any]:
    """Ask for a number below ``guesses``; the answer is JSON for the page."""
    made = altcha.create_challenge(
        ALGORITHM,
        COST,
        counter=secrets.randbelow(guesses),
        key_prefix_length=PREFIX,
        data={"form": form},
        hmac_secret=secret,
        hmac_key_secret=f"{secret} answer",
    )
    return dict(made.to_dict())


def is_done(secret: str, form: str, solution: str) -> bool:
    """Tell whether this is the solution to a challenge of this form."""
    if not solution:
        return False
    try:
        payload = altcha.Payload.from_base64(solution)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return False
    data = payload.challenge.parameters.data
    if not isinstance(data, dict) or data.get("form") != form:
        return False
    found = altcha.verify_solution(payload, secret, hmac_key_secret=f"{secret} answer")
    return bool(found.verified)
