"""What an officer can answer, each with one click."""

from enum import StrEnum, auto


class Said(StrEnum):
    RECEIVED = auto()
    HOLD = auto()
    RELEASE = auto()
    NTD_SENT = auto()  # by the LEA itself
    REMOVED = auto()
    STILL_THERE = auto()  # a look that was due, and is the LEA's as agreed
    FEEDBACK = auto()


SENTENCES = {
    Said.RECEIVED: "has received the notice",
    Said.HOLD: "asks to hold the NTD",
    Said.RELEASE: "has released its hold",
    Said.NTD_SENT: "has sent an NTD itself",
    Said.REMOVED: "has found it removed",
    Said.STILL_THERE: "has looked: it is still there",
    Said.FEEDBACK: "gives feedback",
}
# What the desk should take note of; the rest is seen on the item anyway.
WORTH_A_LOOK = frozenset({Said.HOLD, Said.RELEASE, Said.NTD_SENT, Said.REMOVED,
                          Said.FEEDBACK})  # fmt: skip
# Guidelines, “bilateral partnership”: what the hotline would like to hear.
FEEDBACK = {
    "in_progress": "In progress",
    "victim_identified": "Victim identified",
    "offender_identified": "Offender identified",
    "no_action": "No action",
    "closed": "Closed",
}
USEFULNESS = {
    "": "not said",
    "useful": "The report was useful",
    "partly": "Partly useful",
    "not_useful": "Not useful",
}
# On what a hold may rest (see records.items.SCOPES).
SCOPES = {
    "item": "This report only",
    "host": "Everything on the same host, also what is reported later",
    "domain": "The whole domain: that host and every name beside and under it, later "
    "reports too",
    "provider": "Everything at the same provider, also what is reported later",
}
WIDE = {scope: words for scope, words in SCOPES.items() if scope != "item"}
