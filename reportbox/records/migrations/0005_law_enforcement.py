"""Law enforcement: agencies, the agreement, what they answer. SQL, so that it stays."""

STATEMENTS = (
    """
    CREATE TABLE agency (id INTEGER NOT NULL PRIMARY KEY, name TEXT NOT NULL,
    level TEXT NOT NULL, parent_id INTEGER, mailbox TEXT NOT NULL COLLATE
    NOCASE, channel TEXT NOT NULL, key TEXT NOT NULL, tool TEXT NOT NULL, phone
    TEXT NOT NULL, hours TEXT NOT NULL, languages TEXT NOT NULL, contact_name
    TEXT NOT NULL, urgent_name TEXT NOT NULL, urgent_phone TEXT NOT NULL,
    deputy_name TEXT NOT NULL, deputy_phone TEXT NOT NULL, regions TEXT NOT
    NULL, topics TEXT NOT NULL, gets_copies INTEGER NOT NULL, verified_on TEXT,
    is_active INTEGER NOT NULL, tested_at TEXT, test_confirmed_at TEXT, FOREIGN
    KEY (parent_id) REFERENCES agency (id))
    """,
    """
    CREATE TABLE agency_key (id INTEGER NOT NULL PRIMARY KEY, agency_id INTEGER
    NOT NULL, fingerprint TEXT NOT NULL, imported_by TEXT NOT NULL, imported_at
    TEXT NOT NULL, expires_at TEXT, verified_by TEXT NOT NULL, verified_at TEXT,
    verified_how TEXT NOT NULL, FOREIGN KEY (agency_id) REFERENCES agency (id))
    """,
    """
    CREATE TABLE agreement (id INTEGER NOT NULL PRIMARY KEY, terms TEXT NOT
    NULL, changed_by TEXT NOT NULL, changed_at TEXT NOT NULL, why TEXT NOT NULL)
    """,
    """
    CREATE TABLE annex (id INTEGER NOT NULL PRIMARY KEY, number TEXT NOT NULL,
    version INTEGER NOT NULL, title TEXT NOT NULL, text TEXT NOT NULL, agreed_on
    TEXT, changed_by TEXT NOT NULL, changed_at TEXT NOT NULL)
    """,
    """
    ALTER TABLE letter ADD COLUMN is_plain INTEGER NOT NULL DEFAULT 0
    """,
    """
    ALTER TABLE lea_notice ADD COLUMN unit_id INTEGER REFERENCES agency (id)
    """,
    """
    CREATE UNIQUE INDEX agency_name ON agency (name)
    """,
    """
    CREATE INDEX agency_parent_id ON agency (parent_id)
    """,
    """
    CREATE INDEX agency_key_agency_id ON agency_key (agency_id)
    """,
    """
    CREATE UNIQUE INDEX agency_key_agency_id_fingerprint ON agency_key
    (agency_id, fingerprint)
    """,
    """
    CREATE UNIQUE INDEX annex_number_version ON annex (number, version)
    """,
    """
    CREATE INDEX lea_notice_unit_id ON lea_notice (unit_id)
    """,
)


def up(migrator, db):  # noqa: ANN001, ANN201, ARG001
    for statement in STATEMENTS:
        db.execute_sql(statement)
