"""The steps by which a new box is set up, in their order."""

from typing import NamedTuple


class Step(NamedTuple):
    name: str  # as it stands in the address of its page
    title: str
    purpose: str
    keys: tuple[str, ...] = ()  # the settings it asks for


STEPS = (
    Step(
        "hotline",
        "Your hotline",
        "Who you are. It stands on the form and in every letter; deadlines and "
        "holidays are counted by it.",
        (
            "hotline_name",
            "hotline_email",
            "country",
            "time_zone",
            "languages",
            "hotline_description",
            "hotline_phone",
            "hotline_address",
            "emergency_text",
            "working_day_begins",
            "working_day_ends",
            "holidays_region",
            "closed_on",
        ),
    ),
    Step(
        "administrator",
        "The first administrator",
        "Whoever runs the box. From then on the setup code is worth nothing, and the "
        "wizard goes on for whoever is logged in.",
    ),
    Step(
        "address",
        "On the web",
        "Where visitors, your own people and officers reach the box, and which web "
        "sites may show its form.",
        ("public_url", "desk_url", "portal_url", "embed_on"),
    ),
    Step(
        "mail",
        "Mail",
        "Letters to agencies and providers leave by a mail server; what they answer "
        "comes to a mailbox.",
        (
            "smtp_host",
            "smtp_port",
            "smtp_security",
            "smtp_user",
            "imap_host",
            "imap_port",
            "imap_user",
            "imap_folder",
            "reply_tokens",
        ),
    ),
    Step(
        "key",
        "The box's own key",
        "With its OpenPGP key the box signs its letters; by the public half agencies "
        "know them and write back in secret.",
    ),
    Step(
        "agencies",
        "Law enforcement",
        "Whom the box tells the same working day, by which channel, encrypted to which "
        "key.",
    ),
    Step(
        "agreement",
        "The agreement",
        "What you agreed with law enforcement decides who asks providers, and when. "
        "With nothing agreed yet you can begin by registering and forwarding.",
        ("mode",),
    ),
    Step(
        "letters",
        "Notice and takedown",
        "What providers are asked, how soon they are reminded, and what the letters "
        "say of you.",
        (
            "legal_basis",
            "ntd_within_hours",
            "ntd_keep_days",
            "ntd_reminder_hours",
            "ntd_reminders",
            "ntd_escalate_hours",
            "ntd_upstream_hours",
            "ntd_registrar_hours",
            "ntd_in_working_hours",
            "removal_check_hours",
            "removal_second_check_hours",
            "removal_recheck_days",
            "inhope_since",
            "trusted_flagger",
            "verify_url",
        ),
    ),
    Step(
        "look-ups",
        "Finding the host",
        "The box asks name servers and registries where an address is hosted, and "
        "never the address itself.",
        ("resolvers", "origin_views", "lookup_timeout_seconds", "ask_proxies"),
    ),
    Step(
        "backups",
        "Backups",
        "A copy that only you can open, so that a broken machine costs an afternoon "
        "and not the hotline.",
        (
            "backup_key",
            "backup_sftp",
            "backup_host_key",
            "backup_every_hours",
            "backup_keep_daily",
            "backup_keep_weekly",
            "backup_keep_monthly",
            "backup_days",
        ),
    ),
    Step(
        "summary",
        "What is done, and what is missing",
        "Open the box when you are ready; everything can be changed later.",
    ),
)
