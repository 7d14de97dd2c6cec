"""How the form slows a flood down, and when a report is marked. It refuses nobody.

With scripts a proof of work is asked, without them a wait; both grow with the load of
the whole box. What comes over a network's limit is kept and marked for bulk handling.
"""

from reportbox.office.slowdown import window

MINUTE, TEN_MINUTES = 60, 600  # seconds
# Reports of the whole box within a minute, and what each step costs more.
BUSY = (60, 300, 1_000, 3_000)
LONGEST_WAIT = 60  # seconds
EASIEST = 150  # guesses: a third of a second in an ordinary browser
PER_NETWORK = 30  # reports of one network within ten minutes
PER_FORM = 5  # different reports from one open form


def steps(reports: int) -> int:
    """Say how busy the box is: 0 is an ordinary minute."""
    return sum(reports > limit for limit in BUSY)


def wait(usual: int, reports: int) -> int:
    """Seconds a form without a proof of work must have been open."""
    return min(usual << steps(reports), max(usual, LONGEST_WAIT))


def guesses(reports: int) -> int:
    """How many guesses a proof of work takes at the most."""
    return EASIEST << steps(reports)


def is_flood(of_network: int, of_form: int) -> bool:
    return of_network > PER_NETWORK or of_form > PER_FORM


def network(address: str) -> str:
    """What one household or office has, as in the pace of log-ins: a /24 or a /64."""
    return window(address)
