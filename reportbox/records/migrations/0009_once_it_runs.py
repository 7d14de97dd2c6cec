"""Once it runs: what the first months asked for. SQL, so that it stays."""

STATEMENTS = (
    """
    ALTER TABLE lea_notice ADD COLUMN block TEXT NOT NULL DEFAULT ''
    """,
    """
    ALTER TABLE lea_notice ADD COLUMN part INTEGER NOT NULL DEFAULT 0
    """,
    """
    ALTER TABLE lea_notice ADD COLUMN parts INTEGER NOT NULL DEFAULT 0
    """,
    """
    CREATE INDEX lea_notice_block ON lea_notice (block)
    """,
    """
    CREATE INDEX letter_by_api ON letter (state) WHERE url <> ''
    """,
)


def up(migrator, db):  # noqa: ANN001, ANN201, ARG001
    for statement in STATEMENTS:
        db.execute_sql(statement)
