"""The provider: its book, its answers, its ladder. SQL, so that it stays."""

STATEMENTS = (
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
    CREATE INDEX ntd_is_rechecked_state ON ntd (is_rechecked, state)
    """,
    """
    CREATE INDEX ntd_state_check_at ON ntd (state, check_at)
    """,
)


def up(migrator, db):  # noqa: ANN001, ANN201, ARG001
    for statement in STATEMENTS:
        db.execute_sql(statement)
