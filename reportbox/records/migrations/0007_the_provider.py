"""The provider: its book, its answers, its ladder. SQL, so that it stays."""

STATEMENTS = (
    """
    ALTER TABLE letter ADD COLUMN token TEXT NOT NULL DEFAULT ''
    """,
    """
    ALTER TABLE ntd ADD COLUMN called_at TEXT
    """,
    """
    ALTER TABLE ntd ADD COLUMN escalated_at TEXT
    """,
    """
    ALTER TABLE ntd ADD COLUMN watched_at TEXT
    """,
    """
    ALTER TABLE ntd ADD COLUMN check_at TEXT
    """,
    """
    ALTER TABLE ntd ADD COLUMN check_why TEXT NOT NULL DEFAULT ''
    """,
    """
    ALTER TABLE ntd ADD COLUMN checks INTEGER NOT NULL DEFAULT 0
    """,
    """
    ALTER TABLE ntd ADD COLUMN is_rechecked INTEGER NOT NULL DEFAULT 0
    """,
    """
    ALTER TABLE ntd ADD COLUMN ticket TEXT NOT NULL DEFAULT ''
    """,
    """
    ALTER TABLE ntd ADD COLUMN replied_at TEXT
    """,
    """
    CREATE TABLE provider_answer (id INTEGER NOT NULL PRIMARY KEY, uid TEXT NOT
    NULL, item_id INTEGER NOT NULL, ntd_id INTEGER NOT NULL, letter_id INTEGER,
    at TEXT NOT NULL, sender TEXT NOT NULL, subject TEXT NOT NULL, found_by TEXT
    NOT NULL, says TEXT NOT NULL, ticket TEXT NOT NULL, words TEXT NOT NULL,
    is_open INTEGER NOT NULL, decided_as TEXT NOT NULL, decided_by TEXT NOT
    NULL, decided_at TEXT, FOREIGN KEY (item_id) REFERENCES item (id), FOREIGN
    KEY (ntd_id) REFERENCES ntd (id), FOREIGN KEY (letter_id) REFERENCES letter
    (id) ON DELETE SET NULL)
    """,
    """
    CREATE INDEX letter_token ON letter (token)
    """,
    """
    CREATE INDEX ntd_is_rechecked_state ON ntd (is_rechecked, state)
    """,
    """
    CREATE INDEX ntd_state_check_at ON ntd (state, check_at)
    """,
    """
    CREATE INDEX provider_answer_item_id ON provider_answer (item_id)
    """,
    """
    CREATE INDEX provider_answer_ntd_id ON provider_answer (ntd_id)
    """,
    """
    CREATE INDEX provider_answer_letter_id ON provider_answer (letter_id)
    """,
    """
    CREATE INDEX provider_answer_is_open ON provider_answer (is_open)
    """,
    """
    CREATE UNIQUE INDEX provider_answer_uid_ntd_id ON provider_answer (uid,
    ntd_id)
    """,
)


def up(migrator, db):  # noqa: ANN001, ANN201, ARG001
    for statement in STATEMENTS:
        db.execute_sql(statement)
