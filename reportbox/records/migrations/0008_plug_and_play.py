"""The appliance: settings, backups, health. SQL, so that it stays."""

STATEMENTS = (
    """
    CREATE TABLE backup (id INTEGER NOT NULL PRIMARY KEY, at TEXT NOT NULL, name
    TEXT NOT NULL, size INTEGER NOT NULL, digest TEXT NOT NULL, place TEXT NOT
    NULL, trouble TEXT NOT NULL, trouble_there TEXT NOT NULL, gone_at TEXT)
    """,
    """
    ALTER TABLE provider ADD COLUMN upstream_id INTEGER REFERENCES provider (id)
    """,
    """
    ALTER TABLE contact ADD COLUMN hours TEXT NOT NULL DEFAULT ''
    """,
    """
    ALTER TABLE contact ADD COLUMN closed_on TEXT NOT NULL DEFAULT ''
    """,
    """
    ALTER TABLE contact ADD COLUMN api_url TEXT NOT NULL DEFAULT ''
    """,
    """
    ALTER TABLE letter ADD COLUMN return_token TEXT NOT NULL DEFAULT ''
    """,
    """
    ALTER TABLE letter ADD COLUMN url TEXT NOT NULL DEFAULT ''
    """,
    """
    CREATE TABLE health (id INTEGER NOT NULL PRIMARY KEY, name TEXT NOT NULL,
    is_ok INTEGER NOT NULL, words TEXT NOT NULL, warning TEXT NOT NULL, figures
    TEXT NOT NULL, looked_at TEXT NOT NULL, since TEXT NOT NULL, told TEXT NOT
    NULL)
    """,
    """
    ALTER TABLE heartbeat ADD COLUMN version TEXT NOT NULL DEFAULT ''
    """,
    """
    ALTER TABLE heartbeat ADD COLUMN jobs TEXT NOT NULL DEFAULT ''
    """,
    """
    ALTER TABLE ntd ADD COLUMN upstream_told_at TEXT
    """,
    """
    ALTER TABLE ntd ADD COLUMN last_asked_at TEXT
    """,
    """
    CREATE TABLE opening (id INTEGER NOT NULL PRIMARY KEY, code_hash TEXT NOT
    NULL, made_at TEXT NOT NULL, expires_at TEXT NOT NULL, wrong INTEGER NOT
    NULL, closed_until TEXT, finished_at TEXT)
    """,
    """
    CREATE TABLE password_kept (id INTEGER NOT NULL PRIMARY KEY, name TEXT NOT
    NULL, value TEXT NOT NULL)
    """,
    """
    CREATE TABLE proof (id INTEGER NOT NULL PRIMARY KEY, at TEXT NOT NULL, name
    TEXT NOT NULL, rows_found INTEGER NOT NULL, trouble TEXT NOT NULL)
    """,
    """
    CREATE TABLE settings_chosen (id INTEGER NOT NULL PRIMARY KEY, chosen TEXT
    NOT NULL, changed_by TEXT NOT NULL, changed_at TEXT NOT NULL)
    """,
    """
    CREATE INDEX backup_at ON backup (at)
    """,
    """
    CREATE INDEX provider_upstream_id ON provider (upstream_id)
    """,
    """
    CREATE INDEX letter_return_token ON letter (return_token)
    """,
    """
    CREATE UNIQUE INDEX health_name ON health (name)
    """,
    """
    CREATE UNIQUE INDEX password_kept_name ON password_kept (name)
    """,
    """
    CREATE INDEX proof_at ON proof (at)
    """,
)


def up(migrator, db):  # noqa: ANN001, ANN201, ARG001
    for statement in STATEMENTS:
        db.execute_sql(statement)
