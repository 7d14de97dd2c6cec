"""Look at a private key before the box takes it as its own, in a home of its own.

What cannot be used would else be noticed by the first letter that should leave.
"""

import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import gnupg

PRIVATE = "PRIVATE KEY BLOCK"
LONGEST = 10  # seconds for ending gpg's agent


def trouble_with(armoured: str, address: str, options: list[str]) -> str:
    """Say in a sentence why this cannot be the box's own key; empty if it can."""
    if PRIVATE not in armoured:
        return (
            "This is no private key. Paste the whole block, from BEGIN PGP PRIVATE KEY "
            "BLOCK to its END; gpg --armor --export-secret-keys writes it."
        )
    with _ring(options) as ring:
        ring.import_keys(armoured)
        keys: list[dict[str, Any]] = ring.list_keys(secret=True)
        if len(keys) != 1:
            return "There must be exactly one private key in it that gpg 2.2 can use."
        return _trouble(keys[0], address) or _does_not_sign(ring, keys[0])


def _trouble(key: dict[str, Any], address: str) -> str:
    capabilities = key.get("cap", "")
    if key["trust"] == "r":
        return "This key was revoked. Make a new one."
    if key["expires"] and int(key["expires"]) <= datetime.now(UTC).timestamp():
        return "This key has expired. Extend it first, or make a new one here."
    if "S" not in capabilities:
        return "This key cannot sign, so no letter could be known as yours."
    if "E" not in capabilities:
        return (
            "This key has no subkey for encryption, or it has expired: agencies could "
            "not write to you in secret. Add one (gpg --quick-add-key), or make a key "
            "here."
        )
    if not any(f"<{address.lower()}>" in uid.lower() for uid in key["uids"]):
        return (
            f"This key does not carry the hotline's mail address, {address}: mail "
            "programs would not find it. Add it (gpg --quick-add-uid), or make a key "
            "here."
        )
    return ""


def _does_not_sign(ring: gnupg.GPG, key: dict[str, Any]) -> str:
    made = ring.sign("a trial", keyid=key["fingerprint"], passphrase="")
    if made.fingerprint:
        return ""
    return (
        "This key has a pass-phrase, or its private half is not all there. The box "
        "signs by itself, day and night, and nobody is there to type it: take the "
        "pass-phrase off (gpg --passwd), or make a key here. The machine's disk and "
        "accounts protect it."
    )


@contextmanager
def _ring(options: list[str]) -> Iterator[gnupg.GPG]:
    with tempfile.TemporaryDirectory(prefix="rbk-", ignore_cleanup_errors=True) as made:
        Path(made).chmod(0o700)
        try:
            yield gnupg.GPG(gnupghome=made, options=options)
        finally:
            end = ["gpgconf", "--homedir", made, "--kill", "all"]
            subprocess.run(end, check=False, timeout=LONGEST)  # noqa: S603 - our own words
