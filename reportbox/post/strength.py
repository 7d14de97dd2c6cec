"""How strong an OpenPGP key of others must be before letters are encrypted to it.

Elliptic ones have 128 bits and more; of RSA, DSA and ElGamal the length says it
(NIST SP 800-57 part 1, table 2).
"""

from collections.abc import Iterable

from reportbox.ports import Strength

REFUSED_BELOW = 2048  # bits: 112 bits of strength
WARNED_BELOW = 3072  # bits: 128 bits of strength (OWASP ASVS 5.0, 11.2.3)


def refusal(found: Iterable[Strength]) -> str:
    """Say why the weakest of them is not taken; empty if all are strong enough."""
    weakest = _weakest(found, REFUSED_BELOW)
    return weakest and (
        f"{weakest} is too weak: a letter encrypted to it could be opened within some "
        f"years. The box takes no key below {REFUSED_BELOW} bits; ask for a new one, "
        f"Curve25519 or RSA with {WARNED_BELOW} bits or more."
    )


def warning(found: Iterable[Strength]) -> str:
    """Say that a key should be replaced one day; empty if it is strong."""
    weakest = _weakest(found, WARNED_BELOW)
    return weakest and (
        f"{weakest} is weaker than advised today: ask for a new key, Curve25519 or "
        f"RSA with {WARNED_BELOW} bits or more."
    )


def _weakest(found: Iterable[Strength], least: int) -> str:
    below = [one for one in found if one.bits < least]
    weakest = min(below, key=lambda one: one.bits, default=None)
    return f"{weakest.kind} with {weakest.bits} bits" if weakest else ""
