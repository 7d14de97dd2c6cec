"""Tracing: evidence, contacts, origins behind proxies. SQL, so that it stays."""

STATEMENTS = (
    """
    CREATE TABLE contact (id INTEGER NOT NULL PRIMARY KEY, match TEXT NOT NULL,
    pattern TEXT NOT NULL COLLATE NOCASE, mailbox TEXT NOT NULL COLLATE NOCASE,
    provider TEXT NOT NULL, country TEXT NOT NULL, note TEXT NOT NULL,
    entered_by TEXT NOT NULL, entered_at TEXT NOT NULL, approved_by TEXT NOT
    NULL, approved_at TEXT, bounced_at TEXT)
    """,
    """
    ALTER TABLE item ADD COLUMN origin TEXT NOT NULL DEFAULT ''
    """,
    """
    ALTER TABLE item ADD COLUMN origin_source TEXT NOT NULL DEFAULT ''
    """,
    """
    ALTER TABLE item ADD COLUMN origin_on TEXT
    """,
    """
    ALTER TABLE item ADD COLUMN origin_proxy TEXT NOT NULL DEFAULT ''
    """,
    """
    ALTER TABLE item ADD COLUMN origin_appearance INTEGER NOT NULL DEFAULT 0
    """,
    """
    ALTER TABLE finding ADD COLUMN traced_by TEXT NOT NULL DEFAULT ''
    """,
    """
    ALTER TABLE finding ADD COLUMN seen_from TEXT NOT NULL DEFAULT ''
    """,
    """
    ALTER TABLE finding ADD COLUMN agreement TEXT NOT NULL DEFAULT ''
    """,
    """
    ALTER TABLE finding ADD COLUMN proxy TEXT NOT NULL DEFAULT ''
    """,
    """
    ALTER TABLE finding ADD COLUMN missing TEXT NOT NULL DEFAULT '[]'
    """,
    """
    ALTER TABLE finding ADD COLUMN basis TEXT NOT NULL DEFAULT ''
    """,
    """
    ALTER TABLE finding ADD COLUMN by_hand TEXT NOT NULL DEFAULT ''
    """,
    """
    ALTER TABLE finding ADD COLUMN changes TEXT NOT NULL DEFAULT ''
    """,
    """
    ALTER TABLE finding ADD COLUMN registrar TEXT NOT NULL DEFAULT '{}'
    """,
    """
    ALTER TABLE finding ADD COLUMN registrar_at TEXT
    """,
    """
    ALTER TABLE finding ADD COLUMN registrar_tries INTEGER NOT NULL DEFAULT 0
    """,
    """
    ALTER TABLE ntd ADD COLUMN asks_origin INTEGER NOT NULL DEFAULT 0
    """,
    """
    CREATE INDEX contact_mailbox ON contact (mailbox)
    """,
    """
    CREATE UNIQUE INDEX contact_match_pattern ON contact (match, pattern)
    """,
    """
    CREATE INDEX finding_registrar_at ON finding (registrar_at)
    """,
    """
    INSERT OR IGNORE INTO contact (match, pattern, mailbox, provider, country,
    note, entered_by, entered_at, approved_by, approved_at) SELECT 'mailbox',
    contact, contact, '', '', '', 'Report Box', MIN(asked_at), 'Report Box',
    MIN(asked_at) FROM ntd WHERE asked_at IS NOT NULL AND contact != '' AND
    state != 'to_reach' GROUP BY contact COLLATE NOCASE
    """,
)


def up(migrator, db):  # noqa: ANN001, ANN201, ARG001
    for statement in STATEMENTS:
        db.execute_sql(statement)
