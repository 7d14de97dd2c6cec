"""How a mail server behaves: well, or as badly as it is taught."""

from collections.abc import Callable
from random import Random

# Called with the point reached ("connect", "rcpt", "data", "body", "dot" or "kept")
# and the recipient ("" at "connect"); None behaves, "drop" hangs up, and any other
# text is the answer given instead.
Manners = Callable[[str, str], str | None]

DROP = "drop"
LEAVE = "250 kept, and gone"  # says so at "kept", and hangs up


def good_manners(_point: str, _recipient: str) -> None:
    return None


def drops_and_refusals(
    seed: int, *, drop: float = 0.03, later: float = 0.03, refuse: float = 0.05
) -> Manners:
    """Make manners that go wrong at random, the same way for the same seed.

    `drop` and `later` are chances at each point; `refuse` is the share of recipients
    that do not exist, always the same ones. A letter once kept is never answered
    with an error, only with silence.
    """
    dice = Random(seed)  # noqa: S311 - chance, not a secret

    def manners(point: str, recipient: str) -> str | None:
        if point == "rcpt" and _share_of(f"{seed} {recipient}") < refuse:
            return "550 no such mailbox"
        thrown = dice.random()
        if thrown < drop:
            return DROP
        if thrown < drop + later and point != "kept":
            return "421 later" if point == "connect" else "451 later"
        return None

    return manners


def _share_of(text: str) -> float:
    """Turn a text into a number from 0 to 1, always the same one."""
    return Random(text).random()  # noqa: S311 - chance, not a secret
