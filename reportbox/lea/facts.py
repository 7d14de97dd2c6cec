"""What an agency knows about an item, and what it does not know yet.

A notice never waits for what is not yet known; the difference between what was told
and what is true now goes out as a supplement.
"""

Facts = dict[str, str]

# What is worth a letter; addresses and networks may change from look to look.
LABELS = {
    "verdict": "Verdict",
    "opinion": "Second opinion",
    "hosting": "Hosted",
    "country": "Hosting country",
    "provider": "Hosting provider",
    "iccam": "Referred through ICCAM",
    "removal": "Removal",
    "reaction": "Provider does not react",
    "urgent": "Urgent: imminent threat",
}

# What there is to say of a fact that is none any more.
OVER = {"opinion": "given; the verdict is final"}


def news(told: Facts, now: Facts) -> list[tuple[str, str, str]]:
    """List (label, told, now) for every fact that is new or different."""
    return [
        (label, told.get(name, ""), now.get(name, "") or OVER.get(name, ""))
        for name, label in LABELS.items()
        if told.get(name, "") != now.get(name, "")
    ]


def changed(told: Facts, now: Facts) -> set[str]:
    """Name the facts that are new or different."""
    return {name for name in LABELS if told.get(name, "") != now.get(name, "")}


def is_correction(told: Facts, now: Facts) -> bool:
    """Tell whether the verdict itself changed."""
    return told.get("verdict") != now.get("verdict")
