"""Once it runs: what the first months asked for. SQL, so that it stays."""

STATEMENTS = (
    """
    CREATE INDEX letter_by_api ON letter (state) WHERE url <> ''
    """,
)


def up(migrator, db):  # noqa: ANN001, ANN201, ARG001
    for statement in STATEMENTS:
        db.execute_sql(statement)
