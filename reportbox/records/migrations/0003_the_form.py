"""The form: what visitors may say, messages, other ways in. SQL, so that it stays."""

STATEMENTS = (
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
    ALTER TABLE item ADD COLUMN is_flood INTEGER NOT NULL DEFAULT 0
    """,
    """
    UPDATE item SET urgency = 3 WHERE urgency = 2
    """,
)


def up(migrator, db):  # noqa: ANN001, ANN201, ARG001
    for statement in STATEMENTS:
        db.execute_sql(statement)
