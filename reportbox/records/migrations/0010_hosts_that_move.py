"""A list of the hosts that moved, found at once. SQL, so that it stays."""

STATEMENTS = (
    """
    CREATE INDEX event_host_moved ON event (item_id) WHERE move = 'move_host'
    """,
)


def up(migrator, db):  # noqa: ANN001, ANN201, ARG001
    for statement in STATEMENTS:
        db.execute_sql(statement)
