"""When a trace that failed is tried again."""

from datetime import datetime, timedelta

PAUSES = tuple(timedelta(minutes=m) for m in (1, 5, 15, 60, 240, 720))

# A name that does not exist is believed only after this many traces said so.
GONE_AFTER = 5
# Where nobody answers for so many traces (some two and a half days), people go on.
GIVE_UP_AFTER = 10
# After so many tries half an answer of the name servers is taken for the whole.
PATIENCE = 2
# The registrar is good to know and never waited for.
REGISTRAR_TRIES = 5
# The longest pause; a row due further ahead was written before the clock was set back.
LONGEST = PAUSES[-1]


def next_try(attempts: int, now: datetime) -> datetime:
    """Say when to try again after this many attempts; the pauses grow."""
    return now + PAUSES[min(attempts, len(PAUSES)) - 1]


def when_asked(seconds: float, now: datetime) -> datetime:
    """Say when a registry that asked us to wait may be asked again."""
    return now + min(timedelta(seconds=seconds), LONGEST)
