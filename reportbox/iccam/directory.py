"""Which hotline acts in which country, for referrals.

The list is ``partners.toml`` beside this file: country codes of the INHOPE network as
the Hotline Development Guide names them. A country that is not in it has no hotline in
the network; the referral then goes to INHOPE's own desk.
"""

import tomllib
from functools import cache
from pathlib import Path

FILE = Path(__file__).with_name("partners.toml")
NOBODY = "no INHOPE hotline there"


@cache
def partners() -> dict[str, str]:
    """Return ISO 3166-1 alpha-2 codes with the partner's name."""
    return {str(k): str(v) for k, v in tomllib.loads(FILE.read_text()).items()}


def partner(country: str) -> str:
    return partners().get(country, NOBODY)
