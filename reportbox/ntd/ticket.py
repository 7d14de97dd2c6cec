"""The number a provider gives our notice, in the shapes their help desks use."""

import re

# Ours, with or without its brackets: never taken for theirs.
OURS = re.compile(r"(?i)\[?#?\bRB-(?:\d{4}-)?\d{6,9}\b\]?")
# No day and no network address.
NUMBER = (
    r"((?!\d{4}-\d\d-\d\d\b)(?!(?:\d{1,3}\.){3}\d)"
    r"[A-Z]{0,10}[-_]?\d[A-Z0-9._/-]{2,38}[A-Z0-9])"
)
WORDS = (
    r"(?:ticket|case|request|incident|reference|ref|issue|complaint|abuse|report|task"
    r"|vorgang|vorgangsnummer|ticketnummer|fall|fallnummer|zaak|zaaknummer|melding"
    r"|dossier|demande|num[ée]ro de dossier|caso|n[úu]mero de caso|solicitud)"
)
SHAPES = tuple(
    re.compile(shape, re.IGNORECASE)
    for shape in (
        r"##\s?(\d{3,20})\s?##",  # ManageEngine, Zoho
        rf"[\[(]\s?{WORDS}\s*(?:id|no|nr|number)?\.?\s*[:#]*\s*{NUMBER}\s?[\])]",
        r"\[[a-z0-9.-]{2,60} #(\d{2,20})\]",  # RT: [host.example #12345]
        r"\[#\s?([A-Z0-9-]{2,40}\d)\]",  # osTicket, Freshdesk
        r"\[([A-Z][A-Z0-9]{1,9}-\d{1,10})\]",  # Jira
        rf"\b{WORDS}\s*(?:id|no|nr|number|nummer)?\.?\s*(?:[:#]|is|lautet)+\s*#?{NUMBER}",
        rf"\b{WORDS}\s?\((\d{{4,20}})\)",
        r"(?:^|\s)#(\d{3,20})\b",
    )
)
# Zendesk's mark of a thread: better than nothing.
MARK = re.compile(r"\[([A-Z0-9]{6}-[A-Z0-9]{4,6})\]")
LONGEST = 2_000  # characters of the text that are looked at


def find_ticket(subject: str, words: str) -> str:
    """Find the number in the subject, or else in the words; empty if there is none."""
    theirs = [OURS.sub(" ", text) for text in (subject, words[:LONGEST])]
    tries = [(shape, text) for text in theirs for shape in SHAPES]
    tries += [(MARK, text) for text in theirs]
    found = (shape.search(text) for shape, text in tries)
    return next((str(match[1]) for match in found if match), "")
