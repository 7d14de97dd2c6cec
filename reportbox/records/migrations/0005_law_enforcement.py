"""Law enforcement: agencies, the agreement, what they answer. SQL, so that it stays."""

STATEMENTS = (
    """
    CREATE TABLE agency (id INTEGER NOT NULL PRIMARY KEY, name TEXT NOT NULL,
    level TEXT NOT NULL, parent_id INTEGER, mailbox TEXT NOT NULL COLLATE
    NOCASE, channel TEXT NOT NULL, key TEXT NOT NULL, tool TEXT NOT NULL,
    agreed_in TEXT NOT NULL, phone TEXT NOT NULL, hours TEXT NOT NULL, languages
    TEXT NOT NULL, contact_name TEXT NOT NULL, urgent_name TEXT NOT NULL,
    urgent_phone TEXT NOT NULL, deputy_name TEXT NOT NULL, deputy_phone TEXT NOT
    NULL, regions TEXT NOT NULL, topics TEXT NOT NULL, gets_copies INTEGER NOT
    NULL, verified_on TEXT, is_active INTEGER NOT NULL, tested_at TEXT,
    test_code TEXT NOT NULL, test_confirmed_at TEXT, listed_at TEXT,
    addresses_told_at TEXT, FOREIGN KEY (parent_id) REFERENCES agency (id))
    """,
    """
    ALTER TABLE account ADD COLUMN agency_id INTEGER REFERENCES agency (id)
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
    ALTER TABLE lea_notice ADD COLUMN unit_id INTEGER REFERENCES agency (id)
    """,
    """
    ALTER TABLE lea_notice ADD COLUMN code TEXT NOT NULL DEFAULT ''
    """,
    """
    ALTER TABLE lea_notice ADD COLUMN reference TEXT NOT NULL DEFAULT ''
    """,
    """
    ALTER TABLE lea_notice ADD COLUMN chases INTEGER NOT NULL DEFAULT 0
    """,
    """
    ALTER TABLE lea_notice ADD COLUMN chased_at TEXT
    """,
    """
    CREATE TABLE answer (id INTEGER NOT NULL PRIMARY KEY, item_id INTEGER NOT
    NULL, notice_id INTEGER, unit_id INTEGER, officer TEXT NOT NULL, at TEXT NOT
    NULL, what TEXT NOT NULL, words TEXT NOT NULL, usefulness TEXT NOT NULL,
    seen_by TEXT NOT NULL, seen_at TEXT, FOREIGN KEY (item_id) REFERENCES item
    (id), FOREIGN KEY (notice_id) REFERENCES lea_notice (id), FOREIGN KEY
    (unit_id) REFERENCES agency (id))
    """,
    """
    CREATE TABLE call (id INTEGER NOT NULL PRIMARY KEY, item_id INTEGER NOT
    NULL, unit_id INTEGER, agency TEXT NOT NULL, why TEXT NOT NULL, opened_at
    TEXT NOT NULL, done_at TEXT, done_by TEXT NOT NULL, FOREIGN KEY (item_id)
    REFERENCES item (id), FOREIGN KEY (unit_id) REFERENCES agency (id))
    """,
    """
    CREATE TABLE attempt (id INTEGER NOT NULL PRIMARY KEY, call_id INTEGER NOT
    NULL, at TEXT NOT NULL, who TEXT NOT NULL, number TEXT NOT NULL, words TEXT
    NOT NULL, FOREIGN KEY (call_id) REFERENCES call (id))
    """,
    """
    CREATE TABLE custody (id INTEGER NOT NULL PRIMARY KEY, item_id INTEGER NOT
    NULL, reference TEXT NOT NULL, opened_at TEXT NOT NULL, holder TEXT NOT
    NULL, destroyed_on TEXT, destroyed_by TEXT NOT NULL, recorded_by TEXT NOT
    NULL, FOREIGN KEY (item_id) REFERENCES item (id))
    """,
    """
    ALTER TABLE draft ADD COLUMN about TEXT NOT NULL DEFAULT ''
    """,
    """
    ALTER TABLE letter ADD COLUMN is_plain INTEGER NOT NULL DEFAULT 0
    """,
    """
    ALTER TABLE letter ADD COLUMN is_marked INTEGER NOT NULL DEFAULT 0
    """,
    """
    ALTER TABLE hold ADD COLUMN scope TEXT NOT NULL DEFAULT 'item'
    """,
    """
    ALTER TABLE hold ADD COLUMN value TEXT NOT NULL DEFAULT '' COLLATE NOCASE
    """,
    """
    ALTER TABLE hold ADD COLUMN is_urgent INTEGER NOT NULL DEFAULT 0
    """,
    """
    ALTER TABLE hold ADD COLUMN unit_id INTEGER REFERENCES agency (id)
    """,
    """
    ALTER TABLE hold ADD COLUMN review_on TEXT
    """,
    """
    ALTER TABLE invitation ADD COLUMN agency_id INTEGER REFERENCES agency (id)
    """,
    """
    ALTER TABLE ntd ADD COLUMN lea_asked_at TEXT
    """,
    """
    CREATE TABLE own_address (id INTEGER NOT NULL PRIMARY KEY, network TEXT NOT
    NULL, note TEXT NOT NULL, entered_by TEXT NOT NULL, entered_at TEXT NOT
    NULL, removed_at TEXT)
    """,
    """
    CREATE UNIQUE INDEX agency_name ON agency (name)
    """,
    """
    CREATE INDEX agency_parent_id ON agency (parent_id)
    """,
    """
    CREATE INDEX account_agency_id ON account (agency_id)
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
    """
    CREATE INDEX lea_notice_code ON lea_notice (code)
    """,
    """
    CREATE INDEX answer_item_id ON answer (item_id)
    """,
    """
    CREATE INDEX answer_notice_id ON answer (notice_id)
    """,
    """
    CREATE INDEX answer_unit_id ON answer (unit_id)
    """,
    """
    CREATE INDEX answer_seen_at ON answer (seen_at)
    """,
    """
    CREATE INDEX call_item_id ON call (item_id)
    """,
    """
    CREATE INDEX call_unit_id ON call (unit_id)
    """,
    """
    CREATE INDEX call_done_at ON call (done_at)
    """,
    """
    CREATE INDEX attempt_call_id ON attempt (call_id)
    """,
    """
    CREATE INDEX custody_item_id ON custody (item_id)
    """,
    """
    CREATE INDEX custody_destroyed_on ON custody (destroyed_on)
    """,
    """
    CREATE INDEX hold_unit_id ON hold (unit_id)
    """,
    """
    CREATE INDEX invitation_agency_id ON invitation (agency_id)
    """,
)


def up(migrator, db):  # noqa: ANN001, ANN201, ARG001
    for statement in STATEMENTS:
        db.execute_sql(statement)
