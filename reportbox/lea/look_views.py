"""What an officer saw, said in the portal or by the link of a letter."""

from reportbox.here import settings
from reportbox.intake.entry import see_again
from reportbox.lea import looks
from reportbox.records.journey import Deed
from reportbox.records.tracks import LeaNotice


def say_seen(notice: LeaNotice, seen: str, deed: Deed) -> str:
    """Keep it, and return the sentence that thanks for it."""
    if looks.record(notice, seen, deed, settings()):
        if seen == "gone":
            return "Thank you: the hotline sees it, and checks nothing twice."
        return "Thank you: the hotline sees that it is still there, and goes on."
    see_again(notice.item, settings(), deed)
    return "Thank you: it has come back, and the hotline judges it anew."
