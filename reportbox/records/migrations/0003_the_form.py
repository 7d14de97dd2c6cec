"""The form: what visitors may say, messages, other ways in. SQL, so that it stays."""

STATEMENTS = (
    """
    DROP INDEX item_report_id
    """,
    """
    DROP INDEX item_verdict_id
    """,
    """
    DROP INDEX item_finding_id
    """,
    """
    DROP INDEX sighting_report_id
    """,
    """
    ALTER TABLE report ADD COLUMN topic TEXT NOT NULL DEFAULT ''
    """,
    """
    ALTER TABLE report ADD COLUMN referrer TEXT NOT NULL DEFAULT ''
    """,
    """
    ALTER TABLE report ADD COLUMN steps TEXT NOT NULL DEFAULT ''
    """,
    """
    ALTER TABLE report ADD COLUMN login TEXT NOT NULL DEFAULT ''
    """,
    """
    ALTER TABLE report ADD COLUMN seen_on TEXT
    """,
    """
    ALTER TABLE report ADD COLUMN is_flood INTEGER NOT NULL DEFAULT 0
    """,
    """
    ALTER TABLE report ADD COLUMN email TEXT NOT NULL DEFAULT ''
    """,
    """
    ALTER TABLE report ADD COLUMN wants_reply INTEGER NOT NULL DEFAULT 0
    """,
    """
    ALTER TABLE report ADD COLUMN police_may_ask INTEGER NOT NULL DEFAULT 0
    """,
    """
    ALTER TABLE report ADD COLUMN language TEXT NOT NULL DEFAULT 'en'
    """,
    """
    ALTER TABLE report ADD COLUMN campaign TEXT NOT NULL DEFAULT ''
    """,
    """
    ALTER TABLE report ADD COLUMN account INTEGER NOT NULL DEFAULT 0
    """,
    """
    ALTER TABLE report ADD COLUMN sent_by TEXT NOT NULL DEFAULT ''
    """,
    """
    ALTER TABLE report ADD COLUMN reference TEXT NOT NULL DEFAULT ''
    """,
    """
    ALTER TABLE report ADD COLUMN forgotten_at TEXT
    """,
    """
    CREATE TABLE alarm (id INTEGER NOT NULL PRIMARY KEY, report_id INTEGER NOT
    NULL, raised_at TEXT NOT NULL, due_at TEXT NOT NULL, sounded INTEGER NOT
    NULL, ended_at TEXT, ended_by TEXT NOT NULL, FOREIGN KEY (report_id)
    REFERENCES report (id))
    """,
    """
    CREATE TABLE campaign (id INTEGER NOT NULL PRIMARY KEY, code TEXT NOT NULL,
    name TEXT NOT NULL, material TEXT NOT NULL, made_at TEXT NOT NULL)
    """,
    """
    CREATE TABLE choice (id INTEGER NOT NULL PRIMARY KEY, name TEXT NOT NULL,
    value TEXT NOT NULL)
    """,
    """
    CREATE TABLE draft (id INTEGER NOT NULL PRIMARY KEY, uid TEXT NOT NULL,
    received_at TEXT NOT NULL, sender TEXT NOT NULL, subject TEXT NOT NULL, text
    TEXT NOT NULL, found INTEGER NOT NULL, ended_at TEXT, ended_by TEXT NOT
    NULL)
    """,
    """
    ALTER TABLE item ADD COLUMN is_flood INTEGER NOT NULL DEFAULT 0
    """,
    """
    ALTER TABLE item ADD COLUMN forgotten_at TEXT
    """,
    """
    CREATE TABLE erasure (id INTEGER NOT NULL PRIMARY KEY, at TEXT NOT NULL,
    kind TEXT NOT NULL, count INTEGER NOT NULL)
    """,
    """
    CREATE TABLE message (id INTEGER NOT NULL PRIMARY KEY, report_id INTEGER NOT
    NULL, at TEXT NOT NULL, from_hotline INTEGER NOT NULL, account INTEGER NOT
    NULL, text TEXT NOT NULL, once TEXT NOT NULL, is_read INTEGER NOT NULL,
    FOREIGN KEY (report_id) REFERENCES report (id))
    """,
    """
    CREATE TABLE partner (id INTEGER NOT NULL PRIMARY KEY, name TEXT NOT NULL,
    token_hash TEXT NOT NULL, made_at TEXT NOT NULL, ended_at TEXT)
    """,
    """
    CREATE TABLE preservation (id INTEGER NOT NULL PRIMARY KEY, item_id INTEGER
    NOT NULL, placed_at TEXT NOT NULL, placed_by TEXT NOT NULL, why TEXT NOT
    NULL, lifted_at TEXT, lifted_by TEXT NOT NULL, FOREIGN KEY (item_id)
    REFERENCES item (id))
    """,
    """
    ALTER TABLE sighting ADD COLUMN address TEXT NOT NULL DEFAULT ''
    """,
    """
    CREATE TABLE upload (id INTEGER NOT NULL PRIMARY KEY, at TEXT NOT NULL,
    account INTEGER NOT NULL, who TEXT NOT NULL, name TEXT NOT NULL, total
    INTEGER NOT NULL, done INTEGER NOT NULL, is_whole INTEGER NOT NULL)
    """,
    """
    CREATE TABLE upload_line (id INTEGER NOT NULL PRIMARY KEY, upload_id INTEGER
    NOT NULL, number INTEGER NOT NULL, text TEXT NOT NULL, state TEXT NOT NULL,
    words TEXT NOT NULL, item_id INTEGER, FOREIGN KEY (upload_id) REFERENCES
    upload (id), FOREIGN KEY (item_id) REFERENCES item (id))
    """,
    """
    CREATE INDEX report_campaign ON report (campaign) WHERE campaign != ''
    """,
    """
    CREATE INDEX alarm_report_id ON alarm (report_id)
    """,
    """
    CREATE INDEX alarm_ended_at_due_at ON alarm (ended_at, due_at)
    """,
    """
    CREATE UNIQUE INDEX campaign_code ON campaign (code)
    """,
    """
    CREATE UNIQUE INDEX choice_name ON choice (name)
    """,
    """
    CREATE UNIQUE INDEX draft_uid ON draft (uid)
    """,
    """
    CREATE INDEX erasure_at ON erasure (at)
    """,
    """
    CREATE INDEX message_report_id ON message (report_id)
    """,
    """
    CREATE UNIQUE INDEX message_once ON message (once)
    """,
    """
    CREATE INDEX message_from_hotline_is_read_at ON message (from_hotline,
    is_read, at)
    """,
    """
    CREATE UNIQUE INDEX partner_name ON partner (name)
    """,
    """
    CREATE UNIQUE INDEX partner_token_hash ON partner (token_hash)
    """,
    """
    CREATE INDEX preservation_item_id ON preservation (item_id)
    """,
    """
    CREATE INDEX upload_line_upload_id ON upload_line (upload_id)
    """,
    """
    CREATE INDEX upload_line_item_id ON upload_line (item_id)
    """,
    """
    CREATE INDEX upload_line_upload_id_state_number ON upload_line (upload_id,
    state, number)
    """,
    """
    UPDATE item SET urgency = 3 WHERE urgency = 2
    """,
)


def up(migrator, db):  # noqa: ANN001, ANN201, ARG001
    for statement in STATEMENTS:
        db.execute_sql(statement)
