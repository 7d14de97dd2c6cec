"""The desk: accounts with rights, the audit, queues. SQL, so that it stays as it is."""

STATEMENTS = (
    """
    ALTER TABLE account ADD COLUMN role TEXT NOT NULL DEFAULT 'analyst'
    """,
    """
    ALTER TABLE account ADD COLUMN totp_secret TEXT NOT NULL DEFAULT ''
    """,
    """
    ALTER TABLE account ADD COLUMN totp_step INTEGER NOT NULL DEFAULT 0
    """,
    """
    CREATE TABLE audit (id INTEGER NOT NULL PRIMARY KEY, at TEXT NOT NULL, actor
    TEXT NOT NULL, account INTEGER NOT NULL, what TEXT NOT NULL, subject TEXT
    NOT NULL, start TEXT NOT NULL, finish TEXT NOT NULL, mac TEXT NOT NULL)
    """,
    """
    CREATE TABLE audit_head (id INTEGER NOT NULL PRIMARY KEY, last INTEGER NOT
    NULL, mac TEXT NOT NULL)
    """,
    """
    CREATE TABLE invitation (id INTEGER NOT NULL PRIMARY KEY, token_hash TEXT
    NOT NULL, username TEXT NOT NULL, name TEXT NOT NULL, role TEXT NOT NULL,
    totp_secret TEXT NOT NULL, made_by TEXT NOT NULL, made_at TEXT NOT NULL,
    expires_at TEXT NOT NULL, used_at TEXT)
    """,
    """
    CREATE TABLE passkey (id INTEGER NOT NULL PRIMARY KEY, account_id INTEGER
    NOT NULL, name TEXT NOT NULL, credential_id BLOB NOT NULL, public_key BLOB
    NOT NULL, sign_count INTEGER NOT NULL, added_at TEXT NOT NULL, FOREIGN KEY
    (account_id) REFERENCES account (id) ON DELETE CASCADE)
    """,
    """
    CREATE TABLE recovery_code (id INTEGER NOT NULL PRIMARY KEY, account_id
    INTEGER NOT NULL, code_hash TEXT NOT NULL, used_at TEXT, FOREIGN KEY
    (account_id) REFERENCES account (id) ON DELETE CASCADE)
    """,
    """
    ALTER TABLE session ADD COLUMN confirmed_at TEXT NOT NULL DEFAULT ''
    """,
    """
    CREATE INDEX audit_at ON audit (at)
    """,
    """
    CREATE INDEX audit_account ON audit (account)
    """,
    """
    CREATE INDEX audit_what ON audit (what)
    """,
    """
    CREATE INDEX audit_subject ON audit (subject)
    """,
    """
    CREATE UNIQUE INDEX invitation_token_hash ON invitation (token_hash)
    """,
    """
    CREATE INDEX passkey_account_id ON passkey (account_id)
    """,
    """
    CREATE UNIQUE INDEX passkey_credential_id ON passkey (credential_id)
    """,
    """
    CREATE INDEX recovery_code_account_id ON recovery_code (account_id)
    """,
    """
    CREATE UNIQUE INDEX recovery_code_code_hash ON recovery_code (code_hash)
    """,
)


def up(migrator, db):  # noqa: ANN001, ANN201, ARG001
    for statement in STATEMENTS:
        db.execute_sql(statement)
