"""Who may do what at the desk: one table, read by the gate, the pages and the tests.

Administrators run the box, and so they see neither addresses nor case texts; auditors
read everything and change nothing. Officers of the LEA have a face of their own, the
portal, and see their agency's notices alone.
"""

from enum import StrEnum, auto


class Role(StrEnum):
    ANALYST = auto()
    LEAD_ANALYST = auto()
    MANAGER = auto()
    ADMINISTRATOR = auto()
    AUDITOR = auto()
    OFFICER = auto()  # of an agency; at the portal, never at the desk


class Right(StrEnum):
    BE_HERE = auto()  # one's own account, the list of keys
    READ_ITEMS = auto()  # queues, items, letters: addresses inert, texts in full
    WORK = auto()  # judge, see a live address, move tracks
    LEAD = auto()  # snippets, second looks, trainings
    SEE_LIMITS = auto()  # that the welfare limits hold, nobody's figures
    SEE_HEALTH = auto()  # is the box itself well?
    RUN_ACCOUNTS = auto()  # invite, change a role, switch off
    READ_BOX = auto()  # the settings and what is still missing
    RUN_BOX = auto()  # the wizard, the settings, the box's own key
    READ_AUDIT = auto()
    RUN_LEA = auto()  # agencies, their keys, the agreement
    ANSWER = auto()  # an officer's: their agency's notices
    RUN_TEXTS = auto()  # what providers are written
    RUN_BACKUPS = auto()  # see where they go, have one made or proved
    RUN_FORM = auto()  # looks, texts, snippets and campaigns of the public form


R = Right
# fmt: off
RIGHTS: dict[Role, frozenset[Right]] = {
    Role.ANALYST:       frozenset({R.BE_HERE, R.READ_ITEMS, R.WORK}),
    Role.LEAD_ANALYST:  frozenset({R.BE_HERE, R.READ_ITEMS, R.WORK, R.LEAD,
                                   R.SEE_LIMITS}),
    Role.MANAGER:       frozenset({R.BE_HERE, R.READ_ITEMS, R.LEAD, R.SEE_LIMITS,
                                   R.READ_AUDIT, R.RUN_FORM, R.RUN_LEA,
                                   R.RUN_TEXTS, R.SEE_HEALTH, R.READ_BOX}),
    Role.ADMINISTRATOR: frozenset({R.BE_HERE, R.RUN_ACCOUNTS, R.READ_AUDIT,
                                   R.RUN_FORM, R.SEE_HEALTH, R.READ_BOX,
                                   R.RUN_BOX, R.RUN_BACKUPS}),
    Role.AUDITOR:       frozenset({R.BE_HERE, R.READ_ITEMS, R.SEE_LIMITS,
                                   R.READ_AUDIT, R.READ_BOX}),
    Role.OFFICER:       frozenset({R.BE_HERE, R.ANSWER}),
}

# What an administrator may besides until the box is open.
WHILE_SETTING_UP = frozenset({R.RUN_LEA, R.RUN_TEXTS})

# The way through the desk: who has the right sees the link, the first one is home.
NAVIGATION: tuple[tuple[Right, str, str], ...] = (
    (R.READ_ITEMS,   "queue.show_queue", "Queue"),
    (R.READ_ITEMS,   "office.show_tasks",     "Needs a person"),
    (R.READ_ITEMS,   "iccam.show_referrals",  "Referrals"),
    (R.READ_ITEMS,   "post.show_letters",     "Letters"),
    (R.ANSWER,       "portal.show_notices",   "Notices"),
    (R.ANSWER,       "portal.show_holds",     "Holds"),
    (R.ANSWER,       "portal.show_guide",     "Guide"),
    (R.READ_ITEMS,   "book.show_book", "Providers"),
    (R.WORK,         "quality.show_second_looks", "Second looks"),
    (R.SEE_LIMITS,   "team.show_team",        "Team"),
    (R.WORK,         "entry.show_entry",      "Enter"),
    (R.RUN_ACCOUNTS, "people.show_accounts",  "Accounts"),
    (R.BE_HERE,      "agencies.show_agencies", "LEA"),
    (R.RUN_ACCOUNTS, "partners.show_partners", "Partners"),
    (R.RUN_FORM,     "presence.show_form",    "Public form"),
    (R.RUN_TEXTS,    "texts.show_texts",      "Texts"),
    (R.READ_BOX,     "settings.show_settings", "Settings"),
    (R.RUN_ACCOUNTS, "papers.show_papers",    "Papers"),
    (R.READ_AUDIT,   "audit.show_audit",      "Audit"),
    (R.SEE_HEALTH,   "health.show_health",    "Health"),
    (R.RUN_BACKUPS,  "backups.show_backups",  "Backups"),
)
# fmt: on


def may(role: str, right: Right) -> bool:
    return right in RIGHTS[Role(role)]


def home(role: str) -> str:
    """Name the first page of a role."""
    return navigation(role)[0][0]


def navigation(role: str) -> list[tuple[str, str]]:
    """List the pages of a role with their names, those of its own face alone."""
    at_portal = face(role) == "portal"
    return [
        (page, name)
        for right, page, name in NAVIGATION
        if may(role, right) and page.startswith("portal.") == at_portal
    ]


def face(role: str) -> str:
    """Say where somebody logs in: officers at the portal, all others at the desk."""
    return "portal" if role == Role.OFFICER else "desk"


def title(role: str) -> str:
    return role.replace("_", " ")
