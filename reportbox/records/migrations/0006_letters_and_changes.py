"""Letters in two, and what an agency was before. SQL, so that it stays."""

STATEMENTS = (
    """
    CREATE TABLE writing (id INTEGER NOT NULL PRIMARY KEY, letter_id INTEGER NOT
    NULL, body TEXT NOT NULL, attachments TEXT NOT NULL, sealed BLOB, FOREIGN KEY
    (letter_id) REFERENCES letter (id))
    """,
    """
    INSERT INTO writing (letter_id, body, attachments, sealed)
    SELECT id, body, attachments, sealed FROM letter
    """,
    """
    CREATE UNIQUE INDEX writing_letter_id ON writing (letter_id)
    """,
    """
    UPDATE letter SET sealed_at = NULL WHERE sealed IS NULL
    """,
    """
    ALTER TABLE letter DROP COLUMN body
    """,
    """
    ALTER TABLE letter DROP COLUMN attachments
    """,
    """
    ALTER TABLE letter DROP COLUMN sealed
    """,
    """
    CREATE TABLE agency_change (id INTEGER NOT NULL PRIMARY KEY, agency_id INTEGER
    NOT NULL, at TEXT NOT NULL, who TEXT NOT NULL, before TEXT NOT NULL, FOREIGN KEY
    (agency_id) REFERENCES agency (id))
    """,
    """
    CREATE INDEX agency_change_agency_id ON agency_change (agency_id)
    """,
)


def up(migrator, db):  # noqa: ANN001, ANN201, ARG001
    for statement in STATEMENTS:
        db.execute_sql(statement)
